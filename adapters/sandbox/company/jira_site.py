"""The made-up company's Jira Cloud site: four teams, the OKR project, incidents, and a project that nobody may see."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from adapters.sandbox.company import mistakes_in_jira
from adapters.sandbox.company.areas import TeamWork
from adapters.sandbox.company.areas_in_jira import MOBILE, PAYMENTS, PLATFORM, SUPPORT
from adapters.sandbox.company.incidents import INCIDENTS, PROJECT
from adapters.sandbox.company.plan import SMALL, team_work
from adapters.sandbox.company.work import BACKLOG, CLOSED_SPRINTS, Calendar, Work
from adapters.sandbox.jira.fields import OKR, OKR_PROGRESS, SPRINT, STORY_POINT_ESTIMATE, STORY_POINTS
from adapters.sandbox.jira.site import (
    Account,
    Board,
    Change,
    Comment,
    Issue,
    Project,
    Site,
    Sprint,
    default_accounts,
)

PROJECTS = {
    "OKR": "Objectives and key results",
    "PAY": "Payments",
    "PLT": "Platform",
    "MOB": "Mobile",
    "SUP": "Support tooling",
    "SEC": "Security",
    PROJECT: "Incidents",
}
BOARDS = (
    Board(1, "Payments", "scrum", ["PAY"], STORY_POINTS),
    Board(2, "Platform", "scrum", ["PLT"], STORY_POINTS),
    Board(3, "Mobile", "scrum", ["MOB"], STORY_POINT_ESTIMATE),
    Board(4, "Support tooling", "kanban", ["SUP"]),
)
# Platform and Mobile began on the same day and both count: their sprints bear the same names.
SPRINT_NAMES = {1: "Payments {}", 2: "Sprint {}", 3: "Sprint {}"}
GOALS = (
    "Second provider takes a tenth of all payments",
    "Quieter nights on call",
    "Slow phones first",
    "Finish what is open",
)
TEAMS = (
    (PAYMENTS, mistakes_in_jira.PAYMENTS),
    (PLATFORM, mistakes_in_jira.PLATFORM),
    (MOBILE, mistakes_in_jira.MOBILE),
    (SUPPORT, mistakes_in_jira.SUPPORT),
)
HUMANS = (
    Account("712020:ada", "Ada Weber", "ada@example.com", "sandbox-token-of-ada"),
    Account("712020:noor", "Noor Haddad", "noor@example.com", "sandbox-token-of-noor"),
)
LEVELS = {"Epic": 1, "Objective": 1, "Sub-task": -1}
STATUSES = {"todo": "To Do", "started": "In Progress", "review": "In Review"}
RESOLUTIONS = {"done": "Done", "cancelled": "Won't Do", "duplicate": "Duplicate"}

# (key, type, title, parent); the key results' issues are what the registry writes to.
OKRS = (
    ("OKR-1", "Objective", "Checkout never lets a customer down", None),
    ("OKR-2", "Key Result", "Every card payment survives one provider's outage", "OKR-1"),
    ("OKR-3", "Key Result", "Cut P1 incidents from 12 to 3 a quarter", "OKR-1"),
    ("OKR-4", "Key Result", "Checkout is usable within two seconds on a slow phone", "OKR-1"),
    ("OKR-5", "Key Result", "Refunds reach the customer within a day", "OKR-1"),
    ("OKR-6", "Objective", "Shipping is quick and dull", None),
    ("OKR-7", "Key Result", "A change is live ten minutes after its merge", "OKR-6"),
    ("OKR-8", "Key Result", "At most two roll-backs a month", "OKR-6"),
)
# Somebody filled this in by hand before the first run, so it is theirs.
BY_HAND = {"OKR-4": 0.5}


def build_site(calendar: Calendar, *, size: float, seed: int) -> Site:
    """The site as it stands at the calendar's now; below SMALL only the payments team and one key result's issue."""
    small = size < SMALL
    site = Site(calendar.now, accounts=[*default_accounts(), *HUMANS])
    site.types += ["Objective", "Key Result"]
    teams = TEAMS[:1] if small else TEAMS
    keys = ["OKR", *(team.key for team, _ in teams), "SEC"]
    site.projects = [Project(str(10000 + place), key, PROJECTS[key]) for place, key in enumerate(keys)]
    builder = _Builder(site, calendar)
    for key, type_, title, parent in OKRS[:2] if small else OKRS:
        builder.add_okr(key, type_, title, parent)
    builder.add_secret()
    for board in BOARDS[: len(teams)]:
        site.boards.append(Board(board.id, board.name, board.type, list(board.project_keys), board.estimation_field))
        if board.type != "kanban":
            site.sprints.extend(_sprints(board, calendar, first=-2 if small else -CLOSED_SPRINTS))
    for board, (team, wrong) in zip(site.boards, teams, strict=True):
        builder.add_team(team, team_work(team, wrong, calendar, size=size, seed=seed), board)
    if not small:
        site.projects.append(Project(str(10000 + len(keys)), PROJECT, PROJECTS[PROJECT]))
        builder.add_incidents()
    return site


def _sprints(board: Board, calendar: Calendar, first: int) -> Iterator[Sprint]:
    for number in range(first, 2):
        start, end = calendar.start(number), calendar.end(number)
        closed = number < 0
        yield Sprint(
            id=_sprint_id(board, number),
            name=SPRINT_NAMES[board.id].format(24 + number),
            state="closed" if closed else "future" if number else "active",
            board_id=board.id,
            start=start,
            end=end,
            complete=end + timedelta(minutes=35) if closed else None,
            goal=GOALS[(board.id + number) % len(GOALS)],
        )


def _sprint_id(board: Board, number: int) -> int:
    return 100 * board.id + 24 + number


def _document(text: str) -> dict[str, Any]:
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


class _Builder:
    """Numbers the issues and puts them into the site."""

    def __init__(self, site: Site, calendar: Calendar) -> None:
        self._site = site
        self._calendar = calendar
        self._last: dict[str, int] = {}

    def add_okr(self, key: str, type_: str, title: str, parent: str | None) -> None:
        issue = self._new(key, title, type_, created=self._calendar.start(-4))
        issue.status = self._site.status("In Progress")
        issue.parent = parent
        if key in BY_HAND:
            issue.custom[OKR_PROGRESS] = BY_HAND[key]

    def add_secret(self) -> None:
        epic = self._new("SEC-1", "Findings of the penetration test", "Epic", created=self._calendar.start(-3))
        self._site.hidden.add(epic.key)

    def add_incidents(self) -> None:
        for number, incident in enumerate(INCIDENTS, 1):
            work = incident.work(self._calendar)
            issue = self._new(f"{PROJECT}-{number}", work.title, work.type, work.created)
            issue.labels = list(work.labels)
            issue.priority = incident.priority
            self._bring_to_its_stage(issue, work, number)

    def add_team(self, team: TeamWork, works: list[Work], board: Board) -> None:
        names: dict[str, Issue] = {}
        for work in works:
            issue = self._add(work, team, board, names)
            names.setdefault(work.title, issue)
            names.setdefault(work.mistake or work.title, issue)

    def _add(self, work: Work, team: TeamWork, board: Board, names: dict[str, Issue]) -> Issue:
        project = work.home or team.key
        number = self._last[project] = self._last.get(project, 0) + 1
        issue = self._new(f"{project}-{number}", work.title, work.type, work.created)
        issue.description = work.description
        issue.labels = list(work.labels)
        issue.components = [work.component] if work.component else []
        issue.priority = self._site.priorities[number % 4]
        issue.previous_keys = [work.previous_key] if work.previous_key else []
        if work.parent:
            above = names.get(work.parent)
            issue.parent = above.key if above else work.parent
        # A board without a field to estimate in takes no estimates.
        if work.points is not None and board.estimation_field:
            issue.custom[board.estimation_field] = float(work.points)
        if work.field:
            issue.custom[OKR] = work.field
        if board.type != "kanban":
            self._put_in_sprints(issue, work, board, names)
        self._bring_to_its_stage(issue, work, number)
        if work.comment:
            self._comment(issue, work.comment, number)
        return issue

    def _new(self, key: str, title: str, type_: str, created: datetime) -> Issue:
        issue = Issue(
            id=str(10001 + len(self._site.issues)),
            key=key,
            project=key.partition("-")[0],
            type=type_,
            summary=title,
            status=self._site.status("To Do"),
            created=created,
            updated=created,
            status_changed=created,
            level=LEVELS.get(type_, 0),
        )
        self._site.issues.append(issue)
        return issue

    def _put_in_sprints(self, issue: Issue, work: Work, board: Board, names: dict[str, Issue]) -> None:
        if work.type == "Sub-task":
            issue.sprints = list(names[work.parent].sprints)
            return
        known = {sprint.id: sprint.name for sprint in self._site.sprints}
        numbers = [number for number in work.sprints if number != BACKLOG]
        for number in numbers:
            sprint = _sprint_id(board, number)
            if sprint not in known:
                continue
            before, after = issue.sprints, [*issue.sprints, sprint]
            late = work.added and number == numbers[-1]
            came = self._calendar.added(number) if late else self._calendar.start(number)
            at = max(min(came, self._calendar.now - timedelta(days=1)), issue.created)
            ids = [", ".join(map(str, some)) for some in (before, after)]
            texts = [", ".join(known[id] for id in some) for some in (before, after)]
            issue.history.append(Change(at, SPRINT, ids[0], texts[0], ids[1], texts[1]))
            issue.sprints, issue.updated = after, at

    def _bring_to_its_stage(self, issue: Issue, work: Work, number: int) -> None:
        if work.stage == "todo":
            return
        old = issue.status
        ended = work.stage in RESOLUTIONS
        issue.status = self._site.status("Done" if ended else STATUSES[work.stage])
        at = work.ended or self._begun(work, number)
        issue.history.append(Change(at, "status", old.id, old.name, issue.status.id, issue.status.name))
        issue.status_changed = at
        issue.updated = max(issue.updated, at)
        # Now and then somebody drags a card past the step that sets the resolution.
        if ended and not (work.stage == "done" and number % 29 == 0):
            issue.resolution = self._site.resolution(RESOLUTIONS[work.stage])
            issue.resolved = at

    def _begun(self, work: Work, number: int) -> datetime:
        """Some working day of its last sprint, before now."""
        sprint = work.sprints[-1] if work.sprints else 0
        begun = self._calendar.start(sprint) + timedelta(hours=3 + number * 7 % 150)
        return max(min(begun, self._calendar.now - timedelta(hours=2)), work.created)

    def _comment(self, issue: Issue, text: str, number: int) -> None:
        author = HUMANS[number % len(HUMANS)].account_id
        # Below 10000, where the site's own numbers for new comments begin.
        comment = Comment(str(5000 + len(self._site.issues)), author, _document(text), issue.updated, issue.updated)
        issue.comments.append(comment)
