"""The whole registry of a run: what the files declare, what lives in trackers, and what people checked in there."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import structlog

from adapters.declaring import DeclaresOkrs, Misfit
from adapters.errors import RateLimited, RegistryProblem, TrackerError, TryLater
from adapters.ports import Reader
from adapters.toml_source import load_toml
from mappings.lint import ERROR, REFERENCES, lint
from mappings.merging import merge_declared
from mappings.model import Reading, Scope
from mappings.okrs import Checkin, KeyResult, Objective, Registry, normal_id
from mappings.targets import Target
from syncer.config import Config

log = structlog.get_logger()

OKRS, CHECKINS = "key results", "check-ins in comments"
"""Of which part of a connection a reading is; no team's key holds a space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    """The registry, with the readings that it took beside those of the scopes."""

    registry: Registry
    readings: tuple[Reading, ...] = ()
    unread: str = ""
    """Why nothing may be written: without all key results no share of any issue is known."""
    unheard: Mapping[str, str] = field(default_factory=dict)
    """Why a key result's value may be old, by its id: it is not written."""

    notes: tuple[str, ...] = ()
    """What the report says of what lives in trackers."""

    def why_withheld(self, kr: str) -> str:
        """Why this key result is not written, whatever the plan says; empty where nothing speaks against it."""
        return self.unread or self.unheard.get(kr, "")


def gather_goals(
    config: Config,
    registry: Registry,
    trackers: Mapping[str, Reader],
    today: date,
    on_step: Callable[[str], None] = lambda _: None,
    *,
    with_checkins: bool = True,
) -> Goals:
    """The registry of the files with what lives in the trackers, and check-ins made there unless they are not needed.

    Raises RegistryProblem with everything that is wrong, wherever it stands. A tracker that fails is a reading with a
    problem, never half a registry that is written from.
    """
    readings: list[Reading] = []
    objectives: list[Objective] = list(registry.objectives)
    problems: list[str] = []
    notes: list[str] = []
    for name, tracker in sorted(trackers.items()):
        if not isinstance(tracker, DeclaresOkrs) or not tracker.declares_okrs:
            continue
        on_step(f"reading the key results of {name}")
        with _Reading(name, tracker, OKRS, readings):
            declared = tracker.read_okrs(registry.periods, config.rules.zone)
            there = [_with_team_keys(objective, config) for objective in declared.objectives]
            if declared.files_win:
                objectives, differences = merge_declared(objectives, there)
                notes += differences
            else:
                objectives += there
            notes += declared.notes
            problems += _told(declared.misfits, name, config)
    failed = [reading.scope.name for reading in readings if not reading.complete]
    whole = Registry(
        periods=registry.periods,
        objectives=tuple(sorted(objectives, key=lambda each: (normal_id(each.id), each.where))),
    )
    if readings:
        problems += _problems(whole, config, all_read=not failed)
    if problems:
        raise RegistryProblem(sorted(set(problems)))
    unread = f"{', '.join(failed)} could not be read: what other issues support is not known" if failed else ""
    unheard: Mapping[str, str] = {}
    if with_checkins:
        whole, unheard = _with_checkins(whole, trackers, config, today, readings, on_step)
    return Goals(registry=whole, readings=tuple(readings), unread=unread, unheard=unheard, notes=tuple(notes))


class _Reading:
    """Counts what a part of a connection takes, and turns its failure into the reading's problem."""

    def __init__(self, name: str, tracker: Reader, part: str, readings: list[Reading]) -> None:
        self._tracker = tracker
        self._readings = readings
        self._sent = tracker.requests
        self._reading = Reading(scope=Scope(tracker=name, team=part), kind=tracker.kind)

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if error is not None and not isinstance(error, TrackerError):
            return False
        reading = replace(self._reading, requests=self._tracker.requests - self._sent)
        if error is not None:
            later = isinstance(error, TryLater | RateLimited)
            log.warning("scope_not_read", scope=reading.scope.name, why=str(error), try_later=later)
            reading = replace(reading, problem=str(error), try_later=later)
        self._readings.append(reading)
        return True


def _with_team_keys(objective: Objective, config: Config) -> Objective:
    """Teams by their keys: a field in a tracker holds a team's name more often."""
    keys = {name.casefold(): team.key for team in config.rules.teams for name in (team.title, team.key)}

    def key(team: str) -> str:
        return keys.get(team.casefold(), team)

    return replace(
        objective,
        team=key(objective.team),
        key_results=tuple(
            replace(kr, team=key(kr.team), teams=tuple(key(team) for team in kr.teams)) for kr in objective.key_results
        ),
    )


def _told(misfits: Iterable[Misfit], tracker: str, config: Config) -> list[str]:
    """A sentence each: at the issue's address, or at the line of the setting."""
    found, source = [], None
    for misfit in misfits:
        if misfit.setting:
            source = source or load_toml(config.path)
            path = ("trackers", tracker, *misfit.setting)
            found.append(f"{source.where(path)}: {'.'.join(path)}: {misfit.message}")
        else:
            found.append(f"{misfit.where}: {misfit.message}")
    return found


def _problems(registry: Registry, config: Config, *, all_read: bool) -> list[str]:
    """What lint says of the whole; references are judged only where everything was read."""
    found = [
        str(finding)
        for finding in lint(registry, config.rules, config.kinds)
        if finding.severity == ERROR and (all_read or finding.rule not in REFERENCES)
    ]
    if all_read:
        found += [problem for name, problem in config.awaited if normal_id(name) not in registry.by_name]
    return found


def _with_checkins(
    registry: Registry,
    trackers: Mapping[str, Reader],
    config: Config,
    today: date,
    readings: list[Reading],
    on_step: Callable[[str], None],
) -> tuple[Registry, dict[str, str]]:
    """The registry with check-ins from the places where key results live, and which of those could not be read."""
    asked: dict[str, dict[Target, str]] = {}
    written: dict[str, list[Target]] = {}
    for kr in registry.live(today):
        if kr.write is not None:
            written.setdefault(kr.write.tracker, []).append(kr.write)
        home = kr.home or kr.write
        if kr.measure.is_checked_in and home is not None and home.kind != "file":
            asked.setdefault(home.tracker, {})[home] = kr.id
    heard: dict[str, tuple[Checkin, ...]] = {}
    unheard: dict[str, str] = {}
    for name, homes in sorted(asked.items()):
        tracker = trackers.get(name)
        if not isinstance(tracker, DeclaresOkrs) or not tracker.reads_checkins:
            continue
        on_step(f"reading check-ins in {name}")
        taken: list[Reading] = []
        with _Reading(name, tracker, CHECKINS, taken):
            said = tracker.read_checkins(sorted(homes), config.rules.zone, also=written.get(name, ()))
            heard |= {homes[home]: checkins for home, checkins in said.items()}
        if any(not reading.complete for reading in taken):
            readings += taken
            unheard |= dict.fromkeys(homes.values(), f"check-ins in {name} could not be read")
    objectives = (
        replace(each, key_results=tuple(_heard(kr, heard.get(kr.id, ())) for kr in each.key_results))
        for each in registry.objectives
    )
    return (Registry(periods=registry.periods, objectives=tuple(objectives)) if any(heard.values()) else registry), (
        unheard
    )


def _heard(kr: KeyResult, checkins: tuple[Checkin, ...]) -> KeyResult:
    """The newest wins; of two on one day the one in the tracker, for it was said after what the files knew."""
    return replace(kr, checkins=tuple(sorted((*kr.checkins, *checkins), key=lambda each: each.on)))
