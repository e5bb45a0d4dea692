"""Whatever happens to a Jira between two runs, reading what changed gives what reading everything gives."""

import dataclasses
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from adapters.errors import TrackerError
from adapters.jira import connect
from adapters.jira.settings import JiraSettings
from adapters.mirror import Mirror
from adapters.ports import Contents, Writer
from adapters.retry import Deadline
from adapters.sandbox.jira.app import JiraCloud
from adapters.sandbox.jira.data_center import JiraDataCenter
from adapters.sandbox.jira.fields import STORY_POINTS
from adapters.sandbox.jira.site import Board, Issue, Project, Site, Sprint
from adapters.sandbox.server import Server
from mappings.model import Scope
from mappings.targets import FlagWrite

SCOPES = (
    Scope(tracker="jira-main", team="payments", projects=("PAY",)),
    Scope(tracker="jira-main", team="operations", projects=("OPS",), boards=(14,)),
)
DAYS = (date(2026, 10, 1), date(2026, 11, 17))
LAG = 4
LABEL = "okr-unaligned"
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where a commit of the mirror need not wait for a disk."""
issues = st.integers(min_value=0, max_value=11)
sprints = st.integers(min_value=0, max_value=5)


def a_site() -> Site:
    """Two projects with a board each, sprints in every state, and a board of somebody else's."""
    now = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
    begun, over = now - timedelta(days=9), now + timedelta(days=5)
    return Site(
        now=now,
        projects=[Project("1", "PAY", "Payments"), Project("2", "OPS", "Operations"), Project("3", "LAB", "Lab")],
        boards=[
            Board(12, "Payments", "scrum", ["PAY"], STORY_POINTS),
            Board(14, "Operations", "scrum", ["OPS"], STORY_POINTS),
            Board(15, "Lab", "scrum", ["LAB"], STORY_POINTS),
        ],
        sprints=[
            Sprint(76, "Sprint 11", "closed", 12, begun, over),
            Sprint(77, "Sprint 12", "active", 12, begun, over),
            Sprint(78, "Sprint 13", "future", 12),
            Sprint(90, "Ops 1", "active", 14, begun, over),
            Sprint(95, "Lab 1", "active", 15, begun, over),
        ],
    )


class Runs(RuleBasedStateMachine):
    """A Jira that people change, and a run now and then with a mirror that is never cleared."""

    deployment = "cloud"

    @initialize(
        places=st.lists(
            st.tuples(st.sampled_from(["PAY", "PAY", "PAY", "OPS", "LAB"]), issues, sprints), min_size=5, max_size=8
        )
    )
    def begin(self, places: list[tuple[str, int, int]]) -> None:
        """Some issues, an epic for every fourth, read once."""
        for count, (project, above, sprint) in enumerate(places):
            self.add(project=project, level=count % 4 == 0, above=above, sprint=sprint)
        self.a_run_reads_what_a_full_read_reads(DAYS[0])

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setenv("JIRA_EMAIL", "okrsync@example.com")
        self.patch.setenv("JIRA_API_TOKEN", "sandbox-token")
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY)
        self.mirror = Mirror(Path(self.folder.name) / "mirror.db")
        self.site = a_site()
        self.number = 0
        self.hidden: set[str] = set()
        self.app = JiraCloud(self.site) if self.deployment == "cloud" else JiraDataCenter(self.site)
        self.server = Server(self.app).start()

    def teardown(self) -> None:
        self.server.stop()
        self.patch.undo()
        self.folder.cleanup()

    def connect(self, mirror: Mirror | None) -> Writer:
        self.app.site = self.site
        told = JiraSettings.model_validate({"kind": "jira", "url": self.server.url, "deployment": self.deployment})
        deadline = Deadline(600, sleep=lambda _: None)
        labels = frozenset({LABEL})
        return connect("jira-main", told, deadline=deadline, may_write=True, mirror=mirror, flag_labels=labels)

    def one(self, place: int) -> Issue | None:
        return self.site.issues[place % len(self.site.issues)] if self.site.issues else None

    # What people do

    @rule(milliseconds=st.sampled_from([1, 59_000, 240_000]))
    def a_moment_passes(self, milliseconds: int) -> None:
        self.site.now += timedelta(milliseconds=milliseconds)

    @rule(minutes=st.sampled_from([3, 20, 50, 1500]))
    def time_passes(self, minutes: int) -> None:
        """Long enough for the search's index to catch up."""
        self.settle()
        self.site.now += timedelta(minutes=minutes)

    @rule(project=st.sampled_from(["PAY", "OPS", "LAB"]), level=st.booleans(), above=issues, sprint=sprints)
    def add(self, project: str, level: bool, above: int, sprint: int) -> None:
        parent = self.one(above) if not level and above < 8 else None
        self.number += 1
        issue = Issue(
            id=str(10000 + self.number),
            key=f"{self.present(project)}-{1000 + self.number}",
            project=self.present(project),
            type="Epic" if level else "Story",
            level=int(level),
            summary=f"Work {self.number}",
            status=self.site.status("To Do"),
            created=self.tick(),
            updated=self.site.now,
            status_changed=self.site.now,
            parent=parent.key if parent else None,
        )
        self.site.issues.append(issue)
        self.site.reindex()
        if sprint < len(self.site.sprints) and self.site.sprints[sprint].state != "closed":
            self.site.put_in_sprint(issue, self.site.sprints[sprint])

    @rule(place=issues, label=st.sampled_from(["okr:a", "b"]), points=st.sampled_from([None, 3, 5.5]))
    def edit(self, place: int, label: str, points: float | None) -> None:
        if issue := self.changing(place):
            self.site.add_label(issue, label)
            self.site.set_field(issue, STORY_POINTS, points)

    @rule(place=st.integers(min_value=0, max_value=3))
    def take_our_label_off(self, place: int) -> None:
        """A person does, and our ledger stays."""
        if issue := self.changing(place):
            self.site.remove_label(issue, LABEL)

    @rule(place=issues, name=st.sampled_from(["To Do", "In Progress", "Done"]))
    def transition(self, place: int, name: str) -> None:
        if issue := self.changing(place):
            self.site.transition(issue, self.site.status(name), self.site.resolution("Done"))

    @rule(place=issues)
    def delete(self, place: int) -> None:
        if issue := self.changing(place):
            self.site.delete(issue)
            self.keep_hidden()

    @rule(place=issues, project=st.integers(min_value=0, max_value=2))
    def move(self, place: int, project: int) -> None:
        issue = self.changing(place)
        if issue and issue.project != self.site.projects[project].key:
            self.site.move(issue, self.site.projects[project])
            self.keep_hidden()

    @rule(place=issues, above=issues)
    def put_under(self, place: int, above: int) -> None:
        issue, parent = self.changing(place), self.one(above)
        if issue and parent and issue is not parent:
            self.site.set_field(issue, "summary", f"{issue.summary}.")
            issue.parent = parent.key

    @rule(place=issues, sprint=sprints)
    def plan(self, place: int, sprint: int) -> None:
        if issue := self.changing(place):
            if sprint < len(self.site.sprints) and self.site.sprints[sprint].state != "closed":
                self.site.put_in_sprint(issue, self.site.sprints[sprint])
            else:
                self.site.take_out_of_sprints(issue)

    @rule(
        sprint=st.integers(min_value=0, max_value=4),
        state=st.sampled_from(["active", "future", "closed"]),
        name=st.sampled_from(["", " (late)"]),
    )
    def change_sprint(self, sprint: int, state: str, name: str) -> None:
        """Started, closed, opened again, renamed: no issue is any later for it."""
        found = self.site.sprints[sprint]
        found.state = state
        found.name += name
        found.start = found.start or (self.site.now if state == "active" else None)

    @rule(project=st.integers(min_value=0, max_value=2), key=st.sampled_from(["PMT", "PAY", "OPS", "RUN"]))
    def rename_project(self, project: int, key: str) -> None:
        """One whose issues the last run has seen: the new key of an empty one waits a day."""
        taken = {name for other in self.site.projects for name in (other.key, *other.previous_keys)}
        old = self.site.projects[project].key
        shown = [issue for issue in self.site.issues if issue.project == old and issue.id not in self.hidden]
        if key not in taken and any(issue.status.category != "done" for issue in shown):
            self.settle()
            self.try_to_read(self.connect(self.mirror), DAYS[0])
            self.site.rename_project(self.site.projects[project], key)
            self.keep_hidden()

    @rule(place=issues)
    def hide(self, place: int) -> None:
        """Issue security: no longer visible, though nothing says when that began."""
        if issue := self.one(place):
            self.settle()
            self.hidden.add(issue.id)
            self.keep_hidden()

    @rule()
    def show(self) -> None:
        """Cloud tells no parent that is hidden; that it can be seen again only an edit of the child tells, or a day."""
        self.settle()
        for issue in self.site.issues:
            if issue.parent in self.site.hidden and self.deployment == "cloud":
                self.tick()
                self.site.set_field(issue, "summary", f"{issue.summary}.")
        self.hidden.clear()
        self.keep_hidden()

    @rule(
        place=st.integers(min_value=0, max_value=3),
        action=st.sampled_from(["add", "add", "remember", "forget", "remove"]),
    )
    def flag(self, place: int, action: str) -> None:
        """What a run writes itself; a ledger alone leaves the issue's date as it is."""
        issue = self.changing(place)
        if issue and issue.key not in self.site.hidden:
            self.settle()
            write = FlagWrite(tracker="jira-main", key=issue.key, id=issue.id, label=LABEL, action=action, sprint="77")
            self.connect(self.mirror).write_flag(write)

    # What the runs do

    @rule(at=st.integers(min_value=1, max_value=14), applied=st.booleans(), day=st.sampled_from(DAYS))
    def a_run_is_interrupted(self, at: int, applied: bool, day: date) -> None:
        for number in range(at, at + 5):
            self.server.faults.drop(number, applied=applied)
        self.try_to_read(self.connect(self.mirror), day)
        self.server.reset()

    @rule(day=st.sampled_from(DAYS))
    def a_run_reads_while_the_index_lags(self, day: date) -> None:
        self.try_to_read(self.connect(self.mirror), day)
        self.server.reset()

    @rule(day=st.sampled_from(DAYS))
    def a_run_reads_what_a_full_read_reads(self, day: date) -> None:
        self.settle()
        caught_up = self.try_to_read(self.connect(self.mirror), day)
        in_full = self.try_to_read(self.connect(None), day)
        assert caught_up == in_full

    @rule(place=issues)
    def an_edit_that_the_index_does_not_show_yet(self, place: int) -> None:
        if issue := self.changing(place):
            self.site.search_lag = LAG
            self.site.set_field(issue, "summary", f"{issue.summary}!")

    @rule(kept=st.sampled_from([None, None, None, None, None, 0, 99, 5000]))
    def the_mirror_is_damaged(self, kept: int | None) -> None:
        path = Path(self.folder.name) / "mirror.db"
        path.write_bytes(path.read_bytes()[:kept])

    def try_to_read(self, jira: Writer, day: date) -> list[Contents | str]:
        found: list[Contents | str] = []
        for scope in SCOPES:
            try:
                found.append(dataclasses.replace(jira.read(scope, since=day), requests_by=()))
            except TrackerError as error:
                found.append(type(error).__name__)
        jira.close()
        return found

    def settle(self) -> None:
        """The index has caught up."""
        self.site.search_lag = 0
        for _ in range(LAG + 1):
            self.site.count_request()

    def keep_hidden(self) -> None:
        """Under the keys of today."""
        self.site.hidden = {issue.key for issue in self.site.issues if issue.id in self.hidden}

    def tick(self) -> datetime:
        self.site.now += timedelta(milliseconds=1)
        return self.site.now

    def changing(self, place: int) -> Issue | None:
        self.tick()
        return self.one(place)

    def present(self, project: str) -> str:
        found = self.site.project(project)
        assert found is not None
        return found.key


class RunsOnDataCenter(Runs):
    """The same on a Data Center, whose pages are shorter than a scope, or not."""

    deployment = "data-center"

    @initialize(cap=st.sampled_from([1, 2, 2, 1000]))
    def begin_with(self, cap: int) -> None:
        self.site.dc_page_cap = cap

    @rule(cap=st.sampled_from([1, 2, 1000]))
    def pages_get_another_length(self, cap: int) -> None:
        self.site.dc_page_cap = cap


SETTINGS = settings(max_examples=10, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck))
TestOnCloud = Runs.TestCase
TestOnCloud.settings = SETTINGS
TestOnDataCenter = RunsOnDataCenter.TestCase
TestOnDataCenter.settings = SETTINGS
