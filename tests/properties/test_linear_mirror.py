"""Whatever happens to a Linear workspace between two runs, a comparison of ids makes the mirror a full read."""

import dataclasses
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from adapters.errors import TrackerError
from adapters.linear import connect
from adapters.linear.settings import LinearSettings
from adapters.mirror import Mirror
from adapters.ports import Contents
from adapters.retry import Deadline
from adapters.sandbox.linear.app import LinearApp
from adapters.sandbox.linear.nodes import Cycle, Issue, IssueLabel, Project, ProjectStatus, Team, WorkflowState
from adapters.sandbox.linear.workspace import Workspace, a_workspace, cycles_of
from adapters.sandbox.server import Server
from mappings.model import Scope, SprintChoice

SCOPES = (
    Scope(tracker="lin", team="growth", teams=("GRO",)),
    Scope(tracker="lin", team="both", teams=("GRO", "OPS"), sprints=SprintChoice(ids=("1",))),
)
SINCE = date(2026, 10, 1)
KINDS = ("triage", "backlog", "unstarted", "started", "completed", "canceled")
which = st.integers(min_value=0, max_value=30)


def two_teams() -> Workspace:
    """GRO with cycles, OPS without, and LAB that nobody reads."""
    workspace = a_workspace()
    for key in ("OPS", "LAB"):
        team = workspace.add(Team(key=key, name=key, cycles_enabled=False))
        for kind in KINDS:
            workspace.add(WorkflowState(team=team, name=kind, type=kind))
    status = workspace.add(ProjectStatus(name="Started", type="started"))
    for name in ("Checkout", "Search"):
        workspace.add(Project(name=name, status=status))
    for name in ("okr:K1", "okr:K2"):
        workspace.add(IssueLabel(name=name))
    return workspace


class Runs(RuleBasedStateMachine):
    """A workspace that people change, and a run now and then with a mirror that is never cleared."""

    @initialize()
    def open(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.workspace = two_teams()
        self.app = LinearApp(self.workspace)
        self.server = Server(self.app).start()
        self._environment = pytest.MonkeyPatch()
        self._environment.setenv("LINEAR_TEST_TOKEN", self.workspace.api_key)
        self.wall = datetime(2026, 11, 18, 9, tzinfo=UTC).timestamp()
        self.app.quota.clock = lambda: self.wall
        for number in range(12):
            self.make(number)

    def teardown(self) -> None:
        self.server.stop()
        self._folder.cleanup()
        self._environment.undo()

    def some(self, kind: type, number: int):  # type: ignore[no-untyped-def]
        found = self.workspace.all(kind)
        return found[number % len(found)] if found else None

    def pass_time(self, hours: float) -> None:
        self.workspace.now += timedelta(hours=hours)
        self.wall += hours * 3600

    def state_of(self, team: Team, kind: str) -> WorkflowState:
        return next(s for s in self.workspace.all(WorkflowState) if s.team is team and s.type == kind)

    @rule(number=which)
    def make(self, number: int) -> None:
        team = self.some(Team, number)
        issue = Issue(team=team, state=self.state_of(team, KINDS[number % len(KINDS)]), title=f"Work {number}")
        if number % 3 == 0:
            issue.parent = self.some(Issue, number // 2)
        if number % 2 == 0 and (label := self.some(IssueLabel, number)):
            issue.labels = [label]
        if number % 4 == 0:
            issue.project = self.some(Project, number)
        if team.cycles_enabled:
            issue.cycle = cycles_of(self.workspace, team)[number % 3]
        self.workspace.add(issue)

    @rule(number=which, kind=st.sampled_from(KINDS))
    def edit(self, number: int, kind: str) -> None:
        if issue := self.some(Issue, number):
            self.workspace.change(issue, state=self.state_of(issue.team, kind), title=f"{issue.title}!")

    @rule(number=which, to=which)
    def move(self, number: int, to: int) -> None:
        issue, team = self.some(Issue, number), self.some(Team, to)
        if issue and team is not issue.team:
            self.workspace.move(issue, team, self.state_of(team, "unstarted"))

    @rule(number=which, do=st.sampled_from(["archive", "trash", "delete"]))
    def put_away(self, number: int, do: str) -> None:
        issue = self.some(Issue, number)
        if issue is None:
            return
        if do == "delete":
            self.workspace.delete(issue)
        elif do == "trash":
            self.workspace.trash(issue)
        else:
            self.workspace.archive(issue)

    @rule(number=which, name=st.sampled_from(["okr:K3", "Polish", "okr:K1"]))
    def rename(self, number: int, name: str) -> None:
        kind = (IssueLabel, Cycle, Project)[number % 3]
        if node := self.some(kind, number):
            self.workspace.change(node, name=name)

    @rule(number=which)
    def rename_a_team(self, number: int) -> None:
        team = self.some(Team, number)
        if len(team.key) < 6:
            self.workspace.rename_team(team, f"{team.key}X")

    @rule(number=which)
    def delete_a_label(self, number: int) -> None:
        if label := self.some(IssueLabel, number):
            for issue in self.workspace.all(Issue):
                # Linear takes it off, and does not count that as a change of the issue
                issue.labels = [each for each in issue.labels if each is not label]
            self.workspace.delete(label)

    @rule()
    def close_the_cycle(self) -> None:
        team = self.workspace.all(Team)[0]
        cycles = [each for each in cycles_of(self.workspace, team) if each.ends_at > self.workspace.now]
        if len(cycles) > 1:
            self.workspace.close_cycle(cycles[0], into=cycles[1])

    @rule(hours=st.sampled_from([0.01, 1.0, 9.0, 30.0]))
    def wait(self, hours: float) -> None:
        self.pass_time(hours)

    @rule(scope=st.sampled_from(SCOPES))
    def run(self, scope: Scope) -> None:
        self.read(scope, mirrored=True)

    @rule(scope=st.sampled_from(SCOPES), after=st.integers(min_value=1, max_value=7))
    def break_off(self, scope: Scope, after: int) -> None:
        self.server.reset()
        self.server.faults.answer(status=403, body=b"{}", number=after)
        try:
            self.read(scope, mirrored=True)
        except TrackerError:
            pass
        finally:
            self.server.reset()

    @rule(scope=st.sampled_from(SCOPES))
    def run_after_a_day(self, scope: Scope) -> None:
        self.pass_time(25)

        mirrored, full = self.read(scope, mirrored=True), self.read(scope, mirrored=False)

        assert mirrored == full

    def read(self, scope: Scope, *, mirrored: bool) -> Contents:
        mirror = Mirror(Path(self._folder.name) / "mirror.db") if mirrored else None
        linear = connect(
            "lin",
            LinearSettings(kind="linear", url=f"{self.server.url}/graphql", token_env="LINEAR_TEST_TOKEN"),
            deadline=Deadline(600, sleep=lambda _: None),
            may_write=False,
            mirror=mirror,
        )
        try:
            return linear.read(scope, since=SINCE)
        finally:
            linear.close()


TestRuns = Runs.TestCase
TestRuns.settings = settings(
    max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)


class Between:
    """One workspace, and reads of it with a mirror; `wait` moves both its clock and the server's."""

    def __init__(self) -> None:
        self.runs = Runs()
        self.runs.open()

    def read(self) -> Contents:
        self.runs.server.reset()
        return self.runs.read(SCOPES[0], mirrored=True)

    def requests(self, operation: str) -> int:
        return sum(call.operation == operation for call in self.runs.server.calls)


@pytest.fixture
def between():  # type: ignore[no-untyped-def]
    made = Between()
    yield made
    made.runs.teardown()


def an_issue(between: Between) -> Issue:
    return next(i for i in between.runs.workspace.all(Issue) if i.team.key == "GRO" and not i.completed_at)


@pytest.mark.parametrize(
    "change",
    [
        lambda ws, issue: ws.change(issue, title="Renamed"),
        lambda ws, issue: ws.trash(issue),
        lambda ws, issue: ws.archive(issue),
        lambda ws, issue: ws.change(ws.all(IssueLabel)[0], name="okr:K9"),
        lambda ws, issue: ws.change(ws.all(Cycle)[1], name="Polish"),
        lambda ws, issue: ws.move(
            issue, ws.all(Team)[2], next(s for s in ws.all(WorkflowState) if s.team.key == "LAB")
        ),
        lambda ws, issue: ws.rename_team(issue.team, "GROW"),
    ],
    ids=["edit", "trash", "archive", "label", "cycle", "move", "team"],
)
def test_an_hour_later_only_a_delete_may_be_missing(
    between: Between, change: Callable[[Workspace, Issue], object]
) -> None:
    between.read()
    between.runs.pass_time(1)
    change(between.runs.workspace, an_issue(between))

    again = between.read()

    full = between.runs.read(SCOPES[0], mirrored=False)
    assert dataclasses.replace(again, notes=()) == dataclasses.replace(full, notes=())


def test_a_delete_is_found_after_a_day_and_until_then_the_age_is_said(between: Between) -> None:
    first = between.read()
    between.runs.workspace.delete(an_issue(between))
    between.runs.pass_time(3)

    soon = between.read()
    between.runs.pass_time(22)
    later = between.read()

    assert first.notes == later.notes == ()
    assert soon.notes == ("what was deleted or hidden from this token in Linear was last looked for 3 h ago",)
    assert len(soon.issues) == len(first.issues)
    assert len(later.issues) == len(first.issues) - 1


def test_a_quiet_hour_brings_one_page_of_issues(between: Between) -> None:
    between.read()
    between.runs.pass_time(1)

    between.read()

    pages = [call for call in between.runs.server.calls if "OkrIssuesPage" in call.request]
    assert "updatedAt" in pages[0].request
    assert len([call for call in pages if '"id": {"in"' not in call.request]) == 1


def test_another_token_s_view_is_not_believed(between: Between) -> None:
    between.read()
    between.runs.workspace.viewer = between.runs.workspace.human

    between.read()

    assert not any("OkrListing" in call.request for call in between.runs.server.calls)
