"""What counts for a key result, once, and the share of it that is done."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from support.builders import TODAY, a_kr, a_period, a_registry, a_scope, a_team, an_issue, settings

from mappings.counting import Delivery, deliver
from mappings.figures import work_out
from mappings.linking import link_issues
from mappings.measures import Measure
from mappings.model import EPIC, SUB_TASK, Issue, Reading, State
from mappings.okrs import KeyResult
from mappings.settings import RuleSettings

TAG = ("okr:PAY-O1-KR1",)
OTHER = ("okr:PAY-O1-KR2",)
GROWTH = a_team("growth", scopes=(a_scope(team="growth", projects=("GRO",)),))


def delivery(
    *issues: Issue, kr: KeyResult | None = None, rules: RuleSettings | None = None, ancestors: Sequence[Issue] = ()
) -> Delivery:
    """Delivery of PAY-O1-KR1 from these issues."""
    kr, rules = kr or a_kr("PAY-O1-KR1"), rules or settings()
    linked = link_issues(issues, ancestors, (), a_registry(kr, a_kr("PAY-O1-KR2")), rules, TODAY)
    return deliver(kr, linked, ancestors, a_period(), rules)


def counted(found: Delivery) -> list[str]:
    return sorted(line.issue.key for line in found.lines)


def sums(found: Delivery) -> list[Any]:
    """What is done, of how much, and the share."""
    return [found.done, found.total, found.share]


def tagged(key: str = "PAY-1", **changes: Any) -> Issue:
    return an_issue(key, **{"labels": TAG} | changes)


def done(key: str = "PAY-1", **changes: Any) -> Issue:
    return tagged(key, **{"state": State.DONE, "done_at": datetime(2026, 11, 3, tzinfo=UTC)} | changes)


def points(number: int | str | None) -> dict[str, Any]:
    return {"points": None if number is None else Decimal(number)}


def below(parent: str, key: str, number: int | None, **changes: Any) -> Issue:
    """A sub-task that inherits its tag."""
    return an_issue(key, **{"parent": f"id-{parent}", "level": SUB_TASK, **points(number)} | changes)


# What counts


@pytest.mark.parametrize(
    ("parent", "children", "expected"),
    [
        (5, (2, 3), ["PAY-1"]),
        (5, (None, None), ["PAY-1"]),
        (0, (2, 3), ["PAY-1"]),
        (None, (None, None), ["PAY-1"]),
        (None, (2, None), ["PAY-2"]),
        (None, (2, 3), ["PAY-2", "PAY-3"]),
    ],
)
@pytest.mark.parametrize("level", [SUB_TASK, 0])
def test_children_count_through_a_parent_with_an_estimate_or_where_none_has_one(
    parent: int | None, children: tuple[int | None, int | None], expected: list[str], level: int
) -> None:
    found = delivery(
        tagged("PAY-1", **points(parent)),
        *(below("PAY-1", f"PAY-{n}", size, level=level) for n, size in enumerate(children, 2)),
    )

    assert counted(found) == expected


def test_a_grandchilds_estimate_counts_instead_of_all_above_it() -> None:
    found = delivery(
        tagged("PAY-1", **points(None)),
        below("PAY-1", "PAY-2", None, level=0),
        below("PAY-2", "PAY-3", 8, level=0),
        below("PAY-1", "PAY-4", None, level=0),
    )

    assert counted(found) == ["PAY-3"]


def test_an_epic_does_not_count_beside_a_child_linked_to_the_same_key_result() -> None:
    epic = tagged("PAY-100", level=EPIC, **points(40))

    found = delivery(epic, an_issue("PAY-1", parent=epic.id), an_issue("PAY-2", parent=epic.id))

    assert counted(found) == ["PAY-1", "PAY-2"]


def test_an_epic_counts_itself_while_no_child_is_linked_to_the_same_key_result() -> None:
    epic = tagged("PAY-100", level=EPIC)

    assert counted(delivery(epic, an_issue("PAY-1", parent=epic.id, labels=OTHER))) == ["PAY-100"]


def test_what_is_above_epics_does_not_count_beside_work_two_levels_below() -> None:
    top = tagged("PAY-200", level=2)
    epic = an_issue("PAY-100", level=EPIC, parent=top.id, labels=OTHER)

    found = delivery(top, an_issue("PAY-1", parent=epic.id, labels=TAG), ancestors=(epic,))

    assert counted(found) == ["PAY-1"]


def test_an_epic_below_another_counts_instead_of_it() -> None:
    top, epic = tagged("PAY-200", level=2), an_issue("PAY-100", level=EPIC, parent="id-PAY-200")

    assert counted(delivery(top, epic)) == ["PAY-100"]


def test_a_sub_task_right_under_an_epic_counts_on_its_own() -> None:
    assert counted(delivery(tagged("PAY-100", level=EPIC), below("PAY-100", "PAY-1", None))) == ["PAY-1"]


def test_a_child_tagged_to_another_key_result_counts_there_on_its_own() -> None:
    parent, child = tagged("PAY-1", **points(5)), below("PAY-1", "PAY-2", 3, labels=TAG)

    assert counted(delivery(an_issue("PAY-1", labels=OTHER, **points(5)), child)) == ["PAY-2"]
    assert counted(delivery(parent, below("PAY-1", "PAY-2", 3, labels=OTHER))) == ["PAY-1"]


def test_a_sub_task_whose_parent_is_no_work_here_counts_on_its_own() -> None:
    story = tagged("PAY-1")

    assert counted(delivery(below("PAY-1", "PAY-2", None), ancestors=(story,))) == ["PAY-2"]
    assert counted(delivery(below("hidden", "PAY-2", None, labels=TAG))) == ["PAY-2"]


def test_a_cancelled_issue_between_two_does_not_make_one_piece_of_work_two() -> None:
    found = delivery(
        tagged("PAY-1", **points(5)),
        below("PAY-1", "PAY-2", None, level=0, state=State.CANCELLED),
        below("PAY-2", "PAY-3", 3, level=0),
    )

    assert counted(found) == ["PAY-1"]


def test_in_a_circle_of_parents_each_counts_itself_once() -> None:
    circle = [
        tagged("PAY-1", parent="id-PAY-2"),
        tagged("PAY-2", parent="id-PAY-1"),
        tagged("PAY-3", parent="id-PAY-3"),
    ]

    assert counted(delivery(*circle)) == ["PAY-1", "PAY-2", "PAY-3"]


def test_what_hangs_below_a_circle_counts_itself_too() -> None:
    circle = [
        tagged("PAY-1", parent="id-PAY-2"),
        tagged("PAY-2", parent="id-PAY-1"),
        tagged("PAY-3", parent="id-PAY-1"),
    ]

    assert counted(delivery(*circle)) == ["PAY-1", "PAY-2", "PAY-3"]


@pytest.mark.parametrize(
    ("at", "counts"),
    [("2026-09-30T23:59:59+00:00", False), ("2026-10-01T00:00:00+00:00", True), (None, True)],
)
def test_work_finished_before_the_period_began_is_left_out(at: str | None, counts: bool) -> None:
    found = delivery(done(done_at=datetime.fromisoformat(at) if at else None), tagged("PAY-2"))

    assert ("PAY-1" in counted(found)) == counts


def test_the_companys_time_zone_says_which_day_it_was_finished() -> None:
    issue = done(done_at=datetime(2026, 9, 30, 22, 30, tzinfo=UTC))

    assert counted(delivery(issue, rules=settings(zone=timezone(timedelta(hours=2))))) == ["PAY-1"]
    assert counted(delivery(issue)) == []


def test_an_open_issue_with_an_old_finish_counts() -> None:
    reopened = tagged(state=State.STARTED, done_at=datetime(2026, 8, 1, tzinfo=UTC))

    assert counted(delivery(reopened)) == ["PAY-1"]


def test_cancelled_work_leaves_the_denominator() -> None:
    found = delivery(done(**points(2)), tagged("PAY-2", state=State.CANCELLED, **points(8)))

    assert sums(found) == [2, 2, 1]


# Delivery


def test_delivery_is_the_share_of_the_points_that_is_done() -> None:
    found = delivery(
        done(**points(3)), tagged("PAY-2", **points("2.5")), tagged("PAY-3", state=State.STARTED, **points(2))
    )

    assert (found.unit, sums(found)) == ("points", [3, Fraction(15, 2), Fraction(2, 5)])


@pytest.mark.parametrize(
    ("kr", "team", "unit"),
    [
        ("issues", "points", "issues"),
        ("points", "issues", "points"),
        (None, "issues", "issues"),
        (None, "points", "points"),
    ],
)
def test_the_unit_is_the_key_results_else_its_teams(kr: str | None, team: str, unit: str) -> None:
    rules = settings(teams=(GROWTH, a_team(unit=team)))

    assert delivery(done(**points(3)), kr=a_kr("PAY-O1-KR1", unit=kr), rules=rules).unit == unit


def test_without_a_declared_team_the_unit_is_points() -> None:
    assert delivery(done(), rules=settings(teams=())).unit == "points"


def test_in_issues_every_issue_is_one_whatever_its_points() -> None:
    found = delivery(
        done(**points(8)),
        tagged("PAY-2", **points(1)),
        tagged("PAY-3", **points(None)),
        kr=a_kr("PAY-O1-KR1", unit="issues"),
    )

    assert (sums(found), found.unestimated) == ([1, 3, Fraction(1, 3)], 1)


@pytest.mark.parametrize(("credit", "share"), [(0, Fraction(0)), ("0.5", Fraction(1, 2)), (1, Fraction(1))])
def test_work_in_progress_earns_the_configured_credit(credit: int | str, share: Fraction) -> None:
    assert delivery(tagged(state=State.STARTED), rules=settings(started_credit=Decimal(credit))).share == share


@pytest.mark.parametrize(("default", "total"), [("1", 3), ("3", 5), ("0", 2)])
def test_an_unestimated_issue_counts_its_teams_default_and_is_counted_apart(default: str, total: int) -> None:
    rules = settings(teams=(a_team(unestimated=Decimal(default)),))

    found = delivery(done(**points(2)), tagged("PAY-2", **points(None)), rules=rules)

    assert (sums(found)[1], found.unestimated) == (total, 1)


def test_a_negative_estimate_is_nothing() -> None:
    assert delivery(done(**points(2)), tagged("PAY-2", **points(-5))).total == 2


def test_no_linked_work_is_unknown_and_not_zero() -> None:
    found = delivery(an_issue())

    assert (found.done, found.total, found.share, found.lines) == (None, None, None, ())


def test_work_that_is_all_estimated_at_zero_is_unknown_and_keeps_its_lines() -> None:
    found = delivery(done(**points(0)), tagged("PAY-2", **points(0)))

    assert (found.share, found.total, counted(found)) == (None, None, ["PAY-1", "PAY-2"])


def test_an_issue_of_two_key_results_counts_half_for_each() -> None:
    found = delivery(done(labels=TAG + OTHER, **points(5)), tagged("PAY-2", **points(5)))

    assert (found.done, found.total) == (Fraction(5, 2), Fraction(15, 2))


SHARED = a_kr("PAY-O1-KR1", teams=("payments", "growth"))


def test_a_strange_projects_stray_issue_has_no_vote_of_its_own() -> None:
    forty = [done(f"PAY-{number}", **points(5)) for number in range(1, 41)]

    assert delivery(*forty, tagged("XYZ-1", **points(1))).share == Fraction(200, 201)
    assert delivery(*forty, tagged("XYZ-1", **points(1))).teams == ()


def test_what_is_below_an_epic_speaks_for_it_finished_before_the_period_or_cancelled_too() -> None:
    epic = tagged("PAY-1", level=EPIC)
    old = done("PAY-2", parent="id-PAY-1", done_at=datetime(2026, 9, 1, tzinfo=UTC))
    cancelled = tagged("PAY-3", parent="id-PAY-1", state=State.CANCELLED)

    assert delivery(epic, old, cancelled).share is None
    assert delivery(epic).total == 1


def test_two_teams_scales_are_not_added_but_their_shares_averaged() -> None:
    rules = settings(teams=(a_team(), GROWTH))

    found = delivery(
        done("PAY-1", **points(1)),
        tagged("PAY-2", **points(1)),
        done("GRO-1", **points(100)),
        kr=SHARED,
        rules=rules,
    )

    assert sums(found) == [None, None, Fraction(3, 4)]
    assert found.teams == (("growth", Fraction(1)), ("payments", Fraction(1, 2)))


def test_a_team_whose_work_weighs_nothing_has_no_share_in_the_mean() -> None:
    rules = settings(teams=(a_team(), GROWTH))
    found = delivery(done("PAY-1"), tagged("GRO-1", **points(0)), kr=SHARED, rules=rules)

    assert sums(found) == [None, None, 1]
    assert found.teams == (("payments", Fraction(1)),)


def test_counted_in_issues_teams_are_added() -> None:
    found = delivery(
        done("PAY-1"),
        tagged("PAY-2"),
        done("GRO-1"),
        kr=a_kr("PAY-O1-KR1", unit="issues"),
        rules=settings(teams=(a_team(), GROWTH)),
    )

    assert (sums(found), found.teams) == ([2, 3, Fraction(2, 3)], ())


@pytest.mark.parametrize(("target", "share"), [(20, Fraction(1, 4)), (5, Fraction(1)), (3, Fraction(1))])
def test_a_fixed_target_replaces_what_is_tagged_so_far(target: int, share: Fraction) -> None:
    kr = a_kr("PAY-O1-KR1", measure=Measure(kind="delivery", target=Decimal(target)))

    found = delivery(done(**points(5)), tagged("PAY-2", **points(50)), kr=kr)

    assert sums(found) == [5, target, share]


def test_the_target_of_a_number_is_no_amount_of_work() -> None:
    kr = a_kr("PAY-O1-KR1", measure=Measure(kind="manual", start=Decimal(12), target=Decimal(3)))

    assert delivery(done(), tagged("PAY-2"), kr=kr).total == 2


def test_each_line_says_its_team_share_and_amount() -> None:
    (line,) = delivery(done(labels=TAG + OTHER, **points(3))).lines

    assert (line.issue.key, line.team, line.share, line.amount, line.done) == (
        "PAY-1",
        "payments",
        Fraction(1, 2),
        Fraction(3, 2),
        Fraction(3, 2),
    )


def test_an_unestimated_issue_counts_what_its_tracker_says_before_what_the_config_says() -> None:
    registry = a_registry(a_kr())
    issue = an_issue(points=None, default_points=Decimal(3), labels=("okr:PAY-O1-KR1",))
    found = work_out([Reading(scope=a_scope(), kind="memory", issues=(issue,))], registry, settings(), TODAY)

    assert found.key_results["PAY-O1-KR1"].delivery.total == 3
    assert found.key_results["PAY-O1-KR1"].delivery.unestimated == 1


def test_a_family_however_deep_is_walked() -> None:
    """Linear nests sub-issues without end; a thousand generations would end Python's recursion."""
    generations = [
        an_issue(f"PAY-{n}", parent=f"id-PAY-{n - 1}", labels=TAG, **points(8 if n == 1100 else None))
        for n in range(1, 1101)
    ]

    assert counted(delivery(*generations)) == ["PAY-1100"]
