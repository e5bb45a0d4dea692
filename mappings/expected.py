"""What is expected of a key result by a day: a straight line through the period, or checkpoints in its place."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from mappings.okrs import KeyResult, Period
from mappings.rounding import clamped


def along(value: Fraction | Decimal, start: Decimal, target: Decimal) -> Fraction:
    """How far from start to target, 0 to 1; 12 -> 3 runs downwards by itself. The two must differ."""
    return clamped((Fraction(value) - Fraction(start)) / (Fraction(target) - Fraction(start)))


def has_checkpoints(kr: KeyResult) -> bool:
    """Checkpoints that can be judged: a number to hold, or one without start and target, has nothing to come along."""
    return bool(kr.checkpoints) and kr.measure.span is not None


def expected(kr: KeyResult, period: Period, day: date) -> Fraction:
    """The share of the way that is expected by this day, 0 to 1: straight from one checkpoint to the next.

    Without checkpoints the share of the period that is gone.
    """
    span = kr.measure.span
    if not kr.checkpoints or span is None:
        return period.elapsed(day)
    points = {period.start: Fraction(0), period.end: Fraction(1)}
    points |= {point.on: along(point.value, *span) for point in kr.checkpoints}
    day = min(max(day, period.start), period.end)
    before = max(on for on in points if on <= day)
    after = min(on for on in points if on >= day)
    if before == after:
        return points[before]
    part = Fraction((day - before).days, (after - before).days)
    return points[before] + (points[after] - points[before]) * part
