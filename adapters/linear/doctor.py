"""`okrsync doctor` for Linear: who the token is, what it sees and may write, each team's cycles and estimates, what is
left of the hour.

Everything that would otherwise be found in the middle of a run. Only reads are sent: whether a key may write is no
question that Linear answers, so that is said.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from msgspec import Struct

from adapters.errors import TrackerError
from adapters.examining import Diagnosis, Questions, clock, error, ok, token_end, warning
from adapters.linear import documents
from adapters.linear.client import OAUTH_TOKEN, Client
from adapters.linear.cycles import Cycles
from adapters.linear.settings import LinearSettings
from adapters.linear.sign_in import ClientCredentials
from adapters.linear.tables import Tables
from adapters.linear.wire import WireTeam
from mappings.model import Scope
from mappings.sprints import next_of
from mappings.targets import Standing, Target

_TEAMS_NAMED = 12
_MISCOUNT = 1.2
"""The workspace's own count of issues is approximate, and of deleted ones too."""


class _Viewer(Struct, frozen=True, rename="camel"):
    name: str = ""
    app: bool = False
    guest: bool = False


class _Organization(Struct, frozen=True, rename="camel"):
    name: str = ""
    created_issue_count: int = 0


class _Who(Struct, frozen=True):
    viewer: _Viewer
    organization: _Organization


@dataclass(frozen=True, slots=True)
class Examination:
    """One examination of a workspace. `credentials` are those of an app that signs in by itself."""

    client: Client
    tables: Tables
    settings: LinearSettings
    credentials: ClientCredentials | None
    standing: Callable[[Target], Standing]

    def diagnoses(self, questions: Questions) -> Iterator[Diagnosis]:
        """Everything, in order. A TrackerError ends it where nothing else can be asked."""
        who = self.client.ask(documents.WHO, _Who)
        yield from self._who(who)
        if self.client.server_time is not None:
            yield clock(time.time(), self.client.server_time.timestamp())
        yield from self._token(questions)
        yield from self._sight(who)
        for scope in questions.scopes:
            yield from self._scope(scope)
        for target in questions.targets:
            yield self._target(target)
        yield self._limits()

    def _who(self, who: _Who) -> Iterator[Diagnosis]:
        name = who.viewer.name or "a user"
        how = "client credentials" if self.credentials else self.client.signed_in_by
        whose = "an app" if who.viewer.app else "a person's user"
        yield ok("sign-in", f"the workspace {who.organization.name} knows the token as {name}, {whose}, by {how}")
        if who.viewer.guest:
            yield warning(
                "sign-in", f"{name} is a guest, and sees only the teams that it was added to", "make it a member"
            )

    def _token(self, questions: Questions) -> Iterator[Diagnosis]:
        granted = self.credentials.granted if self.credentials else None
        if granted is not None:
            if granted.seconds is None:
                yield ok("token", "it is renewed when Linear refuses it")
            else:
                last = questions.today + timedelta(seconds=granted.seconds)
                yield ok("token", f"it lasts until {last.isoformat()}, and is renewed when Linear refuses it")
            if granted.scopes and not granted.scopes & {"write", "admin"}:
                yield error(
                    "token",
                    f"the app was granted {', '.join(sorted(granted.scopes))}, and nothing can be written with that",
                    "let the app have the scopes read and write",
                )
            return
        if self.client.signed_in_by == OAUTH_TOKEN and self.settings.token_expires is None:
            yield warning(
                "token",
                "it is an OAuth token, which lasts 24 hours unless it is an app's own, and nothing renews it",
                "name client_id_env and client_secret_env in its place, or set token_expires",
            )
        else:
            yield token_end(self.settings.token_expires, questions.today)
        if questions.targets or questions.flags:
            yield ok("token", "Linear does not tell whether it may write: a key limited to reading fails at a change")

    def _sight(self, who: _Who) -> Iterator[Diagnosis]:
        teams = self.tables.every_team()
        if not teams:
            yield error("scope", "the token sees no team at all", "check the teams of the API key, or add its user")
            return
        named = ", ".join(team.key for team in teams[:_TEAMS_NAMED])
        more = f" and {len(teams) - _TEAMS_NAMED} more" if len(teams) > _TEAMS_NAMED else ""
        visible, all_of_them = sum(team.issue_count for team in teams), who.organization.created_issue_count
        hidden = (
            f"; the workspace counts about {all_of_them}, so there may be teams that it does not see"
            if all_of_them > visible * _MISCOUNT
            else ""
        )
        yield ok("scope", f"the token sees {_counted(teams)} ({named}{more}) with {visible} issues{hidden}")

    def _scope(self, scope: Scope) -> Iterator[Diagnosis]:
        try:
            keys = self.tables.present_keys(scope.teams)
            teams = self.tables.teams(dict.fromkeys(now for _, now in keys))
            cycles, _ = self.tables.cycles(tuple(team.key for team in teams))
        except TrackerError as problem:
            yield error("scope", f"{scope.name}: {problem}", "check the teams' keys, and the teams of the API key")
            return
        for old, new in keys:
            if old != new:
                yield warning("scope", f"{scope.name}: team {old} is now called {new}", f'write "{new}" in its place')
        yield self._cycles(scope, teams, cycles)
        for team in teams:
            yield ok("fields", f"{team.key}: {_estimates(self.tables.estimating(team))}")

    def _cycles(self, scope: Scope, teams: Sequence[WireTeam], cycles: Cycles) -> Diagnosis:
        sprints = cycles.sprints(scope.tracker, scope.team, scope.sprints)
        following = {sprint.id for sprint in next_of(sprints)}
        found = [
            f"{sprint.board} {sprint.name} ({'next' if sprint.id in following else sprint.state})"
            for sprint in sprints
            if sprint.state != "future" or sprint.id in following
        ]
        if scope.kanban_days:
            days = f"shown as its last {scope.kanban_days} days"
            found += [f"{team.key} has no cycles, {days}" for team in teams if not team.cycles_enabled]
        if found:
            return ok("scope", f"{scope.name}: {', '.join(sorted(found))}")
        return warning(
            "scope",
            f"{scope.name}: no active or next cycle, and no team without cycles",
            "turn cycles on in the team's settings; alignment has no rows without one",
        )

    def _target(self, target: Target) -> Diagnosis:
        try:
            there = self.standing(target)
        except TrackerError as problem:
            return error("target", f"{target}: {problem}", "check write.to, and what the token may see")
        if there.problem:
            return error("target", f"{target}: {there.problem}", "check write.to, and what the token may see")
        return ok("target", f'{target} "{there.title}" is there')

    def _limits(self) -> Diagnosis:
        said, near = [], False
        for kind, unit in (("Requests", "requests"), ("Complexity", "complexity points")):
            left, limit = (self.client.last.number(f"X-RateLimit-{kind}-{part}") for part in ("Remaining", "Limit"))
            if left is not None and limit:
                said.append(f"{left:.0f} of {limit:.0f} {unit}")
                near = near or left < limit / 5
        if not said:
            return ok("limits", "Linear tells no limit for this token")
        text = f"{' and '.join(said)} an hour are left"
        if not near:
            return ok("limits", text)
        return warning("limits", f"{text}: less than a fifth", "run when others do not, or with a user of its own")


def examine(examination: Examination, questions: Questions) -> list[Diagnosis]:
    """See adapters.examining.Examined."""
    found: list[Diagnosis] = []
    try:
        for diagnosis in examination.diagnoses(questions):
            found.append(diagnosis)
    except TrackerError as problem:
        found.append(error("limits" if found else "sign-in", str(problem), "mend it, and run doctor again"))
    return found


def _counted(teams: Sequence[WireTeam]) -> str:
    return "1 team" if len(teams) == 1 else f"{len(teams)} teams"


def _estimates(team: WireTeam) -> str:
    if team.issue_estimation_type == "notUsed":
        return "no estimates; an issue without points counts as `unestimated` says"
    scale = (
        "in T-shirt sizes, numbers underneath"
        if team.issue_estimation_type == "tShirt"
        else (f"on the {team.issue_estimation_type} scale")
    )
    return f"estimates {scale}; an issue without one counts {team.default_issue_estimate:g}, the team's default"
