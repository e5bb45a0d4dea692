"""Reading only what changed: what it notices although no issue's date moved, on either deployment."""

import dataclasses
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from unit.jira.jira_site import PAY, SINCE, an_issue
from unit.jira.mirrored_runs import Runs, read_once

from adapters.errors import TrackerError
from adapters.jira.incremental import OVERLAP
from adapters.mirror import Mirror
from adapters.sandbox.jira.fields import STORY_POINTS
from adapters.sandbox.jira.site import Sprint
from adapters.sandbox.server import Call
from mappings.targets import FlagWrite


@pytest.fixture(params=["cloud", "data-center"])
def runs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Runs]:
    """Of either deployment."""
    with read_once(monkeypatch, tmp_path, request.param) as found:
        yield found


def kept(path: Path) -> list[object]:
    """All that a mirror keeps of issues."""
    db = sqlite3.connect(path)
    rows = [*db.execute("select * from scope"), *db.execute("select * from issue")]
    db.close()
    return rows


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


def test_a_project_that_was_renamed_after_a_run_that_ended_early_is_noticed(runs: Runs) -> None:
    runs.path.unlink()
    first = runs.jira.connect(mirror=Mirror(runs.path))
    runs.jira.server.reset()
    runs.jira.server.faults.answer(status=500, when=lambda call: call.operation == "search", times=99)
    with pytest.raises(TrackerError):
        first.read(PAY, since=SINCE)  # its tables are kept, and no issue to hold them against
    runs.site.rename_project(runs.site.project("PAY"), "PMT")

    assert runs.read_the_same().renamed == (("PAY", "PMT"),)


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


def test_another_account_reads_everything_and_asks_for_its_own_tables(runs: Runs) -> None:
    runs.site.accounts[0] = dataclasses.replace(runs.site.accounts[0], account_id="712020:other")

    runs.read()

    assert {"fields", "boards"} <= set(runs.jira.operations())


def test_a_folder_that_cannot_be_written_is_a_full_read(runs: Runs, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    runs.path = tmp_path / "file" / "mirror.db"

    runs.read_the_same()

    assert "fields" in runs.operations
