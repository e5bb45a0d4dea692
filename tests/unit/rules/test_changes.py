"""What moved a delivery since the last run, issue by issue."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from support.builders import TODAY, a_kr, a_period, a_registry, a_team, an_issue, settings

from mappings.changes import (
    Contribution,
    Remembered,
    contributions,
    explain_change,
    scope_split,
    uneven,
    vanished,
    what_moved,
)
from mappings.counting import Delivery, deliver
from mappings.linking import Linked, link_issues
from mappings.model import Issue, Ref, State
from mappings.settings import RuleSettings

KR = a_kr("PAY-O1-KR1")
NONE, THREE = Fraction(0), Fraction(3)
HALF = settings(started_credit=Decimal("0.5"))


def tagged(key: str = "PAY-1", number: int | None = 3, state: State = State.OPEN, **changes: Any) -> Issue:
    return an_issue(
        key,
        **{"labels": ("okr:PAY-O1-KR1",), "points": None if number is None else Decimal(number), "state": state}
        | changes,
    )


def counted(*issues: Issue, rules: RuleSettings | None = None) -> tuple[Delivery, dict[Ref, Linked]]:
    rules = rules or settings()
    linked = link_issues(issues, (), (), a_registry(KR), rules, TODAY)
    return deliver(KR, linked, (), a_period(), rules), linked


def explained(before: list[Issue], now: list[Issue], rules: RuleSettings | None = None) -> str:
    past, _ = counted(*before, rules=rules)
    present, linked = counted(*now, rules=rules)
    remembered = Remembered(score=None, delivery=past.share, lines=contributions(past))
    return explain_change(remembered, present, linked)


def test_a_change_names_its_issues_as_the_report_shows_them() -> None:
    before = [tagged("ENG-9"), tagged("ENG-12"), tagged("ENG-50", 1, State.DONE)]
    now = [
        tagged("ENG-9", state=State.CANCELLED), tagged("ENG-12", state=State.DONE), tagged("ENG-30", 5),
        tagged("ENG-50", 1, State.DONE),
    ]  # fmt: skip

    assert explained(before, now) == "14 % -> 44 %: ENG-12 done (3 points), ENG-30 added (5 points), ENG-9 cancelled"


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (tagged(), tagged(state=State.DONE), "PAY-1 done (3 points)"),
        (tagged(state=State.STARTED), tagged(state=State.DONE), "PAY-1 done (3 points)"),
        (tagged(), tagged(number=5, state=State.DONE), "PAY-1 done (5 points)"),
        (tagged(number=1), tagged(number=1, state=State.DONE), "PAY-1 done (1 point)"),
        (tagged(number=0), tagged(number=5, state=State.DONE), "PAY-1 done (5 points)"),
        (tagged(), tagged(state=State.STARTED), "PAY-1 started (3 points)"),
        (tagged(state=State.DONE), tagged(), "PAY-1 reopened (3 points)"),
        (tagged(state=State.DONE), tagged(state=State.STARTED), "PAY-1 reopened (3 points)"),
        (tagged(), tagged(number=5), "PAY-1 3 -> 5 points"),
        (tagged(number=3, state=State.DONE), tagged(number=2, state=State.DONE), "PAY-1 3 -> 2 points"),
        (tagged(number=2, state=State.DONE), tagged(number=3, state=State.DONE), "PAY-1 2 -> 3 points"),
        (tagged(number=8, state=State.STARTED), tagged(number=2, state=State.STARTED), "PAY-1 8 -> 2 points"),
        (tagged(), tagged(labels=()), "PAY-1 no longer counts here"),
        (tagged(), tagged(state=State.CANCELLED), "PAY-1 cancelled"),
    ],
)
def test_each_move_is_called_what_it_is(before: Issue, now: Issue, said: str) -> None:
    quiet = tagged("PAY-9", 10)

    assert explained([before, quiet], [now, quiet], HALF).partition(": ")[2] == said


def test_an_issue_that_no_reading_holds_can_no_longer_be_seen() -> None:
    assert explained([tagged(), tagged("PAY-2")], [tagged("PAY-2")]) == "0 % -> 0 %: PAY-1 can no longer be seen"


def test_nothing_moved_is_nothing_said() -> None:
    assert explained([tagged(state=State.DONE)], [tagged(state=State.DONE)]) == ""


def test_another_way_of_counting_is_called_so() -> None:
    now, linked = counted(tagged(state=State.DONE))
    before = Remembered(score=None, delivery=Fraction(1, 2), lines=contributions(now))

    assert explain_change(before, now, linked) == "50 % -> 100 %: the way it is counted changed"


def test_from_nothing_linked_to_something_is_from_unknown() -> None:
    assert explained([], [tagged(state=State.DONE)]) == "unknown -> 100 %: PAY-1 added (3 points)"


def test_a_weight_of_nothing_divides_nothing() -> None:
    rules = settings(teams=(a_team(unestimated=Decimal(0)),))

    assert explained([tagged(number=None)], [tagged(number=None, state=State.DONE)], rules) == ""


def moved(
    before: list[Issue], now: list[Issue], then: str | None = "0.3", score: str | None = "0.3"
) -> tuple[str, ...]:
    past, _ = counted(*before)
    present, linked = counted(*now)
    remembered = Remembered(
        score=None if then is None else Decimal(then), delivery=past.share, lines=contributions(past)
    )
    return what_moved(remembered, None if score is None else Decimal(score), present, linked)


def test_what_moved_is_the_outcome_the_work_and_how_it_was_cut() -> None:
    before, now = [tagged("PAY-1", 8)], [tagged("PAY-1", 3, State.DONE), tagged("PAY-2", 5)]

    assert moved(before, now, "0.3", "0.45") == (
        "outcome 30 % -> 45 %",
        "0 % -> 38 %: PAY-1 done (3 points), PAY-2 added (5 points)",
        "scope split: 1 -> 2 issues, still 8 points: count and points disagree",
    )
    assert moved(before, before) == ()
    assert moved(before, before, None, "0.45") == ("outcome unknown -> 45 %",)


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ([8], [3, 5], "1 -> 2 issues, still 8 points"),
        ([8, 8], [3, 5, 2], "2 -> 3 issues, 16 -> 10 points"),
        ([8], [3, 6], None),
        ([8], [8], None),
        ([3, 5], [8], None),
        ([], [8], None),
    ],
)
def test_more_issues_and_no_more_points_are_a_scope_that_was_split(
    before: list[int], now: list[int], said: str | None
) -> None:
    def those(points: list[int]) -> list[Issue]:
        return [tagged(f"PAY-{number}", each) for number, each in enumerate(points)]

    splits = [each for each in moved(those(before), those(now)) if each.startswith("scope split")]

    assert splits == ([f"scope split: {said}: count and points disagree"] if said else [])


def test_a_key_result_that_counts_issues_has_no_points_to_split() -> None:
    found, _ = counted(tagged("PAY-1", 8))
    before = Remembered(score=None, delivery=found.share, lines=contributions(found))
    now, _ = counted(tagged("PAY-1", 3), tagged("PAY-2", 5))

    assert scope_split(before, now) != ""
    assert scope_split(before, replace(now, unit="issues")) == ""


@pytest.mark.parametrize(
    ("done", "open_", "said"),
    [
        ([1, 1, 1, 1], [16], "80 % of the issues is done, 20 % of the points"),
        ([16], [1, 1, 1, 1], "20 % of the issues is done, 80 % of the points"),
        ([3], [7], None),  # 50 and 30 %: exactly twenty apart
        ([3], [8], "50 % of the issues is done, 27 % of the points"),
        ([0], [3], None),
        ([], [], None),
    ],
)
def test_work_of_unlike_sizes_is_told_where_count_and_points_are_more_than_twenty_apart(
    done: list[int], open_: list[int], said: str | None
) -> None:
    issues = [tagged(f"PAY-1{number}", points, State.DONE) for number, points in enumerate(done)]
    issues += [tagged(f"PAY-2{number}", points) for number, points in enumerate(open_)]

    found, _ = counted(*issues)

    assert uneven(found) == (f"count and points disagree: {said}" if said else "")
    assert uneven(replace(found, unit="issues")) == ""


def test_contributions_are_the_lines_sorted() -> None:
    found, _ = counted(tagged("PAY-2", state=State.DONE), tagged("PAY-1"))

    assert [(each.key, each.amount, each.done) for each in contributions(found)] == [
        ("PAY-1", THREE, NONE),
        ("PAY-2", THREE, THREE),
    ]


def test_vanished_issues_are_those_that_no_reading_holds_any_more() -> None:
    _, linked = counted(tagged("PAY-1"))

    def counted_before(key: str, tracker: str = "memory") -> Contribution:
        return Contribution(tracker=tracker, issue=f"id-{key}", key=key, amount=Fraction(1), done=Fraction(0))

    before = [
        counted_before("PAY-3"),
        counted_before("PAY-2"),
        counted_before("PAY-1"),
        counted_before("PAY-1", "other"),
    ]

    assert vanished(before, linked) == ("PAY-1", "PAY-2", "PAY-3")
