"""The sandbox Data Center: REST v2 by startAt, links by key, wiki text, and what only Cloud has refused."""

from typing import Any

import pytest
from jira import JIRA
from support.sandbox_jira import ME, NOW, a_document, a_site, an_issue
from unit.sandbox.data_center_calls import Caller

from adapters.sandbox.jira.data_center import JiraDataCenter
from adapters.sandbox.jira.fields import EPIC_LINK, PARENT_LINK, SPRINT, STORY_POINT_ESTIMATE, STORY_POINTS
from adapters.sandbox.jira.site import Account, Site
from adapters.sandbox.server import Server


def a_family() -> Site:
    """Initiative 1, epic 2 below it, story 3 below that with sub-task 4, and story 5 right below the initiative."""
    return a_site(
        an_issue(1, type="Initiative", level=2),
        an_issue(2, type="Epic", level=1, parent="ENG-1"),
        an_issue(3, parent="ENG-2"),
        an_issue(4, type="Sub-task", level=-1, parent="ENG-3"),
        an_issue(5, parent="ENG-1"),
    )


def test_the_jira_library_signs_in_with_a_token_and_searches() -> None:
    with Server(JiraDataCenter(a_site(an_issue(1)))) as server:
        client = JIRA(server.url, token_auth=ME.token, max_retries=0, timeout=(5, 30))
        found = client.search_issues("project = ENG", fields="summary", json_result=True)

    assert client.deploymentType == "Server"
    assert client._version[:2] == (9, 12)
    assert [issue["key"] for issue in found["issues"]] == ["ENG-1"]


def test_pages_go_by_offset_and_tell_the_total() -> None:
    caller = Caller(a_site(*(an_issue(number) for number in range(1, 6))))

    first = caller.search("project = ENG ORDER BY key", maxResults=2).json
    last = caller.search("project = ENG ORDER BY key", maxResults=2, startAt=4).json
    beyond = caller.search("project = ENG", startAt=9).json
    count = caller.search("project = ENG", maxResults=0).json

    assert (first["startAt"], first["maxResults"], first["total"]) == (0, 2, 5)
    assert [issue["key"] for issue in last["issues"]] == ["ENG-5"]
    assert (beyond["issues"], beyond["total"]) == ([], 5)
    assert (count["issues"], count["total"]) == ([], 5)


def test_a_page_is_capped_in_silence() -> None:
    caller = Caller(a_site(*(an_issue(number) for number in range(1, 6)), dc_page_cap=3))

    answer = caller.search("project = ENG", maxResults=1000).json

    assert (len(answer["issues"]), answer["maxResults"], answer["total"]) == (3, 3, 5)


def test_a_search_reads_the_same_by_get() -> None:
    caller = Caller(a_site(an_issue(1), an_issue(2)))

    asked = {"jql": "project = ENG ORDER BY key", "fields": "summary,status", "maxResults": "1", "expand": "names"}
    by_get = caller.get("/rest/api/2/search", **asked).json
    by_post = caller.post(
        "/rest/api/2/search", asked | {"fields": ["summary", "status"], "maxResults": 1, "expand": ["names"]}
    ).json

    assert by_get == by_post
    assert by_get["names"] == {"summary": "Summary", "status": "Status"}


def test_unbounded_jql_finds_everything() -> None:
    assert Caller(a_site(an_issue(1), an_issue(2))).found("ORDER BY key") == ["ENG-1", "ENG-2"]


@pytest.mark.parametrize(
    "body",
    [
        {"properties": ["okr"]},
        {"nextPageToken": "x"},
        {"reconcileIssues": [1]},
        {"expand": ["transitions"]},
        {"fields": ["*all"]},
        {"fields": ["assignee"]},
        {"fields": ["statuscategorychangedate"]},
        {"fields": [STORY_POINT_ESTIMATE]},
        {"startAt": -1},
        {"jql": "statusCategoryChangedDate > -1d"},
        {"jql": "nonsense = 1"},
    ],
)
def test_a_search_refuses_what_it_does_not_know(body: dict[str, Any]) -> None:
    assert Caller(a_site(an_issue(1))).search(**{"jql": "project = ENG"} | body).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/rest/api/2/search/jql"),
        ("POST", "/rest/api/2/search/jql"),
        ("POST", "/rest/api/2/search/approximate-count"),
        ("POST", "/rest/api/2/issue/bulkfetch"),
        ("POST", "/rest/api/2/changelog/bulkfetch"),
        ("GET", "/rest/api/3/serverInfo"),
        ("GET", "/rest/api/3/issue/ENG-1"),
        ("POST", "/rest/api/2/jql/parse"),
        ("GET", "/rest/software/1.0/sprint/11/issue"),
        ("GET", "/_edge/tenant_info"),
    ],
)
def test_what_only_cloud_has_is_not_there(method: str, path: str) -> None:
    answer = Caller(a_site(an_issue(1))).call(method, path)

    # A bare `search` is no issue: GET takes `bulkfetch` for a key, POST knows no such thing.
    assert answer.status_code in (404, 405)
    assert set(answer.json) == {"errorMessages", "errors"}


def test_the_server_tells_what_it_is_and_who_asks() -> None:
    caller = Caller(a_site())

    info, me = caller.get("/rest/api/2/serverInfo").json, caller.get("/rest/api/2/myself").json

    assert (info["deploymentType"], info["version"]) == ("Server", "9.12.12")
    assert info["serverTime"] == "2026-11-16T10:00:00.000+0100"
    assert (me["name"], me["key"], me["timeZone"]) == ("okrsync", ME.account_id, "Europe/Zurich")
    assert "accountId" not in me


def test_an_issue_hangs_in_three_fields() -> None:
    caller = Caller(a_family())

    above = {key: caller.fields(key, EPIC_LINK, PARENT_LINK, "parent") for key in ("ENG-2", "ENG-3", "ENG-4", "ENG-5")}

    assert above["ENG-2"] == {EPIC_LINK: None, PARENT_LINK: "ENG-1"}
    assert above["ENG-3"] == {EPIC_LINK: "ENG-2", PARENT_LINK: None}
    assert (above["ENG-4"]["parent"]["key"], above["ENG-4"][EPIC_LINK]) == ("ENG-3", None)
    assert above["ENG-5"] == {EPIC_LINK: None, PARENT_LINK: "ENG-1"}


def test_jql_knows_the_three_fields_apart() -> None:
    caller = Caller(a_family())

    assert caller.found('"Epic Link" = ENG-2') == ["ENG-3"]
    assert caller.found(f"cf[{EPIC_LINK.removeprefix('customfield_')}] is not EMPTY") == ["ENG-3"]
    assert caller.found('"Parent Link" = ENG-1 ORDER BY key') == ["ENG-2", "ENG-5"]
    assert caller.found("parent in (ENG-2, ENG-3)") == ["ENG-4"]


def test_the_key_of_a_hidden_epic_is_told_and_the_epic_is_not() -> None:
    site = a_family()
    site.hidden.add("ENG-2")
    caller = Caller(site)

    assert caller.fields("ENG-3", EPIC_LINK)[EPIC_LINK] == "ENG-2"
    assert caller.get("/rest/api/2/issue/ENG-2", fields="summary").status_code == 404


def test_a_type_has_no_level() -> None:
    kind = Caller(a_family()).fields("ENG-4", "issuetype")["issuetype"]

    assert kind["subtask"] is True
    assert "hierarchyLevel" not in kind


def test_estimates_stand_in_story_points() -> None:
    caller = Caller(a_site(an_issue(1, custom={STORY_POINT_ESTIMATE: 5.0})))

    names = {field["id"] for field in caller.get("/rest/api/2/field").json}
    board = caller.get("/rest/agile/1.0/board/1/configuration").json

    assert caller.fields("ENG-1", STORY_POINTS) == {STORY_POINTS: 5.0}
    assert board["estimation"]["field"]["fieldId"] == STORY_POINTS
    assert not names & {STORY_POINT_ESTIMATE, "statuscategorychangedate"}
    assert PARENT_LINK in names


def test_history_is_expanded_and_names_no_field_ids() -> None:
    site = a_site(an_issue(1))
    site.put_in_sprint(site.issues[0], site.sprints[1])
    caller = Caller(site)

    one = caller.get("/rest/api/2/issue/ENG-1", fields="summary", expand="changelog").json["changelog"]
    (row,) = caller.search("project = ENG", expand=["changelog"]).json["issues"]

    assert row["changelog"] == one
    assert one["total"] == 1
    assert one["histories"][0]["created"] == "2026-11-16T10:00:00.000+0100"
    assert one["histories"][0]["items"] == [
        {"field": "Sprint", "fieldtype": "custom", "from": "", "fromString": "", "to": "11", "toString": "ENG 11"}
    ]


def test_the_sprint_field_holds_strings_and_the_agile_api_objects() -> None:
    site = a_site(an_issue(1, sprints=[10, 11]))
    site.sprints[1].name = "ENG, 11 [goal=x]"
    caller = Caller(site)

    strings = caller.fields("ENG-1", SPRINT)[SPRINT]
    sprint = caller.get("/rest/agile/1.0/sprint/11").json

    assert all(isinstance(each, str) and "sprint.Sprint@" in each for each in strings)
    assert "id=11," in strings[1]
    assert ",name=ENG, 11 [goal=x]," in strings[1]
    assert (sprint["id"], sprint["originBoardId"], sprint["state"]) == (11, 1, "active")
    assert sprint["startDate"] == "2026-11-09T10:00:00.000+01:00"


def test_issues_are_read_through_sprints_and_boards() -> None:
    site = a_site(an_issue(1, sprints=[11]), an_issue(2, sprints=[10]), an_issue(3, project="OPS"))
    caller = Caller(site)

    in_sprint = caller.get("/rest/agile/1.0/sprint/11/issue", fields="summary").json
    on_board = caller.get("/rest/agile/1.0/board/1/issue", fields="summary", jql="ORDER BY key", maxResults="1").json

    assert [issue["key"] for issue in in_sprint["issues"]] == ["ENG-1"]
    assert ([issue["key"] for issue in on_board["issues"]], on_board["total"]) == (["ENG-1"], 2)
    assert caller.get("/rest/agile/1.0/sprint/99/issue", fields="summary").status_code == 404


def test_a_board_does_not_tell_its_project() -> None:
    caller = Caller(a_site())

    (board,) = caller.get("/rest/agile/1.0/board", projectKeyOrId="ENG").json["values"]

    assert (board["id"], "location" in board) == (1, False)
    assert [sprint["id"] for sprint in caller.get("/rest/agile/1.0/board/1/sprint").json["values"]] == [10, 11, 12]


def test_one_put_carries_fields_labels_and_the_property() -> None:
    caller = Caller(a_site(an_issue(1, labels=["old"])))

    answer = caller.put(
        "/rest/api/2/issue/ENG-1",
        {
            "fields": {"customfield_10050": 0.62, "description": "h2. Words"},
            "update": {"labels": [{"add": "new"}, {"remove": "old"}]},
            "properties": [{"key": "okr", "value": {"v": 1}}],
        },
        notifyUsers="false",
    )

    (issue,) = caller.site.issues
    assert answer.status_code == 204
    assert (issue.labels, issue.properties) == (["new"], {"okr": {"v": 1}})
    assert caller.fields("ENG-1", "description", "customfield_10050") == {
        "description": "h2. Words",
        "customfield_10050": 0.62,
    }
    shown = caller.get("/rest/api/2/issue/ENG-1", fields="summary", properties="okr").json
    assert shown["properties"] == {"okr": {"v": 1}}


def test_a_document_is_no_text_here() -> None:
    caller = Caller(a_site(an_issue(1)))

    edited = caller.put("/rest/api/2/issue/ENG-1", {"fields": {"description": a_document()}})
    added = caller.post("/rest/api/2/issue/ENG-1/comment", {"body": a_document()})

    assert (edited.status_code, added.status_code) == (400, 400)
    assert caller.site.issues[0].comments == []


def test_comments_are_wiki_text() -> None:
    caller = Caller(a_site(an_issue(1)))
    path = "/rest/api/2/issue/ENG-1/comment"

    added = caller.post(path, {"body": "*0.62* of the way", "properties": [{"key": "k", "value": 1}]})
    edited = caller.put(f"{path}/{added.json['id']}", {"body": "*0.7*"})
    plain, expanded = caller.get(path).json, caller.get(path, expand="properties").json

    assert (added.status_code, edited.status_code) == (201, 200)
    assert added.json["author"]["name"] == "okrsync"
    assert [comment["body"] for comment in plain["comments"]] == ["*0.7*"]
    assert "properties" not in plain["comments"][0]
    assert expanded["comments"][0]["properties"] == [{"key": "k", "value": 1}]
    assert caller.put(f"{path}/{added.json['id']}", {"body": "x"}, notifyUsers="false").status_code == 400


def test_being_quiet_needs_an_administrator() -> None:
    plain = Account("JIRAUSER1", "Plain", "plain@example.com", "pat", lacks=frozenset({"ADMINISTER_PROJECTS"}))
    caller = Caller(a_site(an_issue(1), accounts=[plain]), plain)

    loud = caller.put("/rest/api/2/issue/ENG-1", {"fields": {"summary": "x"}})
    quiet = caller.put("/rest/api/2/issue/ENG-1", {"fields": {"summary": "y"}}, notifyUsers="false")

    assert (loud.status_code, quiet.status_code) == (204, 403)
    assert caller.site.issues[0].summary == "x"


def test_projects_come_in_one_list() -> None:
    assert [project["key"] for project in Caller(a_site()).get("/rest/api/2/project").json] == ["ENG", "OPS"]


def test_epoch_milliseconds_are_a_date() -> None:
    caller = Caller(a_site(an_issue(1, updated=NOW), an_issue(2)))

    assert caller.found(f"updated >= {int(NOW.timestamp() * 1000)}") == ["ENG-1"]


def test_unvalidated_a_key_that_is_gone_is_passed_over() -> None:
    caller = Caller(a_site(an_issue(1)))

    strict = caller.search("key in (ENG-1, ENG-9)")
    lax = caller.search("key in (ENG-1, ENG-9)", validateQuery=False)

    assert (strict.status_code, lax.status_code) == (400, 200)
    assert [issue["key"] for issue in lax.json["issues"]] == ["ENG-1"]
