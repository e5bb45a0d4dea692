"""A token that is about to end is told ahead: by the config's day, and where a Data Center tells it, by that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.stage import on_stage
from unit.jira.jira_site import NOW, PAY, SINCE, Jira, a_site, an_issue, served

from adapters.mirror import Mirror
from syncer.report.document import report

TOKENS = "/rest/pat/latest/tokens"
SOON = NOW + timedelta(days=12)


def served_with(monkeypatch: pytest.MonkeyPatch, *ends: datetime | None, data_center: bool = True) -> Any:
    """A site whose account's tokens end then."""
    site = a_site(an_issue(1))
    site.accounts[0] = replace(site.accounts[0], tokens_end=ends)
    return served(site, monkeypatch, data_center=data_center)


def notes(jira: Jira, **changes: Any) -> list[str]:
    """What one reading says of a token."""
    return [note for note in jira.connect(**changes).read(PAY, since=SINCE).notes if "token" in note]


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((SOON,), ["jira-main: the token expires on 2026-11-30: make a new one before that"]),
        ((NOW + timedelta(days=15),), []),
        ((None,), []),
        ((), []),
        ((NOW - timedelta(days=1), None), []),
        (
            (SOON, None, NOW + timedelta(days=300)),
            [
                "jira-main: one of the account's 3 tokens expires on 2026-11-30: make a new one before that, "
                "if it is this one"
            ],
        ),
    ],
)
def test_a_reading_says_it_from_14_days_ahead(
    ends: tuple[datetime | None, ...], said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with served_with(monkeypatch, *ends) as jira:
        assert notes(jira) == said


def test_it_is_said_once_a_run_and_asked_once_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served_with(monkeypatch, SOON) as jira:
        connection = jira.connect()
        twice = [connection.read(PAY, since=SINCE).notes for _ in range(2)]
        jira.server.reset()
        mirror = Mirror(tmp_path / "mirror.db")
        kept = [notes(jira, mirror=mirror) for _ in range(2)]

    assert [bool(found) for found in twice] == [True, False]
    assert kept[0] == kept[1] != []
    assert jira.operations().count("tokens") == 1


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b"null", b'[{"expiringAt": "soon"}]', b'[{"expiringAt": 7}]', b"<html>"]
)
@pytest.mark.parametrize("status", [200, 403, 404, 500])
def test_a_server_that_does_not_tell_is_no_problem(body: bytes, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with served_with(monkeypatch, SOON) as jira:
        jira.server.faults.answer(status=status, body=body, when=lambda call: call.operation == "tokens", times=9)

        contents = jira.connect().read(PAY, since=SINCE)

    assert len(contents.issues) == 1
    assert contents.notes == ()


def test_where_the_config_names_the_day_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with served_with(monkeypatch, SOON) as jira:
        assert notes(jira, token_expires="2027-10-01") == []

    assert "tokens" not in jira.operations()


def test_cloud_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with served_with(monkeypatch, SOON, data_center=False) as jira:
        assert notes(jira) == []

    assert not any(TOKENS in call.path for call in jira.server.calls)


def test_a_run_says_the_day_of_the_config_and_the_day_that_a_data_center_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {}
    for data_center in (False, True):
        with on_stage(tmp_path / str(data_center), monkeypatch, size=0.1, data_center=data_center) as stage:
            config = stage.sandbox.config
            if data_center:
                account = stage.site.accounts[0]
                stage.site.accounts[0] = replace(account, tokens_end=(datetime(2026, 12, 2, 9, tzinfo=UTC),))
            else:
                text = config.read_text("utf-8").replace('kind = "jira"', 'kind = "jira"\ntoken_expires = 2026-12-02')
                config.write_text(text, "utf-8")
            said[data_center] = "\n".join(report(stage.run("plan")).notes)

    assert "jira-main: the token expires on 2026-12-02" in said[False]
    assert "jira-dc: the token expires on 2026-12-02" in said[True]
