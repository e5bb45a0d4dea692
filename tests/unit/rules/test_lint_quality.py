"""What lint says of a registry's shape: how many, whose, how measured, what they support."""

from datetime import date

import pytest
from support import builders as b

from mappings.figures import work_out
from mappings.findings import warning
from mappings.lint_quality import RULES, as_remarks, judge, judged_rules
from mappings.lint_rule import GOAL, REGISTRY, TRACKERS, Look, by_team
from mappings.measures import Measure, Milestone
from mappings.model import Reading
from mappings.okrs import Status

YEAR = b.a_period("2026", start=date(2026, 1, 1), end=date(2026, 12, 31), closes=None)
Q3 = b.a_period("2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30), closes=date(2026, 10, 15))
Q4 = b.a_period()
SHAPE = {"OKR101", "OKR102", "OKR103", "OKR104", "OKR105", "OKR106", "OKR108", "OKR109", "OKR110", "OKR111"}


def said(*found, people=None, periods=(YEAR, Q3, Q4), rules=SHAPE, whole=True, **teams):
    teams = (b.a_team(name="Payments", people=people), b.a_team("growth"))
    look = Look(b.a_registry(*found, periods=periods), b.settings(teams=teams), b.TODAY)
    remarks = sorted(judge(look, whole=whole), key=lambda each: (each.finding.rule, each.finding.message))
    return [each for each in remarks if each.finding.rule in rules]


def told(*found, **more):
    return [each.finding.rule for each in said(*found, **more)]


def kr(id="PAY-O1-KR1", **changes):
    return b.a_kr(id, **{"title": f"The number of {id}", "owner": "lead", "measure": b.manual(12, 3)} | changes)


def objective(id="PAY-O1", count=2, **changes):
    team, period = changes.get("team", "payments"), changes.get("period", "2026-Q4")
    words = ("Apples", "Bridges", "Candles", "Drums", "Eagles", "Forests")
    key_results = [
        kr(f"{id}-KR{n}", title=f"{words[n]} of {id}", team=team, teams=(team or "growth",), period=period)
        for n in range(count)
    ]
    return b.an_objective(id, *key_results, **changes)


def several(count, **changes):
    return [objective(f"PAY-O{n}", **changes) for n in range(count)]


@pytest.mark.parametrize(
    ("people", "count", "rules"),
    [
        (None, 2, ["OKR102"]), (None, 3, []), (None, 5, []), (None, 6, ["OKR101"]),
        (9, 1, ["OKR102"]), (9, 2, []), (9, 3, []), (9, 4, ["OKR101"]),
        (10, 2, ["OKR102"]), (10, 3, []), (10, 5, []), (10, 6, ["OKR101"]),
    ],
)  # fmt: skip
def test_a_team_has_three_to_five_objectives_and_a_small_one_two_or_three(people, count, rules):
    assert told(*several(count), people=people) == rules


def test_a_team_whose_size_is_not_said_is_told_where_to_say_it():
    [few] = said(*several(2))
    [few_of_many] = said(*several(2), people=12)

    assert "Payments has 2 objectives in 2026-Q4: 3 to 5 are usual; 2 or 3 where they are fewer than 10" in str(few)
    assert "teams.payments.people" in str(few) and "people in the config" not in str(few_of_many)
    assert "Payments, 12 people, has 2" in str(few_of_many)
    assert few.about == ("payments",)


def test_objectives_are_counted_period_by_period_and_the_companys_only_when_there_are_too_many():
    of_the_year = [objective(f"PAY-Y{n}", period="2026") for n in range(3)]

    assert told(*several(3), *of_the_year) == []
    assert told(objective("CO-1", team="")) == []
    assert told(*[objective(f"CO-{n}", team="") for n in range(6)]) == ["OKR101"]


def test_what_is_over_is_not_judged():
    over = objective("PAY-O1", count=6, period="2026-Q3")

    assert told(over) == []
    assert told(over, periods=(b.a_period("2026-Q3", closes=None, end=b.TODAY),)) != []


@pytest.mark.parametrize(("count", "rules"), [(0, []), (1, ["OKR104"]), (2, []), (4, []), (5, ["OKR103"])])
def test_an_objective_has_two_to_four_key_results(count, rules):
    assert told(objective("PAY-O1", count), *several(3)[1:], objective("PAY-O5")) == rules


def test_only_what_lives_or_is_a_draft_is_counted_and_judged():
    gone = [kr(f"PAY-O1-KR{n}", owner="", status=Status.RETIRED) for n in range(4, 7)]
    replaced = kr("PAY-O1-KR7", owner="", status=Status.REPLACED, replaced_by="PAY-O1-KR4")
    with_gone = b.an_objective("PAY-O1", *objective().key_results, *gone, replaced)
    draft = b.an_objective("PAY-O1", kr(), kr("PAY-O1-KR2", owner="", title="Another", status=Status.DRAFT))

    assert told(with_gone, *several(3)[1:], objective("PAY-O5")) == []
    assert told(draft, *several(3)[1:], objective("PAY-O5")) == ["OKR105"]


def test_an_objective_that_others_support_may_have_one_key_result():
    above = objective("CO-1", 1, team="", period="2026")

    assert told(above, *[objective(f"PAY-O{n}", supports="co_1") for n in range(3)]) == []


@pytest.mark.parametrize(
    ("owner", "rules"),
    [
        ("", ["OKR105"]), ("  ", ["OKR105"]), ("payments lead", []), ("Ann", []),
        ("Ann and Bo", ["OKR106"]), ("Ann, Bo", ["OKR106"]), ("Ann/Bo", []), ("Ann / Bo", ["OKR106"]),
        ("payments lead and mobile lead", ["OKR106"]), ("Head of Product & Head of Design", ["OKR106"]),
        ("search and recommendations lead", []), ("VP, Engineering", []), ("Head of Research and Development", []),
        ("ann@acme.example; bo@acme.example", ["OKR106"]), (",", []),
    ],
)  # fmt: skip
def test_a_key_result_has_one_owner(owner, rules):
    with_owner = b.an_objective("PAY-O1", kr(owner=owner), kr("PAY-O1-KR2", title="Another"))

    assert told(with_owner, *several(3)[1:], objective("PAY-O5")) == rules


def test_a_period_lies_inside_the_period_of_what_is_supported():
    three = [objective(f"PAY-O{n}", supports="CO-1") for n in range(3)]
    of_the_year, of_the_quarter = (objective("CO-1", team="", period=period) for period in ("2026", "2026-Q4"))
    of_last_quarter = objective("CO-1", team="", period="2026-Q3")

    assert told(of_the_year, *three) == [] == told(of_the_quarter, *three)
    assert told(of_last_quarter, *three) == ["OKR108"] * 3
    assert told(objective("PAY-O1", supports="CO-2", period="2026"), objective("CO-2", team="")).count("OKR108") == 1


def test_a_key_results_period_lies_inside_its_objectives():
    outside = b.an_objective("PAY-O1", kr(period="2026"), kr("PAY-O1-KR2", title="Another"))

    [found] = said(outside, *several(3)[1:], objective("PAY-O5"))

    assert (found.finding.rule, found.about) == ("OKR108", ("PAY-O1-KR1", "PAY-O1", "payments"))


def test_a_team_supports_the_company_once_at_least():
    company = objective("CO-1", team="", period="2026")
    others = several(3)

    assert told(company, *others) == ["OKR109"]
    assert told(company, *others[1:], objective("PAY-O0", supports="CO-1")) == []
    assert told(*others) == []


def test_a_team_with_a_key_result_in_an_objective_of_the_company_supports_it():
    other = kr("CO-1-KR2", title="Other", team="growth")
    shared = b.an_objective("CO-1", kr("CO-1-KR1"), other, team="", period="2026-Q4")

    assert told(shared, *several(3)) == []


def test_an_objective_of_the_company_in_another_period_asks_for_nothing():
    later = b.a_period("2027", start=date(2027, 1, 1), end=date(2027, 12, 31), closes=None)

    assert told(objective("CO-1", team="", period="2027"), *several(3), periods=(Q4, later)) == []


@pytest.mark.parametrize(
    ("own", "rules"),
    [
        ("Cut P1 incidents from 12 to 3", ["OKR110"]),
        ("cut  P1-incidents, from 12 to 3!", ["OKR110"]),
        ("Cut the P1 incidents from 12 to 3", ["OKR110"]),
        ("Cut P1 incidents from 5 to 1", []),
        ("Cut P1 incidents of our own services from 12 to 3", []),
        ("Bring the minutes until a page is answered from 12 to 3", []),
    ],
)
def test_a_key_result_that_copies_what_its_objective_supports_is_told(own, rules):
    parent = b.an_objective(
        "CO-1", kr("CO-1-KR1", title="Cut P1 incidents from 12 to 3", teams=("growth",), team="growth"),
        kr("CO-1-KR2", title="Shops stay", teams=("growth",), team="growth"), team="",
    )  # fmt: skip
    team = [objective(f"PAY-O{n}") for n in range(1, 3)]
    by_objective = b.an_objective("PAY-O0", kr(title=own), kr("PAY-O1-KR2", title="Another"), supports="CO-1")
    by_key_result = b.an_objective("PAY-O0", kr(title=own), kr("PAY-O1-KR2", title="Another"), supports="co.1.kr1")
    by_the_other = b.an_objective("PAY-O0", kr(title=own), kr("PAY-O1-KR2", title="Another"), supports="CO-1-KR2")

    assert told(parent, by_objective, *team) == rules == told(parent, by_key_result, *team)
    assert told(parent, by_the_other, *team) == []


def test_an_objective_that_copies_the_one_it_supports_is_told_and_one_that_supports_itself_is_not():
    parent = objective("CO-1", team="", title="Checkout never lets a customer down")
    copy = objective("PAY-O0", title="Checkout never lets a customer down", supports="CO-1")
    itself = objective("PAY-O0", supports="PAY-O0")

    assert told(parent, copy, *several(3)[1:]) == ["OKR110"]
    assert told(itself, *several(3)[1:]) == []
    assert told(objective("PAY-O0", supports="NOBODY"), *several(3)[1:]) == []


def test_an_objective_has_a_key_result_that_is_not_work_done():
    done, steps = Measure(kind="delivery"), Measure(kind="milestones", milestones=(Milestone(title="A"),))
    two = several(3)[1:]

    assert told(b.an_objective("PAY-O0", kr(measure=done), kr("B", title="B", measure=steps)), *two) == ["OKR111"]
    assert told(b.an_objective("PAY-O0", kr(measure=done), kr("B", title="B")), *two) == []


def test_without_the_whole_registry_only_goals_are_judged_and_without_trackers_no_work():
    assert told(*several(6), whole=False) == []
    assert told(objective(count=5), whole=False) == ["OKR103"]
    needs = {rule.id: rule.needs for rule in RULES}
    assert {needs[id] for id in judged_rules(whole=False, trackers=False)} == {GOAL}
    assert {needs[id] for id in judged_rules(whole=True, trackers=False)} == {GOAL, REGISTRY}
    assert {needs[id] for id in judged_rules(whole=True, trackers=True)} == {GOAL, REGISTRY, TRACKERS}


def test_a_doubted_objective_is_told_at_the_key_result_whose_check_in_denied_it():
    denied = kr(checkins=(b.a_checkin(still_right=False),))

    [found] = said(b.an_objective("PAY-O1", denied), rules={"OKR036"})

    assert found.finding.where == denied.where
    assert found.about == ("PAY-O1-KR1", "PAY-O1", "payments")


def test_a_finding_about_structure_is_known_by_the_goals_on_its_line():
    registry = b.a_registry(b.an_objective("PAY-O1", kr(where="a.toml:9"), where="a.toml:2"))

    remarks = as_remarks([warning("OKR012", place, "") for place in ("a.toml:2", "a.toml:9", "a.toml:1")], registry)

    assert [each.about for each in remarks] == [("PAY-O1", "payments"), ("PAY-O1-KR1", "PAY-O1", "payments"), ()]


def test_the_company_is_named_as_such_and_a_team_by_its_name_where_it_has_one():
    look = Look(b.a_registry(), b.settings(teams=(b.a_team(name="Payments"),)), b.TODAY)

    assert [look.name_of(team) for team in ("payments", "growth", "")] == ["Payments", "growth", "the company"]
    assert list(by_team(look)) == []


def test_the_work_is_judged_where_figures_of_it_are_at_hand_and_not_otherwise():
    registry, settings = b.a_registry(objective(), periods=(Q4,)), b.settings()
    look = Look(registry, settings, b.TODAY)
    figures = work_out([Reading(scope=b.a_scope(), kind="memory")], registry, settings, b.TODAY)

    without = {each.finding.rule for each in judge(look, whole=True)}
    with_work = {each.finding.rule for each in judge(look, whole=True, figures=figures)}

    assert not {rule for rule in without if "OKR131" <= rule <= "OKR138"}
    assert {rule for rule in with_work if "OKR131" <= rule <= "OKR138"}
