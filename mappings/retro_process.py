"""How a period was worked with: alignment, check-ins, where goals came from; and what a team may ask itself at its end.

Teams stand in the order of their keys, never of their figures, and nothing is about a person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from mappings.goal_changes import IN_DOUBT, REPLACED, RETARGETED, RETIRED
from mappings.okrs import KeyResult, Objective, Period, Registry, Status, normal_id
from mappings.past import KeyResultDay, SprintDay
from mappings.retro import Final, Goals, Grade
from mappings.rounding import percent

FIRST_DAYS = 7
"""By then a team's registry should be live."""
LOW = 2
"""A pulse figure that is asked about, of 5."""
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """The sprints of one team over the period, each as it was kept last."""

    team: str
    sprints: int
    aligned: int
    routine: int
    unexplained: int
    """Tied to nothing, or wrongly."""
    total: int
    first: Fraction | None
    """Share that supports a key result, in the first sprint with work..."""
    last: Fraction | None
    """...and in the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """The process itself, measured; None is unknown."""

    live_early: tuple[str, ...] | None
    """Teams that had a live key result by day seven; None: no run kept any of those days."""
    live_late: tuple[str, ...]
    """The others that have key results; nothing where it is unknown."""
    slots: int
    """Times at which a check-in was due."""
    kept: int
    """And of those the ones with a check-in."""
    born_in_team: int
    objectives: int
    """Objectives that a team has."""


def alignment(period: Period, sprints: Sequence[SprintDay]) -> tuple[Alignment, ...]:
    """By team: every sprint that history kept in the period, as it was on its last kept day; no windows."""
    newest: dict[tuple[str, str], SprintDay] = {}
    for row in sorted(sprints, key=lambda row: row.day):
        if not row.is_window and period.start <= row.day <= period.end:
            newest[(row.tracker, row.sprint)] = row
    teams: dict[str, list[SprintDay]] = {}
    for row in newest.values():
        if row.total:
            teams.setdefault(row.team, []).append(row)
    return tuple(_aligned(team, teams[team]) for team in sorted(teams))


def _aligned(team: str, rows: list[SprintDay]) -> Alignment:
    in_order = sorted(rows, key=lambda row: (row.end or row.day, row.sprint))
    shares = [Fraction(row.aligned, row.total) for row in in_order]
    return Alignment(
        team=team,
        sprints=len(rows),
        aligned=sum(row.aligned for row in rows),
        routine=sum(row.routine for row in rows),
        unexplained=sum(row.unaligned + row.broken for row in rows),
        total=sum(row.total for row in rows),
        first=shares[0],
        last=shares[-1],
    )


def process(period: Period, registry: Registry, day: date, days: Sequence[KeyResultDay]) -> Process:
    """`day`: the one that the period's figures are of. `days`: history since the period began."""
    ours = [each for each in registry.objectives if each.period == period.id]
    early, late = _live_by_day_seven(period, ours, days)
    slots = [kept for each in ours for kr in each.key_results for kept in _slots(kr, period, day)]
    of_teams = [each for each in ours if each.team]
    return Process(
        live_early=early,
        live_late=late,
        slots=len(slots),
        kept=sum(slots),
        born_in_team=sum(_is_born_in_team(each, registry) for each in of_teams),
        objectives=len(of_teams),
    )


def _live_by_day_seven(
    period: Period, ours: Sequence[Objective], days: Sequence[KeyResultDay]
) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    until = period.start + timedelta(days=FIRST_DAYS - 1)
    seen = {each.kr for each in days if period.start <= each.day <= until}
    teams = {each.team for each in ours if each.team and each.key_results}
    early = {each.team for each in ours if each.team and seen & {kr.id for kr in each.key_results}}
    if not seen:
        return None, ()
    return tuple(sorted(early)), tuple(sorted(teams - early))


def _slots(kr: KeyResult, period: Period, day: date) -> Iterator[bool]:
    """Whether there was a check-in, for each whole cadence of a live key result that people check in."""
    if kr.status is not Status.LIVE or not kr.measure.is_checked_in:
        return
    last, first = min(day, period.end), period.start
    said = [each.on for each in kr.checkins]
    while first + timedelta(days=kr.cadence_days - 1) <= last:
        following = first + timedelta(days=kr.cadence_days)
        yield any(first <= on < following for on in said)
        first = following


def _is_born_in_team(objective: Objective, registry: Registry) -> bool:
    """What the registry says; where it says nothing: not a copy of the title that it supports."""
    if objective.born or not objective.supports:
        return objective.born != "company"
    name = normal_id(objective.supports)
    above = registry.by_name.get(name) or registry.objective_by_name.get(name)
    return above is None or above.title.casefold() != objective.title.casefold()


def questions(goals: Goals, aligned: Sequence[Alignment], measured: Process, names: Mapping[str, str]) -> list[str]:
    """What to ask, made of what was found: goals first, then the work, then the process. `names` of teams."""
    return [
        *(asked for final in goals.finals for asked in _of_final(final)),
        *_of_changes(goals),
        *(
            f"{it.kr.id} was not heard from for {it.days} days. What would have been decided otherwise with its number?"
            for it in goals.silences
        ),
        *(f"{it.text}. Was it known that this would be reached?" for it in goals.sandbags),
        *_of_alignment(aligned, names),
        *_of_process(measured, names),
        *_of_pulse(goals.period, names),
    ]


def _of_final(final: Final) -> Iterator[str]:
    kr = final.kr
    if final.grade is Grade.MISSED:
        yield f"{kr.id} was committed and stands at {percent(final.score)}. When was that known, and who was told?"
    if final.grade is Grade.UNKNOWN:
        yield f"Nobody knows how {kr.id} ended. Did anybody need it?"
    if final.mismatch:
        yield f"{kr.id}: {final.mismatch}. Was it the right work?"


def _of_changes(goals: Goals) -> Iterator[str]:
    asked = {
        RETIRED: "What was known too late?",
        REPLACED: "What was known too late?",
        RETARGETED: "Is the score against the first target the one to learn from?",
        IN_DOUBT: "Is it the right objective for the next period?",
    }
    for change in goals.changes:
        if change.what in asked:
            yield f"{change.text.rstrip('.')}. {asked[change.what]}"


def _of_alignment(aligned: Sequence[Alignment], names: Mapping[str, str]) -> Iterator[str]:
    for it in aligned:
        if (share := Fraction(it.unexplained, it.total)) > HALF:
            team = names.get(it.team, it.team)
            yield f"{team}: {percent(share)} of the sprints' work was tied to nothing. What was it for?"


def _of_process(measured: Process, names: Mapping[str, str]) -> Iterator[str]:
    if measured.live_late:
        late = ", ".join(names.get(team, team) for team in measured.live_late)
        yield f"Without a live key result by day {FIRST_DAYS}: {late}. What would have let goals be there at the start?"
    if measured.slots and Fraction(measured.kept, measured.slots) < HALF:
        yield f"{measured.kept} of {measured.slots} check-ins were kept. Is the cadence right, or the measure too dear?"
    if measured.objectives and Fraction(measured.born_in_team, measured.objectives) < HALF:
        yield (
            f"{measured.born_in_team} of {measured.objectives} objectives of teams were born there. "
            "Who would have chosen otherwise?"
        )


def _of_pulse(period: Period, names: Mapping[str, str]) -> Iterator[str]:
    for pulse in period.pulse:
        for what in ("clarity", "autonomy", "focus"):
            if getattr(pulse, what) <= LOW:
                team = names.get(pulse.team, pulse.team)
                yield f"{team} gives {what} {getattr(pulse, what)} of 5. What stood in its way?"
