"""Goals that change in the middle of their period, and the end of one: what is linked, written, frozen and told."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.company_files import changed
from support.stage import Stage, on_stage

from adapters.sandbox.linear.nodes import InitiativeUpdate
from mappings.linking import Class, Linked
from syncer.explain import explain
from syncer.plan import Status
from syncer.report.document import report
from syncer.run import Run

LAST_DAY = datetime(2027, 1, 15, 12, tzinfo=UTC)
"""On which the made-up company's period takes final values."""
FROZEN = datetime(2027, 1, 16, 12, tzinfo=UTC)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def edit(stage: Stage, *changes: tuple[str, str]) -> None:
    """Change the registry file of the made-up company."""
    [file] = stage.folder.glob("okrs/*.toml")
    file.write_text(changed(file.read_text(encoding="utf-8"), *changes), encoding="utf-8")


def issue(run: Run, key: str) -> Linked:
    return next(found for found in run.figures.linked.values() if found.issue.key == key)


def told(run: Run) -> list[str]:
    return [change.text for change in report(run).goal_changes]


def test_a_draft_takes_no_tags_counts_nowhere_and_is_not_written(stage: Stage) -> None:
    edit(stage, ('id = "PAY-O1-KR1"', 'id = "PAY-O1-KR1"\nstatus = "draft"'))

    run = stage.run()

    assert issue(run, "PAY-3").kind is Class.BROKEN
    assert issue(run, "PAY-3").because == "label 'pay_o1_kr1' PAY-O1-KR1 is a draft"
    assert "PAY-O1-KR1" not in run.figures.key_results
    assert run.figures.objectives["PAY-O1"].of == 1
    assert not any("/issue/OKR-2" in call.path for call in stage.mutations())
    assert "PAY-O1-KR1 is a draft: it takes no tags and counts nowhere" in told(run)


def test_tags_of_a_retired_key_result_are_broken_with_its_reason_and_of_a_replaced_one_link_on(stage: Stage) -> None:
    run = stage.run("plan")

    retired, replaced = issue(run, "PAY-6"), issue(run, "GRO-3")
    assert (retired.kind, retired.shares) == (Class.BROKEN, ())
    assert "PAY-O1-KR5 was retired on 2026-10-28: the partner bank withdrew" in retired.because
    assert [share.kr for share in replaced.shares] == ["GRO-O1-KR4"]
    assert "GRO-O1-KR3 was replaced by GRO-O1-KR4" in replaced.because
    assert told(run) == [
        "GRO-O1-KR3 was replaced by GRO-O1-KR4 on 2 Nov 2026: nobody opened the pilot's mails",
        "PAY-O1-KR5 was retired on 28 Oct 2026: the partner bank withdrew",
    ]
    assert {change.kr for change in run.plan.changes}.isdisjoint({"GRO-O1-KR3", "PAY-O1-KR5"})


def test_a_target_that_moved_stands_beside_the_score_everywhere_and_is_written_once(stage: Stage) -> None:
    stage.run()
    moved = 'target = 50 }\nretargets = [{ on = 2026-11-12, from = 45, to = 50, because = "two markets joined" }]'
    edit(stage, ("target = 45 }", moved))
    sentence = "target changed: 45 -> 50 on 12 Nov 2026, because two markets joined"

    run = stage.run()
    written = len(stage.mutations())
    again = stage.run()

    updates = [update.body for update in stage.workspace.all(InitiativeUpdate) if "GRO-O1-KR1" in update.body]
    explained = explain(run, "GRO-O1-KR1")
    assert [body.replace("\\", "").count(f"The {sentence}.") for body in updates] == [1]
    assert explained is not None
    assert sentence in explained.lines
    assert f"GRO-O1-KR1: {sentence}" in told(run)
    assert [it.text for kr in report(run).key_results if kr.id == "GRO-O1-KR1" for it in kr.retargets] == [sentence]
    assert len(stage.mutations()) == written
    assert again.exit_code == 0


def test_final_values_come_until_the_period_closes_and_then_it_is_frozen(stage: Stage) -> None:
    stage.run()
    stage.finish("jira-main", "PAY-4")
    final = stage.run(at=LAST_DAY)
    score = final.figures.key_results["PAY-O1-KR1"].score.value
    stands = stage.state()
    sent = len(stage.mutations())

    stage.finish("jira-main", "PAY-1")
    frozen = stage.run(at=FROZEN)

    change = next(change for change in final.plan.changes if change.kr == "PAY-O1-KR1")
    explained = explain(frozen, "PAY-O1-KR1")
    assert (change.status, change.after) == (Status.CHANGED, score)
    assert report(frozen).key_results == ()
    assert (frozen.exit_code, frozen.plan.changes, len(stage.mutations())) == (0, (), sent)
    assert stage.state()["files"] == stands["files"]
    assert "belongs to period 2026-Q4" in issue(frozen, "PAY-3").because
    assert explained is not None
    assert explained.lines == ("2026-Q4 closed on 2027-01-15: it is frozen, takes no links and is not written",)
