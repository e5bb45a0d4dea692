"""What a connection can say of itself before anything depends on it: the questions of `okrsync doctor`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, runtime_checkable

from mappings.model import Scope
from mappings.targets import Target


class Severity(StrEnum):
    """What a diagnosis means for the next run."""

    OK = "ok"
    WARNING = "warning"
    """It works, and something is worth mending."""
    ERROR = "error"
    """A run would fail, or leave something out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was looked at. A warning and an error say what to do."""

    topic: str
    """sign-in, deployment, clock, token, fields, project, scope, target, okrs or limits."""
    severity: Severity
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What the config and the registry expect of one connection."""

    today: date
    scopes: tuple[Scope, ...] = ()
    since: date
    targets: tuple[Target, ...] = ()
    flags: bool = False
    """Labels are put on issues of its scopes."""


@runtime_checkable
class Examined(Protocol):
    """A connection that can be examined.

    Must: send reads only; turn what a tracker answers into a diagnosis, also where it is an error.
    """

    def examine(self, questions: Questions) -> Sequence[Diagnosis]:
        """Everything that was found, in the order in which it was looked at."""
        ...


def ok(topic: str, message: str) -> Diagnosis:
    """Nothing to mend."""
    return Diagnosis(topic=topic, severity=Severity.OK, message=message)


def warning(topic: str, message: str, advice: str) -> Diagnosis:
    """Worth mending."""
    return Diagnosis(topic=topic, severity=Severity.WARNING, message=message, advice=advice)


def error(topic: str, message: str, advice: str) -> Diagnosis:
    """To be mended."""
    return Diagnosis(topic=topic, severity=Severity.ERROR, message=message, advice=advice)


def clock(local: float, server: float) -> Diagnosis:
    """How far this machine's clock is from the server's, both in seconds since 1970."""
    skew = round(local - server)
    if abs(skew) < 120:
        return ok("clock", f"this machine's clock is within {max(1, abs(skew))} s of the server's")
    ahead = "ahead of" if skew > 0 else "behind"
    return warning(
        "clock",
        f"this machine's clock is {abs(skew)} s {ahead} the server's",
        "set it by NTP: the report is dated by this clock",
    )


DAYS_AHEAD = 14
"""So long before a token's last day it is told."""


def token_end(expires: date | None, today: date) -> Diagnosis:
    """What is known of the token's last day; from 14 days before it is a warning."""
    if expires is None:
        return ok("token", "its last day is not known here: set token_expires to be told 14 days ahead")
    left = (expires - today).days
    if left < 0:
        return error("token", f"it ended on {expires.isoformat()}", "make a new one, and change token_expires")
    if left <= DAYS_AHEAD:
        return warning("token", f"it ends on {expires.isoformat()}, in {left} days", "make a new one before that")
    return ok("token", f"it lasts until {expires.isoformat()}")
