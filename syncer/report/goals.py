"""The parts of report.json about goals: objectives, key results, and what changed about them on the way."""

from datetime import date
from typing import Literal

from pydantic import Field

from syncer.report.part import HealthWord, Part, Score, Share, WriteStatus
from syncer.report.planning import KeyResultPoint


class ReportObjective(Part):
    """An objective with the roll-up of its known key results."""

    id: str
    title: str
    team: str
    team_name: str
    score: Score | None
    health: HealthWord
    known: int
    """What it is made of and has a score..."""
    of: int
    """...of so many."""
    basis: Literal["key results", "supporting objectives"] = "key results"
    """What the score is made of: its key results in force; where it has none, the objectives that support it."""
    supported_by: tuple[str, ...] = ()
    """Ids of the objectives in force that support it or one of its key results."""
    restricted: int = 0
    """Key results in force that not everybody may see: no part of the score, for it could be worked out."""
    because: tuple[str, ...] = ()
    """Plain lines that explain score and health."""


class ReportMilestone(Part):
    """One of a weighted list."""

    title: str
    weight: float
    done_on: date | None
    """A day to come is a plan."""
    done: bool


class ReportMeasure(Part):
    """How the key result's number is taken, and what it is now."""

    kind: str
    start: float | None
    target: float | None
    current: float | None
    accrual: bool = False
    """The number grows through the period: `start` is what the period before had."""
    heading_for: float | None = None
    """What such a number comes to at the period's end, if it goes on as it did."""
    missed: bool = False
    """More is used of such a number than its target allows."""
    keep: str | None = None
    """hold: `at or above` or `at or below` the target."""
    held: bool | None = None
    """hold: whether it is; null: not known, or no hold."""
    milestones: tuple[ReportMilestone, ...] = ()


class ReportForecast(Part):
    """What the number is likely to be on the period's last day, by the line through its values so far."""

    value: float
    low: float
    high: float
    """Four times out of five it ends between the two."""
    score: Score
    values: int
    """The days with a value that it is made from."""


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
    forecast: ReportForecast | None = None
    """Null below three values on three days, and where they do not move."""
    waits_on: tuple[str, ...] = ()
    """Goals that it depends on and that are off track or retired, each with the reason."""
    supported_by: tuple[str, ...] = ()
    """Ids of the objectives in force that support it."""
    trend: tuple[KeyResultPoint, ...] = ()
    """The days of the period on which score or delivery changed, with the day before each, and today."""
    heard: date | None = None
    """The day of the newest check-in."""
    confidence: int | None = None
    """What that check-in said, 0 to 10."""
    moved: KeyResultPoint | None = None
    """The last kept day with another score or delivery; null: none is known."""
    last_good: KeyResultPoint | None = None
    """Where its work may be in what was not read: the last kept day with its figures."""
