"""The one retry policy: declared classes only, the server's wait respected, bounded by attempts and a run deadline."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from adapters.errors import RateLimited, Temporary, TryLater

T = TypeVar("T")
log = structlog.get_logger()


class Deadline:
    """When the run must be over, on the monotonic clock; one for a whole run, shared by its threads."""

    def __init__(
        self,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._end = clock() + seconds

    @property
    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self._clock())

    def sleep(self, seconds: float) -> None:
        """Wait; the caller has checked that it fits."""
        self._sleep(seconds)


def send(request: Callable[[], T], *, writes: bool, deadline: Deadline, tracker: str, attempts: int = 5) -> T:
    """Run `request` and repeat it where that is right.

    A read is repeated on Temporary and RateLimited. A write is repeated only when it certainly did not happen: on
    RateLimited, and on Temporary with `surely_not_applied`. The wait is what the server asked for, at least the
    exponential step (2 s doubling to 30 s, jitter 0.7 to 1.3: Atlassian's recipe). A wait that does not fit before
    the deadline raises TryLater at once instead of sleeping.
    """

    def repeatable(error: BaseException) -> bool:
        if isinstance(error, RateLimited):
            return True
        return isinstance(error, Temporary) and (not writes or error.surely_not_applied)

    def wait(state: RetryCallState) -> float:
        step = min(30.0, 2.0 * 2.0 ** (state.attempt_number - 1)) * random.uniform(0.7, 1.3)  # noqa: S311 jitter
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, RateLimited) and error.wait is not None else 0.0
        return max(step, asked)

    def before_sleep(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        pause = state.next_action.sleep if state.next_action else 0.0
        if pause > deadline.left:
            raise TryLater(
                f"{tracker} asks to wait {pause:.0f} s and the run has {deadline.left:.0f} s left", tracker=tracker
            ) from error
        log.warning(
            "request_repeated", tracker=tracker, attempt=state.attempt_number, wait=round(pause, 1), why=str(error)
        )

    retrying = Retrying(
        retry=retry_if_exception(repeatable),
        stop=stop_after_attempt(attempts),
        wait=wait,
        sleep=deadline.sleep,
        before_sleep=before_sleep,
        reraise=True,
    )
    if deadline.left <= 0:
        raise TryLater(f"the run's deadline is over before {tracker} was asked", tracker=tracker)
    return retrying(request)
