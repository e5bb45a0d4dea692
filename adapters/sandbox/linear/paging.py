"""Relay connections: filtered, newest first, cut at a cursor that names a place in the order and not a count."""

from __future__ import annotations

import base64
import json
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from adapters.sandbox.linear.errors import invalid_argument
from adapters.sandbox.linear.nodes import Node

DEFAULT_PAGE = 50
MAX_PAGE = 250


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
    edges: list[Edge]
    page_info: PageInfo

    @property
    def nodes(self) -> list[Node]:
        return [edge.node for edge in self.edges]


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
        moments = [node.updated_at if self.order == "updatedAt" else node.created_at for node in nodes]
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
    edges = [Edge(_cursor(order, place), order.nodes[place]) for place in rest[:first]]
    return Connection(
        edges,
        PageInfo(
            has_next_page=len(rest) > first,
            has_previous_page=any(shown(node) for node in order.nodes[end:]),
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )


def _cursor(order: Order, place: int) -> str:
    moment, serial = order.places[place]
    told = moment.astimezone(UTC).isoformat(timespec="microseconds")
    return base64.urlsafe_b64encode(json.dumps([order.order, told, serial]).encode()).decode()


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
