"""Jira issues that were moved and are called something else than the registry says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.stage import Stage, on_stage

from adapters.sandbox.jira.site import Issue


@pytest.fixture(params=[False, True], ids=["cloud", "data-center"])
def stage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1, data_center=request.param) as company:
        yield company


def move(stage: Stage, key: str, project: str) -> Issue:
    """A person moves an issue to another project."""
    issue, home = stage.site.issue(key), stage.site.project(project)
    assert issue is not None
    assert home is not None
    stage.site.move(issue, home)
    return issue


def test_a_moved_write_target_is_still_written_and_never_work(stage: Stage) -> None:
    issue = move(stage, "OKR-2", "PAY")
    issue.sprints = [next(sprint.id for sprint in stage.site.sprints if sprint.state == "active")]

    result = stage.run()

    assert next(change.status.value for change in result.plan.changes if change.kr == "PAY-O1-KR1") == "changed"
    assert issue.key not in {row.issue.key for sprint in result.figures.sprints for row in sprint.rows}
    assert issue.key not in {flag.write.key for flag in result.plan.flags}


def test_the_work_below_a_moved_epic_stays_bound(stage: Stage) -> None:
    epic = stage.site.issue("PAY-1")
    assert epic is not None
    epic.labels.clear()
    figures = stage.run().figures
    before = figures.key_results["PAY-O1-KR1"].delivery
    assert "bind" in {share.rule for found in figures.linked.values() for share in found.shares}

    move(stage, "PAY-1", "OKR")
    after = stage.run().figures.key_results["PAY-O1-KR1"].delivery

    assert (after.done, after.total) == (before.done, before.total)


def test_a_registry_issue_that_cannot_be_looked_up_is_a_problem_and_no_lost_bind(stage: Stage) -> None:
    epic = stage.site.issue("PAY-1")
    assert epic is not None
    epic.labels.clear()
    stage.run()
    written = len(stage.mutations())
    move(stage, "PAY-1", "OKR")
    stage.sandbox.jira.faults.answer(status=400, when=lambda call: "pay-1" in f"{call.path} {call.request}", times=50)

    result = stage.run()

    jira = [reading for reading in result.figures.readings if reading.kind == "jira"]
    assert {reading.complete for reading in jira} == {False}
    assert [call for call in stage.mutations()[written:] if "edit_issue" in call.operation] == []
