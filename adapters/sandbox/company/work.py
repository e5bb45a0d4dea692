"""What the made-up company works on, before it is put into a tracker: one `Work` for each issue to be."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SPRINT_DAYS = 14
CLOSED_SPRINTS = 6
BACKLOG = 99
"""The place of work that is in no sprint."""
ACTIVE = (0,)
NEXT = (1,)
UNDATED = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Work:
    """One issue to be. `sprints` counts from the active one (-1 the last closed, 1 the next), oldest first."""

    title: str
    type: str = "Story"
    stage: str = "todo"
    """todo, started, review, done, cancelled or duplicate."""
    points: int | None = None
    labels: tuple[str, ...] = ()
    description: str = ""
    component: str = ""
    field: str = ""
    """What the company's own "OKR" field holds (Jira)."""
    parent: str = ""
    """Title or `mistake` of the parent, or of the Linear project."""
    sprints: tuple[int, ...] = ()
    created: datetime = UNDATED
    ended: datetime | None = None
    """When it was done, cancelled or found to be a duplicate."""
    comment: str = ""
    mistake: str = ""
    """Which of the things that happen to real teams it stands for; empty for ordinary work."""
    added: bool = False
    """Came into its last sprint when that was under way."""
    previous_key: str = ""
    home: str = ""
    """Key of the project it is in, when that is not the team's own."""
    in_small: bool = True
    """Also in the small company."""


@dataclass(frozen=True)
class Calendar:
    """The sprints around `now`, two weeks each; everyone's begin on the same day."""

    now: datetime

    @property
    def _first_day(self) -> datetime:
        return self.now.replace(hour=7, minute=0, second=0, microsecond=0) - timedelta(days=9)

    def start(self, sprint: int) -> datetime:
        """When a sprint begins; 0 is the active one."""
        return self._first_day + timedelta(days=SPRINT_DAYS * sprint)

    def added(self, sprint: int) -> datetime:
        """When something comes into a sprint that is under way: on its second day."""
        return self.start(sprint) + timedelta(hours=26)

    def end(self, sprint: int) -> datetime:
        """When a sprint ends: the moment the next one begins."""
        return self.start(sprint + 1)
