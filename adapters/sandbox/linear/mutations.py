"""The changes a client may ask for. Each checks everything before it changes anything."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from adapters.sandbox.linear.errors import already_exists, forbidden, invalid_argument, invalid_input
from adapters.sandbox.linear.issue_changes import MAX_BATCH, find, issue_changes, with_labels
from adapters.sandbox.linear.nodes import (
    COMMENTED,
    Attachment,
    Comment,
    Initiative,
    InitiativeUpdate,
    Issue,
    IssueLabel,
    Node,
    Project,
    ProjectStatus,
    ProjectUpdate,
    Team,
)
from adapters.sandbox.linear.relations import snake
from adapters.sandbox.linear.workspace import Workspace

Input = dict[str, Any]
Payload = dict[str, Any]
N = TypeVar("N", bound=Node)
Post = TypeVar("Post", Comment, ProjectUpdate, InitiativeUpdate)


def _done(ws: Workspace, **answer: Any) -> Payload:
    ws.last_sync_id += 1
    return {"success": True, "lastSyncId": ws.last_sync_id, **answer}


def _client_id(ws: Workspace, kind: type[Node], wanted: str | None) -> str:
    """The id a create is to take: the client's, which must be new and shaped like UUID v4, or one of ours."""
    if wanted is None:
        return ws.new_id(kind.__name__)
    try:
        parsed = uuid.UUID(wanted)
    except ValueError as error:
        raise invalid_argument("id must be a UUID") from error
    if parsed.version != 4 or str(parsed) != wanted.lower():
        raise invalid_argument("id must be a UUID of version 4")
    if ws.get(kind, str(parsed)) is not None:
        raise already_exists(kind.__name__, str(parsed))
    return str(parsed)


def _own(ws: Workspace, post: Comment | ProjectUpdate | InitiativeUpdate) -> None:
    if post.user is not ws.viewer:
        raise forbidden(f"You can only change your own {type(post).__name__}.")


def issue_update(ws: Workspace, id: str, input: Input) -> Payload:
    issue = find(ws, Issue, id)
    ws.change(issue, **issue_changes(ws, issue, input))
    return _done(ws, issue=issue)


def issue_batch_update(ws: Workspace, ids: list[str], input: Input) -> Payload:
    if not 0 < len(ids) <= MAX_BATCH:
        raise invalid_argument(f"ids must contain between 1 and {MAX_BATCH} elements")
    issues = [find(ws, Issue, issue_id) for issue_id in ids]
    changes = [issue_changes(ws, issue, input) for issue in issues]
    for issue, values in zip(issues, changes, strict=True):
        ws.change(issue, **values)
    return _done(ws, issues=issues)


def issue_add_label(ws: Workspace, id: str, labelId: str) -> Payload:  # noqa: N803 - the vendor's argument
    issue = find(ws, Issue, id)
    ws.change(issue, labels=with_labels(ws, issue, added=[labelId]))
    return _done(ws, issue=issue)


def issue_remove_label(ws: Workspace, id: str, labelId: str) -> Payload:  # noqa: N803 - the vendor's argument
    issue = find(ws, Issue, id)
    ws.change(issue, labels=with_labels(ws, issue, removed=[labelId]))
    return _done(ws, issue=issue)


def issue_label_create(ws: Workspace, input: Input) -> Payload:
    label_id = _client_id(ws, IssueLabel, input.get("id"))
    name = input["name"].strip()
    if not name:
        raise invalid_argument("name must not be empty")
    team = find(ws, Team, input["teamId"]) if input.get("teamId") else None
    parent = find(ws, IssueLabel, input["parentId"]) if input.get("parentId") else None
    if parent is not None and not parent.is_group:
        raise invalid_input("parent is not a group", f"The label {parent.name!r} is not a group.")
    team = parent.team if parent is not None and team is None else team
    _refuse_taken_name(ws, name, team, parent)
    label = ws.add(
        IssueLabel(
            id=label_id,
            name=name,
            team=team,
            parent=parent,
            is_group=bool(input.get("isGroup")),
            color=input.get("color") or "#95a2b3",
            description=input.get("description"),
        )
    )
    return _done(ws, issueLabel=label)


def _refuse_taken_name(
    ws: Workspace, name: str, team: Team | None, parent: IssueLabel | None, own: IssueLabel | None = None
) -> None:
    """A team's label stands in the way of the workspace's of the same name, and the other way round."""
    for label in ws.all(IssueLabel):
        same_scope = label.team is team or label.team is None or team is None
        if label is own or label.parent is not parent or not same_scope:
            continue
        if label.name.casefold() == name.casefold():
            raise invalid_input("duplicate label name", f"A label with the name {name!r} already exists.")


def issue_label_update(ws: Workspace, id: str, input: Input) -> Payload:
    label = find(ws, IssueLabel, id)
    values = _edited(input, never_null=("color", "name"))
    if "name" in values:
        values["name"] = values["name"].strip()
        if not values["name"]:
            raise invalid_argument("name must not be empty")
        _refuse_taken_name(ws, values["name"], label.team, label.parent, label)
    ws.change(label, **values)
    return _done(ws, issueLabel=label)


def issue_label_retire(ws: Workspace, id: str) -> Payload:
    label = find(ws, IssueLabel, id)
    ws.change(label, retired_at=label.retired_at or ws.now)
    return _done(ws, issueLabel=label)


def issue_label_restore(ws: Workspace, id: str) -> Payload:
    label = find(ws, IssueLabel, id)
    ws.change(label, retired_at=None)
    return _done(ws, issueLabel=label)


def comment_create(ws: Workspace, input: Input) -> Payload:
    comment_id = _client_id(ws, Comment, input.get("id"))
    parent = find(ws, Comment, input["parentId"]) if input.get("parentId") else None
    places: dict[str, Any] = {
        snake(kind.__name__): find(ws, kind, input[key]) for kind, key in _COMMENTED.items() if input.get(key)
    }
    if not places and parent is not None:
        places = {name: place for name in COMMENTED if (place := getattr(parent, name)) is not None}
    if len(places) != 1:
        raise invalid_argument("exactly one of issueId, projectId, initiativeId and the ids of updates must be given")
    comment = ws.add(Comment(id=comment_id, parent=parent, user=ws.viewer, body=_body(input), **places))
    if comment.issue is not None:
        ws.touch(comment.issue)
    return _done(ws, comment=comment)


_COMMENTED: dict[type[Node], str] = {
    Issue: "issueId",
    Project: "projectId",
    Initiative: "initiativeId",
    ProjectUpdate: "projectUpdateId",
    InitiativeUpdate: "initiativeUpdateId",
}


def comment_update(ws: Workspace, id: str, input: Input) -> Payload:
    comment = _edit(ws, find(ws, Comment, id), {**input, "body": _body(input)} if "body" in input else input)
    return _done(ws, comment=comment)


def comment_delete(ws: Workspace, id: str) -> Payload:
    comment = find(ws, Comment, id)
    _own(ws, comment)
    ws.delete(comment)
    return _done(ws, entityId=comment.id)


def _body(input: Input) -> str:
    body: str = input.get("body") or ""
    if not body.strip():
        raise invalid_argument("body must not be empty")
    return body


def _edit(ws: Workspace, post: Post, input: Input) -> Post:
    _own(ws, post)
    changes = {name: input[name] for name in ("body", "health") if input.get(name) is not None}
    if ws.change(post, **changes):
        post.edited_at = ws.now
    return post


def project_update_create(ws: Workspace, input: Input) -> Payload:
    update_id = _client_id(ws, ProjectUpdate, input.get("id"))
    project = find(ws, Project, input["projectId"])
    health = input.get("health") or ws.health(project) or "onTrack"
    update = ProjectUpdate(id=update_id, project=project, user=ws.viewer, body=input.get("body") or "", health=health)
    ws.touch(project)
    return _done(ws, projectUpdate=ws.add(update))


def project_update_update(ws: Workspace, id: str, input: Input) -> Payload:
    update = _edit(ws, find(ws, ProjectUpdate, id), input)
    ws.touch(update.project)
    return _done(ws, projectUpdate=update)


def initiative_update_create(ws: Workspace, input: Input) -> Payload:
    update_id = _client_id(ws, InitiativeUpdate, input.get("id"))
    initiative = find(ws, Initiative, input["initiativeId"])
    health = input.get("health") or ws.health(initiative) or "onTrack"
    update = InitiativeUpdate(
        id=update_id, initiative=initiative, user=ws.viewer, body=input.get("body") or "", health=health
    )
    ws.touch(initiative)
    return _done(ws, initiativeUpdate=ws.add(update))


def initiative_update_update(ws: Workspace, id: str, input: Input) -> Payload:
    update = _edit(ws, find(ws, InitiativeUpdate, id), input)
    ws.touch(update.initiative)
    return _done(ws, initiativeUpdate=update)


def attachment_create(ws: Workspace, input: Input) -> Payload:
    """Creates, or updates the one that the issue already has for that url: then the client's id is not looked at."""
    issue = find(ws, Issue, input["issueId"])
    url, metadata = input["url"], _metadata(input)
    existing = next((a for a in ws.all(Attachment) if a.issue is issue and a.url == url), None)
    if existing is None:
        existing = ws.add(
            Attachment(
                id=_client_id(ws, Attachment, input.get("id")),
                issue=issue,
                url=url,
                title=input["title"],
                subtitle=input.get("subtitle"),
                metadata=metadata or {},
                creator=ws.viewer,
            )
        )
        ws.touch(issue)
    elif ws.change(existing, **_attachment_values(input, metadata)):
        ws.touch(issue)
    return _done(ws, attachment=existing)


def attachment_update(ws: Workspace, id: str, input: Input) -> Payload:
    attachment = find(ws, Attachment, id)
    if ws.change(attachment, **_attachment_values(input, _metadata(input))):
        ws.touch(attachment.issue)
    return _done(ws, attachment=attachment)


def attachment_delete(ws: Workspace, id: str) -> Payload:
    attachment = find(ws, Attachment, id)
    ws.delete(attachment)
    ws.touch(attachment.issue)
    return _done(ws, entityId=attachment.id)


def _attachment_values(input: Input, metadata: dict[str, Any] | None) -> dict[str, Any]:
    values: dict[str, Any] = {name: input[name] for name in ("title", "subtitle") if name in input}
    return values if metadata is None else {**values, "metadata": metadata}


def _metadata(input: Input) -> dict[str, Any] | None:
    metadata: dict[str, Any] | None = input.get("metadata")
    for value in (metadata or {}).values():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise invalid_argument("metadata must hold strings and numbers")
    return metadata


def project_update(ws: Workspace, id: str, input: Input) -> Payload:
    """Edits the project itself: the vendor's name for editing its status post is projectUpdateUpdate."""
    project = find(ws, Project, id)
    values = _edited(input, never_null=("description", "name", "priority", "statusId"))
    if "status_id" in values:
        values["status"] = find(ws, ProjectStatus, values.pop("status_id"))
    ws.change(project, **values)
    return _done(ws, project=project)


def initiative_update(ws: Workspace, id: str, input: Input) -> Payload:
    initiative = find(ws, Initiative, id)
    ws.change(initiative, **_edited(input, never_null=("name", "priority", "status")))
    return _done(ws, initiative=initiative)


def _edited(input: Input, *, never_null: Iterable[str]) -> dict[str, Any]:
    for name in never_null:
        if name in input and input[name] is None:
            raise invalid_argument(f"{name} must not be null")
    return {snake(name): value for name, value in input.items()}


MUTATIONS: dict[str, Callable[..., Payload]] = {
    "attachmentCreate": attachment_create,
    "attachmentDelete": attachment_delete,
    "attachmentUpdate": attachment_update,
    "commentCreate": comment_create,
    "commentDelete": comment_delete,
    "commentUpdate": comment_update,
    "initiativeUpdate": initiative_update,
    "initiativeUpdateCreate": initiative_update_create,
    "initiativeUpdateUpdate": initiative_update_update,
    "issueAddLabel": issue_add_label,
    "issueBatchUpdate": issue_batch_update,
    "issueLabelCreate": issue_label_create,
    "issueLabelRestore": issue_label_restore,
    "issueLabelRetire": issue_label_retire,
    "issueLabelUpdate": issue_label_update,
    "issueRemoveLabel": issue_remove_label,
    "issueUpdate": issue_update,
    "projectUpdate": project_update,
    "projectUpdateCreate": project_update_create,
    "projectUpdateUpdate": project_update_update,
}
