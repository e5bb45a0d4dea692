"""Refusals in the shapes Jira gives them, and answers in its words for `Faults.answer(**...)` of the server."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from werkzeug.wrappers import Response

JSON = "application/json;charset=UTF-8"
_CLOUD_PAGE = b'<!DOCTYPE html><html lang="en"><head><title>Oops - an error has occurred</title></head></html>'
_TOMCAT_PAGE = (
    b'<!doctype html><html lang="en"><head><title>HTTP Status 429 \xe2\x80\x93 Too Many Requests</title></head><body>'
    b"<h1>HTTP Status 429 \xe2\x80\x93 Too Many Requests</h1><p><b>Message</b> Rate limit exceeded.</p></body></html>"
)


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


def unauthorized_at_gateway() -> Response:
    """401 as Atlassian's gateway words it."""
    body = {"code": 401, "message": "Unauthorized; scope does not match"}
    return Response(json.dumps(body), 401, content_type="application/json")


def removed_search() -> Refusal:
    """410 for the search that Atlassian removed (CHANGE-2046)."""
    return Refusal(
        410,
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
        "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046",
    )


def rate_limited(
    reason: str | None = "jira-burst-based", retry_after: str | None = "1", *, reset: str | None = None
) -> dict[str, Any]:
    """Cloud's 429 with a reason or, without one, the gateway's HTML page; `reset` as the header shall hold it."""
    wait = {} if retry_after is None else {"Retry-After": retry_after}
    if reason is None:
        headers = {"Content-Type": "text/html", "X-Failure-Category": "FAILURE CLIENT RATE LIMITED"}
        return {"status": 429, "body": _CLOUD_PAGE, "headers": headers | wait}
    text = "The request has been rate-limited. Please try again later."
    limits = {"X-RateLimit-Limit": "350", "X-RateLimit-Remaining": "0", "RateLimit-Reason": reason}
    if reset is not None:
        limits["X-RateLimit-Reset"] = reset
    body = json.dumps({"errorMessages": [text], "errors": {}, "status": 429}).encode()
    return {"status": 429, "body": body, "headers": {"Content-Type": JSON} | limits | wait}


def burst_limited() -> dict[str, Any]:
    """Too many requests a second at one endpoint: a second's wait."""
    return rate_limited("jira-burst-based", "1")


def issue_write_limited() -> dict[str, Any]:
    """Too many writes to one issue: 20 in 2 seconds, 100 in 30."""
    return rate_limited("jira-per-issue-on-write", "2")


def quota_spent(now: datetime, *, tenant: bool = True) -> dict[str, Any]:
    """The hour's points are spent, the site's or the whole app's: no Retry-After, a reset an hour ahead.

    The reset has no seconds, as Jira sometimes writes it: `2026-03-26T16:00Z`. `now` must be UTC.
    """
    scope = "tenant" if tenant else "global"
    reset = f"{now + timedelta(hours=1):%Y-%m-%dT%H:%MZ}"
    return rate_limited(f"jira-quota-{scope}-based", None, reset=reset)


def cost_limited() -> dict[str, Any]:
    """The undocumented reason that partners met: no word on how long."""
    return rate_limited("jira-cost-based", None)


def gateway_limited() -> dict[str, Any]:
    """Refused before Jira saw it: an HTML page, no reason, no word on how long."""
    return rate_limited(None, None)


def bucket_empty(retry_after: str = "1") -> dict[str, Any]:
    """Data Center's 429, from its Tomcat; `Retry-After` may be 0."""
    limits = {
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-FillRate": "5",
        "X-RateLimit-Interval-Seconds": "1",
        "Retry-After": retry_after,
    }
    return {"status": 429, "body": _TOMCAT_PAGE, "headers": {"Content-Type": "text/html;charset=utf-8"} | limits}


def captcha_required(login_url: str = "https://jira.example.com/login.jsp") -> dict[str, Any]:
    """Data Center after too many wrong passwords: right ones are refused too until a person signs in by browser."""
    headers = {
        "Content-Type": "text/html;charset=UTF-8",
        "X-Seraph-LoginReason": "AUTHENTICATION_DENIED",
        "X-Authentication-Denied-Reason": f"CAPTCHA_CHALLENGE; login-url={login_url}",
        "X-AUSERNAME": "anonymous",
    }
    page = b"<html><head><title>Forbidden (403)</title></head><body>CAPTCHA_CHALLENGE</body></html>"
    return {"status": 403, "body": page, "headers": headers}
