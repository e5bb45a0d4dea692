"""A planned sprint seen from the goals, and the gate that a team puts before it."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from support.builders import TODAY, a_checkin, a_kr, a_registry, a_scope, a_sprint, a_team, an_issue, manual, settings

from mappings.figures import work_out
from mappings.gate import mended_by, remarks
from mappings.linking import BrokenTag, Class
from mappings.model import Issue, Reading, State
from mappings.okrs import KeyResult
from mappings.planning import TeamPlan, team_plans
from mappings.settings import Gate, RoutineClass, Team

BEHIND = {"measure": manual(), "checkins": (a_checkin(value=1),)}


def planned(
    *issues: Issue, krs: tuple[KeyResult, ...] = (a_kr(),), team: Team | None = None, problem: str | None = None
) -> TeamPlan:
    team = team or a_team()
    sprints = (a_sprint("8", state="future"), a_sprint("w", is_window=True))
    reading = Reading(scope=a_scope(), kind="memory", issues=issues, sprints=sprints, problem=problem)
    rules = settings(teams=(team,))
    figures = work_out([reading], a_registry(*krs), rules, TODAY)
    [plan] = team_plans(figures.planned, figures, rules.teams)
    return plan


def work(key: str, *tags: str, **changes: Any) -> Issue:
    return an_issue(key, **{"labels": tuple(f"okr:{tag}" for tag in tags), "sprints": ("8",)} | changes)


def said(plan: TeamPlan, gate: Gate | None = None, likely: dict[str, str] | None = None) -> list[tuple[str, str]]:
    known = {("memory", f"id-{key}"): kr for key, kr in (likely or {}).items()}
    return [(it.rule, it.text) for it in remarks(plan, gate or Gate(), known)]


def test_the_planned_share_of_each_key_result_is_by_issues_largest_first() -> None:
    krs = (a_kr("PAY-O1-KR1"), a_kr("PAY-O1-KR2"))

    plan = planned(work("PAY-1", "PAY-O1-KR2"), work("PAY-2", "PAY-O1-KR1", "PAY-O1-KR2"), work("PAY-3"), krs=krs)

    assert plan.shares == (("PAY-O1-KR2", Fraction(1, 2)), ("PAY-O1-KR1", Fraction(1, 6)))
    assert plan.share(Class.UNALIGNED) == Fraction(1, 3)
    assert planned().share(Class.UNALIGNED) is None


def test_a_key_result_that_is_behind_and_has_nothing_planned_is_missing() -> None:
    krs = (*(a_kr(f"PAY-O1-KR{n}", **BEHIND) for n in (1, 2, 3)), a_kr("GRO-O1-KR1", team="growth", **BEHIND))
    started = work("PAY-2", "PAY-O1-KR2", sprints=(), state=State.STARTED)

    assert planned(work("PAY-1", "PAY-O1-KR1"), started, krs=krs).missing == ("PAY-O1-KR3",)
    assert planned(krs=krs, problem="refused").missing == ()


def test_a_kanban_window_is_no_plan_and_an_undeclared_team_has_one() -> None:
    reading = Reading(scope=a_scope(), kind="memory", sprints=(a_sprint("9", state="future", team="nobody"),))
    figures = work_out([reading], a_registry(), settings(), TODAY)

    assert [plan.team.key for plan in team_plans(figures.planned, figures, settings().teams)] == ["nobody"]


def test_a_sprint_in_which_all_holds_has_no_remark() -> None:
    assert said(planned(*(work(f"PAY-{n}", "PAY-O1-KR1") for n in range(4)), work("PAY-9"))) == []


def test_each_thing_that_does_not_hold_is_said_with_what_was_agreed() -> None:
    team = a_team(routine=(RoutineClass(name="bug", budget=Decimal("0.1")),))
    krs = (a_kr(), a_kr("PAY-O1-KR2", **BEHIND))
    issues = [work("PAY-1", "PAY-O1-KR1"), work("PAY-2"), work("PAY-3"), work("PAY-4", "PAY-O1-KR9")]

    found = said(planned(*issues, work("PAY-5", "none-bug"), krs=krs, team=team), likely={"PAY-2": "PAY-O1-KR1"})

    assert found == [
        (
            "unaligned",
            "payments: 2 of 5 issues (40 %) are tied to no key result, at most 20 % was agreed; 1 looks like one",
        ),
        ("broken", "payments: 1 issue has a tag that names no live key result, at most 0 was agreed"),
        ("missing", "payments: PAY-O1-KR2 is behind and nothing is planned for it"),
        ("budget", "payments: bug takes 20 % of the sprint, budget 10 %"),
    ]


def test_what_a_team_does_not_ask_is_not_said() -> None:
    team = a_team(routine=(RoutineClass(name="bug", budget=Decimal(0)),))
    issues = [work("PAY-2"), work("PAY-4", "PAY-O1-KR9"), work("PAY-5", "none-bug")]
    nothing = Gate(unaligned=Decimal(1), broken=9, missing=False, budgets=False)

    assert said(planned(*issues, krs=(a_kr(**BEHIND),), team=team), nothing) == []


def test_a_service_team_is_not_asked_for_alignment() -> None:
    assert said(planned(work("PAY-1"), team=a_team(mode="service"))) == []


def test_routine_work_within_its_budget_is_no_remark() -> None:
    team = a_team(routine=(RoutineClass(name="bug", budget=Decimal("0.5")),))

    assert said(planned(work("PAY-1", "PAY-O1-KR1"), work("PAY-2", "none-bug"), team=team)) == []


def test_the_active_sprint_is_judged_likewise_and_its_window_is_not() -> None:
    sprints = (a_sprint("8"), a_sprint("w", is_window=True))
    reading = Reading(scope=a_scope(), kind="memory", issues=(work("PAY-1"),), sprints=sprints)
    figures = work_out([reading], a_registry(), settings(), TODAY)

    [plan] = team_plans(figures.sprints, figures, settings().teams)

    assert [it.sprint.id for it in plan.sprints] == ["8"]


def test_an_empty_sprint_says_so_and_nothing_else() -> None:
    assert said(planned(krs=(a_kr(**BEHIND),))) == [("empty", "payments: nothing is planned yet")]


@pytest.mark.parametrize(("suggestion", "likely", "mended"), [("A", "B", "A"), (None, "B", "B"), (None, "", "")])
def test_a_wrong_tags_own_suggestion_comes_before_what_the_work_looks_like(
    suggestion: str | None, likely: str, mended: str
) -> None:
    [row] = planned(work("PAY-1")).rows
    tag = BrokenTag(tracker="memory", key="PAY-1", text="x", place="label", reason="r", suggestion=suggestion)

    assert mended_by(row, {row.issue.ref: likely} if likely else {}, [tag]) == mended
