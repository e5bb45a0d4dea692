"""Watched figures: reached at once, missed the day after, unknown where nothing is known."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from support.builders import TODAY, a_checkin, a_kr, a_registry, a_scope, a_sprint, a_team, an_issue, manual, settings

from mappings.figures import Figures, work_out
from mappings.model import Reading, State
from mappings.watching import Standing, Watch, Watched, watched


def figures(problem: str | None = None, issues: int = 4) -> Figures:
    tagged = {"labels": ("okr:PAY-O1-KR1",), "sprints": ("7",)}
    rows = [an_issue("PAY-1", state=State.DONE, **tagged), *(an_issue(f"PAY-{n}", sprints=("7",)) for n in (2, 3, 4))]
    reading = Reading(
        scope=a_scope(), kind="memory", issues=tuple(rows[:issues]), sprints=(a_sprint("7"),), problem=problem
    )
    registry = a_registry(a_kr(measure=manual(), checkins=(a_checkin(value=6),)), a_kr("PAY-O1-KR2"))
    return work_out([reading], registry, settings(), TODAY)


def watch(figure: str, side: str = "at least", bound: str = "0.5", days: int = 1, **changes: Any) -> Watch:
    return Watch(
        name="w", team="payments", figure=figure, side=side, bound=Decimal(bound), by=TODAY + timedelta(days=days)
    )


def found(it: Watch, in_: Figures | None = None) -> Watched:
    [one] = watched([it], in_ or figures(), [a_team()])
    return one


@pytest.mark.parametrize(
    ("it", "standing", "value"),
    [
        (watch("unaligned"), Standing.REACHED, Fraction(3, 4)),
        (watch("unaligned", "at most"), Standing.OPEN, Fraction(3, 4)),
        (watch("unaligned", "at most", days=0), Standing.OPEN, Fraction(3, 4)),
        (watch("unaligned", "at most", days=-1), Standing.MISSED, Fraction(3, 4)),
        (watch("aligned", "at most", "0.25"), Standing.REACHED, Fraction(1, 4)),
        (watch("pay.o1.kr1"), Standing.REACHED, Fraction(6, 10)),
        (watch("PAY-O1-KR1.delivery", bound="1"), Standing.REACHED, Fraction(1)),
        (watch("PAY-O1-KR2"), Standing.UNKNOWN, None),
        (watch("NO-SUCH", days=-5), Standing.UNKNOWN, None),
    ],
)
def test_a_figure_is_reached_at_once_and_missed_after_its_day(
    it: Watch, standing: Standing, value: Fraction | None
) -> None:
    assert (found(it).standing, found(it).value) == (standing, value)


def test_what_is_said_names_the_figure_the_bound_the_day_and_what_it_is() -> None:
    assert found(watch("unaligned", "at most", "0.2")).said == (
        "unaligned of payments was to be at most 20 % by 2026-11-19; it is 75 %"
    )
    assert found(watch("PAY-O1-KR2")).said.endswith("; it is unknown")


def test_a_share_of_what_could_not_be_read_is_unknown_and_so_is_one_of_nothing() -> None:
    assert found(watch("unaligned"), figures("refused")).standing is Standing.UNKNOWN
    assert found(watch("unaligned"), figures(issues=0)).standing is Standing.UNKNOWN
