"""A Jira site of the sandbox, as a dump makes one, told again as a Linear workspace.

Projects become teams, with every issue's key kept; epics become projects whose slug is the epic's key in small
letters; the active sprint becomes a cycle of the team that has most of it, with copies in the others; resolutions that
mean cancelled become the state Canceled. Linear has no types and no components: they become labels. What the two
models force to differ: an epic is no issue, so it is neither a row nor counted; a sub-task is an issue like any other,
so in a cycle it is a row; an issue is in one cycle, so past sprints are not told.
"""

from collections import Counter
from collections.abc import Collection

from adapters.sandbox.jira.fields import STORY_POINT_ESTIMATE
from adapters.sandbox.jira.site import Issue as JiraIssue
from adapters.sandbox.jira.site import Site
from adapters.sandbox.linear.nodes import Cycle, Issue, IssueLabel, Project, ProjectStatus, Team, WorkflowState
from adapters.sandbox.linear.workspace import Workspace

_KINDS = {"new": "unstarted", "indeterminate": "started", "done": "completed"}


def as_workspace(site: Site, *, active_sprint: int, cancelled: Collection[str]) -> Workspace:
    """The site's issues in a workspace of the same moment. Raises StopIteration when there is no such sprint."""
    return _Telling(site, active_sprint, {name.casefold() for name in cancelled}).workspace


def type_label(name: str) -> str:
    """What stands for an issue type."""
    return f"type: {name}"


def component_label(name: str, kind: str = "") -> str:
    """What stands for a component; with `kind`, for the two conditions together, for a rule has one label."""
    return f"component: {name}, type: {kind}" if kind else f"component: {name}"


class _Telling:
    def __init__(self, site: Site, active_sprint: int, cancelled: Collection[str]) -> None:
        self._site = site
        self._active = active_sprint
        self._cancelled = cancelled
        self._known = {issue.key: issue for issue in site.issues}
        self.workspace = Workspace(site.now)
        self._labels: dict[str, IssueLabel] = {}
        self._teams = {project.key: self._team(project.key) for project in site.projects}
        self._states = {
            (team.key, kind): self.workspace.add(WorkflowState(team=team, name=kind.capitalize(), type=kind))
            for team in self._teams.values()
            for kind in (*_KINDS.values(), "canceled")
        }
        self._cycles = self._copies_of_the_sprint()
        status = self.workspace.add(ProjectStatus(name="Started", type="started"))
        self._projects = {
            epic.key: self.workspace.add(
                Project(name=epic.summary or epic.key, status=status, slug_id=epic.key.lower())
            )
            for epic in site.issues
            if epic.level > 0
        }
        told = {issue.key: self._issue(issue) for issue in site.issues if issue.level <= 0}
        for key, issue in told.items():
            issue.parent = told.get(self._known[key].parent or "")

    def _team(self, key: str) -> Team:
        return self.workspace.add(Team(key=key, name=key))

    def _copies_of_the_sprint(self) -> dict[str, Cycle]:
        sprint = next(sprint for sprint in self._site.sprints if sprint.id == self._active)
        counts = Counter(issue.project for issue in self._site.issues if sprint.id in issue.sprints)
        found: dict[str, Cycle] = {}
        first: Cycle | None = None
        for key, _ in counts.most_common():
            found[key] = self.workspace.add(
                Cycle(
                    team=self._teams[key],
                    number=1,
                    name=sprint.name,
                    starts_at=sprint.start or self._site.now,
                    # it is active on the day, however late it was closed
                    ends_at=max(sprint.end or self._site.now, self._site.now.replace(year=self._site.now.year + 1)),
                    inherited_from=first,
                )
            )
            first = first or found[key]
        return found

    def _issue(self, issue: JiraIssue) -> Issue:
        done = issue.status.category == "done"
        is_cancelled = done and issue.resolution is not None and issue.resolution.name.casefold() in self._cancelled
        ended = (issue.resolved or issue.status_changed) if done else None
        epic = self._epic_above(issue)
        points = issue.custom.get(STORY_POINT_ESTIMATE)
        return self.workspace.add(
            Issue(
                team=self._teams[issue.project],
                state=self._states[issue.project, "canceled" if is_cancelled else _KINDS[issue.status.category]],
                title=issue.summary,
                number=int(issue.key.rsplit("-", 1)[1]),
                description=issue.description if isinstance(issue.description, str) else None,
                estimate=float(points) if isinstance(points, int | float) else None,
                labels=[self._label(name) for name in _names(issue)],
                cycle=self._cycles[issue.project] if self._active in issue.sprints else None,
                project=self._projects[epic] if epic else None,
                created_at=issue.created,
                updated_at=issue.updated,
                completed_at=None if is_cancelled else ended,
                canceled_at=ended if is_cancelled else None,
            )
        )

    def _epic_above(self, issue: JiraIssue) -> str | None:
        above = self._known.get(issue.parent or "")
        for _ in range(5):
            if above is None or above.key in self._projects:
                break
            above = self._known.get(above.parent or "")
        return above.key if above else None

    def _label(self, name: str) -> IssueLabel:
        if name not in self._labels:
            self._labels[name] = self.workspace.add(IssueLabel(name=name))
        return self._labels[name]


def _names(issue: JiraIssue) -> list[str]:
    pairs = [(component_label(each), component_label(each, issue.type)) for each in issue.components]
    return list(dict.fromkeys([*issue.labels, type_label(issue.type), *(name for pair in pairs for name in pair)]))
