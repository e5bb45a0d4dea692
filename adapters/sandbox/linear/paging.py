"""Relay connections: filtered, newest first, cut at a cursor that names a place in the order and not a count."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
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


def connect(
    nodes: Iterable[Node],
    *,
    first: int | None = None,
    after: str | None = None,
    order_by: str | None = None,
    include_archived: bool | None = None,
) -> Connection:
    """One page of the nodes. An object changed during a walk by `updatedAt` jumps ahead of the cursor, as upstream.

    Raises Refused for a page of more than 250 and for a cursor that is not one of ours in this order.
    """
    first = DEFAULT_PAGE if first is None else first
    if not 0 < first <= MAX_PAGE:
        raise invalid_argument(f"first must be between 1 and {MAX_PAGE}")
    order = order_by or "createdAt"
    shown = [node for node in nodes if include_archived or node.archived_at is None]
    shown.sort(key=lambda node: _place(node, order), reverse=True)
    rest = shown
    if after is not None:
        place = _read_cursor(after, order)
        rest = [node for node in shown if _place(node, order) < place]
    edges = [Edge(_cursor(node, order), node) for node in rest[:first]]
    return Connection(
        edges,
        PageInfo(
            has_next_page=len(rest) > first,
            has_previous_page=len(rest) < len(shown),
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )


def _place(node: Node, order: str) -> tuple[str, int]:
    moment = node.updated_at if order == "updatedAt" else node.created_at
    return (moment.astimezone(UTC).isoformat(timespec="microseconds"), node.serial)


def _cursor(node: Node, order: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([order, *_place(node, order)]).encode()).decode()


def _read_cursor(cursor: str, order: str) -> tuple[str, int]:
    try:
        parts: Any = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        asked, moment, serial = parts
        place = (str(moment), int(serial))
    except (ValueError, TypeError) as error:
        raise invalid_argument("after is not a cursor") from error
    if asked != order:
        raise invalid_argument("after is a cursor of another order")
    return place
