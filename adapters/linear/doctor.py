"""`okrsync doctor` for Linear: who the token is, which teams it sees, whether the targets are there, what is left."""

import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime

from msgspec import Struct

from adapters.errors import TrackerError
from adapters.examining import Diagnosis, Questions, clock, error, ok, token_end, warning
from adapters.linear.client import Client
from adapters.linear.tables import Tables
from mappings.targets import Standing, Target

WHO = "query OkrWho { viewer { id name } organization { id name } }"


class _Named(Struct, frozen=True):
    name: str = ""


class _Who(Struct, frozen=True):
    viewer: _Named
    organization: _Named


def examine(
    client: Client, tables: Tables, standing: Callable[[Target], Standing], questions: Questions
) -> list[Diagnosis]:
    """See adapters.examining.Examined."""
    found: list[Diagnosis] = []
    try:
        for diagnosis in _diagnoses(client, tables, standing, questions):
            found.append(diagnosis)
    except TrackerError as problem:
        found.append(error("limits" if found else "sign-in", str(problem), "mend it, and run doctor again"))
    return found


def _diagnoses(
    client: Client, tables: Tables, standing: Callable[[Target], Standing], questions: Questions
) -> Iterator[Diagnosis]:
    who = client.ask(WHO, _Who)
    yield ok("sign-in", f"the workspace {who.organization.name} knows the token as {who.viewer.name or 'a user'}")
    try:
        server = parsedate_to_datetime(client.last.headers.get("Date", ""))
    except ValueError:
        pass
    else:
        yield clock(time.time(), server.timestamp())
    yield token_end(None, questions.today)
    for scope in questions.scopes:
        try:
            tables.present_keys(scope.teams)
        except TrackerError as problem:
            yield error("scope", f"{scope.name}: {problem}", "check the teams' keys, and the teams of the API key")
        else:
            yield ok("scope", f"{scope.name}: {', '.join(scope.teams)} visible")
    for target in questions.targets:
        try:
            there = standing(target)
        except TrackerError as problem:
            yield error("target", f"{target}: {problem}", "check write.to, and what the token may see")
            continue
        if there.problem:
            yield error("target", f"{target}: {there.problem}", "check write.to, and what the token may see")
        else:
            yield ok("target", f'{target} "{there.title}" is there')
    yield _limits(client)


def _limits(client: Client) -> Diagnosis:
    headers = client.last.headers
    said = []
    near = False
    for kind, unit in (("Requests", "requests"), ("Complexity", "complexity points")):
        try:
            left, limit = (float(headers[f"X-RateLimit-{kind}-{part}"]) for part in ("Remaining", "Limit"))
        except (KeyError, ValueError):
            continue
        said.append(f"{left:.0f} of {limit:.0f} {unit}")
        near = near or left < limit / 5
    if not said:
        return ok("limits", "Linear tells no limit for this token")
    text = f"{' and '.join(said)} an hour are left"
    return (
        warning("limits", text, "all keys of one user share them: give okrsync a user of its own")
        if near
        else ok("limits", text)
    )
