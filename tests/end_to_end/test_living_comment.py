"""The living comment in whole runs: never ahead of its value, and one, though two runs made one each."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.stage import Stage, on_stage

from adapters.sandbox.jira.fields import OKR_PROGRESS
from mappings.model import State


@pytest.fixture(params=[False, True], ids=["cloud", "data-center"])
def stage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1, data_center=request.param) as company:
        yield company


def comments(stage: Stage) -> list[Any]:
    issue = stage.site.issue("OKR-2")
    assert issue is not None
    return [comment.body for comment in issue.comments if "okrsync" in json.dumps(comment.body)]


@pytest.mark.parametrize("stopped", [1, 2], ids=["the-value", "the-ledger-after-the-comment"])
def test_work_that_is_opened_again_after_a_failed_write_leaves_the_comment_as_it_was(
    stage: Stage, stopped: int
) -> None:
    first = stage.run()
    before = comments(stage)
    target = stage.site.issue("OKR-2")
    assert target is not None
    lines = first.figures.key_results["PAY-O1-KR1"].delivery.lines
    key = next(line.issue.key for line in lines if line.issue.state is not State.DONE)
    issue = stage.site.issue(key)
    assert issue is not None
    was = issue.status
    stage.site.transition(issue, stage.site.status("Done"), stage.site.resolution("Done"))
    puts: list[int] = []

    def is_the_one(call: Any) -> bool:
        if call.operation == "edit_issue" and call.path.split("?")[0].endswith(f"/issue/{target.id}"):
            puts.append(len(puts) + 1)
            return puts[-1] == stopped
        return False

    stage.sandbox.jira.faults.answer(status=500, when=is_the_one)
    assert stage.run().exit_code == 1

    stage.site.transition(issue, was)
    stage.run()

    assert comments(stage) == before
    assert target.custom[OKR_PROGRESS] == 0.33
    written = len(stage.mutations())
    stage.run()
    assert len(stage.mutations()) == written


def test_two_syncs_at_once_leave_one_living_comment(stage: Stage) -> None:
    stage.sandbox.jira.faults.delay(0.03)
    runs = [threading.Thread(target=stage.run) for _ in range(2)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    stage.sandbox.jira.faults.delay(0)

    stage.run()

    assert len(comments(stage)) == 1
    written = len(stage.mutations())
    stage.run()
    assert len(stage.mutations()) == written
