"""What counts for a key result, once, and the share of it that is done: delivery, which is output."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from mappings.linking import Linked
from mappings.model import EPIC, STANDARD, Issue, Ref, State
from mappings.okrs import KeyResult, Period
from mappings.rounding import clamped
from mappings.settings import RuleSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One counted issue: its part of the sum, in the unit of the delivery."""

    issue: Issue
    team: str
    share: Fraction
    amount: Fraction
    """Share x (points | 1)."""
    done: Fraction
    """The part of `amount` that is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Share of the linked work that is done. Unknown (None) where there is none: that is not zero."""

    unit: str
    """points or issues."""
    done: Fraction | None
    total: Fraction | None
    """None where two teams' scales would have to be added, or nothing is linked."""
    share: Fraction | None
    unestimated: int
    lines: tuple[Line, ...]
    teams: tuple[tuple[str, Fraction], ...] = ()
    """(team, its share), where the mean of several is taken."""


def undelivered(unit: str) -> Delivery:
    """Unknown, with no line."""
    return Delivery(unit=unit, done=None, total=None, share=None, unestimated=0, lines=())


def deliver(
    kr: KeyResult, linked: Mapping[Ref, Linked], ancestors: Iterable[Issue], period: Period, settings: RuleSettings
) -> Delivery:
    """Delivery of one key result from all linked issues; `ancestors` only tell who is below whom."""
    tied = {ref: found for ref, found in linked.items() if any(share.kr == kr.id for share in found.shares)}
    items = {
        ref: found
        for ref, found in tied.items()
        if found.issue.state is not State.CANCELLED and not _finished_before(found.issue, period.start, settings)
    }
    items = {ref: found for ref, found in items.items() if found.same_as not in items}
    known = {issue.ref: issue for issue in ancestors} | {ref: found.issue for ref, found in linked.items()}
    # Epics and above count themselves only when nothing below them is linked to the same KR: not even cancelled work.
    covered = {above.ref for found in tied.values() for above in _above(found.issue, known) if above.level >= EPIC}
    counted = [found for found in _counted(items, known) if found.issue.ref not in covered]
    unit = kr.unit or next((team.unit for team in settings.teams if team.key == kr.team), "points")
    lines = tuple(_line(found, kr.id, unit, settings) for found in counted)
    unestimated = sum(1 for line in lines if line.issue.points is None)
    if not lines:
        return undelivered(unit)
    if kr.measure.kind == "delivery" and kr.measure.target is not None:
        done = sum((line.done for line in lines), Fraction(0))
        target = Fraction(kr.measure.target)
        share = clamped(done / target)
        return Delivery(unit=unit, done=done, total=target, share=share, unestimated=unestimated, lines=lines)
    by_team = _by_team(lines, kr) if unit == "points" else {"": lines}
    sums = {
        team: (sum((line.done for line in part), Fraction(0)), sum((line.amount for line in part), Fraction(0)))
        for team, part in by_team.items()
    }
    shares = {team: done / total for team, (done, total) in sums.items() if total}
    if not shares:
        return Delivery(unit=unit, done=None, total=None, share=None, unestimated=unestimated, lines=lines)
    one = next(iter(sums.values())) if len(sums) == 1 else None
    return Delivery(
        unit=unit,
        done=one[0] if one else None,
        total=one[1] if one else None,
        share=sum(shares.values(), Fraction(0)) / len(shares),
        unestimated=unestimated,
        lines=lines,
        teams=() if one else tuple(sorted(shares.items())),
    )


def _finished_before(issue: Issue, start: date, settings: RuleSettings) -> bool:
    """Work finished before the period began is left out, however it is linked."""
    return (
        issue.state is State.DONE
        and issue.done_at is not None
        and issue.done_at.astimezone(settings.zone).date() < start
    )


def _counted(items: Mapping[Ref, Linked], known: Mapping[Ref, Issue]) -> list[Linked]:
    """The items that count, each piece of work once.

    Children count through a parent that has an estimate, or when none of them has one; else the estimated children
    count instead of it.
    The parent is the nearest one that counts here: a cancelled issue between the two does not make two pieces of one.
    """
    parents: dict[Ref, Ref] = {}
    children: dict[Ref, list[Linked]] = {}
    waiting: list[Linked] = []
    for ref in sorted(items, reverse=True):
        found = items[ref]
        above = list(_above(found.issue, known))
        parent = next((items[ancestor.ref] for ancestor in above if ancestor.ref in items), None)
        is_family = parent is not None and max(parent.issue.level, found.issue.level) <= STANDARD
        if parent is not None and is_family and not _in_a_cycle(found.issue, above):
            parents[ref] = parent.issue.ref
            children.setdefault(parent.issue.ref, []).append(found)
        else:
            waiting.append(found)
    estimated: set[Ref] = set()
    for start in (ref for ref, found in items.items() if found.issue.points is not None):
        at: Ref | None = start
        while at is not None and at not in estimated:
            estimated.add(at)
            at = parents.get(at)
    counted: list[Linked] = []
    while waiting:
        found = waiting.pop()
        below = [child for child in children.get(found.issue.ref, ()) if child.issue.ref in estimated]
        if found.issue.points is not None or not below:
            counted.append(found)
        else:
            waiting.extend(below)
    return counted


def _above(issue: Issue, known: Mapping[Ref, Issue]) -> Iterable[Issue]:
    seen = {issue.ref}
    while issue.parent is not None:
        parent = known.get((issue.tracker, issue.parent))
        if parent is None or parent.ref in seen:
            return
        seen.add(parent.ref)
        yield parent
        issue = parent


def _in_a_cycle(issue: Issue, above: Sequence[Issue]) -> bool:
    """Trackers forbid a cycle of parents and an answer may still hold one: then each of them counts itself."""
    chain = [issue, *above]
    return any(link.id == chain[-1].parent for link in chain)


def _line(found: Linked, kr: str, unit: str, settings: RuleSettings) -> Line:
    share = next(share.share for share in found.shares if share.kr == kr)
    weight = Decimal(1)
    if unit == "points":
        weight = max(_points(found), Decimal(0))
    amount = share * Fraction(weight)
    credit = {State.DONE: Fraction(1), State.STARTED: Fraction(settings.started_credit)}
    return Line(
        issue=found.issue,
        team=found.team.key,
        share=share,
        amount=amount,
        done=amount * credit.get(found.issue.state, Fraction(0)),
    )


def _points(found: Linked) -> Decimal:
    """The estimate, else the tracker's default, else the team's."""
    issue = found.issue
    return next(points for points in (issue.points, issue.default_points, found.team.unestimated) if points is not None)


def _by_team(lines: tuple[Line, ...], kr: KeyResult) -> dict[str, tuple[Line, ...]]:
    """The lines by the teams that share the key result. Another team's stray work counts with its own team's.

    A vote of its own would let one tagged issue of a strange project weigh as much as all of a team's work.
    """
    own = kr.team or next(iter(kr.teams), "")
    teams: dict[str, list[Line]] = {}
    for line in lines:
        teams.setdefault(line.team if line.team in kr.teams else own, []).append(line)
    return {team: tuple(teams[team]) for team in sorted(teams)}
