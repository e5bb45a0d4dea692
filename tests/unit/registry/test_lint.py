from datetime import date
from decimal import Decimal

import pytest
from support import builders as b

from mappings.lint import ERROR, WARNING, lint
from mappings.measures import Measure
from mappings.okrs import Status
from mappings.targets import Target

TRACKERS = {"jira-main": "jira", "linear-main": "linear", "ram": "memory"}
Q3 = b.a_period("2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30), closes=None)


def findings(*found, periods=None, declared=()):
    return lint(b.a_registry(*found, periods=periods), b.settings(), TRACKERS, declared=declared)


def rules(*found, **more):
    return [finding.rule for finding in findings(*found, **more)]


def kr(id="PAY-O1-KR1", **changes):
    return b.a_kr(id, **changes)


def delivery(target):
    return Measure(kind="delivery", target=Decimal(target))


def test_a_sound_registry_has_no_findings():
    everything = kr(
        "PAY-O1-KR2",
        measure=b.manual(12, 3),
        write=Target("linear-main", "project", "abc"),
        binds=(Target("jira-main", "issue", "PAY-100"), Target("ram", "initiative", "any")),
        depends_on=("pay.o1.kr1", "PAY-O1"),
        scopes=("memory/payments",),
        checkins=(b.a_checkin(date(2027, 1, 15), confidence=10),),
        aliases=("pay-o1_KR2", "incidents"),
    )

    assert findings(kr(measure=delivery(20), write=Target("", "file", "PAY-O1-KR1")), everything) == ()


@pytest.mark.parametrize(
    ("rule", "severity", "wrong"),
    [
        ("OKR001", ERROR, (kr(), kr("pay_o1.kr1"))),
        ("OKR001", ERROR, (kr(), b.an_objective("PAY-O1-KR1", kr("X-1")))),
        ("OKR003", ERROR, (kr(), kr("PAY-O1-KR2", aliases=("pay/o1/kr1",)))),
        ("OKR003", ERROR, (kr(aliases=("same",)), kr("PAY-O1-KR2", aliases=("Same",)))),
        ("OKR004", ERROR, (kr(measure=b.manual(3, 3)),)),
        ("OKR005", ERROR, (kr(measure=Measure(kind="manual", start=Decimal(1))),)),
        ("OKR005", ERROR, (kr(measure=Measure(kind="manual", target=Decimal(1))),)),
        ("OKR006", ERROR, (kr(status=Status.REPLACED),)),
        ("OKR006", ERROR, (kr(status=Status.REPLACED, replaced_by="NONE"),)),
        ("OKR006", ERROR, (kr(status=Status.REPLACED, replaced_by="PAY-O1-KR1"),)),
        ("OKR007", ERROR, (b.an_objective("PAY-O1", kr(), supports="NONE"),)),
        ("OKR007", ERROR, (b.an_objective("PAY-O1", kr(), supports="PAY-O1-KR1"),)),
        ("OKR008", ERROR, (kr(depends_on=("NONE",)),)),
        ("OKR009", ERROR, (kr(team="", teams=()),)),
        ("OKR009", ERROR, (kr(teams=("payments", "nobody")),)),
        ("OKR009", ERROR, (b.an_objective("PAY-O1", kr(), team="nobody"),)),
        ("OKR011", WARNING, (kr(checkins=(b.a_checkin(date(2027, 1, 16), None),)),)),
        ("OKR011", WARNING, (kr(checkins=(b.a_checkin(date(2026, 9, 30), None),)),)),
        ("OKR012", WARNING, (b.an_objective("PAY-O1"),)),
        (
            "OKR013",
            ERROR,
            (
                kr(write=Target("jira-main", "issue", "OKR-1")),
                kr("PAY-O1-KR2", write=Target("jira-main", "issue", "okr-1")),
            ),
        ),
        ("OKR014", ERROR, (kr(checkins=(b.a_checkin(value=None, confidence=11),)),)),
        ("OKR014", ERROR, (kr(checkins=(b.a_checkin(value=None, confidence=-1),)),)),
        ("OKR015", ERROR, (kr(binds=(Target("none", "issue", "A-1"),)),)),
        ("OKR015", ERROR, (kr(binds=(Target("jira-main", "project", "PAY"),)),)),
        ("OKR016", ERROR, (kr(write=Target("none", "issue", "A-1")),)),
        ("OKR016", ERROR, (kr(write=Target("jira-main", "initiative", "A")),)),
        ("OKR017", ERROR, (kr(weight=Decimal("-0.1")),)),
        ("OKR018", ERROR, (kr(scopes=("memory/nobody",)),)),
        ("OKR019", ERROR, (kr(measure=delivery(0)),)),
    ],
)
def test_each_rule_finds_what_it_is_for_and_nothing_else_does(rule, severity, wrong):
    assert [(finding.rule, finding.severity) for finding in findings(*wrong)] == [(rule, severity)]


@pytest.mark.parametrize(
    "period",
    [
        b.a_period(start=date(2026, 10, 2), end=date(2026, 10, 1), closes=None, where="okrs/pay.toml:1"),
        b.a_period(closes=date(2026, 12, 30), where="okrs/pay.toml:1"),
    ],
)
def test_a_period_must_run_forward(period):
    (finding,) = findings(periods=(period,))

    assert (finding.rule, finding.where) == ("OKR010", "okrs/pay.toml:1")


def test_an_id_is_unique_for_ever_and_the_later_period_is_told():
    old = b.an_objective("OLD-O1", kr(period="2026-Q3", title="Something else", objective="OLD-O1"), period="2026-Q3")

    found = findings(kr(where="okrs/pay.toml:9"), old, periods=(Q3, b.a_period()))

    assert [(finding.rule, finding.where) for finding in found] == [("OKR002", "okrs/pay.toml:9")]


def test_an_id_that_comes_back_with_its_title_is_declared_twice():
    old = b.an_objective("OLD-O1", kr(period="2026-Q3", objective="OLD-O1"), period="2026-Q3")

    assert rules(kr(), old, periods=(Q3, b.a_period())) == ["OKR001"]


def test_a_circle_of_replacements_is_told_of_each_in_it_and_a_chain_into_it():
    circle = (
        kr("PAY-O1-KR1", status=Status.REPLACED, replaced_by="PAY-O1-KR2"),
        kr("PAY-O1-KR2", status=Status.REPLACED, replaced_by="PAY-O1-KR3"),
        kr("PAY-O1-KR3", status=Status.REPLACED, replaced_by="PAY-O1-KR2"),
    )

    assert rules(*circle) == ["OKR006"] * 3


def test_a_chain_of_replacements_that_ends_is_sound():
    chain = (
        kr("PAY-O1-KR1", status=Status.REPLACED, replaced_by="PAY-O1-KR2"),
        kr("PAY-O1-KR2", status=Status.REPLACED, replaced_by="PAY-O1-KR3"),
        kr("PAY-O1-KR3"),
    )

    assert rules(*chain) == []


def test_a_circle_of_support_is_told_of_those_in_it_and_not_of_what_hangs_on_it():
    circle = (
        b.an_objective("A", kr("A-1"), supports="B-1"),
        b.an_objective("B", kr("B-1"), supports="A"),
        b.an_objective("C", kr("C-1"), supports="A"),
    )

    assert [finding.message.split()[0] for finding in findings(*circle)] == ["A", "B"]


def test_an_objective_that_others_support_needs_no_key_results():
    assert rules(b.an_objective("CO-1"), b.an_objective("PAY-O1", kr(), supports="co_1")) == []


def test_two_quarters_may_write_to_one_target_and_so_may_a_replacement():
    target = Target("jira-main", "issue", "OKR-1")
    old = b.an_objective("OLD-O1", kr("OLD", period="2026-Q3", objective="OLD-O1", write=target), period="2026-Q3")
    replaced = kr("PAY-O1-KR2", write=target, status=Status.REPLACED, replaced_by="PAY-O1-KR1")

    assert rules(kr(write=target), replaced, old, periods=(Q3, b.a_period())) == []


def test_a_number_to_hold_may_start_where_it_must_stay():
    assert rules(kr(measure=Measure(kind="hold", keep="at or above", start=Decimal(99), target=Decimal(99)))) == []


def test_what_is_declared_but_could_not_be_read_is_no_finding():
    hung = b.an_objective("PAY-O1", kr(depends_on=("lost-kr",)), supports="LOST")
    replaced = kr("PAY-O2-KR1", status=Status.REPLACED, replaced_by="LOST-KR")

    assert rules(hung, replaced, declared=("LOST", "LOST-KR")) == []


def test_findings_come_by_file_line_and_rule_and_read_well():
    found = findings(
        kr("B-1", where="okrs/a.toml:10", depends_on=("pay-o1-kr2",), weight=Decimal(-1)),
        kr("C-1", where="okrs/a.toml:9", team="paymets"),
        kr("PAY-O1-KR1", where="nowhere", weight=Decimal(-1)),
    )

    assert [str(finding) for finding in found] == [
        "nowhere: OKR017 PAY-O1-KR1: a weight below zero",
        'okrs/a.toml:9: OKR009 C-1: no team "paymets" in the config; did you mean "payments"?',
        'okrs/a.toml:10: OKR008 B-1 depends on what is not declared: there is no objective or key result "pay-o1-kr2"; '
        'did you mean "PAY-O1-KR1"?',
        "okrs/a.toml:10: OKR017 B-1: a weight below zero",
    ]


def test_a_fixed_target_in_points_is_no_two_teams():
    shared = kr(measure=delivery(20), teams=("payments", "somebody"))

    assert "OKR021" in rules(shared)
    assert "OKR021" not in rules(kr(measure=delivery(20), teams=("payments", "somebody"), unit="issues"))
