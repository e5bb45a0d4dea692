"""Linear's answers, typed: only the fields asked for, strict about what may be null."""

from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct

Row = TypeVar("Row")


class Ref(Struct, frozen=True, gc=False):
    id: str


class KeyRef(Struct, frozen=True, gc=False):
    key: str


class TypeRef(Struct, frozen=True, gc=False):
    type: str


class PageInfo(Struct, frozen=True, rename="camel"):
    has_next_page: bool
    end_cursor: str | None


class Page(Struct, Generic[Row], frozen=True, rename="camel"):
    page_info: PageInfo
    nodes: list[Row]


class Rows(Struct, Generic[Row], frozen=True):
    """Every paged document names its connection `rows`."""

    rows: Page[Row]


class Nodes(Struct, Generic[Row], frozen=True):
    nodes: list[Row]


class SignIn(Struct, frozen=True):
    viewer: Ref
    organization: Ref


class WireIssue(Struct, frozen=True, rename="camel", gc=False):
    """One row of the issues page. Estimate: null is unestimated, which is not zero.

    Thousands are in memory at once: tuples, and nothing that the garbage collector has to look through.
    """

    id: str
    identifier: str
    previous_identifiers: tuple[str, ...]
    title: str
    description: str | None
    url: str
    estimate: float | None
    priority: float
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    canceled_at: datetime | None
    trashed: bool | None
    label_ids: tuple[str, ...]
    number: float
    added_to_cycle_at: datetime | None
    state: TypeRef
    team: KeyRef
    cycle: Ref | None
    parent: Ref | None
    project: Ref | None


class WireListed(Struct, frozen=True, rename="camel", gc=False):
    id: str
    updated_at: datetime


class WireTeam(Struct, frozen=True, rename="camel"):
    """A team; `issue_count` is of all its issues, archived ones too."""

    id: str
    key: str
    name: str
    cycles_enabled: bool
    issue_count: int
    default_issue_estimate: float
    issue_estimation_type: str
    private: bool
    inherit_issue_estimation: bool = False
    """Its estimates follow the settings of `parent`, not its own."""
    parent: Ref | None = None


class NamedRef(Struct, frozen=True):
    id: str
    name: str


class WireLabel(Struct, frozen=True, rename="camel"):
    """A label; `team` is None for one of the whole workspace, `parent` is its group."""

    id: str
    name: str
    archived_at: datetime | None
    parent: NamedRef | None
    team: Ref | None


class WireCycle(Struct, frozen=True, rename="camel"):
    id: str
    number: float
    name: str | None
    starts_at: datetime
    ends_at: datetime
    is_active: bool
    is_past: bool
    team: KeyRef
    inherited_from: Ref | None


class WireMoment(Struct, frozen=True, rename="camel"):
    updated_at: datetime


class ScopeStart(Struct, frozen=True):
    """The first page of a scope's cycles; `newest` is the newest change anywhere in the workspace."""

    newest: Nodes[WireMoment]
    rows: Page[WireCycle]


class TeamRef(Struct, frozen=True):
    id: str
    key: str


class TeamAnswer(Struct, frozen=True):
    team: TeamRef


class CycleLeft(Struct, frozen=True):
    cycle: Rows[Ref]


class WireSlugged(Struct, frozen=True, rename="camel"):
    id: str
    slug_id: str


class WireMembership(Struct, frozen=True):
    initiative: Ref
    project: Ref


class WireSynced(Struct, frozen=True):
    """The issue of another tracker that an issue is kept the same as."""

    url: str
    issue: Ref


class Start(Struct, frozen=True):
    """Who we are and the first of two requests for the small tables; their first pages."""

    viewer: Ref
    organization: Ref
    teams: Page[WireTeam]
    memberships: Page[WireMembership]
    synced: Page[WireSynced]


class Shelf(Struct, frozen=True):
    """The second."""

    labels: Page[WireLabel]
    projects: Page[WireSlugged]
    initiatives: Page[WireSlugged]


class WireAttachment(Struct, frozen=True):
    """An attachment on one of our two fixed urls; `metadata` is whatever its creator put there."""

    id: str
    metadata: dict[str, Any]
    creator: Ref | None
    issue: Ref | None = None


class WireTargetIssue(Struct, frozen=True, rename="camel"):
    id: str
    title: str
    trashed: bool | None
    label_ids: list[str]
    team: Ref
    attachments: Nodes[WireAttachment]


class IssueAnswer(Struct, frozen=True):
    issue: WireTargetIssue


class WireComment(Struct, frozen=True):
    id: str
    body: str


class CommentAnswer(Struct, frozen=True):
    comment: WireComment


class WirePost(Struct, frozen=True, rename="camel"):
    id: str
    created_at: datetime


class WireHolder(Struct, frozen=True, rename="camel"):
    """A project or an initiative, with the newest status updates on it, whoever wrote them, newest first."""

    id: str
    name: str
    health: str | None
    archived_at: datetime | None
    posts: Nodes[WirePost]
    progress: float | None = None
    """Projects only: what Linear itself shows, 0 to 1."""


class HolderAnswer(Struct, frozen=True):
    holder: WireHolder


class WireUpdate(Struct, frozen=True, rename="camel"):
    """A status update on a project or an initiative."""

    id: str
    body: str
    health: str
    created_at: datetime
    archived_at: datetime | None
    """When somebody took it down."""


class UpdateAnswer(Struct, frozen=True):
    update: WireUpdate
