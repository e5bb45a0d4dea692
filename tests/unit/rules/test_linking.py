"""Which key results an issue supports: the six ranks in their order, whose team it is, and what is no work at all."""

from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from support.builders import TODAY, a_kr, a_registry, a_team, an_issue, settings

from mappings.linking import BrokenTag, Class, Linked, broken_tags, link_issues
from mappings.model import EPIC, Issue, Sprint, State
from mappings.okrs import Registry, Status
from mappings.settings import RoutineClass, Rule, RuleSettings
from mappings.targets import Target

EPIC_KEY = "PAY-100"
BOUND = Target("memory", "issue", EPIC_KEY)
ONE = Fraction(1)


def five_key_results(**of_the_fourth: Any) -> Registry:
    return a_registry(*(a_kr(f"PAY-O1-KR{n}") for n in (1, 2, 3, 5)), a_kr("PAY-O1-KR4", **of_the_fourth))


def link(
    *issues: Issue,
    ancestors: Sequence[Issue] = (),
    registry: Registry | None = None,
    rules: RuleSettings | None = None,
    sprints: Sequence[Sprint] = (),
) -> dict[str, Linked]:
    """Links by issue key."""
    linked = link_issues(issues, ancestors, sprints, registry or five_key_results(), rules or settings(), TODAY)
    return {found.issue.key: found for found in linked.values()}


def shares(linked: Linked) -> dict[str, tuple[Fraction, str]]:
    return {share.kr: (share.share, share.rule) for share in linked.shares}


def an_epic(key: str = EPIC_KEY, **changes: Any) -> Issue:
    return an_issue(key, **{"level": EPIC, "type": "Epic"} | changes)


RANKS: list[tuple[str, dict[str, Any]]] = [
    ("own tag", {"labels": ("okr:PAY-O1-KR1",)}),
    ("ancestor", {"parent": "id-PAY-50"}),
    ("bind", {"containers": ("project/roadmap",)}),
    ("rule", {"components": ("Checkout",)}),
    ("routine", {"type": "Bug"}),
]
EXPECTED = {
    "own tag": (Class.ALIGNED, {"PAY-O1-KR1": (ONE, "tag:label")}, "label 'PAY-O1-KR1'"),
    "ancestor": (Class.ALIGNED, {"PAY-O1-KR2": (ONE, "ancestor")}, "PAY-50: label 'PAY-O1-KR2'"),
    "bind": (Class.ALIGNED, {"PAY-O1-KR4": (ONE, "bind")}, "the registry binds project/roadmap to PAY-O1-KR4"),
    "rule": (Class.ALIGNED, {"PAY-O1-KR5": (ONE, "rule")}, 'rule component "checkout" says PAY-O1-KR5'),
    "routine": (Class.ROUTINE, {}, "routine 'bug': type \"Bug\""),
    "nothing": (Class.UNALIGNED, {}, "no tag, bind or rule matched"),
}


@pytest.mark.parametrize("first", range(6))
def test_the_first_rank_that_matches_wins_over_all_below_it_and_says_why(first: int) -> None:
    matching = RANKS[first:]
    name = matching[0][0] if matching else "nothing"
    issue = an_issue(**{key: value for _, changes in matching for key, value in changes.items()})
    rules = settings(
        teams=(a_team(routine=(RoutineClass(name="bug", rules=(Rule(type="Bug"),)),)),),
        rules=(Rule(component="checkout", kr="pay_o1_kr5"),),
    )

    found = link(
        issue,
        ancestors=(an_issue("PAY-50", labels=("okr:PAY-O1-KR2",)),),
        registry=five_key_results(binds=(Target("memory", "project", "roadmap"),)),
        rules=rules,
    )["PAY-1"]

    assert (found.kind, shares(found), found.because) == EXPECTED[name]


def test_a_routine_class_is_named() -> None:
    team = a_team(
        routine=(RoutineClass(name="a", rules=(Rule(type="Task"),)), RoutineClass(name="b", rules=(Rule(label="ops"),)))
    )

    assert link(an_issue(labels=("OPS",)), rules=settings(teams=(team,)))["PAY-1"].routine == "b"


@pytest.mark.parametrize(("before", "kind"), [(False, Class.ALIGNED), (True, Class.ROUTINE)])
def test_a_team_may_want_its_bugs_counted_as_bugs_inside_a_tagged_epic(before: bool, kind: Class) -> None:
    team = a_team(routine=(RoutineClass(name="bug", rules=(Rule(type="Bug"),)),), routine_before_inheritance=before)
    epic = an_epic(labels=("okr:PAY-O1-KR1",))
    bug, story = an_issue("PAY-1", type="Bug", parent=epic.id), an_issue("PAY-2", parent=epic.id)

    found = link(bug, story, epic, rules=settings(teams=(team,)))

    assert (found["PAY-1"].kind, found["PAY-2"].kind) == (kind, Class.ALIGNED)


def test_routine_before_inheritance_does_not_beat_the_bugs_own_tag() -> None:
    team = a_team(routine=(RoutineClass(name="bug", rules=(Rule(type="Bug"),)),), routine_before_inheritance=True)

    found = link(an_issue(type="Bug", labels=("okr:PAY-O1-KR1",)), rules=settings(teams=(team,)))

    assert found["PAY-1"].kind is Class.ALIGNED


def test_the_nearest_tagged_ancestor_wins() -> None:
    top = an_epic("PAY-200", level=2, labels=("okr:PAY-O1-KR1",))
    epic = an_epic(parent=top.id, labels=("okr:PAY-O1-KR2",))
    story = an_issue("PAY-2", parent=epic.id)

    found = link(an_issue("PAY-1", level=-1, parent=story.id), story, epic, ancestors=(top,))

    assert (shares(found["PAY-1"]), found["PAY-1"].because) == (
        {"PAY-O1-KR2": (ONE, "ancestor")},
        "PAY-100: label 'PAY-O1-KR2'",
    )


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"labels": ("okr:PAY-O1-KR1",), "title": "[PAY-O1-KR1]", "description": "OKR: PAY-O1-KR1"}, "tag:label"),
        ({"title": "[PAY-O1-KR1]", "description": "OKR: PAY-O1-KR1", "tag_values": ("PAY-O1-KR1",)}, "tag:title"),
        ({"description": "OKR: PAY-O1-KR1", "tag_values": ("PAY-O1-KR1",)}, "tag:trailer"),
        ({"tag_values": ("PAY-O1-KR1",)}, "tag:field"),
    ],
)
def test_the_provenance_names_the_first_place_of_the_tag(changes: dict[str, Any], rule: str) -> None:
    assert shares(link(an_issue(**changes))["PAY-1"]) == {"PAY-O1-KR1": (ONE, rule)}


def test_a_replaced_key_result_links_on_and_the_reason_and_the_notes_say_so() -> None:
    registry = a_registry(a_kr("PAY-O1-KR1", status=Status.REPLACED, replaced_by="PAY-O1-KR2"), a_kr("PAY-O1-KR2"))

    found = link(an_issue(labels=("okr:PAY-O1-KR1",)), registry=registry)["PAY-1"]

    assert shares(found) == {"PAY-O1-KR2": (ONE, "tag:label")}
    assert found.because == "label 'PAY-O1-KR1' (PAY-O1-KR1 was replaced by PAY-O1-KR2)"
    assert found.notes == ("PAY-O1-KR1 was replaced by PAY-O1-KR2",)


def test_several_key_results_share_an_issue_equally() -> None:
    found = link(an_issue(labels=("okr:PAY-O1-KR1", "okr:PAY-O1-KR2"), title="[PAY-O1-KR3]"))["PAY-1"]

    third = Fraction(1, 3)
    assert shares(found) == {
        "PAY-O1-KR1": (third, "tag:label"),
        "PAY-O1-KR2": (third, "tag:label"),
        "PAY-O1-KR3": (third, "tag:title"),
    }


def test_weights_divide_an_issue_and_no_weight_is_one() -> None:
    found = link(an_issue(description="OKR: PAY-O1-KR1=3, PAY-O1-KR2"))["PAY-1"]

    assert shares(found) == {
        "PAY-O1-KR1": (Fraction(3, 4), "tag:trailer"),
        "PAY-O1-KR2": (Fraction(1, 4), "tag:trailer"),
    }


def test_a_key_result_named_twice_counts_once_with_its_largest_weight() -> None:
    found = link(an_issue(labels=("okr:PAY-O1-KR1", "okr:PAY-O1-KR2"), description="OKR: PAY-O1-KR1=3"))["PAY-1"]

    assert shares(found) == {"PAY-O1-KR1": (Fraction(3, 4), "tag:label"), "PAY-O1-KR2": (Fraction(1, 4), "tag:label")}


def test_one_live_tag_makes_it_aligned_and_stray_broken_ones_are_still_listed() -> None:
    found = link(an_issue(labels=("okr:PAY-O1-KR9", "okr:PAY-O1-KR1")))["PAY-1"]

    assert (found.kind, shares(found)) == (Class.ALIGNED, {"PAY-O1-KR1": (ONE, "tag:label")})
    assert [(tag.text, tag.place, tag.reason) for tag in found.broken] == [
        ("PAY-O1-KR9", "label", "names no key result")
    ]


def test_a_key_result_and_none_together_counts_for_the_key_result_and_is_noted() -> None:
    found = link(an_issue(labels=("okr:none-bug", "okr:PAY-O1-KR1")))["PAY-1"]

    assert (found.kind, found.routine) == (Class.ALIGNED, "")
    assert found.notes == ("tagged both with a key result and as routine: the key result counts",)


def test_none_declares_an_issue_routine_though_its_epic_is_tagged() -> None:
    epic = an_epic(labels=("okr:PAY-O1-KR1",))

    found = link(an_issue(parent=epic.id, labels=("okr:none-Bug",)), epic)["PAY-1"]

    assert (found.kind, found.routine, found.shares) == (Class.ROUTINE, "bug", ())
    assert found.because == "label 'none-Bug' declares it routine"


def test_none_on_an_epic_makes_its_children_routine() -> None:
    epic = an_epic(labels=("okr:none-ops",))

    found = link(an_issue(parent=epic.id), epic)["PAY-1"]

    assert (found.kind, found.routine, found.because) == (
        Class.ROUTINE,
        "ops",
        "PAY-100: label 'none-ops' declares it routine",
    )


def test_only_broken_tags_make_it_broken_even_inside_a_tagged_epic() -> None:
    epic = an_epic(labels=("okr:PAY-O1-KR1",))

    found = link(an_issue(parent=epic.id, labels=("okr:PAY-O1-KR7",)), epic)["PAY-1"]

    assert (found.kind, found.shares, found.because) == (Class.BROKEN, (), "label 'PAY-O1-KR7' names no key result")


def test_a_broken_tag_on_an_ancestor_breaks_the_children_and_is_listed_once() -> None:
    epic = an_epic(labels=("okr:PAY-O1-KR9",))
    children = [an_issue(f"PAY-{n}", parent=epic.id) for n in (1, 2)]

    found = link(*children, ancestors=(epic,))
    listed = broken_tags((*children, epic), five_key_results(), settings(), TODAY)

    assert [(each.kind, each.because, each.broken) for each in found.values()] == [
        (Class.BROKEN, "PAY-100: label 'PAY-O1-KR9' names no key result", ())
    ] * 2
    assert listed == (
        BrokenTag(
            tracker="memory",
            key="PAY-100",
            text="PAY-O1-KR9",
            place="label",
            reason="names no key result",
            suggestion="PAY-O1-KR1",
        ),
    )


@pytest.mark.parametrize(
    ("changes", "is_listed"),
    [
        ({}, True),
        ({"state": State.DONE, "done_at": datetime(2026, 10, 1, tzinfo=UTC)}, True),
        ({"state": State.DONE, "done_at": datetime(2026, 9, 30, 23, 59, tzinfo=UTC)}, False),
        ({"state": State.CANCELLED}, False),
    ],
)
def test_a_broken_tag_on_work_of_the_past_needs_no_mending(changes: dict[str, Any], is_listed: bool) -> None:
    issue = an_issue(labels=("okr:nonsense",), **changes)

    assert bool(broken_tags([issue], five_key_results(), settings(), TODAY)) == is_listed


@pytest.mark.parametrize(
    "node",
    [
        {"key": EPIC_KEY},
        {"key": "NEW-1", "id": EPIC_KEY},
        {"key": "NEW-1", "id": "x", "previous_keys": ("pay-100",)},
    ],
)
def test_the_registry_binds_an_issue_by_key_id_or_a_key_it_once_had(node: dict[str, Any]) -> None:
    found = link(an_issue(**node), registry=five_key_results(binds=(BOUND,)))[node["key"]]

    assert shares(found) == {"PAY-O1-KR4": (ONE, "bind")}
    assert found.because == f"the registry binds issue {node['key']} to PAY-O1-KR4"


def test_the_registry_binds_all_that_is_below_an_issue() -> None:
    epic = an_epic()
    story = an_issue("PAY-2", parent=epic.id)

    found = link(
        an_issue("PAY-1", level=-1, parent=story.id),
        story,
        ancestors=(epic,),
        registry=five_key_results(binds=(BOUND,)),
    )

    assert [each.because for each in found.values()] == ["the registry binds issue PAY-100 to PAY-O1-KR4"] * 2


def test_the_nearest_bound_container_wins_and_two_key_results_may_share_it() -> None:
    project, initiative = Target("memory", "project", "P1"), Target("memory", "initiative", "I1")
    registry = a_registry(
        a_kr("PAY-O1-KR1", binds=(initiative,)),
        a_kr("PAY-O1-KR2", binds=(project,)),
        a_kr("PAY-O1-KR3", binds=(project,)),
    )

    found = link(
        an_issue("PAY-1", containers=("project/p1", "initiative/I1")),
        an_issue("PAY-2", containers=("project/P2", "initiative/I1")),
        registry=registry,
    )

    assert found["PAY-1"].because == "the registry binds project/p1 to PAY-O1-KR2, PAY-O1-KR3"
    assert [share.share for share in found["PAY-1"].shares] == [Fraction(1, 2)] * 2
    assert shares(found["PAY-2"]) == {"PAY-O1-KR1": (ONE, "bind")}


def test_a_bind_holds_in_its_own_tracker_only() -> None:
    registry = five_key_results(binds=(Target("elsewhere", "issue", EPIC_KEY),))

    assert link(an_epic(), registry=registry)[EPIC_KEY].kind is Class.UNALIGNED


def test_binds_and_rules_of_a_retired_key_result_are_not_followed() -> None:
    registry = a_registry(a_kr("PAY-O1-KR1", binds=(BOUND,), status=Status.RETIRED))

    found = link(an_epic(), registry=registry, rules=settings(rules=(Rule(kr="PAY-O1-KR1"), Rule(kr="unknown"))))

    assert found[EPIC_KEY].kind is Class.UNALIGNED


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        (Rule(project="pay"), True),
        (Rule(component="API"), True),
        (Rule(type="story"), True),
        (Rule(label="Tech"), True),
        (Rule(team="payments"), True),
        (Rule(project="PAY", component="api", type="Story", label="tech", team="payments"), True),
        (Rule(project="GRO", component="api"), False),
        (Rule(component="web"), False),
        (Rule(type="Bug"), False),
        (Rule(label="te"), False),
        (Rule(team="growth"), False),
    ],
)
def test_a_rule_matches_when_each_of_its_conditions_holds(rule: Rule, matches: bool) -> None:
    assert rule.matches(an_issue(components=("api",), labels=("tech",)), "payments") == matches


def test_rules_are_asked_in_their_order() -> None:
    rules = settings(
        rules=(
            Rule(type="Bug", kr="PAY-O1-KR1"),
            Rule(type="Story", kr="PAY-O1-KR2"),
            Rule(project="PAY", kr="PAY-O1-KR3"),
        )
    )

    assert shares(link(an_issue(), rules=rules)["PAY-1"]) == {"PAY-O1-KR2": (ONE, "rule")}


def test_a_rule_names_itself_by_its_conditions() -> None:
    assert str(Rule(project="PAY", label="x", kr="K")) == 'project "PAY" and label "x"'
