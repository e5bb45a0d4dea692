"""How Linear is spoken to: a few connections, one place that sends, counts, keeps the quota and signs in again."""

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from queue import LifoQueue
from typing import Any, TypeVar

import msgspec
import structlog
from gql.transport.exceptions import TransportError
from graphql import DocumentNode, OperationDefinitionNode, OperationType, parse

from adapters.errors import RejectedWrite, Unreadable, WriteRefused
from adapters.linear.cost import points_of
from adapters.linear.documents import PAGE
from adapters.linear.failures import AlreadyExists, Answered, UnknownToken, one_line
from adapters.linear.transport import Lane, Question
from adapters.linear.wire import Rows
from adapters.network import Network
from adapters.retry import Deadline, send

__all__ = ["CONNECTIONS", "AlreadyExists", "Client"]

Answer = TypeVar("Answer")
Row = TypeVar("Row")
log = structlog.get_logger()

API_KEY, OAUTH_TOKEN = "a personal API key", "an OAuth token"
CONNECTIONS = 4
"""The most requests under way at once."""
MOST_PAGES = 2000
"""Half a million rows: a walk that goes on longer does not end."""
_TOLERANCE = 0.2


class Client:
    """One workspace's endpoint. Safe to share between threads: up to four requests are under way at once.

    `authorization` is the header to sign in with; where it is empty, or Linear no longer knows it, `renew` brings
    another, once a request.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        authorization: str,
        renew: Callable[[], str] | None = None,
        timeout: float,
        network: Network | None = None,
        deadline: Deadline,
        may_write: bool,
    ) -> None:
        self.name = name
        self.url = url
        self.requests = 0
        """Requests sent so far, retries and sign-ins included."""
        self._deadline = deadline
        self._may_write = may_write
        self._lock = threading.Lock()
        self._signing_in = threading.Lock()
        self._authorization = authorization
        self._renew = renew
        self._unproven = ""
        """A token that came in place of a refused one, and that nothing was answered to yet."""
        self._parsed: dict[str, tuple[DocumentNode, bool]] = {}
        self._differs: set[str] = set()
        self._timeout = timeout
        self._network = network or Network()
        self._last = self._answered()
        self._all_lanes = [Lane(url, timeout, self._network, lambda: self._authorization) for _ in range(CONNECTIONS)]
        # the last one given back is taken first: one request at a time opens one connection
        self._lanes: LifoQueue[Lane] = LifoQueue()
        for lane in self._all_lanes:
            self._lanes.put(lane)

    @property
    def signed_in_by(self) -> str:
        """What it signs in with, in words."""
        return OAUTH_TOKEN if self._authorization.startswith("Bearer ") else API_KEY

    @property
    def last(self) -> Answered:
        """What the last answer's headers said."""
        return self._last

    @property
    def server_time(self) -> datetime | None:
        """Linear's own clock at its last answer; None before one, or where it does not tell."""
        return self._last.date

    def sign_in(self) -> None:
        """Have a token before several requests are sent at once; a token that was given is not looked at."""
        if not self._authorization:
            send(lambda: self._sign_in(""), writes=False, deadline=self._deadline, tracker=self.name)

    def ask(self, document: str, answer: type[Answer], variables: Mapping[str, Any] | None = None) -> Answer:
        """Send a query and read what it answers as `answer`."""
        return self._decoded(self._send(document, variables or {}), answer)

    def walk(self, document: str, row: type[Row], variables: Mapping[str, Any] | None = None) -> Iterator[list[Row]]:
        """The pages of a document whose connection is named `rows`, to the very end.

        Unreadable when the walk cannot come to an end; RateLimited before a page that would eat into the reserve.
        """
        yield from self.walk_on(document, row, None, variables)

    def walk_on(
        self, document: str, row: type[Row], after: str | None, variables: Mapping[str, Any] | None = None
    ) -> Iterator[list[Row]]:
        """The pages that follow the cursor `after`; see `walk`."""
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            self.keep_the_reserve(document)
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

    def keep_the_reserve(self, document: str) -> None:
        """RateLimited where a page of this document would eat into the part of the quota that is people's."""
        self._last.refuse_below_reserve(points_of(self._parse(document)[0], {"first": PAGE}))

    def change(self, document: str, variables: Mapping[str, Any]) -> None:
        """Send a mutation; returns when every part of it was applied.

        WriteRefused, before anything is sent, when this run may only read. AlreadyExists when a client id is taken.
        Another RejectedWrite may leave some of the document's aliases applied.
        """
        answer = self._decoded(self._send(document, variables), dict[str, Any])
        refused = [
            alias for alias, payload in answer.items() if not (isinstance(payload, dict) and payload.get("success"))
        ]
        if refused:
            raise RejectedWrite(
                f"{self.name}: Linear did not apply the change ({', '.join(refused)})", tracker=self.name
            )

    def close(self) -> None:
        """Let go of the connections."""
        for lane in self._all_lanes:
            lane.close()

    def _send(self, document: str, variables: Mapping[str, Any]) -> msgspec.Raw:
        parsed, writes = self._parse(document)
        if writes and not self._may_write:
            raise WriteRefused(
                f"{self.name}: a change was about to be sent, but this run may only read", tracker=self.name
            )
        request = Question(document, parsed, variables)
        return send(
            lambda: self._signed_in(request, writes=writes), writes=writes, deadline=self._deadline, tracker=self.name
        )

    def _parse(self, document: str) -> tuple[DocumentNode, bool]:
        found = self._parsed.get(document)
        if found is None:
            parsed = parse(document)
            # an allow-list: anything that is not plainly a query counts as a write
            only_queries = all(
                isinstance(part, OperationDefinitionNode) and part.operation is OperationType.QUERY
                for part in parsed.definitions
            )
            found = self._parsed[document] = (parsed, not only_queries)
        return found

    def _signed_in(self, request: Question, *, writes: bool) -> msgspec.Raw:
        """Sent once; and once more with a new token where there is one to be had: a refused token changed nothing."""
        if not self._authorization:
            self._sign_in("")
        used = self._authorization
        try:
            answer = self._once(request, writes=writes)
        except UnknownToken:
            if self._renew is None or not self._sign_in(used):
                raise
            answer = self._once(request, writes=writes)
        self._unproven = ""
        return answer

    def _sign_in(self, refused: str) -> bool:
        """Whether there is another token than the refused one. A new one that was refused before it was ever taken is
        not renewed again, whichever of several requests at once it was.
        """
        with self._signing_in:
            if self._renew is None or self._authorization != refused:
                return True
            if refused and refused == self._unproven:
                return False
            with self._lock:
                self.requests += 1
            self._authorization = self._renew()
            self._unproven = self._authorization if refused else ""
            return True

    def _once(self, request: Question, *, writes: bool) -> msgspec.Raw:
        with self._lock:
            self.requests += 1
        lane = self._lanes.get()
        try:
            answer, error = lane.execute(request), None
        # gql lets a body that is no object, or has no data, fall through as the last three
        except (TransportError, AssertionError, TypeError, AttributeError) as caught:
            answer, error = None, caught
        finally:
            answered = self._answered(lane.status, lane.headers)
            self._lanes.put(lane)
        if answered.status:
            self._last = answered
        if error is None and isinstance(answer, msgspec.Raw):
            self._check_cost(request, answered)
            return answer
        # raised out here, so that the library's error, which may quote a header, is not even its context
        if error is None:
            raise Unreadable(f"{self.name}: Linear's answer has no data", tracker=self.name)
        raise answered.failure(error, writes=writes)

    def _answered(self, status: int = 0, headers: Mapping[str, str] | None = None) -> Answered:
        return Answered(self.name, status, headers or {}, self._timeout, self._network)

    def _check_cost(self, request: Question, answered: Answered) -> None:
        """Linear's own count against ours, said once a document: the reserve is kept by ours."""
        charged = answered.number("X-Complexity")
        expected = points_of(request.document, request.variable_values or {})
        if charged is None or abs(charged - expected) <= expected * _TOLERANCE:
            return
        operation = next(part for part in request.document.definitions if isinstance(part, OperationDefinitionNode))
        name = operation.name.value if operation.name else ""
        if name not in self._differs:
            self._differs.add(name)
            log.warning("complexity_differs", tracker=self.name, document=name, expected=expected, charged=int(charged))

    def _decoded(self, answer: msgspec.Raw, kind: type[Answer]) -> Answer:
        try:
            return msgspec.json.decode(answer, type=kind)
        except msgspec.DecodeError as error:
            reason = str(error)
        raise Unreadable(f"{self.name}: Linear's answer is not as documented: {one_line(reason)}", tracker=self.name)
