"""What the faces show in common: which lines go where, and in which order. Never a ranking of people or teams."""

from collections.abc import Iterable
from dataclasses import dataclass

from syncer.report.goals import ReportKeyResult, ReportObjective
from syncer.report.part import ClassCounts
from syncer.report.schema import (
    BrokenTag,
    Flag,
    Report,
    ReportSprint,
    ReportTagCard,
    ReportTeam,
    RoutineShare,
    ScopeReading,
    Work,
)
from syncer.report.wording import count, percent

_BEHIND = ("off_track", "at_risk", "stale")
_NOT_DONE = ("left-alone", "refused", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One thing worth a talk, with the place on the page that says more."""

    text: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveGroup:
    """An objective with its key results, in the order of the document."""

    objective: ReportObjective
    key_results: tuple[ReportKeyResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamWork:
    """A team's issues that are tied to no key result."""

    team: str
    work: tuple[Work, ...]


def problems(report: Report) -> tuple[ScopeReading, ...]:
    """The scopes that were not read completely."""
    return tuple(reading for reading in report.readings if not reading.complete)


def readings_with_problems_first(report: Report) -> tuple[ScopeReading, ...]:
    """Problems, then the rest; by name within both."""
    return tuple(sorted(report.readings, key=lambda reading: (reading.complete, reading.scope)))


def team_names(report: Report) -> dict[str, str]:
    """Team key -> name for people; an unknown key names itself on use (`names.get(key, key)`)."""
    return {team.key: team.name for team in report.teams}


def teams_by_name(report: Report) -> tuple[ReportTeam, ...]:
    """The teams, alphabetically: no order of merit."""
    return tuple(sorted(report.teams, key=lambda team: (team.name.casefold(), team.key)))


def tag_cards_by_name(report: Report) -> tuple[ReportTagCard, ...]:
    """The tag cards, by the names of their teams."""
    names = team_names(report)
    return tuple(sorted(report.tag_cards, key=lambda card: names.get(card.team, card.team).casefold()))


def sprints_of(report: Report, team: str) -> tuple[ReportSprint, ...]:
    """The sprints that a team's figures are taken from, earliest end first."""
    return tuple(
        sorted((s for s in report.sprints if s.team == team), key=lambda s: (str(s.end or "9999"), s.tracker, s.id))
    )


def sprints_by_team(report: Report) -> tuple[ReportSprint, ...]:
    """All sprints, by team name."""
    names = team_names(report)
    return tuple(
        sorted(report.sprints, key=lambda s: (names.get(s.team, s.team).casefold(), str(s.end or "9999"), s.id))
    )


def sum_of(teams: Iterable[ReportTeam]) -> ClassCounts:
    """The teams' issues added, for a headline: by issues, for points do not add across teams."""
    counts = [team.issues for team in teams]
    return ClassCounts(
        total=sum(c.total for c in counts),
        aligned=sum(c.aligned for c in counts),
        routine=sum(c.routine for c in counts),
        unaligned=sum(c.unaligned for c in counts),
        broken=sum(c.broken for c in counts),
        new=sum(c.new for c in counts),
    )


def key_results_by_objective(report: Report) -> tuple[ObjectiveGroup, ...]:
    """Every objective that has key results here, or a score from below, in the order of the document."""
    groups = (
        ObjectiveGroup(
            objective=objective, key_results=tuple(kr for kr in report.key_results if kr.objective == objective.id)
        )
        for objective in report.objectives
    )
    return tuple(group for group in groups if group.key_results or group.objective.supported_by)


def key_results_without_objective(report: Report) -> tuple[ReportKeyResult, ...]:
    """Those whose objective the document does not hold: shown all the same."""
    known = {objective.id for objective in report.objectives}
    return tuple(kr for kr in report.key_results if kr.objective not in known)


def unaligned_by_team(report: Report) -> tuple[TeamWork, ...]:
    """Work without a key result, by team name. Service teams are held against budgets instead, and not listed."""
    names = team_names(report)
    service = {team.key for team in report.teams if team.mode == "service"}
    found: dict[str, dict[tuple[str, str], Work]] = {}
    for work in report.work:
        if work.class_ == "unaligned" and work.team not in service:
            found.setdefault(work.team, {}).setdefault((work.tracker, work.key), work)
    groups = (TeamWork(team=names.get(team, team), work=tuple(rows.values())) for team, rows in found.items())
    return tuple(sorted(groups, key=lambda group: group.team.casefold()))


def urls(report: Report) -> dict[tuple[str, str], str]:
    """(tracker, key) -> URL, for rows that name an issue and do not carry its address."""
    return {(work.tracker, work.key): work.url for work in report.work}


def writes_with(report: Report, *statuses: str) -> tuple[ReportKeyResult, ...]:
    """Key results whose write ended in one of the statuses."""
    return tuple(kr for kr in report.key_results if kr.write.status in statuses)


def flags_with(report: Report, *statuses: str) -> tuple[Flag, ...]:
    """Flags that ended in one of the statuses."""
    return tuple(flag for flag in report.flags if flag.status in statuses)


def writes_not_made(report: Report) -> tuple[ReportKeyResult, ...]:
    """Left alone, refused or failed: each has a reason."""
    return writes_with(report, *_NOT_DONE)


def flags_not_made(report: Report) -> tuple[Flag, ...]:
    """Left alone, refused or failed."""
    return flags_with(report, *_NOT_DONE)


def broken_tags(report: Report) -> tuple[BrokenTag, ...]:
    """By tracker and key, so that two runs list them alike."""
    return tuple(sorted(report.broken_tags, key=lambda tag: (tag.tracker, tag.key, tag.place, tag.text)))


def topics(report: Report) -> tuple[Topic, ...]:
    """What to talk about, in the order of the page. Empty when nothing calls for a talk."""
    live = [kr for kr in report.key_results if kr.status == "live"]
    product = sum_of(team for team in report.teams if team.mode == "product")
    tags = len(report.broken_tags)
    found = []
    if product.unaligned:
        text = f"{product.unaligned:,} of {count(product.total, 'sprint issue')} tied to no key result"
        found.append(Topic(text=text, anchor="unaligned"))
    for team in teams_by_name(report):
        for row in team.routine:
            if is_over_budget(row):
                spent = f"{row.class_} took {percent(row.share)} of the sprint, budget {percent(row.budget)}"
                found.append(Topic(text=f"{team.name}: {spent}", anchor="sprints"))
    for chosen, what in (
        ([kr for kr in live if kr.health in _BEHIND], "behind or silent"),
        ([kr for kr in live if kr.waits_on], "waiting for a goal that is off track or retired"),
        ([kr for kr in live if not kr.links], "without any work"),
        ([kr for kr in live if kr.mismatch], "where work done and outcome disagree"),
    ):
        if chosen:
            found.append(Topic(text=f"{count(len(chosen), 'key result')} {what}: {_ids(chosen)}", anchor="key-results"))
    doubted = [change.kr for change in report.goal_changes if change.what == "in doubt"]
    if doubted:
        text = f"{count(len(doubted), 'objective')} that may no longer be right: see {', '.join(doubted)}"
        found.append(Topic(text=text, anchor="goal-changes"))
    if tags:
        text = f"{count(tags, 'tag')} that {'names' if tags == 1 else 'name'} no live key result"
        found.append(Topic(text=text, anchor="broken"))
    return tuple(found)


def routine_of(team: ReportTeam) -> tuple[RoutineShare, ...]:
    """The team's routine classes; none where no sprint issue is there to take a share of."""
    return team.routine if team.issues.total else ()


def is_over_budget(row: RoutineShare) -> bool:
    """A budget was set, and the class took more."""
    return row.share is not None and row.budget is not None and row.share > row.budget


def _ids(key_results: list[ReportKeyResult], most: int = 5) -> str:
    rest = len(key_results) - most
    return ", ".join(kr.id for kr in key_results[:most]) + (f" and {rest} more" if rest > 0 else "")
