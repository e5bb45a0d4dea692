"""Boards and sprints: the part of `/rest/agile/1.0` that Atlassian keeps. Issues are not read through it any more."""

from collections.abc import Sequence
from typing import Any

from adapters.sandbox.jira.asking import Asked, one, page, split
from adapters.sandbox.jira.errors import Refusal
from adapters.sandbox.jira.site import Board, Sprint

MOST = 50
STATES = ("future", "active", "closed")


def boards(asked: Asked) -> dict[str, Any]:
    """GET /rest/agile/1.0/board."""
    query = asked.query("projectKeyOrId", "type", "startAt", "maxResults")
    site = asked.site
    kinds = split(query.get("type", ["scrum,kanban,simple"]))
    unknown = sorted(set(kinds) - {"scrum", "kanban", "simple"})
    if unknown:
        raise Refusal(400, f"Unknown board type: {', '.join(unknown)}.")
    found = [board for board in site.boards if board.type in kinds] if asked.sees else []
    if "projectKeyOrId" in query:
        named = one(query, "projectKeyOrId", "")
        project = site.project(named)
        if project is None:
            raise Refusal(400, f"No project could be found with key or id '{named}'.")
        found = [board for board in found if project.key in board.project_keys]
    return _paged(query, [asked.wire.board_json(site, board) for board in found])


def board(asked: Asked) -> dict[str, Any]:
    """GET /rest/agile/1.0/board/{id}."""
    asked.query()
    return asked.wire.board_json(asked.site, readable_board(asked))


def board_sprints(asked: Asked) -> dict[str, Any]:
    """GET /rest/agile/1.0/board/{id}/sprint: the board's own sprints and those it shows of others."""
    query = asked.query("state", "startAt", "maxResults")
    found = readable_board(asked)
    if found.type == "kanban":
        raise Refusal(400, "The board does not support sprints")
    states = split(query.get("state", [])) or list(STATES)
    unknown = sorted(set(states) - set(STATES))
    if unknown:
        raise Refusal(400, f"The sprint state {', '.join(unknown)} is unknown; use {', '.join(STATES)}.")
    sprints = [
        sprint
        for sprint in asked.site.sprints
        if sprint.state in states and (sprint.board_id == found.id or found.id in sprint.also_on)
    ]
    return _paged(query, [asked.wire.sprint_json(sprint, asked.zone) for sprint in sprints])


def board_configuration(asked: Asked) -> dict[str, Any]:
    """GET /rest/agile/1.0/board/{id}/configuration: columns by status, and what the board estimates by."""
    asked.query()
    found, site = readable_board(asked), asked.site
    columns = [
        {"name": name, "statuses": [{"id": status.id} for status in site.statuses if status.category == category]}
        for name, category in (("To Do", "new"), ("In Progress", "indeterminate"), ("Done", "done"))
    ]
    answer: dict[str, Any] = {
        "id": found.id,
        "name": found.name,
        "type": found.type,
        "filter": {"id": str(1000 + found.id)},
        "columnConfig": {"columns": columns, "constraintType": "none"},
        "ranking": {"rankCustomFieldId": 10019},
    }
    field = site.field(found.estimation_field) if found.estimation_field else None
    if field is not None:
        answer["estimation"] = {"type": "field", "field": {"fieldId": field.id, "displayName": field.name}}
    elif found.type != "kanban":
        answer["estimation"] = {"type": "issueCount"}
    return answer


def sprint(asked: Asked) -> dict[str, Any]:
    """GET /rest/agile/1.0/sprint/{id}."""
    asked.query()
    return asked.wire.sprint_json(readable_sprint(asked), asked.zone)


def readable_sprint(asked: Asked) -> Sprint:
    """The sprint that the path names. Raises Refusal (404)."""
    found = asked.site.sprint(int(asked.words[0])) if asked.sees else None
    if found is None:
        raise Refusal(404, "Sprint does not exist or you do not have permission to view it.")
    return found


def readable_board(asked: Asked) -> Board:
    """The board that the path names. Raises Refusal (404)."""
    found = asked.site.board(int(asked.words[0])) if asked.sees else None
    if found is None:
        raise Refusal(
            404,
            "Requested board cannot be viewed because it either does not exist or you do not have permission to view "
            "it.",
        )
    return found


def _paged(query: dict[str, list[str]], values: Sequence[dict[str, Any]]) -> dict[str, Any]:
    start, most = page(query, usual=MOST, most=MOST)
    return {
        "startAt": start,
        "maxResults": most,
        "total": len(values),
        "isLast": start + most >= len(values),
        "values": list(values[start : start + most]),
    }
