"""Forecasts: a line through at least three values, and the spread of what may come."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from support.builders import a_checkin, a_kr, a_period, accrued, manual, milestone, queried

from mappings.forecast import Forecast, forecast, numbers_of
from mappings.measures import Measure
from mappings.okrs import KeyResult
from mappings.past import KeyResultDay
from mappings.scoring import Score

PERIOD = a_period(start=date(2026, 10, 1), end=date(2027, 1, 8))
"""A hundred days: the last is the hundredth."""


def day(number: int) -> date:
    return PERIOD.start + timedelta(days=number - 1)


def said(measure: Measure, *values: tuple[int, int | str], **changes: Any) -> KeyResult:
    """A key result whose check-ins are these values on these days."""
    return a_kr(measure=measure, checkins=tuple(a_checkin(day(on), value) for on, value in values), **changes)


def foreseen(kr: KeyResult, on: int = 50, current: int | None = None, **past: Any) -> Forecast | None:
    scored = Score(value=None, current=None if current is None else Decimal(current))
    return forecast(kr, scored, PERIOD, day(on), **past)


def known(kr: KeyResult, on: int = 50, current: int | None = None, **past: Any) -> Forecast:
    found = foreseen(kr, on, current, **past)
    assert found is not None
    return found


def test_three_values_on_a_line_foresee_its_end_without_any_spread() -> None:
    found = known(said(manual(0, 50), (10, 1), (20, 3), (30, 5)))

    assert found == Forecast(
        value=Decimal("19.00"), low=Decimal("19.00"), high=Decimal("19.00"), score=Decimal("0.38"), values=3
    )


def test_values_off_the_line_spread_what_may_come() -> None:
    """By hand: mean day 20, slope 0.1, residuals 1, -2, 1, so s2 = 6 with one degree of freedom; at day 100
    3.078 * sqrt(6 * (1 + 1/3 + 80**2 / 200)) = 43.53.
    """
    found = known(said(manual(0, 500), (10, 103), (20, 101), (30, 105)))

    assert (found.value, found.low, found.high) == (Decimal("111.00"), Decimal("67.47"), Decimal("154.53"))
    assert found.values == 3


def test_two_values_foresee_nothing() -> None:
    assert foreseen(said(manual(), (10, 1), (20, 3))) is None


def test_three_values_on_two_days_foresee_nothing() -> None:
    assert foreseen(said(manual(), (10, 1), (20, 2), (20, 3))) is None


def test_of_two_values_on_one_day_the_later_entry_counts() -> None:
    assert known(said(manual(0, 50), (10, 1), (20, 9), (20, 3), (30, 5))).value == 19


def test_values_that_do_not_move_foresee_nothing() -> None:
    assert foreseen(said(manual(), (10, 2), (20, 2), (30, 2))) is None


def test_values_of_other_days_than_those_of_the_period_so_far_do_not_count() -> None:
    assert foreseen(said(manual(), (0, 1), (20, 2), (30, 3))) is None
    assert foreseen(said(manual(), (10, 1), (20, 2), (51, 3))) is None


def test_on_the_last_day_there_is_nothing_left_to_foresee() -> None:
    kr = said(manual(0, 50), (10, 1), (20, 3), (30, 5))

    assert foreseen(kr, on=99) is not None
    assert foreseen(kr, on=100) is None


@pytest.mark.parametrize(
    "measure", [Measure(kind="delivery"), Measure(kind="milestones", milestones=(milestone(done_on=day(3)),))]
)
def test_what_has_no_number_of_its_own_is_not_foreseen(measure: Measure) -> None:
    assert foreseen(said(measure, (10, 1), (20, 2), (30, 3)), current=4) is None


def test_a_measure_without_start_and_target_is_not_foreseen() -> None:
    assert foreseen(said(Measure(kind="manual"), (10, 1), (20, 2), (30, 3))) is None


def test_the_numbers_of_a_source_are_those_of_earlier_days_and_todays() -> None:
    past = [(day(10), Decimal(1)), (day(30), Decimal(5)), (day(50), Decimal(99))]

    found = known(a_kr(measure=queried(0, 50)), current=9, past=past)

    assert (found.value, found.values) == (19, 3)


def test_a_source_that_could_not_be_read_today_is_foreseen_from_what_it_said_before() -> None:
    past = [(day(10), Decimal(1)), (day(20), Decimal(3)), (day(30), Decimal(5))]

    assert known(a_kr(measure=queried(0, 50)), past=past).value == 19


def test_check_ins_on_a_number_that_a_source_gives_are_no_values_of_it() -> None:
    assert foreseen(said(queried(), (10, 1), (20, 2), (30, 3)), current=4) is None


@pytest.mark.parametrize(
    ("measure", "values", "value", "score"),
    [
        (manual(12, 3), ((10, 12), (20, 11), (30, 10)), "3", "1.00"),
        (manual(12, 3), ((10, 12), (20, 10), (30, 8)), "0", "1.00"),
        (manual(-5, 5), ((10, 3), (20, 2), (30, 1)), "-6", "0.00"),
        (Measure(kind="qualitative"), ((10, "0.1"), (20, "0.3"), (30, "0.5")), "1", "1.00"),
        (Measure(kind="qualitative"), ((10, "0.5"), (20, "0.3"), (30, "0.1")), "0", "0.00"),
        (accrued(kind="manual", source=None), ((10, 0), (20, 1), (30, 2)), "9", "0.33"),
        (accrued(120, 200, kind="manual"), ((10, 10), (20, 20), (30, 30)), "100", "0.50"),
        (accrued(kind="manual", source=None), ((10, 4), (20, 3), (30, 2)), "2", "1.00"),
        (Measure(kind="hold", keep="at or below", target=Decimal(9)), ((10, 1), (20, 2), (30, 3)), "10", "0.00"),
    ],
)
def test_a_forecast_stays_where_its_measure_can_go_and_has_its_score(
    measure: Measure, values: Any, value: str, score: str
) -> None:
    found = known(said(measure, *values))

    assert (found.value, found.low, found.high) == (Decimal(value), Decimal(value), Decimal(value))
    assert found.score == Decimal(score)


def test_a_forecast_has_the_decimals_that_its_target_has() -> None:
    found = known(said(manual("0.005", "0.001"), (10, "0.005"), (20, "0.0045"), (30, "0.0041")))

    assert str(found.value) == "0.001"


def test_four_of_five_lines_with_chance_in_them_end_inside_the_spread() -> None:
    """What the spread promises, tried out: 500 straight lines of six values, each off by chance, and the seventh."""
    chance = random.Random(4)
    inside = 0
    for _ in range(500):
        slope = chance.uniform(-1, 1)
        ends = [Decimal(round(1000 + slope * on + chance.gauss(0, 20), 3)) for on in (8, 17, 25, 33, 42, 50, 100)]
        kr = a_kr(measure=manual(0, 5000), checkins=tuple(
            a_checkin(day(on), str(value)) for on, value in zip((8, 17, 25, 33, 42, 50), ends[:6], strict=True)
        ))  # fmt: skip
        found = known(kr)
        inside += found.low <= ends[6] <= found.high

    assert 0.76 <= inside / 500 <= 0.84


def test_history_gives_the_numbers_of_each_key_result_by_day_and_no_day_without_one() -> None:
    def kept(kr: str, on: int, current: int | None) -> KeyResultDay:
        number = None if current is None else Decimal(current)
        return KeyResultDay(
            kr=kr, day=day(on), score=None, delivery=None, current=number, health="unknown", confidence=None
        )

    found = numbers_of([kept("B", 2, 7), kept("A", 3, 5), kept("A", 1, 4), kept("A", 2, None), kept("C", 1, None)])

    assert found == {"A": [(day(1), Decimal(4)), (day(3), Decimal(5))], "B": [(day(2), Decimal(7))]}
