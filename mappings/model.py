"""The nouns of the program, as values: issues, sprints, scopes and readings. DESIGN's "Words" is their dictionary."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class State(StrEnum):
    """Where an issue stands, from the status *category* (Jira) or the state *type* (Linear), never from a name."""

    OPEN = "open"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"
    """Cancelled and duplicate work: it leaves the denominator."""


class Health(StrEnum):
    """How a key result does against the time that is gone; the last three post no new health anywhere."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    PENDING = "pending"
    STALE = "stale"
    UNKNOWN = "unknown"

    @property
    def is_posted(self) -> bool:
        """True for the three healths that may be shown in a tracker."""
        return self in (Health.ON_TRACK, Health.AT_RISK, Health.OFF_TRACK)


SUB_TASK, STANDARD, EPIC = -1, 0, 1

Ref = tuple[str, str]
"""(tracker, id): what an issue is known by, everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One story, task, bug or epic, as read. Nothing about any person is in it."""

    tracker: str
    """The connection's name."""
    id: str
    """The vendor's stable id: it outlives moves between projects."""
    key: str
    title: str
    url: str = ""
    type: str = "Story"
    level: int = STANDARD
    """-1 sub-task, 0 standard, 1 epic, 2 and more above it (Jira's hierarchy level; Linear: 0)."""
    state: State = State.OPEN
    project: str = ""
    """Jira project key, or Linear team key: what decides the team."""
    points: Decimal | None = None
    """The estimate; None is unestimated, which is not zero."""
    default_points: Decimal | None = None
    """What its tracker says an unestimated issue counts (Linear: the team's default); None: it does not say."""
    labels: tuple[str, ...] = ()
    label_groups: tuple[tuple[str, str], ...] = ()
    """(group, label) for labels that stand in a Linear label group; the label is in `labels` too."""
    description: str = ""
    """Plain text, line breaks kept."""
    tag_values: tuple[str, ...] = ()
    """What the configured tag fields hold."""
    components: tuple[str, ...] = ()
    priority: str = ""
    parent: str | None = None
    """The parent's id, also when the parent is not visible."""
    containers: tuple[str, ...] = ()
    """Linear: "project/ID" and "initiative/ID", nearest first, for `binds`."""
    sprints: tuple[str, ...] = ()
    """Ids of the sprints that are not closed, and of those being read, that it is in now."""
    created: datetime
    changed: datetime
    done_at: datetime | None = None
    """When it was finished: resolution or completion date, else the status category's change."""
    previous_keys: tuple[str, ...] = ()
    mirrors: tuple[str, ...] = ()
    """Addresses of the same work in another tracker, as its own knows them (attachments of a synced Linear issue)."""
    flagged: tuple[tuple[str, str], ...] = ()
    """Our own ledger on the issue: (flag label, sprint id) that this program set."""
    is_secured: bool = False
    """Its tracker hides it from some: issue-level security in Jira, a private team in Linear. Counted, never named."""
    entered: tuple[tuple[str, str], ...] = ()
    """(sprint id, planned | added | carried) for the sprints whose history was read."""

    @property
    def ref(self) -> Ref:
        """(tracker, id)."""
        return (self.tracker, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprint:
    """A Jira sprint or a Linear cycle; known by id, for names repeat."""

    tracker: str
    id: str
    name: str
    state: str
    """active, future or closed."""
    team: str
    """Key of the team whose scope read it."""
    start: datetime | None = None
    end: datetime | None = None
    board: str = ""
    """Id of its home board, in Jira (other boards may show it too); in Linear its team's key."""
    number: str = ""
    """Linear: its number in its team, by which a config may name it."""
    is_window: bool = False
    """Not a sprint but the last days of a kanban board (`mappings.sprints.with_windows`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KanbanBoard:
    """A board without sprints: what was done lately and what is in progress stand for its sprint."""

    tracker: str
    id: str
    name: str
    team: str
    """Key of the team whose scope read it."""
    projects: tuple[str, ...] = ()
    """Keys of the projects whose issues it shows."""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class SprintChoice:
    """Whose issues are a team's rows in the report: the active sprints', unless something else is said."""

    next: bool = False
    """The sprint that follows, one a board, instead."""
    ids: tuple[str, ...] = ()
    """These, whatever their state, instead..."""
    names: tuple[str, ...] = ()
    """...and the ones of these names, compared without case."""
    last: int = 0
    """And so many closed ones of each board besides, to look back on: read, and no rows of the report."""


ACTIVE_SPRINTS = SprintChoice()


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Scope:
    """A connection's part that one team reads from: the unit of completeness."""

    tracker: str
    team: str
    projects: tuple[str, ...] = ()
    """Jira project keys."""
    boards: tuple[int, ...] = ()
    """Jira board ids whose sprints are read; empty: the boards of the projects."""
    components: tuple[str, ...] = ()
    """Jira components; with `projects` they narrow them."""
    teams: tuple[str, ...] = ()
    """Linear team keys."""
    jql: str = ""
    """Jira: a query of the user's own instead of projects and components; its period is filled in."""
    sprints: SprintChoice = ACTIVE_SPRINTS
    kanban_days: int = 14
    """How far back a kanban board is shown; 0: not at all."""

    @property
    def name(self) -> str:
        """`TRACKER/TEAM`, as the report and the ledger name it."""
        return f"{self.tracker}/{self.team}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one scope answered: complete, or a problem; there is no half, so a problem carries no issues."""

    scope: Scope
    kind: str
    """jira, linear or memory."""
    issues: tuple[Issue, ...] = ()
    """Every issue of the scope, once each."""
    ancestors: tuple[Issue, ...] = ()
    """Parents read by id because a link may stand on them; never counted as work."""
    sprints: tuple[Sprint, ...] = ()
    hidden_ancestors: int = 0
    gone: tuple[str, ...] = ()
    """Ids that the search listed and that were gone or no longer visible when they were read."""
    kanban: tuple[KanbanBoard, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    """(project key in the config, key it has now)."""
    notes: tuple[str, ...] = ()
    """What the report says about the scope besides."""
    requests: int = 0
    requests_by: tuple[tuple[str, int], ...] = ()
    """The same by what they were for, as far as the tracker tells; sums to `requests` where it does."""
    problem: str | None = None
    try_later: bool = False
    """The problem is a quota or a deadline: the run's exit code is 75 rather than 1."""

    @property
    def complete(self) -> bool:
        """Every page was walked and every id answered."""
        return self.problem is None
