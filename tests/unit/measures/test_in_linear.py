"""Numbers asked of Linear: the filter as a variable, the period in it, and names that are not there."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from support.builders import a_period
from unit.linear.workspaces import Company, served

from adapters.errors import NotFound, RateLimited, Unreadable
from adapters.linear import documents
from adapters.linear.cost import points_of
from adapters.measuring import TakesMeasures
from mappings.measures import Query, Taken

ZURICH = ZoneInfo("Europe/Zurich")


@pytest.fixture
def linear(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with served(monkeypatch) as made:
        for number in range(1, 8):
            made.an_issue(f"Work {number}", estimate=number / 4, created_at=datetime(2026, 10, number, tzinfo=UTC))
        yield made


def ask(linear: Company, wanted: Any, **changes: Any) -> Taken:
    connection = linear.connect(may_write=False)
    assert isinstance(connection, TakesMeasures)
    query = Query(tracker="lin", filter=json.dumps(wanted, sort_keys=True), **changes)
    return connection.measure(query, a_period(), ZURICH)


def sent(linear: Company) -> list[dict[str, Any]]:
    """The documents and variables that asked for issues."""
    bodies = [json.loads(call.request) for call in linear.server.calls]
    return [body for body in bodies if "OkrFound" in body["query"]]


def test_a_filter_goes_as_a_variable_as_the_registry_has_it(linear):
    title = 'Work") { id } viewer { id } #'

    taken = ask(linear, {"title": {"eq": title}})

    assert taken.value == 0
    [body] = sent(linear)
    assert body["variables"]["filter"] == {"title": {"eq": title}}
    assert title not in body["query"]


def test_a_day_under_a_moment_is_the_company_s_midnight_and_elsewhere_a_date(linear):
    taken = ask(
        linear,
        {
            "and": [{"createdAt": {"gte": "{period.start}"}}, {"dueDate": {"null": True}}],
            "or": [{"dueDate": {"lte": "{period.end}"}}, {"updatedAt": {"lt": "{period.end}T23:59:59Z"}}],
            "priority": {"eq": 0},
        },
    )

    assert sent(linear)[0]["variables"]["filter"] == {
        "and": [{"createdAt": {"gte": "2026-09-30T22:00:00.000Z"}}, {"dueDate": {"null": True}}],
        "or": [{"dueDate": {"lte": "2026-12-31"}}, {"updatedAt": {"lt": "2026-12-31T23:59:59Z"}}],
        "priority": {"eq": 0},
    }
    assert "2026-09-30T22:00:00.000Z" in taken.because


def test_every_page_is_counted_and_a_count_asks_for_no_estimate(linear, monkeypatch):
    monkeypatch.setattr("adapters.linear.client.PAGE", 3)

    assert ask(linear, {"team": {"key": {"eq": "GRO"}}}).value == 7
    assert len(sent(linear)) == 3
    assert not any("estimate" in body["query"] for body in sent(linear))


@pytest.mark.parametrize(("aggregate", "value"), [("sum", Decimal(7)), ("average", Decimal(1))])
def test_estimates_are_added_up(linear, aggregate, value):
    assert ask(linear, {"title": {"startsWith": "Work"}}, aggregate=aggregate, field="estimate").value == value


def test_archived_issues_count_and_trashed_ones_do_not(linear):
    archived, trashed = linear.an_issue("one", archived_at=datetime(2026, 11, 1, tzinfo=UTC)), linear.an_issue("two")
    linear.workspace.trash(trashed)

    assert ask(linear, {"title": {"in": [archived.title, trashed.title]}}).value == 1


def test_a_page_costs_a_few_hundred_points():
    from gql import gql

    for document in (documents.FOUND, documents.ESTIMATES):
        assert points_of(gql(document).document, {"first": documents.PAGE}) <= 330


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"team": {"key": {"eq": "NOPE"}}}, "there is no Linear team NOPE"),
        ({"team": {"key": {"in": ["GRO", "NOPE"]}}}, "there is no Linear team NOPE"),
        ({"or": [{"parent": {"team": {"key": {"eq": "NOPE"}}}}]}, "there is no Linear team NOPE"),
        ({"labels": {"name": {"eq": "incidnet"}}}, "no issue label in lin is called incidnet"),
        ({"labels": {"some": {"name": {"in": ["Incident", "incident"]}}}}, "no issue label in lin is called incident"),
        ({"labels": {"every": {"name": {"eqIgnoreCase": "incidnet"}}}}, "no issue label in lin is called incidnet"),
        ({"state": {"type": {"eq": "done"}}}, "no state is of the type done: there are backlog, canceled"),
    ],
)
def test_a_name_that_is_not_there_is_told_and_is_not_zero(linear, wanted, said):
    linear.a_label("Incident")

    with pytest.raises(NotFound) as caught:
        ask(linear, wanted)

    assert said in str(caught.value)
    assert sent(linear) == []


@pytest.mark.parametrize(
    "wanted",
    [
        {"labels": {"some": {"name": {"eqIgnoreCase": "INCIDENT"}}}},
        {"labels": {"name": {"neq": "whatever"}}},
        {"labels": {"name": {"startsWith": "okr:"}}},
        {"project": {"name": {"eq": "whatever"}}},
        {"state": {"type": {"in": ["completed", "canceled"]}}},
        {"team": {"key": {"eq": "GRO"}}},
    ],
)
def test_names_that_are_there_and_those_not_compared_for_equality_are_asked(linear, wanted):
    linear.a_label("Incident")

    assert ask(linear, wanted).value is not None


def test_a_label_of_a_project_is_no_issue_label_and_is_linear_s_to_judge(linear):
    with pytest.raises(Unreadable, match="labels"):  # which this sandbox's projects do not have
        ask(linear, {"project": {"labels": {"name": {"eq": "whatever"}}}})


def test_a_renamed_team_is_told_for_its_old_key_finds_nothing(linear):
    linear.workspace.change(linear.team(), key="GROW", previous_keys=["GRO"])

    with pytest.raises(NotFound, match="Linear team GRO is now called GROW: change it in the filter"):
        ask(linear, {"team": {"key": {"eq": "GRO"}}})


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"colour": {"eq": "red"}}, "colour"),
        ({"title": "Work"}, "title"),
        ({"createdAt": {"gte": "tomorrow"}}, "createdAt"),
        ({"team": ["GRO"]}, "team"),
    ],
)
def test_what_linear_does_not_accept_is_told_in_its_words(linear, wanted, said):
    with pytest.raises(Unreadable, match=said):
        ask(linear, wanted)


def test_only_estimates_can_be_added_up_and_a_filter_is_needed(linear):
    with pytest.raises(Unreadable, match='field names "points", and Linear adds up field = "estimate" alone'):
        ask(linear, {"title": {"eq": "x"}}, aggregate="sum", field="points")

    connection = linear.connect()
    assert isinstance(connection, TakesMeasures)
    with pytest.raises(Unreadable, match="its measures are asked by filter"):
        connection.measure(Query(tracker="lin", jql="project = X"), a_period(), ZURICH)


def test_what_is_kept_for_people_is_not_spent(linear):
    linear.server.app.quota.complexity.take(2_900_000)

    with pytest.raises(RateLimited, match="kept for the people"):
        ask(linear, {"team": {"key": {"eq": "GRO"}}})
