"""Stopped at any write and run again, with health labels, remote links and goals that live in Jira."""

import json
from pathlib import Path
from typing import Any

import pytest
from end_to_end.test_okrs_in_jira import comment, with_okrs
from end_to_end.test_remote_links import turn_on
from end_to_end.test_repeatable import Stopped, stop_at
from support.stage import Stage, on_stage

PARTS = 2


def set_up(stage: Stage) -> None:
    """Payments' goals as issues, a check-in by comment, everything optional turned on."""
    with_okrs(stage, in_jira=True)
    turn_on(stage, "health_label = true", "remote_links = true", 'report_url = "https://reports.acme.example"')
    config = stage.sandbox.config  # flags are stopped at elsewhere
    config.write_text(config.read_text("utf-8").replace("flags = { label = true }", ""), "utf-8")
    comment(stage, "OKR-3", "okr: 6 confidence 7")


def undisturbed(folder: Path, mode: str) -> tuple[dict[str, Any], int]:
    """The end state of one whole run, and how many requests it took."""
    with pytest.MonkeyPatch.context() as monkeypatch, on_stage(folder / mode, monkeypatch, size=0.1) as stage:
        set_up(stage)
        assert stage.run(mode).exit_code == 0
        return stage.state(), sum(len(server.calls) for server in stage.sandbox.servers)


def test_everything_optional_is_there_in_the_end(tmp_path: Path) -> None:
    state, _ = undisturbed(tmp_path, "sync")

    issues = state["jira"].values()
    assert sum(len(issue["remote_links"]) for issue in issues) > 2
    assert any({"okr-on-track", "okr-at-risk"} & set(issue["labels"]) for issue in issues)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("applied", [False, True], ids=["before-it-is-applied", "applied-but-unanswered"])
def test_stopped_at_any_write_and_run_again_ends_as_if_undisturbed(part: int, applied: bool, tmp_path: Path) -> None:
    _, reads = undisturbed(tmp_path, "plan")
    wanted, requests = undisturbed(tmp_path, "sync")
    assert requests - reads > 12
    for number in range(reads + 1 + part, requests + 1, PARTS):
        with (
            pytest.MonkeyPatch.context() as monkeypatch,
            on_stage(tmp_path / f"stopped-{number}", monkeypatch, size=0.1) as stage,
        ):
            set_up(stage)
            with pytest.MonkeyPatch.context() as inner:
                stop_at(number, inner, applied=applied)
                with pytest.raises(Stopped):
                    stage.run()
            assert stage.run().exit_code == 0
            if number % 3 == 0:
                written = len(stage.mutations())
                stage.run()
                assert len(stage.mutations()) == written, f"a third run writes after a stop at {number}"
            ended = stage.state()
        assert json.dumps(ended, sort_keys=True, indent=1) == json.dumps(wanted, sort_keys=True, indent=1), number
