"""Searches: ids or issues by JQL, token-paged, and the bulk read that is not search-backed."""

import json
from bisect import bisect_right
from hashlib import sha256
from typing import Any

from adapters.sandbox.jira.asking import Asked, number, one, split, texts
from adapters.sandbox.jira.errors import Refusal, bad_payload
from adapters.sandbox.jira.jql_meaning import compile_query
from adapters.sandbox.jira.site import Issue

MOST_IDS = 5000
MOST_ISSUES = 100
USUAL = 50
# Bulk reads of more than 100 name their fields, and none that brings lists of things of its own.
BULKY = frozenset({"comment", "worklog", "attachment", "issuelinks", "subtasks"})

Cursors = dict[str, tuple[str, tuple[Any, ...]]]


def search(asked: Asked, cursors: Cursors) -> dict[str, Any]:
    """GET or POST /rest/api/3/search/jql."""
    wanted = _search_body(asked) if asked.request.method == "POST" else _search_query(asked)
    site = asked.site
    fields = asked.fields(texts(wanted.get("fields", ["id"]), "fields", most=1000)) or ["id"]
    properties = texts(wanted.get("properties", []), "properties", most=5)
    most = number(wanted.get("maxResults", USUAL), "maxResults", least=1, most=MOST_IDS)
    if set(fields) - {"id", "key"} or properties:
        most = min(most, MOST_ISSUES)
    if site.page_cap:
        most = min(most, site.page_cap)
    reconciled = _reconciled(wanted.get("reconcileIssues", []))
    if not isinstance(wanted.get("expand", ""), str):
        raise bad_payload("expand must be a string.")
    expand = split([wanted.get("expand", "")])
    if set(expand) - {"names"}:
        raise Refusal(400, f"This sandbox does not expand {', '.join(expand)}.")
    if wanted.get("fieldsByKeys") not in (None, False):
        raise Refusal(400, "This sandbox does not reference fields by key.")
    jql = wanted.get("jql", "")
    if not isinstance(jql, str):
        raise bad_payload("jql must be a string.")

    meaning = compile_query(site, jql, asked.zone)
    seen = asked.visible(reconciled)
    rows = sorted((issue for issue in seen if meaning.holds(issue)), key=meaning.place)
    digest = _digest([jql, fields, properties, sorted(reconciled), expand])
    after = _cursor(wanted.get("nextPageToken"), digest, cursors)
    # The page begins after the last row shown, wherever the rows have moved since.
    start = 0 if after is None else bisect_right(rows, after, key=meaning.place)
    shown, more = rows[start : start + most], len(rows) > start + most
    answer: dict[str, Any] = {
        "issues": [asked.wire.issue_json(site, row, fields, properties, asked.zone) for row in shown],
        "isLast": not more,
    }
    if "names" in expand:
        answer["names"] = {known.id: known.name for known in site.fields if known.id in fields}
    if more:
        place = meaning.place(shown[-1])
        token = "Ch0j" + _digest([digest, shown[-1].id, len(cursors)])[:32]
        cursors[token] = (digest, place)
        answer["nextPageToken"] = token
    return answer


def _search_body(asked: Asked) -> dict[str, Any]:
    return asked.body(
        "jql", "nextPageToken", "maxResults", "fields", "expand", "properties", "fieldsByKeys", "reconcileIssues"
    )


def _search_query(asked: Asked) -> dict[str, Any]:
    query = asked.query(
        "jql", "nextPageToken", "maxResults", "fields", "expand", "properties", "fieldsByKeys", "reconcileIssues"
    )
    wanted: dict[str, Any] = {
        name: one(query, name, "") for name in ("jql", "nextPageToken", "maxResults", "expand") if name in query
    }
    wanted |= {name: split(query[name]) for name in ("fields", "properties") if name in query}
    if "reconcileIssues" in query:
        wanted["reconcileIssues"] = [
            number(each, "reconcileIssues", least=0, most=2**63) for each in split(query["reconcileIssues"])
        ]
    if "fieldsByKeys" in query:
        wanted["fieldsByKeys"] = one(query, "fieldsByKeys", "false", ("true", "false")) == "true"
    return wanted


def _reconciled(ids: Any) -> list[str]:
    if not isinstance(ids, list) or not all(isinstance(each, int) for each in ids):
        raise bad_payload("reconcileIssues must be a list of issue ids as numbers.")
    if len(ids) > 50:
        raise Refusal(400, "reconcileIssues accepts a maximum of 50 issue ids.")
    return [str(each) for each in ids]


def _digest(parts: list[Any]) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()


def _cursor(token: Any, digest: str, cursors: Cursors) -> tuple[Any, ...] | None:
    if token is None:
        return None
    bound, place = cursors.get(token, ("", ())) if isinstance(token, str) else ("", ())
    if bound != digest:
        raise Refusal(400, "The provided nextPageToken is invalid or has expired.")
    return place


def approximate_count(asked: Asked) -> dict[str, Any]:
    """POST /rest/api/3/search/approximate-count."""
    jql = asked.body("jql").get("jql", "")
    if not isinstance(jql, str):
        raise bad_payload("jql must be a string.")
    holds = compile_query(asked.site, jql, asked.zone).holds
    return {"count": sum(map(holds, asked.visible()))}


def bulk_fetch(asked: Asked) -> dict[str, Any]:
    """POST /rest/api/3/issue/bulkfetch: in ascending id order; what is absent or invisible is in neither list."""
    body = asked.body("issueIdsOrKeys", "fields", "properties", "expand", "fieldsByKeys")
    site = asked.site
    names = texts(body.get("issueIdsOrKeys"), "issueIdsOrKeys", most=2**31)
    if not names:
        raise Refusal(400, "issueIdsOrKeys must not be empty.")
    named = texts(body.get("fields", []), "fields", most=2**31)
    _refuse_too_many(len(names), named, site.bulk_limit)
    if body.get("expand") or body.get("fieldsByKeys"):
        raise Refusal(400, "This sandbox's bulk fetch neither expands nor references fields by key.")
    # Without fields Jira answers all navigable ones, people included.
    fields = asked.fields(named or ["*navigable"])
    properties = texts(body.get("properties", []), "properties", most=5)
    found: dict[str, Issue] = {}
    for name in names if asked.sees else []:
        issue = site.issue(name)
        if issue and issue.id not in site.unreadable:
            found[issue.id] = issue
    ordered = sorted(found.values(), key=lambda issue: int(issue.id))
    return {
        "issues": [asked.wire.issue_json(site, each, [*fields, "key"], properties, asked.zone) for each in ordered],
        "issueErrors": [],
    }


def _refuse_too_many(count: int, fields: list[str], limit: int) -> None:
    if count <= 100:
        return
    if limit <= 100:
        raise Refusal(400, "The maximum number of issues that can be fetched in a single request is 100.")
    if count > limit:
        raise Refusal(400, f"The maximum number of issues that can be fetched in a single request is {limit}.")
    lists = sorted({"*all", "*navigable", *BULKY} & set(fields))
    if not 1 <= len(fields) <= 100 or lists:
        raise Refusal(
            400,
            "More than 100 issues can be fetched in a single request only if between 1 and 100 fields are named, "
            f"none of them multi-valued (for example comment, worklog, attachment); given: {len(fields)} {lists}.",
        )
