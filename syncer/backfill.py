"""`okrsync history backfill`: the alignment of sprints that are over, laid against today's tags and registry."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from adapters.history import History
from adapters.retry import Deadline
from mappings.alignment import align
from mappings.okrs import Registry
from mappings.past import RunRecord, SprintDay, of_closed_sprints
from syncer.config import Config
from syncer.exit_codes import DONE, FAILED, TRY_LATER
from syncer.first_look import closed_sprints
from syncer.labels import Unread
from syncer.suggest import unread_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """What was put into history, and what was not."""

    kept: tuple[SprintDay, ...] = ()
    """The sprints that are new there, each on its last day."""
    known: int = 0
    """Closed sprints that history knew: left as they are."""
    undated: int = 0
    """Closed sprints without an end: nobody can say on which day they stand."""
    failed: str = ""
    """Why history could not be read or written."""
    unread: tuple[Unread, ...] = ()
    """Scopes that were not read: then nothing is kept, for what is kept stays."""

    @property
    def exit_code(self) -> int:
        """0 done, 1 a source or the history failed, 75 only for a quota or a deadline."""
        if self.failed or not all(unread.later for unread in self.unread):
            return FAILED
        return TRY_LATER if self.unread else DONE


def backfill(
    config: Config,
    registry: Registry,
    *,
    at: datetime,
    last: int,
    deadline: Deadline | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> Backfill:
    """Read the `last` closed sprints of each board and keep those that history does not know. Trackers are only read;
    what a run kept of a sprint is never replaced.
    """
    history = History(config.history, config.history_url_env)
    before = history.sprints()
    if history.problem:
        return Backfill(failed=f"{history.name} could not be read: {history.problem}")
    deadline = deadline or Deadline(config.deadline_seconds)
    with closed_sprints(config, registry, at=at, last=last, deadline=deadline, on_step=on_step) as (_, _, figures):
        unread = unread_of(figures.readings)
    if unread:
        return Backfill(unread=unread)
    closed = [sprint for it in figures.readings for sprint in it.sprints if sprint.state == "closed"]
    dated = of_closed_sprints(align(closed, figures.linked), config.rules.zone)
    known = {(it.tracker, it.sprint) for it in before}
    new = tuple(it for it in dated if (it.tracker, it.sprint) not in known)
    failed = ""
    if new:
        run_id = f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        moment = at.astimezone(UTC).isoformat()
        record = RunRecord(id=run_id, at=moment, day=figures.today, mode="backfill", complete=True, sprints=new)
        failed = history.keep(record)
    all_of_them = len({(sprint.tracker, sprint.id) for sprint in closed})
    return Backfill(
        kept=() if failed else new,
        known=len(dated) - len(new),
        undated=all_of_them - len(dated),
        failed=failed,
    )
