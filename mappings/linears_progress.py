"""Linear's own progress of a project beside ours, and why the two differ.

Linear counts (completed + a quarter of what is in progress) / all that is not cancelled, in points, an unestimated
issue at its team's default (Linear's schema, `Project.progress`).
"""

from decimal import Decimal
from fractions import Fraction

from mappings.counting import Delivery
from mappings.model import Issue, State
from mappings.rounding import percent

_CREDIT = {State.DONE: Fraction(1), State.STARTED: Fraction(1, 4)}


def beside_linears(shown: Decimal, delivery: Delivery) -> str:
    """One sentence: what Linear shows, and what its rule gives for the work that we count."""
    begins = f"Linear shows {percent(shown)}: it counts a quarter of started work"
    ours = by_linears_rule([line.issue for line in delivery.lines])
    if ours is None:
        return begins
    if percent(ours) == percent(shown):
        return f"{begins}; by its rule we come to the same"
    return (
        f"{begins}; by its rule we come to {percent(ours)}, for it counts every issue of the project, and we what is "
        "linked, a family once, and nothing that was done before the period"
    )


def by_linears_rule(issues: list[Issue]) -> Fraction | None:
    """The share of these issues that Linear would count as done; None where there is nothing to count."""
    sizes = [(issue, _size(issue)) for issue in issues if issue.state is not State.CANCELLED]
    whole = sum((size for _, size in sizes), Fraction(0))
    done = sum((_CREDIT.get(issue.state, Fraction(0)) * size for issue, size in sizes), Fraction(0))
    return done / whole if whole else None


def _size(issue: Issue) -> Fraction:
    points = issue.points if issue.points is not None else issue.default_points
    return Fraction(1 if points is None else points)
