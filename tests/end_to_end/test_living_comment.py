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
from syncer.plan import Status


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


def test_a_proposal_waits_in_the_living_comment_until_a_person_types_it(stage: Stage) -> None:
    [registry] = stage.folder.glob("okrs/*.toml")
    text = registry.read_text("utf-8")
    registry.write_text(text.replace(':issue/OKR-2" }', ':issue/OKR-2", policy = "propose" }'), "utf-8")
    target = stage.site.issue("OKR-2")
    assert target is not None

    def status() -> tuple[Status, object]:
        [found] = [change for change in stage.run().plan.changes if change.kr == "PAY-O1-KR1"]
        return found.status, found.after

    proposed, ours = status()
    written = len(stage.mutations())

    assert status() == (proposed, ours) == (Status.LEFT_ALONE, ours)
    assert len(stage.mutations()) == written, "proposing it once is enough"
    assert OKR_PROGRESS not in target.custom
    assert f"Proposed: {ours}; nothing stands here now." in json.dumps(comments(stage))

    stage.site.set_field(target, OKR_PROGRESS, float(str(ours)))

    assert status() == (Status.CHANGED, ours)
    assert "Proposed" not in json.dumps(comments(stage))
    assert (status()[0], target.custom[OKR_PROGRESS]) == (Status.UNCHANGED, float(str(ours)))
