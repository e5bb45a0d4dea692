"""What past periods tell of a team's targets, and what somebody decided to live with."""

from datetime import date

import pytest
from support import builders as b

from mappings.findings import error, warning
from mappings.lint_ignores import Ignore, without_ignored
from mappings.lint_past import judge_past
from mappings.lint_rule import Look, Remark
from mappings.measures import Measure
from mappings.okrs import Status

Q2 = b.a_period("2026-Q2", start=date(2026, 4, 1), end=date(2026, 6, 30), closes=None)
Q3 = b.a_period("2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30), closes=date(2026, 10, 15))
ALWAYS, NEVER = "OKR116", "OKR117"


def past(period, id, value, **changes):
    """A key result of a past period from 0 to 10 that ended at `value`."""
    on = date(2026, 6, 30) if period == "2026-Q2" else date(2026, 10, 2)
    defaults = {"measure": b.manual(0, 10), "checkins": (b.a_checkin(on, value),), "objective": f"{period}-O"}
    kr = b.a_kr(id, period=period, **(defaults | changes))
    return b.an_objective(f"{period}-{id}", kr, period=period)


def remarks(*found, today=b.TODAY, now=("PAY-O1-KR1",)):
    current = [b.a_kr(id) for id in now]
    registry = b.a_registry(*found, *current, periods=(Q2, Q3, b.a_period()))
    return list(judge_past(Look(registry, b.settings(teams=(b.a_team(name="Payments"),)), today)))


def told(*found, **more):
    return [each.finding.rule for each in remarks(*found, **more)]


def ended(*values, **changes):
    """One in the second quarter, the others in the third."""
    periods = ["2026-Q2", *["2026-Q3"] * (len(values) - 1)]
    return [past(p, f"OLD-{n}", value, **changes) for n, (p, value) in enumerate(zip(periods, values, strict=True))]


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        ((10, 10, 10), [ALWAYS]), ((10, 12, 11), [ALWAYS]), ((10, 10, 9), []), ((10, 10), []),
        ((6, 2, 0), [NEVER]), ((-4, 2, 0), [NEVER]), ((6, 7, 0), []), ((6, 2), []),
    ],
)  # fmt: skip
def test_targets_that_are_always_met_or_never_reached_are_told(values, rules):
    assert told(*ended(*values)) == rules


def test_a_committed_one_is_meant_to_be_met_and_counts_as_reached_only_then():
    assert told(*ended(10, 10, 10, commitment="committed")) == []
    assert told(*ended(9, 9, 9, commitment="committed")) == [NEVER]
    assert told(*ended(9, 9, 9)) == []


def test_one_period_is_no_habit():
    of_one = [past("2026-Q3", f"OLD-{n}", 10) for n in range(4)]

    assert told(*of_one) == []
    assert told(*of_one, past("2026-Q2", "OLD-9", 10)) == [ALWAYS]


def test_the_last_value_by_the_closing_day_is_what_counts():
    late = (b.a_checkin(date(2026, 9, 1), 2), b.a_checkin(date(2026, 10, 15), 10), b.a_checkin(date(2026, 10, 16), 0))
    of_one_day = (b.a_checkin(date(2026, 10, 15), 2), b.a_checkin(date(2026, 10, 15), 10))

    assert told(*ended(10, 10), past("2026-Q3", "OLD-9", 0, checkins=late)) == [ALWAYS]
    assert told(*ended(10, 10), past("2026-Q3", "OLD-9", 0, checkins=of_one_day)) == [ALWAYS]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.RETIRED},
        {"status": Status.DRAFT},
        {"team": "growth", "teams": ("growth",)},
        {"checkins": ()},
        {"checkins": (b.a_checkin(date(2026, 9, 1), None),)},
        {"measure": Measure(kind="delivery")},
        {"measure": Measure(kind="qualitative", start=None)},
        {"measure": b.manual(5, 5)},
        {"measure": Measure(kind="query", target=b.manual(0, 10).target)},
        {"measure": Measure(kind="hold", start=b.manual(0, 10).start, target=b.manual(0, 10).target)},
    ],
)
def test_what_has_no_end_of_its_own_is_no_habit(changes):
    assert told(*ended(10, 10), past("2026-Q3", "OLD-9", 10, **changes)) == []


def test_what_is_not_over_is_not_past_and_without_a_goal_to_mend_nothing_is_told():
    assert told(*ended(10, 10, 10), today=date(2026, 10, 15)) == []
    assert told(*ended(10, 10, 10), now=()) == []


def test_it_is_told_once_at_the_teams_first_key_result():
    [found] = remarks(*ended(10, 10, 10), now=("PAY-O2-KR1", "PAY-O1-KR9", "PAY-O1-KR2"))

    assert found.finding.where == "okrs/pay.toml:PAY-O1-KR2"
    assert found.about == ("payments",)
    assert "last 3 aspirational key results of Payments" in found.finding.message


def remark(finding, *about):
    return Remark(finding=finding, about=about)


KR = remark(warning("OKR105", "a.toml:3", "x"), "PAY-O1-KR1", "PAY-O1", "payments")


@pytest.mark.parametrize(
    ("ignore", "is_left"),
    [
        (Ignore(rule="OKR105", reason="why"), False),
        (Ignore(rule="OKR105", about="pay.o1_kr1", reason="why"), False),
        (Ignore(rule="OKR105", about="PAY-O1", reason="why"), False),
        (Ignore(rule="OKR105", about="Payments", reason="why"), False),
        (Ignore(rule="OKR105", about="PAY-O1-KR2", reason="why"), True),
        (Ignore(rule="OKR104", about="PAY-O1-KR1", reason="why"), True),
    ],
)
def test_an_entry_leaves_out_its_rule_where_it_says(ignore, is_left):
    assert without_ignored([KR], [ignore], ()) == ((KR.finding,) if is_left else ())


def test_one_entry_that_matches_is_enough():
    entries = [Ignore(rule="OKR105", about="PAY-O9", reason="why"), Ignore(rule="OKR105", about="PAY-O1", reason="why")]

    assert without_ignored([KR], entries, ()) == ()


def test_an_error_stays_whatever_is_ignored():
    wrong = remark(error("OKR105", "a.toml:3", "x"), "PAY-O1-KR1")

    assert without_ignored([wrong], [Ignore(rule="OKR105", reason="why")], ()) == (wrong.finding,)


def test_an_entry_that_matches_nothing_is_told_where_its_rule_was_judged():
    dead = Ignore(rule="OKR104", about="PAY-O9", reason="one is enough", where="config.toml:30")

    [told_of_it] = without_ignored([], [dead], {"OKR104"})

    assert (told_of_it.rule, told_of_it.where) == ("OKR190", "config.toml:30")
    assert "OKR104 about PAY-O9" in told_of_it.message and "one is enough" in told_of_it.message
    assert without_ignored([], [dead], {"OKR105"}) == ()
    assert len(without_ignored([], [Ignore(rule="OKR104", reason="why")], {"OKR104"})) == 1
