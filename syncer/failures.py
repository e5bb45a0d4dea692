"""Errors for people: what happened, what was not done, what to type. One table, used by the CLI alone."""

from dataclasses import dataclass

from adapters.errors import (
    AccessDenied,
    ConfigProblem,
    NotFound,
    RateLimited,
    RegistryProblem,
    TrackerError,
    TryLater,
    Unreadable,
)
from syncer.exit_codes import FAILED, TRY_LATER, USAGE
from syncer.shown import shown


@dataclass(frozen=True, slots=True)
class Failure:
    """What is printed on stderr, a line an entry, and the exit code."""

    lines: tuple[str, ...]
    exit_code: int


def explain_failure(error: Exception) -> Failure | None:
    """The sentences for an error that is a user's or a tracker's; None for a mistake of this program."""
    if isinstance(error, ConfigProblem):
        count = len(error.problems)
        head = f"{count} problem{'' if count == 1 else 's'} in the config or the registry. Nothing was read or written."
        if isinstance(error, RegistryProblem):
            head = head.replace("read or ", "")
        return Failure((head, *(f"  {shown(problem)}" for problem in error.problems)), USAGE)
    if not isinstance(error, TrackerError):
        return None
    where = f"{error.tracker}: " if error.tracker else ""
    what = shown(f"{where}{error}")
    if isinstance(error, TryLater | RateLimited):
        return Failure((what, "What was not done waits. Run the same command again later."), TRY_LATER)
    if isinstance(error, AccessDenied):
        return Failure((what, "Nothing was written. Set the token that the config names and run again."), FAILED)
    if isinstance(error, NotFound):
        return Failure((what, "Nothing was written. Check the key, and that the token may see it."), FAILED)
    if isinstance(error, Unreadable):
        return Failure(
            (what, "Nothing was written. Run again; if it stays, `okrsync -v plan` shows the requests."), FAILED
        )
    return Failure((what, "Nothing more was done. Run the same command again."), FAILED)
