"""`okrsync doctor`: asks every connection what the next run would find, and changes nothing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from adapters.errors import RegistryProblem
from adapters.examining import Diagnosis, Examined, Questions, Severity, error, ok
from adapters.retry import Deadline
from mappings.okrs import Registry
from syncer.config import Config
from syncer.goals import gather_goals
from syncer.run import connected
from syncer.scopes import dated


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was found of one connection."""

    tracker: str
    kind: str
    diagnoses: tuple[Diagnosis, ...]


def examine_all(config: Config, registry: Registry, at: datetime) -> tuple[Examination, ...]:
    """Every connection of the config, by its name. Never leaves to write; nothing that was remembered answers."""
    today = at.astimezone(config.rules.zone).date()
    found: list[Examination] = []
    with connected(
        replace(config, mirror=None), registry, Deadline(config.deadline_seconds), may_write=False
    ) as trackers:
        okrs: list[tuple[str, Diagnosis]] = []
        try:
            goals = gather_goals(config, registry, trackers, today)
        except RegistryProblem as problem:
            declaring = next(name for name, settings in config.trackers.items() if getattr(settings, "okrs", None))
            okrs = [(declaring, error("okrs", text, "mend it: a run stops at it")) for text in problem.problems]
        else:
            registry = goals.registry
            okrs = [
                (
                    reading.scope.tracker,
                    ok("okrs", f"{len(_declared_in(registry, reading.scope.tracker))} key results live here")
                    if reading.complete
                    else error("okrs", f"{reading.scope.name}: {reading.problem}", "mend it: nothing is written so"),
                )
                for reading in goals.readings
            ]
        live = registry.live(today)
        starts = [day for day in (registry.oldest_start(today), config.since) if day is not None]
        for name, tracker in sorted(trackers.items()):
            if not isinstance(tracker, Examined):
                continue
            scopes = tuple(dated(scope, registry, today) for scope in config.scopes if scope.tracker == name)
            questions = Questions(
                today=today,
                since=min(starts, default=today),
                scopes=scopes,
                targets=tuple(kr.write for kr in live if kr.write is not None and kr.write.tracker == name),
                flags=any(
                    team.flag_label for team in config.rules.teams if any(s.tracker == name for s in team.scopes)
                ),
            )
            of_okrs = tuple(diagnosis for tracker_name, diagnosis in okrs if tracker_name == name)
            found.append(
                Examination(tracker=name, kind=tracker.kind, diagnoses=(*tracker.examine(questions), *of_okrs))
            )
    return tuple(found)


def _declared_in(registry: Registry, tracker: str) -> list[str]:
    return [kr.id for kr in registry.key_results if kr.home is not None and kr.home.tracker == tracker]


def is_well(found: Sequence[Examination]) -> bool:
    """No error anywhere; warnings are no reason to stop a pipeline."""
    return not any(it.severity is Severity.ERROR for each in found for it in each.diagnoses)


def diagnoses_text(found: Sequence[Examination], form: str) -> str:
    """As text for people, or as JSON with `tracker`, `topic`, `severity`, `message` and `advice`."""
    if form == "json":
        rows = [
            {
                "tracker": each.tracker,
                "topic": it.topic,
                "severity": it.severity.value,
                "message": it.message,
                "advice": it.advice or None,
            }
            for each in found
            for it in each.diagnoses
        ]
        return json.dumps(rows, indent=2, ensure_ascii=False)
    lines = []
    for each in found:
        lines.append(f"{each.tracker} ({each.kind})")
        for it in each.diagnoses:
            lines.append(f"  {it.severity.value:<8} {it.topic:<11} {it.message}")
            if it.advice:
                lines.append(f"{'':<22} do: {it.advice}")
    return "\n".join(lines)
