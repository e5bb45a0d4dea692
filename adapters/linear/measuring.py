"""Numbers asked of Linear: how many issues a filter finds, or their estimates added up.

A filter goes as a GraphQL variable, as the registry has it. Linear answers a team, a label or a state type that does
not exist with nothing at all, which would be a number like any other: so these are looked up first.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, time, tzinfo
from decimal import Decimal
from typing import Any

from msgspec import Struct

from adapters.errors import NotFound, Unreadable
from adapters.linear import documents
from adapters.linear.client import Client
from adapters.linear.reading import STATES
from adapters.linear.tables import Tables
from adapters.linear.walking import moment
from adapters.measuring import PLACE, added_up, counted, days_of
from mappings.measures import Query, Taken
from mappings.okrs import Period

ESTIMATE = "estimate"
_COMBINING = frozenset({"and", "or", "some", "every"})
_LOOKED_UP = frozenset({("team", "key"), ("labels", "name"), ("state", "type")})
_OTHER_LABELS = frozenset({"project", "initiative"})
"""Below them `labels` are of another kind."""


class _Found(Struct, frozen=True):
    id: str
    trashed: bool | None
    estimate: float | None = None


def take(client: Client, tables: Tables, query: Query, period: Period, zone: tzinfo) -> Taken:
    """See adapters.measuring.TakesMeasures.measure; days under `...At` begin at the company's midnight."""
    if not query.filter:
        raise Unreadable(f"{client.name} is a Linear: its measures are asked by filter", tracker=client.name)
    counts = query.aggregate == "count"
    if not counts and query.field != ESTIMATE:
        raise Unreadable(
            f'field names "{query.field}", and Linear adds up field = "{ESTIMATE}" alone', tracker=client.name
        )
    wanted = _filled(json.loads(query.filter), period, zone)
    for what, name, ignoring_case in _named(wanted):
        _look_up(tables, what, name, ignoring_case)
    document = documents.FOUND if counts else documents.ESTIMATES
    pages = client.walk(document, _Found, {"filter": wanted})
    found = {row.id: row for page in pages for row in page if not row.trashed}
    where = f"{json.dumps(wanted, ensure_ascii=False)} in {client.name}"
    if counts:
        return counted(len(found), where)
    estimates = [None if row.estimate is None else Decimal(str(row.estimate)) for row in found.values()]
    return added_up(query, ESTIMATE, estimates, where)


def _filled(value: Any, period: Period, zone: tzinfo, *, is_moment: bool = False) -> Any:
    """The filter with the period's days in its texts."""
    if isinstance(value, dict):
        return {
            key: _filled(inside, period, zone, is_moment=is_moment or key.endswith("At"))
            for key, inside in value.items()
        }
    if isinstance(value, list):
        return [_filled(inside, period, zone, is_moment=is_moment) for inside in value]
    if not isinstance(value, str):
        return value
    days = days_of(period)
    whole = PLACE.fullmatch(value)
    if whole and is_moment:
        return moment(datetime.combine(days[whole[1]], time(), zone))
    return PLACE.sub(lambda place: days[place[1]].isoformat(), value)


def _named(wanted: Any, owner: str = "") -> Iterator[tuple[str, str, bool]]:
    """(what, name, whether case is ignored) of all that the filter compares with for equality and that is looked up."""
    for part in wanted if isinstance(wanted, list) else [wanted]:
        for key, inside in part.items() if isinstance(part, dict) else ():
            if (owner, key) in _LOOKED_UP:
                yield from ((f"{owner}.{key}", name, ignoring) for name, ignoring in _equal_to(inside))
            elif key not in _OTHER_LABELS:
                yield from _named(inside, owner if key in _COMBINING else key)


def _equal_to(comparator: Any) -> Iterator[tuple[str, bool]]:
    if isinstance(comparator, Mapping):
        names = [comparator.get("eq"), *(comparator.get("in") or ())]
        yield from ((name, False) for name in names if isinstance(name, str))
        if isinstance(name := comparator.get("eqIgnoreCase"), str):
            yield name, True


def _look_up(tables: Tables, what: str, name: str, ignoring_case: bool) -> None:
    tracker = tables.client.name
    if what == "team.key":
        [(_, now)] = tables.present_keys((name,))
        if now != name:
            raise NotFound(f"Linear team {name} is now called {now}: change it in the filter", tracker=tracker)
    elif what == "labels.name":
        known = {label.name for label in tables.labels().values()}
        if name not in known and not (ignoring_case and name.casefold() in map(str.casefold, known)):
            raise NotFound(f"no issue label in {tracker} is called {name}", tracker=tracker)
    elif name not in STATES:
        raise NotFound(f"no state is of the type {name}: there are {', '.join(sorted(STATES))}", tracker=tracker)
