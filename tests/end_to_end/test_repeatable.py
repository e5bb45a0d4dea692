"""Running twice is the same as running once, however the first run ended."""

import json
from pathlib import Path

import pytest
from requests.adapters import HTTPAdapter
from support.stage import Stage, on_stage


class Stopped(BaseException):
    """The process is gone: nothing catches this."""


def stop_at(number: int, monkeypatch: pytest.MonkeyPatch, *, applied: bool) -> list[int]:
    """The process ends at its `number`-th request: before it is sent, or when the server has applied it."""
    sent: list[int] = []
    original = HTTPAdapter.send

    def send(self: HTTPAdapter, *args: object, **options: object) -> object:
        sent.append(len(sent) + 1)
        if len(sent) < number:
            return original(self, *args, **options)
        if applied and len(sent) == number:
            original(self, *args, **options)
        raise Stopped

    monkeypatch.setattr(HTTPAdapter, "send", send)
    return sent


def undisturbed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, mode: str = "sync", *, data_center: bool
) -> tuple[dict[str, object], int]:
    """The end state of one whole run, and how many requests it took."""
    with on_stage(folder / mode, monkeypatch, size=0.1, data_center=data_center) as stage:
        result = stage.run(mode)
        assert result.exit_code == 0
        return stage.state(), sum(len(server.calls) for server in stage.sandbox.servers)


@pytest.mark.parametrize("data_center", [False, True], ids=["cloud", "data-center"])
def test_a_second_run_on_the_same_day_sends_no_mutating_request(
    data_center: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(tmp_path, monkeypatch, data_center=data_center) as stage:
        first = stage.run()
        written = len(stage.mutations())
        assert written > 20
        assert {change.status.value for change in first.plan.changes} >= {"changed", "left-alone"}

        again = stage.run()

        assert stage.mutations()[written:] == []
        assert again.exit_code == 0
        assert "changed" not in {change.status.value for change in again.plan.changes}


def test_a_lost_history_makes_no_write_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(tmp_path, monkeypatch) as stage:
        first = stage.run()
        written = len(stage.mutations())
        assert first.config.history.is_file()

        first.config.history.unlink()
        again = stage.run()

        assert stage.mutations()[written:] == []
        assert again.exit_code == 0


PARTS = 6
"""The stops are spread over this many tests, so that two cores share them."""


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("applied", [False, True], ids=["before-it-is-applied", "applied-but-unanswered"])
@pytest.mark.parametrize("data_center", [False, True], ids=["cloud", "data-center"])
def test_stopped_at_any_request_and_run_again_ends_as_if_undisturbed(
    part: int, applied: bool, data_center: bool, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        wanted, requests = undisturbed(tmp_path / "undisturbed", monkeypatch, data_center=data_center)
        _, reads = undisturbed(tmp_path / "undisturbed", monkeypatch, "plan", data_center=data_center)
    assert requests > reads > 15
    # A read that was answered and one that was not leave the same behind: those are stopped at once.
    first = reads + 1 if applied else 1
    # Every request with Cloud and Linear; with a Data Center in Cloud's place every sixth.
    step = 6 if data_center else 1
    # At every third read: whichever it is, nothing was written yet.
    stops = [number for number in range(first, requests + 1, step) if number > reads or number % 3 == 0]
    for number in stops[part::PARTS]:
        with pytest.MonkeyPatch.context() as monkeypatch:
            folder = tmp_path / f"stopped-{number}"
            with on_stage(folder, monkeypatch, size=0.1, data_center=data_center) as stage:
                _stop_then_run_again(stage, number, applied=applied)
                ended = stage.state()
                if number % 4 == 0:
                    written = len(stage.mutations())
                    stage.run()
                    assert len(stage.mutations()) == written, f"a third run writes after a stop at {number}"
        assert json.dumps(ended, sort_keys=True, indent=1) == json.dumps(wanted, sort_keys=True, indent=1), number


def _stop_then_run_again(stage: Stage, number: int, *, applied: bool) -> None:
    with pytest.MonkeyPatch.context() as inner:
        sent = stop_at(number, inner, applied=applied)
        with pytest.raises(Stopped):
            stage.run()
        assert len(sent) >= number
    assert stage.run().exit_code == 0
