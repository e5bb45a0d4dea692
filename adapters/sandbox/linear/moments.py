"""Times on the wire: ISO 8601 with milliseconds out, ISO 8601 or a duration relative to now in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?!$)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?!$)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)


@dataclass(frozen=True)
class Duration:
    """A stretch of time that is added to now when a filter is judged; years and months go by the calendar."""

    months: int
    rest: timedelta

    def after(self, now: datetime) -> datetime:
        years, month = divmod(now.year * 12 + now.month - 1 + self.months, 12)
        for day in range(now.day, 27, -1):
            try:
                return now.replace(year=years, month=month + 1, day=day) + self.rest
            except ValueError:
                continue  # 31 February is the last of February
        return now.replace(year=years, month=month + 1) + self.rest


Moment = datetime | Duration


def parse_moment(value: object) -> Moment:
    """A date, a year, a time or a duration; a time without a zone is UTC. Raises ValueError."""
    text = str(value)
    duration = _DURATION.fullmatch(text)
    if duration:
        amounts = {name: int(amount or 0) for name, amount in duration.groupdict().items() if name != "sign"}
        sign = -1 if duration["sign"] == "-" else 1
        return Duration(
            sign * (amounts.pop("years") * 12 + amounts.pop("months")),
            sign * timedelta(**amounts),
        )
    if re.fullmatch(r"\d{4}", text):
        text += "-01-01"
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def parse_time(value: object) -> datetime:
    moment = parse_moment(value)
    if isinstance(moment, Duration):
        raise ValueError(f"{value!r} is not a time")
    return moment


def parse_day(value: object) -> date:
    return date.fromisoformat(str(value))


@lru_cache(maxsize=65536)
def write_time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_day(value: date) -> str:
    return value.isoformat()


def as_time(value: datetime | date) -> datetime:
    """A day as its first moment in UTC, so that days and times compare."""
    return value if isinstance(value, datetime) else datetime.combine(value, time(), UTC)
