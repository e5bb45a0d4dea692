"""Linear's filters, judged on objects.

A filter that reached us was validated against the input types of the schema, so each key is known. As in SQL, a null
satisfies no comparison but `null: true`. A filter on a list means "some element fits all of it".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from graphql import GraphQLInputObjectType, get_named_type

from adapters.sandbox.linear.moments import Duration, as_time
from adapters.sandbox.linear.nodes import Issue, Node
from adapters.sandbox.linear.relations import value_of
from adapters.sandbox.linear.workspace import Workspace

Filter = Mapping[str, Any]

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


def matches(workspace: Workspace, kind: GraphQLInputObjectType, wanted: Filter, source: Any) -> bool:
    """Whether an object (or None, where a relation is empty) fits a filter of that input type."""
    for key, condition in wanted.items():
        if condition is None:
            continue
        if key == "and":
            fits = all(matches(workspace, kind, part, source) for part in condition)
        elif key == "or":
            fits = any(matches(workspace, kind, part, source) for part in condition)
        elif key == "null":
            fits = (source is None) is condition
        elif source is None:
            fits = False
        else:
            fits = _field_fits(workspace, kind, key, condition, source)
        if not fits:
            return False
    return True


def _field_fits(workspace: Workspace, kind: GraphQLInputObjectType, key: str, wanted: Filter, source: Any) -> bool:
    asked = get_named_type(kind.fields[key].type)
    assert isinstance(asked, GraphQLInputObjectType)  # noqa: S101 - every field of our filters is one
    value = value_of(workspace, source, key)
    if asked.name == "IssueIDComparator" and isinstance(source, Issue):
        return _id_fits(wanted, source)
    if asked.name.endswith("Comparator"):
        return _compares(workspace, wanted, value)
    if asked.name.endswith("CollectionFilter"):
        return _collection_fits(workspace, asked, wanted, value)
    return matches(workspace, asked, wanted, value)


def _collection_fits(workspace: Workspace, kind: GraphQLInputObjectType, wanted: Filter, nodes: list[Node]) -> bool:
    element = {key: condition for key, condition in wanted.items() if key not in _OF_THE_LIST}
    if element and not any(matches(workspace, kind, element, node) for node in nodes):
        return False
    for key in _OF_THE_LIST & wanted.keys():
        condition = wanted[key]
        if condition is None:
            continue
        if key == "length":
            fits = _compares(workspace, condition, len(nodes))
        elif key == "null":
            fits = (not nodes) is condition
        elif key in ("and", "or"):
            combine = all if key == "and" else any
            fits = combine(_collection_fits(workspace, kind, part, nodes) for part in condition)
        else:
            asked = get_named_type(kind.fields[key].type)
            assert isinstance(asked, GraphQLInputObjectType)  # noqa: S101 - `some` and `every` take a filter
            quantify = any if key == "some" else all
            fits = quantify(matches(workspace, asked, condition, node) for node in nodes)
        if not fits:
            return False
    return True


_OF_THE_LIST = frozenset({"and", "or", "some", "every", "length", "null"})


def _compares(workspace: Workspace, wanted: Filter, value: Any) -> bool:
    for key, condition in wanted.items():
        if condition is None:
            continue
        if key == "null":
            fits = (value is None) is condition
        elif key in ("and", "or"):
            combine = all if key == "and" else any
            fits = combine(_compares(workspace, part, value) for part in condition)
        elif value is None:
            fits = False
        else:
            fits = _COMPARISONS[key](_comparable(workspace, value), _comparable(workspace, condition))
        if not fits:
            return False
    return True


def _id_fits(wanted: Filter, issue: Issue) -> bool:
    """Issues may be asked by identifier as well as by id."""
    names = {issue.id, issue.identifier}
    for key, condition in wanted.items():
        if condition is None:
            continue
        asked = {condition} if isinstance(condition, str) else set(condition)
        if bool(names & asked) is not (key in ("eq", "in")):
            return False
    return True


def _comparable(workspace: Workspace, value: Any) -> Any:
    if isinstance(value, list):
        return [_comparable(workspace, item) for item in value]
    if isinstance(value, Duration):
        return value.after(workspace.now)
    return as_time(value) if isinstance(value, datetime | date) else value
