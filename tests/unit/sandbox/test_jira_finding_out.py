"""What a caller can find out before it works, remote links, and how projects and issues move."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support.sandbox_jira import ME, Caller, a_site, an_issue
from unit.sandbox.data_center_calls import Caller as DataCenterCaller
from unit.sandbox.test_jira_site import specification

from adapters.sandbox.jira.fields import OKR_PROGRESS, number_field
from adapters.sandbox.jira.site import Account

LINK = {"globalId": "okr:KR1", "object": {"url": "https://okrs.example.com/KR1", "title": "supports KR1"}}


def a_reader(*lacks: str) -> Account:
    return Account("712020:reader", "Reader", "reader@example.com", "reader-token", lacks=frozenset(lacks))


def test_projects_are_paged() -> None:
    caller = Caller(a_site())

    first = caller.get("/rest/api/3/project/search", maxResults="1").json
    last = caller.get("/rest/api/3/project/search", startAt="1").json
    named = caller.get("/rest/api/3/project/search", keys="ops").json

    assert ([each["key"] for each in first["values"]], first["total"], first["isLast"]) == (["ENG"], 2, False)
    assert ([each["key"] for each in last["values"]], last["isLast"]) == (["OPS"], True)
    assert [each["key"] for each in named["values"]] == ["OPS"]
    assert caller.get("/rest/api/3/project/search", query="eng").status_code == 400


def test_permissions_are_answered_by_name() -> None:
    reader = a_reader("EDIT_ISSUES")
    caller = Caller(a_site(an_issue(1), accounts=[reader]), reader)
    path = "/rest/api/3/mypermissions"

    found = caller.get(path, permissions="BROWSE_PROJECTS,EDIT_ISSUES", projectKey="ENG").json["permissions"]

    assert {key: each["havePermission"] for key, each in found.items()} == {
        "BROWSE_PROJECTS": True,
        "EDIT_ISSUES": False,
    }
    assert caller.get(path).status_code == 400
    assert caller.get(path, permissions="NONSENSE").status_code == 400
    assert caller.get(path, permissions="EDIT_ISSUES", projectKey="NOPE").status_code == 404


def test_a_data_center_answers_all_permissions() -> None:
    found = DataCenterCaller(a_site()).get("/rest/api/2/mypermissions").json["permissions"]

    assert (found["EDIT_ISSUES"]["havePermission"], found["ADMINISTER"]["havePermission"]) == (True, False)


@pytest.mark.parametrize(
    ("lacks", "method", "path", "body", "status"),
    [
        ("EDIT_ISSUES", "PUT", "", {"fields": {"summary": "x"}}, 400),
        ("EDIT_ISSUES", "PUT", "", {"properties": [{"key": "k", "value": 1}]}, 403),
        ("EDIT_ISSUES", "PUT", "/properties/k", 1, 403),
        ("ADD_COMMENTS", "POST", "/comment", {"body": "x"}, 400),
        ("LINK_ISSUES", "POST", "/remotelink", LINK, 403),
    ],
)
def test_what_is_not_permitted_is_not_done(lacks: str, method: str, path: str, body: Any, status: int) -> None:
    reader = a_reader(lacks)
    site = a_site(an_issue(1), accounts=[reader])
    before = site.snapshot()

    answer = DataCenterCaller(site, reader).call(method, f"/rest/api/2/issue/ENG-1{path}", body)

    assert answer.status_code == status
    assert site.snapshot() == before


def test_the_edit_screen_shows_what_may_be_set() -> None:
    site = a_site(an_issue(1))
    site.fields.append(number_field("customfield_10051", "Off screen", on_screen=False))

    fields = Caller(site).get("/rest/api/3/issue/ENG-1/editmeta").json["fields"]
    on_data_center = DataCenterCaller(a_site(an_issue(1))).get("/rest/api/2/issue/ENG-1/editmeta").json["fields"]

    assert fields[OKR_PROGRESS]["operations"] == ["set"]
    assert fields["labels"]["operations"] == ["add", "set", "remove"]
    assert not {"customfield_10051", "status"} & set(fields)
    assert (fields["labels"]["key"], on_data_center["labels"]["fieldId"]) == ("labels", "labels")


def test_the_edit_screen_is_empty_without_the_right() -> None:
    reader = a_reader("EDIT_ISSUES")

    answer = Caller(a_site(an_issue(1), accounts=[reader]), reader).get("/rest/api/3/issue/ENG-1/editmeta")

    assert answer.json == {"fields": {}}


def test_jql_is_judged_query_by_query() -> None:
    queries = ["project = ENG", "project = NOPE", "project = ", "ORDER BY key"]
    caller = Caller(a_site())

    strict = caller.post("/rest/api/3/jql/parse", {"queries": queries}, validation="strict").json["queries"]
    warned = caller.post("/rest/api/3/jql/parse", {"queries": queries}, validation="warn").json["queries"]
    syntax = caller.post("/rest/api/3/jql/parse", {"queries": queries}, validation="none").json["queries"]

    assert [each["query"] for each in strict] == queries
    assert ["errors" in each for each in strict] == [False, True, True, False]
    assert strict[1]["errors"] == ["The value 'NOPE' does not exist for the field 'project'."]
    assert [sorted(each) for each in warned[1:3]] == [["query", "warnings"], ["errors", "query"]]
    assert ["errors" in each for each in syntax] == [False, False, True, False]
    assert caller.post("/rest/api/3/jql/parse", {"queries": []}).status_code == 400
    assert caller.post("/rest/api/3/jql/parse", {"queries": queries}, validation="maybe").status_code == 400


def test_a_remote_link_is_one_by_its_global_id() -> None:
    caller = Caller(a_site(an_issue(1)))
    path = "/rest/api/3/issue/ENG-1/remotelink"
    changed = {"globalId": "okr:KR1", "object": {"url": "https://okrs.example.com/KR1", "title": "now 7"}}

    created = caller.post(path, LINK | {"relationship": "supports"})
    updated = caller.post(path, changed)
    other = caller.post(path, {"object": {"url": "https://x.example.com", "title": "other"}})

    assert [answer.status_code for answer in (created, updated, other)] == [201, 200, 201]
    assert created.json["id"] == updated.json["id"]
    assert caller.get(path, globalId="okr:KR1").json["object"]["title"] == "now 7"
    assert "relationship" not in caller.get(path, globalId="okr:KR1").json
    assert len(caller.get(path).json) == 2
    assert caller.get(path, globalId="nobody").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"globalId": "x"},
        {"object": {"url": "https://x.example.com"}},
        {"object": {"url": "https://x.example.com", "title": "t", "colour": "red"}},
        LINK | {"globalId": "x" * 256},
        LINK | {"priority": 1},
    ],
)
def test_a_remote_link_of_another_form_is_refused(body: dict[str, Any]) -> None:
    caller = Caller(a_site(an_issue(1)))

    assert caller.post("/rest/api/3/issue/ENG-1/remotelink", body).status_code == 400
    assert caller.site.issues[0].remote_links == []


def test_a_renamed_project_is_found_by_both_keys() -> None:
    site = a_site(an_issue(1), an_issue(2, parent="ENG-1"))
    site.rename_project(site.projects[0], "NEW")
    caller = Caller(site)

    assert (
        caller.found("project = ENG ORDER BY key") == caller.found("project = NEW ORDER BY key") == ["NEW-1", "NEW-2"]
    )
    assert caller.get("/rest/api/3/project/ENG").json["key"] == "NEW"
    assert caller.get("/rest/api/3/issue/ENG-2", fields="parent").json["fields"]["parent"]["key"] == "NEW-1"
    assert caller.get("/rest/api/3/project/NOPE").status_code == 404


def test_a_moved_issue_keeps_its_id() -> None:
    site = a_site(an_issue(1), an_issue(2, parent="ENG-1"), an_issue(7, project="OPS"))
    site.move(site.issues[0], site.projects[1])
    caller = Caller(site)

    moved = caller.get("/rest/api/3/issue/ENG-1", fields="summary").json

    assert (moved["id"], moved["key"]) == ("10001", "OPS-8")
    assert site.issues[1].parent == "OPS-8"
    assert caller.found("project = ENG") == ["ENG-2"]


def test_a_deleted_issue_is_nowhere() -> None:
    site = a_site(an_issue(1), an_issue(2, parent="ENG-1"))
    site.delete(site.issues[0])
    caller = Caller(site)

    assert caller.found("project = ENG") == ["ENG-2"]
    assert caller.get("/rest/api/3/issue/10001", fields="key").status_code == 404
    assert site.issues[0].parent is None


def test_these_answers_too_fit_the_schemas_that_atlassian_publishes() -> None:
    components = specification()["components"]
    caller = Caller(a_site(an_issue(1)), ME)
    issue = "/rest/api/3/issue/ENG-1"
    answers = {
        "RemoteIssueLinkIdentifies": caller.post(f"{issue}/remotelink", LINK),
        "RemoteIssueLink": caller.get(f"{issue}/remotelink", globalId="okr:KR1"),
        "IssueUpdateMetadata": caller.get(f"{issue}/editmeta"),
        "PageBeanProject": caller.get("/rest/api/3/project/search"),
        "Project": caller.get("/rest/api/3/project/ENG"),
        "Permissions": caller.get("/rest/api/3/mypermissions", permissions="EDIT_ISSUES"),
        "ParsedJqlQueries": caller.post("/rest/api/3/jql/parse", {"queries": ["project = ENG", "foo = 1"]}),
    }

    wrong = [
        f"{name}: {error.json_path}: {error.message}"
        for name, answer in answers.items()
        for error in Draft202012Validator(
            {"$ref": f"#/components/schemas/{name}", "components": components}
        ).iter_errors(answer.json)
    ]

    assert "\n".join(wrong) == ""
