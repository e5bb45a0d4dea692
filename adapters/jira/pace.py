"""What Jira's limits ask of the whole connection: who has to wait, and for how long. Shared by the client's threads.

After Atlassian's "Rate limiting" pages of Cloud and of Data Center: a burst limit holds for one endpoint, a limit on
writes for one issue, a quota or a gateway's refusal for everything; Data Center fills a bucket of tokens for each user.
"""

import re
import threading
import time
from collections.abc import Callable, Mapping

from adapters.jira.failures import Limited, Reach

FIRST_STEP, LONGEST_STEP = 2.0, 30.0
"""Seconds to hold everything back where Jira does not say how long: doubled each time, as Atlassian advises."""

_VARIABLE = re.compile(r"(?<=/)[^/]*\d[^/]*(?=/|$)")


class Pace:
    """Until when nothing more may go to an issue, to an endpoint, or at all."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}
        self._strikes = 0

    def wait(self, method: str, path: str) -> float:
        """Seconds before this request may go; 0 for now."""
        with self._lock:
            last = max(self._until.get(_held(reach, method, path), 0.0) for reach in Reach)
            return max(0.0, last - self._clock())

    def waited(self, method: str, path: str) -> None:
        """The wait of this request is over: what held it holds nobody any more."""
        with self._lock:
            for reach in Reach:
                self._until.pop(_held(reach, method, path), None)

    def limited(self, method: str, path: str, error: Limited) -> None:
        """Jira answered 429."""
        with self._lock:
            wait = error.wait
            if error.reach is Reach.EVERYTHING and not error.quota:
                wait = max(wait or 0.0, min(LONGEST_STEP, FIRST_STEP * 2.0**self._strikes))
                self._strikes += 1
            key = _held(error.reach, method, path)
            self._until[key] = max(self._until.get(key, 0.0), self._clock() + (wait or 0.0))

    def passed(self, headers: Mapping[str, str]) -> None:
        """Jira answered; an empty bucket of Data Center's is waited for before it says 429."""
        with self._lock:
            self._strikes = 0
            wait = next_fill(headers)
            if wait is not None:
                self._until[_EVERYTHING] = max(self._until.get(_EVERYTHING, 0.0), self._clock() + wait)


_EVERYTHING = ""


def next_fill(headers: Mapping[str, str]) -> float | None:
    """Seconds until Data Center fills its bucket again; None where it is not empty, or is Cloud's."""
    if "X-RateLimit-FillRate" not in headers or headers.get("X-RateLimit-Remaining") != "0":
        return None
    interval = headers.get("X-RateLimit-Interval-Seconds", "")
    return float(interval) if interval.isascii() and interval.isdigit() else 1.0


def _held(reach: Reach, method: str, path: str) -> str:
    if reach is Reach.EVERYTHING:
        return _EVERYTHING
    return f"{method} {path}" if reach is Reach.ISSUE else f"{method} {_VARIABLE.sub('*', path)} *"
