"""The state of a Jira Cloud site: plain mutable records, and the few ways in which a site changes."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.sandbox.jira.fields import SPRINT, Field, default_fields
from adapters.sandbox.jira.snapshot import snapshot_of

CATEGORIES = {"new": (2, "To Do"), "indeterminate": (4, "In Progress"), "done": (3, "Done")}


@dataclass(frozen=True)
class Status:
    """A workflow status; `category` is new, indeterminate or done."""

    id: str
    name: str
    category: str


@dataclass(frozen=True)
class Resolution:
    """How an issue was closed."""

    id: str
    name: str


@dataclass(frozen=True)
class Account:
    """Somebody with an API token. JQL dates are read, and dates are written, in `time_zone`."""

    account_id: str
    display_name: str
    email: str
    token: str
    time_zone: str = "Europe/Zurich"


@dataclass
class Project:
    """A project; its key is what users type."""

    id: str
    key: str
    name: str


@dataclass
class Board:
    """A board; `type` is scrum, kanban or simple (team-managed); `estimation_field` None counts issues."""

    id: int
    name: str
    type: str
    project_keys: list[str]
    estimation_field: str | None = None


@dataclass
class Sprint:
    """A sprint; `state` is future, active or closed; `board_id` its home, `also_on` further boards that show it."""

    id: int
    name: str
    state: str
    board_id: int
    start: datetime | None = None
    end: datetime | None = None
    complete: datetime | None = None
    goal: str = ""
    also_on: tuple[int, ...] = ()


@dataclass
class Comment:
    """A comment; `body` is an ADF document, `author` an account id."""

    id: str
    author: str
    body: dict[str, Any]
    created: datetime
    updated: datetime
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One entry of an issue's history; for `field_id` status or the sprint field."""

    at: datetime
    field_id: str
    before: str | None
    before_text: str | None
    after: str | None
    after_text: str | None


@dataclass
class Issue:
    """An issue. `custom` holds values by field id (estimates too), `sprints` every sprint it was ever in, in order."""

    id: str
    key: str
    project: str
    type: str
    summary: str
    status: Status
    created: datetime
    updated: datetime
    status_changed: datetime
    level: int = 0
    description: str = ""
    resolution: Resolution | None = None
    resolved: datetime | None = None
    priority: str | None = None
    labels: list[str] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    parent: str | None = None
    sprints: list[int] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    previous_keys: list[str] = field(default_factory=list)
    history: list[Change] = field(default_factory=list)


def default_statuses() -> list[Status]:
    """To Do, In Progress, In Review, Done."""
    return [
        Status("10000", "To Do", "new"),
        Status("10001", "In Progress", "indeterminate"),
        Status("10002", "In Review", "indeterminate"),
        Status("10003", "Done", "done"),
    ]


def default_resolutions() -> list[Resolution]:
    """The resolutions of a new site, and Fixed."""
    names = ["Done", "Won't Do", "Duplicate", "Cannot Reproduce", "Fixed"]
    return [Resolution(str(10000 + number), name) for number, name in enumerate(names)]


def default_accounts() -> list[Account]:
    """The integration's own account, whose credentials every sandbox accepts."""
    return [Account("712020:okrsync", "okrsync", "okrsync@example.com", "sandbox-token")]


@dataclass
class Site:
    """One Jira Cloud site at the moment `now` (aware), which is also the time of every change.

    `bulk_limit`: most issues of one bulkfetch, 1000 or, on a site without the allowance, 100.
    `page_cap`: pages are never longer than this, whatever was asked, as busy sites do.
    `changelog_times`: seconds as in Atlassian's example, milliseconds, or text as in its schema.
    `search_lag`: searches see a change only after so many further requests (reconciled issues at once).
    `unreadable`: issue ids that the search lists and no read returns. `hidden`: keys that nothing shows.
    `forbidden_reads`: every request for a person's field, which okrsync must never make.
    """

    now: datetime
    projects: list[Project] = field(default_factory=list)
    boards: list[Board] = field(default_factory=list)
    sprints: list[Sprint] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=default_statuses)
    resolutions: list[Resolution] = field(default_factory=default_resolutions)
    types: list[str] = field(default_factory=lambda: ["Epic", "Story", "Task", "Bug", "Sub-task"])
    priorities: list[str] = field(default_factory=lambda: ["Highest", "High", "Medium", "Low", "Lowest"])
    fields: list[Field] = field(default_factory=default_fields)
    accounts: list[Account] = field(default_factory=default_accounts)
    bulk_limit: int = 1000
    page_cap: int | None = None
    comment_cap: int = 5000
    changelog_times: str = "seconds"
    search_lag: int = 0
    unreadable: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    forbidden_reads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._next_comment = 10000
        self._written_comments: set[str] = set()
        self._requests = 0
        self._as_indexed: dict[str, tuple[int, Issue]] = {}
        self._by_id: dict[str, Issue] = {}
        self._by_key: dict[str, Issue] = {}
        self._sprint_by_id: dict[int, Sprint] = {}
        self._indexed = -1

    # Finding

    def issue(self, id_or_key: str) -> Issue | None:
        """The visible issue of this id or key (any case, also a key it had before it was moved)."""
        if self._indexed != len(self.issues):
            self.reindex()
        found = self._by_id.get(id_or_key) or self._by_key.get(id_or_key.upper())
        return None if found is None or found.key in self.hidden else found

    def reindex(self) -> None:
        """Call after changing an issue's key or id in place; adding issues is noticed."""
        self._sprint_by_id = {}
        self._by_id = {issue.id: issue for issue in self.issues}
        self._by_key = {old.upper(): issue for issue in self.issues for old in issue.previous_keys}
        self._by_key |= {issue.key.upper(): issue for issue in self.issues}
        self._indexed = len(self.issues)

    def project(self, id_or_key: str) -> Project | None:
        """The project of this id or key."""
        wanted = id_or_key.upper()
        return next((project for project in self.projects if wanted in (project.id, project.key.upper())), None)

    def board(self, id: int) -> Board | None:
        """The board of this id."""
        return next((board for board in self.boards if board.id == id), None)

    def sprint(self, id: int) -> Sprint | None:
        """The sprint of this id."""
        if len(self._sprint_by_id) != len(self.sprints):
            self._sprint_by_id = {sprint.id: sprint for sprint in self.sprints}
        return self._sprint_by_id.get(id)

    def field(self, id: str) -> Field | None:
        """The field of this id."""
        return next((known for known in self.fields if known.id == id), None)

    def status(self, name: str) -> Status:
        """The status of this name. Raises KeyError."""
        for status in self.statuses:
            if status.name == name:
                return status
        raise KeyError(name)

    def resolution(self, name: str) -> Resolution:
        """The resolution of this name. Raises KeyError."""
        for resolution in self.resolutions:
            if resolution.name == name:
                return resolution
        raise KeyError(name)

    def type_id(self, name: str) -> str:
        """A stable id for an issue type's name."""
        return str(10100 + sum(ord(letter) * (place + 1) for place, letter in enumerate(name)))

    # Changing

    def set_field(self, issue: Issue, field_id: str, value: Any) -> None:
        """Set summary, description (plain text), labels or a custom field; None clears. Nothing happens if equal."""
        if field_id in ("summary", "description", "labels"):
            self._touch(issue, getattr(issue, field_id) != value)
            setattr(issue, field_id, list(value) if field_id == "labels" else value)
            return
        self._touch(issue, issue.custom.get(field_id) != value)
        if value is None:
            issue.custom.pop(field_id, None)
        else:
            issue.custom[field_id] = value

    def add_label(self, issue: Issue, label: str) -> None:
        """Add a label that the issue may have already."""
        if label not in issue.labels:
            self.set_field(issue, "labels", [*issue.labels, label])

    def remove_label(self, issue: Issue, label: str) -> None:
        """Take a label off that the issue may not have."""
        self.set_field(issue, "labels", [kept for kept in issue.labels if kept != label])

    def set_property(self, issue: Issue, key: str, value: Any) -> bool:
        """Set an entity property, which leaves `updated` alone; True when it is new."""
        created = key not in issue.properties
        self._remember(issue)
        issue.properties[key] = value
        return created

    def delete_property(self, issue: Issue, key: str) -> bool:
        """Delete an entity property; False when there is none."""
        if key not in issue.properties:
            return False
        self._remember(issue)
        del issue.properties[key]
        return True

    def add_comment(
        self, issue: Issue, author: str, body: dict[str, Any], properties: dict[str, Any] | None = None
    ) -> Comment:
        """Add a comment by the account id `author`."""
        self._touch(issue, True)
        comment = Comment(str(self._next_comment), author, body, self.now, self.now, dict(properties or {}))
        self._next_comment += 1
        self._written_comments.add(comment.id)
        issue.comments.append(comment)
        return comment

    def edit_comment(
        self, issue: Issue, comment: Comment, body: dict[str, Any], properties: dict[str, Any] | None = None
    ) -> None:
        """Replace a comment's body; its properties are added to."""
        self._touch(issue, True)
        comment.body, comment.updated = body, self.now
        comment.properties |= properties or {}

    def transition(self, issue: Issue, status: Status, resolution: Resolution | None = None) -> None:
        """Move an issue to a status as a workflow does: a done status resolves, any other clears the resolution."""
        self._touch(issue, True)
        old = issue.status
        issue.history.append(Change(self.now, "status", old.id, old.name, status.id, status.name))
        if old.category != status.category:
            issue.status_changed = self.now
        issue.status = status
        done = status.category == "done"
        issue.resolution = resolution if done else None
        issue.resolved = (issue.resolved or self.now) if done and resolution else None

    def put_in_sprint(self, issue: Issue, sprint: Sprint) -> None:
        """Put an issue into a sprint; it leaves every sprint that is not closed."""
        self._touch(issue, True)
        closed = {other.id for other in self.sprints if other.state == "closed"}
        before = list(issue.sprints)
        issue.sprints = [number for number in before if number in closed] + [sprint.id]
        self._note_sprints(issue, before)

    def take_out_of_sprints(self, issue: Issue) -> None:
        """Back to the backlog: only closed sprints stay in the issue's list."""
        self._touch(issue, True)
        closed = {other.id for other in self.sprints if other.state == "closed"}
        before = list(issue.sprints)
        issue.sprints = [number for number in before if number in closed]
        self._note_sprints(issue, before)

    def _note_sprints(self, issue: Issue, before: list[int]) -> None:
        names = {sprint.id: sprint.name for sprint in self.sprints}
        ids, texts = (
            [", ".join(word(number) for number in numbers) for numbers in (before, issue.sprints)]
            for word in (str, lambda number: names.get(number, ""))
        )
        issue.history.append(Change(self.now, SPRINT, ids[0], texts[0], ids[1], texts[1]))

    def _touch(self, issue: Issue, changed: bool) -> None:
        if changed:
            self._remember(issue)
            issue.updated = self.now

    # The search index

    def count_request(self) -> None:
        """One more request came in, so the search index catches up by one."""
        self._requests += 1

    def searchable(self, reconciled: Iterable[str] = ()) -> list[Issue]:
        """The issues as searches see them: behind by `search_lag` requests, but for those to reconcile."""
        current = set(reconciled)
        behind = {
            id: old for id, (until, old) in self._as_indexed.items() if until >= self._requests and id not in current
        }
        return [behind.get(issue.id, issue) for issue in self.issues if issue.key not in self.hidden]

    def _remember(self, issue: Issue) -> None:
        if self.search_lag:
            known = self._as_indexed.get(issue.id)
            old = known[1] if known and known[0] >= self._requests else copy.deepcopy(issue)
            self._as_indexed[issue.id] = (self._requests + self.search_lag, old)

    # Comparing

    def snapshot(self) -> dict[str, Any]:
        """The site's issues as canonical JSON-able data: equal for two histories that end in the same state.

        Left out: `updated`, and the ids and times of comments written through the API. A property value that names
        such a comment's id names its place among the issue's comments instead.
        """
        return {
            issue.key: snapshot_of(issue, self._written_comments)
            for issue in sorted(self.issues, key=lambda issue: issue.key)
        }
