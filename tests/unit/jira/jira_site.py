"""A small Jira in the sandbox, and connections to it whose waiting takes no time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapters.jira import connect
from adapters.jira.settings import JiraSettings
from adapters.mirror import Mirror
from adapters.ports import Writer
from adapters.retry import Deadline
from adapters.sandbox.jira.app import JiraCloud
from adapters.sandbox.jira.data_center import JiraDataCenter
from adapters.sandbox.jira.fields import OKR_PROGRESS, STORY_POINTS
from adapters.sandbox.jira.site import Board, Issue, Project, Site, Sprint, default_statuses
from adapters.sandbox.server import Server
from mappings.model import Health, Scope
from mappings.targets import Ledger, ProgressWrite, Standing, Target, fingerprint

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
SINCE = date(2026, 10, 1)
SLOT = datetime(2026, 11, 16, tzinfo=UTC)
PAY = Scope(tracker="jira-main", team="payments", projects=("PAY",))
STATUSES = {status.category: status for status in default_statuses()}
KR = "PAY-O1-KR1"
TARGET = Target("jira-main", "issue", "PAY-1")


def an_issue(number: int, **changes: Any) -> Issue:
    """Open story PAY-`number` with id 10000 + `number`; `category` picks its status."""
    project = changes.pop("project", "PAY")
    defaults: dict[str, Any] = {
        "id": str(10000 + number),
        "key": f"{project}-{number}",
        "project": project,
        "type": "Story",
        "summary": f"Work {number}",
        "status": STATUSES[changes.pop("category", "new")],
        "created": datetime(2026, 10, 5, 8, 0, tzinfo=UTC),
        "updated": datetime(2026, 11, 10, 8, 0, tzinfo=UTC),
        "status_changed": datetime(2026, 11, 9, 8, 0, tzinfo=UTC),
    }
    return Issue(**defaults | changes)


def a_site(*issues: Issue, **changes: Any) -> Site:
    """Project PAY with scrum board 12 (story points) and active sprint 77; project OPS beside it."""
    defaults: dict[str, Any] = {
        "now": NOW,
        "projects": [Project("1", "PAY", "Payments"), Project("2", "OPS", "Operations")],
        "boards": [Board(12, "Payments", "scrum", ["PAY"], STORY_POINTS)],
        "sprints": [
            Sprint(77, "Sprint 12", "active", 12, datetime(2026, 11, 9, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
        ],
        "issues": list(issues),
    }
    return Site(**defaults | changes)


@dataclass
class Jira:
    """A served site; every wait that a connection was asked for is in `slept`."""

    site: Site
    server: Server
    monkeypatch: pytest.MonkeyPatch
    slept: list[float] = field(default_factory=list)

    def connect(self, *, may_write: bool = True, mirror: Mirror | None = None, **changes: Any) -> Writer:
        """A new connection, as a new run makes it."""
        self.monkeypatch.setenv("JIRA_EMAIL", "okrsync@example.com")
        self.monkeypatch.setenv("JIRA_API_TOKEN", "sandbox-token")
        defaults: dict[str, Any] = {"kind": "jira", "url": self.server.url, "progress_field": "OKR progress"}
        if self.site.is_data_center:
            defaults["deployment"] = "data-center"
        deadline = Deadline(600, sleep=self.slept.append)
        labels = changes.pop("flag_labels", frozenset({"okr-unaligned", "okr-broken-tag"}))
        settings = JiraSettings(**defaults | changes)
        return connect("jira-main", settings, deadline=deadline, may_write=may_write, mirror=mirror, flag_labels=labels)

    def issue(self, number: int) -> Issue:
        """PAY-`number` as it stands in the tracker."""
        found = self.site.issue(f"PAY-{number}")
        assert found is not None
        return found

    def operations(self) -> list[str]:
        """What was asked of the server, in order."""
        return [call.operation for call in self.server.calls]

    def number_of(self, operation: str) -> int:
        """The number of the first request for `operation`, for faults in a next run that goes the same way."""
        return next(call.number for call in self.server.calls if call.operation == operation)


@contextmanager
def served(site: Site, monkeypatch: pytest.MonkeyPatch, *, data_center: bool = False) -> Iterator[Jira]:
    """The site on a loopback port, as Cloud or as a Data Center."""
    with Server(JiraDataCenter(site) if data_center else JiraCloud(site)) as server:
        yield Jira(site, server, monkeypatch)


def a_write(expected: Standing, value: str | None = "0.47", **changes: Any) -> ProgressWrite:
    """A first write of the score, with one paragraph of living text."""
    score = None if value is None else Decimal(value)
    text = changes.pop("text", ("Score 0.47 from 3 issues.",))
    ledger = Ledger(kr=KR, value=score, scopes=("jira-main/payments",), said=fingerprint(text))
    defaults: dict[str, Any] = {
        "target": expected.target,
        "kr": KR,
        "expected": expected,
        "value": score,
        "health": Health.ON_TRACK,
        "ledger": ledger,
        "text": text,
    }
    return ProgressWrite(**defaults | changes)


def standing(jira: Writer, target: Target = TARGET) -> Standing:
    """What stands there now."""
    return jira.read_standings([(target, KR)], slot=SLOT)[target]


PROGRESS = OKR_PROGRESS
