"""The sandbox's two ways to read many issues: the paged search and the bulk fetch."""

from typing import Any

import pytest
from support.sandbox_jira import NOW, Caller, a_site, an_issue

from adapters.sandbox.jira.fields import SPRINT, STORY_POINT_ESTIMATE

SEARCH = "/rest/api/3/search/jql"
BULK = "/rest/api/3/issue/bulkfetch"


def some_issues(count: int, **changes: Any) -> Caller:
    return Caller(a_site(*(an_issue(number) for number in range(1, count + 1)), **changes))


def walk(caller: Caller, **body: Any) -> list[list[str]]:
    """The ids of every page."""
    pages, token = [], None
    while True:
        answer = caller.search("project = ENG ORDER BY key", **body, nextPageToken=token).json
        pages.append([issue["id"] for issue in answer["issues"]])
        token = answer.get("nextPageToken")
        assert answer["isLast"] == (token is None)
        if token is None:
            return pages


def test_a_search_answers_ids_only_unless_fields_are_asked() -> None:
    caller = some_issues(1)

    assert caller.search("project = ENG").json == {"issues": [{"id": "10001"}], "isLast": True}
    (with_key,) = caller.search("project = ENG", fields=["id", "key"]).json["issues"]
    assert (with_key["key"], "fields" in with_key) == ("ENG-1", False)
    (with_field,) = caller.search("project = ENG", fields=["summary"]).json["issues"]
    assert (with_field["key"], with_field["fields"]) == ("ENG-1", {"summary": "Story 1"})


def test_a_get_search_answers_as_a_post_does() -> None:
    caller = some_issues(3)

    got = caller.get(SEARCH, jql="project = ENG ORDER BY key", fields=["summary,status", "labels"], maxResults="2")
    posted = caller.search("project = ENG ORDER BY key", fields=["summary", "status", "labels"], maxResults=2)

    assert got.status_code == 200
    assert got.json["issues"] == posted.json["issues"]


@pytest.mark.parametrize(
    ("body", "sizes"), [({}, [50] * 3), ({"maxResults": 5000}, [150]), ({"maxResults": 70}, [70, 70, 10])]
)
def test_pages_of_ids_are_as_long_as_asked(body: dict[str, int], sizes: list[int]) -> None:
    assert [len(page) for page in walk(some_issues(150), **body)] == sizes


def test_pages_with_fields_are_short_whatever_is_asked() -> None:
    assert [len(page) for page in walk(some_issues(150), fields=["summary"], maxResults=5000)] == [100, 50]


def test_a_short_page_is_not_the_last() -> None:
    pages = walk(some_issues(10, page_cap=4), maxResults=100)

    assert [len(page) for page in pages] == [4, 4, 2]
    assert len({id for page in pages for id in page}) == 10


def test_a_page_token_belongs_to_its_query_and_fields() -> None:
    caller = some_issues(60)
    token = caller.search("project = ENG").json["nextPageToken"]
    refused = {"errorMessages": ["The provided nextPageToken is invalid or has expired."], "errors": {}}

    for answer in (
        caller.search("project = ENG AND id > 0", nextPageToken=token),
        caller.search("project = ENG", nextPageToken=token, fields=["summary"]),
        caller.search("project = ENG", nextPageToken="made up"),
    ):
        assert (answer.status_code, answer.json) == (400, refused)
    assert caller.search("project = ENG", nextPageToken=token).status_code == 200


def test_a_row_that_moves_behind_the_page_is_seen_again() -> None:
    caller = some_issues(4)
    query = "project = ENG ORDER BY updated ASC, key ASC"
    first = caller.search(query, maxResults=2).json

    caller.site.issues[0].updated = NOW

    second = caller.search(query, maxResults=5, nextPageToken=first["nextPageToken"]).json
    assert [issue["id"] for issue in first["issues"] + second["issues"]] == [
        "10001",
        "10002",
        "10003",
        "10004",
        "10001",
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"startAt": 0},
        {"maxResults": 5001},
        {"maxResults": 0},
        {"fields": "summary"},
        {"fields": ["sumary"]},
        {"expand": ["names"]},
        {"expand": "changelog"},
        {"properties": ["a", "b", "c", "d", "e", "f"]},
        {"reconcileIssues": ["10001"]},
        {"reconcileIssues": list(range(51))},
        {"fieldsByKeys": True},
    ],
)
def test_a_search_body_that_jira_would_not_understand_is_refused(body: dict[str, Any]) -> None:
    assert some_issues(1).search("project = ENG", **body).status_code == 400


def test_an_unknown_query_parameter_is_refused() -> None:
    answer = some_issues(1).get(SEARCH, jql="project = ENG", startAt="0")

    assert (answer.status_code, answer.json["errorMessages"]) == (400, ["Unrecognized query parameters: startAt."])


@pytest.mark.parametrize("field", ["assignee", "reporter", "creator", "*all", "*navigable", "comment"])
def test_asking_for_people_is_refused_and_noted(field: str) -> None:
    caller = some_issues(1)

    answers = [
        caller.search("project = ENG", fields=["summary", field]),
        caller.post(BULK, {"issueIdsOrKeys": ["ENG-1"], "fields": [field]}),
        caller.get("/rest/api/3/issue/ENG-1", fields=field),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert len(caller.site.forbidden_reads) == 3


def test_reading_issues_without_naming_fields_is_asking_for_people() -> None:
    caller = some_issues(1)

    assert caller.get("/rest/api/3/issue/ENG-1").status_code == 400
    assert caller.post(BULK, {"issueIdsOrKeys": ["ENG-1"]}).status_code == 400
    assert len(caller.site.forbidden_reads) == 2


def test_properties_come_with_a_search_and_with_a_bulk_fetch() -> None:
    caller = Caller(a_site(an_issue(1, properties={"okr.sync": {"v": 1}, "other": 2})))

    (found,) = caller.search("project = ENG", fields=["summary"], properties=["okr.sync", "none"]).json["issues"]
    bulk = caller.post(BULK, {"issueIdsOrKeys": ["ENG-1"], "fields": ["summary"], "properties": ["okr.sync"]}).json

    assert found["properties"] == bulk["issues"][0]["properties"] == {"okr.sync": {"v": 1}}


def test_a_search_lags_behind_a_write_but_for_reconciled_issues() -> None:
    caller = some_issues(2, search_lag=3)
    written = caller.put("/rest/api/3/issue/ENG-1", {"update": {"labels": [{"add": "new"}]}})

    assert written.status_code == 204
    assert caller.found("labels = new") == []
    assert [row["id"] for row in caller.search("labels = new", reconcileIssues=[10001]).json["issues"]] == ["10001"]
    bulk = caller.post(BULK, {"issueIdsOrKeys": ["10001"], "fields": ["labels"]}).json
    assert bulk["issues"][0]["fields"]["labels"] == ["new"]
    assert caller.found("labels = new") == ["ENG-1"]


def test_a_bulk_fetch_answers_in_id_order_and_leaves_out_what_is_not_there() -> None:
    caller = some_issues(4, unreadable={"10003"}, hidden={"ENG-4"})
    names = ["eng-2", "10003", "ENG-4", "ENG-99", "10001", "10002"]

    answer = caller.post(BULK, {"issueIdsOrKeys": names, "fields": ["summary"]}).json

    assert [issue["id"] for issue in answer["issues"]] == ["10001", "10002"]
    assert answer["issueErrors"] == []
    assert caller.found("project = ENG ORDER BY key") == ["ENG-1", "ENG-2", "ENG-3"]


@pytest.mark.parametrize(
    ("limit", "count", "fields", "status"),
    [
        (1000, 1000, ["summary"], 200),
        (1000, 1001, ["summary"], 400),
        (1000, 101, ["summary", "subtasks"], 400),
        (1000, 101, [], 400),
        (100, 100, ["summary"], 200),
        (100, 101, ["summary"], 400),
    ],
)
def test_a_bulk_fetch_takes_a_thousand_only_with_the_allowance(
    limit: int, count: int, fields: list[str], status: int
) -> None:
    caller = some_issues(1, bulk_limit=limit)
    ids = [str(10000 + number) for number in range(count)]

    answer = caller.post(BULK, {"issueIdsOrKeys": ids, "fields": fields})

    assert answer.status_code == status
    if status == 400:
        assert answer.json["errorMessages"]


def test_a_bulk_fetch_expands_nothing() -> None:
    body = {"issueIdsOrKeys": ["ENG-1"], "fields": ["summary"], "expand": ["changelog"]}

    assert some_issues(1).post(BULK, body).status_code == 400


def test_a_count_is_the_number_of_rows() -> None:
    caller = some_issues(7)

    assert caller.post("/rest/api/3/search/approximate-count", {"jql": "id > 10002"}).json == {"count": 5}


@pytest.mark.parametrize("version", ["2", "3"])
def test_the_removed_search_is_gone(version: str) -> None:
    answer = some_issues(1).get(f"/rest/api/{version}/search", jql="project = ENG")

    assert answer.status_code == 410
    assert "migrate to the /rest/api/3/search/jql API" in answer.json["errorMessages"][0]


def test_an_issue_is_rendered_as_jira_cloud_does() -> None:
    epic = an_issue(1, type="Epic", level=1, summary="Checkout")
    story = an_issue(
        2,
        parent="ENG-1",
        sprints=[10, 11],
        description="one\n\ntwo",
        components=["Web"],
        priority="High",
        custom={STORY_POINT_ESTIMATE: 3.0},
    )
    fields = ["parent", SPRINT, "description", STORY_POINT_ESTIMATE, "status", "updated", "resolution", "issuetype"]

    answer = Caller(a_site(epic, story)).get("/rest/api/3/issue/ENG-2", fields=",".join([*fields, "customfield_10014"]))

    issue = answer.json
    assert issue["self"].startswith("https://api.atlassian.com/ex/jira/")
    values = issue["fields"]
    assert values["parent"]["key"] == "ENG-1"
    assert values["parent"]["fields"]["issuetype"]["hierarchyLevel"] == 1
    assert [(sprint["id"], sprint["state"], sprint["boardId"]) for sprint in values[SPRINT]] == [
        (10, "closed", 1),
        (11, "active", 1),
    ]
    assert values[SPRINT][0]["completeDate"] == "2026-11-09T09:00:00.000Z"
    assert values["description"]["content"][1] == {"type": "paragraph"}
    assert values[STORY_POINT_ESTIMATE] == 3.0
    assert values["status"]["statusCategory"]["key"] == "new"
    assert values["updated"] == "2026-11-09T10:00:00.000+0100"
    assert (values["resolution"], values["customfield_10014"]) == (None, "ENG-1")


def test_a_parent_that_is_not_visible_is_left_out() -> None:
    site = a_site(an_issue(1, parent="ENG-99"), an_issue(2, parent="ENG-3"), an_issue(3), hidden={"ENG-3"})

    for key in ("ENG-1", "ENG-2"):
        assert Caller(site).get(f"/rest/api/3/issue/{key}", fields="parent,labels").json["fields"] == {"labels": []}
