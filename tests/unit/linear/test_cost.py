"""What a document costs is known before it is sent, and checked against what Linear says it did."""

import json
from collections.abc import Iterator

import pytest
from graphql import parse
from structlog.testing import capture_logs
from unit.linear.test_documents import ALL
from unit.linear.workspaces import Company, served

from adapters.errors import RateLimited
from adapters.linear.cost import points_of
from adapters.linear.documents import PAGE
from adapters.sandbox.linear.app import LinearApp


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with served(monkeypatch) as made:
        yield made


@pytest.mark.parametrize("name", [name for name, text in ALL.items() if text.startswith("query")])
def test_no_question_costs_three_thousand_points(name: str) -> None:
    assert 0 < points_of(parse(ALL[name]), {"first": PAGE}) < 3000


def test_the_vendor_s_example_costs_what_its_page_says() -> None:
    assert points_of(parse("{ user { createdIssues { nodes { id title createdAt } } } }"), {}) == 66


def test_what_is_estimated_is_what_the_server_charges(company: Company) -> None:
    company.an_issue()
    app = company.server.app
    assert isinstance(app, LinearApp)
    charged: list[tuple[int, int]] = []
    serve = app.handle

    def note(request):  # type: ignore[no-untyped-def]
        answer = serve(request)
        body = json.loads(request.get_data())
        charged.append((points_of(parse(body["query"]), body["variables"]), int(answer.headers["X-Complexity"])))
        return answer

    app.handle = note  # type: ignore[method-assign]

    with capture_logs() as said:
        company.read()

    assert len(charged) == 6
    assert all(expected == points for expected, points in charged)
    assert not [entry for entry in said if entry["event"] == "complexity_differs"]


def test_a_server_that_charges_more_is_said_once_a_document(company: Company) -> None:
    for number in range(520):
        company.an_issue(f"Work {number}")
    app = company.server.app
    assert isinstance(app, LinearApp)
    serve = app.handle

    def charge_double(request):  # type: ignore[no-untyped-def]
        answer = serve(request)
        if b"OkrIssuesPage" in request.get_data():
            answer.headers["X-Complexity"] = str(2 * int(answer.headers["X-Complexity"]))
        return answer

    app.handle = charge_double  # type: ignore[method-assign]

    with capture_logs() as said:
        company.read()

    (entry,) = [entry for entry in said if entry["event"] == "complexity_differs"]
    assert entry["document"] == "OkrIssuesPage"
    assert entry["charged"] == 2 * entry["expected"]


def test_a_page_that_would_eat_into_the_reserve_is_not_asked_for(company: Company) -> None:
    company.an_issue()
    app = company.server.app
    assert isinstance(app, LinearApp)
    # above the tenth that is kept, and less than a page above it
    app.quota.complexity.remaining = 300_000 + 4_000

    with pytest.raises(RateLimited) as told:
        company.read()

    assert told.value.quota
    assert not any("OkrIssuesPage" in call.request for call in company.server.calls)
