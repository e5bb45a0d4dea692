"""`okrsync labels`: the tag labels that trackers should offer, planned, shown and, where asked for, made."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import structlog

from adapters.errors import RateLimited, TrackerError, TryLater, Unreadable
from adapters.labelling import KeepsLabels, SeedsLabels
from adapters.ports import Writer
from adapters.retry import Deadline
from mappings.labels import (
    LabelChange,
    LabelPlan,
    LabelStyle,
    Spelling,
    WantedTag,
    dead_tags,
    plan_labels,
    plan_seeds,
    strange_labels,
    to_archive,
    wanted_tags,
)
from mappings.linking import broken_tags
from mappings.model import Reading
from mappings.okrs import Registry
from mappings.tag_cards import TagCard, tag_cards
from mappings.tags import TagReader
from mappings.targets import Outcome
from syncer.config import Config
from syncer.exit_codes import DONE, FAILED, TRY_LATER
from syncer.goals import gather_goals
from syncer.plan import Status
from syncer.run import connected, dated_scopes, read_scopes

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStep:
    """One change, and what became of it."""

    change: LabelChange
    status: Status = Status.WOULD_CHANGE
    reason: str = ""
    later: bool = False
    """It failed for a quota or a deadline: the next run makes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A part of a tracker that could not be read: nothing was planned from it."""

    what: str
    why: str
    later: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRun:
    """All that `okrsync labels` has to say."""

    applies: bool
    steps: tuple[LabelStep, ...] = ()
    spellings: tuple[Spelling, ...] = ()
    notes: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    cards: tuple[TagCard, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 done, 1 a source or a write failed, 75 only for a quota or a deadline."""
        failures = [step.later for step in self.steps if step.status is Status.FAILED]
        failures += [unread.later for unread in self.unread]
        if not all(failures):
            return FAILED
        return TRY_LATER if failures else DONE


def team_named(name: str, config: Config, registry: Registry) -> str | None:
    """The key of the team of this key or name; None where there is none."""
    keys = {key.casefold(): key for kr in registry.key_results for key in (kr.team, *kr.teams) if key}
    keys |= {text.casefold(): team.key for team in config.rules.teams for text in (team.title, team.key)}
    return keys.get(name.casefold())


def cards_of(config: Config, registry: Registry, at: datetime, team: str = "") -> tuple[TagCard, ...]:
    """The tag cards of one team, or of all. Where key results live in trackers, those are asked first.

    Raises Unreadable where one does not answer: a card with key results missing would be copied from all the same.
    """
    today = at.astimezone(config.rules.zone).date()
    if config.declares_okrs:
        with connected(config, registry, Deadline(config.deadline_seconds), may_write=False) as trackers:
            goals = gather_goals(config, registry, trackers, today, with_checkins=False)
        if goals.unread:
            raise Unreadable(goals.unread)
        registry = goals.registry
    return _of_team(tag_cards(registry, config.rules, today), team)


def provide_labels(
    config: Config,
    registry: Registry,
    *,
    at: datetime,
    applies: bool,
    team: str = "",
    deadline: Deadline | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> LabelRun:
    """Plan the labels of every tracker, and with `applies` make them. Connects with leave to write only then.

    A tracker that fails is said, and the others go on; what it misses the next run makes.
    """
    today = at.astimezone(config.rules.zone).date()
    deadline = deadline or Deadline(config.deadline_seconds)
    with connected(config, registry, deadline, may_write=applies) as trackers:
        goals = gather_goals(config, registry, trackers, today, on_step, with_checkins=False)
        if goals.unread:
            unread = [reading for reading in goals.readings if not reading.complete]
            return LabelRun(applies=applies, unread=tuple(map(_unread, unread)))
        planning = _Planning(config, goals.registry, trackers, today, team, on_step)
        for name in sorted(trackers):
            planning.plan(name)
        steps = [_as_step(change) for change in planning.changes]
        for step in steps:
            log.info("label_planned", tracker=step.change.tracker, action=step.change.action, label=step.change.label)
        if applies:
            on_step("writing")
            steps = _apply(steps, trackers)
    return LabelRun(
        applies=applies,
        steps=tuple(steps),
        spellings=tuple(planning.spellings),
        notes=tuple(planning.notes),
        unread=tuple(planning.unread),
        cards=_of_team(tag_cards(goals.registry, config.rules, today), team),
    )


class _Planning:
    """Collects the plans of the trackers, one after the other."""

    def __init__(
        self,
        config: Config,
        registry: Registry,
        trackers: Mapping[str, Writer],
        today: date,
        team: str,
        on_step: Callable[[str], None],
    ) -> None:
        self.changes: list[LabelChange] = []
        self.spellings: list[Spelling] = []
        self.notes: list[str] = []
        self.unread: list[Unread] = []
        self._config = config
        self._registry = registry
        self._trackers = trackers
        self._today = today
        self._team = team
        self._on_step = on_step
        self._dead = dead_tags(registry, today, team)
        self._reader = TagReader(registry, config.rules.prefix, today)

    def plan(self, name: str) -> None:
        tracker = self._trackers[name]
        self._on_step(f"reading the labels of {name}")
        try:
            if isinstance(tracker, KeepsLabels):
                plan = self._keeping(name, tracker)
            elif isinstance(tracker, SeedsLabels):
                plan = self._seeding(name, tracker)
            else:
                return
        except TrackerError as error:
            log.warning("labels_not_read", tracker=name, why=str(error))
            later = isinstance(error, TryLater | RateLimited)
            self.unread.append(Unread(what=f"labels of {name}", why=str(error), later=later))
            return
        self.changes += plan.changes
        self.notes += [f"{name}: {note}" for note in plan.notes]

    def _keeping(self, name: str, tracker: KeepsLabels) -> LabelPlan:
        settings = self._config.trackers[name]
        style = LabelStyle(
            prefix=self._config.rules.prefix,
            by_team=getattr(settings, "labels", "workspace") == "team",
            in_group=getattr(settings, "labels_in_group", False),
        )
        stock = tracker.read_labels()
        leaving = to_archive(stock, self._dead, style)
        carriers = tracker.open_issues_with(leaving) if leaving else {}
        if not self._team:
            self.spellings += strange_labels(name, stock, self._dead, self._reader, style)
        return plan_labels(name, self._wanted(name), self._dead, stock, carriers, style)

    def _seeding(self, name: str, tracker: SeedsLabels) -> LabelPlan:
        wanted, prefix = self._wanted(name), self._config.rules.prefix
        labels = tracker.read_issue_labels([tag.issue for tag in wanted if tag.issue])
        scopes = [
            (scope, since)
            for scope, since in dated_scopes(self._config, self._registry, self._today)
            if scope.tracker == name and self._team in ("", scope.team)
        ]
        readings = read_scopes(self._trackers, scopes, self._on_step)
        self.unread += [_unread(reading) for reading in readings if not reading.complete]
        issues = {issue.ref: issue for reading in readings for issue in (*reading.issues, *reading.ancestors)}
        found: dict[str, Spelling] = {}
        for tag in broken_tags(issues.values(), self._registry, self._config.rules, self._today):
            if tag.place == "label":
                text = tag.text if tag.text.casefold().startswith(prefix.casefold()) else prefix + tag.text
                made = Spelling(tracker=name, text=text, reason=tag.reason, suggestion=tag.suggestion)
                known = found.get(tag.text, made)
                found[tag.text] = replace(known, keys=tuple(sorted({*known.keys, tag.key})))
        self.spellings += [found[text] for text in sorted(found)]
        used = {label for issue in issues.values() for label in issue.labels}
        return plan_seeds(name, wanted, labels, prefix, used)

    def _wanted(self, name: str) -> tuple[WantedTag, ...]:
        return wanted_tags(self._registry, self._config.rules, name, self._today, self._team)


def _apply(steps: Sequence[LabelStep], trackers: Mapping[str, Writer]) -> list[LabelStep]:
    """One by one, in order; a quota or a deadline ends a tracker's part."""
    stopped: set[str] = set()
    return [_make(step, trackers[step.change.tracker], stopped) for step in steps]


def _make(step: LabelStep, tracker: Writer, stopped: set[str]) -> LabelStep:
    change = step.change
    if step.status is not Status.WOULD_CHANGE:
        return step
    if change.tracker in stopped:
        reason = "not reached before the quota or the deadline: the next run makes it"
        return replace(step, status=Status.FAILED, reason=reason, later=True)
    try:
        outcome = _written(change, tracker)
    except (TryLater, RateLimited) as error:
        stopped.add(change.tracker)
        return replace(step, status=Status.FAILED, reason=f"try later: {error}", later=True)
    except TrackerError as error:
        log.warning("label_failed", tracker=change.tracker, label=change.label, why=str(error))
        return replace(step, status=Status.FAILED, reason=str(error))
    log.info("label_written", tracker=change.tracker, action=change.action, label=change.label, status=outcome.status)
    return replace(step, status=Status(outcome.status), reason=outcome.reason)


def _written(change: LabelChange, tracker: Writer) -> Outcome:
    if isinstance(tracker, KeepsLabels):
        return tracker.write_label(change)
    assert isinstance(tracker, SeedsLabels)  # noqa: S101 - it was planned from what this tracker said
    return tracker.seed_label(change)


def _as_step(change: LabelChange) -> LabelStep:
    status = Status.LEFT_ALONE if change.kept else Status.WOULD_CHANGE
    return LabelStep(change=change, status=status, reason=change.kept)


def _unread(reading: Reading) -> Unread:
    return Unread(what=reading.scope.name, why=reading.problem or "", later=reading.try_later)


def _of_team(cards: Iterable[TagCard], team: str) -> tuple[TagCard, ...]:
    return tuple(card for card in cards if team in ("", card.team))
