"""The executable schema: the SDL in the folder beside this file, its scalars, and what answers each field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    get_named_type,
)

from adapters.sandbox.linear.filters import fitting
from adapters.sandbox.linear.issue_changes import find
from adapters.sandbox.linear.moments import parse_day, parse_moment, parse_time, write_day, write_time
from adapters.sandbox.linear.mutations import MUTATIONS
from adapters.sandbox.linear.nodes import (
    Attachment,
    Comment,
    Cycle,
    Initiative,
    InitiativeToProject,
    InitiativeUpdate,
    Issue,
    IssueLabel,
    Node,
    Project,
    ProjectStatus,
    ProjectUpdate,
    Team,
    User,
    WorkflowState,
)
from adapters.sandbox.linear.paging import Connection, Order, connect
from adapters.sandbox.linear.quota import Quota
from adapters.sandbox.linear.relations import Stored, value_of
from adapters.sandbox.linear.workspace import Workspace

SDL_FOLDER = Path(__file__).with_name("sdl")


@dataclass(frozen=True)
class Context:
    """What every resolver is given."""

    workspace: Workspace
    quota: Quota
    orders: dict[tuple[type[Node], str], Order]
    """Kept from one request to the next."""

    def in_order(self, kind: type[Node], order: str) -> Order:
        """All objects of a kind."""
        kept = self.orders.setdefault((kind, order), Order(order=order))
        return kept.keep_up_with(self.workspace.all(kind))


_KINDS: tuple[type[Node], ...] = (
    *(Attachment, Comment, Cycle, Initiative, InitiativeToProject, InitiativeUpdate, Issue, IssueLabel, Project),
    *(ProjectStatus, ProjectUpdate, Team, User, WorkflowState),
)
_NODES = {kind.__name__: kind for kind in _KINDS}


def read_sdl() -> str:
    """The schema text that is served, all files of the folder."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(SDL_FOLDER.glob("*.graphql")))


@cache
def served_schema() -> GraphQLSchema:
    schema = build_schema(read_sdl())
    _set_scalar(schema, "DateTime", write_time, parse_time)
    _set_scalar(schema, "DateTimeOrDuration", str, parse_moment)
    _set_scalar(schema, "TimelessDate", write_day, parse_day)
    _set_scalar(schema, "TimelessDateOrDuration", str, parse_moment)
    _set_scalar(schema, "UUID", str, lambda value: str(UUID(str(value))))
    _set_scalar(schema, "JSONObject", lambda value: value, _json_object)
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                field.resolve = _resolver(kind.name, name, field)
    return schema


def _set_scalar(schema: GraphQLSchema, name: str, write: Callable[[Any], Any], read: Callable[[Any], Any]) -> None:
    scalar = schema.type_map[name]
    assert isinstance(scalar, GraphQLScalarType)  # noqa: S101 - the SDL beside this file says so
    scalar.coerce_output_value = write
    scalar.coerce_input_value = read


def _json_object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _resolver(owner: str, name: str, field: GraphQLField) -> Callable[..., Any]:
    kind = get_named_type(field.type).name
    if owner == "Mutation":
        return partial(_mutate, MUTATIONS[name])
    if kind.endswith("Connection"):
        asked = field.args.get("filter")
        filter_type = get_named_type(asked.type) if asked else None
        assert filter_type is None or isinstance(filter_type, GraphQLInputObjectType)  # noqa: S101 - the SDL says so
        node = _NODES[kind.removesuffix("Connection")] if owner == "Query" else None
        return partial(_list, node, filter_type)
    if owner == "Query":
        return _ROOTS[name] if name in _ROOTS else partial(_one, _NODES[kind])
    return _issue_count if (owner, name) == ("Team", "issueCount") else Stored(name)


def _issue_count(source: Any, info: GraphQLResolveInfo[Context], includeArchived: bool = False) -> int:  # noqa: N803
    issues = value_of(info.context.workspace, source, "issues")
    return sum(1 for issue in issues if includeArchived or issue.archived_at is None)


def _mutate(change: Callable[..., Any], _source: Any, info: GraphQLResolveInfo[Context], **arguments: Any) -> Any:
    return change(info.context.workspace, **arguments)


def _one(kind: type[Node], _source: Any, info: GraphQLResolveInfo[Context], id: str = "") -> Node:
    """An object by id, archived or trashed ones too."""
    return find(info.context.workspace, kind, id)


def _list(
    kind: type[Node] | None,
    filter_type: GraphQLInputObjectType | None,
    source: Any,
    info: GraphQLResolveInfo[Context],
    filter: dict[str, Any] | None = None,
    url: str | None = None,
    first: int | None = None,
    after: str | None = None,
    orderBy: str | None = None,  # noqa: N803 - the vendor's argument
    includeArchived: bool | None = None,  # noqa: N803 - the vendor's argument
) -> Connection:
    context: Context = info.context
    order = orderBy or "createdAt"
    if kind and url is None:
        ordered = context.in_order(kind, order)
    else:
        found: list[Any] = (
            [*context.workspace.all(kind)] if kind else value_of(context.workspace, source, info.field_name)
        )
        ordered = Order([node for node in found if url is None or node.url == url], order)
    fits = fitting(context.workspace, filter_type, filter) if filter and filter_type is not None else None
    return connect(ordered, fits=fits, first=first, after=after, include_archived=includeArchived)


def _viewer(_source: Any, info: GraphQLResolveInfo[Context]) -> User:
    viewer: User = info.context.workspace.viewer
    return viewer


def _organization(_source: Any, info: GraphQLResolveInfo[Context]) -> dict[str, Any]:
    workspace: Workspace = info.context.workspace
    return {
        "id": workspace.organization_id,
        "name": workspace.name,
        "urlKey": workspace.url_key,
        "createdIssueCount": len(workspace.all(Issue)) + workspace.issues_out_of_sight,
    }


def _rate_limit_status(_source: Any, info: GraphQLResolveInfo[Context]) -> dict[str, Any]:
    quota: Quota = info.context.quota
    return {
        "identifier": info.context.workspace.viewer.id,
        "kind": "apiKey",
        "limits": [
            {
                "type": kind,
                "allowedAmount": bucket.limit,
                "period": bucket.period * 1000,
                "remainingAmount": bucket.remaining,
                "requestedAmount": 1 if kind == "request" else 0,
                "reset": bucket.reset(),
            }
            for kind, bucket in (("request", quota.requests), ("complexity", quota.complexity))
        ],
    }


_ROOTS: dict[str, Callable[..., Any]] = {
    "viewer": _viewer,
    "organization": _organization,
    "rateLimitStatus": _rate_limit_status,
}
