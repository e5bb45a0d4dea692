"""The same work in Jira and in Linear counts once, and is tied where either of its issues is."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import TODAY, a_kr, a_registry, a_scope, a_sprint, a_team, an_issue, settings

from mappings.figures import Figures, work_out
from mappings.linking import Class
from mappings.model import Issue, Reading, State
from mappings.same_work import others_of, same_work

JIRA, LINEAR = a_scope(), a_scope(tracker="linear", team="growth", projects=("GRO",))
SETTINGS = settings(teams=(a_team(), a_team("growth", scopes=(LINEAR,))))
URL = "https://acme.example/browse/{}"


def original(key: str = "PAY-1", **changes: Any) -> Issue:
    return an_issue(key, **{"url": URL.format(key), "sprints": ("7",)} | changes)


def mirror(of: str = "PAY-1", key: str = "GRO-1", **changes: Any) -> Issue:
    known = {"tracker": "linear", "url": f"https://linear.example/{key}", "mirrors": (URL.format(of),)}
    return an_issue(key, **known | {"sprints": ("8",)} | changes)


def figures(*issues: Issue) -> Figures:
    sprints = {"memory": a_sprint("7"), "linear": a_sprint("8", tracker="linear", team="growth")}
    readings = [
        Reading(
            scope=scope,
            kind="memory",
            issues=tuple(it for it in issues if it.tracker == scope.tracker),
            sprints=(sprints[scope.tracker],),
        )
        for scope in (JIRA, LINEAR)
    ]
    return work_out(readings, a_registry(a_kr("PAY-O1-KR1", teams=("payments", "growth"))), SETTINGS, TODAY)


def counted(found: Figures) -> list[str]:
    return [line.issue.key for line in found.key_results["PAY-O1-KR1"].delivery.lines]


Tags = tuple[str, ...]
TAG: Tags = ("okr:PAY-O1-KR1",)


@pytest.mark.parametrize(("on_jira", "on_linear"), [(TAG, ()), ((), TAG), (TAG, TAG)])
def test_the_same_work_counts_once_wherever_its_tag_stands(
    on_jira: tuple[str, ...], on_linear: tuple[str, ...]
) -> None:
    found = figures(original(labels=on_jira), mirror(labels=on_linear))

    assert counted(found) == ["PAY-1"]
    assert {it.kind for it in found.linked.values()} == {Class.ALIGNED}
    assert [len(it.rows) for it in found.sprints] == [0, 1]


def test_the_reason_names_the_other_issue() -> None:
    found = figures(original(), mirror(labels=TAG))

    assert found.linked[("memory", "id-PAY-1")].because == "the same work as GRO-1: label 'PAY-O1-KR1'"


def test_a_mirror_whose_original_is_cancelled_or_unread_counts_itself() -> None:
    assert counted(figures(original(state=State.CANCELLED, labels=TAG), mirror(labels=TAG))) == ["GRO-1"]
    assert counted(figures(mirror(labels=TAG))) == ["GRO-1"]


def test_a_mirror_is_a_row_where_its_original_is_in_no_sprint() -> None:
    found = figures(original(sprints=()), mirror())

    assert [[row.issue.key for row in it.rows] for it in found.sprints] == [["GRO-1"], []]


def test_a_broken_tag_on_one_does_not_break_the_other() -> None:
    found = figures(original(), mirror(labels=("okr:PAY-O1-KR9",)))

    assert found.linked[("memory", "id-PAY-1")].kind is Class.UNALIGNED
    assert found.linked[("linear", "id-GRO-1")].kind is Class.BROKEN


@pytest.mark.parametrize(
    "link",
    [
        "https://ACME.example/browse/pay-1",
        "https://acme.example/browse/PAY-1/",
        "https://acme.example/browse/PAY-1?x=1",
    ],
)
def test_links_are_compared_as_people_paste_them(link: str) -> None:
    assert same_work([original(), mirror(mirrors=(link,))]) == {("linear", "id-GRO-1"): ("memory", "id-PAY-1")}


def test_what_is_no_link_or_leads_into_its_own_tracker_mirrors_nothing() -> None:
    nowhere = mirror(mirrors=("http://[", "", "https://acme.example/browse/PAY-9"))
    inside = an_issue("PAY-2", mirrors=(URL.format("PAY-1"),))

    assert same_work([original(), nowhere, inside, an_issue("PAY-3")]) == {}


def test_two_that_mirror_each_other_have_one_original_and_a_chain_has_its_end() -> None:
    a = original(mirrors=("https://linear.example/GRO-1",))
    b = mirror()
    c = an_issue("OPS-1", tracker="other", mirrors=("https://linear.example/GRO-1",))

    assert same_work([a, b]) == {("memory", "id-PAY-1"): ("linear", "id-GRO-1")}
    assert same_work([original(), b, c]) == {b.ref: ("memory", "id-PAY-1"), c.ref: ("memory", "id-PAY-1")}
    assert others_of(same_work([original(), b, c]))[c.ref] == (("memory", "id-PAY-1"), b.ref)


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from(["memory", "linear", "other"]), st.lists(st.integers(0, 4))),
        max_size=5,
        unique_by=lambda it: it[0],
    )
)
def test_a_group_has_one_original_that_mirrors_nothing(rows: list[tuple[int, str, list[int]]]) -> None:
    issues = [
        an_issue(f"X-{number}", tracker=tracker, url=f"https://x.example/{number}",
                 mirrors=tuple(f"https://x.example/{other}" for other in others))
        for number, tracker, others in rows
    ]  # fmt: skip

    twins = same_work(issues)

    assert not set(twins.values()) & set(twins)
    assert twins == same_work(reversed(issues))


@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from([None, 1, 3]), st.sampled_from(State)), max_size=4)
)
def test_mirroring_work_never_makes_it_count_more(rows: list[tuple[bool, bool, int | None, State]]) -> None:
    originals, mirrors = [], []
    for number, (tagged, tagged_too, points, state) in enumerate(rows):
        weight = None if points is None else Decimal(points)
        originals.append(original(f"PAY-{number}", labels=TAG if tagged or tagged_too else (), points=weight))
        mirrors.append(mirror(f"PAY-{number}", f"GRO-{number}", labels=TAG if tagged_too else (), state=state))

    alone, both = figures(*originals), figures(*originals, *mirrors)

    assert both.key_results["PAY-O1-KR1"].delivery == alone.key_results["PAY-O1-KR1"].delivery
    assert sum(len(it.rows) for it in both.sprints) == sum(len(it.rows) for it in alone.sprints)
    assert all(sum((share.share for share in it.shares), Fraction(0)) in (0, 1) for it in both.linked.values())
