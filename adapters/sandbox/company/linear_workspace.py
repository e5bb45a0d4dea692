"""The made-up company's Linear workspace: the growth and data teams, their projects and one initiative."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.sandbox.company import mistakes_in_linear
from adapters.sandbox.company.areas import TeamWork
from adapters.sandbox.company.areas_in_linear import DATA, GROWTH
from adapters.sandbox.company.plan import SMALL, team_work
from adapters.sandbox.company.work import BACKLOG, CLOSED_SPRINTS, Calendar, Work
from adapters.sandbox.linear.nodes import (
    Comment,
    Cycle,
    Initiative,
    InitiativeToProject,
    Issue,
    IssueLabel,
    Project,
    ProjectStatus,
    ProjectUpdate,
    Team,
    WorkflowState,
)
from adapters.sandbox.linear.workspace import Workspace

# Fixed, for the registry names them.
FIRST_WEEK = "6d1f0b52-93c4-4a7e-8b10-2f5c7e9d4a01"
ONBOARDING = "a84c2e17-5d09-4f3b-9c62-71e0b8d3f502"
GOVERNED = "c30b9f64-1e8a-4d25-b7f3-58a6d2c1e903"

TEAMS = ((GROWTH, mistakes_in_linear.GROWTH, "Growth"), (DATA, mistakes_in_linear.DATA, "Data"))
STATES = (
    ("Triage", "triage"),
    ("Backlog", "backlog"),
    ("Todo", "unstarted"),
    ("In Progress", "started"),
    ("In Review", "started"),
    ("Done", "completed"),
    ("Canceled", "canceled"),
    ("Duplicate", "duplicate"),
)
STAGES = {
    "started": "In Progress",
    "review": "In Review",
    "done": "Done",
    "cancelled": "Canceled",
    "duplicate": "Duplicate",
}


def build_workspace(calendar: Calendar, *, size: float, seed: int) -> Workspace:
    """The workspace as it stands at the calendar's now; below SMALL only the growth team and one project."""
    small = size < SMALL
    workspace = Workspace(calendar.now)
    born = calendar.start(-CLOSED_SPRINTS) - timedelta(days=60)
    teams = TEAMS[:1] if small else TEAMS
    nodes = [_new_team(workspace, work.key, name, calendar, born, small) for work, _, name in teams]
    projects = _add_projects(workspace, nodes, born)
    labels = _Labels(workspace, born)
    for node, (team, wrong, _) in zip(nodes, teams, strict=True):
        builder = _Builder(workspace, calendar, node, projects, labels)
        if team is GROWTH:
            builder.add_key_result()
        builder.add(team, team_work(team, wrong, calendar, size=size, seed=seed))
    return workspace


@dataclass
class _TeamNodes:
    team: Team
    states: dict[str, WorkflowState] = field(default_factory=dict)
    cycles: dict[int, Cycle] = field(default_factory=dict)


def _new_team(workspace: Workspace, key: str, name: str, calendar: Calendar, born: datetime, small: bool) -> _TeamNodes:
    nodes = _TeamNodes(workspace.add(Team(key=key, name=name, created_at=born)))
    for position, (state, kind) in enumerate(STATES):
        nodes.states[state] = workspace.add(
            WorkflowState(team=nodes.team, name=state, type=kind, position=position, created_at=born)
        )
    for number in range(-2 if small else -CLOSED_SPRINTS, 2):
        start, end = calendar.start(number), calendar.end(number)
        nodes.cycles[number] = workspace.add(
            Cycle(
                team=nodes.team,
                number=24 + number,
                # People name the cycle they are in, and leave the others to their numbers.
                name="Harvest" if number == 0 and key == "GRO" else None,
                starts_at=start,
                ends_at=end,
                completed_at=end if number < 0 else None,
                created_at=born,
            )
        )
    return nodes


def _add_projects(workspace: Workspace, nodes: list[_TeamNodes], born: datetime) -> dict[str, Project]:
    statuses = [
        workspace.add(ProjectStatus(name=name, type=kind, position=place, created_at=born))
        for place, (name, kind) in enumerate(
            (("Planned", "planned"), ("In Progress", "started"), ("Done", "completed"))
        )
    ]
    initiative = workspace.add(
        Initiative(
            id=FIRST_WEEK,
            name="The first week",
            description="Everything a shop meets before its first sale.",
            created_at=born,
        )
    )
    onboarding = workspace.add(
        Project(
            id=ONBOARDING,
            name="New onboarding",
            status=statuses[1],
            teams=[nodes[0].team],
            description="From sign-up to the first sale in one sitting.",
            created_at=born,
        )
    )
    workspace.add(InitiativeToProject(initiative=initiative, project=onboarding, created_at=born))
    workspace.add(
        ProjectUpdate(
            project=onboarding,
            user=workspace.human,
            body="The import works for nine shops out of ten. The tax questions are what we wait for.",
            health="onTrack",
            created_at=workspace.now - timedelta(days=23),
        )
    )
    projects = [onboarding]
    if len(nodes) > 1:
        projects.append(
            workspace.add(
                Project(
                    id=GOVERNED,
                    name="Governed tables",
                    status=statuses[1],
                    teams=[nodes[1].team],
                    description="One definition for each figure.",
                    created_at=born,
                )
            )
        )
    return {project.name: project for project in projects}


class _Labels:
    """Workspace labels by name, made when first used; `okr/NAME` is the label NAME in the group okr."""

    def __init__(self, workspace: Workspace, born: datetime) -> None:
        self._workspace = workspace
        self._born = born
        self._known: dict[str, IssueLabel] = {}

    def named(self, text: str) -> IssueLabel:
        if text not in self._known:
            group, slash, name = text.partition("/")
            parent = self._group(group) if slash else None
            label = IssueLabel(name=name if slash else text, parent=parent, created_at=self._born)
            self._known[text] = self._workspace.add(label)
        return self._known[text]

    def _group(self, name: str) -> IssueLabel:
        if name not in self._known:
            self._known[name] = self._workspace.add(IssueLabel(name=name, is_group=True, created_at=self._born))
        return self._known[name]


class _Builder:
    """Puts one team's issues into the workspace."""

    def __init__(
        self,
        workspace: Workspace,
        calendar: Calendar,
        nodes: _TeamNodes,
        projects: dict[str, Project],
        labels: _Labels,
    ) -> None:
        self._workspace = workspace
        self._calendar = calendar
        self._nodes = nodes
        self._projects = projects
        self._labels = labels
        self._number = 0

    def add_key_result(self) -> None:
        """The issue that stands for a key result, where the registry writes to."""
        self._number += 1
        begun = self._calendar.start(-4)
        self._workspace.add(
            Issue(
                team=self._nodes.team,
                number=self._number,
                state=self._nodes.states["In Progress"],
                title="Key result: tips show up inside the product where they help",
                created_at=begun,
                started_at=begun,
            )
        )

    def add(self, team: TeamWork, works: list[Work]) -> None:
        names: dict[str, Issue] = {}
        for work in works:
            issue = self._add(work, names)
            names.setdefault(work.mistake or work.title, issue)

    def _add(self, work: Work, names: dict[str, Issue]) -> Issue:
        self._number += 1
        cycle = self._nodes.cycles.get(work.sprints[-1]) if work.sprints else None
        parent = names.get(work.parent)
        issue = Issue(
            team=self._nodes.team,
            number=self._number,
            state=self._nodes.states[self._state(work)],
            title=work.title,
            description=work.description or None,
            estimate=work.points,
            priority=self._number % 5,
            labels=[self._labels.named(label) for label in work.labels],
            cycle=cycle,
            parent=parent,
            project=parent.project if parent else self._projects.get(work.parent),
            created_at=work.created,
        )
        if cycle:
            came = self._calendar.added(work.sprints[-1]) if work.added else cycle.starts_at
            issue.added_to_cycle_at = max(work.created, min(came, self._calendar.now))
        for number in work.sprints[:-1]:
            self._nodes.cycles[number].uncompleted_issues_upon_close.append(issue)
        if work.stage in ("started", "review", "done"):
            issue.started_at = max(work.created, cycle.starts_at) if cycle else work.created
        issue.completed_at = work.ended if work.stage == "done" else None
        issue.canceled_at = work.ended if work.stage in ("cancelled", "duplicate") else None
        known = (issue.created_at, issue.added_to_cycle_at, issue.started_at, work.ended)
        issue.updated_at = max(moment for moment in known if moment is not None)
        self._workspace.add(issue)
        if work.comment:
            human = self._workspace.human
            self._workspace.add(Comment(issue=issue, user=human, body=work.comment, created_at=issue.updated_at))
        return issue

    def _state(self, work: Work) -> str:
        if work.stage != "todo":
            return STAGES[work.stage]
        if work.sprints and work.sprints[-1] != BACKLOG:
            return "Todo"
        return "Triage" if self._number % 5 == 0 else "Backlog"
