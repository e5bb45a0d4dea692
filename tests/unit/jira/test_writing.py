"""Writing to the sandbox: value and ledger together, a person's edit kept, nothing twice."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from unit.jira.jira_site import (
    KR,
    PAY,
    PROGRESS,
    SINCE,
    SLOT,
    TARGET,
    Jira,
    a_site,
    a_write,
    an_issue,
    served,
    standing,
)

from adapters.errors import RejectedWrite, Temporary, WriteRefused
from adapters.sandbox.jira.fields import number_field
from mappings.targets import FlagWrite, Ledger, Target, fingerprint

LABEL = "okr-unaligned"


@pytest.fixture
def jira(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jira]:
    """A site with one issue, PAY-1."""
    with served(a_site(an_issue(1)), monkeypatch) as running:
        yield running


def a_flag(action: str, **changes: str) -> FlagWrite:
    """A flag on PAY-1 in sprint 77."""
    defaults = {"tracker": "jira-main", "key": "PAY-1", "id": "10001", "label": LABEL, "sprint": "77"}
    return FlagWrite(action=action, **defaults | changes)


def flags(jira: Jira) -> dict[str, str]:
    """Our ledger on PAY-1."""
    found: dict[str, str] = jira.issue(1).properties["okrsync.flags"]["flags"]
    return found


def test_value_and_ledger_go_in_one_put_and_the_comment_is_remembered_once_it_is_made(jira: Jira) -> None:
    connection = jira.connect()

    outcome = connection.write_progress(a_write(standing(connection)))

    assert outcome.status == "changed"
    mutations = [(call.operation, json.loads(call.request)) for call in jira.server.mutations]
    assert [operation for operation, _ in mutations] == ["edit_issue", "add_comment", "edit_issue"]
    assert mutations[0][1]["fields"] == {PROGRESS: 0.47}
    assert [ledger["value"]["said"] for ledger in mutations[0][1]["properties"]] == [""]
    assert mutations[2][1]["fields"] == {}
    assert jira.issue(1).custom[PROGRESS] == 0.47
    assert jira.issue(1).properties["okrsync"] == {
        "v": 1,
        "kr": KR,
        "value": "0.47",
        "scopes": ["jira-main/payments"],
        "said": fingerprint(("Score 0.47 from 3 issues.",)),
        "comment": jira.issue(1).comments[0].id,
    }
    assert ["notifyUsers=false" in call.path for call in jira.server.mutations] == [True, False, True]


def test_what_was_written_is_read_again(jira: Jira) -> None:
    connection = jira.connect()
    connection.write_progress(a_write(standing(connection)))

    now = standing(jira.connect())

    assert (now.title, now.value, now.problem) == ("Work 1", Decimal("0.47"), None)
    assert now.ledger is not None
    assert (now.ledger.kr, now.ledger.value, now.ledger.scopes) == (KR, Decimal("0.47"), ("jira-main/payments",))


def test_a_second_write_of_the_same_sends_nothing(jira: Jira) -> None:
    connection = jira.connect()
    connection.write_progress(a_write(standing(connection)))
    jira.server.reset()

    again = jira.connect()
    outcome = again.write_progress(a_write(standing(again)))

    assert outcome.status == "unchanged"
    assert jira.server.mutations == []


def test_an_edit_by_a_person_between_read_and_write_is_kept(jira: Jira) -> None:
    connection = jira.connect()
    write = a_write(standing(connection))
    jira.site.set_field(jira.issue(1), PROGRESS, 0.9)

    outcome = connection.write_progress(write)

    assert (outcome.status, outcome.reason) == ("left-alone", "changed since it was read")
    assert jira.issue(1).custom[PROGRESS] == 0.9
    assert jira.server.mutations == []


@pytest.mark.parametrize("applied", [False, True])
def test_stopped_at_any_request_and_run_again_the_end_is_the_same(
    monkeypatch: pytest.MonkeyPatch, applied: bool
) -> None:
    with served(a_site(an_issue(1)), monkeypatch) as undisturbed:
        connection = undisturbed.connect()
        connection.write_progress(a_write(standing(connection)))
        wanted = undisturbed.site.snapshot()
        requests = len(undisturbed.server.calls)

    for number in range(1, requests + 1):
        with served(a_site(an_issue(1)), monkeypatch) as jira:
            for step in range(5):
                jira.server.faults.drop(number + step, applied=applied and step == 0)
            connection = jira.connect()
            with pytest.raises(Temporary):
                connection.write_progress(a_write(standing(connection)))
            jira.server.reset()

            again = jira.connect()
            again.write_progress(a_write(standing(again)))

            assert jira.site.snapshot() == wanted, number


def test_without_a_progress_field_the_property_carries_the_value(jira: Jira) -> None:
    connection = jira.connect(progress_field=None)

    connection.write_progress(a_write(standing(connection)))

    assert PROGRESS not in jira.issue(1).custom
    assert standing(jira.connect(progress_field=None)).value == Decimal("0.47")


def test_a_write_of_text_alone_leaves_the_value(jira: Jira) -> None:
    jira.issue(1).custom[PROGRESS] = 0.9
    connection = jira.connect()

    outcome = connection.write_progress(a_write(standing(connection), None))

    assert outcome.status == "changed"
    assert jira.issue(1).custom[PROGRESS] == 0.9
    assert jira.issue(1).properties["okrsync"]["value"] is None
    assert len(jira.issue(1).comments) == 1


def test_a_value_that_is_refused_leaves_no_ledger(jira: Jira) -> None:
    jira.site.fields = [field for field in jira.site.fields if field.id != PROGRESS]
    jira.site.fields.append(number_field(PROGRESS, "OKR progress", on_screen=False))
    connection = jira.connect()

    with pytest.raises(RejectedWrite) as caught:
        connection.write_progress(a_write(standing(connection)))

    assert f"{PROGRESS}: Field '{PROGRESS}' cannot be set" in str(caught.value)
    assert "edit screen" in str(caught.value)
    assert "okrsync" not in jira.issue(1).properties
    assert jira.issue(1).comments == []


def test_an_edit_that_jira_ignores_is_found_out(jira: Jira) -> None:
    connection = jira.connect()
    expected = standing(connection)
    jira.server.faults.answer(status=204, when=lambda call: call.operation == "edit_issue")

    with pytest.raises(RejectedWrite, match="administer the project"):
        connection.write_progress(a_write(expected))


def test_a_ledger_of_a_newer_okrsync_is_a_problem_and_left_alone(jira: Jira) -> None:
    connection = jira.connect()
    expected = standing(connection)
    jira.site.set_property(jira.issue(1), "okrsync", {"v": 2, "new": "shape"})

    outcome = connection.write_progress(a_write(expected))

    assert "newer okrsync" in (standing(connection).problem or "")
    assert (outcome.status, "newer okrsync" in outcome.reason) == ("left-alone", True)
    assert jira.server.mutations == []


def test_a_property_that_nobody_can_read_is_a_problem(jira: Jira) -> None:
    jira.site.set_property(jira.issue(1), "okrsync", ["what"])

    assert "not one that okrsync wrote" in (standing(jira.connect()).problem or "")


def test_missing_targets_and_kinds_that_jira_lacks_are_problems_and_no_errors(jira: Jira) -> None:
    targets = [TARGET, Target("jira-main", "issue", "PAY-99"), Target("jira-main", "project", "X")]

    found = jira.connect().read_standings([(target, KR) for target in targets], slot=SLOT)

    assert found[targets[0]].problem is None
    assert "no such issue" in (found[targets[1]].problem or "")
    assert "no projects or initiatives" in (found[targets[2]].problem or "")


def test_a_target_is_found_under_its_old_key_and_in_any_case(jira: Jira) -> None:
    jira.issue(1).previous_keys.append("OLD-7")
    jira.site.reindex()
    targets = [Target("jira-main", "issue", "OLD-7"), Target("jira-main", "issue", "pay-1")]

    found = jira.connect().read_standings([(target, KR) for target in targets], slot=SLOT)

    assert [found[target].title for target in targets] == ["Work 1", "Work 1"]
    assert [found[target].target for target in targets] == targets


def test_another_key_results_ledger_is_given_as_it_is(jira: Jira) -> None:
    connection = jira.connect()
    other = Ledger(kr="OTHER", value=Decimal("0.1"))
    connection.write_progress(replace(a_write(standing(connection)), ledger=other, text=()))

    ledger = standing(connection).ledger

    assert ledger is not None
    assert ledger.kr == "OTHER"


def test_a_run_that_reads_refuses_to_write_before_a_byte_is_sent(jira: Jira) -> None:
    connection = jira.connect(may_write=False)
    expected = standing(connection)

    with pytest.raises(WriteRefused):
        connection.write_progress(a_write(expected))
    with pytest.raises(WriteRefused):
        connection.write_flag(a_flag("add"))

    assert jira.server.mutations == []


def test_a_flag_is_put_on_with_its_ledger_and_other_labels_stay(jira: Jira) -> None:
    jira.issue(1).labels.append("theirs")

    outcome = jira.connect().write_flag(a_flag("add"))

    assert outcome.status == "changed"
    assert jira.issue(1).labels == ["theirs", LABEL]
    assert flags(jira) == {LABEL: "77"}
    assert [call.operation for call in jira.server.mutations] == ["edit_issue"]


def test_a_flag_that_is_there_is_not_written_again(jira: Jira) -> None:
    connection = jira.connect()
    connection.write_flag(a_flag("add"))
    jira.server.reset()

    assert connection.write_flag(a_flag("add")).status == "unchanged"
    assert jira.server.mutations == []


def test_a_flag_that_a_person_removed_stays_off_for_that_sprint(jira: Jira) -> None:
    connection = jira.connect()
    connection.write_flag(a_flag("add"))
    jira.site.remove_label(jira.issue(1), LABEL)

    assert connection.write_flag(a_flag("add")).status == "left-alone"
    assert connection.write_flag(a_flag("add", sprint="78")).status == "changed"
    assert jira.issue(1).labels == [LABEL]
    assert flags(jira) == {LABEL: "78"}


def test_a_flag_is_taken_off_with_its_ledger_and_the_next_read_sees_none(jira: Jira) -> None:
    connection = jira.connect()
    connection.write_flag(a_flag("add"))

    assert connection.write_flag(a_flag("remove")).status == "changed"
    assert jira.issue(1).labels == []
    assert connection.read(PAY, since=SINCE).issues[0].flagged == ()
    assert connection.write_flag(a_flag("remove")).status == "unchanged"


def test_a_label_that_a_person_put_on_is_not_taken_off(jira: Jira) -> None:
    jira.issue(1).labels.append(LABEL)

    assert jira.connect().write_flag(a_flag("remove")).status == "left-alone"
    assert jira.issue(1).labels == [LABEL]


def test_remember_and_forget_write_the_ledger_alone(jira: Jira) -> None:
    jira.issue(1).labels.append(LABEL)
    connection = jira.connect()

    assert connection.write_flag(a_flag("remember")).status == "changed"
    assert flags(jira) == {LABEL: "77"}
    assert connection.write_flag(a_flag("forget")).status == "changed"
    assert flags(jira) == {}
    assert jira.issue(1).labels == [LABEL]


def test_a_flag_on_an_issue_that_is_gone_is_left_alone(jira: Jira) -> None:
    assert jira.connect().write_flag(a_flag("add", id="99999")).status == "left-alone"
