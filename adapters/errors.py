"""Errors classed by what to do next. Their texts are for people and never hold a secret, a header or a body."""

from datetime import datetime


class TrackerError(Exception):
    """Something another system answered, or did not. `tracker` is the connection's name, set by who knows it."""

    def __init__(self, message: str, *, tracker: str = "") -> None:
        super().__init__(message)
        self.tracker = tracker


class Temporary(TrackerError):
    """The network, a gateway or the server failed for now: a read is repeated. A write: see `applied`.

    `surely_not_applied` is True only where the request certainly had no effect (the connection was refused).
    """

    def __init__(self, message: str, *, tracker: str = "", surely_not_applied: bool = False) -> None:
        super().__init__(message, tracker=tracker)
        self.surely_not_applied = surely_not_applied


class RateLimited(TrackerError):
    """Asked to wait; nothing was applied. `wait` is in seconds, None where the server did not say."""

    def __init__(
        self, message: str, *, wait: float | None, tracker: str = "", quota: bool = False, until: datetime | None = None
    ) -> None:
        super().__init__(message, tracker=tracker)
        self.wait = wait
        self.quota = quota
        """An hourly quota rather than a burst: do not sleep in a loop, end the run when the wait is too long."""
        self.until = until


class TryLater(TrackerError):
    """The wait that was asked for, or the work left, does not fit before the run's deadline: exit 75."""


class AccessDenied(TrackerError):
    """The token is wrong, expired, or may not do this."""


class NotFound(TrackerError):
    """It does not exist or is not visible to this token; the two look the same."""


class RejectedWrite(TrackerError):
    """The server understood a write and refused it; nothing was applied and repeating it does not help."""


class Unreadable(TrackerError):
    """The answer is not what the vendor documents; or a walk that cannot be completed."""


class WriteRefused(TrackerError):
    """This program refused to send a mutating request, because the run may only read."""


class ConfigProblem(Exception):
    """Mistakes in the config or the registry, all of them at once, each with its `file:line`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class RegistryProblem(ConfigProblem):
    """Mistakes in a registry part of which lives in a tracker: something was read already, and nothing written."""
