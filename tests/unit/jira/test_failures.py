"""What goes wrong on the wire, and what the program is told to do about it."""

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from pydantic import ValidationError
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from adapters.errors import (
    AccessDenied,
    NotFound,
    RateLimited,
    RejectedWrite,
    Temporary,
    TrackerError,
    TryLater,
    Unreadable,
    WriteRefused,
)
from adapters.jira.client import Client
from adapters.jira.failures import RefusedRead, from_answer
from adapters.jira.settings import JiraSettings
from adapters.jira.sign_in import Fixed
from adapters.jira.site import _fields, _myself
from adapters.retry import Deadline
from adapters.secrets import remember

URL = "https://acme.atlassian.example"
MYSELF = f"{URL}/rest/api/3/myself"
COMMENT = "/rest/api/3/issue/10001/comment"
DATE = "Wed, 18 Nov 2026 09:00:00 GMT"
SHARED = Path(os.environ.get("OKRSYNC_SHARED") or Path(__file__).resolve().parents[4] / "shared")


class Waiting:
    """A deadline whose sleeping takes no time, and what was slept."""

    def __init__(self, seconds: float = 7200) -> None:
        self.slept: list[float] = []
        self.deadline = Deadline(seconds, sleep=self.slept.append)


def a_client(waiting: Waiting | None = None, *, may_write: bool = True, **changes: Any) -> Client:
    settings = JiraSettings(**{"kind": "jira", "url": URL} | changes)
    deadline = (waiting or Waiting()).deadline
    return Client(
        "jira-main", settings, Fixed("very-secret", email="me@example.com"), deadline=deadline, may_write=may_write
    )


def answered(status: int, headers: dict[str, str] | None = None, body: bytes = b"", *, writes: bool = False) -> Any:
    found = requests.structures.CaseInsensitiveDict({"Date": DATE} | (headers or {}))
    return from_answer(status, found, body, writes=writes, tracker="jira-main")


@pytest.mark.parametrize(
    ("headers", "wait", "quota"),
    [
        ({}, None, False),
        ({"Retry-After": "1"}, 1.0, False),
        ({"Retry-After": "1.5"}, 1.5, False),
        ({"Retry-After": "0"}, 0.0, False),
        ({"Retry-After": "Wed, 18 Nov 2026 09:00:07 GMT"}, 7.0, False),
        ({"Retry-After": "Wed, 18 Nov 2026 08:00:00 GMT"}, 0.0, False),
        ({"Retry-After": "soon"}, None, False),
        ({"Retry-After": "nan"}, None, False),
        ({"Retry-After": "-3"}, None, False),
        ({"X-RateLimit-Reset": "2026-11-18T09:00:30Z"}, 30.0, False),
        ({"X-RateLimit-Reset": "2026-11-18T10:00Z", "RateLimit-Reason": "jira-quota-tenant-based"}, 3600.0, True),
        (
            {
                "Retry-After": "5",
                "X-RateLimit-Reset": "2026-11-18T09:20Z",
                "RateLimit-Reason": "jira-quota-global-based",
            },
            1200.0,
            True,
        ),
        (
            {"Retry-After": "1", "X-RateLimit-Reset": "2026-11-18T10:00Z", "RateLimit-Reason": "jira-burst-based"},
            1.0,
            False,
        ),
        ({"X-Failure-Category": "FAILURE CLIENT RATE LIMITED"}, None, False),
    ],
)
def test_the_wait_that_is_asked_for_is_understood(headers: dict[str, str], wait: float | None, quota: bool) -> None:
    error = answered(429, headers)

    assert isinstance(error, RateLimited)
    assert (error.wait, error.quota) == (wait, quota)


def test_recorded_rate_limits_say_one_line_and_no_page() -> None:
    path = SHARED / "data" / "recorded" / "error-bodies.jsonl"
    if not path.exists():
        pytest.skip(f"{path} is not here: set OKRSYNC_SHARED")
    rows = {row["name"]: row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}

    texts = {}
    for name in ("jira-cloud-429-json", "jira-cloud-429-html", "jira-dc-429-html"):
        body = rows[name]["body"]
        error = answered(429, {"Retry-After": "0"}, (body if isinstance(body, str) else json.dumps(body)).encode())
        assert isinstance(error, RateLimited)
        texts[name] = str(error)
    burst = answered(429, rows["jira-cloud-429-headers"]["body"])

    assert "Please try again later" in texts["jira-cloud-429-json"]
    assert not any("<" in text or "\n" in text for text in texts.values())
    assert burst.wait == 1.0
    assert str(answered(404, body=json.dumps(rows["jira-404"]["body"]).encode())).endswith("permission to see it.")
    assert isinstance(answered(401, body=rows["jira-401-cloud"]["body"].encode()), AccessDenied)
    token = answered(400, body=json.dumps(rows["jira-cloud-bad-token"]["body"]).encode())
    assert isinstance(token, Unreadable)


@pytest.mark.parametrize(
    ("status", "writes", "expected"),
    [
        (400, False, RefusedRead),
        (400, True, RejectedWrite),
        (401, False, AccessDenied),
        (403, True, AccessDenied),
        (404, False, NotFound),
        (409, True, RejectedWrite),
        (410, False, Unreadable),
        (413, True, RejectedWrite),
        (302, False, Unreadable),
        (500, False, Temporary),
        (502, True, Temporary),
        (504, False, Temporary),
        (418, False, Unreadable),
    ],
)
def test_a_status_is_the_class_that_says_what_to_do(status: int, writes: bool, expected: type[Exception]) -> None:
    error = answered(status, writes=writes)

    assert type(error) is expected
    assert error.tracker == "jira-main"


def test_a_503_with_a_wait_is_waited_for_when_reading_and_never_sent_again_when_writing() -> None:
    assert isinstance(answered(503, {"Retry-After": "9"}), RateLimited)
    assert answered(503, {"Retry-After": "9"}).wait == 9.0
    assert isinstance(answered(503, {"Retry-After": "9"}, writes=True), Temporary)
    assert isinstance(answered(503), Temporary)


def test_what_jira_says_of_a_field_is_one_line() -> None:
    body = b'{"errorMessages":["No.\\nReally."],"errors":{"customfield_1":"is not on the appropriate screen"}}'

    assert str(answered(400, body=body, writes=True)).endswith(
        ": No. Really.; customfield_1: is not on the appropriate screen"
    )


def test_a_secret_that_the_server_echoes_is_not_in_the_text() -> None:
    remember("very-secret")
    remember("me@example.com:very-secret")
    body = b'{"errorMessages":["Basic bWVAZXhhbXBsZS5jb206dmVyeS1zZWNyZXQ= or very-secret"],"errors":{}}'

    assert str(answered(400, body=body)).endswith(": Basic [secret] or [secret]")


def test_a_captcha_says_what_to_do() -> None:
    error = answered(403, {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=https://x"})

    assert "once in a browser" in str(error)


@responses.activate
def test_a_read_is_asked_again_after_the_wait_that_was_asked_for() -> None:
    responses.get(MYSELF, status=429, headers={"Retry-After": "17"})
    responses.get(MYSELF, json={"accountId": "a"})
    waiting = Waiting()
    client = a_client(waiting)

    assert client.fetch(_myself, "GET", "/rest/api/3/myself").account_id == "a"
    assert waiting.slept == [17.0]
    assert client.requests == 2


@responses.activate
def test_a_wait_longer_than_the_run_is_not_slept() -> None:
    reset = {"Date": DATE, "X-RateLimit-Reset": "2026-11-18T10:00Z", "RateLimit-Reason": "jira-quota-tenant-based"}
    responses.get(MYSELF, status=429, headers=reset)
    waiting = Waiting(600)

    with pytest.raises(TryLater):
        a_client(waiting).call("GET", "/rest/api/3/myself")

    assert waiting.slept == []


@responses.activate
def test_a_post_whose_connection_drops_is_sent_once() -> None:
    dropped = responses.post(URL + COMMENT, body=requests.ConnectionError(ProtocolError("Connection aborted.")))

    with pytest.raises(Temporary) as caught:
        a_client().call("POST", COMMENT, body={"body": {}})

    assert dropped.call_count == 1
    assert not caught.value.surely_not_applied


@responses.activate
def test_a_post_that_never_connected_is_sent_again() -> None:
    refused = MaxRetryError(None, URL, NewConnectionError(None, "refused"))  # type: ignore[arg-type]
    responses.post(URL + COMMENT, body=requests.ConnectionError(refused))
    responses.post(URL + COMMENT, json={"id": "1"}, status=201)

    assert a_client().call("POST", COMMENT, body={"body": {}}) == b'{"id": "1"}'


def test_a_port_that_nobody_listens_on_is_surely_not_applied() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    waiting = Waiting()

    with pytest.raises(Temporary) as caught:
        a_client(waiting, url=f"http://127.0.0.1:{port}").call("POST", COMMENT, body={})

    assert caught.value.surely_not_applied
    assert len(waiting.slept) == 4


@responses.activate
def test_a_post_that_was_rate_limited_is_sent_again() -> None:
    responses.post(URL + COMMENT, status=429, headers={"Retry-After": "1"})
    responses.post(URL + COMMENT, json={"id": "1"}, status=201)

    assert a_client().call("POST", COMMENT, body={"body": {}}) == b'{"id": "1"}'


@responses.activate
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_that_may_have_been_applied_is_not_sent_again(status: int) -> None:
    failed = responses.put(f"{URL}/rest/api/3/issue/1", status=status, headers={"Retry-After": "1"})

    with pytest.raises(Temporary):
        a_client().call("PUT", "/rest/api/3/issue/1", body={})

    assert failed.call_count == 1


@responses.activate
@pytest.mark.parametrize(
    "lost",
    [
        requests.ReadTimeout("slow"),
        requests.ConnectTimeout("slow"),
        requests.exceptions.ChunkedEncodingError("cut"),
        requests.ConnectionError("reset"),
    ],
)
def test_a_read_whose_answer_was_lost_is_asked_again(lost: Exception) -> None:
    responses.get(MYSELF, body=lost)
    responses.get(MYSELF, json={"accountId": "a"})

    assert a_client().fetch(_myself, "GET", "/rest/api/3/myself").account_id == "a"


@responses.activate
def test_a_bad_certificate_is_not_waited_for() -> None:
    responses.get(MYSELF, body=requests.exceptions.SSLError("[SSL] certificate verify failed: self-signed (_ssl.c:1)"))
    waiting = Waiting()

    with pytest.raises(Unreadable, match="certificate"):
        a_client(waiting).call("GET", "/rest/api/3/myself")

    assert waiting.slept == []


@responses.activate
@pytest.mark.parametrize(
    "body", ["<!DOCTYPE html><html>Sign in</html>", '{"accountId": ', "[]", '{"accountId": 7}', ""]
)
def test_an_answer_of_another_shape_is_unreadable_and_not_quoted(body: str) -> None:
    responses.get(MYSELF, body=body)

    with pytest.raises(Unreadable, match="did not answer as documented") as caught:
        a_client().fetch(_myself, "GET", "/rest/api/3/myself")

    assert "Sign in" not in str(caught.value)
    assert caught.value.tracker == "jira-main"


@responses.activate
@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
@pytest.mark.parametrize(
    "body",
    [
        "null",
        "7",
        "[]",
        '"text"',
        '{"errorMessages": null}',
        '{"errorMessages": 7, "errors": [1]}',
        '{"message": ["a"]}',
        "[" * 100_000,
        "\xff",
        "",
    ],
)
def test_an_error_with_an_odd_body_is_the_error_that_its_status_says(status: int, body: str) -> None:
    responses.get(MYSELF, status=status, body=body.encode("latin-1"))

    with pytest.raises(TrackerError) as caught:
        a_client().call("GET", "/rest/api/3/myself")

    assert type(caught.value) is type(answered(status)) or isinstance(caught.value, RateLimited)
    assert len(str(caught.value)) < 200


@responses.activate
def test_a_redirect_is_not_followed() -> None:
    responses.get(MYSELF, status=302, headers={"Location": "https://elsewhere.example/steal"})

    with pytest.raises(Unreadable, match="another address"):
        a_client().call("GET", "/rest/api/3/myself")

    assert len(responses.calls) == 1


@responses.activate
def test_a_request_says_who_asks_and_takes_gzip() -> None:
    responses.get(f"{URL}/rest/api/3/field", json=[])

    a_client().fetch(_fields, "GET", "/rest/api/3/field")

    headers = responses.calls[0].request.headers
    assert headers["User-Agent"].startswith("okrsync/")
    assert "gzip" in headers["Accept-Encoding"]
    assert headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/rest/api/3/issue/1"),
        ("POST", COMMENT),
        ("PUT", COMMENT + "/1"),
        ("DELETE", "/rest/api/3/issue/1"),
        ("POST", "/rest/api/3/issue"),
        ("POST", "/rest/api/3/myself"),
        ("GET", "/rest/api/3/issue/1/transitions"),
        ("POST", "/rest/api/3/search/jql/../../issue"),
    ],
)
@responses.activate
def test_a_run_that_reads_sends_only_what_is_known_to_read(method: str, path: str) -> None:
    with pytest.raises(WriteRefused):
        a_client(may_write=False).call(method, path, body={})

    assert len(responses.calls) == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.atlassian.net",
        "https://me:token@acme.atlassian.net",
        "https://acme.atlassian.net/?a=b",
        "acme.atlassian.net",
        "ftp://acme",
        "https://",
    ],
)
def test_an_address_that_would_leak_or_lead_nowhere_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        JiraSettings(kind="jira", url=url)


@pytest.mark.parametrize("url", ["https://acme.atlassian.net/", "http://127.0.0.1:8080", "http://localhost:1/"])
def test_an_address_is_kept_without_its_last_slash(url: str) -> None:
    assert JiraSettings(kind="jira", url=url).url == url.rstrip("/")


def test_every_setting_is_described() -> None:
    assert [name for name, field in JiraSettings.model_fields.items() if not field.description] == []
