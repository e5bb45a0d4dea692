"""Spark lines: the points of a polyline in a box of WIDTH by HEIGHT, and the same in words."""

from dataclasses import dataclass
from datetime import date

from syncer.report.goals import ReportKeyResult
from syncer.report.part import ClassCounts
from syncer.report.schema import ReportPeriod, ReportTeam
from syncer.report.wording import day, percent

WIDTH, HEIGHT, EDGE = 120, 32, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """One line."""

    points: str
    """`x,y x,y`, as SVG writes them."""
    last: tuple[float, float]
    """Where it ends."""
    label: str
    """What it shows, for who does not see it."""


def of_team(team: ReportTeam) -> Spark | None:
    """The explained share of the issues of the last sprints; of a product team what supports a key result. None below
    two sprints with issues.
    """
    sprints = [it for it in team.trend if it.issues.total]
    if len(sprints) < 2:
        return None
    shares = [_share(team, it.issues) for it in sprints]
    what = "supports a key result" if team.mode == "product" else "explained"
    said = ", ".join(f"{it.name} {percent(share)}" for it, share in zip(sprints, shares, strict=True))
    places = [at / (len(shares) - 1) for at in range(len(shares))]
    return _spark(list(zip(places, shares, strict=True)), f"{what}, the last {len(shares)} sprints: {said}")


def _share(team: ReportTeam, counts: ClassCounts) -> float:
    explained = counts.aligned if team.mode == "product" else counts.total - counts.unaligned - counts.broken
    return explained / counts.total


def of_key_result(kr: ReportKeyResult, periods: tuple[ReportPeriod, ...]) -> Spark | None:
    """The score by day, over the whole period: what is still to come is empty. None below two days with a score."""
    known = [(it.day, it.score) for it in kr.trend if it.score is not None]
    if len(known) < 2:
        return None
    period = next((it for it in periods if it.id == kr.period), None)
    first, last = (period.start, period.end) if period else (known[0][0], known[-1][0])
    said = f"outcome {percent(known[0][1])} on {day(known[0][0])}, {percent(known[-1][1])} on {day(known[-1][0])}"
    return _spark([(_along(on, first, last), score) for on, score in known], said)


def _along(on: date, first: date, last: date) -> float:
    return (on - first).days / max((last - first).days, 1)


def _spark(points: list[tuple[float, float]], label: str) -> Spark:
    placed = [
        (round(EDGE + x * (WIDTH - 2 * EDGE), 1), round(HEIGHT - EDGE - y * (HEIGHT - 2 * EDGE), 1)) for x, y in points
    ]
    return Spark(points=" ".join(f"{x},{y}" for x, y in placed), last=placed[-1], label=label)
