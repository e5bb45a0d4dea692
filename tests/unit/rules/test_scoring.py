"""Score, which is outcome: one rule a kind of measure; and where it does not fit the work done."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from support.builders import TODAY, a_checkin, a_kr, a_period, accrued, manual, milestone, queried

from mappings.counting import Delivery
from mappings.measures import Endpoint, Measure, Taken
from mappings.okrs import Checkpoint, KeyResult
from mappings.scoring import Score, last_checkin, mismatch, score, score_at
from mappings.settings import HealthThresholds

PERIOD = a_period(start=date(2026, 10, 1), end=date(2027, 1, 8))
"""A hundred days, so that a day is a percent."""
HALF = PERIOD.start + timedelta(days=49)


def day(number: int) -> date:
    """The day on which `number` percent of PERIOD are begun."""
    return PERIOD.start + timedelta(days=number - 1)


def delivered(share: str | None) -> Delivery:
    return Delivery(
        unit="points", done=None, total=None, share=None if share is None else Fraction(share), unestimated=0, lines=()
    )


def scored(kr: KeyResult, share: str | None = None, on: date = TODAY, taken: Taken | None = None) -> Score:
    return score(kr, delivered(share), PERIOD, on, HealthThresholds(), taken)


def answer(value: int | str) -> Taken:
    return Taken(value=Decimal(value), because=f"{value} issues found")


def of(measure: Measure, answered: int | str, on: date = HALF, **changes: Any) -> Score:
    """The score of a measure whose source answers so on this day."""
    return scored(a_kr(measure=measure, **changes), on=on, taken=answer(answered))


# Delivery, and numbers that people check in


def test_a_delivery_key_result_scores_its_delivery() -> None:
    found = scored(a_kr(), "1/3")

    assert (found.value, found.because) == (Decimal("0.33"), "measured by delivery: 33 % is done")


def test_no_linked_work_is_an_unknown_score() -> None:
    assert scored(a_kr()) == Score(value=None, because="no linked work: unknown, not zero")


@pytest.mark.parametrize(
    ("start", "target", "value", "expected"),
    [
        (12, 3, 12, "0.00"),
        (12, 3, 5, "0.78"),
        (12, 3, 3, "1.00"),
        (12, 3, 1, "1.00"),
        (12, 3, 15, "0.00"),
        (0, 8, 1, "0.13"),
        (-10, 10, 0, "0.50"),
        ("99.5", "99.9", "99.6", "0.25"),
    ],
)
def test_a_number_scores_from_start_to_target_in_either_direction(
    start: Any, target: Any, value: Any, expected: str
) -> None:
    kr = a_kr(measure=manual(start, target), checkins=(a_checkin(value=value),))

    found = scored(kr, "1")

    assert (found.value, found.current, found.heard) == (Decimal(expected), Decimal(value), date(2026, 11, 16))


def test_a_number_is_never_overwritten_with_delivery() -> None:
    assert scored(a_kr(measure=manual()), "1").value is None


def test_the_score_says_which_number_made_it() -> None:
    kr = a_kr(measure=manual(12, 3), checkins=(a_checkin(value="4.50"),))

    assert scored(kr).because == "12 -> 3, 4.5 on 2026-11-16"


def test_a_small_number_is_said_with_the_decimals_that_its_target_has() -> None:
    kr = a_kr(measure=manual("0.005", "0.001"), checkins=(a_checkin(value="0.0031"),))

    assert scored(kr).because == "0.005 -> 0.001, 0.003 on 2026-11-16"


@pytest.mark.parametrize(
    "kr",
    [
        a_kr(measure=manual()),
        a_kr(measure=manual(), checkins=(a_checkin(value=None, note="no number yet"),)),
        a_kr(measure=manual(), checkins=(a_checkin(on=TODAY + timedelta(days=1)),)),
    ],
)
def test_without_a_number_the_score_is_unknown(kr: KeyResult) -> None:
    assert scored(kr, "1") == Score(value=None, because="nobody has checked in a value yet")


@pytest.mark.parametrize(
    "measure",
    [
        Measure(kind="manual", target=Decimal(3)),
        Measure(kind="manual", start=Decimal(3)),
        manual(3, 3),
        Measure(kind="manual", start=Decimal(0), target=Decimal(0), accrual=True),
        Measure(kind="manual", start=Decimal(-9), target=Decimal(-3), accrual=True),
        Measure(kind="hold", keep="at or above"),
        Measure(kind="hold", target=Decimal(3)),
    ],
)
def test_a_measure_that_lacks_what_it_needs_is_unknown_and_stops_nothing(measure: Measure) -> None:
    found = scored(a_kr(measure=measure, checkins=(a_checkin(),)), "1")

    assert found == Score(value=None, because="the registry does not say what it runs from and to")


def test_the_newest_check_in_with_a_value_is_heard() -> None:
    checkins = (
        a_checkin(date(2026, 11, 9), 3),
        a_checkin(date(2026, 11, 2), 1),
        a_checkin(date(2026, 11, 16), None),
        a_checkin(date(2026, 11, 19), 9),
    )

    assert last_checkin(a_kr(checkins=checkins), TODAY) == checkins[0]


def test_of_two_check_ins_on_one_day_the_later_entry_is_heard() -> None:
    kr = a_kr(checkins=(a_checkin(value=5), a_checkin(value=6)))

    assert last_checkin(kr, TODAY) == kr.checkins[1]


# Numbers that a source gives


def test_a_number_that_a_source_gives_scores_from_start_to_target_and_says_how_it_was_made() -> None:
    found = of(queried(12, 3), 7)

    assert (found.value, found.current, found.heard) == (Decimal("0.56"), Decimal(7), None)
    assert found.because == "12 -> 3, 7 (7 issues found)"


@pytest.mark.parametrize("kind", ["query", "http", "hold"])
def test_a_source_that_could_not_be_read_is_unknown_with_its_reason_though_somebody_checked_in(kind: str) -> None:
    source = Endpoint(url="https://numbers.example/n", pointer="/n")
    kr = a_kr(
        measure=Measure(kind=kind, start=Decimal(0), target=Decimal(1), keep="at or above", source=source),
        checkins=(a_checkin(value=1),),
    )

    failed = scored(kr, "1", taken=Taken(value=None, because="numbers.example answered 503", try_later=True))

    assert failed == Score(value=None, because="numbers.example answered 503")
    assert scored(kr, "1") == Score(value=None, because="its source was not asked")


# Judgements


def test_a_judgement_is_its_own_score() -> None:
    found = scored(a_kr(measure=Measure(kind="qualitative"), checkins=(a_checkin(value="0.625"),)))

    assert (found.value, found.heard, found.because) == (
        Decimal("0.63"),
        date(2026, 11, 16),
        "judged 0.63 on 2026-11-16",
    )


@pytest.mark.parametrize("value", ["1.01", "-0.1", 7])
def test_a_judgement_outside_0_to_1_is_unknown_and_never_cut_to_fit(value: Any) -> None:
    found = scored(a_kr(measure=Measure(kind="qualitative"), checkins=(a_checkin(value=value),)))

    assert (found.value, found.because) == (None, f"{value} on 2026-11-16 is no judgement of 0 to 1")


# A number to hold


@pytest.mark.parametrize(
    ("keep", "value", "expected", "word"),
    [
        ("at or above", "99.95", "1.00", "held"),
        ("at or above", "99.9", "1.00", "held"),
        ("at or above", "99.8999", "0.00", "not held"),
        ("at or below", "99.8999", "1.00", "held"),
        ("at or below", "99.95", "0.00", "not held"),
    ],
)
def test_a_number_is_held_or_it_is_not(keep: str, value: str, expected: str, word: str) -> None:
    measure = Measure(kind="hold", keep=keep, target=Decimal("99.9"))

    found = scored(a_kr(measure=measure, checkins=(a_checkin(value=value),)))

    assert (found.value, found.current) == (Decimal(expected), Decimal(value))
    assert found.because == f"{word}: {value} on 2026-11-16, to keep {keep} 99.9"


def test_a_number_to_hold_may_come_from_a_source() -> None:
    measure = Measure(kind="hold", keep="at or below", target=Decimal(2), source=queried(0, 1).source)

    assert of(measure, 1).because == "held: 1 (1 issues found), to keep at or below 2"


# Milestones


def test_milestones_score_by_the_weight_of_those_that_are_done() -> None:
    measure = Measure(
        kind="milestones",
        milestones=(
            milestone("Contract", weight=3, done_on=day(10)),
            milestone("Pilot", weight=1, done_on=day(50)),
            milestone("Roll-out", weight=2, done_on=day(51)),
            milestone("Old system off", weight=2),
        ),
    )

    found = scored(a_kr(measure=measure), on=day(50))

    assert (found.value, found.current, found.heard) == (Decimal("0.50"), None, None)
    assert found.because == "2 of 4 milestones are done: 50 % by weight"


@pytest.mark.parametrize("milestones", [(), (milestone(weight=0, done_on=day(1)),)])
def test_milestones_that_weigh_nothing_are_unknown(milestones: Any) -> None:
    found = scored(a_kr(measure=Measure(kind="milestones", milestones=milestones)), on=day(50))

    assert found == Score(value=None, because="there are no milestones that weigh anything")


# A number that grows through the period


@pytest.mark.parametrize(
    ("used", "on", "expected", "heading"),
    [
        (2, 50, "0.89", "4"),
        (0, 50, "1.00", "0"),
        (1, 40, "1.00", "2.5"),
        (3, 50, "0.67", "6"),
        (5, 50, "0.22", "10"),
        (8, 50, "0.00", "16"),
        (4, 100, "0.89", "4"),
        (4, 107, "0.89", "4"),
    ],
)
def test_a_budget_is_scored_by_what_it_is_heading_for(used: int, on: int, expected: str, heading: str) -> None:
    found = of(accrued(12, 3), used, day(on))

    assert (found.value, found.current, found.heading_for) == (Decimal(expected), used, Fraction(heading))
    assert found.is_missed == (used > 3)


def test_a_budget_says_what_is_used_and_what_it_is_heading_for() -> None:
    assert of(accrued(12, 3), 2).because == ("2 of 3 used, heading for 4 after 12 in the period before; 2 issues found")


def test_an_overspent_budget_is_missed() -> None:
    assert of(accrued(12, 3), 5).because == (
        "5 of 3 used: missed, heading for 10 after 12 in the period before; 5 issues found"
    )


def test_nobody_can_say_in_the_first_days_what_a_budget_is_heading_for() -> None:
    found = of(accrued(12, 3), 2, day(14))

    assert (found.value, found.heading_for, found.is_too_early) == (None, None, True)
    assert found.because == "2 of 3 used: too early to say what it is heading for; 2 issues found"
    assert of(accrued(12, 3), 2, day(15)).value == Decimal("0.00")


def test_a_budget_that_is_overspent_in_the_first_days_is_missed_all_the_same() -> None:
    found = of(accrued(12, 3), 4, day(10))

    assert (found.value, found.is_missed, found.is_too_early) == (Decimal("0.00"), True, False)


def test_a_budget_of_nothing_is_missed_with_the_first_one() -> None:
    assert of(accrued(4, 0), 0).value == 1
    assert of(accrued(4, 0), 1).is_missed


@pytest.mark.parametrize(("on", "heading"), [(50, Fraction(180)), (14, None)])
def test_what_grows_to_a_target_scores_by_the_part_that_is_there(on: int, heading: Fraction | None) -> None:
    found = of(accrued(120, 200), 90, day(on))

    assert (found.value, found.is_missed, found.is_too_early) == (Decimal("0.45"), False, False)
    assert found.because == "90 of 200; 90 issues found"
    assert of(accrued(120, 200), 90, day(50)).heading_for == 180
    if heading is None:
        assert found.heading_for is None, "the first days tell nothing of the rest"


def test_what_grows_is_compared_with_the_day_on_which_somebody_said_it() -> None:
    measure = Measure(kind="manual", start=Decimal(12), target=Decimal(3), accrual=True)

    found = scored(a_kr(measure=measure, checkins=(a_checkin(day(40), 2),)), on=day(80))

    assert (found.heading_for, found.heard) == (5, day(40))
    assert found.because.endswith(f"; said on {day(40).isoformat()}")


def test_checkpoints_say_how_much_of_a_budget_is_for_which_part_of_the_period() -> None:
    late = {"checkpoints": (Checkpoint(on=day(51), value=Decimal(1)),)}

    assert of(accrued(12, 3), 1, day(51), **late).heading_for == 3
    assert of(accrued(12, 3), 1, day(26), **late).heading_for == 6


def test_where_checkpoints_expect_nothing_yet_it_is_too_early() -> None:
    later = {"checkpoints": (Checkpoint(on=day(60), value=Decimal(0)),)}

    assert of(accrued(12, 3), 3, day(50), **later).is_too_early
    overspent = of(accrued(12, 3), 4, day(50), **later)
    assert (overspent.value, overspent.is_missed, overspent.heading_for) == (Decimal("0.00"), True, None)


def test_what_was_said_before_the_period_is_no_number_that_grew_in_it() -> None:
    measure = Measure(kind="manual", start=Decimal(12), target=Decimal(3), accrual=True)
    kr = a_kr(measure=measure, checkins=(a_checkin(PERIOD.start - timedelta(days=1), 12),))

    assert scored(kr, on=day(50)).because == "nobody has checked in a value yet"


def test_a_measure_without_a_number_has_no_score_at_one() -> None:
    assert score_at(Measure(kind="milestones"), Decimal(1)) is None


# Mismatch


@pytest.mark.parametrize(
    ("work", "number", "is_mismatch"),
    [
        ("0.8", "0.20", True),
        ("0.79", "0.20", False),
        ("0.8", "0.21", False),
        ("0.2", "0.80", True),
        ("0.21", "0.80", False),
        ("0.2", "0.79", False),
        ("0.5", "0.50", False),
        (None, "0.00", False),
        ("1", None, False),
    ],
)
def test_work_that_is_done_and_a_number_that_has_not_moved_are_a_mismatch(
    work: str | None, number: str | None, is_mismatch: bool
) -> None:
    found = Score(value=None if number is None else Decimal(number))

    assert bool(mismatch(a_kr(measure=manual()), delivered(work), found)) == is_mismatch


def test_a_mismatch_says_both_numbers() -> None:
    kr = a_kr(measure=manual())

    high = mismatch(kr, delivered("0.9"), Score(value=Decimal("0.10")))
    low = mismatch(kr, delivered("0.1"), Score(value=Decimal("0.90")))

    assert high == "90 % of the work is done and the number has come 10 %"
    assert low == "the number has come 90 % with 10 % of the work done"


def test_a_key_result_measured_by_delivery_cannot_mismatch() -> None:
    assert mismatch(a_kr(), delivered("1"), Score(value=Decimal("0.00"))) == ""


@pytest.mark.parametrize(
    ("work", "value", "said"),
    [
        ("0.9", "0.00", "90 % of the work is done and the number is not held"),
        ("0.1", "1.00", ""),
        ("0.9", "1.00", ""),
    ],
)
def test_a_number_that_is_held_without_work_is_no_mismatch(work: str, value: str, said: str) -> None:
    kr = a_kr(measure=Measure(kind="hold"))

    assert mismatch(kr, delivered(work), Score(value=Decimal(value))) == said
