"""References and structure of a registry: what is wrong with it, where, and under which stable rule id."""

from collections.abc import Collection, Iterator, Mapping

from mappings.findings import ERROR, WARNING, Finding, error, place, warning
from mappings.lint_changes import changes
from mappings.lint_measures import measures
from mappings.nearest import did_you_mean
from mappings.okrs import KeyResult, Objective, Registry, Status, normal_id
from mappings.settings import RuleSettings
from mappings.targets import Target

__all__ = ["ERROR", "REFERENCES", "WARNING", "Finding", "lint"]

REFERENCES = ("OKR006", "OKR007", "OKR008")
"""Rules about what other goals a goal names: judged only where all of them are known."""

_ADDRESSABLE = {"jira": ("issue",), "linear": ("issue", "project", "initiative")}


def lint(
    registry: Registry, settings: RuleSettings, trackers: Mapping[str, str], *, declared: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Every finding, by file, line and rule. `trackers`: kind by connection name.

    `declared` are ids that stand in the files but could not be read: a reference to one of them is no finding.
    """
    names = _Names(registry, settings, trackers, declared)
    found = [
        *_periods(registry),
        *_ids(registry),
        *_aliases(registry),
        *_objectives(registry, names),
        *_targets(registry),
        *(finding for kr in registry.key_results for finding in _key_result(kr, registry, names)),
        *(finding for kr in registry.key_results for finding in changes(kr, registry.period_by_id[kr.period])),
    ]
    return tuple(sorted(found, key=place))


class _Names:
    """What a reference may name."""

    def __init__(
        self, registry: Registry, settings: RuleSettings, trackers: Mapping[str, str], declared: Collection[str]
    ) -> None:
        self.objectives = registry.objective_by_name
        self.key_results = registry.by_name
        self.declared = {normal_id(name): name for name in declared}
        self.teams = {team.key for team in settings.teams}
        self.scopes = {scope.name for team in settings.teams for scope in team.scopes}
        self.trackers = trackers

    def unknown_kr(self, name: str) -> str | None:
        """The end of a sentence about a name that is no key result's; None where it is one."""
        if normal_id(name) in self.key_results or normal_id(name) in self.declared:
            return None
        ids = [kr.id for kr in self.key_results.values()]
        return f'there is no key result "{name}"{did_you_mean(name, ids)}'

    def unknown_goal(self, name: str) -> str | None:
        """As `unknown_kr`, for a name that may also be an objective's."""
        if normal_id(name) in self.objectives or self.unknown_kr(name) is None:
            return None
        ids = [*(each.id for each in self.objectives.values()), *(kr.id for kr in self.key_results.values())]
        return f'there is no objective or key result "{name}"{did_you_mean(name, ids)}'


def _periods(registry: Registry) -> Iterator[Finding]:
    for period in registry.periods:
        if period.end < period.start:
            yield error("OKR010", period.where, f"period {period.id} ends on {period.end}, before its start")
        elif period.closes is not None and period.closes < period.end:
            yield error("OKR010", period.where, f"period {period.id} closes on {period.closes}, before its end")


def _ids(registry: Registry) -> Iterator[Finding]:
    first: dict[str, Objective | KeyResult] = {}
    goals: list[Objective | KeyResult] = [*registry.objectives, *registry.key_results]
    for goal in sorted(goals, key=lambda each: (each.period, each.where.rpartition(":")[0], _line(each.where))):
        earlier = first.setdefault(normal_id(goal.id), goal)
        if earlier is goal:
            continue
        if goal.period != earlier.period and goal.title != earlier.title:
            yield error(
                "OKR002",
                goal.where,
                f"{goal.id} names something else in {earlier.period} ({earlier.where}): ids are unique for ever",
            )
        else:
            yield error("OKR001", goal.where, f"{goal.id} is declared already, as {earlier.id} at {earlier.where}")


def _line(where: str) -> int:
    line = where.rpartition(":")[2]
    return int(line) if line.isdigit() else 0


def _aliases(registry: Registry) -> Iterator[Finding]:
    goals: list[Objective | KeyResult] = [*registry.objectives, *registry.key_results]
    taken = {normal_id(goal.id): goal.id for goal in goals}
    for kr in registry.key_results:
        for alias in kr.aliases:
            other = taken.setdefault(normal_id(alias), kr.id)
            if other != kr.id:
                yield error("OKR003", kr.where, f'alias "{alias}" of {kr.id} stands for {other} already')


def _objectives(registry: Registry, names: _Names) -> Iterator[Finding]:
    supported = {normal_id(objective.supports) for objective in registry.objectives if objective.supports}
    for objective in registry.objectives:
        if not objective.key_results and normal_id(objective.id) not in supported:
            yield warning("OKR012", objective.where, f"{objective.id} has no key results")
        if objective.team and objective.team not in names.teams:
            yield _unknown_team(objective, objective.team, names)
        if objective.supports is None:
            continue
        if unknown := names.unknown_goal(objective.supports):
            yield error("OKR007", objective.where, f"{objective.id} supports what is not declared: {unknown}")
        elif _supports_itself(objective, registry):
            yield error("OKR007", objective.where, f"{objective.id} supports itself, by way of what it supports")


def _unknown_team(goal: Objective | KeyResult, team: str, names: _Names) -> Finding:
    return error("OKR009", goal.where, f'{goal.id}: no team "{team}" in the config{did_you_mean(team, names.teams)}')


def _supports_itself(objective: Objective, registry: Registry) -> bool:
    seen: set[str] = set()
    above = registry.above(objective)
    while above is not None and above.id not in seen:
        if above.id == objective.id:
            return True
        seen.add(above.id)
        above = registry.above(above)
    return False


def _targets(registry: Registry) -> Iterator[Finding]:
    written: dict[tuple[str, str, str], list[KeyResult]] = {}
    for kr in registry.key_results:
        if kr.write is None or kr.status not in (Status.LIVE, Status.DRAFT):
            continue
        others = written.setdefault((kr.write.tracker, kr.write.kind, kr.write.id.casefold()), [])
        if clash := next((other for other in others if _overlap(kr, other, registry)), None):
            yield error("OKR013", kr.where, f"{kr.id} and {clash.id} would both write to {kr.write}")
        others.append(kr)


# While one closes the next may begin on the same target: the ledger there keeps it to the old one until it is closed.
def _overlap(one: KeyResult, other: KeyResult, registry: Registry) -> bool:
    a, b = registry.period_by_id[one.period], registry.period_by_id[other.period]
    return a.start <= b.end and b.start <= a.end


def _key_result(kr: KeyResult, registry: Registry, names: _Names) -> Iterator[Finding]:
    yield from measures(kr, registry.period_by_id[kr.period], names.trackers)
    if kr.measure.kind == "delivery" and kr.measure.target is not None and len(kr.teams) > 1 and kr.unit != "issues":
        yield error("OKR021", kr.where, f'{kr.id}: teams that share a fixed target count in unit = "issues"')
    yield from _checkins(kr, registry)
    yield from _references(kr, names)
    if kr.weight < 0:
        yield error("OKR017", kr.where, f"{kr.id}: a weight below zero")


def _checkins(kr: KeyResult, registry: Registry) -> Iterator[Finding]:
    period = registry.period_by_id[kr.period]
    for checkin in kr.checkins:
        if not period.start <= checkin.on <= (period.closes or period.end):
            yield warning("OKR011", kr.where, f"{kr.id}: the check-in of {checkin.on} lies outside {period.id}")
        if checkin.confidence is not None and not 0 <= checkin.confidence <= 10:
            yield error("OKR014", kr.where, f"{kr.id}: the confidence of {checkin.on} must be 0 to 10")


def _references(kr: KeyResult, names: _Names) -> Iterator[Finding]:
    if not kr.teams:
        yield error("OKR009", kr.where, f"{kr.id} belongs to no team: its objective names none, nor does it")
    for team in kr.teams:
        if team not in names.teams:
            yield _unknown_team(kr, team, names)
    if kr.status is Status.REPLACED:
        yield from _replacement(kr, names)
    for other in kr.depends_on:
        if unknown := names.unknown_goal(other):
            yield error("OKR008", kr.where, f"{kr.id} depends on what is not declared: {unknown}")
    for target in kr.binds:
        yield from _address("OKR015", "binds", kr, target, names)
    if kr.write is not None and kr.write.kind != "file":
        yield from _address("OKR016", "write", kr, kr.write, names)
    for scope in kr.scopes:
        if scope not in names.scopes:
            yield error(
                "OKR018", kr.where, f'{kr.id}: no scope "{scope}" in the config{did_you_mean(scope, names.scopes)}'
            )


def _replacement(kr: KeyResult, names: _Names) -> Iterator[Finding]:
    if kr.replaced_by is None:
        yield error("OKR006", kr.where, f"{kr.id} is replaced: replaced_by must say by what")
        return
    if unknown := names.unknown_kr(kr.replaced_by):
        yield error("OKR006", kr.where, f"{kr.id} is replaced by what is not declared: {unknown}")
        return
    seen, next_one = {kr.id}, names.key_results.get(normal_id(kr.replaced_by))
    while next_one is not None and next_one.replaced_by is not None and next_one.id not in seen:
        seen.add(next_one.id)
        next_one = names.key_results.get(normal_id(next_one.replaced_by))
    if next_one is not None and next_one.id in seen:
        yield error("OKR006", kr.where, f"{kr.id} is replaced in a circle")


def _address(rule: str, key: str, kr: KeyResult, target: Target, names: _Names) -> Iterator[Finding]:
    kind = names.trackers.get(target.tracker)
    if kind is None:
        hint = did_you_mean(target.tracker, names.trackers)
        yield error(rule, kr.where, f'{kr.id}: {key} names no tracker of the config, "{target.tracker}"{hint}')
    elif target.kind not in _ADDRESSABLE.get(kind, (target.kind,)):
        yield error(rule, kr.where, f"{kr.id}: {key} names {target}, and {kind} has issues only")
