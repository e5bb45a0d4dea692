"""The sandbox Jira as a site: who may come in, boards and sprints, history, and what it does not have."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import requests
from jira import JIRA
from jsonschema import Draft202012Validator
from support.sandbox_jira import ME, NOW, Caller, a_document, a_site, an_issue, basic
from werkzeug.test import Client
from werkzeug.wrappers import Request

from adapters.sandbox.jira.app import JiraCloud
from adapters.sandbox.jira.errors import (
    bucket_empty,
    burst_limited,
    cost_limited,
    gateway_limited,
    issue_write_limited,
    quota_spent,
    rate_limited,
)
from adapters.sandbox.jira.fields import EPIC_LINK, PERSONAL, SPRINT, STORY_POINT_ESTIMATE, STORY_POINTS
from adapters.sandbox.jira.site import Account
from adapters.sandbox.server import Server

SHARED = Path(os.environ.get("OKRSYNC_SHARED") or Path(__file__).resolve().parents[4] / "shared")


def specification() -> dict[str, Any]:
    path = SHARED / "contracts" / "jira-platform-v3.openapi.json"
    if not path.exists():
        pytest.skip(f"no {path}")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_the_jira_library_signs_in_and_the_session_reads() -> None:
    with Server(JiraCloud(a_site(an_issue(1)))) as server:
        client = JIRA(server.url, basic_auth=(ME.email, ME.token), get_server_info=True, max_retries=0, timeout=(5, 30))
        answer = client._session.post(
            f"{server.url}/rest/api/3/search/jql", json={"jql": "project = ENG", "fields": ["key"]}
        )

        assert client.deploymentType == "Cloud"
        assert [issue["key"] for issue in answer.json()["issues"]] == ["ENG-1"]
        assert [call.operation for call in server.calls] == ["server_info", "search"]
        assert server.mutations == []


def test_a_write_whose_answer_was_lost_is_applied() -> None:
    site = a_site(an_issue(1))
    with Server(JiraCloud(site)) as server, requests.Session() as session:
        session.auth = (ME.email, ME.token)
        server.faults.drop(1, applied=True)
        server.faults.drop(2, applied=False)
        for label in ("after", "before"):
            with pytest.raises(requests.ConnectionError):
                session.put(
                    f"{server.url}/rest/api/3/issue/ENG-1", json={"update": {"labels": [{"add": label}]}}, timeout=5
                )

        assert site.issues[0].labels == ["after"]
        assert [(call.operation, call.status) for call in server.mutations] == [("edit_issue", None)] * 2


@pytest.mark.parametrize("header", [basic(ME.email, "wrong"), "Bearer sandbox-token", "Basic ???", "Basic"])
def test_a_wrong_credential_is_refused_in_plain_text(header: str) -> None:
    caller = Caller(a_site(an_issue(1)))
    caller.headers = {"Authorization": header}

    answer = caller.get("/rest/api/3/field")

    assert (answer.status_code, answer.mimetype) == (401, "text/plain")
    assert answer.text == "Client must be authenticated to access this resource."


def test_an_anonymous_caller_reads_nothing_without_an_error() -> None:
    caller = Caller(a_site(an_issue(1)), account=None)

    assert caller.get("/rest/api/3/serverInfo").status_code == 200
    assert caller.search("project = ENG").json == {"issues": [], "isLast": True}
    assert caller.post("/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": ["ENG-1"], "fields": ["key"]}).json == {
        "issues": [],
        "issueErrors": [],
    }
    assert caller.get("/rest/agile/1.0/board").json["values"] == []


def test_an_anonymous_caller_is_nobody_and_writes_nothing() -> None:
    caller = Caller(a_site(an_issue(1)), account=None)

    assert caller.get("/rest/api/3/myself").status_code == 401
    assert caller.put("/rest/api/3/issue/ENG-1", {"fields": {"summary": "x"}}).status_code == 401
    assert caller.site.issues[0].summary == "Story 1"


def test_myself_tells_the_account_and_its_time_zone() -> None:
    account = Account("712020:abc", "Bot", "bot@example.com", "t", "Asia/Tokyo")

    answer = Caller(a_site(accounts=[account]), account).get("/rest/api/3/myself").json

    assert (answer["accountId"], answer["timeZone"]) == ("712020:abc", "Asia/Tokyo")


def test_fields_are_found_by_their_schema() -> None:
    fields = {field["id"]: field for field in Caller(a_site()).get("/rest/api/3/field").json}

    assert fields[SPRINT]["schema"]["custom"] == "com.pyxis.greenhopper.jira:gh-sprint"
    assert fields[STORY_POINT_ESTIMATE]["schema"]["custom"] == "com.pyxis.greenhopper.jira:jsw-story-points"
    assert fields[EPIC_LINK]["schema"]["custom"] == "com.pyxis.greenhopper.jira:gh-epic-link"
    assert fields[STORY_POINTS]["schema"] == {
        "type": "number",
        "custom": "com.atlassian.jira.plugin.system.customfieldtypes:float",
        "customId": 10026,
    }
    assert fields["labels"]["schema"] == {"type": "array", "items": "string", "system": "labels"}


def test_resolutions_are_listed() -> None:
    names = [each["name"] for each in Caller(a_site()).get("/rest/api/3/resolution").json]

    assert "Won't Do" in names


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/rest/api/3/issue/ENG-1/changelog", 404),
        ("GET", "/rest/agile/1.0/board/1/issue", 404),
        ("GET", "/rest/agile/1.0/sprint/11/issue", 404),
        ("GET", "/rest/api/2/issue/ENG-1", 404),
        ("DELETE", "/rest/api/3/issue/ENG-1", 405),
        ("POST", "/rest/api/3/field", 405),
        ("GET", "/", 404),
    ],
)
def test_what_is_not_served_is_refused_in_jiras_shape(method: str, path: str, status: int) -> None:
    answer = Caller(a_site(an_issue(1))).call(method, path)

    assert answer.status_code == status
    assert set(answer.json) == {"errorMessages", "errors"}


def test_boards_are_filtered_and_paged() -> None:
    caller = Caller(a_site())

    assert [board["id"] for board in caller.get("/rest/agile/1.0/board", projectKeyOrId="ENG").json["values"]] == [1]
    assert [board["id"] for board in caller.get("/rest/agile/1.0/board", type="kanban").json["values"]] == [2]
    page = caller.get("/rest/agile/1.0/board", startAt="1", maxResults="1").json
    assert ([board["id"] for board in page["values"]], page["isLast"], page["total"]) == ([2], True, 2)
    assert caller.get("/rest/agile/1.0/board", projectKeyOrId="NOPE").status_code == 400
    assert caller.get("/rest/agile/1.0/board", name="ENG").status_code == 400
    assert caller.get("/rest/agile/1.0/board/1").json["location"]["projectKey"] == "ENG"
    assert caller.get("/rest/agile/1.0/board/9").status_code == 404


def test_a_boards_sprints_are_filtered_by_state() -> None:
    caller = Caller(a_site())

    answer = caller.get("/rest/agile/1.0/board/1/sprint", state="active,future").json

    assert [(sprint["id"], sprint["state"], sprint["originBoardId"]) for sprint in answer["values"]] == [
        (11, "active", 1),
        (12, "future", 1),
    ]
    assert "startDate" not in answer["values"][1]
    assert caller.get("/rest/agile/1.0/board/1/sprint", state="open").status_code == 400
    assert caller.get("/rest/agile/1.0/sprint/10").json["completeDate"] == "2026-11-09T09:00:00.000Z"
    assert caller.get("/rest/agile/1.0/sprint/99").status_code == 404


def test_a_sprint_may_show_on_another_board() -> None:
    site = a_site()
    site.boards.append(type(site.boards[0])(3, "Both", "scrum", ["ENG"]))
    site.sprints[1].also_on = (3,)

    (shown,) = Caller(site).get("/rest/agile/1.0/board/3/sprint").json["values"]

    assert (shown["id"], shown["originBoardId"]) == (11, 1)


def test_a_kanban_board_has_no_sprints() -> None:
    answer = Caller(a_site()).get("/rest/agile/1.0/board/2/sprint")

    assert (answer.status_code, answer.json["errorMessages"]) == (400, ["The board does not support sprints"])


def test_a_boards_configuration_names_its_estimate() -> None:
    caller = Caller(a_site())

    scrum = caller.get("/rest/agile/1.0/board/1/configuration").json
    kanban = caller.get("/rest/agile/1.0/board/2/configuration").json

    assert scrum["estimation"]["field"] == {"fieldId": STORY_POINT_ESTIMATE, "displayName": "Story point estimate"}
    assert [column["name"] for column in scrum["columnConfig"]["columns"]] == ["To Do", "In Progress", "Done"]
    assert "estimation" not in kanban


def test_history_is_read_in_bulk_by_field() -> None:
    site = a_site(an_issue(1), an_issue(2))
    site.transition(site.issues[0], site.status("Done"), site.resolution("Fixed"))
    site.put_in_sprint(site.issues[0], site.sprints[0])
    site.put_in_sprint(site.issues[1], site.sprints[1])
    body = {"issueIdsOrKeys": ["ENG-2", "ENG-1", "ENG-9"], "fieldIds": ["status", SPRINT]}
    path = "/rest/api/3/changelog/bulkfetch"

    whole = Caller(site).post(path, body).json["issueChangeLogs"]
    first = Caller(site).post(path, {**body, "maxResults": 2}).json
    rest = Caller(site).post(path, {**body, "nextPageToken": first["nextPageToken"]}).json

    items = {log["issueId"]: [history["items"][0] for history in log["changeHistories"]] for log in whole}
    assert [(item["fieldId"], item["toString"]) for item in items["10001"]] == [("status", "Done"), (SPRINT, "ENG 10")]
    assert [(item["from"], item["to"]) for item in items["10002"]] == [("", "11")]
    assert whole[0]["changeHistories"][0]["created"] == int(NOW.timestamp())
    assert [log["issueId"] for log in first["issueChangeLogs"] + rest["issueChangeLogs"]] == ["10001", "10002"]
    assert "nextPageToken" not in rest


def test_a_transition_resolves_and_reopening_clears() -> None:
    site = a_site(an_issue(1))
    (issue,) = site.issues

    site.transition(issue, site.status("Done"), site.resolution("Fixed"))
    assert (issue.resolved, issue.status_changed) == (NOW, NOW)

    site.transition(issue, site.status("To Do"))
    assert (issue.resolved, issue.resolution) == (None, None)


def test_an_issue_leaves_open_sprints_and_keeps_closed_ones() -> None:
    site = a_site(an_issue(1, sprints=[10, 11]))
    (issue,) = site.issues

    site.put_in_sprint(issue, site.sprints[2])
    assert issue.sprints == [10, 12]
    site.take_out_of_sprints(issue)
    assert issue.sprints == [10]


def test_every_platform_endpoint_is_one_of_jiras() -> None:
    paths = specification()["paths"]
    known = {
        (method.upper(), re.sub(r"\{[^}]+\}", "{}", path)) for path, methods in paths.items() for method in methods
    }

    app = JiraCloud(a_site())
    served = {
        (route.method, route.path.pattern.replace("([^/]+)", "{}").replace("[23]", "3"))
        for route in app._routes
        if "/rest/api/" in route.path.pattern
    }

    assert served - known == set()


@pytest.mark.parametrize(("reason", "mimetype"), [("jira-quota-tenant-based", "application/json"), (None, "text/html")])
def test_a_rate_limit_is_told_as_jira_or_its_gateway_tells_it(reason: str | None, mimetype: str) -> None:
    with Server(JiraCloud(a_site())) as server:
        server.faults.answer(**rate_limited(reason, retry_after="7"))
        answer = requests.get(f"{server.url}/rest/api/3/field", timeout=5)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.headers["Content-Type"].startswith(mimetype)
    assert answer.headers.get("RateLimit-Reason") == reason


@pytest.mark.parametrize(
    ("fault", "reason", "retry_after", "reset"),
    [
        (burst_limited(), "jira-burst-based", "1", None),
        (issue_write_limited(), "jira-per-issue-on-write", "2", None),
        (quota_spent(NOW), "jira-quota-tenant-based", None, "2026-11-16T10:00Z"),
        (quota_spent(NOW, tenant=False), "jira-quota-global-based", None, "2026-11-16T10:00Z"),
        (cost_limited(), "jira-cost-based", None, None),
        (gateway_limited(), None, None, None),
        (bucket_empty("0"), None, "0", None),
    ],
)
def test_each_limit_says_what_the_vendor_says(
    fault: dict[str, Any], reason: str | None, retry_after: str | None, reset: str | None
) -> None:
    with Server(JiraCloud(a_site())) as server:
        server.faults.answer(**fault)
        answer = requests.get(f"{server.url}/rest/api/3/field", timeout=5)

    said = [answer.headers.get(name) for name in ("RateLimit-Reason", "Retry-After", "X-RateLimit-Reset")]
    assert answer.status_code == 429
    assert said == [reason, retry_after, reset]


def test_answers_fit_the_schemas_that_atlassian_publishes() -> None:
    components = specification()["components"]
    site = a_site(an_issue(1, type="Epic", level=1), an_issue(2, parent="ENG-1", sprints=[11], properties={"k": 1}))
    site.transition(site.issues[1], site.status("Done"), site.resolution("Fixed"))
    site.changelog_times = "text"  # the schema's way; the example beside it has seconds
    caller = Caller(site)
    fields = [field.id for field in site.fields if field.id not in PERSONAL]
    ids = {"issueIdsOrKeys": ["ENG-1", "ENG-2"]}
    comment = caller.post("/rest/api/3/issue/ENG-2/comment", {"body": a_document()})
    answers = {
        "ServerInformation": caller.get("/rest/api/3/serverInfo"),
        "User": caller.get("/rest/api/3/myself"),
        "SearchAndReconcileResults": caller.search("id > 0", fields=fields, properties=["k"], maxResults=1),
        "BulkIssueResults": caller.post("/rest/api/3/issue/bulkfetch", {**ids, "fields": fields, "properties": ["k"]}),
        "IssueBean": caller.get("/rest/api/3/issue/ENG-2", fields=",".join(fields)),
        "PropertyKeys": caller.get("/rest/api/3/issue/ENG-2/properties"),
        "EntityProperty": caller.get("/rest/api/3/issue/ENG-2/properties/k"),
        "Comment": comment,
        "PageOfComments": caller.get("/rest/api/3/issue/ENG-2/comment"),
        "BulkChangelogResponseBean": caller.post("/rest/api/3/changelog/bulkfetch", ids),
        "JQLCountResultsBean": caller.post("/rest/api/3/search/approximate-count", {"jql": "id > 0"}),
        "ErrorCollection": caller.search("foo = 1"),
    }

    wrong = [
        f"{name}: {error.json_path}: {error.message}"
        for name, answer in answers.items()
        for error in Draft202012Validator(
            {"$ref": f"#/components/schemas/{name}", "components": components}
        ).iter_errors(answer.json)
    ]
    assert "\n".join(wrong) == ""


def test_classifying_a_request_changes_nothing() -> None:
    app = JiraCloud(a_site(an_issue(1)))
    seen = []

    def classify(environ: dict[str, object], start: object) -> object:
        seen.append(app.classify(Request(environ)))
        return app.handle(Request(environ))(environ, start)  # type: ignore[arg-type]

    client = Client(classify)  # type: ignore[arg-type]
    client.post("/rest/api/3/issue/bulkfetch")
    client.post("/rest/api/3/issue/ENG-1/comment")
    client.delete("/rest/api/3/issue/ENG-1")
    client.get("/nowhere")

    assert seen == [("bulkfetch", False), ("add_comment", True), ("unknown", True), ("unknown", False)]
