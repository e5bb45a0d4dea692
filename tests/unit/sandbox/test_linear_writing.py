"""Writes to the Linear sandbox: what changes, what is refused, and what a repetition does."""

import copy
from datetime import timedelta
from uuid import UUID

import pytest
from unit.sandbox.linear_calls import a_project, a_workspace, an_issue, ask, the_state, the_team

from adapters.sandbox.linear.app import LinearApp
from adapters.sandbox.linear.nodes import (
    Attachment,
    Comment,
    Cycle,
    Initiative,
    Issue,
    IssueLabel,
    ProjectStatus,
    ProjectUpdate,
    Team,
    WorkflowState,
)

CLIENT_ID = str(UUID(int=7, version=4))
UPDATE = """mutation($id: String!, $input: IssueUpdateInput!) {
  issueUpdate(id: $id, input: $input) { success issue { labelIds } } }"""
COMMENT = "mutation($input: CommentCreateInput!) { commentCreate(input: $input) { comment { id body user { id } } } }"
ATTACH = "mutation($input: AttachmentCreateInput!) { attachmentCreate(input: $input) { attachment { id } } }"
POST = "mutation($input: ProjectUpdateCreateInput!) { projectUpdateCreate(input: $input) { projectUpdate { id } } }"
LABEL = "mutation($input: IssueLabelCreateInput!) { issueLabelCreate(input: $input) { issueLabel { id name } } }"


def test_an_issue_takes_every_value_it_is_given_and_null_clears():
    workspace = a_workspace()
    issue, project, cycle = an_issue(workspace), a_project(workspace), workspace.all(Cycle)[1]
    workspace.now += timedelta(hours=1)

    ask(workspace, UPDATE, id="GRO-1", input={
        "title": "New", "description": "text", "estimate": 5, "stateId": the_state(workspace, "Done").id,
        "cycleId": cycle.id, "projectId": project.id, "dueDate": "2026-12-01", "priority": 2,
    })  # fmt: skip

    assert (issue.title, issue.description, issue.estimate, issue.priority) == ("New", "text", 5, 2)
    assert (issue.state.name, issue.cycle, issue.project) == ("Done", cycle, project)
    assert issue.completed_at == issue.updated_at == issue.added_to_cycle_at == workspace.now
    ask(workspace, UPDATE, id="GRO-1", input={"estimate": None, "cycleId": None})
    assert (issue.estimate, issue.cycle, issue.project) == (None, None, project)


def test_a_write_that_changes_nothing_leaves_updated_at_alone():
    workspace = a_workspace()
    issue = an_issue(workspace, "same")
    born, workspace.now = issue.updated_at, workspace.now + timedelta(hours=1)

    answer = ask(workspace, UPDATE, id=issue.id, input={"title": "same", "removedLabelIds": []})

    assert answer.data["issueUpdate"]["success"] is True
    assert issue.updated_at == born


def test_label_ids_replace_the_set_while_added_and_removed_leave_the_rest():
    workspace = a_workspace()
    one, two, three = (workspace.add(IssueLabel(name=name)) for name in ("one", "two", "three"))
    issue = an_issue(workspace, labels=[one])

    ask(workspace, UPDATE, id=issue.id, input={"addedLabelIds": [two.id, one.id], "removedLabelIds": [three.id]})
    added = list(issue.labels)
    ask(workspace, UPDATE, id=issue.id, input={"labelIds": [three.id]})

    assert added == [one, two]
    assert issue.labels == [three]


def test_one_label_is_added_and_removed_by_its_own_mutations():
    workspace = a_workspace()
    label, issue = workspace.add(IssueLabel(name="one")), an_issue(workspace)
    change = 'mutation($label: String!) {{ {0}(id: "GRO-1", labelId: $label) {{ issue {{ labelIds }} }} }}'

    added = ask(workspace, change.format("issueAddLabel"), label=label.id).data["issueAddLabel"]
    removed = ask(workspace, change.format("issueRemoveLabel"), label=label.id).data["issueRemoveLabel"]

    assert (added["issue"]["labelIds"], removed["issue"]["labelIds"]) == ([label.id], [])
    assert issue.labels == []


def test_a_second_label_of_a_group_a_group_and_another_teams_label_are_refused():
    workspace = a_workspace()
    other = workspace.add(Team(key="OPS", name="Operations"))
    group = workspace.add(IssueLabel(name="okr", is_group=True))
    one, two = (workspace.add(IssueLabel(name=name, parent=group)) for name in ("one", "two"))
    foreign = workspace.add(IssueLabel(name="ops", team=other))
    issue = an_issue(workspace, labels=[one])

    answers = [
        ask(workspace, UPDATE, id=issue.id, input={"addedLabelIds": [label_id]})
        for label_id in (two.id, group.id, foreign.id, CLIENT_ID)
    ]

    assert [answer.errors[0]["message"] for answer in answers] == [
        "labelIds not exclusive child labels",
        "labelIds is a group",
        "labelIds for incorrect team",
        "Entity not found: IssueLabel",
    ]
    assert issue.labels == [one]
    ask(workspace, UPDATE, id=issue.id, input={"addedLabelIds": [two.id], "removedLabelIds": [one.id]})
    assert issue.labels == [two]


def test_another_teams_state_and_cycle_are_refused():
    workspace = a_workspace()
    other = workspace.add(Team(key="OPS", name="Operations"))
    state = workspace.add(WorkflowState(team=other, name="Done", type="completed"))
    cycle = workspace.add(Cycle(team=other, number=1, starts_at=workspace.now, ends_at=workspace.now))
    issue = an_issue(workspace)

    for change in ({"stateId": state.id}, {"cycleId": cycle.id}):
        assert "belongs to another team" in ask(workspace, UPDATE, id=issue.id, input=change).said
    assert (issue.state.team, issue.cycle) == (the_team(workspace), None)


def test_fifty_issues_are_changed_at_once_and_fifty_one_are_not():
    workspace = a_workspace()
    issues = [an_issue(workspace) for _ in range(51)]
    query = "mutation($ids: [UUID!]!) { issueBatchUpdate(ids: $ids, input: { estimate: 2 }) { issues { id } } }"

    refused = ask(workspace, query, ids=[issue.id for issue in issues])
    changed = ask(workspace, query, ids=[issue.id for issue in issues[:50]])
    by_identifier = ask(workspace, query, ids=["GRO-51"])

    assert refused.errors[0]["message"] == "Argument Validation Error"
    assert len(changed.data["issueBatchUpdate"]["issues"]) == 50
    assert by_identifier.status == 400
    assert [issue.estimate for issue in issues] == [2] * 50 + [None]


def test_a_batch_with_one_unknown_id_changes_nothing():
    workspace = a_workspace()
    issue = an_issue(workspace)
    query = "mutation($ids: [UUID!]!) { issueBatchUpdate(ids: $ids, input: { estimate: 2 }) { success } }"

    answer = ask(workspace, query, ids=[issue.id, CLIENT_ID])

    assert answer.said == "Could not find referenced Issue."
    assert issue.estimate is None


def test_a_replayed_client_id_is_refused_in_the_vendors_words_and_creates_nothing():
    workspace = a_workspace()
    issue, project = an_issue(workspace), a_project(workspace)
    creates = [
        (COMMENT, "Comment", {"id": CLIENT_ID, "issueId": issue.id, "body": "b", "doNotSubscribeToIssue": True}),
        (POST, "ProjectUpdate", {"id": CLIENT_ID, "projectId": project.id, "body": "b", "health": "atRisk"}),
        (LABEL, "IssueLabel", {"id": CLIENT_ID, "name": "okr"}),
    ]
    for query, kind, values in creates:
        assert ask(workspace, query, input=values).errors == []
        replay = ask(workspace, query, input=values)

        assert replay.data is None
        assert replay.errors[0]["message"] == f"conflict on insert of {kind}"
        assert replay.errors[0]["extensions"] == {
            "code": "INPUT_ERROR",
            "userPresentableMessage": f"Entity {kind} with id {CLIENT_ID} already exists.",
        }
    assert [len(workspace.all(kind)) for kind in (Comment, ProjectUpdate, IssueLabel)] == [1, 1, 1]


@pytest.mark.parametrize("status", [200, 400])
def test_an_input_error_comes_with_either_status(status):
    app = LinearApp(a_workspace(), input_error_status=status)

    assert ask(app, '{ issue(id: "NOPE-1") { id } }').status == status


@pytest.mark.parametrize("wrong", ["comment-1", str(UUID(int=7, version=5)), str(UUID(int=7)), ""])
def test_a_client_id_that_is_not_a_uuid_of_version_4_is_refused(wrong):
    workspace = a_workspace()
    issue = an_issue(workspace)

    answer = ask(workspace, COMMENT, input={"id": wrong, "issueId": issue.id, "body": "b"})

    assert (answer.status, answer.errors[0]["extensions"]["code"]) == (400, "INVALID_INPUT")
    assert workspace.all(Comment) == []


def test_a_comment_is_created_edited_and_deleted_by_its_author_only():
    workspace = a_workspace()
    issue = an_issue(workspace)
    theirs = workspace.add(Comment(issue=issue, user=workspace.human, body="mine"))
    edit = 'mutation($id: String!) { commentUpdate(id: $id, input: { body: "new" }) { comment { body editedAt } } }'
    delete = "mutation($id: String!) { commentDelete(id: $id) { entityId success } }"

    made = ask(workspace, COMMENT, input={"issueId": "GRO-1", "body": "old"}).data["commentCreate"]["comment"]
    edited = ask(workspace, edit, id=made["id"]).data["commentUpdate"]["comment"]
    refused = [ask(workspace, query, id=theirs.id) for query in (edit, delete)]
    deleted = ask(workspace, delete, id=made["id"]).data["commentDelete"]

    assert made["user"]["id"] == workspace.viewer.id
    assert edited == {"body": "new", "editedAt": "2026-11-18T09:00:00.000Z"}
    assert [answer.errors[0]["extensions"]["code"] for answer in refused] == ["FORBIDDEN"] * 2
    assert deleted == {"entityId": made["id"], "success": True}
    assert [comment.body for comment in workspace.all(Comment)] == ["mine"]


def test_an_attachment_is_upserted_on_issue_and_url():
    workspace = a_workspace()
    issue, other = an_issue(workspace), an_issue(workspace)
    values = {"issueId": issue.id, "url": "https://okr/1", "title": "KR", "metadata": {"score": 0.2}}

    first = ask(workspace, ATTACH, input=values).data["attachmentCreate"]["attachment"]["id"]
    again = ask(workspace, ATTACH, input={**values, "subtitle": "s", "metadata": {"score": 0.4}})
    elsewhere = ask(workspace, ATTACH, input={**values, "issueId": other.identifier})

    assert again.data["attachmentCreate"]["attachment"]["id"] == first
    assert elsewhere.data["attachmentCreate"]["attachment"]["id"] != first
    attachment = workspace.get(Attachment, first)
    assert (attachment.title, attachment.subtitle, attachment.metadata) == ("KR", "s", {"score": 0.4})
    ask(workspace, "mutation($id: String!) { attachmentDelete(id: $id) { success } }", id=first)
    assert [attachment.issue for attachment in workspace.all(Attachment)] == [other]


def test_attachment_metadata_holds_strings_and_numbers_only():
    workspace = a_workspace()
    issue = an_issue(workspace)
    for value in (True, None, [1], {"a": 1}):
        values = {"issueId": issue.id, "url": "https://okr/1", "title": "KR", "metadata": {"x": value}}

        assert ask(workspace, ATTACH, input=values).status == 400
    assert workspace.all(Attachment) == []


def test_a_status_post_sets_the_health_and_is_edited_in_place():
    workspace = a_workspace()
    project, initiative = a_project(workspace), workspace.add(Initiative(name="Grow"))
    app = LinearApp(workspace)
    ask(app, POST, input={"id": CLIENT_ID, "projectId": project.id, "body": "b", "health": "atRisk"})
    ask(app, """mutation($input: InitiativeUpdateCreateInput!) { initiativeUpdateCreate(input: $input) { success } }""",
        input={"id": CLIENT_ID, "initiativeId": initiative.id, "body": "b", "health": "onTrack"})  # fmt: skip
    before = (workspace.health(project), workspace.health(initiative))

    answer = ask(app, """mutation($id: String!) {
      projectUpdateUpdate(id: $id, input: { health: offTrack }) { projectUpdate { body project { health } } }
      initiativeUpdateUpdate(id: $id, input: { body: "c", health: atRisk }) { initiativeUpdate { body editedAt } } }""",
        id=CLIENT_ID)  # fmt: skip

    assert before == ("atRisk", "onTrack")
    assert (workspace.health(project), workspace.health(initiative)) == ("offTrack", "atRisk")
    assert answer.data["projectUpdateUpdate"]["projectUpdate"] == {"body": "b", "project": {"health": "offTrack"}}
    assert len(workspace.all(ProjectUpdate)) == 1


def test_the_content_of_a_project_and_an_initiative_is_kept_byte_by_byte():
    workspace = a_workspace()
    project, initiative = a_project(workspace), workspace.add(Initiative(name="Grow"))
    content = '# Plan\n\n`okr:1 {"a": 2}`  \n\n* x\u200b\n'

    ask(workspace, """mutation($p: String!, $i: String!, $content: String!) {
      projectUpdate(id: $p, input: { content: $content }) { project { content } }
      initiativeUpdate(id: $i, input: { content: $content, status: Completed }) { initiative { content } } }""",
        p=project.id, i=initiative.id, content=content)  # fmt: skip

    assert (project.content, initiative.content, initiative.status) == (content, content, "Completed")


def test_a_label_name_is_taken_once_whatever_its_case():
    workspace = a_workspace()
    team, group = the_team(workspace), workspace.add(IssueLabel(name="okr", is_group=True))

    assert ask(workspace, LABEL, input={"name": "Bug"}).errors == []
    assert ask(workspace, LABEL, input={"name": "bug"}).errors[0]["message"] == "duplicate label name"
    assert (
        ask(workspace, LABEL, input={"name": "BUG", "teamId": team.id}).errors[0]["message"] == "duplicate label name"
    )
    assert ask(workspace, LABEL, input={"name": "bug", "parentId": group.id}).errors == []
    assert [label.name for label in workspace.all(IssueLabel)] == ["okr", "Bug", "bug"]


def test_aliases_run_in_order_and_one_that_fails_leaves_the_others_applied_and_told():
    workspace = a_workspace()
    an_issue(workspace, "old")

    answer = ask(workspace, """mutation {
      a: issueUpdate(id: "GRO-1", input: { title: "one" }) { issue { title } }
      b: issueUpdate(id: "GRO-2", input: { title: "two" }) { issue { title } }
      c: issueUpdate(id: "GRO-1", input: { title: "three" }) { issue { title } } }""")  # fmt: skip

    assert answer.status == 200
    assert answer.data == {"a": {"issue": {"title": "one"}}, "b": None, "c": {"issue": {"title": "three"}}}
    assert [error["path"] for error in answer.errors] == [["b"]]


def test_a_snapshot_ignores_ids_and_times_and_sees_everything_else():
    def story(minutes, body="b"):
        workspace = a_workspace()
        an_issue(workspace)
        workspace.now += timedelta(minutes=minutes)
        for _ in range(minutes):
            workspace.new_id("Comment")
        ask(workspace, COMMENT, input={"issueId": "GRO-1", "body": body})
        return workspace.snapshot()

    assert story(0) == story(5)
    assert story(0) != story(0, body="c")


def test_ids_are_the_same_for_the_same_story():
    first, second = a_workspace(), a_workspace()

    assert an_issue(first).id == an_issue(second).id
    assert UUID(first.all(Issue)[0].id).version == 4


def test_a_copy_of_a_workspace_goes_its_own_way():
    workspace = a_workspace()
    an_issue(workspace, "old")
    copied = copy.deepcopy(workspace)

    ask(copied, UPDATE, id="GRO-1", input={"title": "new"})

    assert [issue.title for issue in (*workspace.all(Issue), *copied.all(Issue))] == ["old", "new"]


@pytest.mark.parametrize("values", [{"priority": None}, {"title": " "}, {"estimate": -1}])
def test_a_value_an_issue_cannot_have_is_refused(values):
    workspace = a_workspace()
    issue = an_issue(workspace, "old", estimate=1)

    assert ask(workspace, UPDATE, id=issue.id, input=values).errors[0]["extensions"]["code"] == "INVALID_INPUT"
    assert (issue.title, issue.estimate, issue.priority) == ("old", 1, 0)


def test_an_issue_cannot_become_its_own_ancestor():
    workspace = a_workspace()
    epic = an_issue(workspace)
    child = an_issue(workspace, parent=epic)

    assert ask(workspace, UPDATE, id=epic.id, input={"parentId": child.id}).errors[0]["message"] == "circular parent"
    assert epic.parent is None


def test_a_project_takes_a_status_and_refuses_to_lose_its_name():
    workspace = a_workspace()
    project, paused = a_project(workspace), workspace.add(ProjectStatus(name="Paused", type="paused"))
    edit = """mutation($id: String!, $input: ProjectUpdateInput!) {
      projectUpdate(id: $id, input: $input) { project { status { type } targetDate } } }"""

    changed = ask(workspace, edit, id=project.id, input={"statusId": paused.id, "targetDate": "2026-12-31"}).data
    refused = ask(workspace, edit, id=project.id, input={"name": None, "content": "x"})

    assert changed["projectUpdate"]["project"] == {"status": {"type": "paused"}, "targetDate": "2026-12-31"}
    assert refused.said == "name must not be null"
    assert (project.name, project.content) == ("Checkout", None)


def test_a_label_is_made_inside_a_group_only_if_it_is_one():
    workspace = a_workspace()
    team = the_team(workspace)
    group, plain = workspace.add(IssueLabel(name="okr", is_group=True, team=team)), workspace.add(IssueLabel(name="x"))

    made = ask(workspace, LABEL, input={"name": "PAY-1", "parentId": group.id}).data["issueLabelCreate"]["issueLabel"]
    refused = ask(workspace, LABEL, input={"name": "PAY-1", "parentId": plain.id})

    label = workspace.get(IssueLabel, made["id"])
    assert (label.parent, label.team) == (group, team)
    assert refused.errors[0]["message"] == "parent is not a group"


def test_an_attachment_is_edited_by_its_id():
    workspace = a_workspace()
    attachment = workspace.add(
        Attachment(issue=an_issue(workspace), url="https://okr/1", title="KR", metadata={"a": 1})
    )

    ask(workspace, """mutation($id: String!, $input: AttachmentUpdateInput!) {
      attachmentUpdate(id: $id, input: $input) { success } }""",
        id=attachment.id, input={"title": "New", "metadata": {"b": 2}})  # fmt: skip

    assert (attachment.title, attachment.metadata, attachment.url) == ("New", {"b": 2}, "https://okr/1")
