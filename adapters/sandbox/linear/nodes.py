"""The objects of a Linear workspace, as plain mutable records that point at each other.

Attribute names are the vendor's field names in snake case, so that a field of the schema that is stored needs no
resolver. Times are aware datetimes in UTC. `Workspace.add` fills in `id`, `created_at`, `updated_at` and what a
record derives from its surroundings (an issue's number and url).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

UNSET = datetime(1, 1, 1, tzinfo=UTC)

STATE_TYPES = ("triage", "backlog", "unstarted", "started", "completed", "canceled", "duplicate")


@dataclass(eq=False, repr=False, kw_only=True)
class Node:
    """What every object has. An archived one is hidden from lists unless `includeArchived` is asked.

    `serial` is the order in which objects were added: it decides between two of the same moment.
    """

    id: str = ""
    serial: int = 0
    created_at: datetime = UNSET
    updated_at: datetime = UNSET
    archived_at: datetime | None = None


@dataclass(eq=False, repr=False, kw_only=True)
class User(Node):
    name: str
    email: str = ""
    app: bool = False
    guest: bool = False

    @property
    def display_name(self) -> str:
        return self.name


@dataclass(eq=False, repr=False, kw_only=True)
class Team(Node):
    key: str
    name: str
    parent: Team | None = None
    description: str | None = None
    cycles_enabled: bool = True
    issue_estimation_type: str = "fibonacci"
    issue_estimation_allow_zero: bool = False
    issue_estimation_extended: bool = False
    default_issue_estimate: float = 1
    inherit_issue_estimation: bool = False
    private: bool = False
    timezone: str = "Europe/Zurich"
    previous_keys: list[str] = field(default_factory=list)
    """Keys that it had before it was renamed; it is still found by them."""


@dataclass(eq=False, repr=False, kw_only=True)
class WorkflowState(Node):
    """One column of a team; `type` is one of STATE_TYPES."""

    team: Team
    name: str
    type: str
    position: float = 0
    color: str = "#95a2b3"
    description: str | None = None


@dataclass(eq=False, repr=False, kw_only=True)
class IssueLabel(Node):
    """A label of one team, or of the whole workspace (`team` None); a group is never put on an issue itself."""

    name: str
    team: Team | None = None
    parent: IssueLabel | None = None
    is_group: bool = False
    color: str = "#95a2b3"
    description: str | None = None
    retired_at: datetime | None = None
    """Since then it can be put on no further issue; those that have it keep it."""


@dataclass(eq=False, repr=False, kw_only=True)
class Cycle(Node):
    """A sprint of one team. Whether it is active, next or past follows from these times and `Workspace.now`."""

    team: Team
    number: int
    starts_at: datetime
    ends_at: datetime
    completed_at: datetime | None = None
    name: str | None = None
    description: str | None = None
    inherited_from: Cycle | None = None
    uncompleted_issues_upon_close: list[Issue] = field(default_factory=list)


@dataclass(eq=False, repr=False, kw_only=True)
class ProjectStatus(Node):
    """`type` is backlog, planned, started, paused, completed or canceled."""

    name: str
    type: str
    position: float = 0
    color: str = "#95a2b3"
    description: str | None = None


@dataclass(eq=False, repr=False, kw_only=True)
class Project(Node):
    name: str
    status: ProjectStatus
    teams: list[Team] = field(default_factory=list)
    description: str = ""
    content: str | None = None
    content_changed_at: datetime = UNSET
    priority: int = 0
    label_ids: list[str] = field(default_factory=list)
    start_date: date | None = None
    target_date: date | None = None
    target_date_resolution: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    canceled_at: datetime | None = None
    trashed: bool | None = None
    slug_id: str = ""
    url: str = ""


@dataclass(eq=False, repr=False, kw_only=True)
class ProjectMilestone(Node):
    name: str
    project: Project
    target_date: date | None = None


@dataclass(eq=False, repr=False, kw_only=True)
class Initiative(Node):
    """`status` is capitalised, unlike every other status here: Proposed, Planned, Active, Completed, Canceled."""

    name: str
    status: str = "Active"
    sort_order: float = 0
    parent_initiative: Initiative | None = None
    description: str | None = None
    content: str | None = None
    content_changed_at: datetime = UNSET
    priority: int = 0
    label_ids: list[str] = field(default_factory=list)
    target_date: date | None = None
    target_date_resolution: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    canceled_at: datetime | None = None
    trashed: bool | None = None
    slug_id: str = ""
    url: str = ""


@dataclass(eq=False, repr=False, kw_only=True)
class InitiativeToProject(Node):
    initiative: Initiative
    project: Project
    sort_order: str = "0"


@dataclass(eq=False, repr=False, kw_only=True)
class Issue(Node):
    """No assignee, creator or subscriber: this program may not read them, so the sandbox does not know them."""

    team: Team
    state: WorkflowState
    title: str
    number: int = 0
    description: str | None = None
    estimate: float | None = None
    priority: int = 0
    labels: list[IssueLabel] = field(default_factory=list)
    cycle: Cycle | None = None
    project: Project | None = None
    project_milestone: ProjectMilestone | None = None
    parent: Issue | None = None
    previous_identifiers: list[str] = field(default_factory=list)
    due_date: date | None = None
    added_to_cycle_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    canceled_at: datetime | None = None
    trashed: bool | None = None
    url: str = ""

    @property
    def identifier(self) -> str:
        return f"{self.team.key}-{self.number}"

    @property
    def label_ids(self) -> list[str]:
        return [label.id for label in self.labels]


@dataclass(eq=False, repr=False, kw_only=True)
class Comment(Node):
    """On one of the five things that a comment may stand on."""

    user: User
    body: str
    issue: Issue | None = None
    project: Project | None = None
    initiative: Initiative | None = None
    project_update: ProjectUpdate | None = None
    initiative_update: InitiativeUpdate | None = None
    parent: Comment | None = None
    edited_at: datetime | None = None
    url: str = ""


COMMENTED = ("issue", "project", "initiative", "project_update", "initiative_update")
"""What a comment may stand on, by the attribute that says so."""


@dataclass(eq=False, repr=False, kw_only=True)
class ProjectUpdate(Node):
    """A status post; the newest one is the project's health (onTrack, atRisk, offTrack)."""

    project: Project
    user: User
    body: str
    health: str = "onTrack"
    edited_at: datetime | None = None
    url: str = ""


@dataclass(eq=False, repr=False, kw_only=True)
class InitiativeUpdate(Node):
    initiative: Initiative
    user: User
    body: str
    health: str = "onTrack"
    edited_at: datetime | None = None
    url: str = ""


@dataclass(eq=False, repr=False, kw_only=True)
class Attachment(Node):
    """At most one per issue and url. `metadata` holds strings and numbers."""

    issue: Issue
    url: str
    title: str
    creator: User | None = None
    subtitle: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    source_type: str = "unknown"
    """The integration that made it (`jira`: the issue is synced with that one); unknown for what a client attached."""
