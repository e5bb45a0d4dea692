"""Refusals in the shapes Jira Cloud gives them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.wrappers import Response

JSON = "application/json;charset=UTF-8"


class Refusal(Exception):
    """A request that is answered with an error: `messages` for the whole, `errors` by field."""

    def __init__(self, status: int, *messages: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(*messages)
        self.status = status
        self.messages = list(messages)
        self.errors = dict(errors or {})

    def response(self) -> Response:
        """`{"errorMessages": [...], "errors": {...}}`."""
        body = {"errorMessages": self.messages, "errors": self.errors}
        return Response(json.dumps(body), self.status, content_type=JSON)


def bad_payload(detail: str) -> Refusal:
    """400 for a body that does not fit the contract; `detail` is what Jira would leave you to guess."""
    return Refusal(400, "Invalid request payload. Refer to the REST API documentation and try again.", detail)


def no_issue() -> Refusal:
    """404 for an issue that is absent or invisible: Jira does not tell the two apart."""
    return Refusal(404, "Issue does not exist or you do not have permission to see it.")


def no_endpoint(method: str, path: str) -> Refusal:
    """404 for a path that the sandbox, or Jira, does not have."""
    return Refusal(404, f"No endpoint {method} {path}.")


def wrong_method(method: str, allowed: Iterable[str]) -> Response:
    """405 naming the methods that would do."""
    answer = Refusal(405, f"Request method '{method}' is not supported.").response()
    answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def unauthenticated() -> Response:
    """401 as Jira Cloud words it: plain text, not JSON."""
    answer = Response("Client must be authenticated to access this resource.", 401, content_type="text/plain")
    answer.headers["WWW-Authenticate"] = 'OAuth realm="https%3A%2F%2Fsandbox.atlassian.net"'
    return answer


def removed_search() -> Refusal:
    """410 for the search that Atlassian removed (CHANGE-2046)."""
    return Refusal(
        410,
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
        "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046",
    )


def rate_limited(reason: str | None = "jira-burst-based", retry_after: str | None = "1") -> dict[str, Any]:
    """A 429 for `Faults.answer(**...)`: Jira's own with a reason, or, without one, the gateway's HTML page.

    Reasons: jira-burst-based, jira-per-issue-on-write, jira-quota-global-based, jira-quota-tenant-based.
    """
    wait = {} if retry_after is None else {"Retry-After": retry_after}
    if reason is None:
        page = b'<!DOCTYPE html><html lang="en"><head><title>Oops - an error has occurred</title></head></html>'
        headers = {"Content-Type": "text/html", "X-Failure-Category": "FAILURE CLIENT RATE LIMITED"}
        return {"status": 429, "body": page, "headers": headers | wait}
    text = "The request has been rate-limited. Please try again later."
    limits = {"X-RateLimit-Limit": "350", "X-RateLimit-Remaining": "0", "RateLimit-Reason": reason}
    body = json.dumps({"errorMessages": [text], "errors": {}, "status": 429}).encode()
    return {"status": 429, "body": body, "headers": {"Content-Type": JSON} | limits | wait}
