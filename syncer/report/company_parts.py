"""The part of report.json about the company's own goals, from a run."""

from collections.abc import Sequence

from mappings.alignment import SprintAlignment
from mappings.company import Support, company_view
from mappings.figures import Figures
from mappings.visibility import for_everybody
from syncer.report.company import Company, CompanyGoal, CompanyObjective, CompanyShare, CompanyTeam
from syncer.run import Run


def company_part(run: Run, figures: Figures, sprints: Sequence[SprintAlignment]) -> Company:
    """The view, empty where the company has no objective in force."""
    view = company_view(figures, for_everybody(run.registry), run.config.rules, sprints)
    return Company(
        objectives=tuple(
            CompanyObjective(
                id=it.support.goal,
                supported_by=it.support.objectives,
                teams=it.support.teams,
                key_results=tuple(_goal(kr) for kr in it.key_results),
            )
            for it in view.objectives
        ),
        unsupported=view.unsupported,
        teams=tuple(
            CompanyTeam(
                name=it.name,
                teams=it.teams,
                issues=it.issues,
                shares=None
                if it.shares is None
                else tuple(CompanyShare(objective=goal, share=float(share)) for goal, share in it.shares),
            )
            for it in view.teams
        ),
    )


def _goal(support: Support) -> CompanyGoal:
    return CompanyGoal(id=support.goal, supported_by=support.objectives, teams=support.teams)
