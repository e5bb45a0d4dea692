"""Jira's transport: sign-in, one retry policy, a count of every request, and the refusal to write in a run that reads.

The `jira` package gives the authenticated session and nothing more: its retries would send a POST again whose answer
was lost, and its resources follow `self` links that may point at another host. URLs are built from ids here.
"""

import re
import threading
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

import msgspec
from jira import JIRA
from requests import PreparedRequest, Session, exceptions
from requests.auth import AuthBase

from adapters.errors import AccessDenied, Temporary, TryLater, Unreadable, WriteRefused
from adapters.jira.failures import Limited, Reach, from_answer, from_exception, http_date, one_line
from adapters.jira.pace import Pace
from adapters.jira.settings import JiraSettings
from adapters.jira.sign_in import AccessToken, Credentials, access_token
from adapters.jira.tables import Tables
from adapters.network import Network
from adapters.retry import Deadline, send
from adapters.whole_text import with_whole_characters

T = TypeVar("T")

CLOUD_API = "/rest/api/3"
DATA_CENTER_API = "/rest/api/2"
SEARCH = f"{CLOUD_API}/search/jql"
BULK_FETCH = f"{CLOUD_API}/issue/bulkfetch"

READ_CALLS = tuple(
    (method, re.compile(path))
    for method, path in (
        ("GET", r"/rest/api/[23]/(serverInfo|myself|mypermissions|field|project)"),
        ("GET", r"/rest/api/[23]/project/(search|[A-Za-z0-9_]+)"),
        ("GET", r"/rest/api/[23]/issue/[A-Za-z0-9_-]+(/comment|/editmeta|/remotelink)?"),
        ("GET", r"/rest/agile/1\.0/board(/\d+(/sprint|/configuration)?)?"),
        ("GET", r"/rest/agile/1\.0/sprint/\d+"),
        ("GET", r"/rest/pat/latest/tokens"),
        ("POST", SEARCH),
        ("POST", BULK_FETCH),
        ("POST", f"{CLOUD_API}/(changelog/bulkfetch|jql/parse)"),
        ("POST", f"{DATA_CENTER_API}/search"),
    )
)
"""Everything that this program reads; whatever is not here changes something, or might."""

_CREDENTIALS = {
    "basic": "the e-mail and the API token",
    "scoped": "the token at the gateway; is it a scoped one, of this site, and has it the scopes",
    "oauth": "the access token at the gateway; has the service account the scopes",
    "pat": "the personal access token",
}


class _Tenant(msgspec.Struct, frozen=True, rename="camel"):
    cloud_id: str = ""


_tenant = msgspec.json.Decoder(_Tenant)
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Client:
    """One signed-in session, safe to share between threads; at most `connections` requests are in flight."""

    def __init__(
        self,
        name: str,
        settings: JiraSettings,
        credentials: Credentials,
        *,
        deadline: Deadline,
        may_write: bool,
        network: Network | None = None,
        tables: Tables | None = None,
    ) -> None:
        self.name = name
        self.api = DATA_CENTER_API if settings.is_data_center else CLOUD_API
        """Where the platform's REST API begins: paths are this and what follows, never a version of their own."""
        self._settings = settings
        self.tables = tables
        """Answers of earlier runs that need not be asked for again; None where there is no mirror."""
        self.server_time: datetime | None = None
        self.answer_headers: Mapping[str, str] = {}
        """Of the last answer, looked up without case."""
        """What the last answer said the time was."""
        self._credentials = credentials
        self._network = network or Network()
        self._deadline = deadline
        self._may_write = may_write
        self._pace = Pace()
        self._root = "" if settings.sign_in in ("scoped", "oauth") else settings.url
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
        as_of: str = "",
    ) -> T:
        """`call`, and the answer decoded. An answer that does not decode (HTML, cut off) raises Unreadable."""
        answer = self.call(method, path, params=params, body=body, as_of=as_of)
        try:
            return decoder.decode(answer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            why = "an HTML page" if answer.lstrip()[:1] == b"<" else one_line(str(error))
            raise Unreadable(f"{method} {path} did not answer as documented: {why}", tracker=self.name) from None

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: object = None,
        as_of: str = "",
    ) -> bytes:
        """Send one request by the retry policy and return the raw body of its success.

        With `as_of`, the state that what is asked for is known to be in, an answer kept of that state will do.

        `path` starts at /rest and holds ids only. Raises adapters.errors, WriteRefused before a byte is sent.
        """
        writes = not any(method == known and pattern.fullmatch(path) for known, pattern in READ_CALLS)
        if writes and not self._may_write:
            raise WriteRefused(f"{method} {path} was not sent: this run only reads", tracker=self.name)
        known = self.tables.answer(method, path, params, self.server_time, as_of) if self.tables else None
        if known is not None:
            return known
        content = None if body is None else _encode(body)
        url = self._address() + path
        again = False

        def send_once() -> bytes:
            nonlocal again
            if again:  # the retry has waited for it
                self._pace.waited(method, path)
            self._take_turn(method, path)
            try:
                return self._signed(method, url, params, content, writes)
            except Limited as error:
                again = True
                self._pace.limited(method, path, error)
                raise

        try:
            answer = with_whole_characters(send(send_once, writes=writes, deadline=self._deadline, tracker=self.name))
        except Limited as error:
            if error.reach is Reach.ISSUE:  # one issue's trouble: the others are not held up
                raise Temporary(str(error), tracker=self.name, surely_not_applied=True) from None
            raise
        if self.tables:
            self.tables.keep(method, path, params, self.server_time, answer, as_of)
        return answer

    def close(self) -> None:
        """Close the session; a later call opens another."""
        with self._lock:
            gone, self._jira = self._jira, None
        if gone is not None:
            gone.close()

    def _take_turn(self, method: str, path: str) -> None:
        """Wait where Jira holds this request back. Raises TryLater where that is beyond the run's deadline."""
        pause = self._pace.wait(method, path)
        if pause <= 0:
            return
        if pause > self._deadline.left:
            raise TryLater(
                f"Jira asks to wait {pause:.0f} s and the run has {self._deadline.left:.0f} s left", tracker=self.name
            )
        self._deadline.sleep(pause)
        self._pace.waited(method, path)

    def _signed(
        self, method: str, url: str, params: Mapping[str, str | int] | None, content: bytes | None, writes: bool
    ) -> bytes:
        header = self._credentials.authorization(self._ask_for_token)
        answer = self._request(method, url, params, content, header)
        # 401: nothing was done, so even a write may go again with a new token.
        if answer.status_code == 401 and self._credentials.renew(header):
            header = self._credentials.authorization(self._ask_for_token)
            answer = self._request(method, url, params, content, header)
        return self._judged(answer, writes)

    def _judged(self, answer: Any, writes: bool) -> bytes:
        if not 200 <= answer.status_code < 300:
            raise from_answer(
                answer.status_code,
                answer.headers,
                answer.content,
                writes=writes,
                tracker=self.name,
                credentials=_CREDENTIALS[self._settings.sign_in],
            )
        self._pace.passed(answer.headers)
        self.answer_headers = answer.headers
        self.server_time = http_date(answer.headers.get("Date", "")) or self.server_time
        if self._settings.is_data_center and answer.headers.get("X-AUSERNAME") == "anonymous":
            # A wrong token is not refused there: everything is answered, and empty.
            raise AccessDenied(
                f"Jira answers as to nobody: check {self._settings.token_env}, and whether the token has expired",
                tracker=self.name,
            )
        return bytes(answer.content)

    def _address(self) -> str:
        """The site, or its place at the gateway; the site itself says which."""
        if not self._root:
            cloud_id = self._settings.cloud_id or self._cloud_id()
            self._root = f"{self._settings.gateway}/ex/jira/{cloud_id}"
        return self._root

    def _cloud_id(self) -> str:
        """Asked without a token: the site's own address is not where a scoped one may go."""
        url = f"{self._settings.url}/_edge/tenant_info"
        answer = send(
            lambda: self._judged(self._request("GET", url, None, None, None), writes=False),
            writes=False,
            deadline=self._deadline,
            tracker=self.name,
        )
        try:
            found = _tenant.decode(answer).cloud_id
        except (msgspec.DecodeError, UnicodeDecodeError):
            found = ""
        if not re.fullmatch(r"[0-9A-Za-z-]+", found):
            raise Unreadable(
                "the site does not tell its cloud id: is `url` the site's address? Else set cloud_id", tracker=self.name
            )
        return found

    def _ask_for_token(self, path: str, body: dict[str, str]) -> AccessToken:
        """Raises AccessDenied where the client id and its secret are not accepted."""

        def ask() -> bytes:
            answer = self._request("POST", self._settings.token_server + path, None, _encode(body), None)
            if 400 <= answer.status_code < 500 and answer.status_code != 429:
                raise AccessDenied(
                    f"the OAuth 2 server did not accept the client id and its secret ({answer.status_code}): "
                    f"check {' and '.join(self._settings.variables)}",
                    tracker=self.name,
                )
            return self._judged(answer, writes=False)

        try:
            return access_token.decode(send(ask, writes=False, deadline=self._deadline, tracker=self.name))
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Unreadable("the OAuth 2 server did not answer as documented", tracker=self.name) from None

    def _request(
        self, method: str, url: str, params: Mapping[str, str | int] | None, content: bytes | None, header: str | None
    ) -> Any:
        """One request, whatever it is answered; `header` None goes without Authorization."""
        session = self._session()
        network = self._network  # by request: of a session's own, requests prefers the environment's
        sent = {
            "auth": _Signed(header),
            "allow_redirects": False,
            "timeout": session.timeout,
            "proxies": network.proxies,
            "verify": network.verify,
        }
        try:
            with self._in_flight:
                with self._lock:
                    self._requests += 1
                # requests' own method: what the jira package makes of an answer breaks on bodies it does not expect
                return Session.request(session, method, url, params=params, data=content, **sent)
        except exceptions.RequestException as error:
            raise from_exception(
                error, tracker=self.name, timeout=self._settings.timeout_seconds, network=network
            ) from None

    def _session(self) -> Any:
        settings = self._settings
        with self._lock:
            if self._jira is None:
                # get_server_info would be sent uncounted, unmapped and following redirects: sign-in asks instead.
                self._jira = JIRA(
                    options={"server": settings.url, "headers": {"User-Agent": _user_agent()}},
                    get_server_info=False,
                    max_retries=0,
                    timeout=(min(settings.connect_timeout_seconds, settings.timeout_seconds), settings.timeout_seconds),
                    logging=False,
                )
                self._jira.deploymentType = "Server" if settings.is_data_center else "Cloud"
            return self._jira._session


class _Signed(AuthBase):
    """Sets the header itself: left to requests, a .netrc would."""

    def __init__(self, header: str | None) -> None:
        self._header = header

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        if self._header is not None:
            request.headers["Authorization"] = self._header
        return request


def _user_agent() -> str:
    try:
        return f"okrsync/{version('okrsync')}"
    except PackageNotFoundError:
        return "okrsync/0"
