"""Linear's answers to `adapters.linear.okr_documents`, typed."""

from datetime import datetime

from msgspec import Struct, field

from adapters.linear.wire import Ref


class Dated(Struct, frozen=True, rename="camel"):
    updated_at: datetime


class WirePage(Struct, frozen=True, rename="camel"):
    """An initiative or a project with its page, which is Markdown."""

    id: str
    slug_id: str
    name: str
    url: str
    content: str | None
    created_at: datetime
    canceled_at: datetime | None
    archived_at: datetime | None
    trashed: bool | None
    document_content: Dated | None
    sort_order: float = 0
    """Initiatives only: where it stands in the workspace's list."""
    parent: Ref | None = field(name="parentInitiative", default=None)


class WireNamed(Struct, frozen=True, rename="camel"):
    id: str
    slug_id: str


class WireIssueName(Struct, frozen=True):
    id: str
    identifier: str


class WireProjectPost(Struct, frozen=True):
    project: WireNamed


class WireInitiativePost(Struct, frozen=True):
    initiative: WireNamed


class WireRemark(Struct, frozen=True, rename="camel"):
    """A comment with what it stands on: one of the five."""

    id: str
    body: str
    created_at: datetime
    issue: WireIssueName | None
    project: WireNamed | None
    initiative: WireNamed | None
    project_update: WireProjectPost | None
    initiative_update: WireInitiativePost | None
