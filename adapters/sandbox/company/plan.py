"""The work of a team over eight sprints, drawn from its words: the same for the same team, size and calendar."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from adapters.sandbox.company.areas import Area, TeamWork
from adapters.sandbox.company.work import BACKLOG, CLOSED_SPRINTS, Calendar, Work

SMALL = 0.5
"""Companies below this size have two teams, each with its first few areas, and two closed sprints."""
SMALL_AREAS = 3

DETAILS = (
    "Agreed with support: start with the ten busiest shops.",
    "See the notes of the last review; the numbers are in the team's dashboard.",
    "As a merchant I want this to work without asking anybody.",
    "Part of it is done in the prototype.\n\nNot in scope: the old admin.",
    "The customer council asked for this twice.",
    "Needs a feature switch; roll out to one in ten first.",
    "Steps:\n1. sign in as the test shop\n2. repeat with a second browser",
)
REMARKS = (
    "Smaller than we thought, the library does most of it.",
    "Blocked until the staging shop is back.",
    "Reviewed together, one open question on wording.",
    "Moved on, the rest follows in the next sprint.",
    "Works on my phone and on the slow one.",
    "Can somebody from support check the text?",
)


def team_work(team: TeamWork, mistakes: Sequence[Work], calendar: Calendar, *, size: float, seed: int) -> list[Work]:
    """All issues of a team: its epics and the mistakes first, then ordinary work, sprint by sprint, then the backlog.

    `size` scales the ordinary work. Every time lies before the calendar's now.
    """
    chance = random.Random(f"{seed}/{team.key}")  # noqa: S311 - believable, not secret
    if size < SMALL:
        team = replace(team, areas=team.areas[:SMALL_AREAS])
    titles = _Titles(team, chance)
    epics = [
        Work(title=area.under, type="Epic", stage="started", labels=_tag_label(area) if area.place == "epic" else ())
        for area in team.areas
        if area.under and area.place != "project"
    ]
    chosen = [work for work in mistakes if size >= SMALL or work.in_small]
    ordinary = [
        _ordinary(team, *titles.draw(sprint), sprint, calendar, chance)
        for sprint in _places(team, sum(0 in work.sprints for work in chosen), size, chance)
    ]
    return [_dated(work, calendar, chance) for work in [*epics, *chosen, *ordinary]]


def _places(team: TeamWork, planned: int, size: float, chance: random.Random) -> Iterator[int]:
    first = -CLOSED_SPRINTS if size >= SMALL else -2
    for sprint in range(first, 2):
        wanted = team.per_sprint + chance.choice((-1, 0, 0, 1)) if size >= SMALL else team.per_sprint
        if sprint == 0:
            # The mistakes crowd into one sprint, which should not be twice as full as the others.
            wanted = max(0, wanted - planned // 3)
        yield from [sprint] * max(1, round(wanted * size))
    yield from [BACKLOG] * max(1, round(team.backlog * size))


class _Titles:
    """Each title once, areas by their weight; an area that is over gives none to sprints that are not closed."""

    def __init__(self, team: TeamWork, chance: random.Random) -> None:
        self._chance = chance
        self._left = {area: _shuffled(area, chance) for area in team.areas}

    def draw(self, sprint: int) -> tuple[Area, str]:
        areas = [area for area, left in self._left.items() if left and not (area.over and sprint >= 0)]
        if not areas:
            # A company larger than its vocabulary says things again.
            self._left = {area: _shuffled(area, self._chance) for area in self._left}
            return self.draw(sprint)
        area = self._chance.choices(areas, [area.weight for area in areas])[0]
        return area, self._left[area].pop()


def _shuffled(area: Area, chance: random.Random) -> list[str]:
    titles = [f"{verb} {thing}" for verb in area.verbs for thing in area.objects]
    chance.shuffle(titles)
    return titles


def _tag_label(area: Area) -> tuple[str, ...]:
    return (f"okr:{area.tag}",) if area.tag else ()


def _ordinary(team: TeamWork, area: Area, title: str, sprint: int, calendar: Calendar, chance: random.Random) -> Work:
    sprints, stage, ended = _fate(sprint, area, calendar, chance)
    estimated = chance.random() * 100 >= team.unestimated
    work = Work(
        title=title,
        type=area.type,
        stage=stage,
        points=chance.choice(team.estimates) if estimated else None,
        labels=area.labels,
        description=chance.choice(DETAILS) if chance.random() < 0.45 else "",
        component=area.component,
        parent=area.under,
        sprints=sprints,
        ended=ended,
        comment=chance.choice(REMARKS) if chance.random() < 0.15 else "",
    )
    return _tagged(work, area, chance) if area.tag and area.place == "issue" else work


def _tagged(work: Work, area: Area, chance: random.Random) -> Work:
    """Where people put the tag; one in twelve forgets it."""
    where = chance.random()
    if where < 0.08:
        return work
    if where < 0.16:
        return replace(work, title=f"[{area.tag}] {work.title}")
    if where < 0.24:
        return replace(work, description=f"{work.description}\n\nOKR: {area.tag}".strip())
    return replace(work, labels=(*work.labels, *_tag_label(area)))


def _fate(
    sprint: int, area: Area, calendar: Calendar, chance: random.Random
) -> tuple[tuple[int, ...], str, datetime | None]:
    """Through which sprints an issue went, where it stands now, and when it ended."""
    if sprint >= 1:
        return (sprint,), "todo", None
    luck = chance.random()
    if sprint == 0:
        stages = ((0.34, "done"), (0.38, "cancelled"), (0.58, "started"), (0.7, "review"), (1.0, "todo"))
        stage = next(stage for limit, stage in stages if luck < limit)
        return (0,), stage, _within(0, calendar, chance) if stage in ("done", "cancelled") else None
    if luck < 0.8 or area.over:
        return (sprint,), "done", _within(sprint, calendar, chance)
    if luck < 0.86:
        return (sprint,), chance.choice(("cancelled", "cancelled", "duplicate")), _within(sprint, calendar, chance)
    later, stage, ended = _fate(sprint + 1, area, calendar, chance)
    return (sprint, *later), stage, ended


def _within(sprint: int, calendar: Calendar, chance: random.Random) -> datetime:
    start, end = calendar.start(sprint), min(calendar.end(sprint), calendar.now)
    return start + (end - start) * chance.uniform(0.15, 0.97)


def _dated(work: Work, calendar: Calendar, chance: random.Random) -> Work:
    """With the times that are still missing."""
    ends = work.stage in ("done", "cancelled", "duplicate")
    ended = work.ended or (_within(0, calendar, chance) if ends else None)
    if work.type == "Epic":
        created = calendar.start(-CLOSED_SPRINTS) - timedelta(days=chance.randint(3, 20))
    else:
        first = min(work.sprints[0], 0) if work.sprints else 0
        created = calendar.start(first) - timedelta(days=chance.randint(1, 16), minutes=chance.randint(0, 600))
    return replace(work, created=_to_minute(created), ended=ended and _to_minute(ended))


def _to_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
