"""Which cycles, teams and issues a scope is about, and how an issue came into its cycle."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from unit.linear.workspaces import SINCE, Company, Cycle, WorkflowState, served

from adapters.errors import NotFound
from adapters.ports import Contents
from adapters.sandbox.linear.workspace import cycles_of
from mappings.model import Scope, SprintChoice
from mappings.sprints import next_of


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with served(monkeypatch) as made:
        yield made


def a_scope(*teams: str, **changes: Any) -> Scope:
    return replace(Scope(tracker="lin", team="growth", teams=teams or ("GRO",)), **changes)


def read(company: Company, scope: Scope) -> Contents:
    return company.connect().read(scope, since=SINCE)


@pytest.mark.parametrize(
    "choice", [SprintChoice(ids=("1",)), SprintChoice(names=("cycle 1",)), SprintChoice(names=("Kick-off", "Cycle 1"))]
)
def test_a_closed_cycle_is_read_when_it_is_named_by_number_or_by_name(company: Company, choice: SprintChoice) -> None:
    now = company.workspace.now
    company.workspace.now = now - timedelta(days=200)
    company.an_issue("long done", state="completed", cycle=company.cycle(1))
    company.workspace.now = now

    unnamed, named = read(company, a_scope()), read(company, a_scope(sprints=choice))

    assert unnamed.issues == ()
    assert [(issue.title, issue.sprints) for issue in named.issues] == [("long done", (company.cycle(1).id,))]
    assert [(s.name, s.state) for s in named.sprints if s.id == company.cycle(1).id] == [("Cycle 1", "closed")]
    assert company.cycle(1).id not in {sprint.id for sprint in unnamed.sprints}


def test_the_next_cycle_is_each_linear_team_s_own(company: Company) -> None:
    other = company.a_team("OPS")
    start = company.cycle(3).starts_at + timedelta(days=3)
    theirs = company.workspace.add(Cycle(team=other, number=7, starts_at=start, ends_at=start + timedelta(days=14)))

    found = next_of(read(company, a_scope("GRO", "OPS")).sprints)

    assert {sprint.id for sprint in found} == {company.cycle(3).id, theirs.id}


@pytest.mark.parametrize("kind", ["triage", "backlog"])
def test_what_waits_is_no_sprint_work_though_it_stands_in_the_cycle(company: Company, kind: str) -> None:
    company.an_issue("waiting", state=kind, cycle=company.cycle())
    company.an_issue("taken on", cycle=company.cycle())

    issues = read(company, a_scope()).issues

    assert {issue.title: len(issue.sprints) for issue in issues} == {"waiting": 0, "taken on": 1}


def test_planned_added_and_carried_over_are_told_apart(company: Company) -> None:
    workspace, (first, second, _) = company.workspace, cycles_of(company.workspace, company.team())
    now = workspace.now
    workspace.now = first.starts_at
    left = company.an_issue("left over")
    workspace.change(left, cycle=first)
    workspace.now = second.starts_at - timedelta(hours=1)
    planned = company.an_issue("planned")
    workspace.change(planned, cycle=second)
    first.completed_at = None
    workspace.now = second.starts_at
    workspace.close_cycle(first, into=second)
    workspace.now = second.starts_at + timedelta(days=1)
    added = company.an_issue("added")
    workspace.change(added, cycle=second)
    workspace.now = now

    issues = read(company, a_scope()).issues

    assert {issue.title: issue.entered for issue in issues} == {
        "left over": ((second.id, "carried"),),
        "planned": ((second.id, "planned"),),
        "added": ((second.id, "added"),),
    }


def test_nothing_has_entered_a_cycle_that_has_not_begun(company: Company) -> None:
    company.an_issue("later", cycle=company.cycle(3))

    (issue,) = read(company, a_scope()).issues

    assert (issue.sprints, issue.entered) == ((company.cycle(3).id,), ())


def test_a_team_without_cycles_has_a_window_in_their_place(company: Company) -> None:
    company.a_team("OPS", cycles_enabled=False)

    with_window, without = read(company, a_scope("GRO", "OPS")), read(company, a_scope("OPS", kanban_days=0))

    assert [(board.id, board.team, board.projects) for board in with_window.kanban] == [("OPS", "growth", ("OPS",))]
    assert without.kanban == ()


def test_two_scopes_call_a_shared_cycle_one_sprint(company: Company) -> None:
    above = company.cycle()
    team = company.a_team("GSUB", parent=company.team())
    copy = company.workspace.add(
        Cycle(team=team, number=9, starts_at=above.starts_at, ends_at=above.ends_at, inherited_from=above)
    )
    company.an_issue("ours", cycle=above)
    company.an_issue("theirs", team=team, cycle=copy)

    one, other = read(company, a_scope("GRO")), read(company, a_scope("GSUB"))

    assert {issue.sprints for issue in (*one.issues, *other.issues)} == {(above.id,)}


def test_a_renamed_team_is_read_and_the_line_to_change_is_said(company: Company) -> None:
    company.an_issue("Work")
    company.workspace.rename_team(company.team(), "GROW")
    company.a_team("OPS")

    contents = read(company, a_scope("OPS", "GRO"))

    assert [(issue.key, issue.previous_keys) for issue in contents.issues] == [("GROW-1", ("GRO-1",))]
    assert contents.renamed == (("GRO", "GROW"),)
    assert contents.notes == ('Linear team GRO is now called GROW: change teams = ["OPS", "GROW"] in teams.growth',)


def test_a_team_that_never_was_is_an_error_beside_a_renamed_one(company: Company) -> None:
    company.workspace.rename_team(company.team(), "GROW")

    with pytest.raises(NotFound, match="no Linear team SECRET,"):
        read(company, a_scope("GRO", "SECRET"))


def test_a_sub_issue_knows_its_parent_and_an_archived_one_counts(company: Company) -> None:
    parent = company.an_issue("parent")
    company.workspace.archive(company.an_issue("child", parent=parent, state="completed"))

    children = [issue for issue in read(company, a_scope()).issues if issue.parent]

    assert [(issue.title, issue.parent) for issue in children] == [("child", parent.id)]


def test_the_tables_take_two_requests_however_many_there_are(company: Company) -> None:
    for number in range(30):
        company.a_label(f"okr:K{number}")
        company.a_project(f"Project {number}")
        company.workspace.add(WorkflowState(team=company.team(), name=f"S{number}", type="started"))
    company.an_issue()

    read(company, a_scope())

    assert sorted(call.operation for call in company.server.calls) == [
        "attachmentsForURL",
        "cycle",
        "issueLabels+projects+initiatives",
        "issues",
        "issues+cycles",
        "viewer+organization+teams+initiativeToProjects+attachments",
    ]


def test_a_table_of_more_than_a_page_is_read_to_its_end(company: Company) -> None:
    labels = [company.a_label(f"okr:K{number}") for number in range(260)]
    company.an_issue(labels=[labels[0], labels[-1]])

    (issue,) = read(company, a_scope()).issues

    assert issue.labels == ("okr:K0", "okr:K259")
