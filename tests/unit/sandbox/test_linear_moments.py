"""Times as Linear's filters take them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from adapters.sandbox.linear.moments import Duration, as_time, parse_moment, parse_time, write_time

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-P2W", datetime(2026, 3, 17, 12, tzinfo=UTC)),
        ("-P2W1D", datetime(2026, 3, 16, 12, tzinfo=UTC)),
        ("P1DT2H30M", datetime(2026, 4, 1, 14, 30, tzinfo=UTC)),
        ("-PT90S", datetime(2026, 3, 31, 11, 58, 30, tzinfo=UTC)),
        ("-P1M", datetime(2026, 2, 28, 12, tzinfo=UTC)),
        ("-P1Y1M", datetime(2025, 2, 28, 12, tzinfo=UTC)),
        ("P9M", datetime(2026, 12, 31, 12, tzinfo=UTC)),
        ("-P3M", datetime(2025, 12, 31, 12, tzinfo=UTC)),
    ],
)
def test_a_duration_is_added_to_now(text, expected):
    moment = parse_moment(text)

    assert isinstance(moment, Duration)
    assert moment.after(NOW) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-02-03", datetime(2026, 2, 3, tzinfo=UTC)),
        ("2026-02-03T04:05:06.789Z", datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)),
        ("2026-02-03T04:05:06+02:00", datetime(2026, 2, 3, 2, 5, 6, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_utc(text, expected):
    assert parse_moment(text) == expected


@pytest.mark.parametrize("text", ["P", "-PT", "P1", "2W", "", "yesterday", "2026-13-01"])
def test_what_is_neither_a_time_nor_a_duration_is_refused(text):
    with pytest.raises(ValueError):
        parse_moment(text)


def test_a_stored_time_cannot_be_a_duration():
    with pytest.raises(ValueError, match="not a time"):
        parse_time("-P1D")


def test_times_are_written_in_utc_with_milliseconds():
    assert write_time(datetime(2026, 3, 31, 14, tzinfo=timezone(timedelta(hours=2)))) == "2026-03-31T12:00:00.000Z"


def test_a_day_compares_as_its_first_moment():
    assert as_time(date(2026, 3, 31)) == datetime(2026, 3, 31, tzinfo=UTC)
