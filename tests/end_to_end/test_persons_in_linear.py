"""Whole runs against Linear: what people do there stands, and what one target refuses is that target's alone."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.stage import Stage, on_stage

from adapters.sandbox.linear.nodes import Issue, Project, ProjectUpdate
from adapters.sandbox.server import Call
from mappings.model import State
from syncer.plan import Change, Status
from syncer.run import Run

KR = "GRO-O1-KR2"
"""It is written to a Linear project."""


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch) as opened:
        yield opened


def change(run: Run, kr: str = KR) -> Change:
    return next(change for change in run.plan.changes if change.kr == kr)


def finish_something(stage: Stage, run: Run) -> None:
    line = next(line for line in run.figures.key_results[KR].delivery.lines if line.issue.state is not State.DONE)
    stage.finish(line.issue.tracker, line.issue.key)


def our_update(stage: Stage) -> ProjectUpdate:
    return [post for post in stage.workspace.all(ProjectUpdate) if post.user is stage.workspace.viewer][-1]


def forbid(stage: Stage, document: str) -> None:
    refused = json.dumps({"errors": [{"message": "no", "extensions": {"type": "forbidden", "code": "FORBIDDEN"}}]})
    assert stage.sandbox.linear is not None

    def asks_for_it(call: Call) -> bool:
        return document in call.request

    stage.sandbox.linear.faults.answer(status=200, body=refused.encode(), when=asks_for_it, times=99)


def test_a_persons_health_on_our_update_stands_while_the_work_moves(stage: Stage) -> None:
    run = stage.run()
    stage.workspace.change(our_update(stage), health="offTrack")
    finish_something(stage, run)

    after = change(stage.run())

    assert after.status is Status.LEFT_ALONE
    assert after.reason.startswith("a person edited the update")
    assert our_update(stage).health == "offTrack"


def test_an_update_that_was_taken_down_costs_no_write_and_resume_gives_it_back(stage: Stage) -> None:
    stage.run()
    stage.workspace.archive(our_update(stage))
    before = len(stage.mutations())

    for _ in range(2):
        left = change(stage.run())
        assert left.status is Status.LEFT_ALONE
        assert left.reason == (
            "a person took down this slot's update: the next comes on 2026-11-23, or `okrsync resume GRO-O1-KR2`"
        )
    assert len(stage.mutations()) == before

    assert change(stage.run(resume=KR)).status is Status.CHANGED
    assert our_update(stage).archived_at is None
    before = len(stage.mutations())
    assert change(stage.run()).status is Status.UNCHANGED
    assert len(stage.mutations()) == before


@pytest.mark.parametrize(
    ("zone", "posted", "stands"),
    [
        ("Asia/Tokyo", datetime(2026, 11, 15, 23, 30, tzinfo=UTC), True),
        ("Europe/Zurich", datetime(2026, 11, 15, 23, 30, tzinfo=UTC), True),
        ("America/Los_Angeles", datetime(2026, 11, 16, 2, tzinfo=UTC), False),
    ],
)
def test_a_persons_post_stands_for_the_week_of_the_company(
    stage: Stage, zone: str, posted: datetime, stands: bool
) -> None:
    text = stage.sandbox.config.read_text()
    assert "Europe/Zurich" in text
    stage.sandbox.config.write_text(text.replace("Europe/Zurich", zone))
    stage.workspace.now = datetime(2026, 11, 12, 18, tzinfo=UTC)
    run = stage.run(at=stage.workspace.now)
    target = change(run).target
    assert target is not None
    stage.workspace.now = posted
    stage.workspace.add(
        ProjectUpdate(
            project=stage.workspace.get(Project, target.id),
            user=stage.workspace.human,
            body="We are in trouble",
            health="offTrack",
        )
    )
    stage.workspace.now = datetime(2026, 11, 18, 9, tzinfo=UTC)
    finish_something(stage, run)

    after = change(stage.run(at=stage.workspace.now))

    assert (after.status is Status.LEFT_ALONE) is stands
    assert after.reason == ("a person posted a newer update: it stands until 2026-11-23" if stands else "")


def test_half_characters_in_linear_stop_no_report(stage: Stage) -> None:
    issue = next(issue for issue in stage.workspace.all(Issue) if issue.cycle)
    issue.title, issue.description = "Fix \ud83d emoji", "OKR: GRO-O1-KR\ud83d"

    run = stage.run()

    titles = {row.issue.title for sprint in run.figures.sprints for row in sprint.rows}
    assert "Fix \ufffd emoji" in titles


def test_one_forbidden_target_is_shown_with_the_reason_and_the_others_are_written(stage: Stage) -> None:
    forbid(stage, "OkrProject(")

    run = stage.run()

    refused = change(run)
    assert refused.status is Status.FAILED
    assert "the token may not do this: no" in refused.reason
    others = [it for it in run.plan.changes if it.target and it.target.tracker == "linear-main" and it.kr != KR]
    assert others
    assert {it.status for it in others} == {Status.CHANGED}
    assert run.exit_code == 1


def test_a_connection_whose_targets_cannot_be_read_says_why(stage: Stage) -> None:
    def asks_for_targets(call: Call) -> bool:
        return call.operation == "bulkfetch" and '"okrsync"' in call.request

    stage.sandbox.jira.faults.answer(status=403, body=b'{"errorMessages":["no"]}', when=asks_for_targets, times=99)

    run = stage.run()

    in_jira = [it for it in run.plan.changes if it.target and it.target.tracker == "jira-main"]
    assert {it.status for it in in_jira} == {Status.FAILED}
    assert all("could not be read: " in it.reason and "403" in it.reason for it in in_jira), in_jira[0].reason


def test_two_key_results_on_one_project_by_slug_and_by_id_are_both_left_alone(stage: Stage) -> None:
    target = change(stage.run("plan")).target
    assert target is not None
    project = stage.workspace.get(Project, target.id)
    assert project is not None
    registry = next(path for path in stage.folder.glob("okrs/*.toml") if "linear-main:issue/" in path.read_text())
    lines = registry.read_text().splitlines()
    taken = next(line for line in lines if "linear-main:issue/" in line and "write" in line)
    issue = taken.split("linear-main:issue/")[1].split('"')[0]
    moved = taken.replace(f"linear-main:issue/{issue}", f"linear-main:project/{project.slug_id}")
    registry.write_text("\n".join(moved if line == taken else line for line in lines) + "\n")

    run = stage.run()

    both = [it for it in run.plan.changes if it.target and it.target.id in (project.id, project.slug_id)]
    assert len(both) == 2
    assert {it.status for it in both} == {Status.LEFT_ALONE}
    assert all("are one place" in it.reason for it in both)
    assert [post for post in stage.workspace.all(ProjectUpdate) if post.user is stage.workspace.viewer] == []
