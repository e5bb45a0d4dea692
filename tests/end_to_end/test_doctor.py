"""What doctor finds, so that no run finds it in its middle."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.stage import Stage, on_stage

from adapters.examining import Diagnosis, Severity
from adapters.sandbox.jira.fields import OKR_PROGRESS
from syncer.config import load
from syncer.doctor import Examination, diagnoses_text, examine_all, is_well

PAST = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The small company."""
    with on_stage(tmp_path, monkeypatch, size=0.1) as running:
        yield running


def examined(stage: Stage) -> tuple[Examination, ...]:
    return examine_all(*load(stage.sandbox.config), stage.sandbox.now)


def errors(stage: Stage) -> list[Diagnosis]:
    """Everything that a run would fail at."""
    return [it for each in examined(stage) for it in each.diagnoses if it.severity is Severity.ERROR]


def test_a_healthy_company_has_no_error_and_every_question_is_answered(stage: Stage) -> None:
    found = examined(stage)

    assert is_well(found)
    topics = {each.tracker: {it.topic for it in each.diagnoses} for each in found}
    assert topics["jira-main"] >= {"sign-in", "deployment", "clock", "token", "fields", "scope", "project", "target"}
    assert topics["linear-main"] >= {"sign-in", "scope", "target", "limits"}


def test_nothing_is_changed(stage: Stage) -> None:
    before = stage.state()

    examined(stage)

    assert stage.mutations() == []
    assert stage.state() == before


def test_a_progress_field_that_is_not_on_the_edit_screen_is_found_with_what_to_do(stage: Stage) -> None:
    fields = stage.site.fields
    fields[:] = [replace(field, on_screen=field.id != OKR_PROGRESS) for field in fields]

    [found] = errors(stage)

    assert "is not on its edit screen" in found.message
    assert "OKR-2" in found.message
    assert "progress_field" in found.advice


def test_a_target_that_is_not_there_is_found(stage: Stage) -> None:
    okr = stage.site.issue("OKR-2")
    assert okr is not None
    stage.site.delete(okr)

    assert [found.message for found in errors(stage)] == [
        "jira-main:issue/OKR-2: Jira has no such issue, or hides it from the token"
    ]


@pytest.mark.parametrize(
    ("right", "words"),
    [
        ("EDIT_ISSUES", "may not edit it"),
        ("ADMINISTER_PROJECTS", "without a mail to everybody"),
        ("ADD_COMMENTS", "for the living comment"),
    ],
)
def test_a_right_that_is_missing_is_named(stage: Stage, right: str, words: str) -> None:
    account = stage.site.accounts[0]
    stage.site.accounts[0] = replace(account, lacks=account.lacks | {right})

    assert any(words in found.message for found in errors(stage))


def test_a_wrong_token_is_one_error_and_the_other_tracker_is_examined_all_the_same(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_API_TOKEN", "not-the-token")

    jira, linear = examined(stage)

    assert [it.topic for it in jira.diagnoses if it.severity is Severity.ERROR] == ["sign-in"]
    assert is_well([linear])
    assert "not-the-token" not in diagnoses_text([jira], "json")


def test_a_linear_team_that_the_token_does_not_see_is_found(stage: Stage) -> None:
    config = stage.sandbox.config
    config.write_text(config.read_text("utf-8").replace('teams = ["GRO"]', 'teams = ["GRO", "NIL"]'), "utf-8")

    [found] = errors(stage)

    assert "there is no Linear team NIL" in found.message


@pytest.mark.parametrize(
    ("day", "severity"), [("2026-11-30", "warning"), ("2026-11-01", "error"), ("2027-03-01", "ok")]
)
def test_the_tokens_last_day_is_told_ahead(stage: Stage, day: str, severity: str) -> None:
    config = stage.sandbox.config
    text = config.read_text("utf-8").replace('kind = "jira"', f'kind = "jira"\ntoken_expires = {day}')
    config.write_text(text, "utf-8")

    jira, _ = examined(stage)

    assert [it.severity.value for it in jira.diagnoses if it.topic == "token"] == [severity]


@pytest.mark.parametrize(
    ("ends", "severity", "says"),
    [
        ((datetime(2026, 11, 30, 9, tzinfo=UTC),), "warning", "it ends on 2026-11-30, in 12 days"),
        ((datetime(2027, 3, 1, 9, tzinfo=UTC),), "ok", "it lasts until 2027-03-01"),
        ((None,), "ok", "set token_expires to be told 14 days ahead"),
        (
            (datetime(2026, 11, 1, 9, tzinfo=UTC), datetime(2027, 3, 1, 9, tzinfo=UTC)),
            "ok",
            "it lasts until 2027-03-01",
        ),
        (
            (None, datetime(2026, 11, 30, 9, tzinfo=UTC)),
            "warning",
            "of the account's 2 tokens the first ends on 2026-11",
        ),
        ((None, datetime(2027, 3, 1, 9, tzinfo=UTC)), "ok", "which is this one is not told"),
    ],
)
def test_a_data_center_is_asked_when_its_token_ends(
    ends: tuple[datetime | None, ...], severity: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1, data_center=True) as stage:
        stage.site.accounts[0] = replace(stage.site.accounts[0], tokens_end=ends)

        [found] = [
            it for each in examined(stage) for it in each.diagnoses if it.topic == "token" and each.kind == "jira"
        ]

    assert found.severity.value == severity
    assert says in found.message


def test_a_living_comment_too_many_that_could_not_be_deleted_is_a_warning(stage: Stage) -> None:
    account = stage.site.accounts[0]
    stage.site.accounts[0] = replace(account, lacks=account.lacks | {"DELETE_OWN_COMMENTS"})

    found = [it for each in examined(stage) for it in each.diagnoses if "delete its own comments" in it.message]

    assert [it.severity for it in found] == [Severity.WARNING] * len(found)
    assert "Delete Own Comments" in found[0].advice
    assert errors(stage) == []


@pytest.mark.parametrize(
    ("headers", "severity", "says"),
    [
        ({"X-RateLimit-Remaining": "70", "X-RateLimit-Limit": "100"}, "ok", "70 of 100 requests are left"),
        (
            {"X-RateLimit-Remaining": "7", "X-RateLimit-Limit": "100", "X-RateLimit-NearLimit": "true"},
            "warning",
            "7 of 100 requests are left in Jira's window: less than a fifth",
        ),
        ({"RateLimit": '"global-app-quota";r=11000;t=600'}, "warning", "11000 points of this hour's quota are left"),
        ({"RateLimit": '"global-app-quota";t=600'}, "ok", "Jira tells no limit"),
        ({}, "ok", "Jira tells no limit"),
    ],
)
def test_what_is_left_of_the_limits_is_told(stage: Stage, headers: dict[str, str], severity: str, says: str) -> None:
    stage.sandbox.jira.faults.answer(
        status=200,
        body=b'{"fields": {"customfield_10050": {}}}',
        headers=headers,
        when=lambda call: call.operation == "edit_meta",
        times=10,
    )

    [found] = [it for each in examined(stage) for it in each.diagnoses if it.topic == "limits" and each.kind == "jira"]

    assert (found.severity.value, says in found.message) == (severity, True)


def test_okr_fields_that_jira_does_not_have_are_found(stage: Stage) -> None:
    with stage.sandbox.config.open("a", encoding="utf-8") as file:
        file.write('\n[trackers.jira-main.okrs]\nproject = "OKR"\nfields = { target = "Target" }\n')

    assert any('this Jira has no custom field "Target"' in found.message for found in errors(stage))


def test_json_is_a_row_a_diagnosis(stage: Stage) -> None:
    rows = json.loads(diagnoses_text(examined(stage), "json"))

    assert {"tracker", "topic", "severity", "message", "advice"} == set(rows[0])
    assert {row["tracker"] for row in rows} == {"jira-main", "linear-main"}


def test_a_data_center_is_examined_as_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1, data_center=True) as stage:
        found = {each.tracker: each for each in examined(stage)}

    assert is_well(list(found.values()))
    assert any("Jira Data Center 9" in it.message for it in found["jira-dc"].diagnoses)
