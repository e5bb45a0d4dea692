"""What lint says about measures: each rule finds what it is for, and a sound measure of any kind has no finding."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from support import builders as b

from mappings.findings import ERROR, WARNING
from mappings.lint import lint
from mappings.measures import Endpoint, Measure, Query
from mappings.okrs import Checkpoint

TRACKERS = {"jira-main": "jira", "linear-main": "linear", "ram": "memory"}
JQL = "project = INC AND created >= {period.start} AND created <= {period.end}"
FILTER = '{"createdAt": {"gte": "{period.start}"}}'


def findings(measure, **changes):
    kr = b.a_kr(measure=measure, **changes)
    found = lint(b.a_registry(kr), b.settings(), TRACKERS)
    return [(finding.rule, finding.severity) for finding in found]


def message(measure, **changes):
    (finding,) = lint(b.a_registry(b.a_kr(measure=measure, **changes)), b.settings(), TRACKERS)
    return finding.message


def query(tracker="jira-main", **changes):
    return b.queried(12, 3, source=Query(**{"tracker": tracker, "jql": JQL} | changes))


def http(url="https://numbers.example/n", pointer="/data/0/value"):
    return b.queried(12, 3, kind="http", source=Endpoint(url=url, pointer=pointer))


def milestones(*weights):
    return Measure(kind="milestones", milestones=tuple(b.milestone(weight=weight) for weight in weights))


def hold(**changes):
    return Measure(**{"kind": "hold", "target": Decimal("99.9"), "keep": "at or above"} | changes)


def checkpoint(value, on=date(2026, 11, 16)):
    return (Checkpoint(on=on, value=Decimal(value)),)


SOUND = {
    "delivery": Measure(kind="delivery"),
    "manual": b.manual(12, 3),
    "manual that grows": replace(b.manual(12, 0), accrual=True),
    "count in Jira": query(),
    "sum in Jira": query(aggregate="sum", field="Story Points"),
    "average in Linear": query("linear-main", jql="", filter=FILTER, aggregate="average", field="estimate"),
    "anything in another kind of tracker": query("ram", jql="", filter=FILTER),
    "number in a document": http(),
    "document that is a number, on this machine": http("http://localhost:8080/n?of=x", ""),
    "pointer with marks": http(pointer="/a~1b/c~0d/"),
    "milestones": milestones(0, 2, "0.5"),
    "qualitative": Measure(kind="qualitative"),
    "hold": hold(),
    "hold of a query": hold(keep="at or below", source=Query(tracker="jira-main", jql=JQL)),
    "hold of a number in a document": hold(source=Endpoint(url="https://numbers.example/n", pointer="")),
    "hold of zero": hold(target=Decimal(0)),
}


@pytest.mark.parametrize("measure", SOUND.values(), ids=SOUND)
def test_a_sound_measure_has_no_finding(measure):
    assert findings(measure) == []


@pytest.mark.parametrize(
    ("rule", "measure"),
    [
        ("OKR005", replace(query(), start=None)),
        ("OKR005", replace(http(), target=None)),
        ("OKR005", Measure(kind="manual", accrual=True, target=Decimal(1))),
        ("OKR017", milestones(2, -1)),
        ("OKR022", b.queried(source=None)),
        ("OKR022", query("jira-man")),
        ("OKR022", query(jql="")),
        ("OKR022", query(jql="", filter=FILTER)),
        ("OKR022", query(filter=FILTER)),
        ("OKR022", query("linear-main")),
        ("OKR022", query("ram", jql="")),
        ("OKR022", query(jql="created >= {period.begin}")),
        ("OKR022", hold(source=Query(tracker="jira-main"))),
        ("OKR023", query(aggregate="sum")),
        ("OKR023", query(aggregate="average")),
        ("OKR023", query("linear-main", jql="", filter=FILTER, aggregate="sum", field="points")),
        ("OKR024", b.queried(kind="http", source=None)),
        ("OKR024", hold(source=Endpoint(url="numbers.example", pointer=""))),
        ("OKR024", http("numbers.example/n")),
        ("OKR024", http("ftp://numbers.example/n")),
        ("OKR024", http("https:///n")),
        ("OKR024", http("https://[numbers/n")),
        ("OKR024", http("https://numbers.example:port/n")),
        ("OKR024", http("https://me:secret@numbers.example/n")),
        ("OKR024", http("http://numbers.example/n")),
        ("OKR024", http(pointer="data.0.value")),
        ("OKR024", http(pointer="/data~2")),
        ("OKR025", milestones()),
        ("OKR025", milestones(0, 0)),
        ("OKR026", hold(target=None)),
        ("OKR026", hold(keep="")),
        ("OKR027", replace(b.manual(12, -3), accrual=True)),
        ("OKR027", replace(query(), accrual=True, start=Decimal(-1))),
    ],
)
def test_each_rule_finds_what_it_is_for_and_nothing_else_does(rule, measure):
    assert findings(measure) == [(rule, ERROR)]


@pytest.mark.parametrize("value", ["0", "0.5", "1"])
@pytest.mark.parametrize("measure", [Measure(kind="delivery"), milestones(1), Measure(kind="qualitative")])
def test_a_checkpoint_of_a_share_is_a_share(measure, value):
    assert findings(measure, checkpoints=checkpoint(value)) == []
    assert findings(measure, checkpoints=checkpoint(40)) == [("OKR028", ERROR)]


def test_a_checkpoint_of_a_number_may_lie_anywhere():
    assert findings(b.manual(12, 3), checkpoints=checkpoint(15)) == []


def test_a_number_to_hold_has_no_checkpoints():
    two = (*checkpoint("99.95"), *checkpoint("99.9", date(2026, 12, 1)))

    assert findings(hold(), checkpoints=two) == [("OKR028", ERROR)]


@pytest.mark.parametrize("on", [date(2026, 9, 30), date(2027, 1, 1)])
def test_a_checkpoint_outside_the_period_is_told(on):
    assert findings(b.manual(12, 3), checkpoints=checkpoint(5, on)) == [("OKR029", WARNING)]


def test_a_message_says_what_to_type_and_never_shows_a_password():
    assert message(query("jira-man")) == 'PAY-O1-KR1: the config has no tracker "jira-man"; did you mean "jira-main"?'
    assert message(query("linear-main")) == "PAY-O1-KR1: linear-main is asked by filter, and by that alone"
    assert message(query("ram", jql="")) == "PAY-O1-KR1: ram is asked by jql or by filter, and by that alone"
    assert message(query(jql="{period.begin}")).endswith(
        "has {period.begin}: there are {period.start} and {period.end}"
    )
    assert "secret" not in message(http("https://me:secret@numbers.example/n"))
