"""Dates in JQL: absolute ones in the calling user's time zone, relative ones from now, epoch milliseconds."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from adapters.sandbox.jira.errors import Refusal
from adapters.sandbox.jira.jql import Empty, Function, Literal, Value

_FORMATS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
_PERIOD = re.compile(r"([+-]?)((?:\d+[wdhm]\s*)+)")
_SHIFT = re.compile(r"([+-]?)(\d+)([yMwdhm]?)")
_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_BOUNDARY = re.compile(r"(start|end)of(day|week|month|year)")


def moment(field: str, value: Value, now: datetime, zone: ZoneInfo) -> datetime:
    """The aware moment that a JQL date means. Raises Refusal (400)."""
    if isinstance(value, Function):
        return _of_function(value, now, zone)
    if isinstance(value, Empty):
        raise Refusal(400, f"The field '{field}' cannot be compared with EMPTY by this operator.")
    return _of_literal(field, value, now, zone)


def _of_literal(field: str, value: Literal, now: datetime, zone: ZoneInfo) -> datetime:
    text = value.text.strip()
    if text.isascii() and text.isdigit():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    if period := _PERIOD.fullmatch(text):
        amount = sum(
            (int(count) * _UNITS[unit] for count, unit in re.findall(r"(\d+)([wdhm])", period[2])), timedelta()
        )
        return now - amount if period[1] == "-" else now + amount
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            continue
    raise Refusal(
        400,
        f"Date value '{value.text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
        "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.",
    )


def _of_function(value: Function, now: datetime, zone: ZoneInfo) -> datetime:
    name = value.name.lower()
    if name == "now" and not value.arguments:
        return now
    boundary = _BOUNDARY.fullmatch(name)
    if boundary is None or len(value.arguments) > 1:
        raise unknown_function(value)
    edge, unit = boundary.groups()
    local = now.astimezone(zone)
    if value.arguments:
        local = _shifted(local, value, unit)
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "week":
        start -= timedelta(days=start.isoweekday() % 7)  # a Jira week starts on Sunday unless told otherwise
    elif unit == "month":
        start = start.replace(day=1)
    elif unit == "year":
        start = start.replace(month=1, day=1)
    if edge == "start":
        return start
    return _plus_months(start, {"month": 1, "year": 12}[unit]) if unit in ("month", "year") else _next(start, unit)


def _next(start: datetime, unit: str) -> datetime:
    return start + timedelta(days=7 if unit == "week" else 1)


def _shifted(local: datetime, value: Function, unit: str) -> datetime:
    shift = _SHIFT.fullmatch(value.arguments[0])
    if shift is None:
        raise unknown_function(value)
    count = int(shift[2]) * (-1 if shift[1] == "-" else 1)
    step = shift[3] or {"day": "d", "week": "w", "month": "M", "year": "y"}[unit]
    if step in _UNITS:
        return local + count * _UNITS[step]
    return _plus_months(local.replace(day=1), count * (12 if step == "y" else 1))


def _plus_months(first: datetime, months: int) -> datetime:
    place = first.year * 12 + first.month - 1 + months
    return first.replace(year=place // 12, month=place % 12 + 1)


def unknown_function(value: Function) -> Refusal:
    """400 for a function that the sandbox does not know, or arguments that it does not take."""
    return Refusal(400, f"Unable to find JQL function '{value.name}({', '.join(value.arguments)})'.")
