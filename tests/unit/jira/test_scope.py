"""What a scope is made of: a query of the user's own, sprints by choice, kanban boards, projects by present keys."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from unit.jira.jira_site import PAY, SINCE, Jira, a_site, an_issue, served

from adapters.errors import NotFound, Unreadable
from adapters.ports import Contents
from adapters.sandbox.jira.data_center import as_data_center
from adapters.sandbox.jira.fields import STORY_POINT_ESTIMATE, STORY_POINTS
from adapters.sandbox.jira.site import Board, Sprint
from mappings.model import Scope, SprintChoice


@pytest.fixture(params=["cloud", "data-center"])
def jira(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jira]:
    """An empty project in both kinds of Jira, to be filled by the test."""
    site = a_site()
    if request.param == "data-center":
        as_data_center(site)
    with served(site, monkeypatch, data_center=site.is_data_center) as running:
        yield running


def a_query(jql: str, **changes: Any) -> Scope:
    return Scope(tracker="jira-main", team="payments", jql=jql, **changes)


def read(jira: Jira, scope: Scope) -> Contents:
    return jira.connect().read(scope, since=SINCE)


def keys(contents: Contents) -> list[str]:
    return [issue.key for issue in contents.issues]


# A query of the user's own


def test_a_query_reads_what_it_says_whatever_the_project(jira: Jira) -> None:
    jira.site.issues += [
        an_issue(1, labels=["tiger"]),
        an_issue(2),
        an_issue(3, project="OPS", labels=["tiger"]),
        an_issue(4, labels=["lion"]),
    ]

    assert keys(read(jira, a_query("labels = tiger OR labels = lion ORDER BY created"))) == ["PAY-1", "OPS-3", "PAY-4"]


def test_a_query_has_the_same_window_as_every_scope(jira: Jira) -> None:
    long_ago = an_issue(1).created.replace(month=3)
    jira.site.issues += [an_issue(1, labels=["x"], category="done", updated=long_ago), an_issue(2, labels=["x"])]

    assert keys(read(jira, a_query("labels = x"))) == ["PAY-2"]


def test_boards_beside_a_query_say_whose_sprints(jira: Jira) -> None:
    jira.site.issues += [an_issue(1, labels=["x"]), an_issue(2, sprints=[77]), an_issue(3)]

    found = read(jira, a_query("labels = x", boards=(12,)))

    assert (keys(found), [sprint.id for sprint in found.sprints]) == (["PAY-1", "PAY-2"], ["77"])


@pytest.mark.parametrize("jql", ["colour = red", "labels in (", "labels = x) OR (labels = y", "project = NOSUCH"])
def test_a_query_that_jira_does_not_accept_is_told_with_the_team_before_anything_is_read(jira: Jira, jql: str) -> None:
    with pytest.raises(Unreadable, match=r"teams\.payments, the jql of its scope in jira-main: ."):
        read(jira, a_query(jql))

    assert "bulkfetch" not in jira.operations()


# Sprints


def test_a_sprint_by_name_is_read_though_it_is_closed_and_its_issues_are_in_it(jira: Jira) -> None:
    jira.site.sprints += [Sprint(76, "Sprint 11", "closed", 12), Sprint(75, "Sprint 10", "closed", 12)]
    jira.site.issues.append(an_issue(1, project="OPS", sprints=[75, 76]))

    found = read(jira, replace(PAY, sprints=SprintChoice(names=("sprint 11",))))

    assert [(sprint.id, sprint.state) for sprint in found.sprints] == [("76", "closed"), ("77", "active")]
    assert [(issue.key, issue.sprints) for issue in found.issues] == [("OPS-1", ("76",))]


def test_a_sprint_by_id_may_be_of_a_board_that_the_scope_does_not_have(jira: Jira) -> None:
    jira.site.boards.append(Board(15, "Ops", "scrum", ["OPS"], STORY_POINTS))
    jira.site.sprints.append(Sprint(90, "Ops 1", "active", 15))
    jira.site.issues.append(an_issue(1, project="OPS", sprints=[90]))

    found = read(jira, replace(PAY, sprints=SprintChoice(ids=("90",))))

    assert keys(found) == ["OPS-1"]
    assert [(sprint.id, sprint.board) for sprint in found.sprints] == [("77", "12"), ("90", "15")]


def test_a_name_that_several_sprints_have_is_an_error_that_lists_their_ids(jira: Jira) -> None:
    jira.site.sprints += [Sprint(60, "Sprint 12", "closed", 12)]

    with pytest.raises(Unreadable, match=r'called "Sprint 12", with the ids 60, 77.*teams.payments, sprints = \[77\]'):
        read(jira, replace(PAY, sprints=SprintChoice(names=("Sprint 12",))))


def test_a_name_that_no_sprint_has_is_an_error_with_the_likely_one(jira: Jira) -> None:
    with pytest.raises(Unreadable, match='has a sprint called "Sprnt 12"; did you mean "Sprint 12"'):
        read(jira, replace(PAY, sprints=SprintChoice(names=("Sprnt 12",))))


def test_an_id_that_no_sprint_has_is_named(jira: Jira) -> None:
    with pytest.raises(NotFound, match="sprint 4711"):
        read(jira, replace(PAY, sprints=SprintChoice(ids=("4711",))))


def test_the_next_sprint_is_read_whole_and_the_one_after_it_is_not(jira: Jira) -> None:
    jira.site.sprints += [Sprint(79, "Sprint 14", "future", 12), Sprint(78, "Sprint 13", "future", 12)]
    jira.site.issues += [an_issue(1, project="OPS", sprints=[78]), an_issue(2, project="OPS", sprints=[79])]

    assert keys(read(jira, PAY)) == ["OPS-1"]


# Kanban boards


def test_a_project_with_nothing_but_kanban_boards_has_one_window(jira: Jira) -> None:
    jira.site.boards = [Board(5, "Second flow", "kanban", ["PAY"]), Board(4, "Flow", "kanban", ["PAY"])]

    (board,) = read(jira, PAY).kanban

    assert (board.id, board.name, board.team, board.projects) == ("4", "Flow", "payments", ("PAY",))


def test_a_kanban_board_beside_a_scrum_board_has_a_window_only_where_it_is_named(jira: Jira) -> None:
    jira.site.boards.append(Board(4, "Flow", "kanban", ["PAY"]))

    assert read(jira, PAY).kanban == ()
    assert [board.id for board in read(jira, replace(PAY, boards=(4, 12))).kanban] == ["4"]


def test_no_days_mean_no_window(jira: Jira) -> None:
    jira.site.boards = [Board(4, "Flow", "kanban", ["PAY"])]

    assert read(jira, replace(PAY, kanban_days=0)).kanban == ()


# Projects


def test_a_renamed_project_is_followed_and_said_with_the_line_to_change(jira: Jira) -> None:
    project = jira.site.project("PAY")
    assert project is not None
    jira.site.issues += [an_issue(1), an_issue(2, project="OPS", sprints=[77])]
    jira.site.rename_project(project, "PMT")

    found = read(jira, replace(PAY, projects=("PAY", "OPS")))

    assert keys(found) == ["PMT-1", "OPS-2"]
    assert found.renamed == (("PAY", "PMT"),)
    assert [sprint.id for sprint in found.sprints] == ["77"]
    assert found.notes == ('project PAY is now called PMT: change projects = ["PMT", "OPS"] in teams.payments',)


@pytest.mark.parametrize("boards", [(), (12,)])
def test_a_renamed_project_is_followed_where_no_board_says_its_key(jira: Jira, boards: tuple[int, ...]) -> None:
    project = jira.site.project("PAY")
    assert project is not None
    jira.site.boards = [Board(12, "Payments", "scrum", [], STORY_POINTS)]
    jira.site.issues.append(an_issue(1))
    jira.site.rename_project(project, "PMT")

    found = read(jira, replace(PAY, boards=boards))

    assert (keys(found), found.renamed) == (["PMT-1"], (("PAY", "PMT"),))


def test_a_project_that_has_its_key_is_not_asked_for(jira: Jira) -> None:
    jira.site.issues.append(an_issue(1))

    assert read(jira, PAY).renamed == ()
    assert "project" not in jira.operations()


def test_a_project_that_is_not_there_is_named(jira: Jira) -> None:
    with pytest.raises((NotFound, Unreadable), match="NOSUCH"):
        read(jira, replace(PAY, projects=("NOSUCH",)))


# Estimates of team-managed and company-managed projects side by side


def test_each_project_s_estimate_is_the_field_that_its_own_board_names(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {STORY_POINTS: 3, STORY_POINT_ESTIMATE: 8}
    site = a_site(an_issue(1, custom=both), an_issue(2, project="OPS", custom=both))
    site.boards.append(Board(15, "Ops", "simple", ["OPS"], STORY_POINT_ESTIMATE))

    with served(site, monkeypatch) as jira:
        found = read(jira, replace(PAY, projects=("PAY", "OPS")))

    assert [(issue.key, issue.points) for issue in found.issues] == [("PAY-1", 3), ("OPS-2", 8)]


def test_requests_are_told_by_what_they_were_for(jira: Jira) -> None:
    jira.site.issues.append(an_issue(1, sprints=[77]))

    counts = dict(read(jira, PAY).requests_by)

    assert counts["boards"] == 3
    assert counts["sprint history"] == 1
    assert counts["issues"] >= 1
