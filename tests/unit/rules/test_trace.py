"""Asked why, an issue tells every rule in order: which decided, which would have, and why the others said nothing."""

from collections.abc import Sequence
from typing import Any

import pytest
from support.builders import TODAY, a_kr, a_registry, a_team, an_issue, settings

from mappings.linking import ABOVE, BINDS, OWN_TAGS, ROUTINE, RULES, SAME_WORK, link_issues
from mappings.model import EPIC, Issue
from mappings.okrs import Status
from mappings.settings import RoutineClass, Rule, RuleSettings
from mappings.targets import Target
from mappings.trace import Tried, trace

BUGS = RoutineClass(name="bug", rules=(Rule(type="Bug"), Rule(label="flaky")))
ORDER = [OWN_TAGS, ABOVE, BINDS, SAME_WORK, RULES, ROUTINE]
REGISTRY = a_registry(
    a_kr("PAY-O1-KR1"),
    a_kr("PAY-O1-KR2", binds=(Target("memory", "issue", "PAY-100"),)),
    a_kr("PAY-O1-KR3"),
    a_kr("PAY-O1-KR4", status=Status.DRAFT),
)


def the_rules(**of_the_team: Any) -> RuleSettings:
    return settings(
        teams=(a_team(**{"name": "Payments", "routine": (BUGS,)} | of_the_team),),
        rules=(Rule(component="API", kr="PAY-O1-KR3"), Rule(component="Web", kr="PAY-O1-KR4")),
    )


def traced(
    issue: Issue, *others: Issue, ancestors: Sequence[Issue] = (), rules: RuleSettings | None = None
) -> list[Tried]:
    chosen = rules or the_rules()
    linked = link_issues((issue, *others), ancestors, (), REGISTRY, chosen, TODAY)[issue.ref]
    tried = list(trace(linked, (issue, *others, *ancestors), REGISTRY, chosen, TODAY))
    assert [each.rule for each in tried if each.decided] == ([linked.rule] if linked.rule else [])
    return tried


def test_an_issue_that_nothing_ties_says_of_every_rule_why_not() -> None:
    assert [(each.rule, each.said) for each in traced(an_issue())] == [
        (OWN_TAGS, "no label, title, trailer or field names one"),
        (ABOVE, "it has no parent"),
        (BINDS, "no live key result binds PAY-1"),
        (SAME_WORK, "no issue of another tracker is the same work"),
        (
            RULES,
            'none of 2 fits: component "API" for PAY-O1-KR3; component "Web" for PAY-O1-KR4, which is not live',
        ),
        (ROUTINE, 'none of the classes of Payments fits: bug (type "Bug" or label "flaky")'),
    ]


def test_where_nothing_is_set_up_that_is_said() -> None:
    tried = {each.rule: each.said for each in traced(an_issue(), rules=settings(teams=(a_team(name="Payments"),)))}

    assert (tried[RULES], tried[ROUTINE]) == ("the config has none", "Payments has none")


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ((), "its parent was not read"),
        ((an_issue("PAY-9", parent="id-PAY-8"), an_issue("PAY-8", level=EPIC)), "no tag on PAY-9, PAY-8"),
    ],
)
def test_a_parent_that_was_not_read_is_another_reason_than_one_without_a_tag(
    read: tuple[Issue, ...], said: str
) -> None:
    tried = {each.rule: each for each in traced(an_issue(parent="id-PAY-9"), ancestors=read)}

    assert tried[ABOVE].said == said
    assert tried[BINDS].said == f"no live key result binds {', '.join(['PAY-1', *(each.key for each in read)])}"


def test_the_first_that_matches_decides_and_what_matches_after_it_is_told_too() -> None:
    epic = an_issue("PAY-100", level=EPIC, labels=("okr:PAY-O1-KR2",))
    issue = an_issue(labels=("okr:PAY-O1-KR1",), parent="id-PAY-100", type="Bug", components=("API",))

    tried = traced(issue, ancestors=(epic,))

    assert [(each.rule, each.matched, each.decided) for each in tried] == [
        (OWN_TAGS, True, True),
        (ABOVE, True, False),
        (BINDS, True, False),
        (SAME_WORK, False, False),
        (RULES, True, False),
        (ROUTINE, True, False),
    ]
    assert tried[0].said == "aligned: label 'PAY-O1-KR1'"
    assert tried[1].said == "aligned: PAY-100: label 'PAY-O1-KR2'"


@pytest.mark.parametrize("early", [False, True])
def test_routine_stands_where_the_team_wants_it(early: bool) -> None:
    tried = traced(an_issue(type="Bug"), rules=the_rules(routine_before_inheritance=early))

    assert [each.rule for each in tried] == ([OWN_TAGS, ROUTINE, *ORDER[1:5]] if early else ORDER)
    assert next(each.said for each in tried if each.decided) == "routine: routine 'bug': type \"Bug\""


def test_the_same_work_in_another_tracker_is_named_whether_it_says_something_or_not() -> None:
    mirror = an_issue(
        "GRO-1", tracker="linear", mirrors=("https://acme.example/browse/PAY-1",), containers=("project/x",)
    )

    for labels, said in (
        ((), "PAY-1 says nothing either"),
        (("okr:PAY-O1-KR1",), "aligned: the same work as PAY-1: label 'PAY-O1-KR1'"),
    ):
        original = an_issue(url="https://acme.example/browse/PAY-1", labels=labels)
        tried = {each.rule: each for each in traced(mirror, original)}
        assert tried[SAME_WORK].said == said
        assert tried[BINDS].said == "no live key result binds GRO-1, its project or initiative"
