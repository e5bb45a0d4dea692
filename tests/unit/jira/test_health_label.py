"""The health label: one of three on each written issue, where the config asks for it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from unit.jira.jira_site import KR, PROGRESS, Jira, a_site, a_write, an_issue, served, standing

from adapters.jira.writing import HEALTH_LABELS
from mappings.model import Health
from mappings.targets import Ledger, fingerprint


@pytest.fixture
def jira(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jira]:
    """A site with one issue, PAY-1."""
    with served(a_site(an_issue(1)), monkeypatch) as running:
        yield running


def labelled(jira: Jira, health: Health | None, value: str = "0.47", **changes: Any) -> list[str]:
    """The labels of PAY-1 after a write whose ledger says this health."""
    connection = jira.connect(health_label=True)
    write = a_write(standing(connection), value, health=health, text=(f"Score {value}, {health}.",), **changes)
    ledger = Ledger(kr=KR, value=write.value, said=fingerprint(write.text), health=health)
    connection.write_progress(a_write(write.expected, value, health=health, text=write.text, ledger=ledger))
    return jira.issue(1).labels


def test_one_health_label_at_a_time_in_the_put_that_carries_the_value(jira: Jira) -> None:
    jira.site.add_label(jira.issue(1), "theirs")

    assert labelled(jira, Health.ON_TRACK) == ["theirs", "okr-on-track"]
    assert labelled(jira, Health.OFF_TRACK, "0.20") == ["theirs", "okr-off-track"]
    puts = [json.loads(call.request) for call in jira.server.mutations if call.operation == "edit_issue"]
    assert [put["fields"] for put in puts if put["update"]] == [{PROGRESS: 0.47}, {PROGRESS: 0.2}]
    assert [put["properties"][0]["value"]["health"] for put in puts if put["update"]] == ["on_track", "off_track"]


def test_a_ledger_without_health_takes_our_own_label_off_and_no_other(jira: Jira) -> None:
    labelled(jira, Health.AT_RISK)
    jira.site.add_label(jira.issue(1), "okr-on-track")

    assert labelled(jira, None, "0.50") == ["okr-on-track"]


def test_no_health_label_is_put_on_without_being_asked_for(jira: Jira) -> None:
    connection = jira.connect()

    connection.write_progress(a_write(standing(connection), health=Health.ON_TRACK))

    assert jira.issue(1).labels == []


def test_what_stands_there_tells_the_health_that_was_shown_and_whether_one_is_wanted(jira: Jira) -> None:
    labelled(jira, Health.OFF_TRACK)

    wanted, unwanted = standing(jira.connect(health_label=True)), standing(jira.connect())

    assert (wanted.shows_health, unwanted.shows_health) == (True, False)
    assert wanted.ledger is not None
    assert wanted.ledger.health is Health.OFF_TRACK


@pytest.mark.parametrize("health", ["stale", "excellent", 7])
def test_a_ledger_that_names_an_odd_health_breaks_nothing(jira: Jira, health: Any) -> None:
    property = {"v": 1, "kr": KR, "value": "0.47", "scopes": [], "said": "", "comment": "", "health": health}
    jira.site.set_property(jira.issue(1), "okrsync", property)
    jira.site.set_field(jira.issue(1), PROGRESS, 0.47)

    assert labelled(jira, Health.ON_TRACK, "0.50") == (["okr-on-track"] if health == "stale" else [])


def test_every_health_that_is_posted_has_its_label() -> None:
    assert set(HEALTH_LABELS) == {health for health in Health if health.is_posted}
