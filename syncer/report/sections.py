"""What the faces show in common: which lines go where, and in which order. Never a ranking of people or teams."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from syncer.report.goals import ReportKeyResult, ReportObjective
from syncer.report.planning import FollowedSprint, NextIssue, NextSprint
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
from syncer.report.wording import count

AT_MOST = 5
"""So many lines of what to talk about are shown."""

_NOT_DONE = ("left-alone", "refused", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One thing worth a talk, with the place on the page that says more, where there is one."""

    text: str
    anchor: str
    title: str = ""
    """Of the key result that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveGroup:
    """An objective with its key results, in the order of the document."""

    objective: ReportObjective
    key_results: tuple[ReportKeyResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamWork:
    """A team's issues that are tied to no key result."""

    key: str
    """The team's."""
    team: str
    """Its name."""
    work: tuple[Work, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedCounts:
    """How many of the issues that were tied to nothing, or wrongly, became what."""

    tied: int
    routine: int
    dropped: int
    left: int

    @classmethod
    def of(cls, sprint: FollowedSprint) -> "FollowedCounts":
        """Of one sprint."""
        found = Counter(it.became for it in sprint.issues)
        return cls(tied=found["tied"], routine=found["routine"], dropped=found["dropped"], left=found["left"])


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
    groups = (TeamWork(key=team, team=names.get(team, team), work=tuple(rows.values())) for team, rows in found.items())
    return tuple(sorted(groups, key=lambda group: group.team.casefold()))


def urls(report: Report) -> dict[tuple[str, str], str]:
    """(tracker, key) -> URL, for rows that name an issue and do not carry its address."""
    return {(work.tracker, work.key): work.url for work in report.work}


def listed(work: Iterable[Work | NextIssue]) -> list[tuple[str, str, str]]:
    """(tracker, key, address) of issues, for one link to all of them."""
    return [(it.tracker, it.key, it.url) for it in work]


def listed_tags(tags: Iterable[BrokenTag], address: Mapping[tuple[str, str], str]) -> list[tuple[str, str, str]]:
    """The same of broken tags."""
    return [(it.tracker, it.key, address.get((it.tracker, it.key), "")) for it in tags]


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


def talk(report: Report) -> tuple[Topic, ...]:
    """What to talk about, worst first, at most five. Empty when nothing needs a talk."""
    teams, titles = {team.key for team in report.teams}, {kr.id: kr.title for kr in report.key_results}
    found = []
    for line in report.talk[:AT_MOST]:
        is_of_goal = line.subject in ("no_work", "flat", "waiting") and line.key_result in titles
        of_team = f"team={line.team}" if line.team in teams else ""
        anchor = f"kr={line.key_result}" if is_of_goal else of_team
        found.append(Topic(text=line.text, anchor=anchor, title=titles.get(line.key_result or "", "")))
    return tuple(found)


def doubted(report: Report) -> str:
    """The objectives that a check-in called into doubt, in a sentence; empty where there is none."""
    found = [change.kr for change in report.goal_changes if change.what == "in doubt"]
    return f"{count(len(found), 'objective')} that may no longer be right: see {', '.join(found)}" if found else ""


def needs_a_look(report: Report, team: ReportTeam) -> bool:
    """Something does not hold that the team agreed on, or its sprint could not be read."""
    is_unread = any(it.scope == f"{it.tracker}/{team.key}" for it in problems(report))
    over = any(is_over_budget(row) for row in routine_of(team))
    return bool(team.remarks) or team.issues.broken > 0 or over or is_unread


def followed_by_name(report: Report) -> tuple[tuple[ReportTeam, FollowedSprint, FollowedCounts], ...]:
    """What became of what was found in planning, of each team of which that is known."""
    return tuple(
        (team, team.followed, FollowedCounts.of(team.followed))
        for team in teams_by_name(report)
        if team.followed is not None
    )


def next_sprints_by_name(report: Report) -> tuple[NextSprint, ...]:
    """The sprints that are planned, by the names of their teams."""
    names = team_names(report)
    return tuple(sorted(report.next_sprints, key=lambda it: names.get(it.team, it.team).casefold()))


def missing_unsaid(plan: NextSprint) -> tuple[str, ...]:
    """The key results with nothing planned that no remark names: a team may have agreed not to be told."""
    return tuple(kr for kr in plan.missing if not any(f" {kr} is behind" in remark for remark in plan.remarks))


def teams_of_work(report: Report) -> dict[tuple[str, str], str]:
    """(tracker, key) -> team's key, for rows that do not carry it."""
    return {(work.tracker, work.key): work.team for work in report.work}


def teams_of_objective(group: ObjectiveGroup) -> str:
    """Keys of every team that has a part in it, for a filter."""
    return " ".join(sorted({group.objective.team, *(kr.team for kr in group.key_results)}))


def routine_of(team: ReportTeam) -> tuple[RoutineShare, ...]:
    """The team's routine classes; none where no sprint issue is there to take a share of."""
    return team.routine if team.issues.total else ()


def is_over_budget(row: RoutineShare) -> bool:
    """A budget was set, and the class took more."""
    return row.share is not None and row.budget is not None and row.share > row.budget
