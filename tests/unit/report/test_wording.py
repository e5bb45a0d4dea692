"""Numbers and words as people read them."""

import pytest
from support.report_documents import NO_WORK, a_delivery, a_key_result, a_write

from syncer.report import wording
from syncer.report.goals import ReportMeasure


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


def test_a_measure_says_where_it_goes_and_where_it_is() -> None:
    assert wording.measured(ReportMeasure(kind="manual", start=12, target=3, current=None)) == (
        "manual: from 12 to 3, now unknown"
    )


def test_a_measure_without_a_start_does_not_call_it_unknown() -> None:
    assert wording.measured(ReportMeasure(kind="delivery", start=None, target=20, current=15)) == (
        "delivery: to 20, now 15"
    )


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
