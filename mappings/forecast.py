"""Where a number is heading: a straight line through its values so far, with the spread of what may come."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from mappings.measures import Measure
from mappings.okrs import KeyResult, Period
from mappings.past import KeyResultDay
from mappings.rounding import clamped, rounded
from mappings.scoring import Score, score_at

AT_LEAST = 3
"""Values, on as many days: two points always lie on a line and tell nothing of how far from it the next may be."""

# fmt: off
_T90 = (
    3078, 1886, 1638, 1533, 1476, 1440, 1415, 1397, 1383, 1372, 1363, 1356, 1350, 1345, 1341,
    1337, 1333, 1330, 1328, 1325, 1323, 1321, 1319, 1318, 1316, 1315, 1314, 1313, 1311, 1310,
)
# fmt: on
"""Student's t: a thousand times its quantile of 0.9 for 1 to 30 degrees of freedom; more of them change little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a number is likely to be on the last day of its period, if it goes on as it did."""

    value: Decimal
    low: Decimal
    high: Decimal
    """Four times out of five it ends between the two, where chance alone moves it from its line."""
    score: Decimal
    """The key result's score at `value`."""
    values: int
    """The days with a value that it is made from."""


def forecast(
    kr: KeyResult, scored: Score, period: Period, today: date, past: Sequence[tuple[date, Decimal]] = ()
) -> Forecast | None:
    """The least-squares line through the values of the period so far, with its 80 % prediction interval.

    The values are the check-ins; for a number that a source gives, `past` (what it gave on earlier days) and today's.
    None before there are three on different days, where they do not move, from the last day on, and for measures that
    have no number of their own.
    """
    known = _values(kr, scored, period, today, past)
    if today >= period.end or len(known) < AT_LEAST or len(set(known.values())) == 1:
        return None
    points = [((day - period.start).days, Fraction(value)) for day, value in sorted(known.items())]
    middle, spread = _line_at((period.end - period.start).days, points)
    low, value, high = (_possible(kr.measure, each, points) for each in (middle - spread, middle, middle + spread))
    at_the_end = score_at(kr.measure, Fraction(value))
    if at_the_end is None:
        return None
    return Forecast(value=value, low=low, high=high, score=rounded(at_the_end, 2), values=len(points))


def numbers_of(days: Iterable[KeyResultDay]) -> dict[str, list[tuple[date, Decimal]]]:
    """The measured numbers that history kept, by key result and day: the `past` of `forecast` and `work_out`."""
    found: dict[str, list[tuple[date, Decimal]]] = {}
    for day in sorted(days, key=lambda each: (each.kr, each.day)):
        if day.current is not None:
            found.setdefault(day.kr, []).append((day.day, day.current))
    return found


def _values(
    kr: KeyResult, scored: Score, period: Period, today: date, past: Sequence[tuple[date, Decimal]]
) -> dict[date, Decimal]:
    """The values of the period by day; of two on one day the later one."""
    if kr.measure.kind in ("delivery", "milestones"):
        return {}
    if kr.measure.is_checked_in:
        said = [(each.on, each.value) for each in kr.checkins if each.value is not None]
    else:
        said = [*past, *([(today, scored.current)] if scored.current is not None else [])]
    return {on: value for on, value in said if period.start <= on <= today}


def _line_at(day: int, points: Sequence[tuple[int, Fraction]]) -> tuple[Fraction, Fraction]:
    """The value of the least-squares line on this day, and half the width of the interval there.

    Draper and Smith, Applied Regression Analysis, 3rd edition, section 3.1: prediction of one new observation.
    """
    count = len(points)
    mean_day = Fraction(sum(on for on, _ in points), count)
    mean = sum((value for _, value in points), Fraction(0)) / count
    width = sum(((on - mean_day) ** 2 for on, _ in points), Fraction(0))
    slope = sum(((on - mean_day) * (value - mean) for on, value in points), Fraction(0)) / width
    left = sum(((value - mean - slope * (on - mean_day)) ** 2 for on, value in points), Fraction(0))
    variance = left / (count - 2) * (1 + Fraction(1, count) + (day - mean_day) ** 2 / width)
    quantile = Fraction(_T90[min(count - 2, len(_T90)) - 1], 1000)
    return mean + slope * (day - mean_day), quantile * _root(variance)


def _root(number: Fraction) -> Fraction:
    """The square root to twelve decimals, the same on every machine."""
    return Fraction(math.isqrt(math.floor(number * 10**24)), 10**12)


def _possible(measure: Measure, number: Fraction, points: Sequence[tuple[int, Fraction]]) -> Decimal:
    """The number, no further than it can go: a judgement is 0 to 1, what grows through the period does not shrink, and
    what is nowhere below zero stays there.
    """
    if measure.kind == "qualitative":
        number = clamped(number)
    elif measure.accrual:
        number = max(number, points[-1][1])
    elif all(each >= 0 for each in (measure.start or 0, measure.target or 0, *(value for _, value in points))):
        number = max(number, Fraction(0))
    return rounded(number, measure.places)
