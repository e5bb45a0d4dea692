"""The state of a Jira Cloud site: plain mutable records, and the few ways in which a site changes."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.sandbox.jira.fields import SPRINT, Field, default_fields
from adapters.sandbox.jira.limits import TokenBucket
from adapters.sandbox.jira.records import (
    CATEGORIES,
    Account,
    Board,
    Change,
    Comment,
    Issue,
    Project,
    RemoteLink,
    Resolution,
    Sprint,
    Status,
    default_accounts,
    default_resolutions,
    default_statuses,
)
from adapters.sandbox.jira.snapshot import snapshot_of

__all__ = [
    "CATEGORIES",
    "Account",
    "Board",
    "Change",
    "Comment",
    "Issue",
    "Project",
    "RemoteLink",
    "Resolution",
    "Site",
    "Sprint",
    "Status",
    "default_accounts",
    "default_resolutions",
    "default_statuses",
]


@dataclass
class Site:
    """One Jira site at the moment `now` (aware), which is also the time of every change.

    `bulk_limit`: most issues of one bulkfetch, 1000 or, on a site without the allowance, 100.
    `page_cap`: pages are never longer than this, whatever was asked, as busy sites do.
    `changelog_times`: seconds as in Atlassian's example, milliseconds, or text as in its schema.
    `search_lag`: searches see a change only after so many further requests (reconciled issues at once).
    `unreadable`: issue ids that the search lists and no read returns. `hidden`: keys that nothing shows.
    `forbidden_reads`: every request for a person's field, which okrsync must never make.
    `cloud_id`: what the gateway knows the site by.

    Data Center alone (`jira.data_center.as_data_center` makes a site one):
    `dc_page_cap`: search pages are never longer, whatever was asked, and the answer says so.
    `sprint_style`: how the sprint field spells a sprint, a key of `sprint_strings.STYLES`.
    `rate_limit`: the limiter that an administrator may switch on; None is Jira's default.
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
    cloud_id: str = "11111111-2222-4333-8444-555555555555"
    is_data_center: bool = False
    dc_page_cap: int = 1000
    sprint_style: str = "2026"
    rate_limit: TokenBucket | None = None

    def __post_init__(self) -> None:
        self._next_comment = 10000
        self._next_link = 10000
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
        """The project of this id or key (any case, also a key it had before it was renamed)."""
        wanted = id_or_key.upper()
        now = next((project for project in self.projects if wanted in (project.id, project.key.upper())), None)
        return now or next((project for project in self.projects if wanted in project.previous_keys), None)

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
        before = issue.custom.get(field_id)
        self._touch(issue, before != value)
        if before != value:
            texts = ["" if each is None else str(each) for each in (before, value)]
            issue.history.append(Change(self.now, field_id, None, texts[0], None, texts[1]))
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
        self, issue: Issue, author: str, body: dict[str, Any] | str, properties: dict[str, Any] | None = None
    ) -> Comment:
        """Add a comment by the account id `author`."""
        self._touch(issue, True)
        comment = Comment(str(self._next_comment), author, body, self.now, self.now, dict(properties or {}))
        self._next_comment += 1
        self._written_comments.add(comment.id)
        issue.comments.append(comment)
        return comment

    def edit_comment(
        self, issue: Issue, comment: Comment, body: dict[str, Any] | str, properties: dict[str, Any] | None = None
    ) -> None:
        """Replace a comment's body; its properties are added to."""
        self._touch(issue, True)
        comment.body, comment.updated = body, self.now
        comment.properties |= properties or {}

    def delete_comment(self, issue: Issue, comment: Comment) -> None:
        """Take a comment away."""
        self._touch(issue, True)
        issue.comments.remove(comment)

    def put_remote_link(self, issue: Issue, global_id: str | None, value: dict[str, Any]) -> tuple[RemoteLink, bool]:
        """Add a remote link, or replace the one of this global id as a whole; True when it is new."""
        known = next((link for link in issue.remote_links if global_id and link.global_id == global_id), None)
        self._touch(issue, known is None or known.value != value)
        if known is not None:
            known.value = value
            return known, False
        self._next_link += 1
        issue.remote_links.append(RemoteLink(self._next_link, global_id, value))
        return issue.remote_links[-1], True

    def delete_remote_link(self, issue: Issue, global_id: str) -> bool:
        """Take away the remote link of this global id; False when there is none."""
        left = [link for link in issue.remote_links if link.global_id != global_id]
        self._touch(issue, len(left) < len(issue.remote_links))
        gone = len(left) < len(issue.remote_links)
        issue.remote_links = left
        return gone

    def rename_project(self, project: Project, key: str) -> None:
        """Give a project another key, and its issues with it; the old keys still lead to them."""
        project.previous_keys.append(project.key)
        ours = [issue for issue in self.issues if issue.project == project.key]
        self._rekey({issue.key: f"{key}-{issue.key.rpartition('-')[2]}" for issue in ours})
        for issue in ours:
            issue.project = key
        for board in self.boards:
            board.project_keys = [key if old == project.key else old for old in board.project_keys]
        project.key = key
        self.reindex()

    def move(self, issue: Issue, project: Project) -> None:
        """Move an issue to another project, where it gets the next number; its id and its old key stay."""
        self._touch(issue, True)
        numbers = [int(other.key.rpartition("-")[2]) for other in self.issues if other.project == project.key]
        self._rekey({issue.key: f"{project.key}-{max(numbers, default=0) + 1}"})
        issue.project = project.key
        self.reindex()

    def delete(self, issue: Issue) -> None:
        """Delete an issue for good; its children stay and lose their parent."""
        self.issues.remove(issue)
        for other in self.issues:
            if other.parent == issue.key:
                other.parent = None
        self.reindex()

    def _rekey(self, keys: dict[str, str]) -> None:
        for issue in self.issues:
            if issue.key in keys:
                issue.previous_keys.append(issue.key)
                issue.key = keys[issue.key]
            issue.parent = keys.get(issue.parent, issue.parent) if issue.parent else None

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
