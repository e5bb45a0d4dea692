"""Signing in: as an app, with a key that may only read, and over several connections at once."""

import threading
from collections.abc import Iterator

import pytest
from unit.linear.workspaces import SINCE, Company, a_flag, served

from adapters.errors import AccessDenied, Temporary, Unreadable
from adapters.linear import connect
from adapters.linear.settings import LinearSettings
from adapters.ports import Writer
from adapters.retry import Deadline
from adapters.sandbox.linear.app import LinearApp
from mappings.model import Scope

GROWTH = Scope(tracker="lin", team="growth", teams=("GRO",))


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with served(monkeypatch) as made:
        monkeypatch.setenv("APP_ID", made.workspace.client_id)
        monkeypatch.setenv("APP_SECRET", made.workspace.client_secret)
        yield made


def as_app(company: Company, *, attempts: list[float] | None = None) -> Writer:
    settings = LinearSettings(
        kind="linear", url=f"{company.server.url}/graphql", client_id_env="APP_ID", client_secret_env="APP_SECRET"
    )
    deadline = Deadline(600, sleep=(attempts if attempts is not None else []).append)
    return connect("lin", settings, deadline=deadline, may_write=True)


def grants(company: Company) -> int:
    return sum(call.operation == "token" for call in company.server.calls)


def test_an_app_signs_in_once_and_as_itself(company: Company) -> None:
    company.an_issue()

    connection = as_app(company)

    assert len(connection.read(GROWTH, since=SINCE).issues) == 1
    (sent,) = [call.request for call in company.server.calls if call.operation == "token"]
    assert "grant_type=client_credentials" in sent
    assert "actor=app" in sent
    assert "scope=read%2Cwrite" in sent
    assert connection.requests == len(company.server.calls)


def test_a_token_that_has_run_out_is_renewed_and_the_request_sent_again(company: Company) -> None:
    company.an_issue()
    connection = as_app(company)
    connection.read(GROWTH, since=SINCE)
    company.workspace.oauth_token = "lin_oauth_another_one"

    assert len(connection.read(GROWTH, since=SINCE).issues) == 1
    assert grants(company) == 2


def test_two_jobs_with_one_app_take_the_token_from_each_other_and_both_read_all(company: Company) -> None:
    company.an_issue()
    one, other = as_app(company), as_app(company)

    read = [len(job.read(GROWTH, since=SINCE).issues) for job in (one, other, one)]

    assert read == [1, 1, 1]
    assert grants(company) == 3, "four requests that are refused at once ask for one new token"


def test_a_refused_token_is_renewed_once_and_not_for_ever(company: Company) -> None:
    refusal = b'{"errors":[{"message":"no","extensions":{"type":"authentication error"}}]}'
    company.server.faults.answer(status=401, body=refusal, when=lambda call: call.path == "/graphql", times=-1)

    with pytest.raises(AccessDenied, match="does not know this token"):
        as_app(company).read(GROWTH, since=SINCE)

    assert grants(company) == 2


def test_a_wrong_client_secret_is_said_and_told_nowhere(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_SECRET", "not-the-secret")

    with pytest.raises(AccessDenied, match="client id and secret") as told:
        as_app(company).read(GROWTH, since=SINCE)

    assert "not-the-secret" not in str(told.value)
    assert len(company.server.calls) == 1


@pytest.mark.parametrize(
    ("status", "body", "kind", "sent"),
    [(503, b"", Temporary, 5), (200, b"{}", Unreadable, 1), (200, b'{"access_token": "a b"}', Unreadable, 1)],
)
def test_a_sign_in_without_a_token_is_an_error(
    company: Company, status: int, body: bytes, kind: type[Exception], sent: int
) -> None:
    company.server.faults.answer(status=status, body=body, when=lambda call: call.operation == "token", times=-1)

    with pytest.raises(kind):
        as_app(company).read(GROWTH, since=SINCE)

    assert grants(company) == sent


def test_an_unset_variable_of_the_app_is_named(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APP_SECRET")

    with pytest.raises(AccessDenied, match="APP_SECRET"):
        as_app(company)


def test_a_key_that_may_only_read_says_so_at_the_first_change(company: Company) -> None:
    issue = company.an_issue()
    assert isinstance(company.server.app, LinearApp)
    company.server.app.read_only = True
    connection = company.connect()

    assert len(connection.read(GROWTH, since=SINCE).issues) == 1
    with pytest.raises(AccessDenied, match="limited to reading"):
        connection.write_flag(a_flag(issue))

    assert len(company.server.mutations) == 1


def test_several_threads_may_read_at_once_and_every_request_is_counted(company: Company) -> None:
    company.an_issue()
    connection = company.connect()
    found: list[int] = []

    def read() -> None:
        found.append(len(connection.read(GROWTH, since=SINCE).issues))

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [1] * 6
    assert connection.requests == len(company.server.calls)
