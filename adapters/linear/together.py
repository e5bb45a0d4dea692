"""Calls that do not wait for each other, side by side over the few connections that one workspace is given."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from functools import partial
from typing import Any, TypeVar

from adapters.linear.client import CONNECTIONS

Answer = TypeVar("Answer")


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What each call answers, at most four of them at once. The first error, by place, once every call has ended."""
    return until_one_fails([partial(_without_asking, call) for call in calls])


def until_one_fails(calls: Sequence[Callable[[threading.Event], Answer]]) -> list[Answer]:
    """The same for long calls, which are told by the event that another one failed and nobody wants their answer."""
    stop = threading.Event()
    if len(calls) == 1:
        return [calls[0](stop)]
    with ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="linear") as threads:
        waiting = [threads.submit(call, stop) for call in calls]
        try:
            wait(waiting, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
            for each in waiting:
                each.cancel()
    for each in waiting:
        if not each.cancelled() and (error := each.exception()):
            raise error
    return [each.result() for each in waiting]


def _without_asking(call: Callable[[], Answer], _: threading.Event) -> Answer:
    return call()
