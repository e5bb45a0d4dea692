"""Linear's own progress beside ours: its rule, and in words why the two differ."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from support.builders import an_issue

from mappings.counting import Delivery, Line, undelivered
from mappings.linears_progress import beside_linears, by_linears_rule
from mappings.model import Issue, State


def a_delivery(*issues: Issue) -> Delivery:
    lines = tuple(
        Line(issue=issue, team="growth", share=Fraction(1), amount=Fraction(1), done=Fraction(0)) for issue in issues
    )
    return Delivery(unit="points", done=Fraction(0), total=Fraction(1), share=Fraction(0), unestimated=0, lines=lines)


def of(state: State, points: int | None = 1, **changes: Any) -> Issue:
    return an_issue(state=state, points=None if points is None else Decimal(points), **changes)


@pytest.mark.parametrize(
    ("issues", "share"),
    [
        ([of(State.DONE), of(State.OPEN)], Fraction(1, 2)),
        ([of(State.STARTED), of(State.OPEN)], Fraction(1, 8)),
        ([of(State.DONE, 3), of(State.STARTED, 4), of(State.OPEN, 3)], Fraction(4, 10)),
        ([of(State.DONE), of(State.CANCELLED, 50)], Fraction(1)),
        ([of(State.DONE), of(State.OPEN, None, default_points=Decimal(3))], Fraction(1, 4)),
        ([of(State.DONE), of(State.OPEN, None)], Fraction(1, 2)),
        ([of(State.CANCELLED)], None),
        ([], None),
    ],
)
def test_started_work_is_a_quarter_done_and_cancelled_work_is_none(issues: list[Issue], share: Fraction | None) -> None:
    assert by_linears_rule(issues) == share


def test_where_its_rule_gives_another_figure_for_our_work_the_reason_is_said() -> None:
    said = beside_linears(Decimal("0.47"), a_delivery(of(State.DONE), of(State.OPEN)))

    assert said.startswith(
        "Linear shows 47 %: it counts a quarter of started work; by its rule we come to 50 %, for it"
    )


def test_where_its_rule_gives_the_same_for_our_work_the_rule_is_the_reason() -> None:
    said = beside_linears(Decimal("0.125"), a_delivery(of(State.STARTED), of(State.OPEN)))

    assert said.endswith("by its rule we come to the same")


def test_without_linked_work_its_figure_stands_alone() -> None:
    said = beside_linears(Decimal("0"), undelivered("points"))

    assert said == "Linear shows 0 %: it counts a quarter of started work"
