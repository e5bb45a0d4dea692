"""Tag labels on key results' own issues in Jira, over HTTP against the sandbox."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from unit.jira.jira_site import Jira, a_site, an_issue, served

from adapters.errors import RejectedWrite, Temporary, WriteRefused
from adapters.labelling import SeedsLabels
from mappings.labels import LabelChange
from mappings.targets import Target

TAG = "okr:PAY-O1-KR1"


@pytest.fixture
def jira(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jira]:
    with served(a_site(an_issue(1, labels=["mine"])), monkeypatch) as made:
        yield made


def connected(jira: Jira, **changes: Any) -> SeedsLabels:
    connection = jira.connect(**changes)
    assert isinstance(connection, SeedsLabels)
    return connection


def a_seed(issue: str = "PAY-1") -> LabelChange:
    return LabelChange(tracker="jira-main", kr="PAY-O1-KR1", action="seed", label=TAG, issue=issue)


def writes(jira: Jira) -> list[str]:
    return [call.operation for call in jira.server.mutations]


def test_a_tag_is_added_and_the_other_labels_stay(jira: Jira) -> None:
    assert connected(jira).seed_label(a_seed()).status == "changed"

    assert jira.issue(1).labels == ["mine", TAG]


def test_a_tag_that_is_there_sends_no_change(jira: Jira) -> None:
    connected(jira).seed_label(a_seed())
    before = len(writes(jira))

    assert connected(jira).seed_label(a_seed()).status == "unchanged"
    assert len(writes(jira)) == before == 1


@pytest.mark.parametrize("applied", [False, True])
def test_a_seed_whose_answer_was_lost_is_there_once(jira: Jira, applied: bool) -> None:
    connected(jira).seed_label(a_seed())
    number = len(jira.server.calls) - 1
    jira.issue(1).labels = ["mine"]
    jira.server.reset()
    jira.server.faults.drop(number, applied=applied)

    with pytest.raises(Temporary):
        connected(jira).seed_label(a_seed())
    assert len(writes(jira)) == 1
    connected(jira).seed_label(a_seed())

    assert jira.issue(1).labels == ["mine", TAG]


def test_labels_are_read_issue_by_issue_and_a_hidden_issue_is_in_none(jira: Jira) -> None:
    here, there = Target("jira-main", "issue", "pay-1"), Target("jira-main", "issue", "PAY-99")

    assert connected(jira).read_issue_labels([here, there]) == {here: ("mine",)}
    assert connected(jira).seed_label(a_seed("PAY-99")).status == "left-alone"


def test_a_run_that_may_only_read_labels_nothing(jira: Jira) -> None:
    with pytest.raises(WriteRefused):
        connected(jira, may_write=False).seed_label(a_seed())

    assert jira.issue(1).labels == ["mine"]


def test_labels_that_are_not_on_the_edit_screen_are_told(jira: Jira) -> None:
    jira.site.fields = [replace(field, on_screen=False) for field in jira.site.fields]

    with pytest.raises(RejectedWrite, match="Put Labels on the issue's edit screen"):
        connected(jira).seed_label(a_seed())
