"""Every rule that was tried on one issue, in the order of the ranks, and what each said: for whoever asks why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mappings.linking import ABOVE, BINDS, OWN_TAGS, RULES, SAME_WORK, Linked, Linker
from mappings.model import Issue
from mappings.okrs import Registry, normal_id
from mappings.settings import RuleSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One rule and its answer."""

    rule: str
    """The rank's name."""
    said: str
    """Class and place where it matched; why not where it did not."""
    matched: bool
    decided: bool
    """The first that matched; what matched after it would have decided without it."""


def trace(
    linked: Linked, known: Iterable[Issue], registry: Registry, settings: RuleSettings, today: date
) -> tuple[Tried, ...]:
    """All ranks about one linked issue. `known` holds every issue and ancestor that was read."""
    issue, team = linked.issue, linked.team
    linker = Linker({each.ref: each for each in known}, (), registry, settings, today, {})
    found: list[Tried] = []
    for rule, decision in linker.asked(issue, team):
        said = f"{decision.kind.value}: {decision.because}" if decision else ""
        decides = decision is not None and not any(tried.decided for tried in found)
        found.append(
            Tried(
                rule=rule,
                said=said or _why_not(rule, linked, linker, registry, settings, today),
                matched=decision is not None,
                decided=decides,
            )
        )
    return tuple(found)


def _why_not(rule: str, linked: Linked, linker: Linker, registry: Registry, settings: RuleSettings, today: date) -> str:
    issue = linked.issue
    above = [each.key for each in linker.ancestors(issue)]
    if rule == OWN_TAGS:
        return "no label, title, trailer or field names one"
    if rule == ABOVE:
        if issue.parent is None:
            return "it has no parent"
        return f"no tag on {', '.join(above)}" if above else "its parent was not read"
    if rule == BINDS:
        containers = ("its project or initiative",) if issue.containers else ()
        return f"no live key result binds {', '.join((issue.key, *above, *containers))}"
    if rule == SAME_WORK:
        others = ", ".join(other.key for other in linker.others(issue))
        return f"{others} says nothing either" if others else "no issue of another tracker is the same work"
    if rule == RULES:
        return _no_rule(registry, settings, today)
    kinds = "; ".join(f"{it.name} ({' or '.join(map(str, it.rules)) or 'by tag'})" for it in linked.team.routine)
    return f"none of the classes of {linked.team.title} fits: {kinds}" if kinds else f"{linked.team.title} has none"


def _no_rule(registry: Registry, settings: RuleSettings, today: date) -> str:
    live = {kr.id for kr in registry.live(today)}
    said = []
    for rule in settings.rules:
        kr = registry.by_name.get(normal_id(rule.kr))
        said.append(f"{rule} for {rule.kr}" + ("" if kr and kr.id in live else ", which is not live"))
    return f"none of {len(said)} fits: {'; '.join(said)}" if said else "the config has none"
