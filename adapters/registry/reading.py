"""Registry files to values: every object knows its file and line, every mistake is told, none stops the others."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adapters.errors import ConfigProblem
from adapters.okr_values import days_of, policy_of
from adapters.registry.tables import KeyResultTable, MeasureTable, ObjectiveTable, RegistryFile
from adapters.toml_source import KeyPath, TomlSource, load_toml
from adapters.validation import Problems, validated
from mappings.measures import Endpoint, Measure, Milestone, Query
from mappings.model import Health
from mappings.okrs import (
    Checkin,
    Checkpoint,
    Grades,
    HealthOverride,
    KeyResult,
    Objective,
    Period,
    Pulse,
    Registry,
    Retarget,
    Status,
    normal_id,
)
from mappings.targets import parse_target


@dataclass(frozen=True)
class Declared:
    """What the files say, and what stands in them besides and could not be read."""

    registry: Registry
    key_results: frozenset[str]
    """Ids and aliases of every key result in the files, readable or not."""
    unread: frozenset[str]
    """Ids and aliases that the registry lacks because there is a problem with what bears them."""


def read_registry(files: Sequence[Path], problems: Problems) -> Declared:
    """The objectives and key results of all files, sorted by id. References are not followed (`mappings.lint`)."""
    parsed = [each for each in (_parse(file, problems) for file in sorted(files)) if each is not None]
    periods: dict[str, Period] = {}
    for source, content in parsed:
        _declare_period(source, content, periods, problems)
    objectives = [
        objective
        for source, content in parsed
        for index, _ in enumerate(content.objectives)
        if (objective := _objective(source, content, index, periods, problems)) is not None
    ]
    registry = Registry(
        periods=tuple(sorted(periods.values(), key=lambda period: (period.start, period.id))),
        objectives=tuple(sorted(objectives, key=lambda each: (normal_id(each.id), each.where))),
    )
    rows = [row for _, content in parsed for row in content.objectives]
    key_results = frozenset(name for row in rows for inner in _rows(row) for name in _names(inner))
    read = {*registry.by_name, *(normal_id(each.id) for each in registry.objectives)}
    said = {*key_results, *(name for row in rows for name in _names(row))}
    return Declared(registry, key_results, frozenset(name for name in said if normal_id(name) not in read))


def _parse(file: Path, problems: Problems) -> tuple[TomlSource, RegistryFile] | None:
    try:
        source = load_toml(file)
    except ConfigProblem as problem:
        problems.found += problem.problems
        return None
    content = validated(RegistryFile, source.data, source, problems)
    return (source, content) if content else None


def _rows(objective: dict[str, Any]) -> list[dict[str, Any]]:
    """The tables of its key results, as they stand."""
    rows = objective.get("key_results")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _names(table: dict[str, Any]) -> Iterator[str]:
    aliases = table.get("aliases")
    names = (table.get("id"), *(aliases if isinstance(aliases, list) else ()))
    return (name for name in names if isinstance(name, str))


def _declare_period(source: TomlSource, content: RegistryFile, periods: dict[str, Period], problems: Problems) -> None:
    if content.period is None:
        return
    table, where = content.period, source.where(("period",))
    first = periods.setdefault(
        table.id, Period(id=table.id, start=table.start, end=table.end, closes=table.closes, where=where)
    )
    if (first.start, first.end, first.closes) != (table.start, table.end, table.closes):
        problems.add(source, ("period",), f"period {table.id} has other days here than at {first.where}")
    if table.grades is not None:
        given = table.grades
        grades = Grades(green=given.green, amber=given.amber, committed=given.committed)
        if first.grades not in (None, grades):
            problems.add(source, ("period", "grades"), f"period {table.id} has other grades in another file")
        first = replace(first, grades=grades)
    for team, said in sorted(table.pulse.items()):
        pulse = Pulse(team=team, clarity=said.clarity, autonomy=said.autonomy, focus=said.focus)
        known = {each.team: each for each in first.pulse}
        if known.get(team, pulse) != pulse:
            problems.add(source, ("period", "pulse", team), f"{team} says something else in another file")
        first = replace(first, pulse=tuple(sorted((known | {team: pulse}).values())))
    periods[table.id] = first


def _objective(
    source: TomlSource, content: RegistryFile, index: int, periods: dict[str, Period], problems: Problems
) -> Objective | None:
    at: KeyPath = ("objectives", index)
    table = validated(ObjectiveTable, content.objectives[index], source, problems, at=at)
    key_results = content.objectives[index].get("key_results")
    rows = key_results if isinstance(key_results, list) else []
    found = [
        validated(KeyResultTable, row, source, problems, at=(*at, "key_results", number))
        for number, row in enumerate(rows)
        if isinstance(row, dict)
    ]
    if table is None:
        return None
    period = table.period or (content.period.id if content.period else None)
    if period is None:
        if "period" not in source.data:
            problems.add(source, at, f"{table.id} has no period: give the file a [period] or the objective a period")
        return None
    if period not in periods:
        problems.add(source, (*at, "period"), f"no file declares the period that {table.id} names")
        return None
    return Objective(
        id=table.id,
        title=table.title,
        team=table.team,
        period=period,
        supports=table.supports,
        roll_up=table.roll_up,
        born=table.born or "",
        key_results=tuple(
            _key_result(kr, table, period, source.where((*at, "key_results", number)))
            for number, kr in enumerate(found)
            if kr is not None
        ),
        where=source.where(at),
    )


def _key_result(kr: KeyResultTable, objective: ObjectiveTable, period: str, where: str) -> KeyResult:
    teams = tuple(dict.fromkeys(team for team in (objective.team, *kr.teams) if team))
    policy, until = policy_of(kr.write.policy if kr.write else "auto")
    status, override = kr.status, kr.status_override
    return KeyResult(
        id=kr.id,
        title=kr.title,
        objective=objective.id,
        period=period,
        team=teams[0] if teams else "",
        teams=teams,
        owner=kr.owner,
        commitment=kr.commitment,
        measure=_measure(kr.measure),
        unit=kr.unit,
        weight=kr.weight,
        binds=tuple(parse_target(it.to, kr.id) for it in kr.binds),
        bind_weights=tuple((parse_target(it.to, kr.id), it.weight) for it in kr.binds if it.weight is not None),
        write=parse_target(kr.write.to, kr.id) if kr.write else None,
        policy=policy,
        policy_until=until,
        aliases=tuple(kr.aliases),
        checkins=tuple(
            Checkin(
                on=each.on,
                value=each.value,
                confidence=each.confidence,
                note=each.note,
                risk=each.risk,
                still_right=each.still_right,
            )
            for each in sorted(kr.checkins, key=lambda checkin: checkin.on)
        ),
        checkpoints=tuple(
            Checkpoint(on=each.on, value=each.value) for each in sorted(kr.checkpoints, key=lambda each: each.on)
        ),
        retargets=tuple(
            Retarget(on=each.on, before=each.from_, after=each.to, because=each.because)
            for each in sorted(kr.retargets, key=lambda each: each.on)
        ),
        status=Status(status.is_) if status else Status.LIVE,
        status_on=status.on if status else None,
        status_reason=status.reason if status else "",
        replaced_by=status.replaced_by if status else None,
        override=HealthOverride(health=Health(override.health), until=override.until, by=override.by)
        if override
        else None,
        cadence_days=days_of(kr.cadence),
        depends_on=tuple(kr.depends_on),
        visibility=kr.visibility,
        scopes=tuple(kr.scopes),
        where=where,
    )


def _measure(table: MeasureTable) -> Measure:
    return Measure(
        kind=table.kind,
        start=table.start,
        target=table.target,
        accrual=table.accrual is not None,
        keep=table.keep or "",
        source=_source(table),
        milestones=tuple(Milestone(title=it.title, weight=it.weight, done_on=it.done_on) for it in table.milestones),
    )


def _source(table: MeasureTable) -> Query | Endpoint | None:
    """Where the number is asked for; whether what it needs is there is `mappings.lint`'s to say."""
    if table.url is not None:
        return Endpoint(url=table.url, pointer=table.pointer or "", token_env=table.token_env or "")
    if table.tracker is None:
        return None
    return Query(
        tracker=table.tracker,
        jql=table.jql or "",
        filter=json.dumps(table.filter, sort_keys=True, default=str) if table.filter else "",
        aggregate=table.aggregate or "count",
        field=table.field or "",
    )
