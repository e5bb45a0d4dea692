"""A number in a JSON document behind an address: one careful GET.

The address stands in the registry: whoever may edit that may make the machine of the run ask it. So only https is
asked (plain http on this machine alone), redirects stay on the host, and addresses that machines in a cloud keep their
secrets behind are refused, whatever name leads there. What comes back is a number or is not shown.
"""

import re
import threading
from collections.abc import Callable
from decimal import Decimal
from email.utils import parsedate_to_datetime
from ipaddress import IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from typing import Any, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

import msgspec
import requests
from jsonpointer import JsonPointer, JsonPointerException
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from adapters.errors import AccessDenied, NotFound, RateLimited, Temporary, TrackerError, Unreadable
from adapters.retry import Deadline, send
from adapters.secrets import fits_a_header, read_secret, redact
from mappings.measures import Endpoint, Taken

T = TypeVar("T")

TIMEOUT = (10.0, 20.0)
"""Seconds to connect, and between two parts of an answer."""
TOTAL_SECONDS = 30.0
MOST_BYTES = 1024 * 1024
MOST_REDIRECTS = 3
ATTEMPTS = 3

REFUSED_NETWORKS = tuple(
    ip_network(each) for each in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32")
)
"""Link-local addresses and the others where clouds answer a machine's questions about itself."""

_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?")


class HttpMeasures:
    """Asks endpoints. A connection is open for one question only; `requests` counts what was sent."""

    kind = "http"

    def __init__(self, deadline: Deadline, *, total_seconds: float = TOTAL_SECONDS) -> None:
        self._deadline = deadline
        self._total_seconds = total_seconds
        self.requests = 0

    def measure(self, endpoint: Endpoint) -> Taken:
        """The number that the document holds now.

        Raises an adapters.errors.TrackerError that names the host and says what is wrong: nothing of the document, and
        nothing of what follows `?` in the address, is in its text.
        """
        url = _checked(endpoint.url)
        try:
            pointer = JsonPointer(endpoint.pointer)
        except JsonPointerException:
            raise Unreadable(f'"{endpoint.pointer}" is no JSON pointer, as in /data/0/value') from None
        token = _token(endpoint)
        host = url.netloc

        def ask() -> bytes:
            seconds = min(self._total_seconds, self._deadline.left)
            return _within(seconds, lambda: self._fetch(url, token), host)

        body = send(ask, writes=False, deadline=self._deadline, tracker=host, attempts=ATTEMPTS)
        value = _number_in(body, pointer, endpoint.pointer, host)
        place = f"{endpoint.pointer} of " if endpoint.pointer else ""
        return Taken(value=value, because=redact(f"{place}{url.scheme}://{host}{url.path}"))

    def _fetch(self, url: SplitResult, token: str | None) -> bytes:
        with requests.Session() as session:
            session.mount("http://", _Guarded())
            session.mount("https://", _Guarded())
            # plain http stays on this machine: no proxy is to see the token
            session.trust_env = url.scheme == "https"
            for _ in range(MOST_REDIRECTS + 1):
                self.requests += 1
                try:
                    with session.get(
                        url.geturl(),
                        headers={
                            "User-Agent": "okrsync",
                            "Accept": "application/json",
                            "Accept-Encoding": "identity",  # a small answer may unpack to a large one
                        },
                        auth=_Bearer(token),
                        timeout=TIMEOUT,
                        allow_redirects=False,
                        stream=True,
                    ) as answer:
                        if not answer.is_redirect:
                            return _body(answer, url.netloc)
                        url = _followed(url, answer.headers["Location"])
                except requests.RequestException as error:
                    failure = _failure(error, url.netloc)
                else:
                    continue
                raise failure  # out here, so that the library's error is not even its context
        raise Unreadable(f"{url.netloc} redirects more than {MOST_REDIRECTS} times", tracker=url.netloc)


class _Bearer(AuthBase):
    """Sets the header itself, or none: left to requests, a .netrc would."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.pop("Authorization", None)
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Looked:
    """Looks where a connection has led before anything is sent on it: a name may lead anywhere, and change."""

    def _new_conn(self) -> Any:
        connected = super()._new_conn()  # type: ignore[misc] # of urllib3's connection, beside which this stands
        address = str(connected.getpeername()[0])
        if is_refused(address):
            connected.close()
            raise Unreadable(f"the address leads to {address}, which is not asked")
        return connected


class _LookedHTTP(_Looked, HTTPConnection):
    pass


class _LookedHTTPS(_Looked, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _LookedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _LookedHTTPS


class _Guarded(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}


def is_refused(host: str) -> bool:
    """Whether a host is an address of REFUSED_NETWORKS; a name is none."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in REFUSED_NETWORKS)


def _checked(text: str) -> SplitResult:
    """The address in its parts. Raises Unreadable for one that is not asked."""
    try:
        url = urlsplit(text)
        host, _ = url.hostname, url.port
    except ValueError:
        raise Unreadable("the url is no address") from None
    if url.scheme not in ("http", "https") or not host:
        raise Unreadable("the url is no address as https://HOST/PATH")
    if url.username is not None or url.password is not None:
        raise Unreadable("a name and a password must not stand in the url: name the variable of a token, token_env")
    if is_refused(host):
        raise Unreadable(f"{host} is an address that is not asked: a cloud's machines keep secrets there")
    if url.scheme == "http" and not _is_loopback(host):
        raise Unreadable(f"{host} is asked by https alone", tracker=host)
    return url


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _followed(url: SplitResult, location: str) -> SplitResult:
    """Where a redirect leads, which must be the same host, and no step from https to http."""
    found = _checked(urljoin(url.geturl(), location))
    upgraded = (url.scheme, found.scheme) == ("http", "https")
    if found.hostname != url.hostname or not (upgraded or (found.scheme, found.port) == (url.scheme, url.port)):
        raise Unreadable(f"{url.netloc} sends us to another place, {found.scheme}://{found.netloc}", tracker=url.netloc)
    return found


def _token(endpoint: Endpoint) -> str | None:
    if not endpoint.token_env:
        return None
    token = read_secret(env=endpoint.token_env, file=None)
    if token is None:
        raise AccessDenied(f"no token: set the environment variable {endpoint.token_env}")
    if not fits_a_header(token):
        raise AccessDenied(f"the token in {endpoint.token_env} holds characters that no token has")
    return token


def _within(seconds: float, call: Callable[[], T], host: str) -> T:
    """What `call` answers; Temporary where it takes longer, however slowly its answer drips in."""
    answers: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            answers.put((call(), None))
        except BaseException as error:  # handed over to the thread that waits
            answers.put((None, error))

    threading.Thread(target=run, name=f"measure {host}", daemon=True).start()
    try:
        answer, error = answers.get(timeout=seconds)
    except Empty:
        raise Temporary(f"{host} did not answer whole within {seconds:g} s", tracker=host) from None
    if error is not None:
        raise error
    return answer  # type: ignore[return-value] # None only with an error


def _body(answer: requests.Response, host: str) -> bytes:
    if not 200 <= answer.status_code < 300:
        raise _refusal(answer, host)
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise Unreadable(f"{host} answers packed, which was not asked for", tracker=host)
    found = bytearray()
    for part in answer.iter_content(65536):
        found += part
        if len(found) > MOST_BYTES:
            raise Unreadable(f"{host} answers more than {MOST_BYTES // 1024} kB", tracker=host)
    return bytes(found)


def _refusal(answer: requests.Response, host: str) -> TrackerError:
    status = answer.status_code
    if status == 429 or (status == 503 and "Retry-After" in answer.headers):
        return RateLimited(f"{host} asks to wait ({status})", wait=_wait(answer), tracker=host)
    if status >= 500 or status == 408:
        return Temporary(f"{host} failed for now ({status})", tracker=host)
    if status in (401, 403):
        return AccessDenied(f"{host} does not let us read this ({status}): check token_env", tracker=host)
    if status in (404, 410):
        return NotFound(f"{host} has nothing at this address ({status})", tracker=host)
    return Unreadable(f"{host} answered {status}", tracker=host)


def _wait(answer: requests.Response) -> float | None:
    text = answer.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until, now = (parsedate_to_datetime(each) for each in (text, answer.headers.get("Date", "")))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _failure(error: requests.RequestException, host: str) -> TrackerError:
    """What a request that got no whole answer means; the library's own text holds the address and is not shown."""
    if isinstance(error, requests.exceptions.SSLError):
        return Unreadable(
            f"the TLS certificate of {host} was not accepted: set REQUESTS_CA_BUNDLE to a file with the CA "
            "certificates of your company",
            tracker=host,
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return Temporary(f"the proxy of the environment (HTTPS_PROXY) did not let {host} be asked", tracker=host)
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return Temporary(f"{host} could not be reached", tracker=host)
    if isinstance(error, requests.exceptions.ReadTimeout):
        return Temporary(f"{host} did not answer within {TIMEOUT[1]:g} s", tracker=host)
    if isinstance(error, requests.exceptions.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return Temporary(f"the connection to {host} was lost before the whole answer", tracker=host)
    return Unreadable(f"{host} could not be asked ({type(error).__name__})", tracker=host)


def _number_in(body: bytes, pointer: JsonPointer, said: str, host: str) -> Decimal:
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unreadable(f"{host} did not answer JSON", tracker=host) from None
    try:
        found = pointer.resolve(document)
    except JsonPointerException:
        raise Unreadable(f"the JSON of {host} has nothing at {said}", tracker=host) from None
    text = str(found) if isinstance(found, int | float | str) else ""
    if not _NUMBER.fullmatch(text.strip()):
        raise Unreadable(f"what the JSON of {host} has at {said or 'its top'} is no number", tracker=host)
    return Decimal(text.strip())
