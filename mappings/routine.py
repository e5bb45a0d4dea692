"""What routine work took of a team's sprint, against its budgets. Routine work is fine; over its budget is a talk."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from mappings.alignment import SprintAlignment
from mappings.linking import Class, Linked
from mappings.model import Ref
from mappings.settings import Team


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """One class of routine work in the team's sprints."""

    name: str
    """Of the class; empty for work that is declared routine and of none."""
    budget: Decimal | None
    """As a share of the sprint's issues; None: the team set none."""
    issues: int
    share: Fraction | None
    """None: no sprint issues to take a share of."""

    @property
    def is_over(self) -> bool:
        """A budget was set, and the class took more."""
        return self.share is not None and self.budget is not None and self.share > Fraction(self.budget)


def rows_of(team: Team, sprints: Iterable[SprintAlignment]) -> dict[Ref, Linked]:
    """The issues of the team's sprints, each once, whichever of its sprints it is in."""
    return {row.issue.ref: row for it in sprints if it.sprint.team == team.key for row in it.rows}


def spent(team: Team, rows: Iterable[Linked]) -> tuple[Spent, ...]:
    """The team's classes in the order of its config, then the ones that only tags declare, by name."""
    rows = tuple(rows)
    routine = [row for row in rows if row.kind is Class.ROUTINE]
    declared = {row.routine for row in routine} - {it.name for it in team.routine}
    classes = [(it.name, it.budget) for it in team.routine] + [(name, None) for name in sorted(declared)]
    found = []
    for name, budget in classes:
        issues = sum(1 for row in routine if row.routine == name)
        share = Fraction(issues, len(rows)) if rows else None
        found.append(Spent(name=name, budget=budget, issues=issues, share=share))
    return tuple(found)
