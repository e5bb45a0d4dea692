"""What a tracker offers that can be asked for a number: ask `isinstance`. And the words in which it is answered."""

import re
from collections.abc import Collection
from datetime import date, tzinfo
from decimal import Decimal
from typing import Protocol, runtime_checkable

from mappings.measures import Query, Taken
from mappings.okrs import Period

PLACE = re.compile(r"\{(period\.(?:start|end))\}")
"""Where a day of the period is filled into a query."""


@runtime_checkable
class TakesMeasures(Protocol):
    """A connection where what a search finds can be counted, and a number of each added up.

    Must: send reads only; count every page of the answer or raise an `adapters.errors.TrackerError`, for a query that
    the tracker does not accept with its own words; ask of an issue for the number that is added up and nothing else.
    May: refuse a query that names what is not there, where the tracker itself would just find nothing.
    Must not: answer zero for a number that is not there; put a text of the registry into a query but by its rules.
    """

    def measure(self, query: Query, period: Period, zone: tzinfo) -> Taken:
        """The number as it is now, with `period` filled in. Without one (the average of nothing) it says why.

        `zone` is the company's: a day of the period begins at its midnight, where the tracker lets that be said.
        """
        ...


def days_of(period: Period) -> dict[str, date]:
    """What is filled in, by the name of its place."""
    return {"period.start": period.start, "period.end": period.end}


def counted(issues: int, where: str) -> Taken:
    """The answer to a count; `where` is what was asked, in words."""
    return Taken(value=Decimal(issues), because=f"{_issues(issues)} found by {where}")


def added_up(query: Query, field: str, numbers: Collection[Decimal | None], where: str) -> Taken:
    """The sum or the average of what the issues found hold; None is an issue without a number: left out, and said."""
    known = [number for number in numbers if number is not None]
    missing = len(numbers) - len(known)
    found = f"{_issues(len(numbers))} found by {where}"
    if query.aggregate == "sum" and not numbers:
        return Taken(value=Decimal(0), because=found)
    if not known:
        return Taken(value=None, because=f"{found}: none has a number in {field}")
    total = sum(known, Decimal(0))
    without = f", {missing} without one left out" if missing else ""
    return Taken(
        value=total if query.aggregate == "sum" else total / len(known),
        because=f"{query.aggregate} of {field} of {found}{without}",
    )


def _issues(count: int) -> str:
    return "1 issue" if count == 1 else f"{count} issues"
