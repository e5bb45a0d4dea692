"""The sandbox's writes: one PUT that carries everything, single properties, comments."""

from typing import Any

import pytest
from support.sandbox_jira import ME, NOW, SOMEBODY, Caller, a_document, a_site, an_issue

from adapters.sandbox.jira.fields import OKR, OKR_PROGRESS

ISSUE = "/rest/api/3/issue/ENG-1"
COMMENTS = f"{ISSUE}/comment"


def one_issue(**changes: Any) -> Caller:
    return Caller(a_site(an_issue(1, **changes)))


def test_one_put_carries_fields_labels_and_properties() -> None:
    caller = one_issue(labels=["old", "kept"])

    answer = caller.put(
        ISSUE,
        {
            "fields": {OKR_PROGRESS: 0.62, OKR: "PAY-O1"},
            "update": {"labels": [{"add": "new"}, {"remove": "old"}]},
            "properties": [{"key": "okr.sync", "value": {"v": 1}}],
        },
        notifyUsers="false",
    )

    (issue,) = caller.site.issues
    assert (answer.status_code, answer.data) == (204, b"")
    assert issue.custom == {OKR_PROGRESS: 0.62, OKR: "PAY-O1"}
    assert issue.labels == ["kept", "new"]
    assert issue.properties == {"okr.sync": {"v": 1}}
    assert issue.updated == NOW


def test_labels_in_fields_replace_the_list() -> None:
    caller = one_issue(labels=["a", "b"])

    caller.put(ISSUE, {"fields": {"labels": ["c", "c"]}})

    assert caller.site.issues[0].labels == ["c"]


def test_a_field_is_cleared_by_null() -> None:
    caller = one_issue(custom={OKR_PROGRESS: 0.5})

    assert caller.put(ISSUE, {"fields": {OKR_PROGRESS: None}}).status_code == 204
    assert caller.site.issues[0].custom == {}


def test_writing_what_is_there_leaves_updated_alone() -> None:
    caller = one_issue(labels=["a"], custom={OKR_PROGRESS: 0.5})
    before = caller.site.issues[0].updated

    caller.put(ISSUE, {"fields": {OKR_PROGRESS: 0.5}, "update": {"labels": [{"add": "a"}, {"remove": "b"}]}})

    assert caller.site.issues[0].updated == before


def test_a_refused_put_changes_nothing() -> None:
    caller = one_issue()
    before = caller.site.snapshot()

    answer = caller.put(
        ISSUE,
        {
            "fields": {OKR_PROGRESS: 0.5, "customfield_99999": 1},
            "update": {"labels": [{"add": "a"}]},
            "properties": [{"key": "k", "value": 1}],
        },
    )

    assert (answer.status_code, answer.json) == (
        400,
        {
            "errorMessages": [],
            "errors": {
                "customfield_99999": "Field 'customfield_99999' cannot be set. It is not on the appropriate screen, "
                "or unknown."
            },
        },
    )
    assert caller.site.snapshot() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"fields": {"status": "Done"}}, "status"),
        ({"fields": {OKR_PROGRESS: "0.5"}}, OKR_PROGRESS),
        ({"fields": {OKR_PROGRESS: True}}, OKR_PROGRESS),
        ({"fields": {OKR: 5}}, OKR),
        ({"fields": {"labels": "a"}}, "labels"),
        ({"fields": {"labels": ["a b"]}}, "labels"),
        ({"fields": {"summary": " "}}, "summary"),
        ({"fields": {"description": "wiki text"}}, "description"),
        ({"update": {"labels": [{"append": "a"}]}}, "labels"),
        ({"update": {"labels": {"add": "a"}}}, "labels"),
        ({"update": {OKR_PROGRESS: [{"add": 1}]}}, OKR_PROGRESS),
        ({"fields": {"labels": ["a"]}, "update": {"labels": [{"add": "b"}]}}, "labels"),
    ],
)
def test_a_field_error_names_the_field(body: dict[str, Any], field: str) -> None:
    answer = one_issue().put(ISSUE, body)

    assert answer.status_code == 400
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"field": {}},
        {"transition": {"id": "1"}},
        {"properties": {"okr.sync": 1}},
        {"properties": [{"key": "k" * 256, "value": 1}]},
        {"properties": [{"key": "k", "value": "v" * 32_767}]},
    ],
)
def test_a_put_of_another_shape_is_refused(body: Any) -> None:
    caller = one_issue()

    assert caller.put(ISSUE, body).status_code == 400
    assert caller.site.issues[0].properties == {}


@pytest.mark.parametrize("query", [{"returnIssue": "true"}, {"overrideScreenSecurity": "true"}, {"notify": "false"}])
def test_a_put_parameter_that_is_not_served_is_refused(query: dict[str, str]) -> None:
    assert one_issue().put(ISSUE, {"fields": {OKR: "x"}}, **query).status_code == 400


def test_a_body_must_be_declared_and_be_json() -> None:
    caller = one_issue()
    from werkzeug.test import Client
    from werkzeug.wrappers import Request

    client = Client(lambda environ, start: caller.app.handle(Request(environ))(environ, start))

    assert client.put(ISSUE, data="{}", headers=caller.headers).status_code == 415
    assert client.put(ISSUE, data="{", headers=caller.headers, content_type="application/json").status_code == 400


def test_a_moved_issue_is_found_by_its_old_key() -> None:
    caller = one_issue(key="OPS-7", project="OPS", previous_keys=["ENG-1"])

    assert caller.get("/rest/api/3/issue/eng-1", fields="summary").json["key"] == "OPS-7"
    assert caller.put(ISSUE, {"fields": {OKR: "x"}}).status_code == 204


def test_an_absent_issue_is_a_404_for_reads_and_writes() -> None:
    caller = one_issue()
    expected = {"errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {}}

    for answer in (
        caller.get("/rest/api/3/issue/ENG-9", fields="summary"),
        caller.put("/rest/api/3/issue/ENG-9", {"fields": {OKR: "x"}}),
        caller.get("/rest/api/3/issue/ENG-9/comment"),
    ):
        assert (answer.status_code, answer.json) == (404, expected)


def test_a_property_is_created_read_replaced_and_deleted() -> None:
    caller = one_issue()
    path = f"{ISSUE}/properties/okr.sync"
    before = caller.site.issues[0].updated

    assert caller.get(path).status_code == 404
    assert caller.put(path, {"v": 1}).status_code == 201
    assert caller.put(path, {"v": 2}).status_code == 200
    assert caller.get(path).json == {"key": "okr.sync", "value": {"v": 2}}
    assert [each["key"] for each in caller.get(f"{ISSUE}/properties").json["keys"]] == ["okr.sync"]
    assert caller.call("DELETE", path).status_code == 204
    assert caller.call("DELETE", path).status_code == 404
    assert caller.site.issues[0].updated == before


def test_a_property_key_may_hold_an_escaped_slash() -> None:
    caller = one_issue()

    caller.put(f"{ISSUE}/properties/a%2Fb", 1)

    assert caller.site.issues[0].properties == {"a/b": 1}


def test_a_comment_is_added_with_properties_and_edited() -> None:
    caller = one_issue()
    marker = [{"key": "okr.sync", "value": {"kr": "KR-1"}}]

    added = caller.post(COMMENTS, {"body": a_document("one"), "properties": marker})
    path = f"{COMMENTS}/{added.json['id']}"
    edited = caller.put(path, {"body": a_document("two")}, notifyUsers="false")

    assert (added.status_code, edited.status_code) == (201, 200)
    shown = caller.get(path).json
    assert (shown["body"], shown["properties"], shown["author"]["accountId"]) == (
        (a_document("two"), marker, ME.account_id)
    )
    assert "@" not in str(shown)


def test_adding_a_comment_twice_gives_two() -> None:
    caller = one_issue()

    ids = [caller.post(COMMENTS, {"body": a_document()}).json["id"] for _ in range(2)]

    assert ids == ["10000", "10001"]


def test_comments_are_paged_in_either_order() -> None:
    caller = one_issue()
    ids = [caller.post(COMMENTS, {"body": a_document(str(number))}).json["id"] for number in range(5)]

    page = caller.get(COMMENTS, startAt="1", maxResults="2").json
    newest = caller.get(COMMENTS, orderBy="-created", maxResults="1").json

    assert [comment["id"] for comment in page["comments"]] == ids[1:3]
    assert (page["startAt"], page["maxResults"], page["total"]) == (1, 2, 5)
    assert [comment["id"] for comment in newest["comments"]] == ids[-1:]
    assert caller.get(COMMENTS, orderBy="author").status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        "wiki text",
        None,
        {"type": "doc", "version": 2, "content": []},
        {"type": "paragraph", "version": 1, "content": []},
        {"type": "doc", "version": 1},
        {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": ""}]}]},
        a_document("x" * 32_768),
    ],
)
def test_a_comment_that_is_no_document_is_refused(body: Any) -> None:
    caller = one_issue()

    assert caller.post(COMMENTS, {"body": body}).status_code == 400
    assert caller.site.issues[0].comments == []


def test_a_comment_of_somebody_else_cannot_be_edited() -> None:
    caller = one_issue()
    theirs = Caller(caller.site, SOMEBODY).post(COMMENTS, {"body": a_document("mine")}).json["id"]

    answer = caller.put(f"{COMMENTS}/{theirs}", {"body": a_document("changed")})

    assert answer.status_code == 400
    assert answer.json["errorMessages"] == [f"You do not have permission to edit comment with id: '{theirs}'."]
    assert caller.site.issues[0].comments[0].body == a_document("mine")


def test_ones_own_comment_is_deleted_and_nobody_elses() -> None:
    caller = Caller(a_site(an_issue()))
    mine = caller.post(COMMENTS, {"body": a_document("mine")}).json["id"]
    somebody = Caller(caller.site, SOMEBODY)

    assert somebody.call("DELETE", f"{COMMENTS}/{mine}").status_code == 400
    assert caller.call("DELETE", f"{COMMENTS}/{mine}").status_code == 204
    assert caller.call("DELETE", f"{COMMENTS}/{mine}").status_code == 404
    assert caller.site.issues[0].comments == []


def test_an_issue_full_of_comments_takes_no_more() -> None:
    caller = one_issue()
    caller.site.comment_cap = 1
    caller.post(COMMENTS, {"body": a_document()})

    assert caller.post(COMMENTS, {"body": a_document()}).status_code == 413


def test_two_histories_with_the_same_end_have_the_same_snapshot() -> None:
    straight, detour = one_issue(), one_issue()
    first = straight.post(COMMENTS, {"body": a_document("end")}).json["id"]
    straight.put(f"{ISSUE}/properties/ledger", {"commentId": first})
    straight.put(ISSUE, {"update": {"labels": [{"add": "a"}, {"add": "b"}]}})

    detour.put(ISSUE, {"update": {"labels": [{"add": "b"}, {"add": "x"}]}})
    detour.site.issues.append(an_issue(2))
    detour.post("/rest/api/3/issue/ENG-2/comment", {"body": a_document("elsewhere")})
    detour.site.issues.pop()
    second = detour.post(COMMENTS, {"body": a_document("start")}).json["id"]
    detour.put(f"{COMMENTS}/{second}", {"body": a_document("end")})
    detour.put(f"{ISSUE}/properties/ledger", {"commentId": second})
    detour.put(ISSUE, {"update": {"labels": [{"remove": "x"}, {"add": "a"}]}})

    assert first != second
    assert straight.site.snapshot() == detour.site.snapshot()


def test_a_second_comment_shows_in_the_snapshot() -> None:
    caller = one_issue()
    caller.post(COMMENTS, {"body": a_document()})
    before = caller.site.snapshot()

    caller.post(COMMENTS, {"body": a_document()})

    assert caller.site.snapshot() != before
