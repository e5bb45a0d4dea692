"""The company's goals in words, for every face."""

from collections.abc import Mapping

from syncer.report.company import CompanyGoal, CompanyTeam
from syncer.report.schema import Report
from syncer.report.wording import count, percent


def titles(report: Report) -> dict[str, str]:
    """Titles of objectives and key results, by id."""
    return {it.id: it.title for it in report.objectives} | {it.id: it.title for it in report.key_results}


def support(goal: CompanyGoal, teams: Mapping[str, str]) -> str:
    """`supported by PLT-O1; work of Payments, Mobile`."""
    parts = []
    if goal.supported_by:
        parts.append(f"supported by {', '.join(goal.supported_by)}")
    if goal.teams:
        parts.append(f"work of {', '.join(teams.get(team, team) for team in goal.teams)}")
    return "; ".join(parts) or "no team supports it"


def company_share(team: CompanyTeam, objective: str) -> str:
    """The part of a team's issues that goes to an objective; why it is not shown, where there is none."""
    if team.shares is None:
        return "too few people to show"
    return percent(next((it.share for it in team.shares if it.objective == objective), 0.0))


def company_lines(report: Report, teams: Mapping[str, str]) -> list[str]:
    """Each goal with what supports it, then where each team's sprint goes; empty where the company has no goal."""
    names, lines = titles(report), []
    for objective in report.company.objectives:
        lines.append(f"{objective.id} {names.get(objective.id, '')}: {support(objective, teams)}")
        lines += [f"{goal.id} {names.get(goal.id, '')}: {support(goal, teams)}" for goal in objective.key_results]
    for team in report.company.teams:
        shares = ", ".join(f"{it.id} {company_share(team, it.id)}" for it in report.company.objectives)
        lines.append(f"{team.name}: of {count(team.issues, 'sprint issue')} {shares}")
    return lines
