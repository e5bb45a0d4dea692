"""Data Center's searches: whole pages of issues by `startAt`, of JQL, a sprint or a board."""

from collections.abc import Callable
from typing import Any

from adapters.sandbox.jira.agile import readable_board, readable_sprint
from adapters.sandbox.jira.asking import Asked, number, one, split, texts
from adapters.sandbox.jira.errors import Refusal, bad_payload
from adapters.sandbox.jira.jql_meaning import compile_query
from adapters.sandbox.jira.reads import readable_issue
from adapters.sandbox.jira.site import Issue
from adapters.sandbox.jira.wire_data_center import changelog_json, issue_json

USUAL = 50
_KEYS = ("jql", "startAt", "maxResults", "validateQuery", "fields", "expand")


def search(asked: Asked) -> dict[str, Any]:
    """GET or POST /rest/api/2/search. Entity properties cannot be asked for: Data Center's search has none."""
    return _page(asked, _body(asked) if asked.request.method == "POST" else _query(asked), lambda issue: True)


def sprint_issues(asked: Asked) -> dict[str, Any]:
    """GET /rest/agile/1.0/sprint/{id}/issue, closed sprints too."""
    id = readable_sprint(asked).id
    return _page(asked, _query(asked), lambda issue: id in issue.sprints)


def board_issues(asked: Asked) -> dict[str, Any]:
    """GET /rest/agile/1.0/board/{id}/issue: all of the board's projects."""
    keys = readable_board(asked).project_keys
    return _page(asked, _query(asked), lambda issue: issue.project in keys)


def one_issue(asked: Asked) -> dict[str, Any]:
    """GET /rest/api/2/issue/{idOrKey}, by an old key too."""
    query = asked.query("fields", "properties", "expand")
    issue = readable_issue(asked)
    fields = asked.fields(split(query.get("fields", [])) or ["*all"])
    expand = _expanded(split(query.get("expand", [])))
    return _shown(asked, issue, fields, split(query.get("properties", [])), expand)


def _body(asked: Asked) -> dict[str, Any]:
    body = asked.body(*_KEYS)
    return body | {name: texts(body[name], name, most=1000) for name in ("fields", "expand") if name in body}


def _query(asked: Asked) -> dict[str, Any]:
    query = asked.query(*_KEYS)
    wanted: dict[str, Any] = {name: one(query, name, "") for name in ("jql", "startAt", "maxResults") if name in query}
    wanted |= {name: split(query[name]) for name in ("fields", "expand") if name in query}
    if "validateQuery" in query:
        # Java reads a boolean in any case, and the jira library sends Python's `True`.
        wanted["validateQuery"] = one(query, "validateQuery", "true").lower() == "true"
    return wanted


def _page(asked: Asked, wanted: dict[str, Any], belongs: Callable[[Issue], bool]) -> dict[str, Any]:
    site = asked.site
    # Without fields Jira answers all navigable ones, people included.
    fields = asked.fields(wanted.get("fields") or ["*navigable"])
    expand = _expanded(wanted.get("expand", []))
    validated = wanted.get("validateQuery", True)
    if not isinstance(validated, bool):
        raise bad_payload("validateQuery must be true or false.")
    start = number(wanted.get("startAt", 0), "startAt", least=0, most=2**31)
    asked_for = number(wanted.get("maxResults", USUAL), "maxResults", least=0, most=2**31)
    most = min(asked_for, site.dc_page_cap)
    jql = wanted.get("jql", "")
    if not isinstance(jql, str):
        raise bad_payload("jql must be a string.")
    meaning = compile_query(site, jql, asked.zone, bounded=False, validated=validated)
    rows = sorted((row for row in asked.visible() if belongs(row) and meaning.holds(row)), key=meaning.place)
    answer = {
        "expand": "schema,names",
        "startAt": start,
        "maxResults": most,
        "total": len(rows),
        "issues": [_shown(asked, row, fields, [], expand) for row in rows[start : start + most]],
    }
    if "names" in expand:
        answer["names"] = {known.id: known.name for known in site.fields if known.id in fields}
    return answer


def _expanded(expand: list[str]) -> list[str]:
    unknown = sorted(set(expand) - {"names", "changelog"})
    if unknown:
        raise Refusal(400, f"This sandbox does not expand {', '.join(unknown)}.")
    return expand


def _shown(asked: Asked, issue: Issue, fields: list[str], properties: list[str], expand: list[str]) -> dict[str, Any]:
    answer = issue_json(asked.site, issue, fields, properties, asked.zone)
    return answer | {"changelog": changelog_json(issue, asked.zone)} if "changelog" in expand else answer
