"""How far a key result has come (score: outcome), and how that stands against the time that is gone (health)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from mappings.counting import Delivery
from mappings.measures import Taken
from mappings.model import Health
from mappings.okrs import Checkin, KeyResult, Objective, Period, Registry
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A health with the name of the rule that gave it and the reason in words."""

    health: Health
    rule: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveScore:
    """An objective's score from its known key results."""

    value: Decimal | None
    known: int
    of: int
    verdict: Verdict


def score(kr: KeyResult, delivery: Delivery, today: date, taken: Taken | None = None) -> Score:
    """The score by the key result's own measure. A measure that is not taken is unknown, never zero.

    `taken` is what the measure's source answered, where it has one.
    """
    if kr.measure.kind == "delivery":
        if delivery.share is None:
            return Score(value=None, because="no linked work: unknown, not zero")
        return Score(
            value=rounded(delivery.share, 2), because=f"measured by delivery: {percent(delivery.share)} is done"
        )
    if kr.measure.kind != "manual":
        return Score(value=None, because=f"the measure {kr.measure.kind!r} is not taken by this version")
    last = last_checkin(kr, today)
    if last is None or last.value is None or kr.measure.start is None or kr.measure.target is None:
        return Score(value=None, because="nobody has checked in a value yet")
    span = f"{plain(kr.measure.start)} -> {plain(kr.measure.target)}"
    return Score(
        value=rounded(_along(last.value, kr.measure.start, kr.measure.target), 2),
        current=last.value,
        heard=last.on,
        because=f"{span}, {plain(last.value)} on {last.on.isoformat()}",
    )


def last_checkin(kr: KeyResult, today: date) -> Checkin | None:
    """The newest check-in with a value that was made by this day; of two on one day the one that was written later."""
    known = [checkin for checkin in reversed(kr.checkins) if checkin.on <= today and checkin.value is not None]
    return max(known, key=lambda checkin: checkin.on, default=None)


def health(kr: KeyResult, scored: Score, period: Period, today: date, thresholds: HealthThresholds) -> Verdict:
    """Health by pace: the score against the share of the period that is gone, or against checkpoints.

    Order: a person's override; unknown; pending in the first days; the pace; silence beats green.
    """
    if kr.override is not None and today <= kr.override.until:
        said = f"{kr.override.by} says so until {kr.override.until.isoformat()}"
        return Verdict(health=kr.override.health, rule="override", because=said)
    if scored.value is None:
        return Verdict(health=Health.UNKNOWN, rule="unknown", because=scored.because)
    elapsed = period.elapsed(today)
    if elapsed < thresholds.pending_share:
        return Verdict(
            health=Health.PENDING,
            rule="pending",
            because=f"{percent(elapsed)} of the period is gone: too early to judge",
        )
    verdict = _by_pace(kr, scored.value, period, today, thresholds)
    silence = (today - scored.heard).days if scored.heard else 0
    if verdict.health is Health.ON_TRACK and silence > 2 * kr.cadence_days:
        return Verdict(health=Health.STALE, rule="stale", because=f"last heard of {silence} days ago")
    return verdict


def objective_score(
    objective: Objective,
    registry: Registry,
    scores: Mapping[str, Score],
    period: Period,
    today: date,
    thresholds: HealthThresholds,
) -> ObjectiveScore:
    """The weighted mean of the known key results in force, or the weakest where the objective asks for it."""
    in_force = [kr for kr in objective.key_results if registry.is_live(kr, today)]
    known = [(kr.weight, taken) for kr in in_force if (taken := scores[kr.id].value) is not None]
    whole = sum((weight for weight, _ in known), Decimal(0))
    value: Decimal | None = None
    if objective.roll_up == "weakest":
        value = min((taken for _, taken in known), default=None)
    elif whole:
        value = rounded(sum((Fraction(w) * Fraction(v) for w, v in known), Fraction(0)) / Fraction(whole), 2)
    verdict = Verdict(health=Health.UNKNOWN, rule="unknown", because="no key result is known")
    if value is not None:
        elapsed = period.elapsed(today)
        committed = all(kr.commitment == "committed" for kr in in_force)
        verdict = (
            Verdict(health=Health.PENDING, rule="pending", because="too early to judge")
            if elapsed < thresholds.pending_share
            else _judge(Fraction(value), Fraction(elapsed), "committed" if committed else "aspirational", thresholds)
        )
    return ObjectiveScore(value=value, known=len(known), of=len(in_force), verdict=verdict)


def mismatch(kr: KeyResult, delivery: Delivery, scored: Score) -> str:
    """Why output and outcome do not fit together, or nothing. A key result measured by delivery cannot mismatch."""
    if kr.measure.kind == "delivery" or delivery.share is None or scored.value is None:
        return ""
    high, low = Fraction(4, 5), Fraction(1, 5)
    if delivery.share >= high and scored.value <= low:
        return f"{percent(delivery.share)} of the work is done and the number has come {percent(scored.value)}"
    if delivery.share <= low and scored.value >= high:
        return f"the number has come {percent(scored.value)} with {percent(delivery.share)} of the work done"
    return ""


def _along(value: Decimal, start: Decimal, target: Decimal) -> Fraction:
    """How far from start to target, 0 to 1; 12 -> 3 runs downwards by itself."""
    return clamped((Fraction(value) - Fraction(start)) / (Fraction(target) - Fraction(start)))


def _by_pace(kr: KeyResult, value: Decimal, period: Period, today: date, thresholds: HealthThresholds) -> Verdict:
    if kr.checkpoints and kr.measure.start is not None and kr.measure.target is not None:
        expected = _expected(kr, kr.measure.start, kr.measure.target, period, today)
        return _judge(Fraction(value), expected, kr.commitment, thresholds, "checkpoints")
    return _judge(Fraction(value), Fraction(period.elapsed(today)), kr.commitment, thresholds)


def _expected(kr: KeyResult, start: Decimal, target: Decimal, period: Period, today: date) -> Fraction:
    """The score that the checkpoints expect today: straight from one to the next."""
    points = {period.start: Fraction(0), period.end: Fraction(1)}
    points |= {point.on: _along(point.value, start, target) for point in kr.checkpoints}
    day = min(max(today, period.start), period.end)
    before = max(on for on in points if on <= day)
    after = min(on for on in points if on >= day)
    if before == after:
        return points[before]
    along = Fraction((day - before).days, (after - before).days)
    return points[before] + (points[after] - points[before]) * along


def _judge(
    value: Fraction, expected: Fraction, commitment: str, thresholds: HealthThresholds, rule: str = "pace"
) -> Verdict:
    green, amber = thresholds.committed if commitment == "committed" else thresholds.aspirational
    pace = value / expected if expected else Fraction(1)
    name = f"{rule}:{commitment}"
    because = f"{percent(value)} against {percent(expected)} expected is a pace of {plain(pace)}"
    if pace >= Fraction(green):
        return Verdict(health=Health.ON_TRACK, rule=name, because=f"{because}; {plain(green)} is on track")
    if pace >= Fraction(amber):
        return Verdict(health=Health.AT_RISK, rule=name, because=f"{because}; {plain(green)} would be on track")
    return Verdict(health=Health.OFF_TRACK, rule=name, because=f"{because}; below {plain(amber)}")
