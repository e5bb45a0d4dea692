"""Tag labels in a Linear workspace, over HTTP against the sandbox."""

from collections.abc import Iterator
from typing import Any

import pytest
from unit.linear.workspaces import Company, IssueLabel, served

from adapters.errors import RejectedWrite, Temporary, WriteRefused
from adapters.labelling import KeepsLabels
from adapters.sandbox.linear.errors import Refused
from adapters.sandbox.linear.issue_changes import with_labels
from mappings.labels import LabelChange

KR = "GRO-O1-KR1"


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with served(monkeypatch) as made:
        yield made


def connected(company: Company, *, may_write: bool = True) -> KeepsLabels:
    """As a run meets it: the labels are read before one is written."""
    connection = company.connect(may_write=may_write)
    assert isinstance(connection, KeepsLabels)
    connection.read_labels()
    return connection


def a_change(action: str = "create", label: str = f"okr:{KR}", **changes: Any) -> LabelChange:
    return LabelChange(**{"tracker": "lin", "kr": KR, "action": action, "label": label} | changes)


def of(existing: IssueLabel, action: str, **changes: Any) -> LabelChange:
    return a_change(action, **{"label": existing.name, "id": existing.id, "before": existing.name} | changes)


def labels(company: Company) -> list[tuple[str, str]]:
    return sorted((it.name, it.team.key if it.team else "") for it in company.workspace.all(IssueLabel))


def test_labels_are_read_with_team_group_description_and_whether_they_are_retired(company: Company) -> None:
    web = company.a_team("WEB", parent=company.team())
    group = company.a_label("okr", is_group=True)
    company.a_label(KR, parent=group, description="Key result: x")
    company.a_label("okr:B", team=web, retired_at=company.workspace.now)
    company.workspace.archive(company.a_label("deleted"))

    stock = connected(company).read_labels()
    found = {label.name: label for label in stock.labels}

    assert sorted(found) == [KR, "okr", "okr:B"]
    assert (found[KR].group, found[KR].description, found["okr"].is_group) == ("okr", "Key result: x", True)
    assert (found["okr:B"].team, found["okr:B"].is_retired) == ("WEB", True)
    assert stock.above == {"GRO": (), "WEB": ("GRO",)}


def test_a_label_is_made_with_its_description_for_a_workspace_or_a_team(company: Company) -> None:
    connection = connected(company)

    outcomes = [
        connection.write_label(a_change(description="Key result: x")),
        connection.write_label(a_change(label="okr:B", kr="B", team="GRO")),
    ]

    assert [outcome.status for outcome in outcomes] == ["changed", "changed"]
    assert labels(company) == [("okr:B", "GRO"), (f"okr:{KR}", "")]
    assert [it.description for it in company.workspace.all(IssueLabel)] == ["Key result: x", None]


def test_a_group_is_made_and_then_the_labels_in_it(company: Company) -> None:
    connection = connected(company)

    connection.write_label(a_change(label="okr", kr="", is_group=True))
    connection.write_label(a_change(label=KR, group="okr"))

    [label] = [it for it in company.workspace.all(IssueLabel) if it.parent]
    assert (label.name, label.parent.name if label.parent else "") == (KR, "okr")


def test_a_label_whose_group_could_not_be_made_is_left_alone(company: Company) -> None:
    outcome = connected(company).write_label(a_change(label=KR, group="okr"))

    assert (outcome.status, outcome.reason) == ("left-alone", "there is no label group okr")


@pytest.mark.parametrize("applied", [False, True])
def test_a_create_whose_answer_was_lost_is_not_done_twice(company: Company, applied: bool) -> None:
    connection = connected(company)
    company.server.faults.drop(len(company.server.calls) + 2, applied=applied)  # after the sign-in

    with pytest.raises(Temporary):
        connection.write_label(a_change())
    assert company.server.calls[-1].operation == "issueLabelCreate"
    again = connected(company).write_label(a_change())

    assert again.status == ("unchanged" if applied else "changed")
    assert labels(company) == [(f"okr:{KR}", "")]


def test_a_label_that_a_person_renamed_or_deleted_is_made_anew(company: Company) -> None:
    connected(company).write_label(a_change())
    [first] = company.workspace.all(IssueLabel)
    company.workspace.change(first, name="ours now")

    assert connected(company).write_label(a_change()).status == "changed"
    [second] = [label for label in company.workspace.all(IssueLabel) if label is not first]
    company.workspace.change(second, name="deleted", archived_at=company.workspace.now)

    assert connected(company).write_label(a_change()).status == "changed"
    assert labels(company) == [("deleted", ""), (f"okr:{KR}", ""), ("ours now", "")]


def test_a_name_that_a_hidden_team_holds_is_refused_with_what_to_set(company: Company) -> None:
    connection = connected(company)
    company.a_label(f"okr:{KR}", team=company.team())

    with pytest.raises(RejectedWrite, match=r'labels = "team" in trackers\.lin'):
        connection.write_label(a_change())


def test_a_rename_keeps_the_label_on_its_issues(company: Company) -> None:
    label = company.a_label("okr:gro_o1_kr1")
    issue = company.an_issue(labels=[label])

    outcome = connected(company).write_label(of(label, "rename", label=f"okr:{KR}", description="Key result: x"))

    assert outcome.status == "changed"
    assert [(it.name, it.description) for it in issue.labels] == [(f"okr:{KR}", "Key result: x")]


def test_retired_and_taken_back(company: Company) -> None:
    label = company.a_label(f"okr:{KR}")
    connection = connected(company)

    assert connection.write_label(of(label, "archive")).status == "changed"
    assert label.retired_at is not None
    assert connection.write_label(of(label, "archive")).status == "unchanged"
    assert connection.write_label(of(label, "restore")).status == "changed"
    assert label.retired_at is None


def test_a_label_is_not_archived_once_an_open_issue_carries_it(company: Company) -> None:
    label = company.a_label(f"okr:{KR}")
    connection = connected(company)
    for number in range(7):
        company.an_issue(f"Work {number}", labels=[label])

    outcome = connection.write_label(of(label, "archive"))

    assert (outcome.status, label.retired_at) == ("left-alone", None)
    assert outcome.reason == "open issues carry it since: GRO-1, GRO-2, GRO-3, GRO-4, GRO-5"


def test_carriers_are_open_issues_of_whatever_team_in_the_order_of_their_numbers(company: Company) -> None:
    label, other = company.a_label("okr:A"), company.a_label("okr:B")
    for _ in range(10):
        company.an_issue(labels=[label])
    company.an_issue(state="completed", labels=[label, other])
    company.an_issue(state="canceled", labels=[other])
    company.an_issue(state="duplicate", labels=[other])
    company.an_issue(team=company.a_team("WEB"), state="unstarted", labels=[label])
    company.workspace.trash(company.an_issue(labels=[other]))
    connection = connected(company)

    found = connection.open_issues_with(connection.read_labels().labels)

    assert found == {label.id: (*(f"GRO-{number}" for number in range(1, 11)), "WEB-1")}


def test_what_a_person_changed_meanwhile_is_left_alone(company: Company) -> None:
    label = company.a_label("okr:gro_o1_kr1")
    change = of(label, "rename", label=f"okr:{KR}")
    company.workspace.change(label, name="Growth bet")
    connection = connected(company)

    renamed = connection.write_label(change)
    company.workspace.delete(label)
    gone = connection.write_label(change)

    assert [outcome.status for outcome in (renamed, gone)] == ["left-alone", "left-alone"]
    assert company.server.mutations == []


@pytest.mark.parametrize("action", ["create", "rename", "archive", "restore"])
def test_a_run_that_may_only_read_changes_no_label(company: Company, action: str) -> None:
    label = company.a_label("okr:a", retired_at=company.workspace.now if action == "restore" else None)
    connection = connected(company, may_write=False)

    with pytest.raises(WriteRefused):
        connection.write_label(a_change() if action == "create" else of(label, action, label="okr:A"))

    assert company.server.mutations == []


def test_the_sandbox_puts_a_retired_label_on_no_further_issue(company: Company) -> None:
    label = company.a_label("okr:A")
    carrying, free = company.an_issue(labels=[label]), company.an_issue("free")
    company.workspace.change(label, retired_at=company.workspace.now)

    assert with_labels(company.workspace, carrying, added=[label.id]) == [label]
    with pytest.raises(Refused, match="retired"):
        with_labels(company.workspace, free, added=[label.id])
