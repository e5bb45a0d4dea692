"""config.toml and the registry files it names: validated once, all mistakes told at once, with file and line."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast
from urllib.parse import urlsplit

from pydantic import BaseModel

from adapters.errors import ConfigProblem
from adapters.registry.reading import read_registry
from adapters.toml_source import KeyPath, TomlSource, load_toml
from adapters.validation import Problems, validated
from mappings.lint import ERROR, REFERENCES, Finding, lint
from mappings.lint_ignores import Ignore
from mappings.model import Scope
from mappings.okrs import Registry
from mappings.settings import RuleSettings
from mappings.visibility import hidden_in
from syncer.config_rules import rule_settings, rules_of, teams_of
from syncer.config_tables import ConfigTable
from syncer.config_values import is_a_variable, seconds
from syncer.lint_ignores import ignores_of
from syncer.notify_config import Messages, messages_of, unknown_figures
from syncer.safety import SafetyLimits
from syncer.shown import hide

if TYPE_CHECKING:
    from adapters.jira.settings import JiraSettings
    from adapters.linear.settings import LinearSettings

    TrackerSettings: TypeAlias = JiraSettings | LinearSettings

# Imported for the kinds that are used, when they are.
_SETTINGS = {
    "jira": ("adapters.jira.settings", "JiraSettings"),
    "linear": ("adapters.linear.settings", "LinearSettings"),
}
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


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
    report_every_seconds: float
    deadline_seconds: float
    since: date | None
    safety: SafetyLimits
    messages: Messages
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
    kr_rules, unknown = rules_of(source, declared.key_results, problems)
    unknown = (*unknown, *unknown_figures(source, table, declared.key_results))
    settings = rule_settings(source, table, teams_of(source, table, kinds, problems), kr_rules, problems)
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
        report_every_seconds=seconds(table.report_every),
        deadline_seconds=seconds(table.deadline),
        since=table.reading.since,
        safety=SafetyLimits(**table.safety.model_dump()),
        ignores=ignores_of(source, table.lint, problems),
        messages=messages_of(source, table, problems),
        awaited=unknown,
    )
    hide(hidden_in(declared.registry))
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
            if key.endswith("_env") and isinstance(value, str) and value and not is_a_variable(value):
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
