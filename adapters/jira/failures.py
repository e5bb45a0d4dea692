"""The one place that turns what requests, jira and Jira itself say into adapters.errors.

Texts are one line, without headers, and redacted. Statuses and headers: Atlassian's REST v3 and rate limiting pages.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

import msgspec
from requests import exceptions
from urllib3.exceptions import NewConnectionError

from adapters.errors import (
    AccessDenied,
    NotFound,
    RateLimited,
    RejectedWrite,
    Temporary,
    TrackerError,
    Unreadable,
)
from adapters.network import Network, no_tls, refused_by_proxy
from adapters.secrets import redact

LONGEST = 300


class RefusedRead(Unreadable):
    """Jira answered 400 to a read: what was asked is not possible there (a kanban board's sprints, a bulk too big)."""


class Reach(StrEnum):
    """What a limit holds back."""

    EVERYTHING = "everything"
    ENDPOINT = "endpoint"
    ISSUE = "issue"


class Limited(RateLimited):
    """Jira's 429, and what it holds back."""

    reach = Reach.EVERYTHING


class _ErrorBody(msgspec.Struct):
    errorMessages: list[str] = []  # noqa: N815 the vendor's name
    errors: dict[str, str] = {}


_error_body = msgspec.json.Decoder(_ErrorBody)


def said(body: bytes) -> str:
    """Jira's own `errorMessages` and `errors` as one redacted line; empty for HTML and anything else."""
    try:
        found = _error_body.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return one_line("; ".join([*found.errorMessages, *(f"{field}: {text}" for field, text in found.errors.items())]))


def one_line(text: str) -> str:
    """`text` on one line, redacted, cut. Redacted first: a cut in the middle of a secret would keep half of it."""
    line = " ".join(redact(text).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."


def from_exception(
    error: exceptions.RequestException, *, tracker: str, timeout: float, network: Network
) -> TrackerError:
    """What a request that got no answer means."""
    if isinstance(error, exceptions.SSLError):
        return no_tls(error, network, whom="the Jira site", tracker=tracker)
    if isinstance(error, exceptions.ProxyError):
        return refused_by_proxy(error, network, whom="Jira", tracker=tracker)
    if isinstance(error, exceptions.ConnectTimeout) or _never_connected(error):
        return Temporary(
            "Jira could not be reached: no connection to its address", tracker=tracker, surely_not_applied=True
        )
    if isinstance(error, exceptions.ConnectionError | exceptions.ChunkedEncodingError):
        return Temporary("the connection to Jira was lost before the whole answer", tracker=tracker)
    if isinstance(error, exceptions.Timeout):
        return Temporary(f"Jira did not answer within {timeout:g} s", tracker=tracker)
    return Unreadable(f"the request to Jira failed ({type(error).__name__})", tracker=tracker)


def _never_connected(error: exceptions.RequestException) -> bool:
    """Refused, or the name is unknown: urllib3 keeps that inside of what requests raises."""
    return isinstance(getattr(error.args[0] if error.args else None, "reason", None), NewConnectionError)


def from_answer(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    writes: bool,
    tracker: str,
    credentials: str = "the e-mail and the API token",
) -> TrackerError:
    """What an answer that is not a success means; `headers` are looked up without case."""
    text = said(body)
    tail = f": {text}" if text else ""
    result: TrackerError
    if status == 429:
        result = _rate_limited(headers, tail, tracker)
    elif status in (401, 403):
        result = AccessDenied(_denied(status, headers, tail, credentials), tracker=tracker)
    elif status == 404:
        result = NotFound(f"Jira knows nothing there, or hides it from this token{tail}", tracker=tracker)
    elif status == 410:
        result = Unreadable(f"the endpoint is gone from this Jira (410){tail}", tracker=tracker)
    elif status == 503 and not writes and (wait := _asked_wait(headers)) is not None:
        # Only for reads: nothing says that a 503 to a write was sent before the write was done.
        result = RateLimited(f"Jira is not available for now (503){tail}", wait=wait, tracker=tracker)
    elif status >= 500 or status == 408:
        result = Temporary(f"Jira failed for now ({status}){tail}", tracker=tracker)
    elif writes and 400 <= status < 500:
        result = RejectedWrite(f"Jira refused the change ({status}){tail}", tracker=tracker)
    elif status == 400:
        result = RefusedRead(f"Jira refused what was asked (400){tail}", tracker=tracker)
    elif 300 <= status < 400:
        result = Unreadable(
            f"Jira sent us to another address ({status}): is `url` the site's own address?", tracker=tracker
        )
    else:
        result = Unreadable(f"Jira answered {status}, which it does not document{tail}", tracker=tracker)
    return result


def _denied(status: int, headers: Mapping[str, str], tail: str, credentials: str) -> str:
    captcha = "CAPTCHA" in headers.get("X-Authentication-Denied-Reason", "").upper()
    if captcha or headers.get("X-Seraph-LoginReason", "") == "AUTHENTICATION_DENIED":
        return "Jira wants a CAPTCHA after failed sign-ins: sign in once in a browser with the token's account"
    if status == 401:
        return f"Jira did not accept {credentials} (401){tail}"
    return f"the token's account may not do this (403){tail}"


def _rate_limited(headers: Mapping[str, str], tail: str, tracker: str) -> Limited:
    reason = headers.get("RateLimit-Reason", "")
    quota = "quota" in reason.lower()
    until = _moment(headers.get("X-RateLimit-Reset", ""))
    wait = _asked_wait(headers)
    if until is not None and (quota or wait is None):
        wait = max(wait or 0.0, (until - _now(headers)).total_seconds(), 0.0)
    why = f" ({one_line(reason)})" if reason else ""
    error = Limited(f"Jira asks to wait{why}{tail}", wait=wait, quota=quota, until=until, tracker=tracker)
    if "burst" in reason.lower():
        error.reach = Reach.ENDPOINT
    elif "per-issue" in reason.lower():
        error.reach = Reach.ISSUE
    return error


def _asked_wait(headers: Mapping[str, str]) -> float | None:
    text = headers.get("Retry-After", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        date = http_date(text)
        return None if date is None else max(0.0, (date - _now(headers)).total_seconds())
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _now(headers: Mapping[str, str]) -> datetime:
    """The server's clock where it tells it: ours may be wrong, and the moment to wait for is on theirs."""
    return http_date(headers.get("Date", "")) or datetime.now(UTC)


def http_date(text: str) -> datetime | None:
    """The time of a Date header; None where it is none."""
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _moment(text: str) -> datetime | None:
    """ISO 8601, with or without seconds (both are seen in X-RateLimit-Reset)."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
