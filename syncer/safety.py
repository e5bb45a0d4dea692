"""Safety: changes that look like a mistake of a source rather than of a team are refused, shown, and not applied."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from mappings.changes import Remembered, vanished
from mappings.figures import Figures, KeyResultFigures
from syncer.plan import Change, Plan, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyLimits:
    """What is refused without `--force KR`."""

    fall: Decimal = Decimal("0.3")
    changed_share: Decimal = Decimal("0.5")
    changed_floor: int = 5


def refuse_if_unsafe(
    plan: Plan,
    figures: Figures,
    remembered: Mapping[str, Remembered],
    limits: SafetyLimits,
    forced: Collection[str] = (),
) -> Plan:
    """The plan with unsafe changes marked refused, each with its numbers; the others go on.

    `remembered` holds what each key result's last run counted (history); without it a deep fall has no explanation.
    """
    moving = [change for change in plan.changes if change.moves_a_value]
    judged = [change for change in plan.changes if change.target is not None]
    too_many = len(moving) > limits.changed_floor and len(moving) > limits.changed_share * len(judged)

    def reason(change: Change) -> str:
        if change.write is None or change.status is not Status.WOULD_CHANGE or change.kr in forced:
            return ""
        found = figures.key_results[change.kr]
        refusal = _vanished_scopes(change, found) or _unexplained_fall(change, found, figures, remembered, limits)
        if not refusal and too_many and change.moves_a_value:
            refusal = f"{len(moving)} of {len(judged)} key results would change at once"
        return refusal

    def judge(change: Change) -> Change:
        refusal = reason(change)
        if not refusal:
            return change
        return replace(
            change,
            status=Status.REFUSED,
            reason=f"{refusal}; `--force {change.kr}` writes it all the same",
            write=None,
        )

    return replace(plan, changes=tuple(judge(change) for change in plan.changes))


def _vanished_scopes(change: Change, found: KeyResultFigures) -> str:
    ledger = change.write.expected.ledger if change.write else None
    lost = sorted(set(ledger.scopes) - set(found.scopes)) if ledger and ledger.kr == change.kr else []
    return f"{', '.join(lost)} had linked issues and now has none" if lost else ""


def _unexplained_fall(
    change: Change,
    found: KeyResultFigures,
    figures: Figures,
    remembered: Mapping[str, Remembered],
    limits: SafetyLimits,
) -> str:
    """A deep fall is explained by a person's check-in, or by issues that are all still there to be looked at."""
    if not change.moves_a_value or change.before is None or change.after is None:
        return ""
    fall = change.before - change.after
    if fall <= limits.fall or found.score.heard is not None:
        return ""
    known = remembered.get(change.kr)
    if known is None:
        return f"the score falls from {change.before} to {change.after} and no history explains it"
    missing = vanished(known.lines, figures.linked)
    if not missing:
        return ""
    shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
    return f"the score falls from {change.before} to {change.after} and {shown} can no longer be seen"
