"""When something is told: it is new, nobody sleeps, nobody muted it, and no subject speaks twice a day."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.notices import Notice, NoticePolicy, Told, due

ZURICH = ZoneInfo("Europe/Zurich")
MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=ZURICH)


def a_notice(*lines: str, **changes: Any) -> Notice:
    known = {"channel": "PAYMENTS", "subject": "digest:payments", "title": "Payments", "lines": lines or ("a line",)}
    return Notice(**known | changes)


def told(notice: Notice, at: datetime) -> Told:
    return Told(channel=notice.channel, subject=notice.subject, at=at, fingerprint=notice.fingerprint)


def goes(notice: Notice, *before: Told, now: datetime = MONDAY, **policy: Any) -> bool:
    return due([notice], before, now, NoticePolicy(**policy)) == (notice,)


def test_what_was_never_told_goes_out_and_nothing_to_say_does_not() -> None:
    assert goes(a_notice())
    assert not goes(replace(a_notice(), lines=()))


@pytest.mark.parametrize(
    ("hour", "quiet", "out"),
    [
        (10, (time(20), time(7)), True),
        (20, (time(20), time(7)), False),
        (6, (time(20), time(7)), False),
        (7, (time(20), time(7)), True),
        (12, (time(11), time(13)), False),
        (13, (time(11), time(13)), True),
    ],
)
def test_nothing_is_sent_in_quiet_hours(hour: int, quiet: tuple[time, time], out: bool) -> None:
    assert goes(a_notice(), now=MONDAY.replace(hour=hour), quiet=quiet) is out


def test_a_subject_speaks_once_a_day_at_most_and_only_with_something_new() -> None:
    first = a_notice("one")

    assert not goes(a_notice("two"), told(first, MONDAY - timedelta(hours=1)))
    assert goes(a_notice("two"), told(first, MONDAY - timedelta(days=1)))
    assert not goes(first, told(first, MONDAY - timedelta(days=1)))


def test_the_day_is_the_companys() -> None:
    just_after_midnight = datetime(2026, 11, 17, 0, 10, tzinfo=ZURICH)
    an_hour_before = datetime(2026, 11, 16, 22, 50, tzinfo=UTC)  # 23:50 in Zurich: yesterday

    assert goes(a_notice("two"), told(a_notice("one"), an_hour_before), now=just_after_midnight)


def test_a_digest_goes_out_on_its_weekdays_with_the_same_words_too_where_a_schedule_asks_for_it() -> None:
    last = told(a_notice(), MONDAY - timedelta(days=7))

    assert goes(a_notice(), last, days=("monday",), only_changes=False)
    assert not goes(a_notice(), last, days=("tuesday",), only_changes=False)
    assert goes(a_notice(subject="source:jira/pay"), days=("tuesday",))


def test_once_is_once() -> None:
    notice = a_notice(subject="target:share:reached", once=True)

    assert goes(notice)
    assert not goes(replace(notice, lines=("other words",)), told(notice, MONDAY - timedelta(days=90)))


@pytest.mark.parametrize(("muted", "out"), [("digest:payments", False), ("digest:*", False), ("target:*", True)])
def test_a_muted_subject_is_not_told(muted: str, out: bool) -> None:
    assert goes(a_notice(), mute=(muted,)) is out


def test_another_channel_has_a_memory_of_its_own() -> None:
    assert goes(a_notice(), told(a_notice(channel="GROWTH"), MONDAY))


@given(
    st.lists(
        st.tuples(st.integers(0, 72), st.sampled_from(["digest:a", "source:b", "target:c:reached"]), st.integers(0, 2)),
        max_size=30,
    )
)
def test_however_often_it_runs_a_subject_is_told_once_a_day_at_most(runs: list[tuple[int, str, int]]) -> None:
    memory: dict[str, Told] = {}
    days: list[tuple[str, object]] = []
    for hours, subject, words in sorted(runs):
        now = MONDAY + timedelta(hours=hours)
        for notice in due([a_notice(str(words), subject=subject)], memory.values(), now, NoticePolicy()):
            memory[subject] = told(notice, now)
            days.append((subject, now.date()))

    assert len(days) == len(set(days))
