"""An objective's score: from its own key results, else from the objectives that support it, of whatever period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from mappings.health import Verdict, expected_score, judge
from mappings.model import Health
from mappings.okrs import KeyResult, Objective, Period, Registry, normal_id
from mappings.rounding import rounded
from mappings.scoring import Score
from mappings.settings import HealthThresholds

KEY_RESULTS, SUPPORTING = "key results", "supporting objectives"
_NONE_KNOWN = {KEY_RESULTS: "no key result is known", SUPPORTING: "no supporting objective is known"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveScore:
    """An objective's score from what is known of it."""

    value: Decimal | None
    known: int
    of: int
    """Its key results in force; where it has none, the objectives that support it."""
    verdict: Verdict
    basis: str = KEY_RESULTS
    """What the score is made of: `key results` or `supporting objectives`."""
    from_below: tuple[str, ...] = ()
    """The objectives in force that support it or one of its key results, sorted. Where it has key results of its own
    they stand beside its score, and are no part of it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What goes into a roll-up: a key result, or a supporting objective."""

    weight: Decimal
    value: Decimal | None
    due: Fraction
    """The score that is expected of it today."""
    committed: bool
    health: Health


def supporters(registry: Registry, today: date) -> dict[str, tuple[str, ...]]:
    """Ids of the objectives in force that support a goal, by that objective's or key result's id; each once, sorted.

    What supports a key result supports its objective too. Support that comes back to where it began is no support.
    """
    found: dict[str, set[str]] = {}
    for objective in registry.objectives:
        above = registry.above(objective)
        if above is None or not registry.period_by_id[objective.period].is_in_force(today):
            continue
        if objective.id in _chain(above, registry):
            continue
        found.setdefault(above.id, set()).add(objective.id)
        kr = registry.by_name.get(normal_id(objective.supports or ""))
        if kr is not None:
            found.setdefault(kr.id, set()).add(objective.id)
    return {goal: tuple(sorted(ids)) for goal, ids in found.items()}


def objective_scores(
    registry: Registry,
    judged: Mapping[str, tuple[Score, Verdict]],
    today: date,
    thresholds: HealthThresholds,
) -> dict[str, ObjectiveScore]:
    """Every objective whose period is in force, by id, in the registry's order.

    `judged`: score and health of the live key results. An objective with key results in force is the weighted mean of
    the known ones; one without is the mean of the known objectives that support it. `weakest` takes the lowest instead.
    """
    below = supporters(registry, today)
    in_force = [each for each in registry.objectives if registry.period_by_id[each.period].is_in_force(today)]
    scores: dict[str, ObjectiveScore] = {}
    parts: dict[str, _Part] = {}
    for objective in sorted(in_force, key=lambda each: -len(_chain(each, registry))):
        period = registry.period_by_id[objective.period]
        live = [kr for kr in objective.key_results if registry.is_live(kr, today)]
        own = [_part(kr, *judged[kr.id], period, today) for kr in live]
        from_below = below.get(objective.id, ())
        taken = own or [parts[each] for each in from_below]
        basis = SUPPORTING if from_below and not own else KEY_RESULTS
        early = period.elapsed(today) < thresholds.pending_share
        part, verdict = _roll_up(objective.roll_up, taken, basis, early, thresholds)
        parts[objective.id] = part
        scores[objective.id] = ObjectiveScore(
            value=part.value,
            known=sum(1 for each in taken if each.value is not None),
            of=len(taken),
            verdict=verdict,
            basis=basis,
            from_below=from_below,
        )
    return {each.id: scores[each.id] for each in in_force}


def _chain(objective: Objective, registry: Registry) -> list[str]:
    """Ids of the objective and of those above it, upwards, each once."""
    ids = [objective.id]
    above = registry.above(objective)
    while above is not None and above.id not in ids:
        ids.append(above.id)
        above = registry.above(above)
    return ids


def _part(kr: KeyResult, scored: Score, verdict: Verdict, period: Period, today: date) -> _Part:
    due = expected_score(kr, scored, period, today)
    committed = kr.commitment == "committed"
    return _Part(weight=kr.weight, value=scored.value, due=due, committed=committed, health=verdict.health)


def _roll_up(
    how: str, parts: Sequence[_Part], basis: str, early: bool, thresholds: HealthThresholds
) -> tuple[_Part, Verdict]:
    """What the parts come to, and how that stands. A part that weighs nothing does not count.

    `early`: the objective's own period has only begun. Supporting objectives have periods of their own, which tell.
    """
    known = [(Fraction(it.weight), Fraction(it.value), it) for it in parts if it.value is not None and it.weight > 0]
    whole = sum((weight for weight, _, _ in known), Fraction(0))
    value, due = None, Fraction(0)
    if how == "weakest" and known:
        _, lowest, part = min(known, key=lambda each: (each[1], -each[2].due))
        value, due = rounded(lowest, 2), part.due
    elif known:
        value = rounded(sum((weight * score for weight, score, _ in known), Fraction(0)) / whole, 2)
        due = sum((weight * it.due for weight, _, it in known), Fraction(0)) / whole
    committed = all(it.committed for it in parts)
    if value is None:
        too_early = any(it.health is Health.PENDING for it in parts)
    elif basis == KEY_RESULTS:
        too_early = early
    else:
        too_early = all(it.health is Health.PENDING for _, _, it in known)
    if too_early:
        verdict = Verdict(health=Health.PENDING, rule="pending", because="too early to judge")
    elif value is None:
        why = "what is known weighs nothing" if any(it.value is not None for it in parts) else _NONE_KNOWN[basis]
        verdict = Verdict(health=Health.UNKNOWN, rule="unknown", because=why)
    else:
        rule = "pace" if basis == KEY_RESULTS else "cascade"
        verdict = judge(Fraction(value), due, "committed" if committed else "aspirational", thresholds, rule)
    return _Part(weight=Decimal(1), value=value, due=due, committed=committed, health=verdict.health), verdict
