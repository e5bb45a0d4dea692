"""What earlier runs found, as history keeps it: one value a key result a day, sprints by day, what became of issues.

Pure values. Losing history loses these and nothing else: no figure of a run but the forecast is made from them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal
from fractions import Fraction

from mappings.alignment import SprintAlignment
from mappings.changes import Remembered
from mappings.linking import Class, Linked
from mappings.model import Ref
from mappings.visibility import key_to_keep


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class KeyResultDay:
    """One key result at the end of one day: the day's last run wins."""

    kr: str
    day: date
    score: Decimal | None
    delivery: Fraction | None
    current: Decimal | None
    """The measured number, where there is one."""
    health: str
    confidence: int | None


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class SprintDay:
    """One sprint at the end of one day, its issues counted by class."""

    tracker: str
    sprint: str
    """Its id."""
    day: date
    team: str
    name: str
    state: str
    """active, future or closed."""
    start: date | None
    end: date | None
    is_window: bool
    aligned: int
    routine: int
    new: int
    unaligned: int
    broken: int

    @property
    def total(self) -> int:
        """All issues of the sprint."""
        return self.aligned + self.routine + self.new + self.unaligned + self.broken


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class SprintIssue:
    """One issue of one sprint, as it was first seen there and as it is: did behaviour change?"""

    tracker: str
    sprint: str
    issue: str
    """The issue's id."""
    key: str
    team: str
    first_class: Class
    first_day: date
    last_class: Class
    last_day: date
    present: bool
    """Still in the sprint when the sprint was last read."""

    @property
    def became(self) -> str:
        """Of work that was tied to nothing, or wrongly: tied, routine, dropped or left; else empty."""
        if self.first_class not in (Class.UNALIGNED, Class.BROKEN):
            return ""
        if self.last_class in (Class.ALIGNED, Class.ROUTINE):
            return "tied" if self.last_class is Class.ALIGNED else "routine"
        return "left" if self.present else "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedWrite:
    """One write as it was made, or what came in its way."""

    run: str
    at: str
    """ISO 8601, with the zone."""
    kind: str
    """progress, flag, link or tag."""
    to: str
    kr: str
    before: str
    after: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """Everything that one run leaves behind."""

    id: str
    at: str
    """ISO 8601, with the zone."""
    day: date
    mode: str
    complete: bool
    """Every scope was read. Where one was not, no key result is remembered: a part is not the whole."""
    key_results: tuple[KeyResultDay, ...] = ()
    contributions: Mapping[str, Remembered] | None = None
    """By key result."""
    sprints: tuple[SprintDay, ...] = ()
    sprint_issues: tuple[SprintIssue, ...] = ()
    writes: tuple[AuditedWrite, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What history holds, as far back as a run looks."""

    remembered: Mapping[str, Remembered]
    """What was counted last, by key result."""
    days: tuple[KeyResultDay, ...] = ()
    sprints: tuple[SprintDay, ...] = ()
    issues: tuple[SprintIssue, ...] = ()


NO_PAST = Past(remembered={})


def sprint_days(alignments: Iterable[SprintAlignment], today: date) -> tuple[SprintDay, ...]:
    """The sprints as they are on this day, by tracker and id."""
    return tuple(
        SprintDay(
            tracker=it.sprint.tracker,
            sprint=it.sprint.id,
            day=today,
            team=it.sprint.team,
            name=it.sprint.name,
            state=it.sprint.state,
            start=it.sprint.start.date() if it.sprint.start else None,
            end=it.sprint.end.date() if it.sprint.end else None,
            is_window=it.sprint.is_window,
            aligned=it.issues(Class.ALIGNED),
            routine=it.issues(Class.ROUTINE),
            new=it.issues(Class.NEW),
            unaligned=it.issues(Class.UNALIGNED),
            broken=it.issues(Class.BROKEN),
        )
        for it in alignments
    )


def of_closed_sprints(alignments: Iterable[SprintAlignment], zone: tzinfo) -> tuple[SprintDay, ...]:
    """Each of these sprints on its last day; one without an end has none and is left out."""
    return tuple(
        row
        for it in alignments
        if it.sprint.end is not None
        for row in sprint_days([it], it.sprint.end.astimezone(zone).date())
    )


def followed(
    before: Iterable[SprintIssue],
    alignments: Iterable[SprintAlignment],
    linked: Mapping[Ref, Linked],
    today: date,
) -> tuple[SprintIssue, ...]:
    """The issues of these sprints with their first class kept; one that left a sprint keeps its place in it.

    What left is taken at its class now, where it is still read. Sprints that are not among `alignments` are not
    touched. Windows are no sprints: nothing is planned in them.
    """
    known = {(it.tracker, it.sprint, it.issue): it for it in before}
    found: dict[tuple[str, str, str], SprintIssue] = {}
    read = set()
    for alignment in alignments:
        if alignment.sprint.is_window:
            continue
        read.add((alignment.sprint.tracker, alignment.sprint.id))
        for row in alignment.rows:
            place = (row.issue.tracker, alignment.sprint.id, row.issue.id)
            first = known.get(place)
            found[place] = SprintIssue(
                tracker=row.issue.tracker,
                sprint=alignment.sprint.id,
                issue=row.issue.id,
                key=key_to_keep(row.issue),
                team=row.team.key,
                first_class=first.first_class if first else row.kind,
                first_day=first.first_day if first else today,
                last_class=row.kind,
                last_day=today,
                present=True,
            )
    for place, it in known.items():
        if place in found or (it.tracker, it.sprint) not in read:
            continue
        now = linked.get((it.tracker, it.issue))
        found[place] = SprintIssue(
            tracker=it.tracker,
            sprint=it.sprint,
            issue=it.issue,
            key=key_to_keep(now.issue) if now else it.key,
            team=it.team,
            first_class=it.first_class,
            first_day=it.first_day,
            last_class=now.kind if now else it.last_class,
            last_day=today,
            present=False,
        )
    return tuple(found[place] for place in sorted(found))
