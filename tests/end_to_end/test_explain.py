"""`okrsync explain`: every rule tried on an issue, and what moved a key result since a state that history holds."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.stage import Stage, on_stage
from typer.testing import CliRunner

from mappings.linking import ABOVE, BINDS, OWN_TAGS, ROUTINE, RULES, SAME_WORK, Class, Linked
from mappings.model import State
from syncer.cli import app
from syncer.explain import explain
from syncer.report.document import report
from syncer.run import Run


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def a_row(run: Run, kind: Class) -> Linked:
    return next(row for it in run.figures.sprints for row in it.rows if row.kind is kind)


def test_an_issue_of_every_class_says_which_rule_decided_and_why_the_others_did_not(stage: Stage) -> None:
    run = stage.run("plan")
    document = report(run)

    for kind in (Class.ALIGNED, Class.ROUTINE, Class.BROKEN, Class.UNALIGNED):
        row = a_row(run, kind)
        found = explain(run, row.issue.key)
        assert found is not None
        assert [each.rule for each in found.tried if each.decided] == ([row.rule] if row.rule else [])
        assert {each.rule for each in found.tried} == {OWN_TAGS, ABOVE, BINDS, SAME_WORK, RULES, ROUTINE}
        assert all(each.said for each in found.tried)
        assert found.lines[0] == f"{kind.value}: {row.because}"
        assert any(line.startswith("sprint ") for line in found.lines)
        rows = [it for it in document.work if it.key == row.issue.key]
        assert {it.rule for it in rows} == {row.rule or None}
    broken = explain(run, a_row(run, Class.BROKEN).issue.key)
    assert broken is not None
    assert any("did you mean" in line for line in broken.lines)


def test_a_key_result_says_what_moved_it_since_the_last_run_and_since_a_day(stage: Stage) -> None:
    first = stage.run()
    kr, line = next(
        (kr, line)
        for kr, found in first.figures.key_results.items()
        for line in found.delivery.lines
        if line.issue.state is State.OPEN and line.amount and line.issue.tracker == "linear-main" and line.share == 1
    )
    stage.workspace.now += timedelta(hours=1)
    stage.finish("linear-main", line.issue.key)
    tomorrow = stage.sandbox.now + timedelta(days=1)
    second = stage.run(at=tomorrow)
    moved = f"{line.issue.key} done ("

    told = explain(second, kr)
    later = explain(stage.run("report", at=tomorrow), kr)

    assert told is not None and later is not None
    [since] = [said for said in told.lines if moved in said]
    assert since.startswith("since the last run: ")
    [changes] = [it.changes for it in report(second).key_results if it.id == kr]
    assert since.removeprefix("since the last run: ") in changes
    assert "since the last run: nothing that counts moved" in later.lines

    def asked(day: str) -> list[str]:
        command = ["explain", kr, "--since", day, "--format", "json", "--at", f"{tomorrow:%Y-%m-%d}"]
        done = CliRunner().invoke(app, [*command, "--config", str(stage.sandbox.config)])
        assert done.exit_code == 0, done.output
        lines: list[str] = json.loads(done.stdout)["lines"]
        return [said for said in lines if said.startswith("since ")]

    assert [said for said in asked(f"{stage.sandbox.now:%Y-%m-%d}") if moved in said]
    assert asked("2020-01-01") == ["since 1 Jan 2020: history holds nothing to compare with"]


def test_what_moved_is_asked_of_key_results_and_not_of_issues(stage: Stage) -> None:
    row = next(row for it in stage.run("report").figures.sprints for row in it.rows)
    day = stage.sandbox.now.date().isoformat()
    command = ["explain", row.issue.key, "--since", day, "--at", day, "--config", str(stage.sandbox.config)]

    done = CliRunner().invoke(app, command)

    assert (done.exit_code, "--since asks what moved a key result" in done.output) == (2, True)
