"""What runs found and wrote, kept and asked for. A database that fails stops no run: it is said."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import structlog

from adapters.errors import TrackerError
from mappings.changes import Remembered
from mappings.notices import Told
from mappings.past import NO_PAST, AuditedWrite, KeyResultDay, Past, RunRecord, SprintDay, SprintIssue

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")
log = structlog.get_logger()


class History:
    """The database at `path` (SQLite), or where the variable `url_env` says; opened and closed for each call."""

    def __init__(self, path: Path, url_env: str = "") -> None:
        self._path = path
        self._url_env = url_env
        self.problem = ""
        """Why the last call could not be answered; empty where it could."""

    @property
    def name(self) -> str:
        """What it is called in a message; never an address, for that may hold a password."""
        return f"the history in {self._url_env}" if self._url_env else f"the history {self._path}"

    def last(self) -> dict[str, Remembered]:
        """What was counted last for each key result; empty where there is no history, or none that can be read."""
        return self.as_of(None)

    def as_of(self, day: date | None) -> dict[str, Remembered]:
        """What was counted for each key result at the end of `day`, or of the last day that was kept before it."""
        return self._read("contributions", {}, day)

    def past(self, since: date) -> Past:
        """Everything that a run looks back at, from `since` on; nothing where there is no history."""
        return self._read("past", NO_PAST, since)

    def days(self, since: date | None = None) -> tuple[KeyResultDay, ...]:
        """One value a key result a day, in that order, from `since` on."""
        return self._read("days", (), since)

    def sprints(self, since: date | None = None) -> tuple[SprintDay, ...]:
        """Each sprint by day, from `since` on."""
        return self._read("sprints", (), since)

    def sprint_issues(self, since: date | None = None) -> tuple[SprintIssue, ...]:
        """The issues of sprints that were last read on `since` or after it."""
        return self._read("sprint_issues", (), since)

    def writes(self, since: date | None = None) -> tuple[AuditedWrite, ...]:
        """The audit: every write, in the order in which they were made."""
        return self._read("writes", (), since)

    def told(self) -> tuple[Told, ...]:
        """What was told last, of each subject in each channel."""
        return self._read("told", (), None)

    def keep_told(self, told: tuple[Told, ...]) -> str:
        """Remember what was told just now. Says why when it cannot: then it is told once more."""

        def write(db: "Connection") -> None:
            from adapters.history.writing import keep_told

            keep_told(db, told)

        failed = self._do(write)
        return f"{self.name} was not written ({failed}): what was told is told once more" if failed else ""

    def keep(self, record: RunRecord) -> str:
        """Keep what a run found, in one transaction; what it did not find stays. Says why when it cannot."""

        def write(db: "Connection") -> None:
            from adapters.history.writing import keep_record

            keep_record(db, record)

        return self._write(write)

    def prune(self, before: date) -> tuple[int, str]:
        """Forget days before this one; what was counted last for a key result stays. How many rows, and what failed."""
        gone = 0

        def write(db: "Connection") -> None:
            nonlocal gone
            from adapters.history.writing import prune

            gone = prune(db, before)

        return 0 if (failed := self._write(write)) else gone, failed

    def _read(self, query: str, nothing: T, day: date | None) -> T:
        """The answer of a function of `adapters.history.reading`; `nothing` where there is none, and why is said."""
        self.problem = ""
        if not self._url_env and not self._path.exists():
            return nothing
        found = nothing

        def read(db: "Connection") -> None:
            nonlocal found
            from adapters.history import reading

            found = getattr(reading, query)(db, day)

        if self._do(read):
            log.warning("history_not_read", history=self.name, why=self.problem)
        return found

    def _write(self, write: "Callable[[Connection], None]") -> str:
        if failed := self._do(write):
            return f"{self.name} was not written ({failed}): the next run cannot explain what moved"
        return ""

    def _do(self, do: "Callable[[Connection], None]") -> str:
        from sqlalchemy.exc import SQLAlchemyError

        from adapters.history.engine import place, transaction

        self.problem = ""
        try:
            if not self._url_env:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            with transaction(place(self._path, self._url_env)) as db:
                do(db)
        except (SQLAlchemyError, TrackerError, OSError, ValueError, TypeError, ArithmeticError) as error:
            self.problem = _in_a_line(error)
        except Exception as error:  # Alembic's own: an unknown version, or tables that are there already
            if not type(error).__module__.startswith("alembic"):
                raise
            self.problem = _in_a_line(error)
        return self.problem


def _in_a_line(error: Exception) -> str:
    """The database's own words, without the statement and its values."""
    return " ".join(str(getattr(error, "orig", None) or error).split())[:200] or type(error).__name__
