"""A Linear workspace in memory: its objects, the changes a server makes to them, and a comparable end state."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from adapters.sandbox.linear.nodes import (
    COMMENTED,
    UNSET,
    Attachment,
    Comment,
    Cycle,
    Initiative,
    InitiativeToProject,
    InitiativeUpdate,
    Issue,
    IssueLabel,
    Node,
    Project,
    ProjectUpdate,
    Team,
    User,
    WorkflowState,
)

N = TypeVar("N", bound=Node)


@dataclass(eq=False, repr=False)
class Workspace:
    """All objects of one workspace.

    `now` is the workspace's clock, aware and in UTC: it decides which cycle is active and stamps every change. It
    stands still until it is set. `viewer` is the owner of `api_key`; `human` is somebody else.
    """

    now: datetime
    url_key: str = "acme"
    name: str = "Acme"
    api_key: str = "lin_api_sandbox"
    oauth_token: str = "oauth"  # noqa: S105 - the sandbox's own, made-up token
    client_id: str = "okrsync"
    client_secret: str = "sandbox-secret"  # noqa: S105 - likewise
    issues_out_of_sight: int = 0
    """Of teams that the key is not shown: it counts them, and sees nothing else of them."""
    last_sync_id: int = 0
    viewer: User = field(init=False)
    human: User = field(init=False)
    organization_id: str = field(init=False)
    _tables: dict[type[Node], dict[str, Node]] = field(init=False, default_factory=dict)
    _serial: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.organization_id = self.new_id("Organization")
        self.viewer = self.add(User(name="okrsync", email="okrsync@acme.test"))
        self.human = self.add(User(name="Robin Meyer", email="robin@acme.test"))

    def new_id(self, kind: str) -> str:
        """A UUID shaped like version 4, the same for the same order of creation."""
        self._serial += 1
        digest = hashlib.sha256(f"{self.url_key}/{kind}/{self._serial}".encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))

    def add(self, node: N) -> N:
        """Put an object into the workspace. Fills in the id, both times (now), an issue's number and the url."""
        node.id = node.id or self.new_id(type(node).__name__)
        self._serial += 1
        node.serial = self._serial
        node.created_at = self.now if node.created_at is UNSET else node.created_at
        node.updated_at = node.created_at if node.updated_at is UNSET else node.updated_at
        if isinstance(node, Issue):
            node.number = node.number or self._next_number(node.team)
            self._stamp_issue(node, node.created_at)
        if isinstance(node, Project | Initiative):
            node.slug_id = node.slug_id or node.id.replace("-", "")[-12:]
            if node.content_changed_at is UNSET:
                node.content_changed_at = node.created_at
        if isinstance(node, Issue | Project | Initiative | Comment | ProjectUpdate | InitiativeUpdate):
            node.url = node.url or self._url(node)
        self._tables.setdefault(type(node), {})[node.id] = node
        return node

    def all(self, kind: type[N]) -> list[N]:
        """Every object of a kind, archived ones too, in the order they were added."""
        return list(self._tables.get(kind, {}).values())  # type: ignore[arg-type]

    def get(self, kind: type[N], node_id: str) -> N | None:
        """The object with that id; an issue also by its identifier, present or previous, without regard to case; a
        project or an initiative also by the slug of its address, a team by its key, present or previous.
        """
        found = self._tables.get(kind, {}).get(node_id.lower())
        if found is None and kind is Issue and "-" in node_id:
            wanted = node_id.upper()
            issues = self.all(Issue)
            found = next((i for i in issues if i.identifier == wanted), None) or next(
                (i for i in issues if wanted in i.previous_identifiers), None
            )
        if found is None and kind is Team:
            teams = self.all(Team)
            found = next((team for team in teams if team.key == node_id), None) or next(
                (team for team in teams if node_id in team.previous_keys), None
            )
        if found is None and kind in (Project, Initiative):
            found = next((node for node in self.all(kind) if getattr(node, "slug_id", "") == node_id), None)
        return found  # type: ignore[return-value]

    def change(self, node: Node, **values: Any) -> bool:
        """Set attributes. `updated_at` moves only when one of them really differs; says whether one did."""
        changed = {name: value for name, value in values.items() if getattr(node, name) != value}
        for name, value in changed.items():
            setattr(node, name, value)
        if changed:
            node.updated_at = self.now
        if isinstance(node, Project | Initiative) and "content" in changed:
            node.content_changed_at = self.now
        if isinstance(node, Issue) and "state" in changed:
            self._stamp_issue(node, self.now)
        if isinstance(node, Issue) and "cycle" in changed:
            node.added_to_cycle_at = self.now if node.cycle else None
        return bool(changed)

    def touch(self, node: Node) -> None:
        node.updated_at = self.now

    def archive(self, node: Node) -> None:
        self.change(node, archived_at=self.now)

    def trash(self, node: Issue | Project | Initiative) -> None:
        """What deleting means to Linear: hidden, and recoverable for 30 days."""
        self.change(node, archived_at=self.now, trashed=True)

    def delete(self, node: Node) -> None:
        """Gone without a tombstone."""
        del self._tables[type(node)][node.id]

    def move(self, issue: Issue, team: Team, state: WorkflowState) -> None:
        """To another team: the id stays, the identifier changes and the old one is remembered."""
        issue.previous_identifiers = [*issue.previous_identifiers, issue.identifier]
        issue.number = self._next_number(team)
        self.change(issue, team=team, state=state, cycle=None)
        issue.url = self._url(issue)

    def rename_team(self, team: Team, key: str) -> None:
        """Its issues take the new key, remember their old identifiers, and do not count as changed."""
        for issue in self.all(Issue):
            if issue.team is team:
                issue.previous_identifiers = [*issue.previous_identifiers, issue.identifier]
        self.change(team, key=key, previous_keys=[*team.previous_keys, team.key])
        for issue in self.all(Issue):
            if issue.team is team:
                issue.url = self._url(issue)

    def close_cycle(self, cycle: Cycle, into: Cycle | None = None) -> None:
        """End it now; what is not finished is remembered, and moved on to `into`."""
        left = [i for i in self.all(Issue) if i.cycle is cycle and i.completed_at is None and i.canceled_at is None]
        self.change(cycle, completed_at=self.now, ends_at=min(cycle.ends_at, self.now))
        cycle.uncompleted_issues_upon_close = left
        for issue in left:
            self.change(issue, cycle=into)

    def health(self, node: Project | Initiative) -> str | None:
        """The health said by the newest status post, None where there is none. It cannot be set otherwise."""
        newest = self.last_update(node)
        return newest.health if newest else None

    def last_update(self, node: Project | Initiative) -> ProjectUpdate | InitiativeUpdate | None:
        posts = [post for post in self._posts(node) if post.archived_at is None]
        return max(posts, key=lambda post: (post.created_at, post.serial), default=None)

    def snapshot(self) -> dict[str, Any]:
        """The state that matters as sorted JSON, to compare two ends of the same story.

        Without ids and times, and with comments, status posts and attachments as sorted bodies.
        """
        return {
            "issues": {issue.identifier: self._issue_state(issue) for issue in _by_identifier(self.all(Issue))},
            "projects": {p.name: self._posted_state(p) for p in sorted(self.all(Project), key=lambda p: p.name)},
            "initiatives": {i.name: self._posted_state(i) for i in sorted(self.all(Initiative), key=lambda i: i.name)},
            "memberships": sorted([edge.initiative.name, edge.project.name] for edge in self.all(InitiativeToProject)),
            "labels": sorted(
                [
                    label.team.key if label.team else "",
                    label.parent.name if label.parent else "",
                    label.name,
                    label.description or "",
                    "retired" if label.retired_at else "",
                ]
                for label in self.all(IssueLabel)
            ),
        }

    def _issue_state(self, issue: Issue) -> dict[str, Any]:
        return {
            "title": issue.title,
            "description": issue.description,
            "state": issue.state.name,
            "estimate": issue.estimate,
            "priority": issue.priority,
            "labels": sorted([label.name, label.team.key if label.team else ""] for label in issue.labels),
            "cycle": issue.cycle.number if issue.cycle else None,
            "project": issue.project.name if issue.project else None,
            "parent": issue.parent.identifier if issue.parent else None,
            "archived": issue.archived_at is not None,
            "trashed": bool(issue.trashed),
            "comments": sorted([c.user.name, c.body] for c in self.all(Comment) if c.issue is issue),
            "attachments": sorted(
                (
                    {
                        "url": a.url,
                        "title": a.title,
                        "subtitle": a.subtitle,
                        "metadata": dict(sorted(a.metadata.items())),
                    }
                    for a in self.all(Attachment)
                    if a.issue is issue
                ),
                key=lambda attachment: str(attachment["url"]),
            ),
        }

    def _posted_state(self, node: Project | Initiative) -> dict[str, Any]:
        return {
            "status": node.status.name if isinstance(node, Project) else node.status,
            "description": node.description,
            "content": node.content,
            "target": node.target_date.isoformat() if isinstance(node.target_date, date) else None,
            "health": self.health(node),
            "archived": node.archived_at is not None,
            "updates": sorted([post.user.name, post.health, post.body] for post in self._posts(node)),
        }

    def _posts(self, node: Project | Initiative) -> list[ProjectUpdate | InitiativeUpdate]:
        if isinstance(node, Project):
            return [post for post in self.all(ProjectUpdate) if post.project is node]
        return [post for post in self.all(InitiativeUpdate) if post.initiative is node]

    def _next_number(self, team: Team) -> int:
        return max((issue.number for issue in self.all(Issue) if issue.team is team), default=0) + 1

    def _stamp_issue(self, issue: Issue, at: datetime) -> None:
        """The times that follow from the state's type; those a builder gave are kept."""
        kind = issue.state.type
        if kind in ("started", "completed"):
            issue.started_at = issue.started_at or at
        issue.completed_at = (issue.completed_at or at) if kind == "completed" else None
        issue.canceled_at = (issue.canceled_at or at) if kind in ("canceled", "duplicate") else None

    def _url(self, node: Node) -> str:
        site = f"https://linear.app/{self.url_key}"
        match node:
            case Issue():
                return f"{site}/issue/{node.identifier}"
            case Comment():
                on = next(place for name in COMMENTED if (place := getattr(node, name)) is not None)
                return f"{on.url}#comment-{node.id[:8]}"
            case Project():
                return f"{site}/project/{node.slug_id}"
            case Initiative():
                return f"{site}/initiative/{node.slug_id}"
            case ProjectUpdate():
                return f"{node.project.url}#project-update-{node.id[:8]}"
            case InitiativeUpdate():
                return f"{node.initiative.url}#initiative-update-{node.id[:8]}"
        raise TypeError(f"a {type(node).__name__} has no page of its own")


def _by_identifier(issues: list[Issue]) -> list[Issue]:
    return sorted(issues, key=lambda issue: (issue.team.key, issue.number))


def cycles_of(workspace: Workspace, team: Team) -> list[Cycle]:
    """A team's cycles by their start, archived ones left out."""
    cycles = [c for c in workspace.all(Cycle) if c.team is team and c.archived_at is None]
    return sorted(cycles, key=lambda cycle: cycle.starts_at)


def a_workspace(now: datetime | None = None) -> Workspace:
    """An empty workspace with one team `GRO`, its seven states and three cycles of two weeks, the second one active.

    A place to start from; a made-up company is built on `Workspace.add` alike.
    """
    now = now or datetime(2026, 11, 18, 9, tzinfo=UTC)
    workspace = Workspace(now)
    born = now - timedelta(days=400)
    team = workspace.add(Team(key="GRO", name="Growth", created_at=born))
    for position, (name, kind) in enumerate(
        [
            ("Triage", "triage"),
            ("Backlog", "backlog"),
            ("Todo", "unstarted"),
            ("In Progress", "started"),
            ("Done", "completed"),
            ("Canceled", "canceled"),
            ("Duplicate", "duplicate"),
        ]
    ):
        workspace.add(WorkflowState(team=team, name=name, type=kind, position=position, created_at=born))
    first = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=17)
    for index in range(3):
        start = first + timedelta(days=14 * index)
        end = start + timedelta(days=14)
        closed = end if end <= now else None
        workspace.add(
            Cycle(team=team, number=index + 1, starts_at=start, ends_at=end, completed_at=closed, created_at=born)
        )
    return workspace
