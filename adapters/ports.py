"""What the program may ask of a tracker. A reader can only read; a writer is a reader and more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from mappings.model import Issue, KanbanBoard, Scope, Sprint
from mappings.targets import FlagWrite, Outcome, ProgressWrite, Standing, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a scope holds, complete. Fields as in mappings.model.Reading."""

    issues: tuple[Issue, ...]
    ancestors: tuple[Issue, ...] = ()
    sprints: tuple[Sprint, ...] = ()
    hidden_ancestors: int = 0
    gone: tuple[str, ...] = ()
    kanban: tuple[KanbanBoard, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    requests_by: tuple[tuple[str, int], ...] = ()
    """Requests by what they were for; what signing in took is added by who counts them all."""


class Reader(Protocol):
    """A connection that is read.

    Must: answer completely or raise an `adapters.errors.TrackerError`; retry reads by `adapters.retry`; count every
    request it sends in `requests`; never ask for an assignee, a reporter or anybody else's words.
    May: keep small tables (fields, states, labels) for the length of a run.
    Must not: send anything that changes upstream state; return a half-read scope; use the local clock for a window.
    """

    name: str
    kind: str

    @property
    def requests(self) -> int:
        """Requests sent so far, all of them: retries and sign-in included."""
        ...

    def read(self, scope: Scope, *, since: date) -> Contents:
        """Every issue of the scope that is open, or changed on or after `since`, or in an active sprint of the scope,
        in the one that is next, or in one that `scope.sprints` names or looks back on (of whatever project), sorted
        by id; the ancestors of those by id; the active and future sprints, and those named or looked back on.
        """
        ...

    def read_standings(self, targets: Sequence[tuple[Target, str]], *, slot: datetime) -> dict[Target, Standing]:
        """What stands at each (target, KR id) now. A target that is missing, or that this token may not see, is a
        Standing with a `problem`, not an error.

        `slot` is where the current cadence slot begins, aware, in the company's time zone: what a person did since
        then is told by it.
        """
        ...

    def close(self) -> None:
        """Let go of connections; safe to call twice."""
        ...


class Writer(Reader, Protocol):
    """A connection that is also written.

    Must: re-read by id before each write and leave alone what no longer equals what was expected; be repeatable:
    stopped at any request, before or after the server applied it, and run again, the end state is the same and
    nothing is there twice; write value and ledger together or not at all.
    May: skip a request that would change nothing.
    Must not: retry a write that may have been applied; overwrite a person's edit; notify anybody twice.
    """

    def write_progress(self, write: ProgressWrite) -> Outcome:
        """Make one target say what the plan says."""
        ...

    def write_flag(self, write: FlagWrite) -> Outcome:
        """Put one flag label on an issue or take it off, its ledger with it; other labels are untouched."""
        ...
