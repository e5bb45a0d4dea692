"""Rules on what past periods tell: targets that were always met in full, or never."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from mappings.lint_rule import REGISTRY, LintRule, Look, Remark, remark
from mappings.okrs import KeyResult, Period, Registry, Status, normal_id

ENOUGH_KEY_RESULTS, ENOUGH_PERIODS = 3, 2
"""Fewer say nothing about a team's habits."""
GOOD_END = Fraction(7, 10)
"""The score from which on an aspirational key result counts as reached; a committed one has to be met."""

ALWAYS_MET = LintRule(
    id="OKR116",
    name="always met",
    says="in at least two past periods, with at least three key results together, every aspirational one of a team "
    "ended at its target or beyond, by its last check-in",
    why="A target that is always met in full was known to be met: aim where seven tenths are a good end.",
    needs=REGISTRY,
    bad="checkins = [{ on = 2026-10-02, value = 35 }]",
    good="checkins = [{ on = 2026-10-02, value = 29 }]",
)
NEVER_REACHED = LintRule(
    id="OKR117",
    name="never reached",
    says="in at least two past periods, with at least three key results together, none of a team's was reached by its "
    "last check-in: seven tenths of the way for an aspirational one, all of it for a committed one",
    why="Targets that nobody reaches are soon read by nobody: take fewer, or nearer ones.",
    needs=REGISTRY,
    bad="checkins = [{ on = 2026-09-30, value = 8 }]",
    good="checkins = [{ on = 2026-09-30, value = 6 }]",
)

RULES = (ALWAYS_MET, NEVER_REACHED)


def judge_past(look: Look) -> Iterator[Remark]:
    """What the rules above have to say, at the first of the team's key results that can still be changed."""
    first: dict[str, KeyResult] = {}
    ended = ended_by_team(look.registry, look.is_over)
    for _, kr in sorted(look.key_results, key=lambda each: (look.period(each[1]).start, normal_id(each[1].id))):
        first.setdefault(kr.team, kr)
    for team, kr in sorted(first.items()):
        past = ended.get(team, ())
        if met := always_met(past):
            message = (
                f"the last {len(met)} aspirational key results of {look.name_of(team)} all met their targets in full"
            )
            yield remark(ALWAYS_MET, kr.where, message, team)
        if _is_enough(past) and not any(score >= _wanted(each) for each, _, score in past):
            message = f"none of the last {len(past)} key results of {look.name_of(team)} was reached"
            yield remark(NEVER_REACHED, kr.where, message, team)


Ended = tuple[KeyResult, Period, Fraction]
"""A key result that is over and known, its period and its score: 1 is the target, beyond it is more."""


def always_met(past: Sequence[Ended]) -> list[Ended]:
    """The aspirational ones, where every one was reached in full and there are enough of them to tell; else none."""
    met = [each for each in past if each[0].commitment == "aspirational"]
    return met if _is_enough(met) and all(score >= 1 for _, _, score in met) else []


def ended_by_team(registry: Registry, is_over: Callable[[Period], bool]) -> dict[str, list[Ended]]:
    """What is over and known by its last check-in, by team."""
    found: dict[str, list[Ended]] = {}
    for kr in registry.key_results:
        period = registry.period_by_id[kr.period]
        if is_over(period) and kr.status is Status.LIVE and (score := _last_score(kr, period)) is not None:
            found.setdefault(kr.team, []).append((kr, period, score))
    return found


def _wanted(kr: KeyResult) -> Fraction:
    return GOOD_END if kr.commitment == "aspirational" else Fraction(1)


def _is_enough(past: Sequence[Ended]) -> bool:
    return len(past) >= ENOUGH_KEY_RESULTS and len({period.id for _, period, _ in past}) >= ENOUGH_PERIODS


def _last_score(kr: KeyResult, period: Period) -> Fraction | None:
    start, target = kr.measure.start, kr.measure.target
    values = [
        (checkin.on, at, checkin.value)
        for at, checkin in enumerate(kr.checkins)
        if checkin.value is not None and checkin.on <= (period.closes or period.end)
    ]
    if start is None or target is None or start == target or kr.measure.kind == "hold" or not values:
        return None
    return (Fraction(max(values)[2]) - Fraction(start)) / (Fraction(target) - Fraction(start))
