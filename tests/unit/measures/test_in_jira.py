"""Numbers asked of Jira: how it is asked, what it costs, and what it says when it does not like the question."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from support.builders import a_period
from unit.jira.jira_site import Jira, a_site, an_issue, served

from adapters.errors import TrackerError, Unreadable
from adapters.measuring import TakesMeasures
from adapters.sandbox.jira.fields import STORY_POINTS, Field, number_field
from mappings.measures import Query, Taken

ZURICH = ZoneInfo("Europe/Zurich")
OPEN_WORK = 'project = PAY AND created >= "{period.start}"'


@pytest.fixture(params=[False, True], ids=["cloud", "data-center"])
def jira(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jira]:
    site = a_site(*(an_issue(number, custom={STORY_POINTS: number / 4}) for number in range(1, 8)))
    site.fields.append(number_field("customfield_10777", "Cost", on_screen=False))
    site.fields.append(number_field("customfield_10778", "cost", on_screen=False))
    site.fields.append(Field("timespent", "Time Spent", "number"))
    with served(site, monkeypatch, data_center=request.param) as made:
        yield made


def ask(jira: Jira, jql: str = OPEN_WORK, **changes: Any) -> Taken:
    connection = jira.connect(may_write=False)
    assert isinstance(connection, TakesMeasures)
    return connection.measure(Query(tracker="jira-main", jql=jql, **changes), a_period(), ZURICH)


def after_sign_in(jira: Jira) -> list[str]:
    return [operation for operation in jira.operations() if operation not in ("myself", "projects", "fields")]


def test_a_count_takes_two_requests_on_cloud_and_one_on_a_data_center_and_no_field_of_any_issue(jira):
    taken = ask(jira)

    assert taken == Taken(
        value=Decimal(7),
        because='7 issues found by `project = PAY AND created >= "2026-10-01"` in jira-main',
    )
    assert after_sign_in(jira) == (["search"] if jira.site.is_data_center else ["parse_jql", "search"])
    assert set(json.loads(jira.server.calls[-1].request)["fields"]) <= {"id", "key"}


def test_a_count_is_of_every_page(jira):
    jira.site.page_cap = jira.site.dc_page_cap = 3

    assert ask(jira).value == 7
    assert jira.operations().count("search") == (1 if jira.site.is_data_center else 3)


@pytest.mark.parametrize(("aggregate", "value"), [("sum", Decimal(7)), ("average", Decimal(1))])
def test_a_number_field_is_added_up_to_the_last_digit_and_nothing_else_is_asked_for(jira, aggregate, value):
    jira.site.page_cap = jira.site.dc_page_cap = 3

    taken = ask(jira, aggregate=aggregate, field="story POINTS")

    assert taken.value == value
    asked = [json.loads(call.request) for call in jira.server.calls if call.operation in ("search", "bulkfetch")]
    assert {field for body in asked for field in body.get("fields", [])} <= {"id", "key", STORY_POINTS}
    assert jira.site.forbidden_reads == []


def test_a_sum_of_few_issues_takes_one_page(jira):
    ask(jira, aggregate="sum", field=STORY_POINTS)

    assert after_sign_in(jira) == (["search"] if jira.site.is_data_center else ["parse_jql", "search"])


def test_a_field_of_jira_s_own_may_be_added_up(jira):
    assert ask(jira, aggregate="sum", field="Time Spent").because.endswith("none has a number in Time Spent")


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("Cost", r"customfield_10777, customfield_10778 are all called: name the id"),
        ("Shoe size", 'field names "Shoe size", and this Jira has no such number field'),
        ("Summary", "no such number field"),
    ],
)
def test_a_field_that_is_not_one_number_field_is_told_with_the_candidates(jira, field, said):
    with pytest.raises(Unreadable, match=said):
        ask(jira, aggregate="sum", field=field)


@pytest.mark.parametrize(
    ("jql", "said"),
    [
        ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'"),
        ("priority = P1", "The value 'P1' does not exist for the field 'priority'"),
        ("colour = red", "Field 'colour' does not exist"),
        ("project = PAY AND", "Error in the JQL Query"),
        ("project = PAY) OR (project = OPS", "a bracket is closed that was not opened"),
        ("ORDER BY created", "it asks for nothing"),
        ("", "its measures are asked by jql"),
    ],
)
def test_what_jira_does_not_accept_is_told_in_its_words(jira, jql, said):
    with pytest.raises(Unreadable) as caught:
        ask(jira, jql)

    assert said in str(caught.value)


def test_a_value_that_is_no_number_is_not_added_up(jira):
    jira.site.issues[0].custom[STORY_POINTS] = "three"

    with pytest.raises(Unreadable, match="that its field's type does not allow"):
        ask(jira, aggregate="sum", field=STORY_POINTS)


def test_a_page_that_fails_is_no_smaller_number(jira):
    jira.site.page_cap = 3
    jira.server.faults.answer(status=500, when=lambda call: call.operation == "search", times=99)

    with pytest.raises(TrackerError, match="failed for now"):
        ask(jira)
