"""config.toml and the registry files it names: validated once, all mistakes told at once, with file and line."""

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BaseModel

from adapters.errors import ConfigProblem
from adapters.registry.reading import read_registry
from adapters.toml_source import KeyPath, TomlSource, load_toml
from adapters.validation import Problems, dotted, validated
from mappings.lint import ERROR, REFERENCES, Finding, lint
from mappings.lint_ignores import Ignore
from mappings.model import Scope, SprintChoice
from mappings.nearest import did_you_mean, nearest
from mappings.okrs import Registry, normal_id
from mappings.settings import HealthThresholds, RoutineClass, Rule, RuleSettings, Team
from syncer.config_tables import ConfigTable, KrRuleTable, RuleTable, ScopeTable, TeamTable, seconds
from syncer.lint_ignores import ignores_of
from syncer.safety import SafetyLimits
from syncer.scopes import PLACEHOLDERS, strange_placeholder

if TYPE_CHECKING:
    from adapters.jira.settings import JiraSettings
    from adapters.linear.settings import LinearSettings

    TrackerSettings: TypeAlias = JiraSettings | LinearSettings

# Imported for the kinds that are used, when they are.
_SETTINGS = {
    "jira": ("adapters.jira.settings", "JiraSettings"),
    "linear": ("adapters.linear.settings", "LinearSettings"),
}
_SCOPE_KEYS = {"jira": ("projects", "boards", "components", "jql"), "linear": ("teams",)}
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_TOKEN = re.compile(r"lin_(api|oauth)_|ATATT|ATCTT", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the config says, resolved."""

    path: Path
    trackers: Mapping[str, "TrackerSettings"]
    """Settings by the connection's name."""
    rules: RuleSettings
    registry_files: tuple[Path, ...]
    """Every file that a glob matched, sorted."""
    history: Path
    history_url_env: str
    """The variable with the address of a database that takes the file's place; empty: none."""
    mirror: Path | None
    """Where what was read is kept for the next run, beside the history; None: every read is a full one."""
    progress: Path
    """Where `file` targets are kept."""
    report: Path
    deadline_seconds: float
    since: date | None
    safety: SafetyLimits
    ignores: tuple[Ignore, ...] = ()
    """Warnings that lint leaves out, each with its reason."""
    awaited: tuple[tuple[str, str], ...] = ()
    """(name, problem) of what the files lack and a tracker may declare: the problem stands where none does."""

    @property
    def declares_okrs(self) -> bool:
        """Objectives and key results live in a tracker too: the files alone are not the registry."""
        return any(getattr(settings, "okrs", None) is not None for settings in self.trackers.values())

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """All scopes of all teams, sorted."""
        return tuple(sorted(scope for team in self.rules.teams for scope in team.scopes))

    @property
    def is_sandbox(self) -> bool:
        """Every connection is to this machine."""
        return all(urlsplit(settings.url).hostname in _LOOPBACK for settings in self.trackers.values())

    @property
    def kinds(self) -> dict[str, str]:
        """jira or linear, by the connection's name."""
        return {name: settings.kind for name, settings in self.trackers.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A config with its registry, right or wrong."""

    config: Config
    """As far as it could be understood: to be used only where there are no problems."""
    registry: Registry
    problems: tuple[str, ...]
    """What cannot be read or does not fit together, besides the findings: `file:line: sentence`, in order."""
    findings: tuple[Finding, ...]
    """What `mappings.lint` found, warnings too."""
    files: tuple[str, ...]
    """The files looked at, in the order in which mistakes are told."""


def load(path: Path) -> tuple[Config, Registry]:
    """Read `path` and every registry file. Raises one ConfigProblem with all that is wrong, in file and line order."""
    found = examine(path)
    errors = [str(finding) for finding in found.findings if finding.severity == ERROR]
    if found.problems or errors:
        raise ConfigProblem(Problems([*found.problems, *errors]).sorted(found.files))
    return found.config, found.registry


def examine(path: Path) -> Examined:
    """As `load`, with the problems in hand; a ConfigProblem only where the file itself cannot be parsed."""
    problems = Problems()
    source = load_toml(path)
    table = validated(ConfigTable, source.data, source, problems) or ConfigTable()
    for key in ("registry", "trackers", "teams"):
        if not source.data.get(key):
            problems.add(source, (key,), f"{key} is missing or empty")
    files = _registry_files(source, table, problems)
    declared = read_registry(files, problems)
    # Names come from the file as it stands: a tracker with one wrong key is not an unknown one.
    kinds = _kinds(source.data.get("trackers"))
    rules, unknown = _rules(source, declared.key_results, problems)
    teams = _teams(source, table, kinds, problems)
    settings = _rule_settings(source, table, teams, rules, problems)
    trackers = _trackers(source, problems)
    for name, tracker in trackers.items():
        if getattr(tracker, "health_label", False) and "okr-on-track".startswith(settings.prefix.casefold()):
            problems.add(
                source,
                ("trackers", name, "health_label"),
                f"trackers.{name}.health_label: its labels begin with the tag prefix and would be read as tags",
            )
    config = Config(
        path=path,
        trackers=trackers,
        rules=settings,
        registry_files=files,
        history=path.parent / table.history,
        history_url_env=table.history_url_env,
        mirror=(path.parent / table.history).with_name("mirror.db") if table.reading.incremental else None,
        progress=path.parent / table.progress,
        report=path.parent / table.report,
        deadline_seconds=seconds(table.deadline),
        since=table.reading.since,
        safety=SafetyLimits(**table.safety.model_dump()),
        ignores=ignores_of(source, table.lint, problems),
        awaited=unknown,
    )
    findings = lint(declared.registry, settings, kinds, declared=declared.unread)
    if config.declares_okrs:
        findings = tuple(finding for finding in findings if finding.rule not in REFERENCES)
    else:
        problems.found += [problem for _, problem in unknown]
    told = (str(path), *map(str, files))
    return Examined(
        config=config,
        registry=declared.registry,
        problems=tuple(problems.sorted(told)),
        findings=findings,
        files=told,
    )


def _registry_files(source: TomlSource, table: ConfigTable, problems: Problems) -> tuple[Path, ...]:
    found: set[Path] = set()
    for index, pattern in enumerate(table.registry):
        root = Path(pattern).anchor
        folder = Path(root) if root else source.path.parent
        try:
            matched = {file for file in folder.glob(pattern.removeprefix(root)) if file.is_file()}
        except (ValueError, IndexError, NotImplementedError, OSError):
            matched = set()
        if not matched:
            problems.add(source, ("registry", index), "registry: no file matches")
        found |= matched
    return tuple(sorted(found))


def _kinds(trackers: object) -> dict[str, str]:
    """Kind by name, for every tracker that stands in the file; empty for a kind that is unknown."""
    rows = trackers.items() if isinstance(trackers, dict) else ()
    kinds = ((name, row.get("kind") if isinstance(row, dict) else None) for name, row in rows)
    return {name: kind if isinstance(kind, str) and kind in _SETTINGS else "" for name, kind in kinds}


def _trackers(source: TomlSource, problems: Problems) -> dict[str, "TrackerSettings"]:
    found: dict[str, TrackerSettings] = {}
    rows = source.data.get("trackers")
    for name, row in rows.items() if isinstance(rows, dict) else ():
        if not isinstance(row, dict):
            continue
        at: KeyPath = ("trackers", name)
        for key, value in row.items():
            if key.endswith("_env") and isinstance(value, str) and value and not _is_a_variable(value):
                problems.add(
                    source, (*at, key), f"trackers.{name}.{key} names an environment variable; it must not hold a token"
                )
        kind = _kinds({name: row})[name]
        if not kind:
            known = " or ".join(f'"{each}"' for each in _SETTINGS)
            problems.add(source, (*at, "kind"), f"trackers.{name}.kind must be {known}")
            continue
        module, settings = _SETTINGS[kind]
        model = cast("type[BaseModel]", getattr(importlib.import_module(module), settings))
        if (valid := validated(model, row, source, problems, at=at)) is not None:
            found[name] = cast("TrackerSettings", _beside(source.path, valid))
    return found


def _beside(config: Path, settings: BaseModel) -> BaseModel:
    """The settings with the files that they name taken from the config's folder, as every path in it is."""
    named = {key: getattr(settings, key, None) for key in ("token_file", "ca_bundle")}
    return settings.model_copy(update={key: str(config.parent / file) for key, file in named.items() if file})


def _is_a_variable(text: str) -> bool:
    return bool(_VARIABLE.fullmatch(text)) and not _TOKEN.match(text)


def _rules(
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


def _teams(source: TomlSource, table: ConfigTable, kinds: Mapping[str, str], problems: Problems) -> tuple[Team, ...]:
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


def _rule_settings(
    source: TomlSource,
    table: ConfigTable,
    teams: tuple[Team, ...],
    rules: tuple[Rule, ...],
    problems: Problems,
) -> RuleSettings:
    if table is None:
        return RuleSettings(teams=teams)
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
    )


def _pace(pair: list[Decimal]) -> tuple[Decimal, Decimal]:
    return (pair[0], pair[1])
