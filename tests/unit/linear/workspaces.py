"""A sandbox workspace with defaults, served on loopback, and a connection to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapters.linear import connect
from adapters.linear.settings import LinearSettings
from adapters.ports import Contents, Writer
from adapters.retry import Deadline
from adapters.sandbox.linear.app import LinearApp
from adapters.sandbox.linear.nodes import (
    Cycle,
    Initiative,
    InitiativeToProject,
    Issue,
    IssueLabel,
    Project,
    ProjectStatus,
    ProjectUpdate,
    Team,
    WorkflowState,
)
from adapters.sandbox.linear.workspace import Workspace, a_workspace, cycles_of
from adapters.sandbox.server import Server
from mappings.model import Health, Scope
from mappings.targets import FlagWrite, Ledger, ProgressWrite, Standing, Target, fingerprint

__all__ = [
    "SINCE",
    "SLOT",
    "Company",
    "Cycle",
    "Initiative",
    "InitiativeToProject",
    "Issue",
    "IssueLabel",
    "Project",
    "ProjectUpdate",
    "Target",
    "Team",
    "WorkflowState",
    "a_flag",
    "a_target",
    "a_write",
    "served",
]

SINCE = date(2026, 10, 1)
SLOT = datetime(2026, 11, 16, tzinfo=UTC)
"""The workspace's clock stands at 18 November."""


@dataclass
class Company:
    """A workspace, its server, and ways to connect to it."""

    workspace: Workspace
    server: Server
    slept: list[float]

    def connect(self, *, may_write: bool = True, seconds: float = 600) -> Writer:
        settings = LinearSettings(kind="linear", url=f"{self.server.url}/graphql", token_env="LINEAR_TEST_TOKEN")
        deadline = Deadline(seconds, sleep=self.slept.append)
        return connect("lin", settings, deadline=deadline, may_write=may_write)

    def read(self, *teams: str, since: date = SINCE) -> Contents:
        return self.connect().read(Scope(tracker="lin", team="growth", teams=teams or ("GRO",)), since=since)

    def standing(self, target: Target, *, kr: str = "K1", slot: datetime = SLOT) -> Standing:
        return self.connect().read_standings([(target, kr)], slot=slot)[target]

    def team(self, key: str = "GRO") -> Team:
        return next(team for team in self.workspace.all(Team) if team.key == key)

    def a_team(self, key: str, **values: Any) -> Team:
        team = self.workspace.add(Team(key=key, name=key, **values))
        for kind in ("backlog", "unstarted", "completed"):
            self.workspace.add(WorkflowState(team=team, name=kind, type=kind))
        return team

    def state(self, kind: str, team: Team | None = None) -> WorkflowState:
        owner = team or self.team()
        return next(s for s in self.workspace.all(WorkflowState) if s.type == kind and s.team is owner)

    def cycle(self, number: int = 2) -> Cycle:
        return next(cycle for cycle in cycles_of(self.workspace, self.team()) if cycle.number == number)

    def an_issue(
        self, title: str = "Work", *, state: str = "unstarted", team: Team | None = None, **values: Any
    ) -> Issue:
        owner = team or self.team()
        return self.workspace.add(Issue(team=owner, state=self.state(state, owner), title=title, **values))

    def a_project(self, name: str = "Checkout", **values: Any) -> Project:
        status = self.workspace.add(ProjectStatus(name="Started", type="started"))
        return self.workspace.add(Project(name=name, status=status, **values))

    def a_label(self, name: str, **values: Any) -> IssueLabel:
        return self.workspace.add(IssueLabel(name=name, **values))

    def posts(self) -> list[ProjectUpdate]:
        return self.workspace.all(ProjectUpdate)


@contextmanager
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """Team GRO with three cycles of two weeks, the second one active."""
    monkeypatch.setenv("LINEAR_TEST_TOKEN", "lin_api_sandbox")
    workspace = a_workspace()
    with Server(LinearApp(workspace)) as server:
        yield Company(workspace, server, [])


def a_target(node: Issue | Project | Initiative) -> Target:
    match node:
        case Issue():
            return Target("lin", "issue", node.identifier)
        case Project():
            return Target("lin", "project", node.id)
    return Target("lin", "initiative", node.id)


def a_write(expected: Standing, value: str | None = "0.47", *, kr: str = "K1", **values: Any) -> ProgressWrite:
    text = values.pop("text", ("12 of 20 points are done.",))
    score = None if value is None else Decimal(value)
    ledger = Ledger(kr=kr, value=score, scopes=("lin/growth",), said=fingerprint(text))
    given: dict[str, Any] = {"health": Health.AT_RISK, "slot": SLOT, "ledger": ledger, **values}
    return ProgressWrite(target=expected.target, kr=kr, expected=expected, value=score, text=text, **given)


def a_flag(issue: Issue, action: str = "add", *, label: str = "okr-unaligned", sprint: str = "S1") -> FlagWrite:
    return FlagWrite(tracker="lin", key=issue.identifier, id=issue.id, label=label, action=action, sprint=sprint)
