"""A sprint as it is planned: what supports which key result, what is tied to nothing, and what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from mappings.alignment import SprintAlignment
from mappings.figures import Figures
from mappings.linking import Class, Linked
from mappings.model import Health, State
from mappings.okrs import normal_id
from mappings.settings import Team

BEHIND = (Health.OFF_TRACK, Health.AT_RISK, Health.STALE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPlan:
    """One team's sprint, or sprints, seen from its goals."""

    team: Team
    sprints: tuple[SprintAlignment, ...]
    rows: tuple[Linked, ...]
    """The issues, each once."""
    shares: tuple[tuple[str, Fraction], ...]
    """(key result, its share of the issues), largest first; an issue of two counts in parts."""
    missing: tuple[str, ...]
    """The team's key results that are behind and have nothing planned or in progress."""

    def of(self, *kinds: Class) -> tuple[Linked, ...]:
        """The rows of these classes."""
        return tuple(row for row in self.rows if row.kind in kinds)

    def share(self, *kinds: Class) -> Fraction | None:
        """The share of the issues that is of these classes; None where there are none."""
        return Fraction(len(self.of(*kinds)), len(self.rows)) if self.rows else None


def team_plans(sprints: Iterable[SprintAlignment], figures: Figures, teams: Iterable[Team]) -> tuple[TeamPlan, ...]:
    """A plan for each team that has one of these sprints, by the team's key. Kanban windows are no plan."""
    by_team: dict[str, list[SprintAlignment]] = {}
    for alignment in sprints:
        if not alignment.sprint.is_window:
            by_team.setdefault(alignment.sprint.team, []).append(alignment)
    known = {team.key: team for team in teams}
    return tuple(_plan(known.get(key, Team(key=key)), tuple(by_team[key]), figures) for key in sorted(by_team))


def _plan(team: Team, sprints: tuple[SprintAlignment, ...], figures: Figures) -> TeamPlan:
    rows = {row.issue.ref: row for alignment in sprints for row in alignment.rows}
    parts: dict[str, Fraction] = {}
    for row in rows.values():
        for share in row.shares:
            parts[share.kr] = parts.get(share.kr, Fraction(0)) + share.share
    planned = {kr for kr, part in parts.items() if part} | {
        share.kr for found in figures.linked.values() if found.issue.state is State.STARTED for share in found.shares
    }
    missing = [
        it.kr.id
        for it in figures.key_results.values()
        if team.key in (it.kr.team, *it.kr.teams)
        and it.verdict.health in BEHIND
        and not it.unread
        and it.kr.id not in planned
    ]
    return TeamPlan(
        team=team,
        sprints=sprints,
        rows=tuple(rows[ref] for ref in sorted(rows)),
        shares=tuple(
            (kr, part / len(rows)) for kr, part in sorted(parts.items(), key=lambda it: (-it[1], normal_id(it[0])))
        ),
        missing=tuple(sorted(missing, key=normal_id)),
    )
