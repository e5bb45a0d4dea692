"""Relay connections: filtered, newest first, cut at a cursor that names a place in the order and not a count."""

from __future__ import annotations

import base64
import json
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from operator import attrgetter
from typing import Any

from adapters.sandbox.linear.errors import invalid_argument
from adapters.sandbox.linear.nodes import Node

DEFAULT_PAGE = 50
MAX_PAGE = 250
_UPDATED, _CREATED = attrgetter("updated_at"), attrgetter("created_at")


@dataclass(frozen=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True)
class Edge:
    cursor: str
    node: Node


@dataclass(frozen=True)
class Connection:
    """Edges are made only when they are asked for: each needs a cursor."""

    nodes: list[Node]
    page_info: PageInfo
    cursors: Callable[[], list[str]]

    @property
    def edges(self) -> list[Edge]:
        return [Edge(cursor, node) for cursor, node in zip(self.cursors(), self.nodes, strict=True)]


class Order:
    """Objects by the moment that an order is about, the oldest first. Sorted anew only when one of them moved."""

    def __init__(self, nodes: Sequence[Node] = (), order: str = "createdAt") -> None:
        self.order = order
        self._seen: list[Node] = []
        self._moments: list[datetime] = []
        self.places: list[tuple[datetime, int]] = []
        self.nodes: list[Node] = []
        self.keep_up_with(nodes)

    def keep_up_with(self, nodes: Sequence[Node]) -> Order:
        """The same order of these objects as they are now."""
        nodes = list(nodes)
        moments = list(map(_UPDATED if self.order == "updatedAt" else _CREATED, nodes))
        if nodes != self._seen or moments != self._moments:
            self._seen, self._moments = nodes, moments
            self.nodes = sorted(nodes, key=self._place)
            self.places = [self._place(node) for node in self.nodes]
        return self

    def _place(self, node: Node) -> tuple[datetime, int]:
        return (node.updated_at if self.order == "updatedAt" else node.created_at, node.serial)


def connect(
    order: Order,
    *,
    fits: Callable[[Any], bool] | None = None,
    first: int | None = None,
    after: str | None = None,
    include_archived: bool | None = None,
) -> Connection:
    """One page, newest first. An object changed during a walk by `updatedAt` jumps ahead of the cursor, as upstream.

    Raises Refused for a page of more than 250 and for a cursor that is not one of ours in this order.
    """
    first = DEFAULT_PAGE if first is None else first
    if not 0 < first <= MAX_PAGE:
        raise invalid_argument(f"first must be between 1 and {MAX_PAGE}")
    end = len(order.nodes) if after is None else bisect_left(order.places, _read_cursor(after, order.order))

    def shown(node: Node) -> bool:
        return (include_archived or node.archived_at is None) and (fits is None or fits(node))

    # only as far as the page needs: a walk looks at each object once
    rest = list(islice((place for place in range(end - 1, -1, -1) if shown(order.nodes[place])), first + 1))
    places = [order.places[place] for place in rest[:first]]
    return Connection(
        [order.nodes[place] for place in rest[:first]],
        PageInfo(
            has_next_page=len(rest) > first,
            has_previous_page=any(shown(node) for node in order.nodes[end:]),
            start_cursor=_cursor(order.order, places[0]) if places else None,
            end_cursor=_cursor(order.order, places[-1]) if places else None,
        ),
        lambda: [_cursor(order.order, place) for place in places],
    )


def _cursor(order: str, place: tuple[datetime, int]) -> str:
    moment, serial = place
    told = moment.astimezone(UTC).isoformat(timespec="microseconds")
    return base64.urlsafe_b64encode(json.dumps([order, told, serial]).encode()).decode()


def _read_cursor(cursor: str, order: str) -> tuple[datetime, int]:
    try:
        parts: Any = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        asked, moment, serial = parts
        place = (datetime.fromisoformat(str(moment)), int(serial))
    except (ValueError, TypeError) as error:
        raise invalid_argument("after is not a cursor") from error
    if asked != order:
        raise invalid_argument("after is a cursor of another order")
    return place
