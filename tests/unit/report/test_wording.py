"""Numbers and words as people read them."""

from datetime import date
from typing import Any

import pytest
from support.report_documents import NO_WORK, a_delivery, a_key_result, a_write

from syncer.report import wording
from syncer.report.goals import ReportMeasure, ReportMilestone


def a_measure(
    kind: str, start: float | None = None, target: float | None = None, current: float | None = None, **more: Any
) -> ReportMeasure:
    return ReportMeasure(kind=kind, start=start, target=target, current=current, **more)


@pytest.mark.parametrize(
    ("share", "said"), [(None, "unknown"), (0, "0 %"), (0.925, "93 %"), (0.5, "50 %"), (1, "100 %"), (0.004, "0 %")]
)
def test_a_share_is_whole_percents_halves_up_or_unknown(share: float | None, said: str) -> None:
    assert wording.percent(share) == said


@pytest.mark.parametrize(("value", "said"), [(None, "unknown"), (0, "0"), (12.0, "12"), (0.47, "0.47"), (5.6, "5.6")])
def test_a_number_carries_no_idle_zeros(value: float | None, said: str) -> None:
    assert wording.number(value) == said


def test_a_shared_key_result_does_not_add_two_teams_scales() -> None:
    kr = a_key_result(delivery=a_delivery(done=None, total=None, share=0.4, issues=14))

    assert wording.delivered(kr) == "14 linked issues"


def test_no_linked_work_is_said_in_words() -> None:
    assert wording.delivered(a_key_result(delivery=NO_WORK)) == "no linked work"


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (a_measure("manual", 12, 3), "manual: from 12 to 3, now unknown"),
        (a_measure("query", 12, 3, 7), "query: from 12 to 3, now 7"),
        (a_measure("http", None, 3, 0.0031), "http: to 3, now 0.0031"),
        (a_measure("delivery"), "delivery"),
        (a_measure("delivery", None, 20), "delivery of 20"),
        (a_measure("query", 12, 3, 2, accrual=True, heading_for=4.0869), "query: 2 of 3 used, heading for 4.09"),
        (a_measure("query", 12, 3, 1, accrual=True), "query: 1 of 3 used"),
        (a_measure("query", 12, 3, accrual=True), "query: unknown of 3 used"),
        (
            a_measure("query", 12, 3, 5, accrual=True, heading_for=10, missed=True),
            "query: 5 of 3 used: missed, heading for 10",
        ),
        (a_measure("http", 120, 200, 90, accrual=True, heading_for=180), "http: 90 of 200, heading for 180"),
        (
            a_measure("hold", None, 99.9, 99.8995, keep="at or above", held=False),
            "hold: not held: 99.8995, to keep at or above 99.9",
        ),
        (a_measure("hold", None, 2, 2, keep="at or below", held=True), "hold: held: 2, to keep at or below 2"),
        (a_measure("hold", None, 2, keep="at or below"), "hold: unknown, to keep at or below 2"),
        (a_measure("qualitative", current=0.6), "qualitative: 0.6 of 1"),
        (a_measure("qualitative"), "qualitative: unknown"),
        (
            a_measure(
                "milestones",
                milestones=(
                    ReportMilestone(title="Pilot", weight=2, done_on=date(2026, 11, 2), done=True),
                    ReportMilestone(title="Roll-out", weight=1, done_on=date(2026, 12, 1), done=False),
                ),
            ),
            "milestones: 1 of 2 done",
        ),
    ],
)
def test_each_measure_says_where_it_is_in_its_own_words(measure: ReportMeasure, said: str) -> None:
    assert wording.measured(measure) == said


def test_a_first_write_has_nothing_before_it() -> None:
    assert wording.written(a_write(before=None, status="would-change")) == "would be written: nothing → 0.47"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain", "plain"),
        ("tab\tand\r\nbreak", "tab and  break"),
        ("\x1b[2Jgone", "[2Jgone"),
        ("a\u202eb\u2069c\u200ed\u061ce", "abcde"),
        ("soft\u00adhyphen\ufeff", "softhyphen"),
        ("family \U0001f468\u200d\U0001f469", "family \U0001f468\u200d\U0001f469"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("half \ud800 pair", "half \ufffd pair"),
    ],
)
def test_only_visible_characters_are_left(text: str, seen: str) -> None:
    assert wording.plain(text) == seen
