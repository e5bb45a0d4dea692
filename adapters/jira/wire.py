"""Jira's answers, only the fields read, decoded typed from bytes; and from there to the model.

Custom fields have other ids on every site, so `rows_decoder` builds the struct for the ids asked for and leaves their
values raw; each is decoded by what the site says it is. Shapes: Atlassian's REST v3 and Jira Software 1.0 pages.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar, cast

import msgspec

from adapters.jira import wiki
from adapters.jira.adf import Node, plain_text
from adapters.jira.hierarchy import Place
from adapters.jira.sprint_text import read_sprint_text
from mappings.model import STANDARD, SUB_TASK, Issue, State

R = TypeVar("R")

FLAGS_PROPERTY = "okrsync.flags"
LEDGER_PROPERTY = "okrsync"

SYSTEM_FIELDS = (
    "summary",
    "status",
    "issuetype",
    "project",
    "parent",
    "labels",
    "components",
    "priority",
    "description",
    "created",
    "updated",
    "resolution",
    "resolutiondate",
    "statuscategorychangedate",
    "security",
)
"""What a full read asks for; no field about a person is among them, here or anywhere."""

NULL = msgspec.Raw(b"null")


class Named(msgspec.Struct, frozen=True, gc=False):
    """A component, a priority or a resolution."""

    name: str = ""
    id: str = ""


class Category(msgspec.Struct, frozen=True, gc=False):
    """A status category."""

    key: str = ""


class Status(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A status; its name is nobody's business."""

    status_category: Category = Category()


class IssueType(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """An issue type."""

    id: str = ""
    name: str = ""
    subtask: bool = False
    hierarchy_level: int | None = None


class Parent(msgspec.Struct, frozen=True, gc=False):
    """The issue above."""

    id: str


class Project(msgspec.Struct, frozen=True, gc=False):
    """The issue's project."""

    key: str = ""


class Secured(msgspec.Struct, frozen=True, gc=False):
    """A security level: that there is one is all that is read of it."""


class SprintValue(msgspec.Struct, frozen=True, gc=False):
    """One of the sprints that an issue was ever in."""

    id: int
    state: str = ""


class Fields(msgspec.Struct, frozen=True, gc=False):
    """System fields; None where it was not asked for, or is empty."""

    summary: str | None = None
    status: Status | None = None
    issuetype: IssueType | None = None
    project: Project | None = None
    parent: Parent | None = None
    labels: tuple[str, ...] | None = None
    components: tuple[Named, ...] | None = None
    priority: Named | None = None
    description: Node | str | None = None
    created: str | None = None
    updated: str | None = None
    resolution: Named | None = None
    resolutiondate: str | None = None
    statuscategorychangedate: str | None = None
    security: Secured | None = None


class Row(msgspec.Struct, frozen=True):
    """One issue of a bulk read."""

    id: str
    key: str
    fields: Fields
    properties: dict[str, msgspec.Raw] = {}
    place: Place | None = None
    """Of a Data Center's issue, once it is known what the keys in its links stand for."""

    def custom(self, field: str | None) -> msgspec.Raw:
        """A custom field's raw JSON; `null` where it is not there."""
        return cast(msgspec.Raw, getattr(self.fields, field, NULL)) if field else NULL


class Rows(msgspec.Struct, frozen=True, gc=False):
    """An answer of issue/bulkfetch; what Jira could not read is simply not in it."""

    issues: list[Row]


class ListedId(msgspec.Struct, frozen=True, gc=False):
    """A row of an ids-only search."""

    id: str
    key: str = ""


class Page(Rows, frozen=True, gc=False, rename="camel"):
    """A page of search/jql that brings the issues themselves; the last one carries no token."""

    next_page_token: str | None = None


class IdPage(msgspec.Struct, frozen=True, rename="camel"):
    """A page of search/jql; the last one carries no token."""

    issues: list[ListedId]
    next_page_token: str | None = None


class OffsetPage(msgspec.Struct, Generic[R], frozen=True, rename="camel"):
    """A page of Data Center's search; `max_results` is what it allows, whatever was asked."""

    issues: list[R]
    start_at: int = 0
    max_results: int = 0
    total: int = 0


offset_ids = msgspec.json.Decoder(OffsetPage[ListedId])
id_page = msgspec.json.Decoder(IdPage)


def rows_decoder(custom: Iterable[str]) -> msgspec.json.Decoder[Rows]:
    """A decoder for bulk reads that asked for these custom fields."""
    rows = msgspec.defstruct("SiteRows", [("issues", list[_site_row(custom)])], frozen=True)  # type: ignore[misc]
    return msgspec.json.Decoder(cast(type[Rows], rows))


def page_decoder(custom: Iterable[str]) -> msgspec.json.Decoder[Page]:
    """A decoder for searches that asked for these custom fields."""
    page = msgspec.defstruct(
        "SitePage",
        [("issues", list[_site_row(custom)])],  # type: ignore[misc]
        bases=(Page,),
        kw_only=True,
        frozen=True,
        rename="camel",
    )
    return msgspec.json.Decoder(cast(type[Page], page))


def offset_page_decoder(custom: Iterable[str]) -> msgspec.json.Decoder[OffsetPage[Row]]:
    """A decoder for Data Center's searches that asked for these custom fields."""
    return msgspec.json.Decoder(OffsetPage[_site_row(custom)])  # type: ignore[misc]


def row_decoder(custom: Iterable[str]) -> msgspec.json.Decoder[Row]:
    """A decoder for one issue that was asked for by itself."""
    return msgspec.json.Decoder(_site_row(custom))


def _site_row(custom: Iterable[str]) -> type[Row]:
    fields = msgspec.defstruct(
        "SiteFields",
        [(name, msgspec.Raw, NULL) for name in sorted(set(custom))],
        bases=(Fields,),
        frozen=True,
        gc=False,
    )
    row = msgspec.defstruct("SiteRow", [("fields", fields)], bases=(Row,), kw_only=True, frozen=True)
    return cast(type[Row], row)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which custom fields mean what, for one scope."""

    sprint: str | None = None
    estimates: tuple[str, ...] = ()
    """Every field that may hold the estimate, first choice first."""
    estimate_of_project: Mapping[str, str] | None = None
    """The field that a project's own boards name."""
    tags: tuple[str, ...] = ()
    read_sprints: frozenset[str] = frozenset()
    """Ids of sprints that count although they may be closed."""

    @property
    def custom(self) -> tuple[str, ...]:
        """All of them, once each."""
        return tuple(dict.fromkeys((*([self.sprint] if self.sprint else ()), *self.estimates, *self.tags)))


_decimal: msgspec.json.Decoder[Decimal | None] = msgspec.json.Decoder(Decimal | None)
_sprints: msgspec.json.Decoder[list[SprintValue | str] | None] = msgspec.json.Decoder(list[SprintValue | str] | None)


class _Flags(msgspec.Struct, frozen=True):
    v: int
    flags: dict[str, str]


_flags = msgspec.json.Decoder(_Flags)


def estimates_in(row: Row, columns: Columns) -> dict[str, Decimal]:
    """The estimate fields that hold a number on this issue."""
    found = {field: number(row.custom(field)) for field in columns.estimates}
    return {field: value for field, value in found.items() if value is not None}


def number(raw: msgspec.Raw) -> Decimal | None:
    """A number field's value, to its last digit; DecodeError or ValueError where it holds something else."""
    value = _decimal.decode(raw)
    if value is not None and not value.is_finite():
        raise ValueError("a number field holds no number")
    return value


def to_issue(row: Row, columns: Columns, *, tracker: str, url: str, cancelled: frozenset[str]) -> Issue:
    """The issue as the rules know it. `cancelled` holds resolutions by id or casefolded name.

    Raises msgspec.DecodeError or ValueError for a value that is not what its field's type says.
    """
    fields = row.fields
    kind = fields.issuetype or IssueType()
    project = fields.project.key if fields.project else row.key.rpartition("-")[0]
    state = _state(fields, cancelled)
    ended = fields.resolutiondate or fields.statuscategorychangedate
    level = SUB_TASK if kind.subtask else kind.hierarchy_level
    return Issue(
        tracker=tracker,
        id=row.id,
        key=row.key,
        title=fields.summary or "",
        url=f"{url}/browse/{row.key}",
        type=kind.name,
        level=STANDARD if level is None else level,
        state=state,
        project=project,
        points=_points(row, columns, project),
        labels=fields.labels or (),
        description=_text(fields.description),
        tag_values=tuple(text for field in columns.tags for text in _texts(msgspec.json.decode(row.custom(field)))),
        components=tuple(component.name for component in fields.components or ()),
        priority=fields.priority.name if fields.priority else "",
        parent=fields.parent.id if fields.parent else None,
        sprints=tuple(
            dict.fromkeys(
                str(sprint.id)
                for sprint in sprints_of(row, columns)
                if sprint.state != "closed" or str(sprint.id) in columns.read_sprints
            )
        ),
        created=moment(fields.created),
        changed=moment(fields.updated),
        done_at=moment(ended) if ended and state in (State.DONE, State.CANCELLED) else None,
        flagged=tuple(sorted((flags_of(row) or {}).items())),
        is_secured=fields.security is not None,
    )


def sprints_of(row: Row, columns: Columns) -> list[SprintValue]:
    """Every sprint that the issue was ever in; Data Center tells them as texts."""
    found = []
    for value in _sprints.decode(row.custom(columns.sprint)) or ():
        if isinstance(value, SprintValue):
            found.append(value)
        elif (sprint := read_sprint_text(value)).id is not None:
            state = "closed" if sprint.is_closed else (sprint.state or "").lower()
            found.append(SprintValue(id=sprint.id, state=state))
    return found


def flags_of(row: Row) -> dict[str, str] | None:
    """{label: sprint id} from our property on the issue; empty without one, None where it cannot be read."""
    raw = row.properties.get(FLAGS_PROPERTY)
    if raw is None:
        return {}
    try:
        found = _flags.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None
    return found.flags if found.v == 1 else None


def moment(text: str | None) -> datetime:
    """Jira's `2026-11-20T10:11:12.345+0100` as an aware time; ValueError for anything else."""
    found = datetime.fromisoformat(text or "")
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return found


def _state(fields: Fields, cancelled: frozenset[str]) -> State:
    category = fields.status.status_category.key if fields.status else ""
    if category == "done":
        resolution = fields.resolution
        left = resolution is not None and (resolution.id in cancelled or resolution.name.casefold() in cancelled)
        return State.CANCELLED if left else State.DONE
    return State.STARTED if category == "indeterminate" else State.OPEN


def _points(row: Row, columns: Columns, project: str) -> Decimal | None:
    own = (columns.estimate_of_project or {}).get(project)
    if own is not None:
        return number(row.custom(own))
    return next(iter(estimates_in(row, columns).values()), None)


def _text(description: Node | str | None) -> str:
    return plain_text(description) if isinstance(description, Node) else wiki.plain_text(description or "")


def _texts(value: Any) -> Iterator[str]:
    """What a tag field holds: a text, options, several of them, or a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)
    elif isinstance(value, dict) and value.get("type") == "doc":
        yield plain_text(msgspec.convert(value, Node))
    elif isinstance(value, dict):
        yield from _texts(value.get("value", value.get("name")))
        yield from _texts(value.get("child"))
