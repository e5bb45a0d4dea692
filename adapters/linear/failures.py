"""Every failure of a request as an error that says what to do next, and what the answer's headers say of the quota."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

import requests
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError, TransportServerError
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from adapters.errors import AccessDenied, NotFound, RateLimited, RejectedWrite, Temporary, TrackerError, Unreadable
from adapters.network import Network, no_tls, refused_by_proxy
from adapters.secrets import redact

RESERVE = 0.1
"""People share the quota of the token's user: a tenth of it is theirs."""
_REFILL_SECONDS = 360.0
"""Linear refills a bucket evenly over an hour: so long takes a tenth of it."""
_PASSING = frozenset({"lock timeout", "internal error", "network error", "bootstrap error"})
_DENIED = frozenset({"forbidden", "feature not accessible", "usage limit exceeded"})
_READ_ONLY = "the token may not change this: {said} (an API key may be limited to reading, or to some teams)"


class AlreadyExists(RejectedWrite):
    """A create was refused because its client id is taken: we made it before. (FACTS: "conflict on insert")"""


class UnknownToken(AccessDenied):
    """Linear does not know the token: wrong, revoked or expired. Nothing was applied; a new one may be let in."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The status and headers of an answer; 0 and none where there was no answer."""

    tracker: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 0.0
    """How many seconds the answer was waited for."""
    network: Network = field(default_factory=Network)

    def number(self, header: str) -> float | None:
        """A header's number; None where it is not there or is no number."""
        try:
            return float(self.headers[header])
        except (KeyError, ValueError):
            return None

    def refuse_below_reserve(self, cost: float) -> None:
        """RateLimited where a request of so many points would eat into what is kept for people."""
        for kind, unit, needed in (("Complexity", "complexity points", cost), ("Requests", "requests", 1)):
            limit, remaining = (self.number(f"X-RateLimit-{kind}-{part}") for part in ("Limit", "Remaining"))
            if limit and remaining is not None and remaining - needed < limit * RESERVE:
                raise RateLimited(
                    f"{self.tracker}: {remaining:.0f} of Linear's {limit:.0f} {unit} an hour are left; "
                    "the last tenth is kept for the people who share them",
                    wait=self.wait(),
                    quota=True,
                    tracker=self.tracker,
                )

    def wait(self) -> float | None:
        """Seconds until the emptiest bucket has its reserve again; None where the server did not say."""
        resets = [
            (remaining / limit, reset)
            for kind in ("Complexity", "Requests", "Endpoint-Requests")
            if (limit := self.number(f"X-RateLimit-{kind}-Limit"))
            and (remaining := self.number(f"X-RateLimit-{kind}-Remaining")) is not None
            and (reset := self.number(f"X-RateLimit-{kind}-Reset")) is not None
        ]
        if not resets:
            return self.number("Retry-After")
        # epoch milliseconds, full again: the even refill gives the reserve back much sooner
        until_full = min(resets)[1] / 1000 - (self.date.timestamp() if self.date else time.time())
        return min(max(until_full, 0.0), _REFILL_SECONDS)

    def failure(self, error: Exception, *, writes: bool) -> TrackerError:
        """What a library's error means; by status where there is no GraphQL body."""
        match error:
            case TransportQueryError():
                return self._refusal(error, writes=writes)
            case TransportConnectionFailed():
                return self.no_answer(error.__cause__)
            case TransportServerError(code=429):
                return self._limited()
            case TransportServerError(code=int(status)) if status >= 500:
                return Temporary(f"{self.tracker}: Linear answered {status}", tracker=self.tracker)
            case TransportServerError(code=401 | 403 as status):
                kind = UnknownToken if status == 401 else AccessDenied
                return kind(
                    f"{self.tracker}: Linear refused the token or this machine ({status})", tracker=self.tracker
                )
        where = f"HTTP {self.status}" if self.status else "no status"
        return Unreadable(
            f"{self.tracker}: this is not a GraphQL answer ({where}): is `url` right?", tracker=self.tracker
        )

    def no_answer(self, cause: BaseException | None) -> TrackerError:
        """A connection that failed, by the error of requests that says why."""
        if isinstance(cause, requests.exceptions.SSLError):
            return no_tls(cause, self.network, whom="Linear", tracker=self.tracker)
        if isinstance(cause, requests.exceptions.ProxyError):
            return refused_by_proxy(cause, self.network, whom="Linear", tracker=self.tracker)
        reason = getattr(cause.args[0], "reason", None) if cause is not None and cause.args else None
        never_arrived = isinstance(reason, NewConnectionError | ConnectTimeoutError)
        what = "cannot be reached" if never_arrived else "did not answer"
        if isinstance(cause, requests.exceptions.ReadTimeout):
            what = f"did not answer within {self.timeout:g} s"
        return Temporary(f"{self.tracker}: Linear {what}", tracker=self.tracker, surely_not_applied=never_arrived)

    @property
    def date(self) -> datetime | None:
        """The server's clock; None where it does not tell."""
        try:
            return parsedate_to_datetime(self.headers["Date"])
        except (KeyError, ValueError):
            return None

    def _limited(self) -> RateLimited:
        return RateLimited(
            f"{self.tracker}: Linear's hourly quota is used up", wait=self.wait(), quota=True, tracker=self.tracker
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
        said = one_line(str(extensions.get("userPresentableMessage") or message or "no reason given"))
        failure: Callable[..., TrackerError]
        if code == "RATELIMITED" or kind == "ratelimited" or self.status == 429:
            return self._limited()
        if kind in _PASSING or code == "INTERNAL_SERVER_ERROR" or self.status >= 500:
            return Temporary(f"{self.tracker}: Linear failed for now: {said}", tracker=self.tracker)
        if kind == "authentication error" or code == "AUTHENTICATION_ERROR" or self.status == 401:
            return UnknownToken(f"{self.tracker}: Linear does not know this token: {said}", tracker=self.tracker)
        if kind in _DENIED or code == "FORBIDDEN" or self.status == 403:
            denied = _READ_ONLY.format(said=said) if writes else f"the token may not do this: {said}"
            return AccessDenied(f"{self.tracker}: {denied}", tracker=self.tracker)
        if not writes and isinstance(error.data, dict) and any(part is not None for part in error.data.values()):
            return Unreadable(f"{self.tracker}: Linear answered only a part: {said}", tracker=self.tracker)
        if message.startswith("Entity not found"):
            failure = NotFound
        elif "conflict on insert" in message:
            failure = AlreadyExists
        else:
            failure = RejectedWrite if writes else Unreadable
        return failure(f"{self.tracker}: Linear refused: {said}", tracker=self.tracker)


def one_line(text: str) -> str:
    """Upstream text for a message: one line, short, no secrets."""
    return redact(" ".join(text.split()))[:200]
