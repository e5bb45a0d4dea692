"""Reads that are neither a search nor agile: the site, its fields, one issue, its properties, comments, history."""

from typing import Any

from adapters.sandbox.jira.asking import Asked, number, one, page, split, texts
from adapters.sandbox.jira.errors import Refusal, no_issue
from adapters.sandbox.jira.fields import SPRINT
from adapters.sandbox.jira.site import Change, Comment, Issue
from adapters.sandbox.jira.wire import local_time


def server_info(asked: Asked) -> dict[str, Any]:
    """GET /rest/api/{2,3}/serverInfo, which answers anybody."""
    asked.query()
    return {
        "baseUrl": asked.request.host_url.rstrip("/"),
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud",
        "buildNumber": 100290,
        "serverTime": local_time(asked.site.now, asked.zone),
        "serverTitle": "Jira",
    }


def myself(asked: Asked) -> dict[str, Any]:
    """GET /rest/api/3/myself; the route lets no anonymous caller in."""
    asked.query()
    assert asked.account is not None  # noqa: S101 - see above
    return asked.wire.account_json(asked.account, own=True)


def all_fields(asked: Asked) -> list[dict[str, Any]]:
    """GET /rest/api/3/field."""
    asked.query()
    return [field.to_json() for field in asked.site.fields]


def resolutions(asked: Asked) -> list[dict[str, Any]]:
    """GET /rest/api/3/resolution."""
    asked.query()
    return [
        {"self": f"{asked.wire.API}/resolution/{each.id}", "id": each.id, "name": each.name, "description": ""}
        for each in asked.site.resolutions
    ]


def readable_issue(asked: Asked, named: str | None = None) -> Issue:
    """The issue of this id or key, else the one that the path names. Raises Refusal (404)."""
    found = asked.site.issue(asked.words[0] if named is None else named) if asked.sees else None
    if found is None or found.id in asked.site.unreadable:
        raise no_issue()
    return found


def one_issue(asked: Asked) -> dict[str, Any]:
    """GET /rest/api/3/issue/{idOrKey}, by an old key too."""
    query = asked.query("fields", "properties")
    issue = readable_issue(asked)
    # Without fields Jira answers all of them, people included.
    fields = asked.fields(split(query.get("fields", [])) or ["*all"])
    properties = split(query.get("properties", []))
    return asked.wire.issue_json(asked.site, issue, [*fields, "key"], properties, asked.zone)


def property_keys(asked: Asked) -> dict[str, Any]:
    """GET /rest/api/3/issue/{idOrKey}/properties."""
    asked.query()
    issue = readable_issue(asked)
    base = f"{asked.wire.API}/issue/{issue.id}/properties"
    return {"keys": [{"self": f"{base}/{key}", "key": key} for key in issue.properties]}


def one_property(asked: Asked) -> dict[str, Any]:
    """GET /rest/api/3/issue/{idOrKey}/properties/{key}."""
    asked.query()
    issue, key = readable_issue(asked), asked.words[1]
    if key not in issue.properties:
        raise no_property(key)
    return {"key": key, "value": issue.properties[key]}


def no_property(key: str) -> Refusal:
    """404 for an entity property that is not set."""
    return Refusal(404, f"The property with key '{key}' does not exist.")


def comments(asked: Asked) -> dict[str, Any]:
    """GET /rest/api/3/issue/{idOrKey}/comment, oldest first unless `orderBy=-created`."""
    query = asked.query("startAt", "maxResults", "orderBy", *(["expand"] if asked.site.is_data_center else []))
    issue = readable_issue(asked)
    start, most = page(query, usual=asked.wire.COMMENTS_A_PAGE, most=asked.wire.COMMENTS_A_PAGE)
    # A plus sign in a query string arrives as a space.
    backwards = one(query, "orderBy", "created", ("created", "-created", "+created", " created")).startswith("-")
    ordered = sorted(issue.comments, key=lambda comment: (comment.created, int(comment.id)), reverse=backwards)
    return {
        "self": f"{asked.wire.API}/issue/{issue.id}/comment",
        "startAt": start,
        "maxResults": most,
        "total": len(ordered),
        "comments": [
            asked.wire.comment_json(asked.site, issue, each, asked.zone) for each in ordered[start : start + most]
        ],
    }


def readable_comment(asked: Asked) -> tuple[Issue, Comment]:
    """The comment that the path names. Raises Refusal (404)."""
    issue, id = readable_issue(asked), asked.words[1]
    found = next((comment for comment in issue.comments if comment.id == id), None)
    if found is None:
        raise Refusal(404, f"Can not find a comment for the id: {id}.")
    return issue, found


def one_comment(asked: Asked) -> dict[str, Any]:
    """GET /rest/api/3/issue/{idOrKey}/comment/{id}."""
    asked.query()
    return asked.wire.comment_json(asked.site, *readable_comment(asked), asked.zone)


def changelogs(asked: Asked) -> dict[str, Any]:
    """POST /rest/api/3/changelog/bulkfetch: status and sprint changes, by issue and time."""
    body = asked.body("issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken")
    site = asked.site
    names = texts(body.get("issueIdsOrKeys"), "issueIdsOrKeys", most=1000)
    if not names:
        raise Refusal(400, "issueIdsOrKeys must not be empty.")
    fields = set(asked.fields(texts(body.get("fieldIds", []), "fieldIds", most=10)))
    most = number(body.get("maxResults", 1000), "maxResults", least=1, most=10_000)
    found = {issue.id: issue for issue in map(site.issue, names) if issue and issue.id not in site.unreadable}
    rows = [
        (issue, place, change)
        for issue in sorted(found.values() if asked.sees else [], key=lambda issue: int(issue.id))
        for place, change in enumerate(issue.history)
        if not fields or change.field_id in fields
    ]
    token = body.get("nextPageToken", "after:0")
    offset = token.removeprefix("after:") if isinstance(token, str) else ""
    if not offset.isdigit():
        raise Refusal(400, "The provided nextPageToken is invalid or has expired.")
    start = int(offset)
    logs: dict[str, list[dict[str, Any]]] = {}
    for issue, place, change in rows[start : start + most]:
        logs.setdefault(issue.id, []).append(_history(asked, f"{issue.id}{place:03d}", change))
    answer: dict[str, Any] = {
        "issueChangeLogs": [{"issueId": id, "changeHistories": histories} for id, histories in logs.items()]
    }
    if len(rows) > start + most:
        answer["nextPageToken"] = f"after:{start + most}"
    return answer


def _history(asked: Asked, id: str, change: Change) -> dict[str, Any]:
    sprint = change.field_id == SPRINT
    item = {
        "field": "Sprint" if sprint else change.field_id,
        "fieldtype": "custom" if sprint else "jira",
        "fieldId": change.field_id,
        "from": change.before,
        "fromString": change.before_text,
        "to": change.after,
        "toString": change.after_text,
    }
    seconds = change.at.timestamp()
    created = {
        "seconds": int(seconds),
        "milliseconds": int(seconds * 1000),
        "text": local_time(change.at, asked.zone),
    }
    return {"id": id, "created": created[asked.site.changelog_times], "items": [item]}
