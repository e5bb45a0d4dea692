"""What was changed about the goals of the periods in force: said beside the figures, for a number alone hides it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from mappings.checkin_rules import doubts
from mappings.days import in_words
from mappings.okrs import KeyResult, Registry, Retarget, Status, normal_id
from mappings.rounding import exact

DRAFT, RETIRED, REPLACED, RETARGETED, IN_DOUBT = "draft", "retired", "replaced", "re-targeted", "in doubt"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalChange:
    """One change, for people."""

    kr: KeyResult
    what: str
    """draft, retired, replaced, re-targeted or in doubt."""
    on: date | None
    """None where the registry does not say."""
    text: str


def goal_changes(registry: Registry, today: date) -> tuple[GoalChange, ...]:
    """Every change, by key result, then by day."""
    found = [
        change
        for kr in registry.key_results
        if registry.period_by_id[kr.period].is_in_force(today)
        for change in _changes(kr)
    ]
    found += [GoalChange(kr=doubt.kr, what=IN_DOUBT, on=doubt.on, text=str(doubt)) for doubt in doubts(registry, today)]
    return tuple(sorted(found, key=lambda each: (normal_id(each.kr.id), each.on or date.min, each.what)))


def _changes(kr: KeyResult) -> Iterator[GoalChange]:
    when = f" on {in_words(kr.status_on)}" if kr.status_on else ""
    why = f": {kr.status_reason}" if kr.status_reason else ""
    texts = {
        Status.DRAFT: f"{kr.id} is a draft: it takes no tags and counts nowhere",
        Status.RETIRED: f"{kr.id} was retired{when}{why}",
        Status.REPLACED: f"{kr.id} was replaced by {kr.replaced_by}{when}{why}",
    }
    if kr.status in texts:
        yield GoalChange(kr=kr, what=kr.status.value, on=kr.status_on, text=texts[kr.status])
    for change in kr.retargets:
        yield GoalChange(kr=kr, what=RETARGETED, on=change.on, text=f"{kr.id}: {retargeted(change)}")


def retargeted(change: Retarget) -> str:
    """`target changed: 3 -> 6 on 12 Nov 2026, because two markets joined`."""
    numbers = f"{exact(change.before)} -> {exact(change.after)}"
    return f"target changed: {numbers} on {in_words(change.on)}, because {change.because.rstrip('.')}"
