"""Goals that a registry file and a tracker both declare: the file's word counts, and what differs is said."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from mappings.okrs import KeyResult, Objective, normal_id


def merge_declared(files: Sequence[Objective], declared: Sequence[Objective]) -> tuple[list[Objective], list[str]]:
    """All objectives, each once, and a note for each thing that the tracker says in another way.

    A key result of the files that the tracker declares too takes from there only where it lives: that page is never
    work, its work supports the key result, and the check-ins made there count besides the file's own.
    """
    notes: list[str] = []
    there = {normal_id(kr.id): kr for objective in declared for kr in objective.key_results}
    here = {normal_id(kr.id) for objective in files for kr in objective.key_results}
    merged = {normal_id(objective.id): _with_homes(objective, there, notes) for objective in files}
    for objective in declared:
        new = tuple(kr for kr in objective.key_results if normal_id(kr.id) not in here)
        ours = merged.get(normal_id(objective.id))
        if ours is None:
            merged[normal_id(objective.id)] = replace(objective, key_results=new)
            continue
        new = tuple(replace(kr, objective=ours.id) for kr in new)
        merged[normal_id(objective.id)] = replace(
            ours, key_results=(*ours.key_results, *new), home=ours.home or objective.home
        )
    return list(merged.values()), notes


def _with_homes(objective: Objective, there: dict[str, KeyResult], notes: list[str]) -> Objective:
    key_results = []
    for kr in objective.key_results:
        other = there.get(normal_id(kr.id))
        if other is not None:
            notes += _differences(kr, other)
            binds = tuple(dict.fromkeys((*kr.binds, *other.binds)))
            checkins = tuple(sorted((*other.checkins, *kr.checkins), key=lambda each: each.on))
            key_results.append(replace(kr, home=kr.home or other.home, binds=binds, checkins=checkins))
        else:
            key_results.append(kr)
    return replace(objective, key_results=tuple(key_results))


def _differences(kr: KeyResult, other: KeyResult) -> Iterator[str]:
    compared = (
        ("measure", kr.measure.kind, other.measure.kind),
        ("start", kr.measure.start, other.measure.start),
        ("target", kr.measure.target, other.measure.target),
        ("unit", kr.unit, other.unit),
        ("weight", kr.weight, other.weight),
        ("commitment", kr.commitment, other.commitment),
        ("period", kr.period, other.period),
    )
    for name, ours, theirs in compared:
        if ours != theirs:
            counts = f"{kr.id}: {name} is {_plain(ours)} at {kr.where}, which counts"
            yield f"{counts}, and {_plain(theirs)} at {other.where}"


def _plain(value: str | Decimal | None) -> str:
    return "not said" if value is None else f"{value:f}" if isinstance(value, Decimal) else value
