"""`okrsync init`: a first config and registry that load, for one Jira or one Linear."""

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from adapters.errors import ConfigProblem

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")

_JIRA_CLOUD = """\
[trackers.jira-main]
kind = "jira"
url = {url}
email_env = "JIRA_EMAIL"          # tokens never stand here: only the variables that hold them
token_env = "JIRA_API_TOKEN"
# progress_field = "OKR progress" # a number field for the score, where your site has one
"""
_JIRA_DATA_CENTER = """\
[trackers.jira-main]
kind = "jira"
deployment = "data-center"
url = {url}
token_env = "JIRA_TOKEN"          # a personal access token never stands here: only the variable that holds it
# progress_field = "OKR progress" # a number field for the score, where your site has one
"""
_LINEAR = """\
[trackers.linear-main]
kind = "linear"
token_env = "LINEAR_API_KEY"      # the key never stands here: only the variable that holds it
"""
_CONFIG = """\
# okrsync's config. Every key: docs/config.md and config.example.toml of okrsync.
registry = ["okrs/*.toml"]        # where objectives and key results are declared
timezone = "UTC"                  # where your days begin, as in "Europe/Zurich"

{tracker}
# One table for each team: which part of the tracker is its, and what its routine work is.
[teams.{team}]
name = {name}
unit = "issues"                   # or "points", where the team estimates
scopes = {{ {connection} = {{ {scope} = [{key}] }} }}
routine = {{ bug = {{ rules = [{{ {bug} = "Bug" }}], budget = "25%" }} }}
"""
_REGISTRY = """\
# What this quarter is for. Replace the objective and its key results with yours; their ids are the tags.
[period]
id = "{period}"
start = {start}
end = {end}

[[objectives]]
id = "{key}-O1"
title = "Customers can rely on what we ship"
team = "{team}"

# Work done: its number comes from the issues that are tagged okr:{key}-O1-KR1. Tag an epic, and its stories follow.
[[objectives.key_results]]
id = "{key}-O1-KR1"
title = "Every release is rolled back within five minutes when it has to be"
owner = "the team's lead"
measure = {{ kind = "delivery" }}
write = {{ to = "file" }}           # okrs/progress.json; or an issue or a project, see docs/registry.md

# Outcome: a number that the team says, with: okrsync checkin {key}-O1-KR2 9
[[objectives.key_results]]
id = "{key}-O1-KR2"
title = "Cut incidents that customers notice from 12 to 3 a quarter"
owner = "the team's lead"
measure = {{ kind = "manual", start = 12, target = 3 }}
write = {{ to = "file" }}
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """What was written, and which variables the config names."""

    config: Path
    registry: Path
    variables: tuple[str, ...]


def begin(
    directory: Path, *, kind: str, url: str = "", is_data_center: bool = False, key: str = "TEAM", today: date
) -> Begun:
    """Write config.toml and okrs/QUARTER.toml below `directory`. `key` is a Jira project's or a Linear team's.

    Raises ConfigProblem with everything that is in the way, before anything is written: nothing is overwritten.
    """
    period = f"{today.year}-Q{(today.month + 2) // 3}"
    config, registry = directory / "config.toml", directory / "okrs" / f"{period}.toml"
    there = [path for path in (config, *sorted(registry.parent.glob("*.toml"))) if path.exists()]
    problems = [f"{path} is there already" for path in there]
    if (kind == "jira" or url) and not _is_address(url):
        problems.append('--url is missing or is no address, as in "https://acme.atlassian.net"')
    if not _KEY.fullmatch(key):
        problems.append(f"--key: {key} is no key of a project or a team, as in PAY")
    if problems:
        raise ConfigProblem(problems)
    try:
        registry.parent.mkdir(parents=True, exist_ok=True)
        _write_new(registry, _registry(period, key.upper(), today))
        _write_new(config, _config(kind, url, is_data_center, key.upper()))
    except OSError as error:
        raise ConfigProblem([f"{directory}: files cannot be written there ({error.strerror})"]) from None
    return Begun(config, registry, _variables(kind, is_data_center))


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and "@" not in parts.netloc and url.isprintable()


def _config(kind: str, url: str, is_data_center: bool, key: str) -> str:
    if kind == "linear":
        tracker = _LINEAR + (f"url = {json.dumps(url)}\n" if url else "")
        connection, scope, bug = "linear-main", "teams", "label"
    else:
        tracker = (_JIRA_DATA_CENTER if is_data_center else _JIRA_CLOUD).format(url=json.dumps(url))
        connection, scope, bug = "jira-main", "projects", "type"
    return _CONFIG.format(
        tracker=tracker,
        team=key.lower(),
        name=json.dumps(key.title()),
        connection=connection,
        scope=scope,
        key=json.dumps(key),
        bug=bug,
    )


def _registry(period: str, key: str, today: date) -> str:
    first = 3 * ((today.month - 1) // 3) + 1
    start = date(today.year, first, 1)
    end = (start + timedelta(days=100)).replace(day=1) - timedelta(days=1)
    return _REGISTRY.format(period=period, start=start, end=end, key=key, team=key.lower())


def _variables(kind: str, is_data_center: bool) -> tuple[str, ...]:
    if kind == "linear":
        return ("LINEAR_API_KEY",)
    return ("JIRA_TOKEN",) if is_data_center else ("JIRA_EMAIL", "JIRA_API_TOKEN")


def _write_new(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
