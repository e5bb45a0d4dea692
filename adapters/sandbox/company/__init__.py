"""A made-up company on both trackers, with everything that real teams do to their tags; the same on every machine.

Everything is dated around one moment. Another `now` moves all of it, registry and check-ins too, by the same number
of days, so that the figures stay what they are.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from pathlib import Path

from adapters.sandbox.company.jira_site import build_site
from adapters.sandbox.company.linear_workspace import build_workspace
from adapters.sandbox.company.plan import SMALL
from adapters.sandbox.company.work import Calendar
from adapters.sandbox.jira.site import Site
from adapters.sandbox.linear.workspace import Workspace

NOW = date(2026, 11, 18)
JIRA_URL = "https://acme.atlassian.net"
LINEAR_URL = "https://api.linear.app/graphql"
JIRA_VARIABLES = ("JIRA_EMAIL", "JIRA_API_TOKEN")
LINEAR_VARIABLE = "LINEAR_API_KEY"

_SEED = 20
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_QUARTER = re.compile(r"\b(\d{4})-Q([1-4])\b")


@dataclass(frozen=True)
class Company:
    """The company in its trackers, and its files by relative path: config.toml and okrs/*.toml."""

    site: Site
    workspace: Workspace
    files: dict[str, str]

    def config(self, jira_url: str, linear_url: str) -> str:
        """config.toml for these servers; `linear_url` is the whole GraphQL endpoint."""
        return self.files["config.toml"].replace(JIRA_URL, jira_url).replace(LINEAR_URL, linear_url)

    def environment(self) -> dict[str, str]:
        """The variables that the config names, with the sandbox's made-up credentials."""
        account = self.site.accounts[0]
        names = (*JIRA_VARIABLES, LINEAR_VARIABLE)
        return dict(zip(names, (account.email, account.token, self.workspace.api_key), strict=True))

    def write(self, directory: Path, jira_url: str, linear_url: str) -> Path:
        """Write the files below `directory`, over what is there; returns the config's path."""
        for name, text in (self.files | {"config.toml": self.config(jira_url, linear_url)}).items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return directory / "config.toml"


def build(now: date = NOW, size: float = 1.0, *, seed: int = _SEED) -> Company:
    """The company on the day `now` (a datetime is taken as it is, and must be aware).

    `size` scales the ordinary work: 1 is some 500 issues in six teams. Below 0.5 it is another, small company of two
    teams, whose key results are written once to each kind of place.
    """
    moment = now if isinstance(now, datetime) else datetime.combine(now, time(9), UTC)
    calendar = Calendar(moment)
    return Company(
        site=build_site(calendar, size=size, seed=seed),
        workspace=build_workspace(calendar, size=size, seed=seed),
        files=_files(moment.date() - NOW, small=size < SMALL),
    )


def _files(shift: timedelta, *, small: bool) -> dict[str, str]:
    folder = resources.files("adapters.sandbox.company.files")
    quarters = ("2026-Q4",) if small else ("2026-Q3", "2026-Q4")
    prefix = "small-" if small else ""
    files = {"config.toml": (folder / f"{prefix}config.toml").read_text(encoding="utf-8")}
    for quarter in quarters:
        text = (folder / f"{prefix}{quarter}.toml").read_text(encoding="utf-8")
        files[f"okrs/{_shifted(quarter, shift)}.toml"] = _shifted(text, shift)
    return files


def _shifted(text: str, shift: timedelta) -> str:
    """With every day moved, and every quarter named after the one that holds most of the moved period."""

    def quarter(match: re.Match[str]) -> str:
        middle = date(int(match[1]), 3 * int(match[2]) - 1, 15) + shift
        return f"{middle.year}-Q{(middle.month + 2) // 3}"

    moved = _DAY.sub(lambda match: (date.fromisoformat(match[0]) + shift).isoformat(), text)
    return _QUARTER.sub(quarter, moved) if shift else text
