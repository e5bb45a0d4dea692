"""How far a key result has come, by its own measure: score, which is outcome. One rule a kind of measure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from mappings.counting import Delivery
from mappings.expected import along, expected
from mappings.measures import Measure, Taken
from mappings.okrs import Checkin, KeyResult, Period
from mappings.rounding import clamped, percent, plain, rounded
from mappings.settings import HealthThresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A key result's score, 0 to 1 with two decimals, or unknown with the reason."""

    value: Decimal | None
    current: Decimal | None = None
    """The measured number, where there is one."""
    heard: date | None = None
    """When a person last gave it, for what people check in."""
    because: str = ""
    heading_for: Fraction | None = None
    """What a number that grows through the period comes to at its end, if it goes on as it did."""
    is_missed: bool = False
    """More is used than the target allows, and what is used does not come back."""
    is_too_early: bool = False
    """Unknown only because nobody can tell yet what it is heading for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Number:
    """The measured number as it was taken."""

    value: Decimal
    on: date
    heard: date | None
    origin: str
    """`said on 2026-11-16`, or what its source said: `7 issues found by project = INC`."""
    places: int

    @property
    def said(self) -> str:
        """`4.5 on 2026-11-16`, or `7 (7 issues found by project = INC)`."""
        how = f"on {self.heard.isoformat()}" if self.heard else f"({self.origin})"
        return f"{plain(self.value, self.places)} {how}"


def score(
    kr: KeyResult,
    delivery: Delivery,
    period: Period,
    today: date,
    thresholds: HealthThresholds,
    taken: Taken | None = None,
) -> Score:
    """The score by the key result's own measure. A measure that could not be taken is unknown, never zero.

    `taken` is what the measure's source answered, where it has one.
    """
    measure = kr.measure
    if measure.kind == "delivery":
        return _delivered(delivery)
    if measure.kind == "milestones":
        return _milestones(measure, today)
    number = _number(kr, period, today, taken)
    if isinstance(number, str):
        return Score(value=None, because=number)
    if measure.kind == "qualitative" and not 0 <= number.value <= 1:
        return Score(value=None, current=number.value, because=f"{number.said} is no judgement of 0 to 1")
    reached = score_at(measure, number.value)
    if reached is None:
        return Score(value=None, because="the registry does not say what it runs from and to")
    if measure.accrual:
        share = expected(kr, period, number.on)
        return _accrued(measure, number, reached, share, is_early=share < thresholds.pending_share)
    return Score(
        value=rounded(reached, 2),
        current=number.value,
        heard=number.heard,
        because=_because(measure, number, reached),
    )


def score_at(measure: Measure, number: Fraction | Decimal) -> Fraction | None:
    """The score that a number makes, 0 to 1; one that grows through the period: that it makes at the period's end.

    None where the registry does not give the measure what it needs, and for measures without a number of their own.
    """
    start, target = measure.start, measure.target
    if measure.kind == "qualitative":
        return clamped(Fraction(number))
    if measure.kind == "hold":
        if target is None or not measure.keep:
            return None
        return Fraction(number >= target if measure.keep == "at or above" else number <= target)
    if start is None or target is None or start == target:
        return None
    if measure.accrual and not measure.is_budget:
        return clamped(Fraction(number) / Fraction(target)) if target > 0 else None
    return along(number, start, target)


def last_checkin(kr: KeyResult, today: date) -> Checkin | None:
    """The newest check-in with a value that was made by this day; of two on one day the one that was written later."""
    known = [checkin for checkin in reversed(kr.checkins) if checkin.on <= today and checkin.value is not None]
    return max(known, key=lambda checkin: checkin.on, default=None)


def mismatch(kr: KeyResult, delivery: Delivery, scored: Score) -> str:
    """Why output and outcome do not fit together, or nothing. A key result measured by delivery cannot mismatch.

    A number that is held needs no work for it, and that is none.
    """
    if kr.measure.kind == "delivery" or delivery.share is None or scored.value is None:
        return ""
    high, low = Fraction(4, 5), Fraction(1, 5)
    if delivery.share >= high and scored.value <= low:
        if kr.measure.kind == "hold":
            return f"{percent(delivery.share)} of the work is done and the number is not held"
        return f"{percent(delivery.share)} of the work is done and the number has come {percent(scored.value)}"
    if delivery.share <= low and scored.value >= high and kr.measure.kind != "hold":
        return f"the number has come {percent(scored.value)} with {percent(delivery.share)} of the work done"
    return ""


def _delivered(delivery: Delivery) -> Score:
    if delivery.share is None:
        return Score(value=None, because="no linked work: unknown, not zero")
    return Score(value=rounded(delivery.share, 2), because=f"measured by delivery: {percent(delivery.share)} is done")


def _milestones(measure: Measure, today: date) -> Score:
    """The weighted share of those that are done by today."""
    whole = sum((Fraction(each.weight) for each in measure.milestones), Fraction(0))
    if whole <= 0:
        return Score(value=None, because="there are no milestones that weigh anything")
    done = [each for each in measure.milestones if each.is_done(today)]
    share = sum((Fraction(each.weight) for each in done), Fraction(0)) / whole
    return Score(
        value=rounded(clamped(share), 2),
        because=f"{len(done)} of {len(measure.milestones)} milestones are done: {percent(share)} by weight",
    )


def _number(kr: KeyResult, period: Period, today: date, taken: Taken | None) -> _Number | str:
    """The number, or the reason why there is none."""
    if kr.measure.is_checked_in:
        last = last_checkin(kr, today)
        if last is None or last.value is None or (kr.measure.accrual and last.on < period.start):
            return "nobody has checked in a value yet"
        origin = f"said on {last.on.isoformat()}"
        return _Number(value=last.value, on=last.on, heard=last.on, origin=origin, places=kr.measure.places)
    if taken is None:
        return "its source was not asked"
    if taken.value is None:
        return taken.because
    return _Number(value=taken.value, on=today, heard=None, origin=taken.because, places=kr.measure.places)


def _because(measure: Measure, number: _Number, reached: Fraction) -> str:
    if measure.kind == "qualitative":
        return f"judged {number.said}"
    if measure.kind == "hold":
        kept = f"to keep {measure.keep} {_worded(measure, measure.target)}"
        return f"{'held' if reached else 'not held'}: {number.said}, {kept}"
    return f"{_worded(measure, measure.start)} -> {_worded(measure, measure.target)}, {number.said}"


def _accrued(measure: Measure, number: _Number, reached: Fraction, share: Fraction, *, is_early: bool) -> Score:
    """A number that grows through the period; `share` of the whole is expected by the day it was taken.

    More is better: the part of the target that is there (`reached`). Less is better, a budget: the way from the period
    before (start) to the target at which it ends if it goes on as it did, which nobody can say in the first days.
    """
    is_missed = measure.is_budget and number.value > (measure.target or 0)
    heading = Fraction(number.value) / share if share and (is_missed or not is_early) else None
    said = f"{_worded(measure, number.value)} of {_worded(measure, measure.target)}"
    value: Decimal | None = rounded(reached, 2)
    if measure.is_budget:
        said += " used: missed" if is_missed else " used"
        worst = Fraction(0) if is_missed else None
        at_the_end = worst if heading is None else score_at(measure, heading)
        value = None if at_the_end is None else rounded(at_the_end, 2)
    if measure.is_budget and heading is not None:
        before = f"after {_worded(measure, measure.start)} in the period before"
        said += f", heading for {_worded(measure, heading)} {before}"
    is_too_early = value is None and not is_missed
    return Score(
        value=value,
        current=number.value,
        heard=number.heard,
        because=f"{said}{': too early to say what it is heading for' if is_too_early else ''}; {number.origin}",
        heading_for=heading,
        is_missed=is_missed,
        is_too_early=is_too_early,
    )


def _worded(measure: Measure, number: Fraction | Decimal | None) -> str:
    return "nothing" if number is None else plain(number, measure.places)
