"""What this adapter sends, held against Atlassian's OpenAPI documents; Jira's real answers, through its readers."""

import json
import os
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
from unit.jira.jira_site import PAY, SINCE, Jira, a_site, a_write, an_issue, served, standing

import adapters.jira
from adapters.jira.living_comment import _created
from adapters.jira.site import _fields, _myself
from adapters.jira.wire import Columns, rows_decoder, to_issue
from adapters.sandbox.server import Call
from mappings.model import Issue, State
from mappings.targets import FlagWrite

SHARED = Path(os.environ.get("OKRSYNC_SHARED") or Path(__file__).resolve().parents[4] / "shared")
DOCUMENTS = ("jira-platform-v3.openapi.json", "jira-software.2022-07.openapi.json")


def shared(*parts: str) -> Any:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is not here: set OKRSYNC_SHARED")
    return json.loads(path.read_text(encoding="utf-8"))


def recorded(name: str) -> bytes:
    return json.dumps(shared("data", "recorded", "jira-atlascode", name)["body"]).encode()


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    return [shared("contracts", name) for name in DOCUMENTS]


@pytest.fixture
def jira(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jira]:
    with served(a_site(an_issue(1, parent="OPS-2"), an_issue(2, project="OPS", level=1)), monkeypatch) as running:
        yield running


def operation_of(call: Call, documents: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The document and the operation that a call is; fails where there is none."""
    path = urlsplit(call.path).path
    for document in documents:
        for template, methods in document["paths"].items():
            if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path) and call.method.lower() in methods:
                return document, methods[call.method.lower()]
    raise AssertionError(f"no document knows {call.method} {path}")


def refusals(call: Call, documents: list[dict[str, Any]]) -> list[str]:
    """What the document says against a call."""
    document, operation = operation_of(call, documents)
    known = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"}
    found = [f"query {name}" for name in parse_qs(urlsplit(call.path).query) if name not in known]
    if not call.request:
        return found
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    body = json.loads(call.request)
    properties = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]
    found += [f"body {name}" for name in body if name not in properties]
    validator = jsonschema.Draft4Validator({**schema, "components": document["components"]})
    return found + [error.message for error in validator.iter_errors(body)]


def test_every_request_of_a_run_is_one_that_atlassian_documents(jira: Jira, documents: list[dict[str, Any]]) -> None:
    jira.site.page_cap = 1
    jira.site.unreadable = {"10002"}
    connection = jira.connect(tag_fields=["OKR"])
    connection.read(PAY, since=SINCE)
    connection.write_progress(a_write(standing(connection)))
    connection.write_progress(a_write(standing(connection), "0.60", text=("Score 0.60.",)))
    flag = FlagWrite(tracker="jira-main", key="PAY-1", id="10001", label="okr-unaligned", action="add", sprint="77")
    connection.write_flag(flag)

    wrong = {f"{call.method} {call.path}": refusals(call, documents) for call in jira.server.calls}

    assert {call.operation for call in jira.server.calls} == {
        "projects",
        "myself",
        "fields",
        "boards",
        "board_sprints",
        "board_configuration",
        "search",
        "bulkfetch",
        "comments",
        "add_comment",
        "edit_comment",
        "edit_issue",
    }
    assert {name: found for name, found in wrong.items() if found} == {}


PLATFORM = {
    "/changelog/bulkfetch",
    "/field",
    "/issue/bulkfetch",
    "/issue/{}",
    "/issue/{}/comment",
    "/issue/{}/comment/{}",
    "/issue/{}/editmeta",
    "/issue/{}/properties/{}",
    "/issue/{}/remotelink",
    "/jql/parse",
    "/mypermissions",
    "/myself",
    "/project/search",
    "/project/{}",
    "/search/jql",
    "/serverInfo",
}
"""What the adapter may send below /rest/api/3; below /rest/api/2 the same words mean the same."""
ELSEWHERE = {
    "/search": "Data Center 9 REST API, POST /rest/api/2/search",
    "/project": "Data Center 9 REST API, GET /rest/api/2/project",
    "/rest/agile/1.0/board": "Jira Software REST API, also the old document beside FACTS.md",
    "/rest/agile/1.0/board/{}": "the same",
    "/rest/agile/1.0/board/{}/sprint": "the same",
    "/rest/agile/1.0/board/{}/configuration": "the same",
    "/rest/agile/1.0/sprint/{}": "the same",
    "/rest/pat/latest/tokens": "no vendor page; programs in wide use read it, and nothing here depends on it",
    "/oauth/token": "OAuth 2.0 for service accounts; auth.atlassian.com",
    "/_edge/tenant_info": "no vendor page; recorded from a real site, and in wide use",
}
"""The others, by hand, each with where it is documented."""


def test_every_address_in_the_adapter_is_documented_or_listed_here_with_its_source(
    documents: list[dict[str, Any]],
) -> None:
    sources = [path.read_text(encoding="utf-8") for path in (Path(adapters.jira.__file__).parent).glob("*.py")]
    written = re.findall(
        r'(?:\{[\w.]*(?:api|_API)\}|"(?=/rest/agile|/rest/pat|/oauth)|url\}(?=/_edge))(/[^"|]*)"', "\n".join(sources)
    )
    found = {re.sub(r"\{[^}]*\}", "{}", path) for path in written if "\\" not in path}
    documented = {re.sub(r"\{[^}]*\}", "{}", path) for path in documents[0]["paths"]}

    assert found == PLATFORM | ELSEWHERE.keys()
    assert {path for path in PLATFORM if f"/rest/api/3{path}" not in documented} == set()


def test_the_check_above_refuses_what_is_not_documented(documents: list[dict[str, Any]]) -> None:
    body = '{"jql":"x","fields":"id","what":1}'
    call = Call(1, "POST", "/rest/api/3/search/jql?mad=1", "search", False, 200, body)

    found = refusals(call, documents)

    assert {"query mad", "body what", "'id' is not of type 'array'"} <= set(found)


def issues_of(body: bytes) -> list[Issue]:
    columns = Columns("customfield_10020", ("customfield_10024",), None, ("customfield_10034",))
    rows = rows_decoder(columns.custom).decode(body).issues
    return [to_issue(row, columns, tracker="j", url="https://x", cancelled=frozenset()) for row in rows]


def test_a_recorded_search_is_read() -> None:
    issues = issues_of(recorded("search.json"))

    assert [issue.key for issue in issues] == ["BTS-5", "BTS-4", "BTS-1", "BTS-3", "BTS-6"]
    assert {issue.level for issue in issues} == {0, 1}
    assert {issue.state for issue in issues} == {State.OPEN, State.STARTED}
    assert all(issue.created.utcoffset() is not None for issue in issues)


def test_a_recorded_issue_with_a_document_as_its_description_is_read() -> None:
    (issue,) = issues_of(b'{"issues":[' + recorded("bts1.json") + b"]}")

    assert (issue.key, issue.type, issue.level, issue.parent) == ("BTS-1", "Epic", 1, None)
    assert issue.description == "Track and resolve bugs related to the user interface."


def test_recorded_account_fields_and_comment_are_read() -> None:
    fields = _fields.decode(recorded("field.json"))

    assert len(fields) > 4000
    assert any(field.is_estimate for field in fields)
    assert _myself.decode(recorded("myself.json")).account_id.startswith("700002:")
    assert _created.decode(recorded("addComment.json")).id == "10001"


def test_recorded_sprints_and_points_are_read() -> None:
    path = SHARED / "data" / "recorded" / "jira-devlake" / "_raw_jira_api_issues.ndjson"
    if not path.exists():
        pytest.skip(f"{path} is not here: set OKRSYNC_SHARED")
    bodies = [json.dumps(json.loads(line)["data"]) for line in path.read_text(encoding="utf-8").splitlines()]

    issues = issues_of(f'{{"issues":[{",".join(bodies)}]}}'.encode())

    assert len(issues) == len(bodies)
    assert Decimal(2) in {issue.points for issue in issues}
    assert ("175",) in {issue.sprints for issue in issues}
    assert not any("17" in issue.sprints for issue in issues), "closed"
