"""A dump of real issues as a site on a day in its past."""

import gzip
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.dump import load_dump
from adapters.sandbox.jira.fields import STORY_POINT_ESTIMATE
from adapters.sandbox.jira.site import Issue, Site

SHARED = Path(os.environ.get("OKRSYNC_SHARED") or Path(__file__).resolve().parents[4] / "shared")
REAL = SHARED / "data" / "titanium" / "issues_10k.jsonl.gz"
NOW = date(2018, 8, 8)


def a_sprint(id: int, start: str | None, **changes: Any) -> dict[str, Any]:
    end = None if start is None else start.replace("-01T", "-14T")
    sprint = {"id": id, "name": f"Sprint {id}", "state": "closed", "boardId": 7, "startDate": start, "endDate": end}
    return sprint | {"completeDate": end, "goal": ""} | changes


NOW_SPRINT = a_sprint(2, "2018-08-01T08:00:00.000Z")


def a_record(number: int, **changes: Any) -> dict[str, Any]:
    record = {
        "id": str(100 + number),
        "key": f"APP-{number}",
        "project": "APP",
        "type": "Bug",
        "subtask": False,
        "summary": "s",
        "description": None,
        "status": "Open",
        "category": "new",
        "labels": [],
        "parent": None,
        "epic": None,
        "sprints": [NOW_SPRINT],
        "sp": None,
        "created": "2018-07-01T00:00:00.000+0000",
        "updated": "2018-07-02T00:00:00.000+0000",
        "resolutiondate": None,
        "resolution": None,
        "priority": None,
        "components": [],
    }
    return record | changes


def finished(at: str, **changes: Any) -> dict[str, Any]:
    return {
        "status": "Closed",
        "category": "done",
        "resolution": "Fixed",
        "resolutiondate": at,
        "updated": at,
    } | changes


def load(path: Path, *records: dict[str, Any], now: date | datetime = NOW) -> tuple[Site, list[str]]:
    dump = path / "dump.jsonl"
    dump.write_text("".join(json.dumps(record) + "\n" for record in records))
    return load_dump(dump, active_sprint=2, now=now)


def load_one(path: Path, **changes: Any) -> Issue:
    (issue,) = load(path, a_record(1, **changes))[0].issues
    return issue


def test_what_was_created_later_is_absent(tmp_path: Path) -> None:
    site, _ = load(tmp_path, a_record(1), a_record(2, created="2018-08-08T00:00:01.000+0000"))

    assert [issue.key for issue in site.issues] == ["APP-1"]
    assert site.now == datetime(2018, 8, 8, tzinfo=UTC)


def test_what_was_resolved_later_is_open(tmp_path: Path) -> None:
    issue = load_one(tmp_path, **finished("2018-08-09T10:00:00.000+0000"))

    assert (issue.status.category, issue.resolution, issue.resolved) == ("new", None, None)
    assert issue.updated == issue.status_changed == issue.created


def test_what_was_resolved_before_is_done(tmp_path: Path) -> None:
    issue = load_one(tmp_path, **finished("2018-08-07T10:00:00.000+0000", updated="2019-01-01T00:00:00.000+0000"))

    assert issue.resolution is not None
    assert (issue.status.name, issue.resolution.name) == ("Closed", "Fixed")
    assert issue.resolved == issue.status_changed == issue.updated == datetime(2018, 8, 7, 10, tzinfo=UTC)


@pytest.mark.parametrize(("updated", "category"), [("2018-08-07", "done"), ("2018-08-09", "new")])
def test_done_without_a_date_is_done_since_the_last_update(tmp_path: Path, updated: str, category: str) -> None:
    at = f"{updated}T00:00:00.000+0000"
    issue = load_one(tmp_path, **finished(at, resolutiondate=None))

    assert issue.status.category == category
    assert issue.resolved is None
    assert (issue.status_changed == datetime.fromisoformat(at)) == (category == "done")


def test_later_sprints_drop_off_and_the_chosen_one_is_active(tmp_path: Path) -> None:
    old = a_sprint(1, "2018-07-01T08:00:00.000Z")
    later = a_sprint(3, "2018-09-01T08:00:00.000Z", state="closed")
    undated = a_sprint(4, None, state="future", boardId=8)
    site, _ = load(tmp_path, a_record(1, sprints=[old, NOW_SPRINT, later, undated]))

    assert site.issues[0].sprints == [1, 2]
    assert {sprint.id: sprint.state for sprint in site.sprints} == {
        1: "closed",
        2: "active",
        3: "future",
        4: "future",
    }
    active = site.sprint(2)
    assert active is not None
    assert (active.start, active.complete) == (datetime(2018, 8, 1, 8, tzinfo=UTC), None)


def test_every_board_seen_is_a_scrum_board_that_estimates_by_points(tmp_path: Path) -> None:
    site, notes = load(tmp_path, a_record(1, sp=3, sprints=[NOW_SPRINT, a_sprint(1, None, boardId=None)]))

    assert [(board.id, board.type, board.project_keys, board.estimation_field) for board in site.boards] == [
        (7, "scrum", ["APP"], STORY_POINT_ESTIMATE)
    ]
    assert site.issues[0].custom == {STORY_POINT_ESTIMATE: 3.0}
    assert "1 sprints name no board: no board lists them." in notes


def test_levels_and_parents_come_from_types_and_epics(tmp_path: Path) -> None:
    site, notes = load(
        tmp_path,
        a_record(1, type="Epic"),
        a_record(2, epic="APP-1"),
        a_record(3, type="Sub-task", subtask=True, parent="APP-2"),
        a_record(4, epic="APP-99"),
    )

    assert [(issue.level, issue.parent) for issue in site.issues] == [
        (1, None),
        (0, "APP-1"),
        (-1, "APP-2"),
        (0, "APP-99"),
    ]
    assert any(note.startswith("1 issues have a parent that is not there") for note in notes)


def test_a_sprint_that_nobody_was_in_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="was ever in sprint 2"):
        load(tmp_path, a_record(1, sprints=[]))


def test_a_compressed_dump_is_read(tmp_path: Path) -> None:
    dump = tmp_path / "dump.jsonl.gz"
    dump.write_bytes(gzip.compress(json.dumps(a_record(1)).encode()))

    assert len(load_dump(dump, active_sprint=2, now=NOW)[0].issues) == 1


@pytest.fixture
def real() -> Path:
    if not REAL.exists():
        pytest.skip(f"no {REAL}")
    return REAL


def test_the_real_dump_is_whole_when_nothing_is_rewound(real: Path) -> None:
    site, _ = load_dump(real, active_sprint=1058, now=date(2030, 1, 1))

    assert len(site.issues) == 10_000


def test_the_real_sprint_has_its_issues_on_its_day(real: Path) -> None:
    created: dict[str, str] = {}
    with gzip.open(real, "rt") as lines:
        for record in map(json.loads, lines):
            if any(sprint["id"] == 1058 for sprint in record["sprints"]):
                created[record["key"]] = record["created"]

    site, notes = load_dump(real, active_sprint=1058, now=NOW)

    inside = {issue.key for issue in site.issues if 1058 in issue.sprints}
    assert len(created) == 141
    assert inside == {key for key, moment in created.items() if moment < "2018-08-08"}
    assert [sprint.id for sprint in site.sprints if sprint.state == "active"] == [1058]
    assert max(issue.updated for issue in site.issues) <= site.now
    assert notes
