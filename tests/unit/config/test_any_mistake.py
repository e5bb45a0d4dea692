"""Whatever stands where something else should: problems with a place, and no other failure."""

import copy
import json
import re
import tomllib
from datetime import date
from decimal import Decimal

import pytest
from support.company_files import CONFIG, REGISTRY, company_files

from adapters.errors import ConfigProblem
from syncer.config import examine

JUNK = [1, -1.5, True, "x", "", [], {}, [1], ["x"], [[]], [{}], {"x": 1}, {"x": {}}, date(2026, 11, 18)]
RICH = (
    CONFIG.replace('unit = "points"', 'flags = { label = true }\nroutine = { bug = { rules = [{ type = "Bug" }] } }')
    + "[health]\ncommitted = [0.9, 0.7]\n"
)
RICH_REGISTRY = REGISTRY + (
    'aliases = ["p1"]\nstatus = { is = "replaced", replaced_by = "PAY-O1-KR1" }\n'
    "checkins = [{ on = 2026-11-01, value = 5 }]\nbinds = ['jira-main:issue/PAY-1']\n"
)


def as_toml(value):
    """An inline TOML value."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {as_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(as_toml(each) for each in value) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, default=float)


def paths(value, path=()):
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in rows:
        yield (*path, key)
        yield from paths(inner, (*path, key))


def with_junk(text, junk):
    """The text with one value after the other replaced."""
    data = tomllib.loads(text, parse_float=Decimal)
    for path in paths(data):
        changed = copy.deepcopy(data)
        holder = changed
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = junk
        yield "\n".join(f"{json.dumps(key)} = {as_toml(value)}" for key, value in changed.items())


@pytest.mark.parametrize("junk", JUNK, ids=repr)
@pytest.mark.parametrize("place", ["config", "registry"])
def test_a_wrong_value_anywhere_is_a_problem_with_its_place_or_none_at_all(tmp_path, place, junk):
    path = company_files(tmp_path, config=RICH, pay=RICH_REGISTRY)
    changed_file = path if place == "config" else tmp_path / "okrs" / "pay.toml"
    text = RICH if place == "config" else RICH_REGISTRY

    for changed in with_junk(text, junk):
        changed_file.write_text(changed, encoding="utf-8")
        try:
            found = examine(path)
        except ConfigProblem as error:
            problems = error.problems
        else:
            problems = [*found.problems, *map(str, found.findings)]
        assert all(re.match(r".+\.toml:\d+: \S", problem) for problem in problems)
