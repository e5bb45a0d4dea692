"""The health label: one of three on each written issue, where the config asks for it."""

import json
from collections.abc import Iterator

import pytest
from unit.jira.jira_site import PROGRESS, Jira, a_site, a_write, an_issue, served, standing

from mappings.model import Health


@pytest.fixture
def jira(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jira]:
    """A site with one issue, PAY-1."""
    with served(a_site(an_issue(1)), monkeypatch) as running:
        yield running


def labelled(jira: Jira, health: Health | None, value: str = "0.47") -> list[str]:
    """The labels of PAY-1 after a write with this health."""
    connection = jira.connect(health_label=True)
    expected = standing(connection)
    connection.write_progress(a_write(expected, value, health=health, text=(f"Score {value}, {health}.",)))
    return jira.issue(1).labels


def test_one_health_label_at_a_time_in_the_put_that_carries_the_value(jira: Jira) -> None:
    jira.site.add_label(jira.issue(1), "theirs")

    assert labelled(jira, Health.ON_TRACK) == ["theirs", "okr-on-track"]
    assert labelled(jira, Health.OFF_TRACK, "0.20") == ["theirs", "okr-off-track"]
    puts = [json.loads(call.request) for call in jira.server.mutations if call.operation == "edit_issue"]
    assert [put["fields"] for put in puts if put["update"]] == [{PROGRESS: 0.47}, {PROGRESS: 0.2}]


def test_no_new_health_leaves_the_label_as_it_is(jira: Jira) -> None:
    labelled(jira, Health.AT_RISK)

    assert labelled(jira, None, "0.50") == ["okr-at-risk"]


def test_no_health_label_is_put_on_without_being_asked_for(jira: Jira) -> None:
    connection = jira.connect()

    connection.write_progress(a_write(standing(connection), health=Health.ON_TRACK))

    assert jira.issue(1).labels == []
