"""What moved a key result's delivery since the last run, issue by issue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from mappings.counting import Delivery, Line
from mappings.linking import Linked
from mappings.model import Ref, State
from mappings.rounding import percent, plain
from mappings.visibility import key_to_keep

_APART = Fraction(1, 5)


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Contribution:
    """One counted issue as history keeps it."""

    tracker: str
    issue: str
    """The issue's id."""
    key: str
    amount: Fraction
    done: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What the last run that wrote history knew of one key result."""

    score: Decimal | None
    delivery: Fraction | None
    lines: tuple[Contribution, ...]


def contributions(delivery: Delivery) -> tuple[Contribution, ...]:
    """The lines of a delivery as history keeps them, sorted."""
    return tuple(
        sorted(
            Contribution(
                tracker=line.issue.tracker,
                issue=line.issue.id,
                key=key_to_keep(line.issue),
                amount=line.amount,
                done=line.done,
            )
            for line in delivery.lines
        )
    )


def explain_change(before: Remembered, now: Delivery, linked: Mapping[Ref, Linked]) -> str:
    """`42 % -> 47 %: ENG-12 done (3 points), ENG-30 added (5)`; empty when nothing that counts moved."""
    past: dict[Ref, Contribution] = {(line.tracker, line.issue): line for line in before.lines}
    present: dict[Ref, Line] = {line.issue.ref: line for line in now.lines}
    moves: list[str] = []
    for ref in sorted(past.keys() | present.keys()):
        said = _move(past.get(ref), present.get(ref), linked.get(ref), now.unit)
        if said:
            moves.append(said)
    if not moves and before.delivery == now.share:
        return ""
    return f"{percent(before.delivery)} -> {percent(now.share)}: {', '.join(moves) or 'the way it is counted changed'}"


def what_moved(
    before: Remembered, score: Decimal | None, now: Delivery, linked: Mapping[Ref, Linked]
) -> tuple[str, ...]:
    """What moved a key result since then: outcome, work done, and work that was split; empty if nothing."""
    outcome = f"outcome {percent(before.score)} -> {percent(score)}" if percent(before.score) != percent(score) else ""
    return tuple(said for said in (outcome, explain_change(before, now, linked), scope_split(before, now)) if said)


def scope_split(before: Remembered, now: Delivery) -> str:
    """More issues count than before, and no more points: work was split rather than added. Empty otherwise."""
    then = sum((line.amount for line in before.lines), Fraction(0))
    today = sum((line.amount for line in now.lines), Fraction(0))
    if now.unit != "points" or not before.lines or len(now.lines) <= len(before.lines) or today > then:
        return ""
    points = f"still {plain(today)} points" if today == then else f"{plain(then)} -> {plain(today)} points"
    return f"scope split: {len(before.lines)} -> {len(now.lines)} issues, {points}: count and points disagree"


def uneven(now: Delivery) -> str:
    """Delivery by issues and by points are more than 20 points of percent apart: what is open is larger, or smaller,
    than what is done. Empty otherwise.
    """
    sized = [line for line in now.lines if line.amount]
    if now.unit != "points" or not sized:
        return ""
    by_points = sum((line.done for line in sized), Fraction(0)) / sum(line.amount for line in sized)
    by_issues = sum((line.share * _come_so_far(line) for line in sized), Fraction(0)) / sum(it.share for it in sized)
    if abs(by_issues - by_points) <= _APART:
        return ""
    return f"count and points disagree: {percent(by_issues)} of the issues is done, {percent(by_points)} of the points"


def _move(past: Contribution | None, present: Line | None, linked: Linked | None, unit: str) -> str:
    if present is None:
        return f"{past.key} {_why_it_left(linked)}" if past else ""
    key, size = (
        present.issue.key,
        f"({plain(present.amount)} {unit.removesuffix('s') if present.amount == 1 else unit})",
    )
    if past is None:
        return f"{key} added {size}"
    then, today = _come_so_far(past), _come_so_far(present)
    if then > today:
        return f"{key} reopened {size}"
    if then < today:
        return f"{key} {'done' if today == 1 else 'started'} {size}"
    return f"{key} {plain(past.amount)} -> {plain(present.amount)} {unit}" if past.amount != present.amount else ""


def _come_so_far(counted: Contribution | Line) -> Fraction:
    """The part that is done, whatever the size: a done issue that is estimated anew was not reopened."""
    return counted.done / counted.amount if counted.amount else Fraction(0)


def _why_it_left(linked: Linked | None) -> str:
    if linked is None:
        return "can no longer be seen"
    return "cancelled" if linked.issue.state is State.CANCELLED else "no longer counts here"


def vanished(before: Sequence[Contribution], linked: Mapping[Ref, Linked]) -> tuple[str, ...]:
    """Keys of issues that counted and that no reading holds any more."""
    return tuple(sorted(line.key for line in before if (line.tracker, line.issue) not in linked))
