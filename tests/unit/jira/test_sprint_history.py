"""How an issue came into its sprint: planned, added after the start, or carried over."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support import builders
from unit.jira.jira_site import NOW, PAY, SINCE, Jira, a_site, an_issue, served

from adapters.errors import Unreadable
from adapters.jira.sprint_history import Move, entered, instant
from adapters.ports import Contents
from adapters.sandbox.jira.data_center import as_data_center
from adapters.sandbox.jira.site import Site, Sprint
from mappings.model import SprintChoice

START = datetime(2026, 11, 9, tzinfo=UTC)
BEFORE, AFTER = START - timedelta(hours=1), START + timedelta(hours=1)


def a_site_with_a_past(**changes: Any) -> Site:
    """Sprint 76 is closed, 77 active, 78 planned."""
    site = a_site(**changes)
    site.sprints[:0] = [Sprint(76, "Sprint 11", "active", 12, START - timedelta(days=14), START)]
    site.sprints.append(Sprint(78, "Sprint 13", "future", 12))
    return site


@pytest.fixture(params=["cloud", "data-center"])
def jira(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jira]:
    """Both kinds of Jira, to be filled by the test."""
    site = a_site_with_a_past()
    if request.param == "data-center":
        as_data_center(site)
    with served(site, monkeypatch, data_center=site.is_data_center) as running:
        yield running


def put(jira: Jira, number: int, sprint: int, at: datetime) -> None:
    """A person puts an issue into a sprint at a time."""
    jira.site.now = at
    found = jira.site.sprint(sprint)
    assert found is not None
    jira.site.put_in_sprint(jira.issue(number), found)
    jira.site.now = NOW


def close(jira: Jira, sprint: int) -> None:
    found = jira.site.sprint(sprint)
    assert found is not None
    found.state = "closed"


def read(jira: Jira, **changes: Any) -> Contents:
    return jira.connect().read(replace(PAY, **changes), since=SINCE)


def entries(contents: Contents) -> dict[str, tuple[tuple[str, str], ...]]:
    return {issue.key: issue.entered for issue in contents.issues}


def test_planned_added_and_carried_over_are_told_apart(jira: Jira) -> None:
    jira.site.issues += [an_issue(number) for number in range(1, 6)]
    put(jira, 3, 76, BEFORE - timedelta(days=9))
    close(jira, 76)
    put(jira, 1, 77, BEFORE)
    put(jira, 2, 77, AFTER)
    put(jira, 3, 77, BEFORE)
    put(jira, 4, 78, AFTER)

    assert entries(read(jira)) == {
        "PAY-1": (("77", "planned"),),
        "PAY-2": (("77", "added"),),
        "PAY-3": (("77", "carried"),),
        "PAY-4": (),
        "PAY-5": (),
    }


def test_an_issue_created_in_the_sprint_came_when_it_was_created(jira: Jira) -> None:
    jira.site.issues += [an_issue(1, sprints=[77]), an_issue(2, sprints=[77], created=AFTER)]

    assert entries(read(jira)) == {"PAY-1": (("77", "planned"),), "PAY-2": (("77", "added"),)}


def test_the_last_coming_counts_and_a_sprint_that_was_only_planned_is_no_carrying_over(jira: Jira) -> None:
    jira.site.issues += [an_issue(1), an_issue(2)]
    put(jira, 1, 77, BEFORE)
    put(jira, 1, 78, BEFORE)
    put(jira, 1, 77, AFTER)
    put(jira, 2, 78, BEFORE - timedelta(days=1))
    put(jira, 2, 77, BEFORE)

    assert entries(read(jira)) == {"PAY-1": (("77", "added"),), "PAY-2": (("77", "planned"),)}


@pytest.mark.parametrize("style", ["seconds", "milliseconds", "text"])
def test_a_change_s_time_may_be_spelled_in_three_ways(monkeypatch: pytest.MonkeyPatch, style: str) -> None:
    with served(a_site_with_a_past(changelog_times=style), monkeypatch) as jira:
        jira.site.issues += [an_issue(1), an_issue(2)]
        put(jira, 1, 77, BEFORE)
        put(jira, 2, 77, AFTER)

        assert entries(read(jira)) == {"PAY-1": (("77", "planned"),), "PAY-2": (("77", "added"),)}


def test_only_the_rows_of_the_sprints_shown_are_asked_for(jira: Jira) -> None:
    jira.site.issues += [an_issue(1), an_issue(2, type="Epic", level=1, sprints=[77])]

    found = read(jira)

    assert dict(found.requests_by).keys() == {"boards", "issues"}
    jira.site.issues.append(an_issue(3, sprints=[78]))
    assert "sprint history" not in dict(read(jira, sprints=SprintChoice(next=True)).requests_by)


def test_a_thousand_issues_are_one_request_on_cloud_and_ten_on_data_center(jira: Jira) -> None:
    jira.site.issues += [an_issue(number, sprints=[77]) for number in range(1, 1_001)]

    assert dict(read(jira).requests_by)["sprint history"] == (10 if jira.site.is_data_center else 1)


def test_what_has_not_changed_is_not_asked_for_again(jira: Jira) -> None:
    jira.site.issues += [an_issue(number) for number in (1, 2)]
    put(jira, 1, 77, AFTER)
    put(jira, 2, 77, AFTER)
    connection = jira.connect()
    first = connection.read(PAY, since=SINCE)
    before = Counter(jira.operations())

    second = connection.read(PAY, since=SINCE)

    assert entries(second) == entries(first) == {"PAY-1": (("77", "added"),), "PAY-2": (("77", "added"),)}
    assert "sprint history" not in dict(second.requests_by)
    assert Counter(jira.operations())["changelog"] == before["changelog"]


def test_a_history_that_is_refused_is_said_and_the_reading_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_site_with_a_past(), monkeypatch) as jira:
        jira.site.issues.append(an_issue(1, sprints=[77]))
        jira.server.faults.answer(status=403, body=b"{}", when=lambda call: call.operation == "changelog")

        found = read(jira)

    assert entries(found) == {"PAY-1": ()}
    assert "how issues came into their sprints is not known" in found.notes[0]


def test_history_whose_pages_repeat_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_site_with_a_past(), monkeypatch) as jira:
        jira.site.issues.append(an_issue(1, sprints=[77]))
        jira.server.faults.answer(
            status=200,
            body=b'{"issueChangeLogs":[],"nextPageToken":"again"}',
            when=lambda call: call.operation == "changelog",
            times=3,
        )

        with pytest.raises(Unreadable, match="its pages repeat"):
            read(jira)


@pytest.mark.parametrize(
    "created", [1_762_678_800, 1_762_678_800_000, "1762678800000", "2025-11-09T10:00:00.000+0100", 1_762_678_800.0]
)
def test_the_same_moment_in_every_spelling(created: float | str) -> None:
    assert instant(created) == datetime(2025, 11, 9, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("created", ["", "yesterday", 1e300, float("inf")])
def test_what_is_no_time_is_refused(created: float | str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        instant(created)


def test_an_issue_at_the_very_start_was_planned() -> None:
    sprint = builders.a_sprint("77", start=START)

    assert entered(builders.an_issue(), sprint, [Move(START, (), ("77",))]) == "planned"
    assert entered(builders.an_issue(), sprint, [Move(START, ("76",), ("76", "77"))]) == "carried"
