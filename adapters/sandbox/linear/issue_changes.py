"""What an issue may be changed to: the ids of an input resolved, and everything an issue refuses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from adapters.sandbox.linear.errors import invalid_argument, invalid_input, not_found
from adapters.sandbox.linear.nodes import Cycle, Issue, IssueLabel, Node, Project, Team, WorkflowState
from adapters.sandbox.linear.workspace import Workspace

MAX_BATCH = 50
N = TypeVar("N", bound=Node)


def find(ws: Workspace, kind: type[N], node_id: str) -> N:
    """The object with that id (an issue: or identifier). Raises Refused as the vendor refuses an unknown one."""
    node = ws.get(kind, node_id)
    if node is None:
        raise not_found(kind.__name__)
    return node


def issue_changes(ws: Workspace, issue: Issue, wanted: dict[str, Any]) -> dict[str, Any]:
    """The attributes that an IssueUpdateInput sets; a key given as null clears. Raises Refused, changes nothing."""
    values: dict[str, Any] = {}
    for key, attribute in (("title", "title"), ("description", "description"), ("dueDate", "due_date")):
        if key in wanted:
            values[attribute] = wanted[key]
    if "title" in values and not (values["title"] or "").strip():
        raise invalid_argument("title must not be empty")
    for key in ("estimate", "priority"):
        if key in wanted:
            if (wanted[key] or 0) < 0 or (wanted[key] is None and key == "priority"):
                raise invalid_argument(f"{key} must be a number of 0 or more")
            values[key] = wanted[key]
    if wanted.get("stateId"):
        values["state"] = _of_team(find(ws, WorkflowState, wanted["stateId"]), issue)
    if "cycleId" in wanted:
        values["cycle"] = _of_team(find(ws, Cycle, wanted["cycleId"]), issue) if wanted["cycleId"] else None
    if "projectId" in wanted:
        values["project"] = find(ws, Project, wanted["projectId"]) if wanted["projectId"] else None
    if "parentId" in wanted:
        values["parent"] = _parent(ws, issue, wanted["parentId"])
    values["labels"] = with_labels(
        ws,
        issue,
        replaced=wanted.get("labelIds"),
        added=wanted.get("addedLabelIds") or (),
        removed=wanted.get("removedLabelIds") or (),
    )
    return values


def with_labels(
    ws: Workspace,
    issue: Issue,
    *,
    replaced: Iterable[str] | None = None,
    added: Iterable[str] = (),
    removed: Iterable[str] = (),
) -> list[IssueLabel]:
    """The labels an issue would have. Adding one it has and removing one it lacks change nothing.

    Raises Refused for a label that does not exist, is a group, belongs to another team, is new to the issue and
    retired, or shares its group with another one of the issue.
    """
    gone = [find(ws, IssueLabel, label_id) for label_id in removed]
    labels = list(issue.labels) if replaced is None else [find(ws, IssueLabel, label_id) for label_id in replaced]
    labels += [find(ws, IssueLabel, label_id) for label_id in added]
    labels = [label for label in dict.fromkeys(labels) if label not in gone]
    teams = _with_ancestors(issue.team)
    groups: dict[str, IssueLabel] = {}
    for label in labels:
        if label.is_group:
            raise invalid_input("labelIds is a group", f"The label {label.name!r} is a group and cannot be applied.")
        if label.retired_at is not None and label not in issue.labels:
            raise invalid_input("labelIds is retired", f"The label {label.name!r} is retired and cannot be applied.")
        if label.team is not None and label.team not in teams:
            raise invalid_input("labelIds for incorrect team", f"The label {label.name!r} belongs to another team.")
        if label.parent is not None and groups.setdefault(label.parent.id, label) is not label:
            other = groups[label.parent.id].name
            raise invalid_input(
                "labelIds not exclusive child labels",
                f"The labels {other!r} and {label.name!r} are of one group: an issue takes one of them.",
            )
    return labels


def _parent(ws: Workspace, issue: Issue, parent_id: str | None) -> Issue | None:
    parent = find(ws, Issue, parent_id) if parent_id else None
    above = parent
    while above is not None:
        if above is issue:
            raise invalid_input("circular parent", "An issue cannot be its own ancestor.")
        above = above.parent
    return parent


OfTeam = TypeVar("OfTeam", WorkflowState, Cycle)


def _of_team(node: OfTeam, issue: Issue) -> OfTeam:
    if node.team not in _with_ancestors(issue.team):
        kind = type(node).__name__
        raise invalid_input(f"{kind} for incorrect team", f"The {kind} {node.name!r} belongs to another team.")
    return node


def _with_ancestors(team: Team | None) -> list[Team]:
    teams = []
    while team is not None:
        teams.append(team)
        team = team.parent
    return teams
