"""What every tracker that answers numbers promises (`adapters.measuring`): the same company, the same numbers."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from contract.companies import Company, opened
from support.builders import a_period

from adapters.errors import TrackerError
from adapters.measuring import TakesMeasures
from mappings.measures import Query, Taken

ZURICH = ZoneInfo("Europe/Zurich")


@pytest.fixture(params=["memory", "jira", "jira-data-center", "linear"])
def company(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with opened(request.param, monkeypatch) as made:
        yield made


def asked(company: Company, query: Query) -> Taken:
    connection = company.connect(may_write=False)
    assert isinstance(connection, TakesMeasures)
    return connection.measure(query, a_period(), ZURICH)


@pytest.mark.parametrize(("aggregate", "value"), [("count", 3), ("sum", 8), ("average", 4)])
def test_what_a_search_finds_in_the_period_is_counted_and_its_estimates_added_up(company, aggregate, value):
    assert asked(company, company.query(aggregate)).value == Decimal(value)


def test_the_answer_says_what_was_found_where_and_what_was_left_out(company):
    query = company.query("sum")

    because = asked(company, query).because

    assert because.startswith(f"sum of {query.field}".replace("story points", "Story Points"))
    assert " of 3 issues found by " in because
    assert query.tracker in because
    assert because.endswith(", 1 without one left out")


@pytest.mark.parametrize(("aggregate", "value"), [("count", 0), ("sum", 0), ("average", None)])
def test_of_nothing_the_number_is_zero_and_the_average_unknown(company, aggregate, value):
    taken = asked(company, company.query(aggregate, project="NIL"))

    assert taken.value == (None if value is None else Decimal(value))
    assert "0 issues found" in taken.because


def test_a_query_that_makes_no_sense_there_is_refused_and_never_zero(company):
    query = company.query()
    query = replace(query, jql=f"colour = red AND {query.jql}" if query.jql else "", filter=_coloured(query.filter))

    with pytest.raises(TrackerError, match="colour"):
        asked(company, query)


def test_asking_counts_its_requests_and_changes_nothing(company):
    connection = company.connect(may_write=False)
    before = connection.requests
    assert isinstance(connection, TakesMeasures)

    connection.measure(company.query("average"), a_period(), ZURICH)

    assert connection.requests > before
    assert company.mutations() == 0


def _coloured(text: str) -> str:
    return text.replace("{", '{"colour": {"eq": "red"}, ', 1) if text else ""
