"""Many issues in parts: how they are cut, what it costs, and what is noticed."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.adapters import HTTPAdapter
from unit.linear.workspaces import Company, served

from adapters.errors import Unreadable
from adapters.linear.client import CONNECTIONS
from adapters.linear.documents import PAGE
from adapters.linear.walking import FEW_PAGES, MOST_PARTS, Part, parts_of
from adapters.linear.wire import WireTeam
from adapters.sandbox.linear.app import LinearApp
from adapters.sandbox.server import Call


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with served(monkeypatch) as made:
        yield made


def a_wire_team(key: str, issues: int) -> WireTeam:
    return WireTeam(
        id=key.lower(),
        key=key,
        name=key,
        cycles_enabled=True,
        issue_count=issues,
        default_issue_estimate=1,
        issue_estimation_type="fibonacci",
        private=False,
    )


def fill(company: Company, issues: int, **values: Any) -> None:
    """So many issues, each changed at a time of its own."""
    now = company.workspace.now
    for number in range(issues):
        company.workspace.now = now - timedelta(hours=1, minutes=number * 7919 % 50_021)
        company.an_issue(f"Work {number}", number=number + 1, **values)
    company.workspace.now = now


def pages(company: Company) -> list[Call]:
    return [call for call in company.server.calls if "OkrIssuesPage" in call.request]


def test_few_issues_are_one_walk() -> None:
    assert parts_of([a_wire_team("B", 400), a_wire_team("A", 600)]) == (Part(("A", "B")),)


def test_ten_thousand_issues_are_eight_parts_of_whole_pages() -> None:
    parts = parts_of([a_wire_team("A", 10_000)])

    assert [(part.above, part.up_to) for part in parts][:2] == [(0, 1250), (1250, 2500)]
    assert len(parts) == MOST_PARTS
    assert parts[-1].up_to is None


@given(st.lists(st.integers(min_value=0, max_value=20_000), min_size=1, max_size=30))
def test_every_number_of_every_team_is_in_one_part(counts: list[int]) -> None:
    teams = [a_wire_team(f"T{place}", count) for place, count in enumerate(counts)]

    parts = parts_of(teams)

    for team in teams:
        mine = sorted(part for part in parts if team.key in part.teams)
        ends = [part.up_to for part in mine]
        assert [part.above for part in mine] == [0, *ends[:-1]]
        assert ends[-1] is None
    assert len(parts) <= 2 * MOST_PARTS + 1
    assert len(parts) == 1 or sum(counts) > FEW_PAGES * PAGE


def test_ten_thousand_issues_take_forty_pages_and_one_to_check(company: Company) -> None:
    fill(company, 10_000)

    issues = company.read().issues

    assert len({issue.id for issue in issues}) == 10_000
    assert len(pages(company)) <= 40 + MOST_PARTS
    app = company.server.app
    assert isinstance(app, LinearApp)
    spent = app.quota.complexity.limit - app.quota.complexity.remaining
    assert spent < len(company.server.calls) * 3_000
    assert spent < 110_000


def test_an_issue_that_is_edited_in_one_part_during_the_walk_is_not_missed(company: Company) -> None:
    fill(company, 1_100)
    app = company.server.app
    assert isinstance(app, LinearApp)
    oldest = min(company.workspace.all(type(company.an_issue())), key=lambda issue: issue.updated_at)
    serve, seen = app.handle, []

    def edit_it_before_a_second_page(request):  # type: ignore[no-untyped-def]
        body = json.loads(request.get_data())
        if "OkrIssuesPage" in body["query"] and body["variables"]["after"] and not seen:
            seen.append(1)
            company.workspace.change(oldest, title="Renamed meanwhile")
        return serve(request)

    app.handle = edit_it_before_a_second_page  # type: ignore[method-assign]

    issues = company.read().issues

    assert len(issues) == 1_101
    assert {issue.title for issue in issues if issue.id == oldest.id} == {"Renamed meanwhile"}


def test_an_issue_that_is_edited_after_its_page_was_read_comes_as_it_is_now(company: Company) -> None:
    fill(company, 1_100)
    edited = company.an_issue("before", number=1_101)
    app = company.server.app
    assert isinstance(app, LinearApp)
    serve, seen = app.handle, []

    def edit_it_once_its_page_is_read(request):  # type: ignore[no-untyped-def]
        answer = serve(request)
        if b"OkrIssuesPage" in request.get_data() and edited.id.encode() in answer.get_data() and not seen:
            seen.append(1)
            company.workspace.now += timedelta(seconds=1)
            company.workspace.change(edited, title="after")
        return answer

    app.handle = edit_it_once_its_page_is_read  # type: ignore[method-assign]

    titles = [issue.title for issue in company.read().issues if issue.id == edited.id]

    assert (seen, titles) == ([1], ["after"])


def test_an_issue_that_moves_to_another_team_of_the_scope_meanwhile_comes_once(company: Company) -> None:
    fill(company, 1_100)
    other = company.a_team("OPS")
    moved = company.an_issue("moves")
    app = company.server.app
    assert isinstance(app, LinearApp)
    serve, seen = app.handle, []

    def move_it_after_the_first_page(request):  # type: ignore[no-untyped-def]
        answer = serve(request)
        if b"OkrIssuesPage" in request.get_data() and not seen:
            seen.append(1)
            company.workspace.now += timedelta(seconds=1)  # of two readings the later change is believed
            company.workspace.move(moved, other, company.state("unstarted", other))
        return answer

    app.handle = move_it_after_the_first_page  # type: ignore[method-assign]

    issues = company.read("GRO", "OPS").issues

    assert [issue.project for issue in issues if issue.id == moved.id] == ["OPS"]


def test_an_issue_that_leaves_the_scope_during_the_walk_is_not_in_it(company: Company) -> None:
    fill(company, 1_100)
    other = company.a_team("OPS")
    leaves = company.an_issue("leaves", number=1_101)
    app = company.server.app
    assert isinstance(app, LinearApp)
    serve, seen = app.handle, []

    def move_it_once_its_page_is_read(request):  # type: ignore[no-untyped-def]
        answer = serve(request)
        if b"OkrIssuesPage" in request.get_data() and leaves.id.encode() in answer.get_data() and not seen:
            seen.append(1)
            company.workspace.now += timedelta(seconds=1)
            company.workspace.move(leaves, other, company.state("unstarted", other))
        return answer

    app.handle = move_it_once_its_page_is_read  # type: ignore[method-assign]

    issues = company.read().issues

    assert seen
    assert len(issues) == 1_100
    assert leaves.id not in {issue.id for issue in issues}


def test_much_that_changes_in_other_teams_meanwhile_does_not_keep_the_walk_going(company: Company) -> None:
    fill(company, 1_100)
    other = company.a_team("OPS")
    app = company.server.app
    assert isinstance(app, LinearApp)
    serve = app.handle

    def make_another_page_of_theirs(request):  # type: ignore[no-untyped-def]
        if b"OkrIssuesPage" in request.get_data():
            company.workspace.now += timedelta(seconds=1)
            for number in range(60):
                company.an_issue(f"theirs {number}", team=other)
        return serve(request)

    app.handle = make_another_page_of_theirs  # type: ignore[method-assign]

    assert len(company.read().issues) == 1_100


def test_one_lost_part_loses_the_reading(company: Company) -> None:
    fill(company, 1_100)

    def is_the_second_part(call: Call) -> bool:
        return "OkrIssuesPage" in call.request and '"gt": 500' in call.request

    company.server.faults.answer(
        status=200,
        body=b'{"data":{"rows":null},"errors":[{"message":"oops","extensions":{"type":"unknown"}}]}',
        when=is_the_second_part,
        times=-1,
    )

    with pytest.raises(Unreadable):
        company.read()


def test_an_answer_with_issues_of_another_part_is_not_believed(company: Company) -> None:
    company.an_issue()
    company.a_team("OPS")
    app = company.server.app
    assert isinstance(app, LinearApp)
    serve = app.handle

    def ignore_the_filter(request):  # type: ignore[no-untyped-def]
        answer = serve(request)
        if b"OkrIssuesPage" in request.get_data():
            answer.set_data(answer.get_data().replace(b'"key":"OPS"', b'"key":"GRO"'))
        return answer

    company.an_issue("theirs", team=next(t for t in company.workspace.all(type(company.team())) if t.key == "OPS"))
    app.handle = ignore_the_filter  # type: ignore[method-assign]

    with pytest.raises(Unreadable, match="OPS-1 to a question about other issues"):
        company.read("OPS")


def test_never_more_than_four_requests_are_under_way(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(company, 1_100)
    company.server.faults.delay(0.01)
    under_way: list[None] = []
    most: list[int] = []
    send = HTTPAdapter.send

    def count(self: HTTPAdapter, *args: Any, **options: Any) -> Any:
        under_way.append(None)
        most.append(len(under_way))
        try:
            return send(self, *args, **options)
        finally:
            under_way.pop()

    monkeypatch.setattr(HTTPAdapter, "send", count)

    company.read()

    assert max(most) == CONNECTIONS == 4
