"""Flag labels on issues and their ledger."""

from collections.abc import Iterator

import pytest
from unit.linear.workspaces import Company, Issue, IssueLabel, a_flag, served

from adapters.errors import NotFound, RejectedWrite, Temporary, Unreadable
from adapters.sandbox.linear.nodes import Attachment
from adapters.sandbox.server import Call


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with served(monkeypatch) as made:
        yield made


def labels_of(issue: Issue) -> list[str]:
    return sorted(label.name for label in issue.labels)


def test_a_flag_is_a_label_and_a_ledger_and_other_labels_stay(company: Company) -> None:
    issue = company.an_issue(labels=[company.a_label("bug")])

    outcome = company.connect().write_flag(a_flag(issue))
    (read,) = company.read().issues

    assert outcome.status == "changed"
    assert labels_of(issue) == ["bug", "okr-unaligned"]
    assert read.flagged == (("okr-unaligned", "S1"),)


def test_a_flag_that_is_there_already_sends_no_change(company: Company) -> None:
    issue = company.an_issue()
    company.connect().write_flag(a_flag(issue))
    before = len(company.server.mutations)

    assert company.connect().write_flag(a_flag(issue)).status == "unchanged"
    assert len(company.server.mutations) == before


def test_a_flag_goes_with_its_ledger_and_another_flag_stays(company: Company) -> None:
    issue = company.an_issue()
    for label in ("okr-unaligned", "okr-broken-tag"):
        company.connect().write_flag(a_flag(issue, label=label))

    company.connect().write_flag(a_flag(issue, "remove"))
    assert company.read().issues[0].flagged == (("okr-broken-tag", "S1"),)
    assert labels_of(issue) == ["okr-broken-tag"]

    company.connect().write_flag(a_flag(issue, "remove", label="okr-broken-tag"))
    assert company.workspace.all(Attachment) == []
    assert labels_of(issue) == []
    assert company.connect().write_flag(a_flag(issue, "remove", label="okr-broken-tag")).status == "unchanged"


def test_a_flag_that_a_person_took_off_stays_off_for_that_sprint(company: Company) -> None:
    issue = company.an_issue()
    company.connect().write_flag(a_flag(issue))
    issue.labels = []

    same = company.connect().write_flag(a_flag(issue))
    company.connect().write_flag(a_flag(issue, sprint="S2"))

    assert (same.status, same.reason) == ("left-alone", "a person took the label off")
    assert labels_of(issue) == ["okr-unaligned"]


def test_remember_and_forget_touch_the_ledger_only(company: Company) -> None:
    issue = company.an_issue(labels=[company.a_label("okr-unaligned")])

    company.connect().write_flag(a_flag(issue, "remember"))
    assert company.read().issues[0].flagged == (("okr-unaligned", "S1"),)

    company.connect().write_flag(a_flag(issue, "forget"))
    assert company.read().issues[0].flagged == ()
    assert labels_of(issue) == ["okr-unaligned"]


def test_the_teams_own_label_goes_before_the_workspaces(company: Company) -> None:
    company.a_label("okr-unaligned")
    own = company.a_label("OKR-unaligned", team=company.team())
    issue = company.an_issue()

    company.connect().write_flag(a_flag(issue))

    assert issue.labels == [own]


def test_a_missing_label_is_made_once_for_the_whole_workspace(company: Company) -> None:
    for _ in range(2):
        company.connect().write_flag(a_flag(company.an_issue()))

    (label,) = company.workspace.all(IssueLabel)
    assert (label.name, label.team) == ("okr-unaligned", None)


def test_a_label_whose_making_was_not_answered_is_not_made_twice(company: Company) -> None:
    issue = company.an_issue()
    connection = company.connect()
    company.server.faults.drop(4, applied=True)  # after sign-in, the issue and the labels

    with pytest.raises(Temporary):
        connection.write_flag(a_flag(issue))
    assert company.server.calls[-1].operation == "issueLabelCreate"
    company.connect().write_flag(a_flag(issue))

    assert len(company.workspace.all(IssueLabel)) == 1
    assert labels_of(issue) == ["okr-unaligned"]


@pytest.mark.parametrize("applied", [False, True])
def test_a_flag_whose_answer_was_lost_is_there_once(company: Company, applied: bool) -> None:
    company.a_label("okr-unaligned")
    issue = company.an_issue()
    company.server.faults.drop(4, applied=applied)

    with pytest.raises(Temporary):
        company.connect().write_flag(a_flag(issue))
    assert company.server.calls[-1].operation == "issueUpdate+attachmentCreate"
    company.connect().write_flag(a_flag(issue))

    assert labels_of(issue) == ["okr-unaligned"]
    assert len(company.workspace.all(Attachment)) == 1


def test_a_refused_label_leaves_no_ledger_behind(company: Company) -> None:
    doomed = company.a_label("okr-unaligned")
    issue = company.an_issue()
    connection = company.connect()
    company.read()
    connection.write_flag(a_flag(company.an_issue("other")))
    company.workspace.delete(doomed)  # the connection still believes in it

    with pytest.raises(NotFound, match="IssueLabel"):
        connection.write_flag(a_flag(issue))

    operations = [call.operation for call in company.server.mutations]
    assert operations[-2:] == ["issueUpdate+attachmentCreate", "attachmentDelete"]
    assert labels_of(issue) == []
    assert [a for a in company.workspace.all(Attachment) if a.issue is issue] == []


def test_an_issue_that_is_gone_is_left_alone(company: Company) -> None:
    issue = company.an_issue()
    company.workspace.delete(issue)

    assert company.connect().write_flag(a_flag(issue)).status == "left-alone"


def test_another_users_ledger_is_neither_read_nor_written(company: Company) -> None:
    issue = company.an_issue()
    company.connect().write_flag(a_flag(issue))
    company.workspace.all(Attachment)[0].creator = company.workspace.human

    assert company.read().issues[0].flagged == ()
    assert company.connect().write_flag(a_flag(issue, sprint="S2")).status == "left-alone"


def test_where_no_workspace_label_may_be_made_the_team_gets_its_own(company: Company) -> None:
    issue = company.an_issue()
    company.server.faults.answer(
        status=400,
        body=b'{"errors":[{"message":"duplicate label name","extensions":{"code":"INPUT_ERROR"}}],"data":null}',
        when=lambda call: call.operation == "issueLabelCreate",
    )

    company.connect().write_flag(a_flag(issue))

    (label,) = issue.labels
    assert (label.name, label.team) == ("okr-unaligned", company.team())


def test_a_label_made_and_not_listed_is_used_by_its_id(company: Company) -> None:
    company.connect().write_flag(a_flag(company.an_issue("first")))
    issue = company.an_issue("second")
    nothing = b'{"data":{"rows":{"pageInfo":{"hasNextPage":false,"endCursor":null},"nodes":[]}}}'
    company.server.faults.answer(status=200, body=nothing, when=lambda call: "OkrLabels" in call.request)

    company.connect().write_flag(a_flag(issue))

    assert len(company.workspace.all(IssueLabel)) == 1
    assert labels_of(issue) == ["okr-unaligned"]


def test_a_refused_removal_gives_the_ledger_back(company: Company) -> None:
    issue = company.an_issue()
    company.connect().write_flag(a_flag(issue))
    company.server.reset()
    ledger_only = company.workspace.all(Attachment)[0]

    def half_applied(call: Call) -> bool:
        if call.operation != "issueUpdate+attachmentDelete":
            return False
        company.workspace.delete(ledger_only)
        return True

    body = b'{"data":{"label":null,"ledger":{"success":true}},"errors":[{"message":"No","path":["label"]}]}'
    company.server.faults.answer(status=200, body=body, when=half_applied)

    with pytest.raises(RejectedWrite):
        company.connect().write_flag(a_flag(issue, "remove"))

    assert company.read().issues[0].flagged == (("okr-unaligned", "S1"),)
    assert labels_of(issue) == ["okr-unaligned"]


def test_flags_of_a_newer_okrsync_are_no_reading(company: Company) -> None:
    company.connect().write_flag(a_flag(company.an_issue()))
    attachment = company.workspace.all(Attachment)[0]
    attachment.metadata = attachment.metadata | {"v": 2}

    with pytest.raises(Unreadable, match="newer okrsync"):
        company.read()
