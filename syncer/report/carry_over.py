"""Registry lines for what goes on in the next period: a proposal to paste, in TOML."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from mappings.measures import Endpoint, Query
from mappings.okrs import KeyResult, Objective, Period, Registry, normal_id
from mappings.retro import Carry
from mappings.rounding import exact
from syncer.report.wording import plain

_NO_ID = re.compile(r"[^\w./-]+")


def carried_lines(carries: Sequence[Carry], registry: Registry, following: Period | None) -> list[str]:
    """One objective for each that has unfinished key results which nothing carries on yet; none where there is none."""
    open_ones = [each for each in carries if each.successor is None]
    lines: list[str] = []
    for name, of_it in groupby(open_ones, key=lambda each: each.final.kr.objective):
        objective = registry.objective_by_name[normal_id(name)]
        lines += ["", *_objective(objective, registry, following)]
        for each in of_it:
            lines += ["", *_key_result(each, objective, registry, following)]
    return lines[1:]


def _objective(objective: Objective, registry: Registry, following: Period | None) -> list[str]:
    above = registry.above(objective)
    goes_on = above and following and registry.period_by_id[above.period].end >= following.end
    return [
        "[[objectives]]",
        f"id = {_toml(_new_id(objective.id, registry, following))}",
        f"title = {_toml(objective.title)}",
        *([f"team = {_toml(objective.team)}"] if objective.team else []),
        *([f"supports = {_toml(objective.supports)}"] if goes_on else []),
    ]


def _key_result(carry: Carry, objective: Objective, registry: Registry, following: Period | None) -> list[str]:
    kr = carry.final.kr
    others = [team for team in kr.teams if team != objective.team]
    said: dict[str, object] = {
        "id": _new_id(kr.id, registry, following),
        "title": kr.title,
        "owner": kr.owner,
        "commitment": kr.commitment if kr.commitment != "aspirational" else "",
        "teams": others,
        "unit": kr.unit or "",
        "measure": _measure(kr, carry.final.current),
        "binds": [str(target) for target in kr.binds],
    }
    lines = [f"{key} = {_toml(value)}" for key, value in said.items() if value]
    if kr.write is not None:
        lines.append(f"# write as {kr.id} did, once that takes no final values any more: {_toml(str(kr.write))}")
    return ["[[objectives.key_results]]", *lines]


def _measure(kr: KeyResult, current: Decimal | None) -> dict[str, object]:
    """The same measure, from where the number stands now."""
    measure, source = kr.measure, kr.measure.source
    said: dict[str, object] = {"kind": measure.kind}
    if isinstance(source, Query):
        said |= {"tracker": source.tracker, "jql": source.jql}
        said |= {"filter": json.loads(source.filter)} if source.filter else {}
        if source.aggregate != "count":
            said |= {"aggregate": source.aggregate, "field": source.field}
    if isinstance(source, Endpoint):
        said |= {"url": source.url, "pointer": source.pointer, "token_env": source.token_env}
    if measure.kind == "hold":
        said |= {"keep": measure.keep}
    elif measure.kind in ("manual", "query", "http"):
        said |= {"start": measure.start if current is None or current == measure.target else current}
    if measure.kind == "milestones":
        left = [each for each in measure.milestones if each.done_on is None]
        said |= {"milestones": [{"title": each.title, "weight": each.weight} for each in left or measure.milestones]}
    said |= {"target": measure.target, "accrual": "period" if measure.accrual else ""}
    return {key: value for key, value in said.items() if value not in ("", None)}


def _new_id(old: str, registry: Registry, following: Period | None) -> str:
    """Ids are unique for ever: the old one and the next period's."""
    new = f"{old}-{_NO_ID.sub('-', following.id if following else 'next').strip('-')}"
    known = {*registry.by_name, *registry.objective_by_name}
    while normal_id(new) in known:
        new += "-2"
    return new


def _toml(value: object) -> str:
    """On one line. A basic string has JSON's escapes, and nothing that cannot be seen."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(plain(value), ensure_ascii=False)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(key)} = {_toml(each)}' for key, each in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return exact(value) if isinstance(value, Decimal) else str(value)


def _key(key: object) -> str:
    return str(key) if re.fullmatch(r"[\w-]+", str(key), re.ASCII) else _toml(str(key))
