"""Teams, scopes and rules of the config, checked against each other, as the values that the rules take."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from adapters.toml_source import KeyPath, TomlSource
from adapters.validation import Problems, dotted, validated
from mappings.model import Scope, SprintChoice
from mappings.nearest import did_you_mean, nearest
from mappings.okrs import normal_id
from mappings.settings import Gate, HealthThresholds, RoutineClass, Rule, RuleSettings, Team
from syncer.config_tables import ConfigTable, KrRuleTable, RuleTable, ScopeTable, TeamTable
from syncer.scopes import PLACEHOLDERS, strange_placeholder

_SCOPE_KEYS = {"jira": ("projects", "boards", "components", "jql"), "linear": ("teams",)}


def rules_of(
    source: TomlSource, ids: frozenset[str], problems: Problems
) -> tuple[tuple[Rule, ...], tuple[tuple[str, str], ...]]:
    """The rules, and what is to be said of a key result that one of them names and no file declares."""
    unknown = []
    known = {normal_id(name) for name in ids}
    teams = source.data.get("teams")
    found = []
    for index, row in enumerate(_tables(source.data.get("rules"))):
        at: KeyPath = ("rules", index)
        if (table := validated(KrRuleTable, row, source, problems, at=at)) is None:
            continue
        if normal_id(table.kr) not in known:
            sentence = f"rules[{index + 1}].kr names no key result{did_you_mean(table.kr, ids)}"
            unknown.append((table.kr, f"{source.where((*at, 'kr'))}: {sentence}"))
        if table.team and isinstance(teams, dict) and table.team not in teams:
            problems.add(
                source, (*at, "team"), f"rules[{index + 1}].team names no team{did_you_mean(table.team, teams)}"
            )
        found.append(_rule(table, table.kr))
    return tuple(found), tuple(unknown)


def _tables(rows: object) -> list[Any]:
    return rows if isinstance(rows, list) else []


def _rule(table: RuleTable, kr: str = "") -> Rule:
    return Rule(
        project=table.project, component=table.component, type=table.type, label=table.label, team=table.team, kr=kr
    )


def teams_of(source: TomlSource, table: ConfigTable, kinds: Mapping[str, str], problems: Problems) -> tuple[Team, ...]:
    teams = [
        _team(key, team, _scopes(source, key, team, kinds, problems), table.flags.label)
        for key, team in sorted(table.teams.items())
    ]
    # A team or tracker that stands in the file but could not be read is nobody's second mistake.
    raw = source.data.get("teams")
    teams += [Team(key=key) for key in sorted(set(raw if isinstance(raw, dict) else ()) - set(table.teams))]
    named = {tracker for team in table.teams.values() for tracker in team.scopes}
    # A misspelled name is told already: what it was meant to be is not unread besides.
    read_from = {name if name in kinds else nearest(name, kinds) for name in named}
    for name in kinds:
        if name not in read_from:
            problems.add(
                source, ("trackers", name), f"no team reads from trackers.{name}: give one a scope there, or remove it"
            )
    return tuple(teams)


def _team(key: str, table: TeamTable, scopes: tuple[Scope, ...], flags_by_default: bool) -> Team:
    return Team(
        key=key,
        name=table.name,
        unit=table.unit,
        mode=table.mode,
        scopes=scopes,
        routine=tuple(
            RoutineClass(name=name, rules=tuple(_rule(rule) for rule in routine.rules), budget=routine.budget)
            for name, routine in table.routine.items()
        ),
        routine_before_inheritance=table.routine_before_inheritance,
        unestimated=table.unestimated,
        people=table.people,
        flag_label=flags_by_default if table.flags.label is None else table.flags.label,
        sprints=_sprint_choice(table.sprints),
        gate=Gate(
            unaligned=table.check.unaligned,
            broken=table.check.broken,
            missing=table.check.missing,
            budgets=table.check.budgets,
            fails=table.check.fail,
        ),
    )


def _sprint_choice(value: object) -> SprintChoice:
    if not isinstance(value, list):
        return SprintChoice(next=value == "next")
    return SprintChoice(
        ids=tuple(str(each) for each in value if isinstance(each, int)),
        names=tuple(each for each in value if isinstance(each, str)),
    )


def _scopes(
    source: TomlSource, key: str, team: TeamTable, kinds: Mapping[str, str], problems: Problems
) -> tuple[Scope, ...]:
    scopes = []
    for tracker, table in sorted(team.scopes.items()):
        at: KeyPath = ("teams", key, "scopes", tracker)
        kind = kinds.get(tracker)
        if kind is None:
            problems.add(source, at, f"{dotted(at)}: there is no such tracker{did_you_mean(tracker, kinds)}")
            continue
        problem = _scope_problem(tracker, kind, table)
        if problem:
            problems.add(source, at, problem)
        scopes.append(
            Scope(
                tracker=tracker,
                team=key,
                projects=tuple(table.projects),
                boards=tuple(table.boards),
                components=tuple(table.components),
                teams=tuple(table.teams),
                jql=table.jql,
                sprints=_sprint_choice(team.sprints),
                kanban_days=team.kanban_days,
            )
        )
    return tuple(scopes)


def _scope_problem(tracker: str, kind: str, table: ScopeTable) -> str:
    if not kind:
        return ""
    given = [name for name in ScopeTable.model_fields if getattr(table, name)]
    if strange := [name for name in given if name not in _SCOPE_KEYS[kind]]:
        return f"{tracker} is {kind}: a scope there has {' or '.join(_SCOPE_KEYS[kind])}, not {' or '.join(strange)}"
    if not given:
        return f"the scope in {tracker} is empty: it needs {' or '.join(_SCOPE_KEYS[kind][:2])}"
    if table.jql and (table.projects or table.components):
        return f"jql says all that is read: the scope in {tracker} has no projects or components beside it"
    if name := strange_placeholder(table.jql):
        known = " and ".join(f"{{{each}}}" for each in PLACEHOLDERS)
        return f"the jql in {tracker} has {{{name}}}: there are {known}"
    if given == ["components"]:
        return f"components narrow projects: the scope in {tracker} names none"
    return ""


def rule_settings(
    source: TomlSource,
    table: ConfigTable,
    teams: tuple[Team, ...],
    rules: tuple[Rule, ...],
    problems: Problems,
) -> RuleSettings:
    zone: tzinfo = UTC
    try:
        zone = ZoneInfo(table.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(table.timezone, available_timezones())
        problems.add(source, ("timezone",), f"timezone is not one that this machine knows{hint}")
    for key in ("unaligned_label", "broken_label"):
        if getattr(table.flags, key).casefold().startswith(table.tags.prefix.casefold()):
            problems.add(
                source, ("flags", key), f"flags.{key} must not begin with the tag prefix: it would be read as a tag"
            )
    return RuleSettings(
        teams=teams,
        zone=zone,
        prefix=table.tags.prefix,
        new_days=table.tags.new_days,
        rules=rules,
        started_credit=table.started_credit,
        health=HealthThresholds(
            aspirational=_pace(table.health.aspirational),
            committed=_pace(table.health.committed),
            pending_share=table.health.pending_share,
        ),
        unaligned_label=table.flags.unaligned_label,
        broken_label=table.flags.broken_label,
        merge_teams_under=table.merge_teams_under,
    )


def _pace(pair: list[Decimal]) -> tuple[Decimal, Decimal]:
    return (pair[0], pair[1])
