"""How a score stands against what is expected by now: health, each verdict with the name of its rule."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from mappings.expected import expected, has_checkpoints
from mappings.model import Health
from mappings.okrs import KeyResult, Period
from mappings.rounding import percent, plain
from mappings.scoring import Score
from mappings.settings import HealthThresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A health with the name of the rule that gave it and the reason in words."""

    health: Health
    rule: str
    because: str


def health(kr: KeyResult, scored: Score, period: Period, today: date, thresholds: HealthThresholds) -> Verdict:
    """Health by the rule of the measure: held or not, what it is heading for, checkpoints, else pace.

    Order: a person's override; unknown; pending in the first days, but for what no further day can change (a number
    that is held or not, a budget that is overspent); the rule of the measure; silence beats green.
    """
    if kr.override is not None and today <= kr.override.until:
        said = f"{kr.override.by} says so until {kr.override.until.isoformat()}"
        return Verdict(health=kr.override.health, rule="override", because=said)
    gone = period.elapsed(today)
    early = gone < thresholds.pending_share
    if scored.value is None:
        if early and scored.is_too_early:
            return Verdict(health=Health.PENDING, rule="pending", because=scored.because)
        return Verdict(health=Health.UNKNOWN, rule="unknown", because=scored.because)
    if early and kr.measure.kind != "hold" and not scored.is_missed:
        because = f"{percent(gone)} of the period is gone: too early to judge"
        return Verdict(health=Health.PENDING, rule="pending", because=because)
    due = expected_score(kr, scored, period, today)
    verdict = _by_measure(kr, scored, Fraction(scored.value), due, thresholds)
    silence = (today - scored.heard).days if scored.heard else 0
    if verdict.health is Health.ON_TRACK and silence > 2 * kr.cadence_days:
        return Verdict(health=Health.STALE, rule="stale", because=f"last heard of {silence} days ago")
    return verdict


def expected_score(kr: KeyResult, scored: Score, period: Period, today: date) -> Fraction:
    """The score that would be right on time, 0 to 1.

    A number to hold, and a budget, whose score is what it is heading for, are expected to be at 1 on every day. A
    number that grows towards its target is compared with the day on which it was taken.
    """
    if kr.measure.kind == "hold" or kr.measure.is_budget:
        return Fraction(1)
    return expected(kr, period, (scored.heard or today) if kr.measure.accrual else today)


def judge(value: Fraction, due: Fraction, commitment: str, thresholds: HealthThresholds, rule: str = "pace") -> Verdict:
    """The verdict on a score against the one that is due; the rule's name holds the commitment that it judged by."""
    green, amber = thresholds.committed if commitment == "committed" else thresholds.aspirational
    pace = value / due if due else Fraction(1)
    name = f"{rule}:{commitment}"
    because = f"{percent(value)} against {percent(due)} expected is a pace of {plain(pace)}"
    if pace >= Fraction(green):
        return Verdict(health=Health.ON_TRACK, rule=name, because=f"{because}; {plain(green)} is on track")
    if pace >= Fraction(amber):
        return Verdict(health=Health.AT_RISK, rule=name, because=f"{because}; {plain(green)} would be on track")
    return Verdict(health=Health.OFF_TRACK, rule=name, because=f"{because}; below {plain(amber)}")


def _by_measure(kr: KeyResult, scored: Score, value: Fraction, due: Fraction, thresholds: HealthThresholds) -> Verdict:
    """Never on track once a budget is overspent; a committed one is off track then, whatever else comes."""
    if kr.measure.kind == "hold":
        return Verdict(health=Health.ON_TRACK if value else Health.OFF_TRACK, rule="hold", because=scored.because)
    if not kr.measure.accrual:
        return judge(value, due, kr.commitment, thresholds, "checkpoints" if has_checkpoints(kr) else "pace")
    found = judge(value, due, kr.commitment, thresholds, "accrual")
    heading = "" if scored.heading_for is None else f"heading for {plain(scored.heading_for, kr.measure.places)}: "
    if not scored.is_missed:
        return Verdict(health=found.health, rule=found.rule, because=f"{heading}{found.because}")
    is_off = kr.commitment == "committed" or found.health is Health.OFF_TRACK
    return Verdict(
        health=Health.OFF_TRACK if is_off else Health.AT_RISK,
        rule=f"accrual:missed:{kr.commitment}",
        because=f"the target is missed; {heading}{found.because}",
    )
