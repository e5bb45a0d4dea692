"""report.json as values. One field, one number of the page; null is unknown, never zero.

Shares are 0 to 1 with four digits, scores 0 to 1 with two. JSON Schemas for both documents stand in docs/schemas/.
"""

import json
from datetime import date
from typing import Any, Literal, TypeVar

from pydantic import AwareDatetime, Field

from adapters.secrets import redact
from syncer.report.company import Company
from syncer.report.goals import ReportGoalChange, ReportKeyResult, ReportObjective
from syncer.report.part import ClassCounts, Part, Share, WorkClass, WriteStatus
from syncer.report.planning import FollowedSprint, NextSprint, SprintTrend, TalkLine, WorkSuggestion

Entry = Literal["planned", "added", "carried"]


class Run(Part):
    """Which run said this."""

    id: str
    at: AwareDatetime
    """The run's moment (or `--at`), in the configured time zone: every number is as of its date."""
    mode: Literal["plan", "sync", "report"]
    complete: bool
    """True when every scope was read completely."""


class ReportPeriod(Part):
    """An OKR period in force."""

    id: str
    start: date
    end: date
    elapsed: Share


class ScopeReading(Part):
    """What one scope answered: complete, or a problem."""

    tracker: str
    scope: str
    kind: str
    complete: bool
    issues: int
    requests: int
    """Every request sent for it."""
    problem: str | None
    requests_by: dict[str, int] = Field(default={})
    """The same by what they were for; empty where the tracker does not tell."""
    last_good: date | None = None
    """Where it was not read: the last day on which everything was, as history has it."""


class ClassPoints(Part):
    """The same in points, estimated issues only."""

    total: float
    aligned: float
    routine: float
    unaligned: float
    broken: float
    new: float = 0


class EntryCounts(Part):
    """Sprint issues by how they came into it; all of them, where their history is known."""

    planned: int
    """Before the start."""
    added: int
    """After it."""
    carried: int
    """From a sprint that was completed before."""


class RoutineShare(Part):
    """One class of routine work against its budget, as shares of the team's sprint issues."""

    class_: str = Field(validation_alias="class", serialization_alias="class")
    budget: Share | None
    """Null: the team set none."""
    issues: int
    share: Share | None
    """Null: no sprint issues to take a share of."""


class ReportTeam(Part):
    """One team's sprint at a glance."""

    key: str
    name: str
    mode: Literal["product", "service"]
    """A service team is held against its budgets; it has no alignment figure."""
    routine: tuple[RoutineShare, ...]
    issues: ClassCounts
    remarks: tuple[str, ...] = ()
    """What does not hold of what the team agreed on for its sprints; of this sprint, where it was read."""
    trend: tuple[SprintTrend, ...] = ()
    """The last six sprints, earliest first; windows are none."""
    followed: FollowedSprint | None = None
    """Null: history has no sprint that was read on an earlier day."""


class ReportSprint(Part):
    """One sprint or cycle, known by its id."""

    tracker: str
    id: str
    name: str
    team: str
    start: date | None
    end: date | None
    issues: ClassCounts
    points: ClassPoints
    state: Literal["active", "future", "closed"] = "active"
    is_window: bool = False
    """Not a sprint: the last days of a kanban board."""
    issues_by_entry: EntryCounts | None = None
    """Null: not known, as in Linear, in a sprint that has not begun, and in a window."""


class WorkLink(Part):
    """A key result that an issue supports; an issue's shares sum to one."""

    id: str
    share: Share
    rule: str


class Work(Part):
    """One sprint issue. Nothing about any person is in it."""

    tracker: str
    key: str
    title: str
    url: str
    sprint: str
    team: str
    points: float | None
    """Null: unestimated."""
    class_: WorkClass = Field(validation_alias="class", serialization_alias="class")
    key_results: tuple[WorkLink, ...]
    because: str
    rule: str | None = None
    """The rank that decided: own tags, tags above, binds, same work, config rules or routine; null: none did."""
    entered: Entry | None = None
    """How it came into the sprint; null: not known."""
    suggestions: tuple[WorkSuggestion, ...] = ()
    """Of work without a key result: likely ones, best first."""


class BrokenTag(Part):
    """A tag that names no live key result."""

    tracker: str
    key: str
    text: str
    place: str
    reason: str
    suggestion: str | None


class Flag(Part):
    """One flag label put on an issue or taken off."""

    tracker: str
    key: str
    action: str
    status: WriteStatus
    label: str = ""
    reason: str | None = None


class TagCardLine(Part):
    """A live key result and the tag to copy."""

    id: str
    title: str
    tag: str


class ReportTagCard(Part):
    """The tags of one team's live key results."""

    team: str
    key_results: tuple[TagCardLine, ...]


class Restricted(Part):
    """What is counted and not named."""

    key_results: int = 0
    """In force."""
    issues: int = 0
    """Read, in a sprint or not."""


class Report(Part):
    """Everything one run has to say; the page, the summary and the terminal are made from this alone."""

    version: Literal[1] = 1
    run: Run
    periods: tuple[ReportPeriod, ...]
    readings: tuple[ScopeReading, ...]
    teams: tuple[ReportTeam, ...]
    objectives: tuple[ReportObjective, ...]
    key_results: tuple[ReportKeyResult, ...]
    sprints: tuple[ReportSprint, ...]
    work: tuple[Work, ...]
    broken_tags: tuple[BrokenTag, ...]
    flags: tuple[Flag, ...]
    tag_cards: tuple[ReportTagCard, ...]
    """By team; a team without live key results has none."""
    notes: tuple[str, ...]
    """What the run wants said: `okrs/progress.json is not tracked by git`."""
    goal_changes: tuple[ReportGoalChange, ...] = ()
    """What was changed about the goals of the periods in force."""
    talk: tuple[TalkLine, ...] = ()
    """What to talk about, worst first; faces show the first five."""
    next_sprints: tuple[NextSprint, ...] = ()
    """By team."""
    stale_after_hours: float = 48
    """A report that is older than this is old: twice `report_every`."""
    restricted: Restricted = Restricted()
    company: Company = Company()


class PlanRun(Part):
    """Which run made the plan."""

    id: str
    at: AwareDatetime
    mode: Literal["plan", "sync", "report"]


class PlannedChange(Part):
    """One change at one target, or why there is none."""

    kind: Literal["progress", "flag", "link"]
    tracker: str
    """The connection; empty for the progress file."""
    to: str
    """`CONNECTION:issue/KEY`, `CONNECTION:project/ID`, `CONNECTION:initiative/ID` or `file`."""
    kr: str | None
    """Null for a flag."""
    before: float | str | None
    """A score; for a flag the label that is there, null when it is not; null for a link."""
    after: float | str | None
    status: WriteStatus
    reason: str | None
    text: tuple[str, ...]
    """The living text, a paragraph an entry."""


class PlanDocument(Part):
    """plan.json: what a run would do, before it does it."""

    version: Literal[1] = 1
    run: PlanRun
    changes: tuple[PlannedChange, ...]
    restricted: int = 0
    """Changes about what not everybody may see: they are made, and not shown."""


D = TypeVar("D", "Report", "PlanDocument")


def clean(document: D) -> D:
    """The document with every text fit to be shown: no secret that this run knows, no half of a character pair."""
    return type(document).model_validate(_clean(document.model_dump(by_alias=True)))


def clean_text(text: str) -> str:
    """One text likewise."""
    return redact(text.encode("utf-8", "replace").decode())


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {key: _clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(part) for part in value]
    return value


def to_json(document: Report | PlanDocument) -> str:
    """The document as JSON text: order of the fields above, two spaces, a newline at the end; same in, same out."""
    return json.dumps(document.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False) + "\n"


SCHEMAS: dict[str, type[Report] | type[PlanDocument]] = {
    "report.schema.json": Report,
    "plan.schema.json": PlanDocument,
}


def schema_text(name: str) -> str:
    """The text of docs/schemas/`name` (draft 2020-12); KeyError when there is no such schema."""
    schema = SCHEMAS[name].model_json_schema(by_alias=True, mode="serialization")
    return (
        json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema, indent=2, ensure_ascii=False)
        + "\n"
    )
