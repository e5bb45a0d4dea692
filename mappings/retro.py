"""The end of a period: final scores by its own rule, what changed on the way, and what goes on. No one is ranked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from mappings.counting import undelivered
from mappings.goal_changes import GoalChange, goal_changes
from mappings.health import Verdict
from mappings.lint_past import always_met, ended_by_team
from mappings.model import Health
from mappings.okrs import Grades, KeyResult, Objective, Period, Registry, Status
from mappings.past import KeyResultDay
from mappings.roll_up import ObjectiveScore, objective_scores
from mappings.rollover import successor_of
from mappings.rounding import rounded
from mappings.scoring import Score, score, score_at
from mappings.settings import HealthThresholds

EARLY = Fraction(2, 3)
"""An aspirational key result that is at its target after so much of the period, or less, was reached early."""


class Grade(StrEnum):
    """How a key result ended."""

    MET = "met"
    MISSED = "missed"
    NOT_YET = "not yet met"
    """Committed, and the period still runs."""
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    UNKNOWN = "unknown"

    @property
    def is_good(self) -> bool:
        """A committed one was met, an aspirational one is a success."""
        return self in (Grade.MET, Grade.GREEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a reading of the trackers says of one key result."""

    score: Decimal | None
    delivery: Fraction | None
    current: Decimal | None
    mismatch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """One key result at the end of its period."""

    kr: KeyResult
    score: Decimal | None
    current: Decimal | None
    """The measured number, where there is one."""
    delivery: Fraction | None
    grade: Grade
    origin: str
    """Where the score is from, in words."""
    first_target: Decimal | None = None
    """The score against the target that it began with, where that was changed."""
    mismatch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """The longest time in which nobody said anything of a key result that people check in."""

    kr: KeyResult
    since: date
    until: date
    """The next check-in, or the last day."""

    @property
    def days(self) -> int:
        """How long."""
        return (self.until - self.since).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbag:
    """A sign that a target was known to be met. A sign, not a proof."""

    kr: KeyResult | None
    team: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """A key result that its period left unfinished, and the one that carries it on, where there is one already."""

    final: Final
    successor: KeyResult | None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    """What became of the goals of a period."""

    period: Period
    day: date
    """The day that the figures are of: today, or the one on which the period closed."""
    finals: tuple[Final, ...]
    """The live key results, by id."""
    objectives: tuple[tuple[Objective, ObjectiveScore, Grade], ...]
    changes: tuple[GoalChange, ...]
    """Dropped, replaced, re-targeted or in doubt, by key result."""
    dropped: tuple[Objective, ...]
    """Objectives none of whose key results is left."""
    silences: tuple[Silence, ...]
    sandbags: tuple[Sandbag, ...]
    carries: tuple[Carry, ...]
    following: Period | None
    """The period that comes next, as far as the registry says."""


def grades_of(period: Period) -> Grades:
    """Its own rule, or the usual one."""
    return period.grades or Grades()


def last_day(period: Period, today: date) -> date:
    """The day that the period's figures are of: today until it closes, and that day from then on."""
    return min(today, period.closes or period.end)


def grade(value: Decimal | None, commitment: str, grades: Grades, *, is_over: bool = True) -> Grade:
    """A committed one is met or missed; an aspirational one has three colours."""
    if value is None:
        return Grade.UNKNOWN
    if commitment == "committed":
        if value >= grades.committed:
            return Grade.MET
        return Grade.MISSED if is_over else Grade.NOT_YET
    if value >= grades.green:
        return Grade.GREEN
    return Grade.AMBER if value >= grades.amber else Grade.RED


def goals_of(
    period: Period,
    registry: Registry,
    today: date,
    days: Sequence[KeyResultDay],
    seen: Mapping[str, Seen] | None,
    thresholds: HealthThresholds,
) -> Goals:
    """What became of the goals. `seen`, by key result: what the trackers say as of the period's last day; None: nobody
    asked them. `days`: history since the period began.
    """
    day, is_over = last_day(period, today), today > period.end
    every = {kr.id: _final(kr, registry, today, day, days, seen, thresholds) for kr in registry.live(day)}
    finals = tuple(final for final in every.values() if final.kr.period == period.id)
    judged = {
        kr: (Score(value=it.score), Verdict(health=Health.UNKNOWN, rule="retro", because=""))
        for kr, it in every.items()
    }
    scores = objective_scores(registry, judged, day, thresholds)
    ours = [each for each in registry.objectives if each.period == period.id]
    following = min(
        (each for each in registry.periods if each.start > period.end),
        key=lambda each: (each.start, each.end),
        default=None,
    )
    return Goals(
        period=period,
        day=day,
        finals=finals,
        objectives=tuple(
            (each, scores[each.id], _objective_grade(each, scores[each.id], period, today)) for each in ours
        ),
        changes=tuple(each for each in goal_changes(registry, day) if each.kr.period == period.id),
        dropped=tuple(each for each in ours if each.key_results and all(map(_is_dropped, each.key_results))),
        silences=tuple(found for final in finals if (found := _silence(final.kr, period, day)) is not None),
        sandbags=(*_early(finals, period, days), *_always(registry, period, today)),
        carries=tuple(
            _carry(final, registry, today, following) for final in finals if is_over and not final.grade.is_good
        ),
        following=following,
    )


def _is_dropped(kr: KeyResult) -> bool:
    return kr.status in (Status.RETIRED, Status.REPLACED)


def _objective_grade(objective: Objective, scored: ObjectiveScore, period: Period, today: date) -> Grade:
    """Committed when all that is left of its key results is."""
    live = [kr.commitment for kr in objective.key_results if kr.status is Status.LIVE]
    committed = live and all(each == "committed" for each in live)
    commitment = "committed" if committed else "aspirational"
    return grade(scored.value, commitment, grades_of(period), is_over=today > period.end)


def _final(
    kr: KeyResult,
    registry: Registry,
    today: date,
    day: date,
    days: Sequence[KeyResultDay],
    seen: Mapping[str, Seen] | None,
    thresholds: HealthThresholds,
) -> Final:
    """The score from the first that knows it: a closed period's last kept day, the trackers, the registry, history."""
    period = registry.period_by_id[kr.period]
    kept = max(
        (each for each in days if each.kr == kr.id and period.start <= each.day <= day and each.score is not None),
        key=lambda each: each.day,
        default=None,
    )
    found = (seen or {}).get(kr.id)
    said = _said(kr, period, day, thresholds)
    if kept is not None and today > day and kept.day >= period.end:
        origin, value, current, share = f"history, {kept.day.isoformat()}", kept.score, kept.current, kept.delivery
    elif found is not None and found.score is not None:
        origin, value, current, share = "the trackers and the registry", found.score, found.current, found.delivery
    elif said.value is not None:
        origin, value, current = "the registry", said.value, said.current
        share = kept.delivery if kept is not None else None
    elif kept is not None:
        origin, value, current, share = f"history, {kept.day.isoformat()}", kept.score, kept.current, kept.delivery
    else:
        origin, value, current, share = "nobody knows it", None, None, None
    return Final(
        kr=kr,
        score=value,
        current=current,
        delivery=share,
        grade=grade(value, kr.commitment, grades_of(period), is_over=today > period.end),
        origin=origin,
        first_target=_against_the_first_target(kr, current),
        mismatch=found.mismatch if found is not None else "",
    )


def _said(kr: KeyResult, period: Period, day: date, thresholds: HealthThresholds) -> Score:
    """What the registry alone says: check-ins and milestones."""
    if kr.measure.is_checked_in or kr.measure.kind == "milestones":
        return score(kr, undelivered(""), period, day, thresholds)
    return Score(value=None)


def _against_the_first_target(kr: KeyResult, current: Decimal | None) -> Decimal | None:
    """None as well for what is judged by what it is heading for: that is not final before the period is."""
    if not kr.retargets or current is None or kr.measure.accrual:
        return None
    reached = score_at(replace(kr.measure, target=kr.retargets[0].before), current)
    return None if reached is None else rounded(reached, 2)


def _silence(kr: KeyResult, period: Period, day: date) -> Silence | None:
    """The longest, where it is more than twice the cadence; the first day counts as heard."""
    if not kr.measure.is_checked_in:
        return None
    last = min(day, period.end)
    heard = sorted({period.start, last, *(each.on for each in kr.checkins if period.start <= each.on <= last)})
    gaps = [Silence(kr=kr, since=since, until=until) for since, until in pairwise(heard)]
    longest = max(gaps, key=lambda gap: gap.days, default=None)
    return longest if longest is not None and longest.days > 2 * kr.cadence_days else None


def _early(finals: Sequence[Final], period: Period, days: Sequence[KeyResultDay]) -> Iterator[Sandbag]:
    for final in finals:
        kr = final.kr
        if kr.commitment != "aspirational" or kr.measure.kind == "hold" or kr.measure.is_budget:
            continue
        if final.score is None or final.score < 1:
            continue
        reached = [each.day for each in days if each.kr == kr.id and each.score is not None and each.score >= 1]
        reached += [
            each.on
            for each in kr.checkins
            if each.value is not None and (score_at(kr.measure, each.value) or 0) >= 1 and not kr.retargets
        ]
        first = min((on for on in reached if on >= period.start), default=None)
        if first is not None and period.elapsed(first) <= EARLY:
            gone = (first - period.start + timedelta(days=1)).days
            whole = (period.end - period.start).days + 1
            text = f"{kr.id} was at its target on {first.isoformat()}, day {gone} of {whole}"
            yield Sandbag(kr=kr, team=kr.team, text=text)


def _always(registry: Registry, period: Period, today: date) -> Iterator[Sandbag]:
    """Only where this period is one of those that were met in full."""
    past = ended_by_team(registry, lambda each: each.end <= period.end and each.end < today)
    for team, ended in sorted(past.items()):
        met = always_met(ended)
        if any(each.id == period.id for _, each, _ in met):
            count = len({each.id for _, each, _ in met})
            whose = team or "the company"
            text = f"all {len(met)} aspirational key results of {whose} in {count} periods were reached in full"
            yield Sandbag(kr=None, team=team, text=text)


def _carry(final: Final, registry: Registry, today: date, following: Period | None) -> Carry:
    on = today if following is None else max(today, following.start)
    successor, because = successor_of(final.kr, registry, on)
    return Carry(final=final, successor=successor, because=because if successor else "")
