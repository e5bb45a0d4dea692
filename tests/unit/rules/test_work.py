"""Whose work an issue is, what is no work at all, and families that are broken."""

from typing import Any

import pytest
from support.builders import TODAY, a_kr, a_registry, a_scope, a_sprint, a_team, an_issue, settings

from mappings.figures import work_out
from mappings.linking import Class, Linked, link_issues, team_of
from mappings.model import EPIC, Issue, Reading, Sprint
from mappings.okrs import Registry
from mappings.settings import RuleSettings
from mappings.targets import Target

EPIC_KEY = "PAY-100"
BOUND = Target("memory", "issue", EPIC_KEY)


def link(
    *issues: Issue,
    registry: Registry | None = None,
    rules: RuleSettings | None = None,
    sprints: tuple[Sprint, ...] = (),
) -> dict[str, Linked]:
    """Links by issue key."""
    registry = registry or a_registry(a_kr("PAY-O1-KR1"))
    linked = link_issues(issues, (), sprints, registry, rules or settings(), TODAY)
    return {found.issue.key: found for found in linked.values()}


def an_epic(key: str = EPIC_KEY, **changes: Any) -> Issue:
    return an_issue(key, **{"level": EPIC, "type": "Epic"} | changes)


TEAMS = (
    a_team("api", scopes=(a_scope(team="api", components=("API",), projects=("PAY",)),)),
    a_team("anywhere", scopes=(a_scope(team="anywhere", components=("infra",), projects=()),)),
    a_team("boarders", scopes=(a_scope(team="boarders", projects=(), boards=(12,)),)),
    a_team(
        "cross",
        scopes=(a_scope(team="cross", tracker="other", projects=("SHOP",)), a_scope(team="cross", projects=("GRO",))),
    ),
    a_team("linear", scopes=(a_scope(team="linear", projects=(), teams=("ENG",)),)),
    a_team("payments"),
)


@pytest.mark.parametrize(
    ("changes", "team"),
    [
        ({"components": ("api",)}, "api"),
        ({"components": ("api", "infra")}, "anywhere"),
        ({"components": ("infra",), "project": "SHOP"}, "anywhere"),
        ({"components": ("api",), "project": "SHOP"}, "SHOP"),
        ({}, "payments"),
        ({"project": "pay"}, "payments"),
        ({"project": "gro"}, "cross"),
        ({"project": "eng"}, "linear"),
        ({"project": "SHOP"}, "SHOP"),
        ({"project": "SHOP", "tracker": "other"}, "cross"),
        ({"project": "SHOP", "sprints": ("7", "8")}, "boarders"),
        ({"project": "SHOP", "sprints": ("7",)}, "SHOP"),
        ({"project": "PAY", "sprints": ("8",)}, "payments"),
    ],
)
def test_the_team_is_told_by_component_then_project_then_board_and_else_by_the_project_itself(
    changes: dict[str, Any], team: str
) -> None:
    sprint_teams = {("memory", "8"): "boarders"}

    assert team_of(an_issue(**changes), reversed(TEAMS), sprint_teams, {}).key == team


@pytest.mark.parametrize(
    ("changes", "team"),
    [
        ({}, "boarders"),
        ({"project": "SHOP"}, "boarders"),
        ({"components": ("api",)}, "api"),
        ({"id": "other"}, "payments"),
    ],
)
def test_what_a_team_s_own_query_read_is_that_team_s_before_the_project_s_and_after_the_component_s(
    changes: dict[str, Any], team: str
) -> None:
    claimed = {("memory", "id-PAY-1"): "boarders"}

    assert team_of(an_issue(**changes), TEAMS, {}, claimed).key == team


def test_of_two_queries_that_read_an_issue_the_first_team_by_name_has_it() -> None:
    scopes = [a_scope(team=team, projects=(), jql="labels = x") for team in ("tiger", "lion")]
    readings = [Reading(scope=scope, kind="memory", issues=(an_issue(),)) for scope in scopes]
    teams = tuple(a_team(scope.team, scopes=(scope,)) for scope in scopes)

    figures = work_out(readings, a_registry(a_kr()), settings(teams=teams), TODAY)

    assert [linked.team.key for linked in figures.linked.values()] == ["lion"]


def test_a_link_knows_the_team_whose_board_holds_the_sprint() -> None:
    found = link(
        an_issue("SHOP-1", sprints=("8",)), rules=settings(teams=TEAMS), sprints=(a_sprint("8", team="boarders"),)
    )

    assert found["SHOP-1"].team.key == "boarders"


@pytest.mark.parametrize("named", ["okr-12", "id-OKR-12", "OLD-1"])
def test_a_write_target_is_no_work(named: str) -> None:
    registry = a_registry(a_kr("PAY-O1-KR1", write=Target("memory", "issue", named)))

    found = link(
        an_issue("OKR-12", previous_keys=("OLD-1",), labels=("okr:PAY-O1-KR1",)), an_issue(), registry=registry
    )

    assert sorted(found) == ["PAY-1"]


def test_a_write_target_of_another_tracker_or_kind_takes_no_work_away() -> None:
    registry = a_registry(
        a_kr("PAY-O1-KR1", write=Target("elsewhere", "issue", "PAY-1")),
        a_kr("PAY-O1-KR2", write=Target("memory", "project", "PAY-1")),
        a_kr("PAY-O1-KR3", write=Target("", "file", "PAY-1")),
    )

    assert sorted(link(an_issue(), registry=registry)) == ["PAY-1"]


def test_the_epic_that_is_written_to_still_passes_its_tags_and_binds_on() -> None:
    tagged, bound = an_epic("PAY-200", labels=("okr:PAY-O1-KR1",)), an_epic()
    registry = a_registry(
        a_kr("PAY-O1-KR1", write=Target("memory", "issue", "PAY-200")), a_kr("PAY-O1-KR4", binds=(BOUND,), write=BOUND)
    )

    found = link(
        an_issue("PAY-1", parent=tagged.id), an_issue("PAY-2", parent=bound.id), tagged, bound, registry=registry
    )

    assert {key: [share.kr for share in each.shares] for key, each in found.items()} == {
        "PAY-1": ["PAY-O1-KR1"],
        "PAY-2": ["PAY-O1-KR4"],
    }


def test_a_circle_of_parents_ends_the_walk() -> None:
    one, two = an_issue("PAY-1", parent="id-PAY-2"), an_issue("PAY-2", parent="id-PAY-1", labels=("okr:PAY-O1-KR1",))
    itself = an_issue("PAY-3", parent="id-PAY-3")

    found = link(one, two, itself)

    assert [found[key].kind for key in ("PAY-1", "PAY-2", "PAY-3")] == [Class.ALIGNED, Class.ALIGNED, Class.UNALIGNED]


def test_a_hidden_parent_passes_nothing_on() -> None:
    assert link(an_issue(parent="hidden"))["PAY-1"].because == "no tag, bind or rule matched"


def test_a_parent_in_another_tracker_of_the_same_id_is_nobodys_parent() -> None:
    other = an_epic(tracker="other", labels=("okr:PAY-O1-KR1",))

    assert link(an_issue(parent=other.id), other)["PAY-1"].kind is Class.UNALIGNED


def test_links_come_sorted_by_tracker_and_id() -> None:
    issues = [an_issue("PAY-2"), an_issue("PAY-1"), an_issue("PAY-9", tracker="a")]

    linked = link_issues(issues, (), (), a_registry(), settings(), TODAY)

    assert list(linked) == [("a", "id-PAY-9"), ("memory", "id-PAY-1"), ("memory", "id-PAY-2")]
    assert linked[("a", "id-PAY-9")].shares == ()
