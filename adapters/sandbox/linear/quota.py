"""Linear's hourly quotas: leaky buckets that refill evenly, told in headers whose reset is in epoch milliseconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Bucket:
    """`limit` units an hour. `remaining` may be set at any time; it refills by limit/period a second."""

    limit: float
    clock: Callable[[], float] = time.time
    period: float = 3600
    _level: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self.remaining = self.limit

    @property
    def remaining(self) -> float:
        return min(self.limit, self._level + (self.clock() - self._at) * self.limit / self.period)

    @remaining.setter
    def remaining(self, value: float) -> None:
        self._level, self._at = value, self.clock()

    def take(self, amount: float) -> bool:
        """Take an amount out if it is there; says whether it was."""
        left = self.remaining
        if left < amount:
            return False
        self.remaining = left - amount
        return True

    def reset(self) -> int:
        """When the bucket will be full again, in epoch milliseconds."""
        missing = self.limit - self.remaining
        return round((self.clock() + missing * self.period / self.limit) * 1000)


@dataclass
class Quota:
    """Of one API key: requests and complexity points an hour. `clock` is the wall's, which a client waits by."""

    clock: Callable[[], float] = time.time
    requests: Bucket = field(init=False)
    complexity: Bucket = field(init=False)

    def __post_init__(self) -> None:
        self.requests = Bucket(2_500, self.clock)
        self.complexity = Bucket(3_000_000, self.clock)

    def headers(self, complexity: int) -> dict[str, str]:
        headers = {"X-Complexity": str(complexity)}
        for name, bucket in (("Requests", self.requests), ("Complexity", self.complexity)):
            headers[f"X-RateLimit-{name}-Limit"] = str(int(bucket.limit))
            headers[f"X-RateLimit-{name}-Remaining"] = str(int(bucket.remaining))
            headers[f"X-RateLimit-{name}-Reset"] = str(bucket.reset())
        return headers
