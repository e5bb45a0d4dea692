"""A sprint's work by what it is for."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from support.builders import TODAY, a_kr, a_registry, a_sprint, a_team, an_issue, settings

from mappings.alignment import SprintAlignment, align
from mappings.linking import Class, link_issues
from mappings.model import Issue, Sprint, State
from mappings.settings import RoutineClass, Rule


def aligned(*issues: Issue, sprints: tuple[Sprint, ...] = (a_sprint("7"),)) -> tuple[SprintAlignment, ...]:
    team = a_team(routine=(RoutineClass(name="bug", rules=(Rule(type="Bug"),)),))
    linked = link_issues(issues, (), sprints, a_registry(a_kr("PAY-O1-KR1")), settings(teams=(team,)), TODAY)
    return align(sprints, linked)


def in_sprint(key: str = "PAY-1", **changes: Any) -> Issue:
    return an_issue(key, **{"sprints": ("7",)} | changes)


def keys(found: SprintAlignment) -> list[str]:
    return [row.issue.key for row in found.rows]


def test_rows_are_the_issues_in_the_sprint_now_of_whatever_project() -> None:
    (found,) = aligned(in_sprint(), in_sprint("SHOP-1"), an_issue("PAY-2"), in_sprint("PAY-3", sprints=("6",)))

    assert keys(found) == ["PAY-1", "SHOP-1"]


@pytest.mark.parametrize(
    "changes", [{"level": -1}, {"level": 1}, {"level": 2}, {"state": State.CANCELLED}, {"tracker": "elsewhere"}]
)
def test_sub_tasks_epics_and_cancelled_work_are_no_rows(changes: dict[str, Any]) -> None:
    (found,) = aligned(in_sprint(**changes))

    assert found.rows == ()


@pytest.mark.parametrize("state", [State.OPEN, State.STARTED, State.DONE])
def test_work_in_every_other_state_is_a_row(state: State) -> None:
    (found,) = aligned(in_sprint(state=state, done_at=datetime(2026, 8, 1, tzinfo=UTC)))

    assert keys(found) == ["PAY-1"]


def test_classes_are_summed_by_issues_and_by_points() -> None:
    (found,) = aligned(
        in_sprint("PAY-1", labels=("okr:PAY-O1-KR1",), points=Decimal(3)),
        in_sprint("PAY-2", labels=("okr:PAY-O1-KR1",), points=None),
        in_sprint("PAY-3", type="Bug", points=Decimal("0.5")),
        in_sprint("PAY-4", labels=("okr:PAY-O1-KR9",), points=Decimal(2)),
        in_sprint("PAY-5", points=Decimal(8)),
    )

    assert [(found.issues(kind), found.points(kind)) for kind in Class] == [
        (2, 3),
        (1, Decimal("0.5")),
        (0, 0),
        (1, 8),
        (1, 2),
    ]
    assert (found.issues(), found.points(), found.estimated) == (5, Fraction(27, 2), 4)


def test_an_issue_of_two_sprints_is_a_row_of_each() -> None:
    found = aligned(in_sprint(sprints=("7", "8")), sprints=(a_sprint("8"), a_sprint("7")))

    assert [(each.sprint.id, keys(each)) for each in found] == [("7", ["PAY-1"]), ("8", ["PAY-1"])]


def test_a_sprint_that_two_scopes_read_stands_there_once() -> None:
    found = aligned(in_sprint(), sprints=(a_sprint("7", team="payments"), a_sprint("7", team="growth")))

    assert [(each.sprint.team, keys(each)) for each in found] == [("growth", ["PAY-1"])]


def test_sprints_of_one_name_are_told_apart_by_id_and_tracker() -> None:
    sprints = (a_sprint("7", name="S"), a_sprint("8", name="S"), a_sprint("7", name="S", tracker="other"))

    found = aligned(in_sprint(), in_sprint("PAY-2", sprints=("8",)), sprints=sprints)

    assert [(each.sprint.tracker, each.sprint.id, keys(each)) for each in found] == [
        ("memory", "7", ["PAY-1"]),
        ("memory", "8", ["PAY-2"]),
        ("other", "7", []),
    ]
