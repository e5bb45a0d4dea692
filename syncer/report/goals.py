"""The parts of report.json about goals: objectives, key results, and what changed about them on the way."""

from datetime import date
from typing import Literal

from pydantic import Field

from syncer.report.part import HealthWord, Part, Score, Share, WriteStatus


class ReportObjective(Part):
    """An objective with the roll-up of its known key results."""

    id: str
    title: str
    team: str
    team_name: str
    score: Score | None
    health: HealthWord
    known: int
    """Key results with a score..."""
    of: int
    """...of so many."""


class ReportMeasure(Part):
    """How the key result's number is taken, and what it is now."""

    kind: str
    start: float | None
    target: float | None
    current: float | None


class Delivery(Part):
    """Output: what of the linked work is done."""

    unit: str
    done: float | None
    total: float | None
    """Null where units differ between teams: then `share` is the mean of the teams' shares."""
    share: Share | None
    """Null: no linked work, so unknown."""
    issues: int
    unestimated: int


class Write(Part):
    """What became of the key result's value where it lives."""

    to: str | None
    before: float | None
    """What stood there; a person's own number may be of any size."""
    after: float | None
    status: WriteStatus
    reason: str | None


class ReportRetarget(Part):
    """A target that was changed on the way."""

    on: date
    from_: float = Field(validation_alias="from", serialization_alias="from")
    to: float
    because: str
    text: str
    """The same in a sentence: `target changed: 3 -> 6 on 12 Nov 2026, because two markets joined`."""


class ReportGoalChange(Part):
    """Something that was changed about a goal in its period, or ought to be."""

    kr: str
    title: str
    team: str
    what: Literal["draft", "retired", "replaced", "re-targeted", "in doubt"]
    on: date | None
    text: str


class ReportKeyResult(Part):
    """One key result: outcome (score) and output (delivery), kept apart, with the lines that explain both."""

    id: str
    title: str
    objective: str
    team: str
    period: str
    owner: str | None
    """As the registry words it, usually a role."""
    commitment: str
    status: Literal["draft", "live", "retired", "replaced"]
    measure: ReportMeasure
    delivery: Delivery
    score: Score | None
    health: HealthWord
    health_rule: str
    elapsed: Share
    mismatch: bool
    """Work done and number moved do not tell the same story."""
    mismatch_reason: str | None
    links: int
    """Linked issues."""
    write: Write
    because: tuple[str, ...]
    """Plain lines that explain score, health and delivery."""
    changes: tuple[str, ...]
    """What changed since the last write: `42 % -> 47 %: ENG-12 done (3 points)`."""
    retargets: tuple[ReportRetarget, ...] = ()
    """By day; they stand beside the score for ever."""
