"""The fields that are not stored but follow from other objects, by type and field name; read and filtered alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from graphql import GraphQLResolveInfo

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
    ProjectUpdate,
    Team,
    User,
    WorkflowState,
)
from adapters.sandbox.linear.workspace import Workspace, cycles_of


def _is_past(ws: Workspace, cycle: Cycle) -> bool:
    return cycle.completed_at is not None or cycle.ends_at <= ws.now


def _is_active(ws: Workspace, cycle: Cycle) -> bool:
    return not _is_past(ws, cycle) and cycle.starts_at <= ws.now


def _is_future(ws: Workspace, cycle: Cycle) -> bool:
    return not _is_past(ws, cycle) and cycle.starts_at > ws.now


def _is_next(ws: Workspace, cycle: Cycle) -> bool:
    return cycle is next((c for c in cycles_of(ws, cycle.team) if _is_future(ws, c)), None)


def _is_previous(ws: Workspace, cycle: Cycle) -> bool:
    return cycle is next((c for c in reversed(cycles_of(ws, cycle.team)) if _is_past(ws, c)), None)


def _active_cycle(ws: Workspace, team: Team) -> Cycle | None:
    return next((cycle for cycle in cycles_of(ws, team) if _is_active(ws, cycle)), None)


def _progress(issues: Iterable[Issue]) -> float:
    """(completed + a quarter of what is in progress) / all, in points; cancelled work is left out."""
    total = done = 0.0
    for issue in issues:
        if issue.archived_at is not None and issue.trashed:
            continue
        points = issue.team.default_issue_estimate if issue.estimate is None else issue.estimate
        if issue.state.type in ("canceled", "duplicate"):
            continue
        total += points
        done += {"completed": 1.0, "started": 0.25}.get(issue.state.type, 0.0) * points
    return done / total if total else 0.0


def _health_updated_at(ws: Workspace, node: Project | Initiative) -> Any:
    newest = ws.last_update(node)
    return newest.created_at if newest else None


def _where(kind: type[Any], attribute: str) -> Callable[[Workspace, Any], list[Any]]:
    return lambda ws, source: [node for node in ws.all(kind) if getattr(node, attribute) is source]


def _document(_ws: Workspace, node: Project | Initiative) -> dict[str, Any]:
    return {"id": f"{node.id}-content", "createdAt": node.created_at, "updatedAt": node.content_changed_at}


_POSTED = {
    "documentContent": _document,
    "health": lambda ws, node: ws.health(node),
    "healthUpdatedAt": _health_updated_at,
    "lastUpdate": lambda ws, node: ws.last_update(node),
}

_RELATIONS: dict[type[Node], dict[str, Callable[[Workspace, Any], Any]]] = {
    User: {"isMe": lambda ws, user: user is ws.viewer},
    Team: {
        "activeCycle": _active_cycle,
        "cycles": _where(Cycle, "team"),
        "displayName": lambda _ws, team: team.name,
        "issues": _where(Issue, "team"),
        "labels": _where(IssueLabel, "team"),
        "states": _where(WorkflowState, "team"),
    },
    IssueLabel: {"children": _where(IssueLabel, "parent")},
    Cycle: {
        "isActive": _is_active,
        "isFuture": _is_future,
        "isNext": _is_next,
        "isPast": _is_past,
        "isPrevious": _is_previous,
        "issues": _where(Issue, "cycle"),
        "progress": lambda ws, cycle: _progress(i for i in ws.all(Issue) if i.cycle is cycle),
    },
    Project: {
        **_POSTED,
        "accessibleTeams": lambda _ws, project: project.teams,
        "initiatives": lambda ws, project: [
            edge.initiative for edge in ws.all(InitiativeToProject) if edge.project is project
        ],
        "issues": _where(Issue, "project"),
        "progress": lambda ws, project: _progress(i for i in ws.all(Issue) if i.project is project),
        "projectUpdates": _where(ProjectUpdate, "project"),
    },
    Initiative: {
        **_POSTED,
        "initiativeUpdates": _where(InitiativeUpdate, "initiative"),
        "projects": lambda ws, initiative: [
            edge.project for edge in ws.all(InitiativeToProject) if edge.initiative is initiative
        ],
    },
    Issue: {
        "attachments": _where(Attachment, "issue"),
        "children": _where(Issue, "parent"),
        "comments": _where(Comment, "issue"),
    },
    Comment: {
        "issueId": lambda _ws, comment: comment.issue.id if comment.issue else None,
        "parentId": lambda _ws, comment: comment.parent.id if comment.parent else None,
    },
}


def value_of(workspace: Workspace, source: Any, field: str) -> Any:
    """A field of an object by its name in the schema: a scalar, an object, or a list of them (archived ones too)."""
    relation = _RELATIONS.get(type(source), {}).get(field)
    return relation(workspace, source) if relation else getattr(source, snake(field))


class Stored:
    """Resolves a field that is stored on an object, or follows from others."""

    def __init__(self, field: str) -> None:
        self._field = field
        self._attribute = snake(field)
        self._derived = {kind: fields[field] for kind, fields in _RELATIONS.items() if field in fields}

    def __call__(self, source: Any, info: GraphQLResolveInfo[Any]) -> Any:
        return self.read(info.context.workspace, source)

    def read(self, workspace: Workspace, source: Any) -> Any:
        """The same without an execution."""
        if self._derived and (relation := self._derived.get(type(source))):
            return relation(workspace, source)
        return source[self._field] if type(source) is dict else getattr(source, self._attribute)


@cache
def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])[A-Z]", lambda capital: "_" + capital[0], name).lower()
