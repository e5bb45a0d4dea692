"""The demo's story: what it claims is what its runs found. Played once, for it is six syncs."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from syncer.story import EDITED, FINISHED_MEANWHILE, tell_story

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[int, str], dict[str, Any]]:
    """What was told, by the step's number, and report.json as it was left."""
    folder = tmp_path_factory.mktemp("demo")
    said: list[str] = []
    tell_story(folder, say=said.append, now=NOW)
    steps = dict(enumerate(re.split(r"\n\d\. ", "\n".join(said))))
    return steps, json.loads((folder / "report.json").read_text("utf-8"))


def test_the_story_counts_the_sprints_issues_as_the_report_does(
    played: tuple[dict[int, str], dict[str, Any]],
) -> None:
    steps, left = played
    told = re.search(r"Of (\d+) .* sprints (\d+) support .* (\d+) are routine, (\d+) are tied .* (\d+) bear", steps[2])

    sums = [
        sum(sprint["issues"][kind] for sprint in left["sprints"])
        for kind in ("total", "aligned", "routine", "unaligned", "broken")
    ]

    assert told and list(map(int, told.groups())) == sums
    assert "type PLT-O1-KR1" in steps[2]


def test_what_a_sync_changes_is_explained_by_the_issues_that_were_finished(
    played: tuple[dict[int, str], dict[str, Any]],
) -> None:
    steps, _ = played
    finished = re.findall(r"[A-Z]+-\d+", steps[3].partition("The team finishes")[2].partition(".")[0])
    explained = next(line for line in steps[3].splitlines() if f"{EDITED}  " in line)

    assert len(finished) == 1
    assert all(f"{key} done" in explained for key in finished)


def test_nothing_is_written_when_nothing_changed(played: tuple[dict[int, str], dict[str, Any]]) -> None:
    assert played[0][4].rstrip().endswith("0 writes.")


def test_a_persons_number_stands_while_another_key_result_moves(
    played: tuple[dict[int, str], dict[str, Any]],
) -> None:
    steps, left = played
    told = re.search(r"types (\S+) over our (\S+) in", steps[5])
    writes = {kr["id"]: kr["write"] for kr in left["key_results"]}

    assert told
    assert [writes[EDITED][key] for key in ("before", "after")] == list(map(float, told.groups()))
    assert writes[EDITED]["status"] == "left-alone" and f"a person set {told[1]}" in steps[5]
    assert writes[FINISHED_MEANWHILE]["status"] == "changed" and f"{FINISHED_MEANWHILE}  " in steps[5]


def test_key_results_of_a_source_that_died_keep_their_number_and_the_page_is_of_the_good_sync(
    played: tuple[dict[int, str], dict[str, Any]],
) -> None:
    steps, left = played
    stands = {kr["id"]: kr["write"]["before"] for kr in left["key_results"]}
    kept = dict(re.findall(r"(GRO-O1-KR\d)  (\S+): may draw on linear-main/growth, which could not be read", steps[6]))

    assert {kr: float(value) for kr, value in kept.items()} == {
        kr: value for kr, value in stands.items() if kr.startswith("GRO-")
    }
    assert len(kept) == 3
    assert "0 writes, exit code 1" in steps[6]
    assert left["run"]["complete"] is True


def test_the_page_begins_with_six_sprints_of_history(played: tuple[dict[int, str], dict[str, Any]]) -> None:
    trends = {team["key"]: team["trend"] for team in played[1]["teams"]}
    in_sprints = {name: trend for name, trend in trends.items() if name != "support"}  # a kanban board has a window

    assert {len(trend) for trend in in_sprints.values()} == {6}
    assert all(sprint["issues"]["total"] for trend in in_sprints.values() for sprint in trend)
