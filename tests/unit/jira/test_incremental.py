"""Reading only what changed: what it asks for, and what it notices although no issue's date moved."""

import dataclasses
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from unit.jira.jira_site import PAY, SINCE, SLOT, TARGET, Jira, a_site, an_issue, served

from adapters.errors import AccessDenied, TrackerError
from adapters.jira.incremental import OVERLAP
from adapters.mirror import Mirror
from adapters.ports import Contents
from adapters.sandbox.jira.fields import STORY_POINTS
from adapters.sandbox.jira.site import Sprint
from adapters.sandbox.server import Call
from mappings.model import Scope
from mappings.targets import FlagWrite

KR = "PAY-O1-KR1"


class Runs:
    """A site, and runs against it that share a mirror."""

    def __init__(self, jira: Jira, path: Path) -> None:
        self.jira = jira
        self.path = path

    @property
    def site(self) -> Any:
        return self.jira.site

    def read(self, scope: Scope = PAY, **changes: Any) -> Contents:
        """As the next run reads, a few minutes later."""
        self.site.now += timedelta(minutes=3)
        self.jira.server.reset()
        contents: Contents = self.jira.connect(mirror=Mirror(self.path), **changes).read(scope, since=SINCE)
        return contents

    def read_the_same(self) -> Contents:
        """As the next run reads, held against a full read; its requests are what the server remembers."""
        found = self.read()
        calls = self.jira.operations()
        in_full = self.jira.connect().read(PAY, since=SINCE)
        assert dataclasses.replace(found, requests_by=()) == dataclasses.replace(in_full, requests_by=())
        self.operations = calls
        return found


@contextmanager
def read_once(monkeypatch: pytest.MonkeyPatch, path: Path, deployment: str) -> Iterator[Runs]:
    """Three issues in the sprint, one under an epic of another project, read once; an hour has passed since.

    A Data Center's page holds two of them.
    """
    site = a_site(
        an_issue(1, sprints=[77]),
        an_issue(2, sprints=[77], parent="OPS-9"),
        an_issue(3, parent="PAY-1"),
        an_issue(9, project="OPS", type="Epic", level=1),
        dc_page_cap=2,
    )
    with served(site, monkeypatch, data_center=deployment == "data-center") as jira:
        found = Runs(jira, path / "mirror.db")
        found.read()
        site.now += timedelta(hours=1)
        yield found


@pytest.fixture(params=["cloud", "data-center"])
def runs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Runs]:
    """Of either deployment."""
    with read_once(monkeypatch, tmp_path, request.param) as found:
        yield found


@pytest.fixture
def on_cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Runs]:
    """Of Cloud, for what only Cloud has: bulk reads, and an index apart from what they read."""
    with read_once(monkeypatch, tmp_path, "cloud") as found:
        yield found


@pytest.fixture
def on_data_center(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Runs]:
    """Of Data Center."""
    with read_once(monkeypatch, tmp_path, "data-center") as found:
        yield found


def kept(path: Path) -> list[object]:
    """All that a mirror keeps of issues."""
    db = sqlite3.connect(path)
    rows = [*db.execute("select * from scope"), *db.execute("select * from issue")]
    db.close()
    return rows


def test_a_quiet_site_costs_six_requests_at_most_and_no_write(on_cloud: Runs) -> None:
    on_cloud.read()
    on_cloud.jira.server.reset()

    jira = on_cloud.jira.connect(mirror=Mirror(on_cloud.path))
    jira.read(PAY, since=SINCE)
    jira.read_standings([(TARGET, KR)], slot=SLOT)

    assert sorted(on_cloud.jira.operations()) == [
        "board_sprints",
        "bulkfetch",
        "bulkfetch",
        "myself",
        "search",
        "search",
    ]
    assert on_cloud.jira.server.mutations == []


def test_what_changed_comes_straight_from_the_search(on_cloud: Runs) -> None:
    on_cloud.site.set_field(on_cloud.jira.issue(3), "labels", ["okr:x"])

    contents = on_cloud.read_the_same()

    assert contents.issues[2].labels == ("okr:x",)
    read_by_id = [call.request for call in on_cloud.jira.server.calls if call.operation == "bulkfetch"]
    assert '"10003"' not in read_by_id[0]


def test_new_deleted_and_moved_issues_are_found_by_the_list_of_ids(runs: Runs) -> None:
    runs.site.delete(runs.jira.issue(3))
    runs.site.move(runs.jira.issue(2), runs.site.project("OPS"))
    runs.site.take_out_of_sprints(runs.site.issue("OPS-10"))
    runs.site.issues.append(an_issue(4, created=runs.site.now, updated=runs.site.now))

    contents = runs.read_the_same()

    assert [issue.key for issue in contents.issues] == ["PAY-1", "PAY-4"]


def test_an_issue_that_came_into_the_scope_long_after_its_last_change_is_read(runs: Runs) -> None:
    old = an_issue(5, updated=datetime(2026, 10, 20, tzinfo=UTC))
    runs.site.issues.append(old)

    assert "PAY-5" in [issue.key for issue in runs.read_the_same().issues]


def test_children_of_a_deleted_issue_are_read_again(runs: Runs) -> None:
    runs.site.delete(runs.jira.issue(1))

    contents = runs.read_the_same()

    assert [issue.parent for issue in contents.issues] == ["10009", None]


def test_an_ancestor_outside_the_scope_is_read_every_time(runs: Runs) -> None:
    epic = runs.site.issue("OPS-9")
    epic.summary, epic.labels = "Another name", ["okr:y"]

    assert runs.read_the_same().ancestors[0].labels == ("okr:y",)


def test_an_ancestor_that_is_hidden_now_is_counted(on_cloud: Runs) -> None:
    on_cloud.site.unreadable.add("10009")

    contents = on_cloud.read_the_same()

    assert (contents.ancestors, contents.hidden_ancestors) == ((), 1)


def test_children_of_an_ancestor_that_is_gone_are_read_again(runs: Runs) -> None:
    runs.site.delete(runs.site.issue("OPS-9"))

    contents = runs.read_the_same()

    assert contents.hidden_ancestors == 0
    assert contents.issues[1].parent is None


def test_a_sprint_that_is_closed_takes_its_issues_along(runs: Runs) -> None:
    runs.site.sprints[0].state = "closed"

    assert {issue.sprints for issue in runs.read_the_same().issues} == {()}


def test_a_sprint_that_is_opened_again_has_its_issues_back(runs: Runs) -> None:
    runs.site.sprints[0].state = "closed"
    runs.read()
    runs.site.now += timedelta(hours=1)
    runs.site.sprints[0].state = "active"

    assert runs.read_the_same().issues[0].sprints == ("77",)


def test_a_sprint_that_is_renamed_is_called_so(runs: Runs) -> None:
    runs.site.sprints[0].name = "Sprint 12 (late)"

    assert runs.read_the_same().sprints[0].name == "Sprint 12 (late)"


def test_a_sprint_of_another_board_that_is_closed_takes_its_issues_along(runs: Runs) -> None:
    runs.site.sprints.append(Sprint(90, "Ops 1", "active", 15))
    runs.site.put_in_sprint(runs.jira.issue(3), runs.site.sprints[1])
    runs.read()
    runs.site.now += timedelta(hours=1)
    runs.site.sprints[1].state = "closed"

    assert runs.read_the_same().issues[2].sprints == ()


def test_a_project_that_was_renamed_is_read_under_its_new_key(runs: Runs) -> None:
    runs.site.rename_project(runs.site.project("PAY"), "PMT")

    contents = runs.read_the_same()

    assert [issue.key for issue in contents.issues] == ["PMT-1", "PMT-2", "PMT-3"]
    assert contents.renamed == (("PAY", "PMT"),)


def test_an_issue_of_another_project_that_was_renamed_has_its_new_key(runs: Runs) -> None:
    runs.site.issues.append(an_issue(20, project="OPS", sprints=[77]))
    runs.read()
    runs.site.now += timedelta(hours=1)
    runs.site.rename_project(runs.site.project("OPS"), "RUN")

    assert runs.read_the_same().issues[-1].key == "RUN-20"


@pytest.mark.parametrize("action", ["remember", "add"])
def test_a_ledger_that_we_wrote_is_seen_though_the_issue_is_no_later_for_it(runs: Runs, action: str) -> None:
    issue = runs.jira.issue(1)
    issue.labels = ["okr-unaligned"]
    write = FlagWrite(
        tracker="jira-main", key=issue.key, id=issue.id, label="okr-unaligned", action=action, sprint="77"
    )
    runs.jira.connect(mirror=Mirror(runs.path)).write_flag(write)

    runs.read_the_same()


def test_a_ledger_that_somebody_else_took_off_is_seen(on_cloud: Runs) -> None:
    on_cloud.jira.issue(1).properties["okrsync.flags"] = {"v": 1, "flags": {"okr-unaligned": "77"}}
    on_cloud.site.set_field(on_cloud.jira.issue(1), "summary", "Flagged")
    for _ in range(2):  # the second no longer asks for what changed before the first
        on_cloud.read()
        on_cloud.site.now += timedelta(hours=1)
    del on_cloud.jira.issue(1).properties["okrsync.flags"]

    assert on_cloud.read_the_same().issues[0].flagged == ()


def test_several_changes_in_one_minute_are_all_seen(runs: Runs) -> None:
    for number in (1, 2, 3):
        runs.site.now += timedelta(seconds=5)
        runs.site.set_field(runs.jira.issue(number), STORY_POINTS, number)
        runs.read_the_same()

    assert [issue.points for issue in runs.read_the_same().issues] == [1, 2, 3]


def test_what_the_index_showed_late_is_seen_by_the_next_run(runs: Runs) -> None:
    runs.site.search_lag = 20
    runs.site.set_field(runs.jira.issue(1), "summary", "Late")
    runs.read()
    runs.site.search_lag = 0
    for _ in range(20):
        runs.site.count_request()
    runs.site.now += OVERLAP / 2

    assert runs.read_the_same().issues[0].title == "Late"


def test_an_older_state_from_the_index_does_not_replace_a_newer_one(on_cloud: Runs) -> None:
    on_cloud.site.search_lag = 9
    on_cloud.site.set_field(on_cloud.jira.issue(1), "summary", "First")
    on_cloud.read()
    on_cloud.site.search_lag = 0
    on_cloud.path.unlink()
    on_cloud.read()
    on_cloud.site.search_lag = 20
    on_cloud.site.set_field(on_cloud.jira.issue(1), "summary", "Second")
    on_cloud.path.unlink()
    on_cloud.read()

    assert on_cloud.read().issues[0].title == "Second"


def test_an_interrupted_run_leaves_the_last_reading_as_it_was(runs: Runs) -> None:
    runs.site.set_field(runs.jira.issue(3), "summary", "Changed")
    before = kept(runs.path)
    for number in range(1, 10):
        runs.jira.server.reset()
        runs.site.now += timedelta(minutes=1)
        for repeated in range(number, number + 5):
            runs.jira.server.faults.drop(repeated, applied=True)
        try:
            runs.jira.connect(mirror=Mirror(runs.path)).read(PAY, since=SINCE)
        except TrackerError:
            assert kept(runs.path) == before
        else:
            break

    runs.jira.server.reset()
    assert number > 3
    assert runs.read_the_same().issues[2].title == "Changed"


def test_what_left_the_scope_is_forgotten(runs: Runs) -> None:
    runs.site.hidden.add("PAY-3")
    runs.read()
    runs.site.set_field(
        next(issue for issue in runs.site.issues if issue.key == "PAY-3"), "summary", "Changed meanwhile"
    )
    for _ in range(2):
        runs.site.now += timedelta(hours=1)
        runs.read()
    runs.site.hidden.clear()

    assert runs.read_the_same().issues[2].title == "Changed meanwhile"


def test_children_of_a_hidden_ancestor_that_is_deleted_are_read_again(on_cloud: Runs) -> None:
    on_cloud.site.unreadable.add("10009")
    on_cloud.read()
    on_cloud.site.now += timedelta(hours=1)
    on_cloud.site.delete(on_cloud.site.issue("OPS-9"))

    assert on_cloud.read_the_same().hidden_ancestors == 0


def test_minutes_that_no_longer_reach_back_are_counted_anew(runs: Runs) -> None:
    def held_back(call: Call) -> bool:
        late = '\\"-' in call.request
        if late:
            runs.site.now += timedelta(hours=1)
        return late

    runs.site.now += timedelta(minutes=3)
    runs.jira.server.faults.answer(status=429, headers={"Retry-After": "1"}, when=held_back)

    runs.jira.connect(mirror=Mirror(runs.path)).read(PAY, since=SINCE)

    asked = [json.loads(call.request)["jql"] for call in runs.jira.server.calls if '\\"-' in call.request]
    assert len(asked) == 3
    assert asked[0] == asked[1] != asked[2]


def test_once_a_day_everything_is_read(runs: Runs) -> None:
    runs.site.now += timedelta(hours=23)

    runs.read_the_same()

    assert "fields" in runs.operations


def test_a_few_issues_come_straight_from_one_page_of_the_search(on_cloud: Runs) -> None:
    on_cloud.site.now += timedelta(days=1)

    on_cloud.read_the_same()

    bulk = [call.request for call in on_cloud.jira.server.calls if call.operation == "bulkfetch"]
    assert on_cloud.operations.count("search") == 1
    assert '"10001"' not in bulk[0]


def test_more_issues_than_last_time_are_read_in_bulk_after_one_page(on_cloud: Runs) -> None:
    moment = on_cloud.site.now
    on_cloud.site.issues += [an_issue(number, updated=moment) for number in range(100, 300)]
    on_cloud.site.now += timedelta(days=1)

    contents = on_cloud.read_the_same()

    assert len(contents.issues) == 203
    assert on_cloud.operations.count("search") == 2


def test_another_account_reads_everything_and_asks_for_its_own_tables(runs: Runs) -> None:
    runs.site.accounts[0] = dataclasses.replace(runs.site.accounts[0], account_id="712020:other")

    runs.read()

    assert {"fields", "boards"} <= set(runs.jira.operations())


def test_another_setting_that_decides_what_an_issue_is_reads_everything(on_cloud: Runs) -> None:
    on_cloud.read(cancelled_resolutions=["Done"])

    assert on_cloud.jira.operations().count("search") == 1


def test_a_token_that_sees_nothing_any_more_is_no_empty_scope(on_cloud: Runs) -> None:
    on_cloud.jira.server.faults.answer(
        status=200, body=b'{"issues":[],"isLast":true}', when=lambda call: call.operation == "search", times=9
    )
    on_cloud.site.now += timedelta(minutes=1)
    on_cloud.jira.server.faults.answer(
        status=200, body=b'{"values":[]}', when=lambda call: call.operation == "projects", times=9
    )

    with pytest.raises(AccessDenied, match="no project"):
        on_cloud.jira.connect(mirror=Mirror(on_cloud.path)).read(PAY, since=SINCE)


def test_a_folder_that_cannot_be_written_is_a_full_read(runs: Runs, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    runs.path = tmp_path / "file" / "mirror.db"

    runs.read_the_same()

    assert "fields" in runs.operations
