"""Whatever a registry file looks like, a check-in adds one table to it and touches nothing else."""

import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.registry.editing import with_checkin
from adapters.registry.reading import read_registry
from adapters.validation import Problems
from mappings.okrs import Checkin, Registry

DAYS = [date(2026, 11, day) for day in (2, 9, 16, 18)]
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
comments = st.sampled_from(["", "", " # said twice", '   # "quoted" = [[not a table]]', "# é"])
gaps = st.sampled_from(["", "", "\n", "# a word on what follows\n", "\n  # indented = 1\n\n"])


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    """What a check-in writes."""
    entry: dict[str, Any] = {"on": draw(st.sampled_from(DAYS))}
    if draw(st.booleans()):
        entry["value"] = draw(st.sampled_from([5, Decimal("5.50"), -3, Decimal("0.1")]))
    for key in ("note", "risk"):
        if draw(st.booleans()):
            entry[key] = draw(texts)
    return entry


@st.composite
def checkins(draw: st.DrawFn, indent: str) -> tuple[str, str]:
    """Lines in the key result's own table, and tables after it: check-ins that are there already, in any form."""
    days = draw(st.lists(st.sampled_from(DAYS), max_size=3, unique=True))
    form = draw(st.sampled_from(["none", "array", "lines", "tables"]))
    if form == "none" or not days:
        return draw(st.sampled_from([("", ""), (f"{indent}checkins = []\n", "")])) if form == "array" else ("", "")
    if form == "tables":
        head = f"{indent}[[objectives.key_results.checkins]]"
        tables = [
            f"{draw(gaps)}{head}{draw(comments)}\n{draw(gaps)}{indent}on = {day}{draw(comments)}\n"
            f"{indent}value = 7{draw(comments)}\n"
            for day in days
        ]
        return "", "".join(tables)
    rows = [f"{{ on = {day}, value = 7 }}" for day in days]
    if form == "array":
        comma = draw(st.sampled_from(["", ",", " ,", ", "]))
        return f"{indent}checkins = [ {', '.join(rows)}{comma}]{draw(comments)}\n", ""
    lines = [f"\t{row}{',' if row is not rows[-1] or draw(st.booleans()) else ''}{draw(comments)}\n" for row in rows]
    return f"{indent}checkins = [\n{''.join(lines)}{draw(gaps)}]{draw(comments)}\n", ""


@st.composite
def key_results(draw: st.DrawFn, number: int) -> str:
    """A key result's table, with comments where people put them."""
    indent = draw(st.sampled_from(["", "  "]))
    own, after = draw(checkins(indent))
    lines = [f'{indent}id = "K{number}"{draw(comments)}\n', f"{indent}title = 'any'\n", own]
    measure = f'{indent}measure = {{ kind = "manual", start = 12, target = 3 }}{draw(comments)}\n'
    table = f'{draw(gaps)}{indent}[objectives.key_results.measure]\n{indent}kind = "manual"\n'
    table += f"start=12\ntarget  =  3{draw(comments)}\n"
    if draw(st.booleans()):
        lines.append(measure)
        table = ""
    body = "".join(draw(st.permutations(lines)))
    tables = draw(st.permutations([table, after]))
    return f"{draw(gaps)}{indent}[[objectives.key_results]]{draw(comments)}\n{body}{''.join(tables)}"


@st.composite
def files(draw: st.DrawFn) -> tuple[str, int]:
    """A registry file and how many key results its one objective has."""
    count = draw(st.integers(1, 3))
    text = f'{draw(gaps)}[period]\nid = "Q"\nstart = 2026-10-01\nend = 2026-12-31{draw(comments)}\n{draw(gaps)}'
    text += f'[[objectives]]{draw(comments)}\nid = "O"\ntitle = "any"\nteam = \'a\'\n'
    text += "".join(draw(key_results(number)) for number in range(count)) + draw(gaps)
    if draw(st.booleans()):
        text += '[[objectives]]\nid = "O2"\ntitle = "another"\nteam = "a"\n'
    if draw(st.booleans()):
        text = text.rstrip("\n")
    return (text.replace("\n", "\r\n") if draw(st.booleans()) else text), count


def common(one: Sequence[object], other: Sequence[object]) -> int:
    """How many bytes, or lines, the two begin with in common."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def kept(before: Sequence[object], after: Sequence[object]) -> int:
    """How many of `before` stand around the one place that is another one."""
    start = common(before, after)
    return start + common(before[start:][::-1], after[start:][::-1])


def registry_of(content: bytes) -> Registry:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "okrs.toml"
        file.write_bytes(content)
        problems = Problems()
        declared = read_registry([file], problems)
        assert problems.found == []
        return without_lines(declared.registry)


def without_lines(registry: Registry) -> Registry:
    return Registry(
        periods=registry.periods,
        objectives=tuple(
            replace(each, where="", key_results=tuple(replace(kr, where="") for kr in each.key_results))
            for each in registry.objectives
        ),
    )


def said(entry: dict[str, Any]) -> Checkin:
    value = entry.get("value")
    return Checkin(**entry | {"value": None if value is None else Decimal(value)})


@given(files(), entries(), st.data())
def test_a_checkin_is_one_table_more_and_every_other_byte_stays(
    file: tuple[str, int], entry: dict[str, Any], data: st.DataObject
) -> None:
    content, at = file[0].encode(), data.draw(st.integers(0, file[1] - 1))
    before = tomllib.loads(file[0], parse_float=Decimal)["objectives"][0]["key_results"][at].get("checkins", [])

    after = with_checkin(content, ("objectives", 0, "key_results", at), entry)

    if entry["on"] not in [each["on"] for each in before]:
        assert kept(content, after) == len(content)
    else:
        assert kept(content.splitlines(), after.splitlines()) >= len(content.splitlines()) - 3


@given(files(), entries(), st.data())
def test_the_registry_is_the_old_one_plus_the_checkin(
    file: tuple[str, int], entry: dict[str, Any], data: st.DataObject
) -> None:
    content, at = file[0].encode(), data.draw(st.integers(0, file[1] - 1))
    before = registry_of(content)

    after = registry_of(with_checkin(content, ("objectives", 0, "key_results", at), entry))

    objective = before.objectives[0]
    kr = objective.key_results[at]
    others = [each for each in kr.checkins if each.on != entry["on"]]
    checkins = tuple(sorted([*others, said(entry)], key=lambda each: each.on))
    key_results = tuple(replace(each, checkins=checkins) if each == kr else each for each in objective.key_results)
    assert after == Registry(
        periods=before.periods,
        objectives=(replace(objective, key_results=key_results), *before.objectives[1:]),
    )


@given(files(), entries(), st.data())
def test_checking_in_twice_is_checking_in_once(
    file: tuple[str, int], entry: dict[str, Any], data: st.DataObject
) -> None:
    kr = ("objectives", 0, "key_results", data.draw(st.integers(0, file[1] - 1)))
    once = with_checkin(file[0].encode(), kr, entry)

    assert with_checkin(once, kr, entry) == once
