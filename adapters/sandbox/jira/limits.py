"""The rate limiter of Jira Data Center: a bucket of tokens for each user, one token a request."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil


@dataclass
class TokenBucket:
    """`limit` tokens at most, `fill_rate` more every `interval` seconds of `clock`."""

    limit: int = 70
    fill_rate: int = 5
    interval: int = 1
    clock: Callable[[], float] = time.monotonic
    _left: dict[str, tuple[int, float]] = field(default_factory=dict)

    def take(self, user: str) -> tuple[bool, dict[str, str]]:
        """Whether the user's request may pass, and the headers that say how much is left.

        `Retry-After` is 0 while tokens remain, else the seconds until one is there.
        """
        now = self.clock()
        left, since = self._left.get(user, (self.limit, now))
        fills = int((now - since) // self.interval)
        left = min(self.limit, left + fills * self.fill_rate)
        since += fills * self.interval
        passes = left > 0
        left -= passes
        self._left[user] = (left, since)
        wait = 0 if left else max(1, ceil(since + self.interval - now))
        return passes, {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-FillRate": str(self.fill_rate),
            "X-RateLimit-Interval-Seconds": str(self.interval),
            "Retry-After": str(wait),
        }
