"""Site records as the JSON that Jira Data Center 9 answers: wiki text, names for people, sprints as strings."""

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from adapters.sandbox.jira import adf, wire
from adapters.sandbox.jira.errors import Refusal
from adapters.sandbox.jira.fields import EPIC_LINK, EPIC_NAME, PARENT_LINK, SPRINT
from adapters.sandbox.jira.hierarchy import epic_link, parent_link, subtask_parent
from adapters.sandbox.jira.site import Account, Board, Change, Comment, Issue, Site, Sprint
from adapters.sandbox.jira.sprint_strings import offset_time, sprint_string

# What the administrator set as base URL; callers who come by another address get these links all the same.
HOME = "https://jira.example.com"
API = f"{HOME}/rest/api/2"
AGILE = f"{HOME}/rest/agile/1.0"
COMMENTS_A_PAGE = 1_048_576


def issue_json(
    site: Site, issue: Issue, fields: Sequence[str], properties: Sequence[str], zone: ZoneInfo
) -> dict[str, Any]:
    """An issue with these field ids; id, key and self are always there."""
    answer: dict[str, Any] = {"expand": "", "id": issue.id, "self": f"{API}/issue/{issue.id}", "key": issue.key}
    asked = [field for field in fields if field not in ("id", "key")]
    if asked:
        values = {field: _field_value(site, issue, field, zone) for field in asked}
        answer["fields"] = {field: value for field, value in values.items() if field != "parent" or value is not None}
    if properties:
        answer["properties"] = {key: issue.properties[key] for key in properties if key in issue.properties}
    return answer


def _field_value(site: Site, issue: Issue, field: str, zone: ZoneInfo) -> Any:
    served = _SERVED.get(field)
    return served(site, issue, zone) if served else issue.custom.get(field)


def _type_json(site: Site, issue: Issue) -> dict[str, Any]:
    id = site.type_id(issue.type)
    return {"self": f"{API}/issuetype/{id}", "id": id, "name": issue.type, "subtask": issue.level < 0}


def _parent_json(site: Site, issue: Issue) -> dict[str, Any] | None:
    key = subtask_parent(site, issue)
    parent = site.issue(key) if key else None
    if parent is None:
        return None
    shown = {
        "summary": parent.summary,
        "status": wire.status_json(parent.status),
        "issuetype": _type_json(site, parent),
    }
    return {"id": parent.id, "key": parent.key, "self": f"{API}/issue/{parent.id}", "fields": shown}


def _project_json(site: Site, issue: Issue) -> dict[str, Any] | None:
    project = site.project(issue.project)
    if project is None:
        return None
    self = f"{API}/project/{project.id}"
    return {"self": self, "id": project.id, "key": project.key, "name": project.name, "projectTypeKey": "software"}


def _sprints(site: Site, issue: Issue, zone: ZoneInfo) -> list[str] | None:
    found = [site.sprint(number) for number in issue.sprints]
    return [sprint_string(sprint, site.sprint_style, zone) for sprint in found if sprint] or None


_SAME_AS_CLOUD = ("summary", "labels", "status", "components", "priority", "resolution", "security")
_SERVED: dict[str, Callable[[Site, Issue, ZoneInfo], Any]] = {
    **{field: wire.SERVED[field] for field in (*_SAME_AS_CLOUD, "resolutiondate", "created", "updated")},
    "description": lambda site, issue, zone: issue.description or None,
    "issuetype": lambda site, issue, zone: _type_json(site, issue),
    "project": lambda site, issue, zone: _project_json(site, issue),
    "parent": lambda site, issue, zone: _parent_json(site, issue),
    SPRINT: _sprints,
    EPIC_NAME: lambda site, issue, zone: issue.summary if issue.level == 1 else None,
    EPIC_LINK: lambda site, issue, zone: epic_link(site, issue),
    PARENT_LINK: lambda site, issue, zone: parent_link(site, issue),
}


def changelog_json(issue: Issue, zone: ZoneInfo) -> dict[str, Any]:
    """An issue's whole history, oldest first, by field names: Data Center gives no field ids, and Cloud's bulk none."""
    histories = [_history(f"{issue.id}{place:03d}", change, zone) for place, change in enumerate(issue.history)]
    return {"startAt": 0, "maxResults": len(histories), "total": len(histories), "histories": histories}


def _history(id: str, change: Change, zone: ZoneInfo) -> dict[str, Any]:
    sprint = change.field_id == SPRINT
    item = {
        "field": "Sprint" if sprint else change.field_id,
        "fieldtype": "custom" if sprint else "jira",
        "from": change.before,
        "fromString": change.before_text,
        "to": change.after,
        "toString": change.after_text,
    }
    return {"id": id, "created": wire.local_time(change.at, zone), "items": [item]}


def sprint_json(sprint: Sprint, zone: ZoneInfo) -> dict[str, Any]:
    """A sprint of the agile API, which does give objects; its dates bear the offset of `zone`."""
    dates = {
        "startDate": offset_time(sprint.start, zone),
        "endDate": offset_time(sprint.end, zone),
        "completeDate": offset_time(sprint.complete, zone),
    }
    return {
        "id": sprint.id,
        "self": f"{AGILE}/sprint/{sprint.id}",
        "state": sprint.state,
        "name": sprint.name,
        "originBoardId": sprint.board_id,
        "goal": sprint.goal,
        "synced": False,
        "autoStartStop": False,
    } | {name: date for name, date in dates.items() if date is not None}


def board_json(site: Site, board: Board) -> dict[str, Any]:
    """A board of the agile API, which does not tell its project."""
    return {"id": board.id, "self": f"{AGILE}/board/{board.id}", "name": board.name, "type": board.type}


def account_json(account: Account, *, own: bool) -> dict[str, Any]:
    """A user, by name and key; the e-mail address only of the caller."""
    return {
        "self": f"{API}/user?username={account.name}",
        "key": account.account_id,
        "name": account.name,
        **({"emailAddress": account.email} if own else {}),
        "displayName": account.display_name,
        "active": True,
        "timeZone": account.time_zone,
    }


def comment_json(site: Site, issue: Issue, comment: Comment, zone: ZoneInfo) -> dict[str, Any]:
    """A comment in wiki text; its properties only where they are expanded, which is the caller's part."""
    author = next(
        (account_json(known, own=False) for known in site.accounts if known.account_id == comment.author),
        {"key": comment.author, "name": comment.author, "active": False},
    )
    return {
        "self": f"{API}/issue/{issue.id}/comment/{comment.id}",
        "id": comment.id,
        "author": author,
        "updateAuthor": author,
        "body": plain(comment.body),
        "created": wire.local_time(comment.created, zone),
        "updated": wire.local_time(comment.updated, zone),
    }


def checked_text(body: Any, where: str) -> dict[str, Any] | str:
    """Wiki text as it may be sent. Raises Refusal (400): for a document too, and for a comment without words."""
    if not isinstance(body, str):
        raise Refusal(400, errors={where: "Operation value must be a string"})
    if where == "comment" and not body.strip():
        raise Refusal(400, errors={where: "Comment body can not be empty!"})
    if len(body) > adf.LONGEST:
        raise Refusal(
            400,
            errors={
                where: f"The entered text is too long. It exceeds the allowed limit of {adf.LONGEST:,} characters."
            },
        )
    return body


def plain(body: Any) -> str:
    """Wiki text as it is; the words of a document, as made-up companies have them."""
    return body if isinstance(body, str) else adf.plain(body)
