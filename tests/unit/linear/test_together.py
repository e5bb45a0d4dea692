"""Calls side by side: their answers, and what becomes of the others when one fails."""

import threading

import pytest

from adapters.errors import NotFound, Unreadable
from adapters.linear.client import CONNECTIONS
from adapters.linear.together import together, until_one_fails


def test_answers_come_in_the_order_of_the_calls() -> None:
    second_is_done = threading.Event()

    def first() -> str:
        assert second_is_done.wait(5)
        return "first"

    def second() -> str:
        second_is_done.set()
        return "second"

    assert together(first, second) == ["first", "second"]


def test_when_one_fails_the_others_are_told_and_have_ended_before_it_is_raised() -> None:
    ended: list[int] = []
    begun = threading.Barrier(CONNECTIONS)

    def fails(_: threading.Event) -> None:
        begun.wait(5)
        raise Unreadable("lost")

    def goes_on(stop: threading.Event) -> None:
        begun.wait(5)
        assert stop.wait(5)
        ended.append(1)

    with pytest.raises(Unreadable, match="lost"):
        until_one_fails([*[goes_on] * (CONNECTIONS - 1), fails])

    assert len(ended) == CONNECTIONS - 1


def test_of_two_errors_the_first_by_place_is_raised() -> None:
    second_failed = threading.Event()

    def first() -> None:
        assert second_failed.wait(5)
        raise NotFound("first")

    def second() -> None:
        second_failed.set()
        raise Unreadable("second")

    with pytest.raises(NotFound, match="first"):
        together(first, second)
