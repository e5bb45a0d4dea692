"""The plan: what a run would change and what it leaves alone, as data. Pure: the same input gives the same plan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum

from mappings.completeness import may_draw_on, unread_scopes
from mappings.figures import Figures, KeyResultFigures
from mappings.goal_changes import retargeted
from mappings.model import Health, Reading
from mappings.okrs import KeyResult, Registry
from mappings.rounding import exact, percent, plain
from mappings.settings import RuleSettings
from mappings.targets import FlagWrite, Ledger, LinkWrite, ProgressWrite, Standing, Target, fingerprint


class Status(StrEnum):
    """What a plan says of a change, and what became of it."""

    WOULD_CHANGE = "would-change"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT_ALONE = "left-alone"
    REFUSED = "refused"
    FAILED = "failed"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the plan holds for one key result. `write` is what applying it sends; None sends nothing."""

    kr: str
    target: Target | None
    status: Status
    reason: str = ""
    before: Decimal | None = None
    after: Decimal | None = None
    write: ProgressWrite | None = None
    later: bool = False
    """It failed for a quota or the deadline only: trying later is all there is to do."""
    shown: Decimal | None = None
    """The progress that the tracker itself shows there, as `mappings.targets.Standing.shown`."""

    @property
    def moves_a_value(self) -> bool:
        """The value that people see would be another one. A first write is no move, nor is one over another's value."""
        if self.write is None or self.write.value is None or self.before is None:
            return False
        ledger = self.write.expected.ledger
        return ledger is not None and ledger.kr == self.kr


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagChange:
    """What the plan holds for one flag label on one sprint issue."""

    write: FlagWrite
    status: Status
    reason: str = ""
    later: bool = False
    """As for `Change.later`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange:
    """What the plan holds for one link from an issue to a key result."""

    write: LinkWrite
    status: Status
    reason: str = ""
    later: bool = False
    """As for `Change.later`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All changes of a run, sorted by key result, and by tracker and issue."""

    changes: tuple[Change, ...] = ()
    flags: tuple[FlagChange, ...] = ()
    links: tuple[LinkChange, ...] = ()
    notes: tuple[str, ...] = ()


def cadence_slot(today: date, days: int = 7) -> date:
    """First day of the slot of so many days: updates are edited within it and posted anew after it.

    Slots are counted from a Monday, so that a week's is the week, and do not depend on when anybody began.
    """
    return today - timedelta(days=(today.toordinal() - 1) % days)


def _next_slot(today: date, days: int) -> date:
    return cadence_slot(today, days) + timedelta(days=days)


def begin_of_slot(today: date, days: int, zone: tzinfo) -> datetime:
    """The midnight, where the company is, with which the slot's first day begins."""
    return datetime.combine(cadence_slot(today, days), time.min, zone)


def plan_progress(
    figures: Figures,
    registry: Registry,
    settings: RuleSettings,
    standings: Mapping[Target, Standing],
    *,
    resumed: str = "",
) -> tuple[Change, ...]:
    """Decide for every live key result. `standings` holds what stands at each target that could be read.

    `resumed` is the id of the key result whose value a person just gave back: whatever stands there is ours to write.
    """
    failed = {reading.scope.name: reading for reading in figures.readings if not reading.complete}
    places = _places(registry, standings, figures.today)
    writers = {found.kr.id: found.kr.write for found in figures.key_results.values()}
    return tuple(
        replace(
            _only_one_at_its_place(
                kr,
                places,
                _decide(
                    figures.key_results[kr.id], settings, standings, failed, writers, figures.today, kr.id == resumed
                ),
            ),
            shown=_shown(kr, standings),
        )
        for kr in registry.live(figures.today)
    )


def _places(
    registry: Registry, standings: Mapping[Target, Standing], today: date
) -> dict[tuple[str, str, str], list[tuple[Target, str]]]:
    """The targets and their key results, by the place that the tracker says it is."""
    found: dict[tuple[str, str, str], list[tuple[Target, str]]] = {}
    for kr in registry.live(today):
        standing = standings.get(kr.write) if kr.write else None
        if kr.write and standing and standing.place:
            found.setdefault((kr.write.tracker, kr.write.kind, standing.place), []).append((kr.write, kr.id))
    return found


def _only_one_at_its_place(
    kr: KeyResult, places: Mapping[tuple[str, str, str], Sequence[tuple[Target, str]]], change: Change
) -> Change:
    """Two key results on one place, told apart only by a slug and an id, would write over each other."""
    for together in places.values():
        if (kr.write, kr.id) in together:
            for target, other in together:
                if target != kr.write:
                    reason = f"{kr.write} and {target} are one place, and {other} is written there: give each its own"
                    return replace(change, status=Status.LEFT_ALONE, reason=reason, write=None)
    return change


def _shown(kr: KeyResult, standings: Mapping[Target, Standing]) -> Decimal | None:
    standing = standings.get(kr.write) if kr.write else None
    return standing.shown if standing else None


def withhold(changes: Sequence[Change], why: Callable[[str], str]) -> tuple[Change, ...]:
    """The changes with those left alone for which `why`, asked by key result, has a reason."""

    def judged(change: Change) -> Change:
        reason = why(change.kr) if change.write is not None else ""
        return replace(change, status=Status.LEFT_ALONE, reason=reason, write=None) if reason else change

    return tuple(judged(change) for change in changes)


def _decide(
    figures: KeyResultFigures,
    settings: RuleSettings,
    standings: Mapping[Target, Standing],
    failed: Mapping[str, Reading],
    writers: Mapping[str, Target | None],
    today: date,
    is_resumed: bool,
) -> Change:
    kr, ours = figures.kr, figures.score.value
    if kr.write is None:
        return Change(kr=kr.id, target=None, status=Status.NONE, after=ours)
    standing = standings.get(kr.write)
    before = standing.value if standing else None

    def left_alone(reason: str, status: Status = Status.LEFT_ALONE, write: ProgressWrite | None = None) -> Change:
        return Change(kr=kr.id, target=kr.write, status=status, reason=reason, before=before, after=ours, write=write)

    if standing is None:
        later = any(reading.try_later for reading in failed.values() if reading.scope.tracker == kr.write.tracker)
        return replace(left_alone(f"{kr.write} could not be read", Status.FAILED), later=later)
    if standing.problem:
        return replace(left_alone(f"{kr.write}: {standing.problem}", Status.FAILED), later=standing.try_later)
    unread = unread_scopes(kr, settings, standing.ledger, failed)
    if unread:
        return left_alone(may_draw_on(unread))
    refusal = _policy(kr, today)
    if refusal:
        return left_alone(refusal)
    if ours is None:
        return left_alone(f"unknown: {figures.score.because}")
    if standing.person_posted and not is_resumed:
        until = _next_slot(today, kr.cadence_days)
        return left_alone(f"a person posted a newer update: it stands until {until.isoformat()}")
    if standing.taken_down and not is_resumed:
        until = _next_slot(today, kr.cadence_days)
        return left_alone(
            f"a person took down this slot's update: the next comes on {until.isoformat()}, or `okrsync resume {kr.id}`"
        )
    return _compare(figures, ours, standing, writers, begin_of_slot(today, kr.cadence_days, settings.zone), is_resumed)


def _policy(kr: KeyResult, today: date) -> str:
    if kr.policy == "locked":
        return "policy locked: nothing is written"
    if kr.policy == "manual-until" and kr.policy_until is not None and today <= kr.policy_until:
        return f"policy manual until {kr.policy_until.isoformat()}"
    return ""


def _compare(
    figures: KeyResultFigures,
    ours: Decimal,
    standing: Standing,
    writers: Mapping[str, Target | None],
    slot: datetime,
    is_resumed: bool,
) -> Change:
    """Value and ledger against ours: whose is the value that stands there?"""
    kr, ledger, target = figures.kr, standing.ledger, standing.target
    text = living_text(figures, ours)
    wanted = Ledger(
        kr=kr.id,
        value=ours,
        scopes=figures.scopes,
        said=fingerprint(text),
        comment=ledger.comment if ledger else "",
        health=_labelled(figures, standing),
    )
    write = ProgressWrite(
        target=target,
        kr=kr.id,
        expected=standing,
        value=ours,
        health=figures.verdict.health if figures.verdict.health.is_posted else None,
        ledger=wanted,
        text=text,
        slot=slot,
    )

    def change(status: Status, reason: str, write: ProgressWrite | None) -> Change:
        return Change(
            kr=kr.id, target=target, status=status, reason=reason, before=standing.value, after=ours, write=write
        )

    if is_resumed:
        accepts = kr.policy == "propose"
        return change(Status.WOULD_CHANGE, "accepted by a person" if accepts else "given back by a person", write)
    if ledger is not None and ledger.kr != kr.id and writers.get(ledger.kr) == target:
        return change(Status.LEFT_ALONE, f"{ledger.kr} is written there", None)
    if kr.policy == "propose":
        return change(*_propose(write, ours, standing))
    if ledger is None:
        if standing.value is None:
            return change(Status.WOULD_CHANGE, "first write", write)
        if standing.value == ours:
            return change(Status.WOULD_CHANGE, "the same value stands there: adopted", replace(write, value=None))
        return change(
            Status.LEFT_ALONE,
            f"{exact(standing.value)} stands there and is not ours; clear it, or `okrsync resume {kr.id}`",
            None,
        )
    if standing.value is None:
        return change(Status.WOULD_CHANGE, "the value was cleared: given back", write)
    if standing.edited or standing.value != ledger.value:
        theirs = (
            "a person edited the update or its health" if standing.edited else f"a person set {exact(standing.value)}"
        )
        # an update that is taken down is not posted again in its slot: that is no way to give it back
        way_back = f"`okrsync resume {kr.id}`" if standing.edited else f"clear it, or `okrsync resume {kr.id}`"
        reason = f"{theirs}; ours is {plain(ours)}; {way_back}"
        return change(Status.LEFT_ALONE, reason, _say_what_was_kept(write, ours, standing, ledger))
    if wanted == ledger:
        return change(Status.UNCHANGED, "", None)
    if ours == standing.value:
        return change(Status.WOULD_CHANGE, "the same value, its details moved", replace(write, value=None))
    return change(Status.WOULD_CHANGE, "", write)


def _propose(write: ProgressWrite, ours: Decimal, standing: Standing) -> tuple[Status, str, ProgressWrite | None]:
    """Policy `propose`: the value is a person's to type. The living comment of an issue carries ours."""
    ledger, has_comment = standing.ledger, write.target.kind == "issue"
    if standing.value == ours:
        if not has_comment or write.ledger == ledger:
            return Status.UNCHANGED, "", None
        return Status.WOULD_CHANGE, "the proposed value stands there: accepted", replace(write, value=None)
    accept = f"type it into the field to accept it, or `okrsync resume {write.kr}`"
    reason = f"policy propose: {plain(ours)} is proposed; {accept}"
    if not has_comment:
        return Status.LEFT_ALONE, f"policy propose: ours is {plain(ours)}; `okrsync resume {write.kr}` writes it", None
    stands = "nothing stands" if standing.value is None else f"{exact(standing.value)} stands"
    text = (write.text[0], f"Proposed: {plain(ours)}; {stands} here now. A person decides: {accept}.", *write.text[1:])
    said = replace(
        write.ledger,
        value=ledger.value if ledger else None,
        said=fingerprint(text),
        health=ledger.health if ledger else None,
    )
    if said == ledger:
        return Status.LEFT_ALONE, reason, None
    return Status.LEFT_ALONE, reason, replace(write, value=None, health=None, ledger=said, text=text)


def _labelled(figures: KeyResultFigures, standing: Standing) -> Health | None:
    """The health that the label says: the new one, without a new one what it says, without the setting nothing."""
    if not standing.shows_health:
        return None
    before = standing.ledger.health if standing.ledger else None
    return figures.verdict.health if figures.verdict.health.is_posted else before


def _say_what_was_kept(write: ProgressWrite, ours: Decimal, standing: Standing, ledger: Ledger) -> ProgressWrite | None:
    """The living comment says what was kept; where the update itself is the person's, nothing is written at all."""
    if standing.value is None or write.target.kind != "issue":
        return None
    kept = (
        write.text[0],
        f"Kept your {exact(standing.value)}; ours is {plain(ours)}. Clear the field to resume.",
        *write.text[1:],
    )
    said = replace(ledger, said=fingerprint(kept), health=ledger.health if standing.shows_health else None)
    if said == ledger:
        return None
    return replace(write, value=None, health=None, ledger=said, text=kept)


def living_text(figures: KeyResultFigures, ours: Decimal) -> tuple[str, ...]:
    """The status text in the tracker: no clock in it, so that a quiet day changes nothing."""
    kr, delivery = figures.kr, figures.delivery
    health = f", {figures.verdict.health.value.replace('_', ' ')}" if figures.verdict.health.is_posted else ""
    amount = ""
    if delivery.done is not None and delivery.total is not None:
        amount = f": {plain(delivery.done)} of {plain(delivery.total)} {delivery.unit}"
    return (
        f"{kr.id}: {kr.title}",
        f"Outcome: {percent(ours)} of the way{health} ({figures.score.because}).",
        *(f"The {retargeted(change)}." for change in kr.retargets),
        f"Work done: {percent(delivery.share)}{amount}, from {len(delivery.lines)} linked issues, "
        f"{delivery.unestimated} of them unestimated.",
        "Kept up to date by okrsync from the linked issues and the registry; `okrsync explain "
        f"{kr.id}` shows how each figure was made. Your own number is never overwritten.",
    )


def readable_targets(registry: Registry, today: date, zone: tzinfo) -> Sequence[tuple[Target, str, datetime]]:
    """The write targets of the live key results with their ids and the beginnings of their slots, sorted."""
    return sorted(
        (kr.write, kr.id, begin_of_slot(today, kr.cadence_days, zone))
        for kr in registry.live(today)
        if kr.write is not None
    )
