"""`okrsync suggest`: likely key results for the sprint's issues that have none, shown, and where asked for, tagged."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from adapters.errors import RateLimited, TrackerError, TryLater
from adapters.labelling import KeepsLabels
from adapters.ports import Writer
from adapters.retry import Deadline
from mappings.alignment import SprintAlignment
from mappings.figures import work_out
from mappings.labels import LabelStyle
from mappings.linking import Class, Linked
from mappings.model import Reading, Ref
from mappings.okrs import Registry
from mappings.suggesting import Suggestion, suggest_for
from syncer.apply import apply
from syncer.config import Config
from syncer.exit_codes import DONE, FAILED, TRY_LATER
from syncer.former_keys import with_former_keys
from syncer.goals import gather_goals
from syncer.labels import Unread
from syncer.plan import FlagChange, Plan, Status
from syncer.run import connected, dated_scopes, read_scopes
from syncer.shown import hide_what_is_read
from syncer.tagging import Offer, plan_tags

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """One row of a sprint without a key result, what is suggested for it, and its tag, where one is planned."""

    row: Linked
    sprint: str
    suggestions: tuple[Suggestion, ...] = ()
    tag: FlagChange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestRun:
    """All that `okrsync suggest` has to say."""

    applies: bool
    at_least: float
    placings: tuple[Placing, ...] = ()
    """By sprint and issue, each issue once."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Of the live key results, by id."""
    notes: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 done, 1 a source or a write failed, 75 only for a quota or a deadline."""
        failures = [unread.later for unread in self.unread]
        failures += [it.tag.later for it in self.placings if it.tag and it.tag.status is Status.FAILED]
        if not all(failures):
            return FAILED
        return TRY_LATER if failures else DONE


def suggest_key_results(
    config: Config,
    registry: Registry,
    *,
    at: datetime,
    at_least: float,
    applies: bool = False,
    team: str = "",
    next_sprint: bool = False,
    deadline: Deadline | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> SuggestRun:
    """Read everything, suggest, and with `applies` tag what is at least so sure. May write only then.

    Nothing is tagged while a scope is unread: what is linked there might say otherwise.
    """
    today = at.astimezone(config.rules.zone).date()
    deadline = deadline or Deadline(config.deadline_seconds)
    with connected(config, registry, deadline, may_write=applies) as trackers:
        goals = gather_goals(config, registry, trackers, today, on_step, with_checkins=False)
        registry = goals.registry
        readings = read_scopes(trackers, dated_scopes(config, registry, today), on_step)
        readings = with_former_keys(readings, registry, trackers, today)
        figures = work_out((*goals.readings, *readings), registry, config.rules, today)
        hide_what_is_read(registry, figures.readings)
        rows = rows_without(figures.planned if next_sprint else figures.sprints, team)
        on_step("suggesting")
        suggestions = suggest_for(
            (row for row, _ in rows.values()), figures.linked, figures.ancestors, registry, config.rules, today
        )
        unread, notes = unread_of(figures.readings), goals.notes
        tags: tuple[FlagChange, ...] = ()
        if not unread:
            sure = {ref for ref, found in suggestions.items() if found and found[0].score >= at_least}
            offers, unread = offers_of(config, trackers, sorted({tracker for tracker, _ in sure}))
        if unread:
            notes = (*notes, "while a part is unread nothing is tagged")
        else:
            rows_alone = [row for row, _ in rows.values()]
            tags, more = plan_tags(rows_alone, suggestions, offers, config.rules.prefix, at_least)
            notes = (*notes, *more)
        for tag in tags:
            log.info("tag_planned", key=tag.write.key, label=tag.write.label, status=tag.status.value)
        if applies:
            on_step("writing")
            tags = apply(Plan(flags=tags), trackers).flags
    by_issue = {(tag.write.tracker, tag.write.id): tag for tag in tags}
    return SuggestRun(
        applies=applies,
        at_least=at_least,
        placings=tuple(
            Placing(row=row, sprint=sprint, suggestions=suggestions[ref], tag=by_issue.get(ref))
            for ref, (row, sprint) in rows.items()
        ),
        titles={kr.id: kr.title for kr in registry.live(today)},
        notes=notes,
        unread=unread,
    )


def rows_without(sprints: Iterable[SprintAlignment], team: str) -> dict[Ref, tuple[Linked, str]]:
    """The unaligned and broken rows of these sprints, of one team or of all, each with its first sprint's name.
    Secured issues are left out.
    """
    found: dict[Ref, tuple[Linked, str]] = {}
    for alignment in sprints:
        for row in alignment.rows:
            is_asked = row.kind in (Class.UNALIGNED, Class.BROKEN) and not row.issue.is_secured
            if is_asked and team in ("", row.team.key):
                found.setdefault(row.issue.ref, (row, alignment.sprint.name))
    return found


def unread_of(readings: Iterable[Reading]) -> tuple[Unread, ...]:
    """The readings with a problem."""
    return tuple(
        Unread(what=reading.scope.name, why=reading.problem or "", later=reading.try_later)
        for reading in readings
        if not reading.complete
    )


def offers_of(
    config: Config, trackers: Mapping[str, Writer], names: Iterable[str]
) -> tuple[dict[str, Offer], tuple[Unread, ...]]:
    """The labels to pick from in the trackers where they are things of their own."""
    offers: dict[str, Offer] = {}
    unread: list[Unread] = []
    for name in names:
        tracker = trackers[name]
        if not isinstance(tracker, KeepsLabels):
            continue
        try:
            offers[name] = Offer(tracker.read_labels(), LabelStyle(prefix=config.rules.prefix))
        except TrackerError as error:
            log.warning("labels_not_read", tracker=name, why=str(error))
            later = isinstance(error, TryLater | RateLimited)
            unread.append(Unread(what=f"labels of {name}", why=str(error), later=later))
    return offers, tuple(unread)
