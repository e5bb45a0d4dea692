"""Reads from the Linear sandbox: pages, filters, what is hidden, what is derived."""

from datetime import timedelta

import pytest
from unit.sandbox.linear_calls import a_project, a_workspace, an_issue, ask, the_state, the_team

from adapters.sandbox.linear.app import LinearApp
from adapters.sandbox.linear.nodes import (
    Attachment,
    Comment,
    Cycle,
    Initiative,
    InitiativeToProject,
    IssueLabel,
    ProjectUpdate,
    Team,
)

PAGE = """query($filter: IssueFilter, $first: Int, $after: String, $archived: Boolean, $by: PaginationOrderBy) {
  issues(filter: $filter, first: $first, after: $after, includeArchived: $archived, orderBy: $by) {
    pageInfo { hasNextPage hasPreviousPage endCursor } nodes { id title updatedAt } } }"""


def titles(workspace, **filter):
    answer = ask(workspace, PAGE, filter=filter, first=250)
    assert answer.errors == []
    return sorted(node["title"] for node in answer.data["issues"]["nodes"])


def walk(workspace, **variables):
    app, after, found = LinearApp(workspace), None, []
    while True:
        page = ask(app, PAGE, after=after, **variables).data["issues"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def test_paging_over_600_issues_of_the_same_minute_loses_and_repeats_nothing():
    workspace = a_workspace()
    ids = {an_issue(workspace, f"{n}").id for n in range(600)}

    found = [node["id"] for node in walk(workspace, first=250, by="updatedAt")]

    assert len(found) == 600
    assert set(found) == ids


def test_a_page_without_first_holds_fifty():
    workspace = a_workspace()
    for n in range(60):
        an_issue(workspace, f"{n}")

    page = ask(workspace, PAGE).data["issues"]

    assert len(page["nodes"]) == 50
    assert page["pageInfo"]["hasNextPage"] is True
    assert page["pageInfo"]["hasPreviousPage"] is False


def test_the_newest_change_comes_first_and_an_issue_edited_during_the_walk_jumps_ahead_of_the_cursor():
    workspace = a_workspace()
    issues = []
    for n in range(4):
        workspace.now += timedelta(minutes=1)
        issues.append(an_issue(workspace, f"{n}"))
    app = LinearApp(workspace)

    first = ask(app, PAGE, first=2, by="updatedAt").data["issues"]
    workspace.now += timedelta(minutes=1)
    workspace.change(issues[0], title="edited")
    second = ask(app, PAGE, first=2, by="updatedAt", after=first["pageInfo"]["endCursor"]).data["issues"]

    assert [node["title"] for node in first["nodes"]] == ["3", "2"]
    assert [node["title"] for node in second["nodes"]] == ["1"]


def test_a_page_of_more_than_250_and_a_broken_cursor_are_refused():
    workspace = a_workspace()

    assert ask(workspace, PAGE, first=251).errors[0]["extensions"]["code"] == "INVALID_INPUT"
    assert ask(workspace, PAGE, first=0).status == 400
    assert ask(workspace, PAGE, after="page-2").errors[0]["message"] == "Argument Validation Error"


def test_archived_and_trashed_issues_are_hidden_unless_asked_for_but_readable_by_id():
    workspace = a_workspace()
    an_issue(workspace, "here")
    workspace.archive(an_issue(workspace, "archived"))
    trashed = an_issue(workspace, "trashed")
    workspace.trash(trashed)

    assert [node["title"] for node in walk(workspace)] == ["here"]
    assert {node["title"] for node in walk(workspace, archived=True)} == {"here", "archived", "trashed"}
    read = ask(workspace, "query($id: String!) { issue(id: $id) { trashed archivedAt } }", id=trashed.id).data
    assert read["issue"] == {"trashed": True, "archivedAt": "2026-11-18T09:00:00.000Z"}


def test_an_issue_is_found_by_id_identifier_and_the_identifier_it_had_before_a_move():
    workspace = a_workspace()
    other = workspace.add(Team(key="OPS", name="Operations"))
    issue = an_issue(workspace, "moved")
    workspace.move(issue, other, the_state(workspace, "Todo"))
    query = "query($id: String!) { issue(id: $id) { id identifier previousIdentifiers } }"

    answers = [ask(workspace, query, id=name).data["issue"] for name in (issue.id, "ops-1", "GRO-1")]

    assert answers == [{"id": issue.id, "identifier": "OPS-1", "previousIdentifiers": ["GRO-1"]}] * 3


def test_an_entity_that_does_not_exist_is_refused_in_the_vendors_words():
    for kind in ("issue", "project", "initiative", "comment", "cycle"):
        answer = ask(a_workspace(), f'{{ {kind}(id: "NOPE-1") {{ id }} }}')
        name = kind.title()

        assert answer.data is None
        assert answer.errors[0]["message"] == f"Entity not found: {name}"
        assert answer.errors[0]["path"] == [kind]
        assert answer.errors[0]["extensions"] == {
            "type": "invalid input",
            "code": "INPUT_ERROR",
            "statusCode": 400,
            "userError": True,
            "userPresentableMessage": f"Could not find referenced {name}.",
        }


@pytest.mark.parametrize("field", ["assignee { id }", "creator { id }", "subscribers { nodes { id } }"])
def test_asking_for_the_people_of_an_issue_is_refused(field):
    answer = ask(a_workspace(), f"{{ issues {{ nodes {{ id {field} }} }} }}")

    assert answer.status == 400
    assert answer.errors[0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_an_unknown_filter_key_is_refused_and_not_ignored():
    assert ask(a_workspace(), PAGE, filter={"assignee": {"null": True}}).status == 400
    assert ask(a_workspace(), PAGE, filter={"title": {"like": "x"}}).status == 400
    assert ask(a_workspace(), PAGE, filter={"updatedAt": {"gte": "last week"}}).status == 400


def a_labelled_workspace():
    workspace = a_workspace()
    group = workspace.add(IssueLabel(name="okr", is_group=True))
    tag = workspace.add(IssueLabel(name="OKR:pay-1"))
    child = workspace.add(IssueLabel(name="PAY-1", parent=group))
    bug = workspace.add(IssueLabel(name="bug"))
    an_issue(workspace, "tagged", labels=[tag, bug])
    an_issue(workspace, "grouped", labels=[child])
    an_issue(workspace, "buggy", labels=[bug], estimate=3, state="Done")
    an_issue(workspace, "plain", estimate=0, description="OKR: PAY-1")
    return workspace


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ({"labels": {"name": {"startsWithIgnoreCase": "okr:"}}}, ["tagged"]),
        ({"labels": {"some": {"name": {"eq": "bug"}}}}, ["buggy", "tagged"]),
        ({"labels": {"every": {"name": {"eq": "bug"}}}}, ["buggy", "plain"]),
        ({"labels": {"length": {"eq": 0}}}, ["plain"]),
        ({"labels": {"and": [{"name": {"eq": "bug"}}, {"name": {"contains": "pay"}}]}}, ["tagged"]),
        ({"labels": {"name": {"eq": "bug", "contains": "pay"}}}, []),
        ({"labels": {"parent": {"name": {"eqIgnoreCase": "OKR"}}}}, ["grouped"]),
        ({"or": [{"title": {"eq": "plain"}}, {"estimate": {"gt": 2}}]}, ["buggy", "plain"]),
        ({"and": [{"estimate": {"gte": 0}}, {"estimate": {"lt": 3}}]}, ["plain"]),
        ({"estimate": {"null": True}}, ["grouped", "tagged"]),
        ({"estimate": {"or": [{"null": True}, {"eq": 0}]}}, ["grouped", "plain", "tagged"]),
        ({"estimate": {"neq": 3}}, ["plain"]),
        ({"state": {"type": {"in": ["completed", "canceled"]}}}, ["buggy"]),
        ({"state": {"type": {"nin": ["completed"]}}, "title": {"neq": "plain"}}, ["grouped", "tagged"]),
        ({"description": {"contains": "OKR:"}}, ["plain"]),
        ({"description": {"null": False}}, ["plain"]),
        ({"team": {"key": {"eq": "OPS"}}}, []),
        ({"number": {"lte": 2}}, ["grouped", "tagged"]),
        ({"id": {"in": ["GRO-1", "GRO-9"]}}, ["tagged"]),
        ({"id": {"nin": ["GRO-1", "GRO-2", "GRO-3"]}}, ["plain"]),
        ({"completedAt": {"gte": "-P1D"}}, ["buggy"]),
        ({"updatedAt": {"gte": "2026-11-18T09:00:00.001Z"}}, []),
        ({"updatedAt": {"lt": "P1DT12H", "gt": "2026"}}, ["buggy", "grouped", "plain", "tagged"]),
        ({"cycle": {"null": True}, "project": {"null": False}}, []),
    ],
)
def test_issues_are_filtered(filter, expected):
    assert titles(a_labelled_workspace(), **filter) == expected


def test_issues_are_filtered_by_their_cycle_parent_and_project():
    workspace = a_workspace()
    closed, active, ahead = workspace.all(Cycle)
    project = a_project(workspace)
    initiative = workspace.add(Initiative(name="Grow"))
    workspace.add(InitiativeToProject(initiative=initiative, project=project))
    epic = an_issue(workspace, "epic", project=project)
    an_issue(workspace, "now", cycle=active, parent=epic)
    an_issue(workspace, "then", cycle=closed)
    an_issue(workspace, "soon", cycle=ahead)

    assert titles(workspace, cycle={"isActive": {"eq": True}}) == ["now"]
    assert titles(workspace, cycle={"isNext": {"eq": True}}) == ["soon"]
    assert titles(workspace, cycle={"isPrevious": {"eq": True}}) == ["then"]
    assert titles(workspace, parent={"id": {"eq": epic.identifier}}) == ["now"]
    assert titles(workspace, project={"initiatives": {"name": {"eq": "Grow"}}}) == ["epic"]
    assert titles(workspace, project={"status": {"type": {"neq": "started"}}}) == []


def test_which_cycle_is_active_follows_the_workspaces_clock():
    workspace = a_workspace()
    query = "{ cycles { nodes { number isActive isNext isPast isFuture isPrevious } } }"

    def said(kind):
        nodes = ask(workspace, query).data["cycles"]["nodes"]
        return sorted(node["number"] for node in nodes if node[kind])

    assert (said("isPast"), said("isActive"), said("isFuture")) == ([1], [2], [3])
    workspace.now += timedelta(days=14)
    assert (said("isPrevious"), said("isActive"), said("isNext")) == ([2], [3], [])


def test_progress_counts_a_quarter_of_what_is_in_progress_and_leaves_cancelled_work_out():
    workspace = a_workspace()
    project, cycle = a_project(workspace), workspace.all(Cycle)[1]
    for state, estimate in (("Done", 3), ("In Progress", 4), ("Todo", None), ("Canceled", 8), ("Duplicate", 8)):
        an_issue(workspace, state=state, estimate=estimate, project=project, cycle=cycle)

    answer = ask(workspace, "query($id: String!) { project(id: $id) { progress } cycles { nodes { progress } } }",
                 id=project.id).data  # fmt: skip

    assert answer["project"]["progress"] == pytest.approx((3 + 1) / 8)
    assert sorted(node["progress"] for node in answer["cycles"]["nodes"]) == [0, 0, pytest.approx(0.5)]


def test_a_projects_health_is_what_its_newest_update_says():
    workspace = a_workspace()
    project = a_project(workspace)
    query = "{ projects { nodes { health healthUpdatedAt status { type } lastUpdate { body user { id isMe } } } } }"
    before = ask(workspace, query).data["projects"]["nodes"][0]
    workspace.add(ProjectUpdate(project=project, user=workspace.human, body="fine", health="onTrack"))
    workspace.now += timedelta(days=7)
    workspace.add(ProjectUpdate(project=project, user=workspace.viewer, body="late", health="atRisk"))

    after = ask(workspace, query).data["projects"]["nodes"][0]

    assert (before["health"], before["lastUpdate"]) == (None, None)
    assert after["health"] == "atRisk"
    assert after["healthUpdatedAt"] == "2026-11-25T09:00:00.000Z"
    assert after["lastUpdate"] == {"body": "late", "user": {"id": workspace.viewer.id, "isMe": True}}


def test_tables_that_are_joined_locally_can_be_read_flat():
    workspace = a_workspace()
    project = a_project(workspace, content="intro", teams=[the_team(workspace)])
    initiative = workspace.add(Initiative(name="Grow"))
    workspace.add(InitiativeToProject(initiative=initiative, project=project))
    group = workspace.add(IssueLabel(name="okr", is_group=True))
    workspace.add(IssueLabel(name="PAY-1", parent=group, team=the_team(workspace)))

    data = ask(
        workspace,
        """{ viewer { id } organization { id urlKey name }
        teams { nodes { id key name issueEstimationType defaultIssueEstimate parent { id } } }
        workflowStates { nodes { id type team { id } } } projectStatuses { nodes { id type } }
        issueLabels { nodes { name isGroup parent { name } team { key } } }
        projects { nodes { id name content initiatives { nodes { name } } teams { nodes { key } } } }
        initiatives { nodes { id name status health parentInitiative { id } } }
        initiativeToProjects { nodes { initiative { id } project { id } } } }""",
    ).data

    assert data["organization"]["urlKey"] == "acme"
    assert data["initiativeToProjects"]["nodes"] == [
        {"initiative": {"id": initiative.id}, "project": {"id": project.id}}
    ]
    assert {"name": "PAY-1", "isGroup": False, "parent": {"name": "okr"}, "team": {"key": "GRO"}} in data[
        "issueLabels"
    ]["nodes"]
    assert data["projects"]["nodes"][0]["teams"]["nodes"] == [{"key": "GRO"}]
    assert {node["type"] for node in data["workflowStates"]["nodes"]} >= {"triage", "duplicate"}


def test_comments_and_attachments_say_whose_they_are():
    workspace = a_workspace()
    issue = an_issue(workspace)
    workspace.add(Comment(issue=issue, user=workspace.human, body="hello"))
    workspace.add(Attachment(issue=issue, url="https://okr/1", title="KR", creator=workspace.viewer, metadata={"n": 1}))
    query = """{ issue(id: "GRO-1") { comments { nodes { body user { id } } }
      attachments { nodes { metadata creator { id } } } }
      attachmentsForURL(url: "https://okr/1") { nodes { issue { identifier } } }
      none: attachmentsForURL(url: "https://okr/2") { nodes { id } } }"""

    data = ask(workspace, query).data

    assert data["issue"]["comments"]["nodes"] == [{"body": "hello", "user": {"id": workspace.human.id}}]
    assert data["issue"]["attachments"]["nodes"] == [{"metadata": {"n": 1}, "creator": {"id": workspace.viewer.id}}]
    assert data["attachmentsForURL"]["nodes"] == [{"issue": {"identifier": "GRO-1"}}]
    assert data["none"]["nodes"] == []


def test_of_two_updates_of_the_same_moment_the_later_made_is_the_newest_everywhere():
    workspace = a_workspace()
    project = a_project(workspace)
    for n, health in enumerate(("onTrack", "atRisk", "offTrack", "onTrack", "atRisk")):
        workspace.add(ProjectUpdate(project=project, user=workspace.viewer, body=f"{n}", health=health))

    data = ask(
        workspace, "{ projects { nodes { health lastUpdate { body } projectUpdates { nodes { body } } } } }"
    ).data

    assert data["projects"]["nodes"] == [
        {"health": "atRisk", "lastUpdate": {"body": "4"}, "projectUpdates": {"nodes": [{"body": b} for b in "43210"]}}
    ]
