"""`[[targets]]`: a published figure of a team that is to come somewhere by a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from mappings.figures import Figures
from mappings.linking import Class
from mappings.okrs import normal_id
from mappings.rounding import percent
from mappings.routine import rows_of
from mappings.settings import Team


class Standing(StrEnum):
    """Where a watched figure is."""

    OPEN = "open"
    REACHED = "reached"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One entry."""

    name: str
    """What it is called in messages and in the memory of what was told; unique."""
    team: str
    figure: str
    """`aligned`, `routine`, `new`, `unaligned` or `broken`: the share of the team's sprint issues. A key result's id:
    its score; with `.delivery` behind it: its work done.
    """
    side: str
    """at least, or at most."""
    bound: Decimal
    """0 to 1."""
    by: date
    channel: str = ""
    """The environment variable of another channel than the team's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A watch with what was found."""

    watch: Watch
    standing: Standing
    value: Fraction | None
    said: str


SHARES = tuple(kind.value for kind in Class)


def watched(watches: Iterable[Watch], figures: Figures, teams: Iterable[Team]) -> tuple[Watched, ...]:
    """Each watch with its figure today. Reached at once, on whatever day; missed the day after its last."""
    by_key = {team.key: team for team in teams}
    return tuple(_watched(watch, figures, by_key[watch.team]) for watch in watches)


def key_result_of(figure: str) -> str:
    """The key result whose figure it is, as it was typed."""
    return figure.removesuffix(".delivery")


def _watched(watch: Watch, figures: Figures, team: Team) -> Watched:
    value = _figure(watch, figures, team)
    wanted = f"{watch.figure} of {team.title} was to be {watch.side} {percent(watch.bound)} by {watch.by.isoformat()}"
    if value is None:
        return Watched(watch=watch, standing=Standing.UNKNOWN, value=None, said=f"{wanted}; it is unknown")
    is_there = value >= Fraction(watch.bound) if watch.side == "at least" else value <= Fraction(watch.bound)
    late = figures.today > watch.by
    standing = Standing.REACHED if is_there else Standing.MISSED if late else Standing.OPEN
    return Watched(watch=watch, standing=standing, value=value, said=f"{wanted}; it is {percent(value)}")


def _figure(watch: Watch, figures: Figures, team: Team) -> Fraction | None:
    if watch.figure in SHARES:
        read = all(reading.complete for reading in figures.readings if reading.scope.team == team.key)
        rows = rows_of(team, figures.sprints)
        if not rows or not read:
            return None
        return Fraction(sum(1 for row in rows.values() if row.kind.value == watch.figure), len(rows))
    name = key_result_of(watch.figure)
    found = next((it for id, it in figures.key_results.items() if normal_id(id) == normal_id(name)), None)
    if found is None:
        return None
    if name != watch.figure:
        return found.delivery.share
    return None if found.score.value is None else Fraction(found.score.value)
