"""Linear's filters, made into predicates on objects: one request judges thousands of them.

A filter that reached us was validated against the input types of the schema, so each key is known. As in SQL, a null
satisfies no comparison but `null: true`. A filter on a list means "some element fits all of it".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from typing import Any

from graphql import GraphQLInputObjectType, get_named_type

from adapters.sandbox.linear.moments import Duration, as_time
from adapters.sandbox.linear.nodes import Issue
from adapters.sandbox.linear.relations import Stored
from adapters.sandbox.linear.workspace import Workspace

Filter = Mapping[str, Any]
Fits = Callable[[Any], bool]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: value == wanted,
    "neq": lambda value, wanted: value != wanted,
    "gt": lambda value, wanted: value > wanted,
    "gte": lambda value, wanted: value >= wanted,
    "lt": lambda value, wanted: value < wanted,
    "lte": lambda value, wanted: value <= wanted,
    "in": lambda value, wanted: value in wanted,
    "nin": lambda value, wanted: value not in wanted,
    "eqIgnoreCase": lambda value, wanted: value.casefold() == wanted.casefold(),
    "neqIgnoreCase": lambda value, wanted: value.casefold() != wanted.casefold(),
    "startsWith": lambda value, wanted: value.startswith(wanted),
    "startsWithIgnoreCase": lambda value, wanted: value.casefold().startswith(wanted.casefold()),
    "notStartsWith": lambda value, wanted: not value.startswith(wanted),
    "endsWith": lambda value, wanted: value.endswith(wanted),
    "contains": lambda value, wanted: wanted in value,
    "containsIgnoreCase": lambda value, wanted: wanted.casefold() in value.casefold(),
    "notContains": lambda value, wanted: wanted not in value,
}


def fitting(workspace: Workspace, kind: GraphQLInputObjectType, wanted: Filter) -> Fits:
    """Whether an object (or None, where a relation is empty) fits a filter of that input type, at this moment."""
    tests = [_fitting_key(workspace, kind, key, asked) for key, asked in wanted.items() if asked is not None]
    return _all_of(tests)


def _fitting_key(workspace: Workspace, kind: GraphQLInputObjectType, key: str, wanted: Any) -> Fits:
    if key == "and":
        return _all_of([fitting(workspace, kind, part) for part in wanted])
    if key == "or":
        return _any_of([fitting(workspace, kind, part) for part in wanted])
    if key == "null":
        return lambda source: (source is None) is wanted
    asked = get_named_type(kind.fields[key].type)
    assert isinstance(asked, GraphQLInputObjectType)  # noqa: S101 - every field of our filters is one
    stored = Stored(key)
    if asked.name == "IssueIDComparator":
        by_name, by_id = _issue_id(wanted), _comparing(workspace, wanted)
        return lambda source: (
            by_name(source)
            if isinstance(source, Issue)
            else source is not None and by_id(stored.read(workspace, source))
        )
    if asked.name.endswith("Comparator"):
        judge = _comparing(workspace, wanted)
    elif asked.name.endswith("CollectionFilter"):
        judge = _fitting_list(workspace, asked, wanted)
    else:
        judge = fitting(workspace, asked, wanted)
    return lambda source: source is not None and judge(stored.read(workspace, source))


def _fitting_list(workspace: Workspace, kind: GraphQLInputObjectType, wanted: Filter) -> Fits:
    element = {key: condition for key, condition in wanted.items() if key not in _OF_THE_LIST}
    tests = [_quantified(any, fitting(workspace, kind, element))] if element else []
    for key in _OF_THE_LIST & wanted.keys():
        condition = wanted[key]
        if condition is None:
            continue
        if key == "length":
            tests.append(_measured(_comparing(workspace, condition)))
        elif key == "null":
            tests.append(_emptiness(condition))
        elif key in ("and", "or"):
            combine = _all_of if key == "and" else _any_of
            tests.append(combine([_fitting_list(workspace, kind, part) for part in condition]))
        else:
            asked = get_named_type(kind.fields[key].type)
            assert isinstance(asked, GraphQLInputObjectType)  # noqa: S101 - `some` and `every` take a filter
            tests.append(_quantified(any if key == "some" else all, fitting(workspace, asked, condition)))
    return _all_of(tests)


_OF_THE_LIST = frozenset({"and", "or", "some", "every", "length", "null"})


def _quantified(quantify: Callable[[Iterable[bool]], bool], fits: Fits) -> Fits:
    return lambda nodes: quantify(map(fits, nodes))


def _measured(fits: Fits) -> Fits:
    return lambda nodes: fits(len(nodes))


def _emptiness(wanted: bool) -> Fits:
    return lambda nodes: (not nodes) is wanted


def _comparing(workspace: Workspace, wanted: Filter) -> Fits:
    tests: list[Fits] = []
    for key, condition in wanted.items():
        if condition is None:
            continue
        if key == "null":
            tests.append(_nullness(condition))
        elif key in ("and", "or"):
            combine = _all_of if key == "and" else _any_of
            tests.append(combine([_comparing(workspace, part) for part in condition]))
        else:
            tests.append(_compared(_COMPARISONS[key], _comparable(workspace, condition)))
    return _all_of(tests)


def _nullness(wanted: bool) -> Fits:
    return lambda value: (value is None) is wanted


def _compared(compare: Callable[[Any, Any], bool], wanted: Any) -> Fits:
    if any(isinstance(each, datetime) for each in (wanted if isinstance(wanted, list) else [wanted])):
        return lambda value: value is not None and compare(as_time(value), wanted)
    return lambda value: value is not None and compare(value, wanted)


def _issue_id(wanted: Filter) -> Fits:
    """Issues may be asked by identifier as well as by id."""
    asked = [
        ({condition} if isinstance(condition, str) else set(condition), key in ("eq", "in"))
        for key, condition in wanted.items()
        if condition is not None
    ]

    def fits(issue: Issue) -> bool:
        return all((issue.id in names or issue.identifier in names) is within for names, within in asked)

    return fits


def _all_of(tests: list[Fits]) -> Fits:
    return reduce(_both, tests) if tests else lambda _: True


def _any_of(tests: list[Fits]) -> Fits:
    return reduce(_either, tests) if tests else lambda _: False


def _both(one: Fits, other: Fits) -> Fits:
    return lambda source: one(source) and other(source)


def _either(one: Fits, other: Fits) -> Fits:
    return lambda source: one(source) or other(source)


def _comparable(workspace: Workspace, wanted: Any) -> Any:
    """Days and durations as times; an object's own days are made times where they are compared with one."""
    if isinstance(wanted, list):
        return [_comparable(workspace, item) for item in wanted]
    if isinstance(wanted, Duration):
        return wanted.after(workspace.now)
    return as_time(wanted) if isinstance(wanted, date) else wanted
