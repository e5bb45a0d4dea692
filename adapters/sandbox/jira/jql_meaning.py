"""A parsed query on a given site: a predicate over issues, and a sort key."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from adapters.sandbox.jira.errors import Refusal
from adapters.sandbox.jira.jql import And, Clause, Empty, Function, Literal, Node, Or, Ordering, Query, parse
from adapters.sandbox.jira.jql_dates import moment, unknown_function
from adapters.sandbox.jira.jql_fields import Searched, searched
from adapters.sandbox.jira.site import Issue, Site

Predicate = Callable[[Issue], bool]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Meaning:
    """`holds` says whether an issue is found, `place` is its sort key: total, so that no two issues share it."""

    holds: Predicate
    place: Callable[[Issue], tuple[Any, ...]]


def compile_query(site: Site, jql: str, zone: ZoneInfo, *, bounded: bool = True, validated: bool = True) -> Meaning:
    """Parse and resolve JQL against the site as it is now. Raises Refusal (400), and for unbounded JQL if `bounded`.

    Not `validated`, an issue in a list of keys or ids that does not exist is as if it had not been named.
    """
    query = parse(jql)
    if not validated and query.where is not None:
        query = replace(query, where=_of_existing(site, query.where))
    if query.where is None and bounded:
        raise Refusal(400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
    if len(query.order) > 7:
        raise Refusal(400, "The ORDER BY clause can contain a maximum of 7 fields.")
    holds = (lambda issue: True) if query.where is None else _predicate(site, query.where, zone)
    return Meaning(holds, _sort_key(site, query))


def _of_existing(site: Site, node: Node) -> Node:
    if not isinstance(node, Clause):
        return replace(node, parts=tuple(_of_existing(site, part) for part in node.parts))
    if node.field.lower() not in ("key", "id") or node.operator != "in":
        return node
    kept = (value for value in node.values if not isinstance(value, Literal) or site.issue(value.text))
    return replace(node, values=tuple(kept))


def _predicate(site: Site, node: Node, zone: ZoneInfo) -> Predicate:
    if isinstance(node, Clause):
        return _clause(site, node, zone)
    parts = [_predicate(site, part, zone) for part in node.parts]
    if isinstance(node, And):
        return lambda issue: all(part(issue) for part in parts)
    assert isinstance(node, Or)  # noqa: S101 - the only node left
    return lambda issue: any(part(issue) for part in parts)


def _clause(site: Site, clause: Clause, zone: ZoneInfo) -> Predicate:
    field = searched(site, clause.field)
    sign = clause.operator
    if sign not in field.operators:
        raise Refusal(400, f"The operator '{sign}' is not supported by the '{clause.field}' field.")
    takes_list = sign in ("in", "not in")
    sprints = any(isinstance(value, Function) for value in clause.values)
    if clause.listed != takes_list and not (takes_list and sprints):
        one, many = ("a single value", "a list") if takes_list else ("a list", "a single value")
        raise Refusal(400, f"Operator '{sign}' does not support {one} for field '{clause.field}'; give {many}.")
    if sign in ("is", "is not"):
        if not all(isinstance(value, Empty) for value in clause.values):
            raise Refusal(400, f"The operator '{sign}' only supports 'EMPTY' and 'NULL' for field '{clause.field}'.")
        wanted = sign == "is not"
        return lambda issue: bool(field.values(issue)) == wanted
    if field.kind == "text":
        return _text(field, clause)
    if sign in _COMPARE:
        return _comparison(site, field, clause, zone)
    return _membership(site, field, clause, zone)


def _membership(site: Site, field: Searched, clause: Clause, zone: ZoneInfo) -> Predicate:
    wanted: set[Any] = set()
    empty = False
    for value in clause.values:
        if isinstance(value, Empty) or _means_unresolved(clause.field, value):
            empty = True
        else:
            wanted |= _canonical(site, field, clause.field, value, zone)
    values = field.values
    if field.kind == "date":
        minute = timedelta(minutes=1)

        def values(issue: Issue) -> tuple[Any, ...]:
            # An absolute JQL date names a whole minute.
            return tuple(at for when in field.values(issue) for at in wanted if at <= when < at + minute)

    if clause.operator in ("=", "in"):
        return lambda issue: (not (found := values(issue)) and empty) or any(each in wanted for each in found)
    # An issue without a value is neither equal nor unequal to anything: Jira leaves it out.
    return lambda issue: bool(field.values(issue)) and not any(each in wanted for each in values(issue))


def _means_unresolved(field: str, value: Literal | Function) -> bool:
    return field.lower() == "resolution" and isinstance(value, Literal) and value.text.lower() == "unresolved"


def _canonical(site: Site, field: Searched, name: str, value: Literal | Function, zone: ZoneInfo) -> frozenset[Any]:
    if field.known is not None:
        return field.known(value)
    if field.kind == "date":
        return frozenset({moment(name, value, site.now, zone)})
    if isinstance(value, Function):
        raise unknown_function(value)
    try:
        return frozenset({float(value.text)})
    except ValueError:
        raise Refusal(400, f"The value '{value.text}' for field '{name}' is not a valid number.") from None


def _comparison(site: Site, field: Searched, clause: Clause, zone: ZoneInfo) -> Predicate:
    (value,) = clause.values
    if isinstance(value, Empty):
        raise Refusal(400, f"The operator '{clause.operator}' does not support EMPTY for field '{clause.field}'.")
    if field.kind == "id":
        field = replace(field, kind="number", known=None)  # any number is a limit, whether such an issue exists or not
    found = _canonical(site, field, clause.field, value, zone)
    compare, rank, values = _COMPARE[clause.operator], field.rank, field.values
    (limit,) = {rank(each) for each in found}
    return lambda issue: any(compare(rank(each), limit) for each in values(issue))


def _text(field: Searched, clause: Clause) -> Predicate:
    (value,) = clause.values
    if not isinstance(value, Literal):
        raise Refusal(400, f"The operator '{clause.operator}' needs a text for field '{clause.field}'.")
    matches = _text_match(clause.field, value.text)
    values, wanted = field.values, clause.operator == "~"
    return lambda issue: bool(found := values(issue)) and any(matches(text) for text in found) == wanted


def _text_match(field: str, query: str) -> Callable[[str], bool]:
    """All words, or, in inner quotation marks, the words side by side; `word*` matches a beginning."""
    if query.startswith('"') and query.endswith('"') and len(query) > 1:
        phrase = " ".join(_WORD.findall(query.lower()))
        return lambda text: f" {phrase} " in f" {' '.join(_WORD.findall(text.lower()))} "
    terms = [(term.lower(), bool(star)) for term, star in re.findall(r"(\w+)(\*?)", query)]
    if not terms:
        raise Refusal(400, f"The field '{field}' is unable to parse the text given to it.")

    def matches(text: str) -> bool:
        words = set(_WORD.findall(text.lower()))
        return all(
            any(word.startswith(term) for word in words) if beginning else term in words for term, beginning in terms
        )

    return matches


class _Backwards:
    """A sort key turned around."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: "_Backwards") -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Backwards) and bool(other.value == self.value)

    __hash__ = None  # type: ignore[assignment]


def _sort_key(site: Site, query: Query) -> Callable[[Issue], tuple[Any, ...]]:
    order = query.order or (Ordering("created", True),)
    columns = [(searched(site, each.field), each.descending) for each in order]
    for field, _ in columns:
        if field.kind == "text" and field.name.lower() == "text":
            raise Refusal(400, "Field 'text' does not support sorting.")

    def place(issue: Issue) -> tuple[Any, ...]:
        key: list[Any] = []
        for field, descending in columns:
            values = field.values(issue)
            cell = (not values, field.rank(values[0]) if values else 0)
            key.append(_Backwards(cell) if descending else cell)
        return (*key, int(issue.id))

    return place
