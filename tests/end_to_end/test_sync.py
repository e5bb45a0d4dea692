"""The promises of a sync: a partial read is not published, a person's number stays, a plan cannot write."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from support.stage import Stage, on_stage

from adapters.errors import WriteRefused
from adapters.retry import Deadline
from adapters.sandbox.server import Call
from mappings.model import State
from syncer.config import load
from syncer.plan import Change, Status
from syncer.report.document import report
from syncer.run import Run, connected

PROGRESS = "customfield_10050"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch) as opened:
        yield opened


def change(run: Run, kr: str) -> Change:
    return next(change for change in run.plan.changes if change.kr == kr)


def progress(stage: Stage, key: str) -> object:
    issue = stage.site.issue(key)
    assert issue is not None
    return issue.custom.get(PROGRESS)


def human_types(stage: Stage, key: str, value: float | None) -> None:
    issue = stage.site.issue(key)
    assert issue is not None
    stage.site.set_field(issue, PROGRESS, value)


def finish_something_for(stage: Stage, run: Run, kr: str) -> None:
    line = next(line for line in run.figures.key_results[kr].delivery.lines if line.issue.state is not State.DONE)
    stage.finish(line.issue.tracker, line.issue.key)


def test_the_score_stands_where_the_key_result_lives(stage: Stage) -> None:
    run = stage.run()

    written = {c.kr: c for c in run.plan.changes if c.status is Status.CHANGED}
    assert {str(c.target).split("/")[0] for c in written.values()} == {
        "jira-main:issue",
        "linear-main:issue",
        "linear-main:project",
        "linear-main:initiative",
        "file",
    }
    in_jira = [c for c in written.values() if c.target and c.target.tracker == "jira-main"]
    assert {c.kr: progress(stage, c.target.id) for c in in_jira if c.target} == {
        c.kr: float(c.after or 0) for c in in_jira
    }
    again = stage.run("plan")
    assert {kr: change(again, kr).before for kr in written} == {kr: c.after for kr, c in written.items()}


def test_nothing_about_a_person_is_asked_for(stage: Stage) -> None:
    stage.run()

    assert stage.site.forbidden_reads == []


def last_page(stage: Stage, scope: str) -> Callable[[Call], bool]:
    """True for the last page that reading the scope takes, and for every repetition of it."""
    tracker, _, team = scope.partition("/")
    project = {"payments": '"PAY"', "growth": '"GRO"'}[team]
    server = stage.sandbox.jira if tracker == "jira-main" else stage.sandbox.linear
    assert server is not None

    def is_a_page(call: Call) -> bool:
        if tracker == "jira-main":
            return call.operation == "search" and project in json.loads(call.request)["jql"]
        return call.operation == "issues" and project in call.request

    seen = len(server.calls)
    stage.run("plan")
    pages = sum(is_a_page(call) for call in server.calls[seen:])
    assert pages >= (2 if tracker == "jira-main" else 1)
    count = 0

    def is_last(call: Call) -> bool:
        nonlocal count
        count += is_a_page(call)
        return is_a_page(call) and count >= pages

    return is_last


@pytest.mark.parametrize("scope", ["jira-main/payments", "linear-main/growth"])
def test_a_scope_that_fails_on_its_last_page_keeps_its_key_results_unwritten_and_the_others_go_on(
    stage: Stage, scope: str
) -> None:
    stage.site.page_cap = 40
    before = stage.run()
    for kr in ("PAY-O1-KR1", "PAY-O1-KR4", "GRO-O1-KR2", "PLT-O1-KR3"):
        finish_something_for(stage, before, kr)
    is_last = last_page(stage, scope)
    server = stage.sandbox.jira if scope.startswith("jira") else stage.sandbox.linear
    assert server is not None
    server.faults.answer(status=500, when=is_last, times=99)

    run = stage.run()

    reading = next(r for r in run.figures.readings if r.scope.name == scope)
    assert not reading.complete
    assert reading.issues == ()
    team = scope.partition("/")[2]
    may_draw = {
        kr
        for kr, found in before.figures.key_results.items()
        if scope in found.scopes or team in (found.kr.team, *found.kr.teams)
    }
    written = {c.kr for c in run.plan.changes if c.status is Status.CHANGED}
    assert len(may_draw) >= 2
    assert written and not written & may_draw
    assert {kr for kr in may_draw if scope in change(run, kr).reason} == may_draw
    assert run.exit_code == 1
    document = report(run)
    assert not document.run.complete
    assert [bool(r.problem) for r in document.readings if r.scope == scope] == [True]


def test_a_first_run_with_an_unread_scope_writes_nothing_for_nothing_is_remembered_yet(stage: Stage) -> None:
    is_last = last_page(stage, "linear-main/growth")
    assert stage.sandbox.linear is not None
    stage.sandbox.linear.faults.answer(status=500, when=is_last, times=99)

    run = stage.run()

    assert {c.status for c in run.plan.changes} <= {Status.LEFT_ALONE, Status.NONE, Status.UNCHANGED}
    assert run.exit_code == 1


def test_a_persons_value_is_left_alone_and_said_until_resume_gives_it_back(stage: Stage) -> None:
    first = stage.run()
    ours = change(first, "PAY-O1-KR1").after
    human_types(stage, "OKR-2", 0.55)

    left = stage.run()

    found = change(left, "PAY-O1-KR1")
    assert (found.status, found.before) == (Status.LEFT_ALONE, Decimal("0.55"))
    assert "0.55" in found.reason
    assert progress(stage, "OKR-2") == 0.55
    issue = stage.site.issue("OKR-2")
    assert issue is not None
    [comment] = [c for c in issue.comments if "okrsync" in json.dumps(c.body)]
    assert "Kept your 0.55" in json.dumps(comment.body)
    written = len(stage.mutations())
    stage.run()
    assert len(stage.mutations()) == written, "saying it once is enough"

    resumed = stage.run(resume="PAY-O1-KR1")

    assert [c.kr for c in resumed.plan.changes] == ["PAY-O1-KR1"]
    assert progress(stage, "OKR-2") == float(ours or 0)
    assert change(stage.run(), "PAY-O1-KR1").status is Status.UNCHANGED


def test_clearing_the_field_gives_the_value_back(stage: Stage) -> None:
    ours = change(stage.run(), "PAY-O1-KR1").after
    human_types(stage, "OKR-2", 0.55)
    stage.run()
    human_types(stage, "OKR-2", None)

    stage.run()

    assert progress(stage, "OKR-2") == float(ours or 0)


def test_a_value_that_was_there_before_us_is_somebody_elses(stage: Stage) -> None:
    run = stage.run()

    assert change(run, "PAY-O1-KR3").status is Status.LEFT_ALONE
    assert progress(stage, "OKR-4") == 0.5


def test_a_plan_sends_no_mutating_request(stage: Stage) -> None:
    run = stage.run("plan")

    assert any(c.status is Status.WOULD_CHANGE for c in run.plan.changes)
    assert stage.mutations() == []


def test_a_write_planted_into_a_plan_is_refused_by_the_transport(stage: Stage) -> None:
    planned = stage.run("plan")
    config, registry = load(stage.sandbox.config)
    writes = [c.write for c in planned.plan.changes if c.write is not None and c.write.target.kind != "file"]
    assert {write.target.tracker for write in writes} == {"jira-main", "linear-main"}

    with connected(config, registry, Deadline(60), may_write=False) as trackers:
        for write in writes:
            with pytest.raises(WriteRefused):
                trackers[write.target.tracker].write_progress(write)
        for flag in planned.plan.flags:
            with pytest.raises(WriteRefused):
                trackers[flag.write.tracker].write_flag(flag.write)

    assert stage.mutations() == []


def test_a_flag_that_a_person_removed_stays_off_and_one_without_reason_is_taken_off(stage: Stage) -> None:
    run = stage.run()
    flagged = [flag.write for flag in run.plan.flags if flag.write.tracker == "jira-main"]
    removed, tied = flagged[0], flagged[1]
    for write in (removed, tied):
        assert write.label in (stage.site.issue(write.key) or pytest.fail()).labels
    stage.site.remove_label(stage.site.issue(removed.key) or pytest.fail(), removed.label)
    for label in list((stage.site.issue(tied.key) or pytest.fail()).labels):
        if label.startswith("okr:"):
            stage.site.remove_label(stage.site.issue(tied.key) or pytest.fail(), label)
    stage.site.add_label(stage.site.issue(tied.key) or pytest.fail(), "okr:PAY-O1-KR1")

    stage.run()

    assert removed.label not in (stage.site.issue(removed.key) or pytest.fail()).labels
    assert tied.label not in (stage.site.issue(tied.key) or pytest.fail()).labels


def test_what_moved_is_explained_issue_by_issue(stage: Stage) -> None:
    first = stage.run()
    line = next(
        line for line in first.figures.key_results["PAY-O1-KR1"].delivery.lines if line.issue.state is not State.DONE
    )
    stage.finish("jira-main", line.issue.key)

    document = report(stage.run())

    outcome, work = next(kr.changes for kr in document.key_results if kr.id == "PAY-O1-KR1")
    assert outcome.startswith("outcome ") and " -> " in outcome
    assert f"{line.issue.key} done" in work
    assert " -> " in work
