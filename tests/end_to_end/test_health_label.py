"""The health as a label: turned on and off between runs, on Cloud and on a Data Center."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.stage import Stage, on_stage

OURS = {"okr-on-track", "okr-at-risk", "okr-off-track"}


@pytest.fixture(params=[False, True], ids=["cloud", "data-center"])
def stage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The small company after a run without health labels."""
    with on_stage(tmp_path, monkeypatch, size=0.1, data_center=request.param) as running:
        running.run()
        yield running


def setting(stage: Stage, value: str) -> None:
    """Health labels `true` or `false`, as the config says from now on."""
    config = stage.sandbox.config
    lines = [line for line in config.read_text("utf-8").splitlines() if "health_label" not in line]
    config.write_text("\n".join(lines).replace('kind = "jira"', f'kind = "jira"\nhealth_label = {value}'), "utf-8")


def okr(stage: Stage) -> Any:
    """The issue of the payments team's first key result."""
    return stage.site.issue("OKR-2")


def health_labels(stage: Stage) -> set[str]:
    return OURS & set(okr(stage).labels)


def test_turned_on_it_is_there_after_the_next_sync_though_the_value_stands(stage: Stage) -> None:
    value = dict(okr(stage).custom)
    assert health_labels(stage) == set()
    setting(stage, "true")

    planned = stage.run("plan").plan
    done = stage.run()

    assert [it.reason for it in planned.changes if it.kr == "PAY-O1-KR1"] == ["the same value, its details moved"]
    health = done.figures.key_results["PAY-O1-KR1"].verdict.health.value
    assert health_labels(stage) == {f"okr-{health.replace('_', '-')}"}
    assert dict(okr(stage).custom) == value


def test_a_second_sync_writes_nothing_and_neither_does_one_without_history(stage: Stage) -> None:
    setting(stage, "true")
    first = stage.run()
    written = len(stage.mutations())

    stage.run()
    first.config.history.unlink(missing_ok=True)
    assert first.config.mirror is not None
    first.config.mirror.unlink(missing_ok=True)
    stage.run()

    assert len(stage.mutations()) == written


def test_turned_off_our_label_goes_and_a_persons_stays(stage: Stage) -> None:
    setting(stage, "true")
    stage.run()
    ours = health_labels(stage)
    theirs = sorted(OURS - ours)[0]
    stage.site.add_label(okr(stage), theirs)
    setting(stage, "false")

    stage.run()
    written = len(stage.mutations())
    stage.run()

    assert health_labels(stage) == {theirs}
    assert len(stage.mutations()) == written


def test_turned_off_it_goes_also_where_a_person_has_set_the_value(stage: Stage) -> None:
    setting(stage, "true")
    stage.run()
    field = next(field.id for field in stage.site.fields if field.name == "OKR progress")
    stage.site.set_field(okr(stage), field, 0.9)
    stage.run()
    setting(stage, "false")

    done = stage.run()
    written = len(stage.mutations())
    stage.run()

    assert [it.status.value for it in done.plan.changes if it.kr == "PAY-O1-KR1"] == ["left-alone"]
    assert health_labels(stage) == set()
    assert okr(stage).custom[field] == 0.9
    assert len(stage.mutations()) == written
