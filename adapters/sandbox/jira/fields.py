"""The fields a site has: what `GET /rest/api/3/field` lists, and what JQL and the writes know about them."""

from dataclasses import dataclass, field
from typing import Any

SPRINT = "customfield_10020"
STORY_POINT_ESTIMATE = "customfield_10016"
STORY_POINTS = "customfield_10026"
EPIC_NAME = "customfield_10011"
EPIC_LINK = "customfield_10014"
PARENT_LINK = "customfield_10018"
OKR_PROGRESS = "customfield_10050"
OKR = "customfield_10060"

FLOAT = "com.atlassian.jira.plugin.system.customfieldtypes:float"
TEXT = "com.atlassian.jira.plugin.system.customfieldtypes:textfield"
# Reading one of these is reading people; okrsync promises never to.
PERSONAL = frozenset({"assignee", "reporter", "creator", "comment", "*all", "*navigable"})


@dataclass(frozen=True)
class Field:
    """One field. `kind` decides how it is compared and written; `on_screen` whether an edit may set it."""

    id: str
    name: str
    kind: str  # number | text | labels | document | option | array | date | sprint | issue
    on_screen: bool = False
    custom: str | None = None
    clauses: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """The field as Jira lists it."""
        number = self.id.removeprefix("customfield_")
        schema: dict[str, Any] = {"type": _SCHEMA_TYPES.get(self.kind, "any")}
        if self.kind in ("labels", "array", "sprint"):
            schema["items"] = "json" if self.kind == "sprint" else "string"
        if self.custom is None:
            schema["system"] = self.id
        else:
            schema |= {"custom": self.custom, "customId": int(number)}
        clauses = [f"cf[{number}]", self.name] if self.custom else list(self.clauses or (self.id,))
        return {
            "id": self.id,
            "key": self.id,
            "name": self.name,
            "untranslatedName": self.name,
            "custom": self.custom is not None,
            "orderable": True,
            "navigable": True,
            "searchable": True,
            "clauseNames": clauses,
            "schema": schema,
        }


_SCHEMA_TYPES = {
    "number": "number",
    "text": "string",
    "document": "string",
    "labels": "array",
    "array": "array",
    "sprint": "array",
    "date": "datetime",
}


def number_field(id: str, name: str, *, on_screen: bool = True) -> Field:
    """A plain number field, as a site's administrator adds one."""
    return Field(id, name, "number", on_screen, FLOAT)


def default_fields() -> list[Field]:
    """The system fields the API serves, and the custom fields of a company-managed site that tracks OKRs."""
    return [
        Field("summary", "Summary", "text", True),
        Field("description", "Description", "document", True),
        Field("labels", "Labels", "labels", True),
        Field("status", "Status", "option"),
        Field("issuetype", "Issue Type", "option", clauses=("issuetype", "type")),
        Field("project", "Project", "option"),
        Field("parent", "Parent", "issue"),
        Field("components", "Components", "array", clauses=("component",)),
        Field("priority", "Priority", "option"),
        Field("resolution", "Resolution", "option"),
        Field("resolutiondate", "Resolved", "date", clauses=("resolutiondate", "resolved")),
        Field("created", "Created", "date"),
        Field("updated", "Updated", "date"),
        Field("security", "Security Level", "option"),
        Field("statuscategorychangedate", "Status Category Changed", "date"),
        Field("assignee", "Assignee", "option"),
        Field("reporter", "Reporter", "option"),
        Field("creator", "Creator", "option"),
        Field("comment", "Comment", "array"),
        Field(EPIC_LINK, "Epic Link", "issue", custom="com.pyxis.greenhopper.jira:gh-epic-link"),
        Field(SPRINT, "Sprint", "sprint", custom="com.pyxis.greenhopper.jira:gh-sprint"),
        Field(
            STORY_POINT_ESTIMATE,
            "Story point estimate",
            "number",
            True,
            "com.pyxis.greenhopper.jira:jsw-story-points",
        ),
        Field(STORY_POINTS, "Story Points", "number", True, FLOAT),
        Field(OKR_PROGRESS, "OKR progress", "number", True, FLOAT),
        Field(OKR, "OKR", "text", True, TEXT),
    ]


def data_center_fields(cloud: list[Field]) -> list[Field]:
    """A Cloud site's fields as a Data Center has them.

    Without the date of the status category and the team-managed estimate; with the Parent Link of Advanced Roadmaps,
    and the Epic Name that epics have and nothing else.
    """
    absent = ("statuscategorychangedate", STORY_POINT_ESTIMATE, EPIC_NAME, PARENT_LINK)
    epic_name = Field(EPIC_NAME, "Epic Name", "text", custom="com.pyxis.greenhopper.jira:gh-epic-label")
    parent_link = Field(PARENT_LINK, "Parent Link", "issue", custom="com.atlassian.jpo:jpo-custom-field-parent")
    return [*(field for field in cloud if field.id not in absent), epic_name, parent_link]
