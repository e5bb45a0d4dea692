"""The order of a run: readings -> links -> numbers -> plan -> show -> safety -> apply -> report -> history."""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import structlog

from adapters.errors import RateLimited, RegistryProblem, TrackerError, TryLater
from adapters.history import History
from adapters.ports import Reader, Writer
from adapters.progress_file import is_tracked
from adapters.retry import Deadline
from mappings.figures import Figures, work_out
from mappings.forecast import numbers_of
from mappings.model import Reading, Ref, Scope
from mappings.okrs import Registry, normal_id
from mappings.past import Past
from mappings.suggesting import Suggestion, suggest_for
from mappings.talk import Talk, talk_lines
from mappings.targets import Standing, Target
from mappings.visibility import Hidden
from syncer.apply import apply
from syncer.config import Config
from syncer.exit_codes import DONE, FAILED, REFUSED, TRY_LATER
from syncer.flags import plan_flags
from syncer.former_keys import with_former_keys
from syncer.goals import gather_goals
from syncer.links import plan_links
from syncer.measures import kept_secrets, take_measures
from syncer.plan import Change, FlagChange, LinkChange, Plan, Status, plan_progress, readable_targets, withhold
from syncer.remembering import HORIZON_DAYS, only_writes, record_of
from syncer.safety import refuse_if_unsafe
from syncer.scopes import dated, read_since
from syncer.shown import hide_what_is_read
from syncer.trackers import connect_all, progress_path

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run and all it knows; the reports are made from it."""

    id: str
    at: datetime
    mode: str
    """plan, sync or report."""
    config: Config
    registry: Registry
    figures: Figures
    plan: Plan
    past: Past
    """What earlier runs found."""
    requests: Mapping[str, int]
    """All requests sent, by connection: reads, writes, sign-in and repeats."""
    suggestions: Mapping[Ref, Sequence[Suggestion]] = field(default_factory=dict)
    """Likely key results of the sprints' issues without one, best first."""
    talk: tuple[Talk, ...] = ()
    """What to talk about, worst first: all of it that everybody may see."""
    hidden: Hidden = field(default_factory=Hidden)
    """What is counted and never named."""
    next_sprint: bool = False
    """The report's rows are the sprint's that is next, instead of each team's own choice."""

    @property
    def exit_code(self) -> int:
        """0 done, 1 a source or a write failed, 3 something refused as unsafe, 75 try later; 3 over 1 over 75."""
        done: tuple[Change | FlagChange | LinkChange, ...] = (*self.plan.changes, *self.plan.flags, *self.plan.links)
        if any(change.status is Status.REFUSED for change in done):
            return REFUSED
        failures = [change.later for change in done if change.status is Status.FAILED]
        failures += [reading.try_later for reading in self.figures.readings if not reading.complete]
        if not all(failures):
            return FAILED
        return TRY_LATER if failures else DONE


@contextmanager
def connected(
    config: Config, registry: Registry, deadline: Deadline, *, may_write: bool
) -> Iterator[dict[str, Writer]]:
    """All connections of the config and the progress file, closed at the end whatever happens."""
    trackers = connect_all(config, registry, deadline, may_write=may_write)
    try:
        yield trackers
    finally:
        for tracker in trackers.values():
            tracker.close()


def read_scopes(
    trackers: Mapping[str, Reader], scopes: Sequence[tuple[Scope, date]], on_step: Callable[[str], None]
) -> tuple[Reading, ...]:
    """One reading for each scope, of what changed since its day. What a tracker refuses or breaks off is the
    reading's problem, never half a reading.
    """
    readings = []
    for scope, since in sorted(scopes):
        tracker = trackers[scope.tracker]
        on_step(f"reading {scope.name}")
        sent = tracker.requests
        reading = Reading(scope=scope, kind=tracker.kind)
        try:
            contents = tracker.read(scope, since=since)
        except TrackerError as error:
            later = isinstance(error, TryLater | RateLimited)
            log.warning("scope_not_read", scope=scope.name, why=str(error), try_later=later)
            reading = replace(reading, problem=str(error), try_later=later)
        else:
            reading = replace(
                reading,
                issues=contents.issues,
                ancestors=contents.ancestors,
                sprints=contents.sprints,
                hidden_ancestors=contents.hidden_ancestors,
                gone=contents.gone,
                kanban=contents.kanban,
                renamed=contents.renamed,
                notes=contents.notes,
                requests_by=_with_sign_in(contents.requests_by, tracker.requests - sent),
            )
            log.info("scope_read", scope=scope.name, issues=len(reading.issues), requests=tracker.requests - sent)
        readings.append(replace(reading, requests=tracker.requests - sent))
    return tuple(readings)


def _with_sign_in(counts: tuple[tuple[str, int], ...], all_of_them: int) -> tuple[tuple[str, int], ...]:
    """The counts that a tracker tells, and as `sign-in` what it sent besides."""
    besides = all_of_them - sum(count for _, count in counts)
    return tuple(sorted((*counts, ("sign-in", besides)))) if counts and besides else counts


def read_standings(
    trackers: Mapping[str, Reader], targets: Sequence[tuple[Target, str, datetime]]
) -> dict[Target, Standing]:
    """What stands at each (target, KR id, beginning of the slot) now; a connection that fails is its targets' problem,
    so that nothing is written.
    """
    found: dict[Target, Standing] = {}
    for name, slot in sorted({(target.tracker, slot) for target, _, slot in targets}):
        wanted = [(target, kr) for target, kr, when in targets if (target.tracker, when) == (name, slot)]
        try:
            found |= trackers[name].read_standings(wanted, slot=slot)
        except TrackerError as error:
            later = isinstance(error, TryLater | RateLimited)
            log.warning("targets_not_read", tracker=name, why=str(error), try_later=later)
            why = f"could not be read: {error}"
            found |= {target: Standing(target=target, problem=why, try_later=later) for target, _ in wanted}
    return found


def dated_scopes(config: Config, registry: Registry, today: date) -> list[tuple[Scope, date]]:
    """Every scope with the day from which on its changes are read, besides what is open or in a sprint."""
    starts = [day for day in (registry.oldest_start(today), config.since) if day is not None]
    since = min(starts, default=today)
    return [(dated(scope, registry, today), read_since(scope, since, today)) for scope in config.scopes]


def run(
    config: Config,
    registry: Registry,
    *,
    mode: str,
    at: datetime,
    force: Collection[str] = (),
    resume: str = "",
    next_sprint: bool = False,
    deadline: Deadline | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> Run:
    """Do a whole run. Only `mode="sync"` connects with leave to write. The plan is logged before it is
    judged and applied.

    `force` acknowledges what safety refuses; `resume` writes this one key result alone, over what a person left there.
    `next_sprint` changes what the report shows and nothing else.
    """
    today = at.astimezone(config.rules.zone).date()
    history = History(config.history, config.history_url_env)
    past = history.past(today - timedelta(days=HORIZON_DAYS))
    run_id = f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    structlog.contextvars.bind_contextvars(run=run_id)
    deadline = deadline or Deadline(config.deadline_seconds)
    with connected(config, registry, deadline, may_write=mode == "sync") as trackers:
        goals = gather_goals(config, registry, trackers, today, on_step)
        registry = goals.registry
        force = _live_names(registry, today, force)
        [resume] = _live_names(registry, today, [resume]) if resume else [""]
        readings = read_scopes(trackers, dated_scopes(config, registry, today), on_step)
        on_step("reading what stands at the targets")
        targets = readable_targets(registry, today, config.rules.zone)
        hidden = hide_what_is_read(registry, readings)
        standings = read_standings(trackers, targets)
        readings = with_former_keys(readings, registry, trackers, today)
        measured = take_measures(registry, trackers, config.rules.zone, today, deadline, on_step, kept_secrets(config))
        ledgers = {kr: it.ledger for target, kr, _ in targets if (it := standings.get(target)) and it.ledger}
        figures = work_out(
            (*goals.readings, *readings),
            registry,
            config.rules,
            today,
            ledgers,
            measured.taken,
            numbers_of(past.days),
        )
        rows = (row for it in (*figures.sprints, *figures.planned) for row in it.rows)
        suggestions = suggest_for(rows, figures.linked, figures.ancestors, registry, config.rules, today)
        flags, notes = plan_flags(figures, config.rules)
        notes = (*goals.notes, *notes)
        changes = withhold(
            plan_progress(figures, registry, config.rules, standings, resumed=resume), goals.why_withheld
        )
        if goals.unread:
            flags, notes = (), (*notes, f"{goals.unread}: nothing is written by this run")
        plan = Plan(changes=changes, flags=flags, notes=notes)
        _show(plan)
        plan = refuse_if_unsafe(plan, figures, past.remembered, config.safety, (*force, resume))
        refused = {change.kr for change in plan.changes if change.status is Status.REFUSED}
        if not resume:
            links, more = plan_links(figures, config, trackers, refused)
            plan = replace(plan, links=links, notes=(*plan.notes, *more))
        if resume:
            plan = Plan(changes=tuple(change for change in plan.changes if change.kr == resume))

        def as_run(plan: Plan) -> Run:
            return Run(
                id=run_id,
                at=at,
                mode=mode,
                config=config,
                registry=registry,
                figures=replace(figures, readings=(*figures.readings, *measured.readings)),
                plan=plan,
                past=past,
                suggestions=suggestions,
                talk=tuple(
                    line
                    for line in talk_lines(
                        figures, config.rules, {ref: found[0].kr for ref, found in suggestions.items() if found}
                    )
                    if line.kr not in hidden.key_results and not hidden.is_named_in(line.text)
                ),
                hidden=hidden,
                requests=measured.requests | {name: tracker.requests for name, tracker in trackers.items()},
                next_sprint=next_sprint,
            )

        if mode != "sync":
            return as_run(plan)
        on_step("writing")
        applied = apply(plan, trackers)
        record = record_of(run_id, at.astimezone(UTC).isoformat(), mode, figures, applied, past)
        forgotten = history.keep(record if not resume else only_writes(record))
        if forgotten:
            applied = replace(applied, notes=(*applied.notes, forgotten))
        if any(change.target and change.target.kind == "file" for change in applied.changes):
            applied = replace(applied, notes=(*applied.notes, *_untracked(progress_path(config))))
        return as_run(applied)


def _live_names(registry: Registry, today: date, names: Iterable[str]) -> tuple[str, ...]:
    """The ids of these key results, however they were typed. Raises RegistryProblem for what is no live one."""
    live = {kr.id for kr in registry.live(today)}
    known = {name: kr.id for name, kr in registry.by_name.items() if kr.id in live}
    if unknown := [name for name in names if normal_id(name) not in known]:
        raise RegistryProblem([f"{name} is no live key result" for name in unknown])
    return tuple(known[normal_id(name)] for name in names)


def _untracked(file: Path) -> tuple[str, ...]:
    """The progress file is its own ledger: a run on another machine needs it."""
    if not file.exists() or is_tracked(file):
        return ()
    return (f"{file.name} is not tracked by git: commit {file}, or the next machine does not know what was written",)


def _show(plan: Plan) -> None:
    """The reader sees even a plan that is refused."""
    for change in plan.changes:
        if change.target is not None:
            log.info(
                "planned",
                kr=change.kr,
                to=str(change.target),
                before=None if change.before is None else str(change.before),
                after=None if change.after is None else str(change.after),
                status=change.status.value,
                reason=change.reason,
            )
