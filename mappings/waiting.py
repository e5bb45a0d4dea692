"""What a key result waits for: goals that it depends on and that are off track, or will never come."""

from collections.abc import Mapping

from mappings.health import Verdict
from mappings.model import Health
from mappings.okrs import KeyResult, Registry, Status, normal_id
from mappings.settings import RuleSettings


def waits_on(
    kr: KeyResult, registry: Registry, verdicts: Mapping[str, Verdict], settings: RuleSettings
) -> tuple[str, ...]:
    """A sentence for each goal in `depends_on` that is off track or retired, in the order of the registry's list.

    `verdicts`: health by id of the goals in force. A replaced key result stands for the one that took its place.
    """
    return tuple(said for name in kr.depends_on if (said := _why(name, kr, registry, verdicts, settings)))


def _why(name: str, kr: KeyResult, registry: Registry, verdicts: Mapping[str, Verdict], settings: RuleSettings) -> str:
    goal = registry.objective_by_name.get(normal_id(name)) or _in_its_place(name, registry)
    if goal is None or goal.id == kr.id:
        return ""
    whose = next((team.title for team in settings.teams if team.key == goal.team), goal.team)
    called = f"{goal.id} of {whose}" if whose and goal.team not in kr.teams else goal.id
    if isinstance(goal, KeyResult) and goal.status is Status.RETIRED:
        return f"{called}, which is retired" + (f": {goal.status_reason}" if goal.status_reason else "")
    verdict = verdicts.get(goal.id)
    if verdict is None or verdict.health is not Health.OFF_TRACK:
        return ""
    return f"{called}, which is off track by {verdict.rule}: {verdict.because}"


def _in_its_place(name: str, registry: Registry) -> KeyResult | None:
    """The key result of this name, or what took its place, however long the chain."""
    kr, seen = registry.by_name.get(normal_id(name)), set[str]()
    while kr is not None and kr.status is Status.REPLACED and kr.id not in seen:
        seen.add(kr.id)
        kr = registry.by_name.get(normal_id(kr.replaced_by or ""))
    return kr
