"""The parts of report.json about what a sprint is planned for, what earlier ones came to, and what needs a talk."""

from datetime import date
from typing import Literal

from pydantic import Field

from syncer.report.part import ClassCounts, Part, Score, Share


class TalkLine(Part):
    """One thing to talk about, in words. Never about a person."""

    subject: Literal["no_work", "flat", "waiting", "unexplained", "over_budget"]
    text: str
    team: str
    """Key of the key result's team, or of the team whose sprint it is."""
    key_result: str | None
    """The key result that it is about, or that unexplained work looks like."""


class SprintTrend(Part):
    """One of a team's last sprints, by the newest figures there are of it."""

    name: str
    day: date
    """Of these figures."""
    issues: ClassCounts


class FollowedIssue(Part):
    """An issue that was tied to nothing, or wrongly, when its sprint was first read."""

    tracker: str
    key: str
    was: Literal["unaligned", "broken"]
    became: Literal["tied", "routine", "dropped", "left"]


class FollowedSprint(Part):
    """What became of what was found in a team's sprint when it was planned."""

    name: str
    day: date
    """When it was found."""
    issues: tuple[FollowedIssue, ...]


class WorkSuggestion(Part):
    """A key result that an issue without one probably supports."""

    kr: str
    score: Share
    """How sure that is, as `okrsync suggest` says it."""
    reason: str
    tag: str
    """What to put on the issue."""


class PlannedShare(Part):
    """What part of a planned sprint's issues supports a key result."""

    kr: str
    share: Share


class NextIssue(Part):
    """An issue of a planned sprint that is to be mended before the sprint begins."""

    tracker: str
    key: str
    title: str
    url: str
    class_: Literal["unaligned", "broken"] = Field(validation_alias="class", serialization_alias="class")
    because: str
    tag: str | None
    """What to type: of a broken tag the one that was meant, else the likeliest; null: nothing is likely."""
    suggestions: tuple[WorkSuggestion, ...]


class NextSprint(Part):
    """What a team plans next, seen from its goals. A team that could not be read has none."""

    team: str
    sprints: tuple[str, ...]
    """Their names."""
    issues: ClassCounts
    planned: tuple[PlannedShare, ...]
    """Largest first; an issue of two counts in parts."""
    missing: tuple[str, ...]
    """Key results that are behind and have nothing planned or in progress."""
    remarks: tuple[str, ...]
    """What does not hold of what the team agreed on for its sprints."""
    work: tuple[NextIssue, ...]


class KeyResultPoint(Part):
    """A key result on one day."""

    day: date
    score: Score | None
    delivery: Share | None
