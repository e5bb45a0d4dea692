"""`okrsync rollover`: new tags for open issues whose key result's period is over, shown and, where asked for, set."""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import structlog

from adapters.history import History
from adapters.labelling import KeepsLabels
from adapters.ports import Writer
from adapters.retry import Deadline
from mappings.figures import Figures, work_out
from mappings.model import Issue
from mappings.nearest import did_you_mean
from mappings.okrs import Registry, normal_id
from mappings.past import NO_PAST
from mappings.rollover import OldTag, ended, final_values_note, old_tags, takes_final_values
from mappings.tags import TagReader
from mappings.targets import FlagWrite
from syncer.apply import apply
from syncer.config import Config
from syncer.exit_codes import DONE, FAILED, TRY_LATER
from syncer.flags import AT_MOST
from syncer.former_keys import with_former_keys
from syncer.goals import gather_goals
from syncer.labels import Unread
from syncer.plan import FlagChange, Plan, Status
from syncer.remembering import only_writes, record_of
from syncer.run import connected, dated_scopes, read_scopes
from syncer.shown import hide_what_is_read
from syncer.suggest import offers_of, unread_of
from syncer.tagging import Offer

log = structlog.get_logger()

ROLLED = "rolled over"
"""Stands in the flags' ledger where a flag's sprint does: a tag that a person took off, or took back, is theirs."""


class NoSuchPeriod(Exception):
    """What is wrong with a period that the command names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One old tag, or several with one successor on one issue, and what becomes of them."""

    tags: tuple[OldTag, ...]
    status: Status
    reason: str = ""
    write: FlagWrite | None = None
    later: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloverRun:
    """All that `okrsync rollover` has to say."""

    applies: bool
    moves: tuple[Move, ...] = ()
    notes: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 done, 1 a source or a write failed, 75 only for a quota or a deadline."""
        failures = [each.later for each in self.unread]
        failures += [move.later for move in self.moves if move.status is Status.FAILED]
        if not all(failures):
            return FAILED
        return TRY_LATER if failures else DONE


def roll_over(
    config: Config,
    registry: Registry,
    *,
    at: datetime,
    of: str = "",
    to: str = "",
    applies: bool = False,
    deadline: Deadline | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> RolloverRun:
    """Read everything, plan the new tags, and with `applies` set them. May write only then.

    `of` and `to` name periods; raises NoSuchPeriod. Without `of` a period that still takes final values is left alone.
    A scope that cannot be read is told, and the issues of the others go on: a tag is moved by what stands on its issue.
    """
    today = at.astimezone(config.rules.zone).date()
    periods, notes = _periods(registry, today, of, to)
    deadline = deadline or Deadline(config.deadline_seconds)
    with connected(config, registry, deadline, may_write=applies) as trackers:
        goals = gather_goals(config, registry, trackers, today, on_step, with_checkins=False)
        registry = goals.registry
        readings = read_scopes(trackers, dated_scopes(config, registry, today), on_step)
        readings = with_former_keys(readings, registry, trackers, today)
        figures = work_out((*goals.readings, *readings), registry, config.rules, today)
        hide_what_is_read(registry, figures.readings)
        reader = TagReader(registry, config.rules.prefix, today)
        found = old_tags(_issues(figures, registry), registry, reader, today, periods, to)
        names = sorted({tag.issue.tracker for tag in found if tag.new})
        offers, unoffered = offers_of(config, trackers, names)
        unread = (*unread_of(figures.readings), *unoffered)
        of_labels = {name for name in names if isinstance(trackers[name], KeepsLabels)}
        moves, more = plan_moves(found, offers, of_labels, config.rules.prefix)
        notes = (*notes, *more)
        if goals.unread:
            moves, notes = (), (*notes, f"{goals.unread}: no tag is moved")
        for move in moves:
            log.info("tag_planned", key=move.tags[0].issue.key, status=move.status.value, reason=move.reason)
        if applies:
            on_step("writing")
            moves = _applied(moves, trackers)
            notes = (*notes, *_audited(config, at, figures, moves))
    return RolloverRun(applies=applies, moves=moves, notes=(*goals.notes, *notes), unread=unread)


def plan_moves(
    found: Iterable[OldTag], offers: Mapping[str, Offer], of_labels: Collection[str], prefix: str
) -> tuple[tuple[Move, ...], tuple[str, ...]]:
    """What becomes of each old tag, by issue, and a note where the limit cut the changes. `offers`: the labels of the
    trackers where a label is a thing of its own, `of_labels`.
    """
    groups: dict[tuple[tuple[str, str], str, str], list[OldTag]] = {}
    for tag in found:
        new = tag.new.id if tag.new else tag.old.id
        groups.setdefault((tag.issue.ref, tag.tag.place, new), []).append(tag)
    moves, due = [], 0
    for tags in groups.values():
        move = _move(tuple(tags), offers, of_labels, prefix)
        due += move.status is Status.WOULD_CHANGE
        if due <= AT_MOST or move.status is not Status.WOULD_CHANGE:
            moves.append(move)
    if due <= AT_MOST:
        return tuple(moves), ()
    return tuple(moves), (f"{due - AT_MOST} of {due} tags wait for the next run: at most {AT_MOST} a run",)


def _move(tags: tuple[OldTag, ...], offers: Mapping[str, Offer], of_labels: Collection[str], prefix: str) -> Move:
    issue, new = tags[0].issue, tags[0].new

    def left_alone(reason: str) -> Move:
        return Move(tags=tags, status=Status.LEFT_ALONE, reason=reason)

    if new is None:
        return left_alone(tags[0].because)
    if tags[0].tag.place != "label":
        return left_alone(f"a tag in the {tags[0].tag.place} is a person's to change: write {new.id}")
    if any(tag.tag.weight is not None for tag in tags):
        return left_alone("a tag with a weight is a person's to change")
    rolled = {normal_id(label.removeprefix(prefix)) for label, by in issue.flagged if by == ROLLED}
    others = [other for other in tags[0].others if other != new.id and normal_id(other) not in rolled]
    if others:
        return left_alone(f"it is tagged {', '.join(others)} besides: what the old tag becomes is a person's to say")
    label, ident = prefix + new.id, ""
    if issue.tracker in of_labels:
        offer = offers.get(issue.tracker)
        if offer is None:
            return left_alone("the labels of its tracker could not be read")
        picked = offer.label(new.id, issue.project)
        if picked is None:
            return left_alone(f"there is no label {label} to pick: okrsync labels --apply makes it")
        label, ident = picked.name, picked.id
    elif any(character.isspace() for character in label):
        return left_alone("a label in Jira holds no space")
    if (label, ROLLED) in issue.flagged:
        return left_alone("it was moved before, and a person changed that")
    write = FlagWrite(
        tracker=issue.tracker,
        key=issue.key,
        id=issue.id,
        label=label,
        action="add",
        sprint=ROLLED,
        replaces=tuple(dict.fromkeys(each for tag in tags for each in tag.labels)),
        label_id=ident,
    )
    return Move(tags=tags, status=Status.WOULD_CHANGE, write=write)


def _periods(registry: Registry, today: date, of: str, to: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The periods whose tags are moved, and what is to be said of the others that have ended."""
    known = registry.period_by_id
    for name in filter(None, (of, to)):
        if name not in known:
            raise NoSuchPeriod(f'there is no period "{name}"{did_you_mean(name, known)}')
    if of and known[of].end >= today:
        raise NoSuchPeriod(f"{of} has not ended: its last day is {known[of].end.isoformat()}")
    if to and not known[to].start <= today <= known[to].end:
        raise NoSuchPeriod(f"{to} is not running: tags that name it would be broken on {today.isoformat()}")
    if of:
        return (of,), ()
    over = ended(registry, today)
    waiting = [period for period in over if takes_final_values(period, today)]
    return tuple(each.id for each in over if each not in waiting), tuple(map(final_values_note, waiting))


def _issues(figures: Figures, registry: Registry) -> Iterable[Issue]:
    """Work, and the epics above it that were read for their tags; what declares a goal or is written to is neither."""
    reserved = {(target.tracker, target.id.casefold()) for target in registry.reserved() if target.kind == "issue"}
    for issue in (*(found.issue for found in figures.linked.values()), *figures.ancestors):
        names = (issue.key, issue.id, *issue.previous_keys)
        if not any((issue.tracker, name.casefold()) in reserved for name in names):
            yield issue


def _applied(moves: tuple[Move, ...], trackers: Mapping[str, Writer]) -> tuple[Move, ...]:
    planned = tuple(FlagChange(write=move.write, status=move.status) for move in moves if move.write)
    done = {change.write: change for change in apply(Plan(flags=planned), trackers).flags}
    return tuple(
        replace(move, status=done[move.write].status, reason=done[move.write].reason, later=done[move.write].later)
        if move.write
        else move
        for move in moves
    )


def _audited(config: Config, at: datetime, figures: Figures, moves: tuple[Move, ...]) -> tuple[str, ...]:
    """Leave the writes in history, as a sync does; a note where it could not be kept."""
    run_id = f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    flags = tuple(FlagChange(write=each.write, status=each.status, reason=each.reason) for each in moves if each.write)
    record = record_of(run_id, at.isoformat(), "rollover", figures, Plan(flags=flags), NO_PAST)
    forgotten = History(config.history, config.history_url_env).keep(only_writes(record))
    return (forgotten,) if forgotten else ()
