"""Comments stand on issues, projects, initiatives and their updates; a page's content has a date of its own."""

from datetime import timedelta

import pytest
from unit.sandbox.linear_calls import a_project, an_issue, ask

from adapters.sandbox.linear.nodes import Initiative, ProjectUpdate
from adapters.sandbox.linear.workspace import Workspace, a_workspace

CREATE = """mutation($input: CommentCreateInput!) {
  commentCreate(input: $input) { comment { id url issueId project { id } projectUpdate { project { id } } } } }"""


@pytest.fixture
def workspace() -> Workspace:
    return a_workspace()


def test_a_comment_stands_on_the_one_thing_that_was_named(workspace: Workspace) -> None:
    project = a_project(workspace)
    update = workspace.add(ProjectUpdate(project=project, user=workspace.human, body="well"))

    made = ask(workspace, CREATE, input={"projectUpdateId": update.id, "body": "okr: 7"}).data["commentCreate"]

    assert made["comment"]["issueId"] is None
    assert made["comment"]["project"] is None
    assert made["comment"]["projectUpdate"]["project"]["id"] == project.id
    assert made["comment"]["url"].startswith(update.url)


def test_a_comment_on_nothing_or_on_two_things_is_refused(workspace: Workspace) -> None:
    project = a_project(workspace)
    initiative = workspace.add(Initiative(name="First week"))

    for places in ({}, {"projectId": project.id, "initiativeId": initiative.id}):
        assert ask(workspace, CREATE, input={"body": "okr: 7", **places}).errors


def test_comments_are_filtered_by_what_they_stand_on(workspace: Workspace) -> None:
    project, other = a_project(workspace), a_project(workspace, "Other")
    for place in (project, other):
        ask(workspace, CREATE, input={"projectId": place.id, "body": f"on {place.name}"})
    update = workspace.add(ProjectUpdate(project=project, user=workspace.human, body="well"))
    ask(workspace, CREATE, input={"projectUpdateId": update.id, "body": "below it"})
    asked = """query($filter: CommentFilter) { comments(filter: $filter) { nodes { body } } }"""
    named = {"id": {"in": [project.id]}}

    found = ask(workspace, asked, filter={"or": [{"project": named}, {"projectUpdate": {"project": named}}]})

    assert sorted(node["body"] for node in found.data["comments"]["nodes"]) == ["below it", "on Checkout"]


def test_a_pages_date_moves_with_its_content_only(workspace: Workspace) -> None:
    project = a_project(workspace)
    asked = "query($id: String!) { project(id: $id) { documentContent { updatedAt } } }"
    born = ask(workspace, asked, id=project.id).data

    workspace.now += timedelta(hours=1)
    workspace.change(project, name="Another name")
    assert ask(workspace, asked, id=project.id).data == born

    workspace.change(project, content="Words")
    assert ask(workspace, asked, id=project.id).data != born


def test_an_issues_comment_is_still_the_issues(workspace: Workspace) -> None:
    issue = an_issue(workspace)

    made = ask(workspace, CREATE, input={"issueId": issue.id, "body": "hello"}).data["commentCreate"]["comment"]

    assert made["issueId"] == issue.id
