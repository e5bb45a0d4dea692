"""How Linear is spoken to: one session, one place that turns every failure into an error that says what to do next."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

import msgspec
import requests
from gql import Client as GqlClient
from gql import GraphQLRequest, gql
from gql.client import SyncClientSession
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportError,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.requests import RequestsHTTPTransport
from graphql import OperationDefinitionNode, OperationType
from requests.auth import AuthBase
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from adapters.errors import (
    AccessDenied,
    NotFound,
    RateLimited,
    RejectedWrite,
    Temporary,
    TrackerError,
    Unreadable,
    WriteRefused,
)
from adapters.linear.documents import PAGE
from adapters.linear.wire import Rows
from adapters.retry import Deadline, send
from adapters.secrets import redact

Answer = TypeVar("Answer")
Row = TypeVar("Row")

MOST_PAGES = 2000
"""Half a million rows: a walk that goes on longer does not end."""
RESERVE = 0.1
"""People share the quota of the token's user: a tenth of it is theirs."""
_REFILL_SECONDS = 360.0
"""Linear refills a bucket evenly over an hour: so long takes a tenth of it."""


class AlreadyExists(RejectedWrite):
    """A create was refused because its client id is taken: we made it before. (FACTS: "conflict on insert")"""


class _Token(AuthBase):
    """Sets the header itself: requests would prefer a .netrc entry for the host over a plain header."""

    def __init__(self, authorization: str) -> None:
        self._authorization = authorization

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._authorization
        return request


class Client:
    """One workspace's endpoint. Safe to share between threads: requests go one at a time."""

    def __init__(
        self, name: str, url: str, *, authorization: str, timeout: int, deadline: Deadline, may_write: bool
    ) -> None:
        self.name = name
        self.requests = 0
        """Requests sent so far, retries included."""
        self._deadline = deadline
        self._may_write = may_write
        self._lock = threading.Lock()
        self._parsed: dict[str, tuple[GraphQLRequest, bool]] = {}
        self._session: SyncClientSession | None = None
        self._status = 0
        self._headers: Mapping[str, str] = {}
        self._transport = RequestsHTTPTransport(
            url=url,
            auth=_Token(authorization),
            headers={"User-Agent": f"okrsync/{_version()}"},
            timeout=timeout,
            retries=0,
            allow_redirects=False,
        )

    def ask(self, document: str, answer: type[Answer], variables: Mapping[str, Any] | None = None) -> Answer:
        """Send a query and read what it answers as `answer`."""
        return self._typed(self._send(document, variables or {}), answer)

    def walk(self, document: str, row: type[Row], variables: Mapping[str, Any] | None = None) -> Iterator[list[Row]]:
        """The pages of a document whose connection is named `rows`, to the very end.

        Unreadable when the walk cannot come to an end; RateLimited before a page that would eat into the reserve.
        """
        after: str | None = None
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            self._keep_the_reserve()
            asked = {**(variables or {}), "first": PAGE, "after": after}
            page = self.ask(document, Rows[row], asked).rows  # type: ignore[valid-type]
            yield page.nodes
            if not page.page_info.has_next_page:
                return
            after = page.page_info.end_cursor
            if after is None or after in seen:
                raise Unreadable(f"{self.name}: Linear's pages repeat themselves", tracker=self.name)
            seen.add(after)
        raise Unreadable(f"{self.name}: Linear's pages do not end", tracker=self.name)

    def change(self, document: str, variables: Mapping[str, Any]) -> None:
        """Send a mutation; returns when every part of it was applied.

        WriteRefused, before anything is sent, when this run may only read. AlreadyExists when a client id is taken.
        Another RejectedWrite may leave some of the document's aliases applied.
        """
        answer = self._send(document, variables)
        refused = [
            alias for alias, payload in answer.items() if not (isinstance(payload, dict) and payload.get("success"))
        ]
        if refused:
            raise RejectedWrite(
                f"{self.name}: Linear did not apply the change ({', '.join(refused)})", tracker=self.name
            )

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            if self._session is not None:
                self._session.close()  # type: ignore[no-untyped-call]
                self._session = None

    def _send(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        parsed, writes = self._parse(document)
        if writes and not self._may_write:
            raise WriteRefused(
                f"{self.name}: a change was about to be sent, but this run may only read", tracker=self.name
            )
        request = GraphQLRequest(parsed.document, variable_values=dict(variables))
        return send(
            lambda: self._once(request, writes=writes), writes=writes, deadline=self._deadline, tracker=self.name
        )

    def _parse(self, document: str) -> tuple[GraphQLRequest, bool]:
        found = self._parsed.get(document)
        if found is None:
            request = gql(document)
            # an allow-list: anything that is not plainly a query counts as a write
            only_queries = all(
                isinstance(part, OperationDefinitionNode) and part.operation is OperationType.QUERY
                for part in request.document.definitions
            )
            found = self._parsed[document] = (request, not only_queries)
        return found

    def _once(self, request: GraphQLRequest, *, writes: bool) -> dict[str, Any]:
        failure: TrackerError
        with self._lock:
            session = self._connected()
            self.requests += 1
            self._status, self._headers = 0, {}
            try:
                answer = session.execute(request)
            # gql lets a body that is no object, or has no data, fall through as these three
            except (TransportError, AssertionError, TypeError, AttributeError) as error:
                failure = self._failure(error, writes=writes)
            else:
                if isinstance(answer, dict):
                    return answer
                failure = Unreadable(f"{self.name}: Linear's answer is not an object", tracker=self.name)
        # raised here, so that the library's error, which may quote a header, is not even its context
        raise failure

    def _connected(self) -> SyncClientSession:
        if self._session is None:
            session = GqlClient(transport=self._transport).connect_sync()  # type: ignore[no-untyped-call]
            assert self._transport.session is not None  # noqa: S101 - connect_sync made it
            # gql drops the status when a body has errors, and keeps the last answer's headers after a failure
            self._transport.session.hooks["response"].append(self._note)
            self._session = session
        return self._session

    def _note(self, response: requests.Response, *_: object, **__: object) -> None:
        self._status, self._headers = response.status_code, response.headers

    def _typed(self, answer: dict[str, Any], kind: type[Answer]) -> Answer:
        try:
            return msgspec.convert(answer, kind)
        except msgspec.ValidationError as error:
            reason = str(error)
        raise Unreadable(f"{self.name}: Linear's answer is not as documented: {_line(reason)}", tracker=self.name)

    def _keep_the_reserve(self) -> None:
        for kind, unit in (("Complexity", "complexity points"), ("Requests", "requests")):
            limit, remaining = (self._number(f"X-RateLimit-{kind}-{part}") for part in ("Limit", "Remaining"))
            if limit and remaining is not None and remaining < limit * RESERVE:
                raise RateLimited(
                    f"{self.name}: {remaining:.0f} of Linear's {limit:.0f} {unit} an hour are left; "
                    "the last tenth is kept for the people who share them",
                    wait=self._wait(),
                    quota=True,
                    tracker=self.name,
                )

    def _wait(self) -> float | None:
        """Seconds until the emptiest bucket has its reserve again; None where the server did not say."""
        resets = [
            (remaining / limit, reset)
            for kind in ("Complexity", "Requests", "Endpoint-Requests")
            if (limit := self._number(f"X-RateLimit-{kind}-Limit"))
            and (remaining := self._number(f"X-RateLimit-{kind}-Remaining")) is not None
            and (reset := self._number(f"X-RateLimit-{kind}-Reset")) is not None
        ]
        if not resets:
            return self._number("Retry-After")
        # epoch milliseconds, full again: the even refill gives the reserve back much sooner
        until_full = min(resets)[1] / 1000 - self._server_time()
        return min(max(until_full, 0.0), _REFILL_SECONDS)

    def _server_time(self) -> float:
        try:
            return parsedate_to_datetime(self._headers["Date"]).timestamp()
        except (KeyError, ValueError):
            return time.time()

    def _number(self, header: str) -> float | None:
        try:
            return float(self._headers[header])
        except (KeyError, ValueError):
            return None

    def _failure(self, error: Exception, *, writes: bool) -> TrackerError:
        match error:
            case TransportQueryError():
                return self._refusal(error, writes=writes)
            case TransportConnectionFailed():
                return self._no_answer(error)
            case TransportServerError(code=429):
                return self._limited()
            case TransportServerError(code=int(status)) if status >= 500:
                return Temporary(f"{self.name}: Linear answered {status}", tracker=self.name)
            case TransportServerError(code=401 | 403 as status):
                return AccessDenied(
                    f"{self.name}: Linear refused the token or this machine ({status})", tracker=self.name
                )
        where = f"HTTP {self._status}" if self._status else "no status"
        return Unreadable(f"{self.name}: this is not a GraphQL answer ({where}): is `url` right?", tracker=self.name)

    def _no_answer(self, error: Exception) -> TrackerError:
        cause = error.__cause__
        if isinstance(cause, requests.exceptions.SSLError):
            return Unreadable(f"{self.name}: the server's certificate is not trusted", tracker=self.name)
        reason = getattr(cause.args[0], "reason", None) if cause is not None and cause.args else None
        never_arrived = isinstance(reason, NewConnectionError | ConnectTimeoutError)
        what = "cannot be reached" if never_arrived else "did not answer"
        return Temporary(f"{self.name}: Linear {what}", tracker=self.name, surely_not_applied=never_arrived)

    def _limited(self) -> RateLimited:
        return RateLimited(
            f"{self.name}: Linear's hourly quota is used up", wait=self._wait(), quota=True, tracker=self.name
        )

    def _refusal(self, error: TransportQueryError, *, writes: bool) -> TrackerError:
        """An answer with `errors`: by extension first, by message where the vendor's code is generic, then by status.

        linear.app/developers/graphql and its SDK's table of error types.
        """
        first = error.errors[0] if error.errors and isinstance(error.errors[0], dict) else {}
        extensions = first.get("extensions")
        extensions = extensions if isinstance(extensions, dict) else {}
        code, kind = str(extensions.get("code", "")).upper(), str(extensions.get("type", "")).lower()
        message = str(first.get("message", ""))
        said = _line(str(extensions.get("userPresentableMessage") or message or "no reason given"))
        failure: Callable[..., TrackerError]
        if code == "RATELIMITED" or kind == "ratelimited" or self._status == 429:
            return self._limited()
        if kind in _PASSING or code == "INTERNAL_SERVER_ERROR" or self._status >= 500:
            return Temporary(f"{self.name}: Linear failed for now: {said}", tracker=self.name)
        if kind == "authentication error" or code == "AUTHENTICATION_ERROR" or self._status == 401:
            return AccessDenied(f"{self.name}: Linear does not know this token: {said}", tracker=self.name)
        if kind in _DENIED or code == "FORBIDDEN" or self._status == 403:
            return AccessDenied(f"{self.name}: the token may not do this: {said}", tracker=self.name)
        if not writes and isinstance(error.data, dict) and any(part is not None for part in error.data.values()):
            return Unreadable(f"{self.name}: Linear answered only a part: {said}", tracker=self.name)
        if message.startswith("Entity not found"):
            failure = NotFound
        elif "conflict on insert" in message:
            failure = AlreadyExists
        else:
            failure = RejectedWrite if writes else Unreadable
        return failure(f"{self.name}: Linear refused: {said}", tracker=self.name)


_PASSING = frozenset({"lock timeout", "internal error", "network error", "bootstrap error"})
_DENIED = frozenset({"forbidden", "feature not accessible", "usage limit exceeded"})


def _line(text: str) -> str:
    """Upstream text for a message: one line, short, no secrets."""
    return redact(" ".join(text.split()))[:200]


def _version() -> str:
    try:
        return version("okrsync")
    except PackageNotFoundError:
        return "dev"
