"""The company's own goals: what supports them, what nothing supports, what part of each team's sprint goes to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mappings.alignment import SprintAlignment
from mappings.figures import Figures
from mappings.linking import Linked
from mappings.okrs import Objective, Registry
from mappings.routine import rows_of
from mappings.settings import RuleSettings, Team

SMALL_TEAMS = "small teams"


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """A goal of the company and what works for it."""

    goal: str
    """Id of the objective or key result."""
    objectives: tuple[str, ...]
    """Ids of the objectives that support it."""
    teams: tuple[str, ...]
    """Keys of the teams with work that is tied to it."""

    def __bool__(self) -> bool:
        """Anything at all."""
        return bool(self.objectives or self.teams)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What part of a team's sprint issues, or of the small teams' together, goes to each objective of the company."""

    name: str
    teams: int
    issues: int
    shares: tuple[tuple[str, Fraction], ...] | None
    """(objective's id, share of the issues), those it has; the rest goes elsewhere. None: too few people to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyObjective:
    """One objective of the company."""

    support: Support
    key_results: tuple[Support, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyView:
    """All of it; no objectives where the company has none in force."""

    objectives: tuple[CompanyObjective, ...]
    teams: tuple[Spread, ...]

    @property
    def unsupported(self) -> tuple[str, ...]:
        """Ids of key results that no team supports, neither by an objective nor by work."""
        return tuple(kr.goal for objective in self.objectives for kr in objective.key_results if not kr)


def company_view(
    figures: Figures, registry: Registry, settings: RuleSettings, sprints: Sequence[SprintAlignment]
) -> CompanyView:
    """The view from the objectives that are no team's and support nothing. `sprints`: those of the report."""
    tops = {objective.id: top for objective in registry.objectives if (top := _top(objective, registry))}
    company = [each for each in registry.objectives if each.id in figures.objectives and tops.get(each.id) == each.id]
    working: dict[str, set[str]] = {}
    for found in figures.linked.values():
        for share in found.shares:
            working.setdefault(share.kr, set()).add(found.team.key)
    objectives = []
    for objective in company:
        key_results = tuple(
            Support(
                goal=kr.id,
                objectives=figures.key_results[kr.id].supported_by,
                teams=tuple(sorted(working.get(kr.id, ()))),
            )
            for kr in objective.key_results
            if kr.id in figures.key_results
        )
        support = Support(
            goal=objective.id,
            objectives=figures.objectives[objective.id].from_below,
            teams=tuple(sorted({team for kr in key_results for team in kr.teams})),
        )
        objectives.append(CompanyObjective(support=support, key_results=key_results))
    ids = [each.support.goal for each in objectives]
    top_of = {kr.id: tops[kr.objective] for kr in registry.key_results if tops.get(kr.objective) in ids}
    return CompanyView(objectives=tuple(objectives), teams=_spreads(sprints, settings, top_of) if ids else ())


def _top(objective: Objective, registry: Registry) -> str | None:
    """Id of the company's objective at the upper end of what it supports; None where a team's is there, or no end."""
    seen = {objective.id}
    while above := registry.above(objective):
        if above.id in seen:
            return None
        seen.add(above.id)
        objective = above
    return None if objective.team else objective.id


def _spreads(
    sprints: Sequence[SprintAlignment], settings: RuleSettings, top_of: Mapping[str, str]
) -> tuple[Spread, ...]:
    """By name, the small teams last: those whose number of people is said and under the config's. Together they are
    shown where they come to that number.
    """
    least = settings.merge_teams_under
    small = [team for team in settings.teams if team.people is not None and team.people < least]
    rows = {team.key: list(rows_of(team, sprints).values()) for team in settings.teams}
    found = [_spread(team.title, [team], rows, top_of) for team in settings.teams if team not in small]
    found.sort(key=lambda spread: spread.name.casefold())
    if small:
        few = sum(team.people or 0 for team in small) < least
        found.append(_spread(SMALL_TEAMS, small, rows, {} if few else top_of, few=few))
    return tuple(spread for spread in found if spread.issues)


def _spread(
    name: str, teams: Sequence[Team], rows: Mapping[str, Iterable[Linked]], top_of: Mapping[str, str], few: bool = False
) -> Spread:
    every = [row for team in teams for row in rows[team.key]]
    parts: dict[str, Fraction] = {}
    for row in every:
        for share in row.shares:
            if share.kr in top_of:
                top = top_of[share.kr]
                parts[top] = parts.get(top, Fraction(0)) + Fraction(share.share) / len(every)
    return Spread(name=name, teams=len(teams), issues=len(every), shares=None if few else tuple(sorted(parts.items())))
