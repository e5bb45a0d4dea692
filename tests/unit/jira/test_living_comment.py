"""The living comment: one, ours, and never ahead of the value that it tells of."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from unit.jira.jira_site import PROGRESS, Jira, a_site, a_write, an_issue, served, standing

from adapters.errors import AccessDenied, RejectedWrite, Temporary
from adapters.sandbox.jira.site import Account
from adapters.sandbox.server import Call


@pytest.fixture
def jira(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jira]:
    """A site with one issue, PAY-1."""
    with served(a_site(an_issue(1)), monkeypatch) as running:
        yield running


def test_a_new_text_edits_the_same_comment_quietly(jira: Jira) -> None:
    connection = jira.connect()
    connection.write_progress(a_write(standing(connection)))
    jira.server.reset()

    connection.write_progress(a_write(standing(connection), "0.60", text=("Score 0.60.", "Two lines\nhere.")))

    assert [call.operation for call in jira.server.mutations] == ["edit_issue", "edit_comment", "edit_issue"]
    assert len(jira.issue(1).comments) == 1
    assert "notifyUsers=false" in jira.server.mutations[1].path
    assert jira.issue(1).custom[PROGRESS] == 0.6


def test_a_comment_whose_answer_was_lost_is_found_again_and_not_made_twice(jira: Jira) -> None:
    connection = jira.connect()
    expected = standing(connection)
    jira.server.faults.drop(len(jira.server.calls) + 5, applied=True)  # re-read, write, prove, list, create
    with pytest.raises(Temporary):
        connection.write_progress(a_write(expected))
    lost = jira.server.mutations[-1]

    again = jira.connect()
    outcome = again.write_progress(a_write(standing(again)))

    assert (lost.operation, lost.status) == ("add_comment", None)
    assert outcome.status == "changed"
    assert len(jira.issue(1).comments) == 1
    assert jira.issue(1).properties["okrsync"]["comment"] == jira.issue(1).comments[0].id


@pytest.mark.parametrize("data_center", [False, True], ids=["cloud", "data-center"])
def test_of_two_comments_of_ours_the_oldest_lives_and_the_other_goes(
    data_center: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(a_site(an_issue(1)), monkeypatch, data_center=data_center) as jira:
        connection = jira.connect()
        connection.write_progress(a_write(standing(connection)))
        first = jira.issue(1).comments[0]
        jira.site.add_comment(jira.issue(1), first.author, first.body)

        outcome = connection.write_progress(a_write(standing(connection), "0.60", text=("Score 0.60.",)))

        assert (outcome.status, outcome.reason) == ("changed", "")
        assert jira.issue(1).comments == [first]
        assert "Score 0.60." in json.dumps(first.body)
        assert jira.issue(1).properties["okrsync"]["comment"] == first.id


def test_a_comment_that_another_run_made_meanwhile_is_found_right_after_ours(jira: Jira) -> None:
    connection = jira.connect()
    write = a_write(standing(connection))
    jira.connect().write_progress(write)
    (theirs,) = jira.issue(1).comments
    jira.site.delete_property(jira.issue(1), "okrsync")
    jira.site.set_field(jira.issue(1), PROGRESS, None)
    # It is not listed yet when we look for the first time.
    jira.server.faults.answer(
        status=200, body=b'{"comments": [], "total": 0}', when=lambda call: call.operation == "comments"
    )

    connection.write_progress(write)

    assert [call.operation for call in jira.server.mutations].count("add_comment") == 2
    assert jira.issue(1).comments == [theirs]
    assert jira.issue(1).properties["okrsync"]["comment"] == theirs.id


def test_a_second_comment_that_may_not_be_deleted_is_said(jira: Jira) -> None:
    connection = jira.connect()
    connection.write_progress(a_write(standing(connection)))
    first = jira.issue(1).comments[0]
    second = jira.site.add_comment(jira.issue(1), first.author, first.body)
    jira.site.accounts[0] = replace(jira.site.accounts[0], lacks=frozenset({"DELETE_OWN_COMMENTS"}))

    outcome = connection.write_progress(a_write(standing(connection), "0.60", text=("Score 0.60.",)))

    assert outcome.status == "changed"
    assert f"comment {second.id}" in outcome.reason


@pytest.mark.parametrize("data_center", [False, True], ids=["cloud", "data-center"])
@pytest.mark.parametrize("stop", ["edit_comment", "edit_issue"])
def test_a_comment_never_tells_of_a_value_that_was_not_written(
    data_center: bool, stop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(a_site(an_issue(1)), monkeypatch, data_center=data_center) as jira:
        connection = jira.connect()
        connection.write_progress(a_write(standing(connection)))
        before = jira.issue(1).comments[0].body
        jira.server.faults.answer(status=500, when=lambda call: call.operation == stop)
        with pytest.raises(Temporary):
            connection.write_progress(a_write(standing(connection), "0.60", text=("Score 0.60.",)))

        again = jira.connect()
        again.write_progress(a_write(standing(again)))  # upstream is as it was before the failure

        assert jira.issue(1).comments[0].body == before
        assert jira.issue(1).custom[PROGRESS] == 0.47


def test_a_comment_edited_before_its_ledger_was_lost_is_put_right(jira: Jira) -> None:
    connection = jira.connect()
    connection.write_progress(a_write(standing(connection)))
    before = jira.issue(1).comments[0].body
    edits = 0

    def is_the_second(call: Call) -> bool:
        nonlocal edits
        edits += call.operation == "edit_issue"
        return call.operation == "edit_issue" and edits == 2

    jira.server.faults.answer(status=500, when=is_the_second)
    with pytest.raises(Temporary):
        connection.write_progress(a_write(standing(connection), "0.60", text=("Score 0.60.",)))
    assert "Score 0.60." in json.dumps(jira.issue(1).comments[0].body)

    again = jira.connect()
    again.write_progress(a_write(standing(again)))

    assert jira.issue(1).comments[0].body == before


def test_a_changed_account_that_may_not_edit_the_old_comment_makes_one_and_says_so(jira: Jira) -> None:
    connection = jira.connect()
    connection.write_progress(a_write(standing(connection)))
    (old,) = jira.issue(1).comments
    old.author = "712020:before"
    jira.site.accounts.append(Account("712020:before", "Before", "before@example.com", "their-token"))

    outcome = connection.write_progress(a_write(standing(connection), "0.60", text=("Score 0.60.",)))
    more = connection.write_progress(a_write(standing(connection), "0.70", text=("Score 0.70.",)))

    assert f"comment {old.id} is another account's" in outcome.reason
    assert more.reason == ""
    assert [comment.author for comment in jira.issue(1).comments] == ["712020:before", "712020:okrsync"]


def test_a_comment_of_another_person_is_not_ours_whatever_it_says(jira: Jira) -> None:
    connection = jira.connect()
    connection.write_progress(a_write(standing(connection)))
    copied = jira.issue(1).comments.pop()
    copied.author = "712020:somebody"
    jira.issue(1).comments.append(copied)
    jira.site.accounts.append(Account("712020:somebody", "Some Body", "some@example.com", "their-token"))
    jira.site.delete_property(jira.issue(1), "okrsync")
    jira.site.set_field(jira.issue(1), PROGRESS, None)

    again = jira.connect()
    again.write_progress(a_write(standing(again)))

    assert [comment.author for comment in jira.issue(1).comments] == ["712020:somebody", "712020:okrsync"]


def test_a_living_comment_that_somebody_deleted_is_made_again_with_the_next_text(jira: Jira) -> None:
    connection = jira.connect()
    connection.write_progress(a_write(standing(connection)))
    jira.issue(1).comments.clear()

    connection.write_progress(a_write(standing(connection), "0.60", text=("Score 0.60.",)))

    assert len(jira.issue(1).comments) == 1
    assert jira.issue(1).properties["okrsync"]["comment"] == jira.issue(1).comments[0].id


def test_without_living_comment_none_is_made(jira: Jira) -> None:
    connection = jira.connect(living_comment=False)

    connection.write_progress(a_write(standing(connection)))

    assert jira.issue(1).comments == []
    assert jira.issue(1).custom[PROGRESS] == 0.47


@pytest.mark.parametrize("status", [400, 403])
def test_a_comment_that_may_not_be_made_is_said_and_tried_again(jira: Jira, status: int) -> None:
    connection = jira.connect()
    expected = standing(connection)
    jira.server.faults.answer(status=status, when=lambda call: call.operation == "add_comment")

    with pytest.raises((AccessDenied, RejectedWrite), match="The value stands, its living comment does not"):
        connection.write_progress(a_write(expected))
    assert jira.issue(1).custom[PROGRESS] == 0.47

    assert connection.write_progress(a_write(standing(connection))).status == "changed"
    assert len(jira.issue(1).comments) == 1
