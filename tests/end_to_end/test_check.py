"""The gate as a team uses it: against the sandbox, as text, JSON and annotations, warning or stopping."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from support.stage import Stage, on_stage
from typer.testing import CliRunner

from adapters.sandbox.server import Call
from mappings.linking import Class
from syncer.cli import app


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def asked(stage: Stage, *options: str) -> Result:
    day = stage.sandbox.now.date().isoformat()
    return CliRunner().invoke(app, ["check", "--config", str(stage.sandbox.config), "--at", day, *options])


def agree(stage: Stage, check: str) -> None:
    text = stage.sandbox.config.read_text(encoding="utf-8")
    lines = [
        f"{line}\ncheck = {{ {check} }}" if line.startswith("[teams.") and line.count(".") == 1 else line
        for line in text.splitlines()
    ]
    stage.sandbox.config.write_text("\n".join(lines), encoding="utf-8")


def test_the_active_sprints_issues_are_those_of_the_report_and_nothing_is_written(stage: Stage) -> None:
    run = stage.run("report")
    answer = json.loads(asked(stage, "--sprint", "active", "--format", "json").stdout)

    expected = {
        team: sum(len(it.rows) for it in run.figures.sprints if it.sprint.team == team and not it.sprint.is_window)
        for team in {it.sprint.team for it in run.figures.sprints if not it.sprint.is_window}
    }
    assert {it["team"]: it["issues"] for it in answer["teams"]} == expected
    assert all(sum(it["classes"].values()) == it["issues"] for it in answer["teams"])
    assert stage.mutations() == []


def test_what_does_not_hold_is_a_warning_and_stops_where_it_is_asked(stage: Stage) -> None:
    warned = asked(stage, "--sprint", "active")
    agree(stage, 'unaligned = "0%", fail = true')
    stopped = asked(stage, "--sprint", "active")

    assert (warned.exit_code, "  warning: " in warned.stdout) == (0, True)
    assert (stopped.exit_code, "  stop: " in stopped.stdout) == (4, True)


def test_the_command_line_may_ask_for_a_stop_and_a_team_that_agreed_on_nothing_has_no_remark(stage: Stage) -> None:
    assert asked(stage, "--sprint", "active", "--fail").exit_code == 4

    agree(stage, 'unaligned = "100%", broken = 999, missing = false, budgets = false')
    calm = asked(stage, "--sprint", "active", "--fail")
    assert (calm.exit_code, calm.stdout.splitlines()[-1]) == (0, "All that was agreed on holds.")


def test_annotations_name_the_issues_with_the_tag_to_type(stage: Stage) -> None:
    agree(stage, 'unaligned = "0%"')
    run = stage.run("report")
    wrong = [row for it in run.figures.sprints for row in it.rows if row.kind is Class.BROKEN and row.broken]
    assert wrong

    text = asked(stage, "--sprint", "active", "--format", "github").stdout

    assert all(line.startswith("::warning title=okrsync check::") for line in text.splitlines())
    assert f"  -> okr:{wrong[0].broken[0].suggestion}" in text


def test_one_team_alone_and_a_team_that_is_none(stage: Stage) -> None:
    teams = [it["team"] for it in json.loads(asked(stage, "--sprint", "active", "--format", "json").stdout)["teams"]]
    one = json.loads(asked(stage, "--sprint", "active", "--team", teams[0], "--format", "json").stdout)

    assert [it["team"] for it in one["teams"]] == [teams[0]]
    assert (asked(stage, "--team", "nobody").exit_code, "is no team" in asked(stage, "--team", "nobody").output) == (
        2,
        True,
    )


def test_a_team_whose_source_failed_is_not_judged(stage: Stage) -> None:
    def anything(call: Call) -> bool:
        return True

    assert stage.sandbox.linear is not None
    stage.sandbox.linear.faults.answer(status=400, when=anything, times=999)

    done = asked(stage, "--sprint", "active")

    assert done.exit_code == 1
    assert "could not be read: not judged" in done.stdout


def test_the_next_sprint_is_the_one_that_is_asked_by_default(stage: Stage) -> None:
    run = stage.run("report")
    planned = {it.sprint.name for it in run.figures.planned}

    answer = json.loads(asked(stage, "--format", "json").stdout)

    assert {name for it in answer["teams"] for name in it["sprints"]} == planned
