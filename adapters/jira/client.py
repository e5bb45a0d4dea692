"""Jira's transport: sign-in, one retry policy, a count of every request, and the refusal to write in a run that reads.

The `jira` package gives the authenticated session and nothing more: its retries would send a POST again whose answer
was lost, and its resources follow `self` links that may point at another host. URLs are built from ids here.
"""

import re
import threading
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

import msgspec
from jira import JIRA
from jira.exceptions import JIRAError
from requests import exceptions

from adapters.errors import Unreadable, WriteRefused
from adapters.jira.failures import from_answer, from_exception, one_line
from adapters.jira.settings import JiraSettings
from adapters.retry import Deadline, send

T = TypeVar("T")

SEARCH = "/rest/api/3/search/jql"
BULK_FETCH = "/rest/api/3/issue/bulkfetch"

READ_CALLS = tuple(
    (method, re.compile(path))
    for method, path in (
        ("GET", r"/rest/api/3/(serverInfo|myself|field)"),
        ("GET", r"/rest/api/3/issue/\d+/comment"),
        ("GET", r"/rest/agile/1\.0/board(/\d+(/sprint|/configuration)?)?"),
        ("POST", SEARCH),
        ("POST", BULK_FETCH),
    )
)
"""Everything that this program reads; whatever is not here changes something, or might."""

_encode = msgspec.json.Encoder(decimal_format="number").encode


class Client:
    """One signed-in session, safe to share between threads; at most `connections` requests are in flight."""

    def __init__(
        self, name: str, settings: JiraSettings, auth: tuple[str, str], *, deadline: Deadline, may_write: bool
    ) -> None:
        self.name = name
        self._settings = settings
        self._auth = auth
        self._deadline = deadline
        self._may_write = may_write
        self._jira: Any = None
        self._lock = threading.Lock()
        self._in_flight = threading.BoundedSemaphore(settings.connections)
        self._requests = 0

    @property
    def requests(self) -> int:
        """Requests sent so far, repeated ones included."""
        with self._lock:
            return self._requests

    def fetch(
        self,
        decoder: "msgspec.json.Decoder[T]",
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: object = None,
    ) -> T:
        """`call`, and the answer decoded. An answer that does not decode (HTML, cut off) raises Unreadable."""
        answer = self.call(method, path, params=params, body=body)
        try:
            return decoder.decode(answer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            why = "an HTML page" if answer.lstrip()[:1] == b"<" else one_line(str(error))
            raise Unreadable(f"{method} {path} did not answer as documented: {why}", tracker=self.name) from None

    def call(
        self, method: str, path: str, *, params: Mapping[str, str | int] | None = None, body: object = None
    ) -> bytes:
        """Send one request by the retry policy and return the raw body of its success.

        `path` starts at /rest and holds ids only. Raises adapters.errors, WriteRefused before a byte is sent.
        """
        writes = not any(method == known and pattern.fullmatch(path) for known, pattern in READ_CALLS)
        if writes and not self._may_write:
            raise WriteRefused(f"{method} {path} was not sent: this run only reads", tracker=self.name)
        content = None if body is None else _encode(body)
        return send(
            lambda: self._send(method, path, params, content, writes),
            writes=writes,
            deadline=self._deadline,
            tracker=self.name,
        )

    def close(self) -> None:
        """Close the session; a later call opens another."""
        with self._lock:
            gone, self._jira = self._jira, None
        if gone is not None:
            gone.close()

    def _send(
        self, method: str, path: str, params: Mapping[str, str | int] | None, content: bytes | None, writes: bool
    ) -> bytes:
        session = self._session()
        try:
            with self._in_flight:
                with self._lock:
                    self._requests += 1
                answer = session.request(
                    method, self._settings.url + path, params=params, data=content, allow_redirects=False
                )
        except JIRAError as error:
            answer = error.response
            if answer is None:
                raise Unreadable("the jira library failed without an answer", tracker=self.name) from None
        except exceptions.RequestException as error:
            raise from_exception(error, tracker=self.name, timeout=self._settings.timeout_seconds) from None
        if 200 <= answer.status_code < 300:
            return bytes(answer.content)
        raise from_answer(answer.status_code, answer.headers, answer.content, writes=writes, tracker=self.name)

    def _session(self) -> Any:
        with self._lock:
            if self._jira is None:
                # get_server_info would be sent uncounted, unmapped and following redirects: sign_in asks instead.
                self._jira = JIRA(
                    options={"server": self._settings.url, "headers": {"User-Agent": _user_agent()}},
                    basic_auth=self._auth,
                    get_server_info=False,
                    max_retries=0,
                    timeout=(min(10.0, self._settings.timeout_seconds), self._settings.timeout_seconds),
                    logging=False,
                )
                self._jira.deploymentType = "Cloud"
            return self._jira._session


def _user_agent() -> str:
    try:
        return f"okrsync/{version('okrsync')}"
    except PackageNotFoundError:
        return "okrsync/0"
