"""How every failure becomes an error that says what to do next."""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests
import responses
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError

from adapters import errors
from adapters.linear import documents
from adapters.linear.client import AlreadyExists, Client
from adapters.linear.wire import Ref
from adapters.retry import Deadline
from adapters.secrets import remember

URL = "https://linear.example/graphql"
TOKEN = "lin_api_very_secret_token"
READ = "query Read { viewer { id } }"
WRITE = "mutation Write { first: issueDelete(id: 1) { success } second: issueDelete(id: 2) { success } }"


class Viewer(msgspec.Struct):
    viewer: Ref


class Wire:
    """A client whose server is `responses`; answers are given in order, the last one for ever."""

    def __init__(self, mock: responses.RequestsMock) -> None:
        self.mock = mock
        self.slept: list[float] = []

    def answers(self, body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        text = body if isinstance(body, str | Exception) else json.dumps(body)
        self.mock.add(responses.POST, URL, body=text, status=status, headers=headers)

    def client(self, *, may_write: bool = True, seconds: float = 600, token: str = TOKEN) -> Client:
        remember(token)
        deadline = Deadline(seconds, clock=lambda: 0.0, sleep=self.slept.append)
        return Client("lin", URL, authorization=token, timeout=5, deadline=deadline, may_write=may_write)

    def read(self, **given: Any) -> Viewer:
        return self.client(**given).ask(READ, Viewer)

    @property
    def sent(self) -> int:
        return len(self.mock.calls)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Wire(mock)


def an_error(message: str = "No", *, data: Any = None, **extensions: Any) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": extensions}], "data": data}


FINE = {"data": {"viewer": {"id": "U1"}}}


def recorded(name: str) -> Any:
    shared = Path(os.environ.get("OKRSYNC_SHARED", Path(__file__).resolve().parents[4] / "shared"))
    path = shared / "data" / "recorded" / "error-bodies.jsonl"
    if not path.is_file():
        pytest.skip(f"the recorded answers are not at {path}")
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return next(row["body"] for row in rows if row["name"] == name)


@pytest.mark.parametrize(
    ("name", "status", "kind", "says"),
    [
        ("linear-400-complex", 400, errors.Unreadable, "Maximum allowed complexity: 10000"),
        ("linear-401-auth", 401, errors.AccessDenied, "does not know this token: Invalid API key"),
        ("linear-401-auth", 200, errors.AccessDenied, "does not know this token"),
        ("linear-not-found", 200, errors.NotFound, "Entity not found"),
        ("linear-invalid-input", 400, errors.Unreadable, "Argument Validation Error"),
    ],
)
def test_recorded_refusals_are_understood(
    wire: Wire, name: str, status: int, kind: type[errors.TrackerError], says: str
) -> None:
    wire.answers(recorded(name), status=status)

    with pytest.raises(kind, match=says) as told:
        wire.read()

    assert told.value.tracker == "lin"
    assert wire.sent == 1


@pytest.mark.parametrize(
    ("reset", "wait"),
    [("1794992700000", 300.0), ("1794993900000", 360.0)],  # 5 and 25 minutes later, in milliseconds
)
def test_the_recorded_quota_answer_is_waited_for(wire: Wire, reset: str, wait: float) -> None:
    headers = {
        "Date": "Wed, 18 Nov 2026 09:00:00 GMT",
        "X-RateLimit-Requests-Limit": "2500",
        "X-RateLimit-Requests-Remaining": "0",
        "X-RateLimit-Requests-Reset": reset,
    }
    wire.answers(recorded("linear-400-ratelimited"), status=400, headers=headers)
    wire.answers(FINE)

    assert wire.read().viewer.id == "U1"
    assert wire.slept == [wait]


@pytest.mark.parametrize(
    ("extensions", "message", "status", "kind"),
    [
        ({"type": "forbidden"}, "No", 200, errors.AccessDenied),
        ({"type": "feature not accessible"}, "No", 400, errors.AccessDenied),
        ({"code": "FORBIDDEN"}, "No", 403, errors.AccessDenied),
        ({"code": "AUTHENTICATION_ERROR"}, "No", 400, errors.AccessDenied),
        ({"code": "INPUT_ERROR"}, "Entity not found: Issue", 400, errors.NotFound),
        ({"code": "INPUT_ERROR"}, "conflict on insert of Comment", 200, AlreadyExists),
        ({"code": "INPUT_ERROR"}, "conflict on insert of Comment", 400, AlreadyExists),
        ({"code": "INVALID_INPUT"}, "Argument Validation Error", 400, errors.RejectedWrite),
        ({"type": "lock timeout"}, "No", 200, errors.Temporary),
        ({"type": "internal error"}, "No", 200, errors.Temporary),
        ({}, "Internal server error", 500, errors.Temporary),
    ],
)
def test_a_refused_change_says_what_to_do_next_and_is_sent_once(
    wire: Wire, extensions: dict[str, str], message: str, status: int, kind: type[errors.TrackerError]
) -> None:
    wire.answers(an_error(message, **extensions), status=status)

    with pytest.raises(kind):
        wire.client().change(WRITE, {})

    assert wire.sent == 1


def test_a_quota_answer_to_a_change_is_waited_for_because_nothing_was_applied(wire: Wire) -> None:
    wire.answers(an_error(code="RATELIMITED"), status=400)
    wire.answers({"data": {"first": {"success": True}, "second": {"success": True}}})

    wire.client().change(WRITE, {})

    assert wire.sent == 2


def test_a_wait_beyond_the_deadline_ends_the_run(wire: Wire) -> None:
    wire.answers("<html>slow down</html>", status=429, headers={"Retry-After": "90"})

    with pytest.raises(errors.TryLater):
        wire.read(seconds=60)

    assert wire.slept == []


def test_a_change_that_was_only_half_applied_is_an_error(wire: Wire) -> None:
    wire.answers({"data": {"first": {"success": True}, "second": {"success": False}}})

    with pytest.raises(errors.RejectedWrite, match="second"):
        wire.client().change(WRITE, {})


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_read_is_repeated_when_the_server_fails(wire: Wire, status: int) -> None:
    wire.answers("<html>Bad gateway</html>", status=status)
    wire.answers(FINE)

    assert wire.read().viewer.id == "U1"
    assert len(wire.slept) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("<html>Welcome</html>", 200),
        ("", 200),
        ("null", 200),
        ("[]", 200),
        ('"data"', 200),
        ("{}", 200),
        ('{"data": null}', 200),
        ('{"data": []}', 200),
        ('{"data": {}}', 200),
        ('{"data": {"viewer": null}}', 200),
        ('{"data": {"viewer": {"id": null}}}', 200),
        ('{"errors": "odd"}', 200),
        ('{"errors": ["odd"], "data": {"viewer": {"id": "U1"}}}', 200),
        ("<html>Not here</html>", 404),
        ("moved", 302),
    ],
)
def test_an_answer_that_is_not_as_documented_is_unreadable(wire: Wire, body: str, status: int) -> None:
    wire.answers(body, status=status, headers={"Location": "https://elsewhere.example/"})

    with pytest.raises(errors.Unreadable) as told:
        wire.read()

    assert "<html>" not in str(told.value)
    assert wire.sent == 1


def test_a_part_with_errors_is_no_reading(wire: Wire) -> None:
    wire.answers(an_error("Entity not found: Issue", data={"viewer": {"id": "U1"}, "other": None}))

    with pytest.raises(errors.Unreadable, match="only a part"):
        wire.read()


def test_a_refused_connection_certainly_changed_nothing(wire: Wire) -> None:
    connection = HTTPSConnection("linear.example")
    refused = MaxRetryError(None, URL, NewConnectionError(connection, "refused"))  # type: ignore[arg-type]
    wire.answers(requests.exceptions.ConnectionError(refused))
    wire.answers({"data": {"first": {"success": True}}})

    wire.client().change(WRITE, {})

    assert wire.sent == 2


@pytest.mark.parametrize(
    "failure", [requests.exceptions.ConnectionError("reset"), requests.exceptions.ReadTimeout("slow")]
)
def test_a_change_whose_answer_was_lost_is_not_sent_again(wire: Wire, failure: Exception) -> None:
    wire.answers(failure)

    with pytest.raises(errors.Temporary) as told:
        wire.client().change(WRITE, {})

    assert not told.value.surely_not_applied
    assert wire.sent == 1


def test_a_real_refused_port_is_told_apart() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    deadline = Deadline(60, sleep=lambda _: None)
    client = Client(
        "lin", f"http://127.0.0.1:{port}/graphql", authorization=TOKEN, timeout=5, deadline=deadline, may_write=True
    )

    with pytest.raises(errors.Temporary) as told:
        client.change(WRITE, {})

    assert told.value.surely_not_applied
    assert client.requests == 5


@pytest.mark.parametrize(
    "name", [name for name, text in vars(documents).items() if isinstance(text, str) and "mutation" in text]
)
def test_a_run_that_may_only_read_sends_no_mutation(wire: Wire, name: str) -> None:
    client = wire.client(may_write=False)

    if not getattr(documents, name).lstrip().startswith("mutation"):
        pytest.skip("the module's own text")
    with pytest.raises(errors.WriteRefused):
        client.change(getattr(documents, name), {})

    assert (wire.sent, client.requests) == (0, 0)


@pytest.mark.parametrize(
    "document", ["query A { viewer { id } } mutation B { x { y } }", "subscription S { x }", WRITE]
)
def test_only_what_is_plainly_a_query_may_be_read(wire: Wire, document: str) -> None:
    with pytest.raises(errors.WriteRefused):
        wire.client(may_write=False).ask(document, Viewer)

    assert wire.sent == 0


@pytest.mark.parametrize("cursors", [["a", "a"], ["a", "b", "a"], [None]])
def test_pages_that_repeat_themselves_are_no_reading(wire: Wire, cursors: list[str | None]) -> None:
    for cursor in cursors:
        wire.answers({"data": {"rows": {"pageInfo": {"hasNextPage": True, "endCursor": cursor}, "nodes": []}}})

    with pytest.raises(errors.Unreadable, match="repeat"):
        list(wire.client().walk(documents.TEAMS, Ref))

    assert wire.sent == len(cursors)


def test_a_short_page_is_not_the_last(wire: Wire) -> None:
    for more, ident in [(True, "A"), (False, "B")]:
        info = {"hasNextPage": more, "endCursor": ident}
        wire.answers({"data": {"rows": {"pageInfo": info, "nodes": [{"id": ident}]}}})

    assert [row.id for page in wire.client().walk(documents.TEAMS, Ref) for row in page] == ["A", "B"]


def test_the_token_is_sent_as_it_is_and_told_nowhere(wire: Wire) -> None:
    wire.answers(an_error(f"Unknown key {TOKEN}", type="authentication error"), status=401)

    with pytest.raises(errors.AccessDenied) as told:
        wire.read()

    assert wire.mock.calls[0].request.headers["Authorization"] == TOKEN
    assert TOKEN not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__context__ is None


def test_a_netrc_entry_does_not_replace_the_token(wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine linear.example login ann password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    wire.answers(FINE)

    wire.read()

    assert wire.mock.calls[0].request.headers["Authorization"] == TOKEN
