"""History as a user has it: a sync leaves it, `okrsync history` shows, exports and prunes it, losing it is harmless."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.stage import Stage, on_stage
from typer.testing import CliRunner

from adapters.history import History
from mappings.linking import Class
from syncer.cli import app
from syncer.plan import Status


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def history_of(stage: Stage) -> History:
    return History(stage.folder / ".okrsync/history.db")


def told(stage: Stage, *command: str) -> str:
    done = CliRunner().invoke(app, ["history", *command, "--config", str(stage.sandbox.config)])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_sync_leaves_values_sprints_issues_and_every_write(stage: Stage) -> None:
    run = stage.run()
    history = history_of(stage)

    values = {it.kr: (it.score, it.delivery) for it in history.days()}
    assert values == {kr: (it.score.value, it.delivery.share) for kr, it in run.figures.key_results.items()}
    assert {(it.sprint, it.total) for it in history.sprints()} == {
        (it.sprint.id, it.issues()) for it in run.figures.sprints
    }
    made = [change for change in run.plan.changes if change.status is Status.CHANGED]
    assert [it.kr for it in history.writes() if it.kind == "progress" and it.status == "changed"] == [
        it.kr for it in made
    ]
    assert {it.after for it in history.writes() if it.kind == "progress"} >= {str(it.after) for it in made if it.after}


def test_a_run_that_only_reports_leaves_nothing(stage: Stage) -> None:
    stage.run("plan")
    stage.run("report")

    assert not (stage.folder / ".okrsync/history.db").exists()


def test_what_became_of_flagged_work_is_followed_through_the_sprint(stage: Stage) -> None:
    first = stage.run()
    row = next(
        row
        for it in first.figures.sprints
        for row in it.rows
        if row.kind is Class.UNALIGNED and row.issue.tracker == "jira-main" and not it.sprint.is_window
    )
    kr = next(iter(first.figures.key_results))
    issue = stage.site.issue(row.issue.key)
    assert issue is not None
    stage.site.set_field(issue, "labels", [f"okr:{kr}"])
    stage.run(at=stage.sandbox.now + timedelta(days=1))

    became = {it.key: it.became for it in history_of(stage).sprint_issues()}
    assert became[row.issue.key] == "tied"
    assert set(became.values()) <= {"", "left", "tied"}


def test_the_second_sync_of_a_day_adds_no_write_and_no_value(stage: Stage) -> None:
    stage.run()
    history = history_of(stage)
    before = (history.writes(), history.days(), history.sprints(), history.sprint_issues())

    stage.run()

    assert (history.writes(), history.days(), history.sprints(), history.sprint_issues()) == before


def test_history_is_shown_exported_and_pruned_by_command(stage: Stage) -> None:
    stage.run()

    assert "on_track" in told(stage, "show") or "pending" in told(stage, "show")
    rows = list(csv.DictReader(io.StringIO(told(stage, "export", "writes"))))
    assert rows and {row["status"] for row in rows} >= {"changed"}
    values = json.loads(told(stage, "export", "values", "--format", "json"))
    one = json.loads(told(stage, "export", "values", "--format", "json", "--kr", values[0]["kr"].lower()))
    assert one == [values[0]]
    assert "rows forgotten" in told(stage, "prune", "--before", "2030-01-01")
    assert json.loads(told(stage, "export", "values", "--format", "json")) == []


def test_a_formula_in_an_exported_text_is_defused(stage: Stage) -> None:
    from syncer.report.cells import csv_text

    text = csv_text(("a", "b"), [('=HYPERLINK("http://evil")', -1), ("  @x", None), ("plain\u202e", 0.5)])

    assert list(csv.reader(io.StringIO(text))) == [
        ["a", "b"],
        ['\'=HYPERLINK("http://evil")', "-1"],
        ["'  @x", ""],
        ["plain", "0.5"],
    ]


def test_an_unknown_key_result_and_a_broken_file_are_said(stage: Stage) -> None:
    command = ["--config", str(stage.sandbox.config)]
    unknown = CliRunner().invoke(app, ["history", "show", "--kr", "NOPE", *command])
    assert (unknown.exit_code, "is no key result" in unknown.output) == (2, True)

    (stage.folder / ".okrsync").mkdir(exist_ok=True)
    (stage.folder / ".okrsync/history.db").write_bytes(b"no database" * 100)
    broken = CliRunner().invoke(app, ["history", "show", *command])
    assert (broken.exit_code, "could not be read" in broken.output) == (1, True)
