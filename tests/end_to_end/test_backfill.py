"""`okrsync history backfill` against both sandboxes: closed sprints come into history, once, and never over a run's."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.stage import Stage, on_stage
from typer.testing import CliRunner

from adapters.history import History
from mappings.past import RunRecord, SprintDay
from syncer.cli import app


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def kept(stage: Stage) -> tuple[SprintDay, ...]:
    return History(stage.folder / ".okrsync/history.db").sprints()


def keep(stage: Stage, row: SprintDay) -> None:
    record = RunRecord(
        id="one", at="2026-11-01T00:00:00+00:00", day=row.day, mode="sync", complete=True, sprints=(row,)
    )
    assert History(stage.folder / ".okrsync/history.db").keep(record) == ""


def backfill(stage: Stage, *options: str, code: int = 0) -> str:
    config = str(stage.sandbox.config)
    at = stage.sandbox.now.date().isoformat()
    done = CliRunner().invoke(app, ["history", "backfill", "--config", config, "--at", at, *options])
    assert done.exit_code == code, done.output
    return done.stdout


def test_closed_sprints_of_both_trackers_stand_on_their_last_day_and_nothing_is_written_upstream(stage: Stage) -> None:
    said = backfill(stage)

    rows = kept(stage)
    assert {row.tracker for row in rows} == {"jira-main", "linear-main"}
    assert all(row.state == "closed" and row.day == row.end and row.total for row in rows)
    assert all(row.day < stage.sandbox.now.date() for row in rows)
    assert f"{len(rows)} closed sprints put into history" in said
    assert "Today's tags and registry were used" in said
    assert stage.mutations() == []


def test_twice_is_once(stage: Stage) -> None:
    backfill(stage)
    before = kept(stage)

    said = backfill(stage)

    assert kept(stage) == before
    assert "0 closed sprints put into history" in said
    assert f"{len(before)} closed sprints known to history" in said


def test_what_a_run_kept_of_a_sprint_stays_and_fewer_sprints_are_read_with_last(stage: Stage) -> None:
    backfill(stage)
    every = kept(stage)
    (stage.folder / ".okrsync/history.db").unlink()
    ours = replace(max(every, key=lambda row: row.day), aligned=99)
    keep(stage, ours)

    backfill(stage, "--last", "1")

    newest = {row.team: max(it.day for it in every if it.team == row.team) for row in every}
    assert {(row.team, row.day) for row in kept(stage)} == set(newest.items())
    assert ours in kept(stage)


def test_while_a_scope_is_unread_nothing_is_kept(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINEAR_API_KEY", "lin_api_wrong")

    said = backfill(stage, code=1)

    assert "NOT READ" in said and "Nothing was kept" in said
    assert kept(stage) == ()
