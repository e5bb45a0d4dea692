"""`okrsync suggest --bind`: the sprints that are over, read once and laid against the registry. Never writes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from adapters.ports import Reader
from adapters.retry import Deadline
from mappings.figures import Figures, work_out
from mappings.first_look import FirstLook, closed_rows, holders_of, look
from mappings.linking import Class
from mappings.okrs import Registry
from mappings.targets import Target
from syncer.config import Config
from syncer.exit_codes import DONE, FAILED, TRY_LATER
from syncer.former_keys import with_former_keys
from syncer.goals import Goals, gather_goals
from syncer.labels import Unread
from syncer.run import connected, dated_scopes, read_scopes, read_standings
from syncer.shown import hide_what_is_read
from syncer.suggest import unread_of

log = structlog.get_logger()

MOST_NAMES = 30
"""Projects that are asked for their names, those with the most work first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLookRun:
    """All that `okrsync suggest --bind` has to say."""

    look: FirstLook
    registry: Registry
    last: int
    notes: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 done, 1 a source failed, 75 only for a quota or a deadline."""
        if not all(unread.later for unread in self.unread):
            return FAILED
        return TRY_LATER if self.unread else DONE


def look_back(
    config: Config,
    registry: Registry,
    *,
    at: datetime,
    last: int,
    team: str = "",
    deadline: Deadline | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> FirstLookRun:
    """Read every scope with the `last` closed sprints of its boards, and replay those."""
    deadline = deadline or Deadline(config.deadline_seconds)
    with closed_sprints(config, registry, at=at, last=last, team=team, deadline=deadline, on_step=on_step) as seen:
        trackers, goals, figures = seen
        registry = goals.registry
        hide_what_is_read(registry, figures.readings)
        _, rows = closed_rows(figures, team)
        holders = holders_of(figures, [row for row in rows.values() if row.kind is not Class.ALIGNED])
        most = sorted(holders, key=lambda target: (-len(holders[target]), target))
        projects = [target for target in most if target.kind != "issue"][:MOST_NAMES]
        on_step("reading the projects' names")
        names = _names(trackers, projects, at)
    return FirstLookRun(
        look=look(figures, registry, config.rules, names, team),
        registry=registry,
        last=last,
        notes=goals.notes,
        unread=unread_of(figures.readings),
    )


@contextmanager
def closed_sprints(
    config: Config,
    registry: Registry,
    *,
    at: datetime,
    last: int,
    deadline: Deadline,
    on_step: Callable[[str], None],
    team: str = "",
) -> Iterator[tuple[Mapping[str, Reader], Goals, Figures]]:
    """The connections, the goals and the figures of a run that reads the `last` closed sprints of each board too."""
    config = replace(config, mirror=None)  # what is kept for the next run is of the scopes as they are configured
    today = at.astimezone(config.rules.zone).date()
    with connected(config, registry, deadline, may_write=False) as trackers:
        goals = gather_goals(config, registry, trackers, today, on_step, with_checkins=False)
        scopes = [
            (replace(scope, sprints=replace(scope.sprints, last=last)), since)
            for scope, since in dated_scopes(config, goals.registry, today)
            if team in ("", scope.team)
        ]
        readings = with_former_keys(read_scopes(trackers, scopes, on_step), goals.registry, trackers, today)
        yield trackers, goals, work_out((*goals.readings, *readings), goals.registry, config.rules, today)


def _names(trackers: Mapping[str, Reader], targets: list[Target], at: datetime) -> dict[Target, str]:
    """What these are called; one that cannot be read has no name here, and is not guessed."""
    found = read_standings(trackers, [(target, "", at) for target in targets])
    return {target: standing.title for target, standing in found.items() if standing.title}
