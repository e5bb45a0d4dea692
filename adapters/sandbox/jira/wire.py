"""Site records as the JSON that Jira Cloud answers."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from adapters.sandbox.jira import adf
from adapters.sandbox.jira.fields import EPIC_LINK, SPRINT
from adapters.sandbox.jira.site import CATEGORIES, Account, Board, Comment, Issue, Site, Sprint, Status

# Atlassian announced `self` links on the gateway; a client that follows them leaves the site.
GATEWAY = "https://api.atlassian.com/ex/jira/sandbox"
API = f"{GATEWAY}/rest/api/3"
AGILE = f"{GATEWAY}/rest/agile/1.0"
COMMENTS_A_PAGE = 100

checked_text = adf.checked
plain = adf.plain


def local_time(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """`2026-11-20T10:11:12.345+0100`: the caller's zone, the offset without a colon."""
    if moment is None:
        return None
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03d}{local:%z}"


def utc_time(moment: datetime) -> str:
    """`2026-11-20T09:11:12.345Z`, as sprints have it."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def issue_json(
    site: Site, issue: Issue, fields: Sequence[str], properties: Sequence[str], zone: ZoneInfo
) -> dict[str, Any]:
    """An issue with these field ids; `id` and `key` alone leave `fields` out, as the search does."""
    if set(fields) <= {"id"}:
        answer: dict[str, Any] = {"id": issue.id}
    else:
        answer = {"expand": "", "id": issue.id, "self": f"{API}/issue/{issue.id}", "key": issue.key}
    asked = [field for field in fields if field not in ("id", "key")]
    if asked:
        values = {field: _field_value(site, issue, field, zone) for field in asked}
        # Jira leaves `parent` out where there is none, or none that the caller may see; other fields are null.
        answer["fields"] = {field: value for field, value in values.items() if field != "parent" or value is not None}
    if properties:
        answer["properties"] = {key: issue.properties[key] for key in properties if key in issue.properties}
    return answer


def _field_value(site: Site, issue: Issue, field: str, zone: ZoneInfo) -> Any:
    served = SERVED.get(field)
    return served(site, issue, zone) if served else issue.custom.get(field)


def option_number(name: str) -> int:
    return 10000 + sum(ord(letter) * (place + 1) for place, letter in enumerate(name))


def status_json(status: Status) -> dict[str, Any]:
    """A status with its category."""
    id, name = CATEGORIES[status.category]
    return {
        "id": status.id,
        "name": status.name,
        "statusCategory": {"id": id, "key": status.category, "name": name},
    }


def type_json(site: Site, issue: Issue) -> dict[str, Any]:
    """An issue's type with its level in the hierarchy."""
    return {
        "id": site.type_id(issue.type),
        "name": issue.type,
        "subtask": issue.level < 0,
        "hierarchyLevel": issue.level,
    }


def _parent_json(site: Site, issue: Issue) -> dict[str, Any] | None:
    parent = site.issue(issue.parent) if issue.parent else None
    if parent is None:
        return None
    return {
        "id": parent.id,
        "key": parent.key,
        "self": f"{API}/issue/{parent.id}",
        "fields": {
            "summary": parent.summary,
            "status": status_json(parent.status),
            "issuetype": type_json(site, parent),
        },
    }


def project_json(site: Site, issue: Issue) -> dict[str, Any] | None:
    project = site.project(issue.project)
    if project is None:
        return None
    return {"id": project.id, "key": project.key, "name": project.name, "simplified": False}


def _sprints_json(site: Site, issue: Issue) -> list[dict[str, Any]] | None:
    found = [site.sprint(number) for number in issue.sprints]
    return [_sprint_value(sprint) for sprint in found if sprint] or None


def _epic_key(site: Site, issue: Issue) -> str | None:
    epic = site.issue(issue.parent) if issue.parent else None
    return epic.key if epic and epic.level == 1 else None


def option_json(id: str | None, name: str) -> dict[str, str]:
    """An option; one without an id of its own has one by its name."""
    return {"id": id or str(option_number(name)), "name": name}


SERVED: dict[str, Callable[[Site, Issue, ZoneInfo], Any]] = {
    "summary": lambda site, issue, zone: issue.summary,
    "description": lambda site, issue, zone: adf.document(issue.description),
    "labels": lambda site, issue, zone: list(issue.labels),
    "status": lambda site, issue, zone: status_json(issue.status),
    "issuetype": lambda site, issue, zone: type_json(site, issue),
    "project": lambda site, issue, zone: project_json(site, issue),
    "parent": lambda site, issue, zone: _parent_json(site, issue),
    "components": lambda site, issue, zone: [option_json(None, name) for name in issue.components],
    "priority": lambda site, issue, zone: issue.priority and option_json(None, issue.priority),
    "resolution": lambda site, issue, zone: (
        issue.resolution and option_json(issue.resolution.id, issue.resolution.name)
    ),
    "resolutiondate": lambda site, issue, zone: local_time(issue.resolved, zone),
    "created": lambda site, issue, zone: local_time(issue.created, zone),
    "updated": lambda site, issue, zone: local_time(issue.updated, zone),
    "security": lambda site, issue, zone: issue.security and option_json(None, issue.security),
    "statuscategorychangedate": lambda site, issue, zone: local_time(issue.status_changed, zone),
    SPRINT: lambda site, issue, zone: _sprints_json(site, issue),
    EPIC_LINK: lambda site, issue, zone: _epic_key(site, issue),
}


def _dates(sprint: Sprint) -> dict[str, str]:
    dates = {"startDate": sprint.start, "endDate": sprint.end, "completeDate": sprint.complete}
    return {name: utc_time(moment) for name, moment in dates.items() if moment is not None}


def _sprint_value(sprint: Sprint) -> dict[str, Any]:
    """A sprint inside the sprint field."""
    common = {"id": sprint.id, "name": sprint.name, "state": sprint.state}
    return common | {"boardId": sprint.board_id, "goal": sprint.goal} | _dates(sprint)


def sprint_json(sprint: Sprint, zone: ZoneInfo) -> dict[str, Any]:
    """A sprint of the agile API; its dates are UTC whoever asks."""
    common = {"id": sprint.id, "self": f"{AGILE}/sprint/{sprint.id}", "state": sprint.state}
    home = {"name": sprint.name, "originBoardId": sprint.board_id, "goal": sprint.goal}
    return common | home | _dates(sprint)


def board_json(site: Site, board: Board) -> dict[str, Any]:
    """A board of the agile API; its location is its first project."""
    answer: dict[str, Any] = {
        "id": board.id,
        "self": f"{AGILE}/board/{board.id}",
        "name": board.name,
        "type": board.type,
    }
    project = site.project(board.project_keys[0]) if board.project_keys else None
    if project:
        answer["location"] = {
            "projectId": int(project.id),
            "projectKey": project.key,
            "projectName": project.name,
            "displayName": f"{project.name} ({project.key})",
            "name": f"{project.name} ({project.key})",
        }
    return answer


def account_json(account: Account, *, own: bool) -> dict[str, Any]:
    """A user; the e-mail address only of the caller."""
    return {
        "self": f"{API}/user?accountId={account.account_id}",
        "accountId": account.account_id,
        "accountType": "atlassian",
        **({"emailAddress": account.email} if own else {}),
        "displayName": account.display_name,
        "active": True,
        "timeZone": account.time_zone,
    }


def comment_json(site: Site, issue: Issue, comment: Comment, zone: ZoneInfo) -> dict[str, Any]:
    """A comment; an author who is no known account has an id and nothing else."""
    author = next(
        (account_json(known, own=False) for known in site.accounts if known.account_id == comment.author),
        {"accountId": comment.author, "accountType": "atlassian", "active": True},
    )
    return {
        "self": f"{API}/issue/{issue.id}/comment/{comment.id}",
        "id": comment.id,
        "author": author,
        "updateAuthor": author,
        "body": comment.body,
        "created": local_time(comment.created, zone),
        "updated": local_time(comment.updated, zone),
        "jsdPublic": True,
        "properties": [{"key": key, "value": value} for key, value in comment.properties.items()],
    }
