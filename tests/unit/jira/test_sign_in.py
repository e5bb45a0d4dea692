"""Who we are to Jira: every deployment's sign-in, against the sandbox, and tokens that see nothing."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from unit.jira.jira_site import PAY, SINCE, Jira, a_site, an_issue, served

from adapters.errors import AccessDenied, Unreadable
from adapters.jira.settings import JiraSettings
from adapters.jira.sign_in import read_credentials
from adapters.ports import Writer
from adapters.sandbox.jira.errors import captcha_required
from adapters.sandbox.jira.site import Site
from syncer.expiry import expiry_notes


def a_cloud(**account: Any) -> Site:
    site = a_site(an_issue(1))
    site.accounts[0] = replace(site.accounts[0], **account)
    return site


def through_the_gateway(jira: Jira, auth: str, **changes: Any) -> dict[str, Any]:
    return {"auth": auth, "gateway": jira.server.url, "token_server": jira.server.url} | changes


def read(jira: Jira, **changes: Any) -> list[str]:
    contents = jira.connect(may_write=False, **changes).read(PAY, since=SINCE)
    return [issue.url for issue in contents.issues]


@pytest.mark.parametrize("named", [{}, {"email_env": "JIRA_EMAIL"}], ids=["bearer", "basic"])
def test_a_scoped_token_goes_to_the_gateway_and_never_to_the_site(
    named: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(a_cloud(scoped=True), monkeypatch) as jira:
        urls = read(jira, **through_the_gateway(jira, "scoped"), **named)

        assert urls == [f"{jira.server.url}/browse/PAY-1"]
        assert {call.path.split("/")[1] for call in jira.server.calls} == {"_edge", "ex"}


def test_a_configured_cloud_id_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_cloud(scoped=True), monkeypatch) as jira:
        read(jira, **through_the_gateway(jira, "scoped", cloud_id=jira.site.cloud_id))

        assert "tenant_info" not in jira.operations()


def test_client_credentials_get_one_token_for_a_whole_run(monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_cloud(client_secret="a-client-secret")
    monkeypatch.setenv("JIRA_CLIENT_ID", site.accounts[0].account_id)
    monkeypatch.setenv("JIRA_CLIENT_SECRET", "a-client-secret")
    with served(site, monkeypatch) as jira:
        assert len(read(jira, **through_the_gateway(jira, "oauth"))) == 1

        assert jira.operations().count("oauth_token") == 1


def test_a_refused_access_token_is_renewed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_cloud(client_secret="a-client-secret")
    monkeypatch.setenv("JIRA_CLIENT_ID", site.accounts[0].account_id)
    monkeypatch.setenv("JIRA_CLIENT_SECRET", "a-client-secret")
    with served(site, monkeypatch) as jira:
        jira.server.faults.answer(number=4, status=401, body=b"Unauthorized")

        assert len(read(jira, **through_the_gateway(jira, "oauth"))) == 1

        assert jira.operations().count("oauth_token") == 2


def test_a_wrong_client_secret_names_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_cloud(client_secret="a-client-secret")
    monkeypatch.setenv("JIRA_CLIENT_ID", site.accounts[0].account_id)
    monkeypatch.setenv("JIRA_CLIENT_SECRET", "another-secret")
    with served(site, monkeypatch) as jira, pytest.raises(AccessDenied, match="JIRA_CLIENT_ID and JIRA_CLIENT_SECRET"):
        read(jira, **through_the_gateway(jira, "oauth"))


def test_a_personal_access_token_reads_a_data_center(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_site(an_issue(1)), monkeypatch, data_center=True) as jira:
        assert read(jira) == [f"{jira.server.url}/browse/PAY-1"]

        assert {call.path.split("?")[0].split("/")[2] for call in jira.server.calls} == {"api", "agile", "pat"}


@pytest.mark.parametrize("data_center", [False, True], ids=["cloud", "data-center"])
def test_a_wrong_token_is_an_error_and_no_empty_report(data_center: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_site(an_issue(1)), monkeypatch, data_center=data_center) as jira:
        monkeypatch.setenv("WRONG", "wrong-token")

        with pytest.raises(AccessDenied, match=r"check .*WRONG, and whether the token has expired"):
            read(jira, token_env="WRONG")


def test_an_answer_as_to_nobody_is_noticed_in_the_middle_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_site(an_issue(1)), monkeypatch, data_center=True) as jira:
        jira.server.faults.answer(
            number=4, status=200, body=b'{"values":[],"isLast":true}', headers={"X-AUSERNAME": "anonymous"}
        )

        with pytest.raises(AccessDenied, match="as to nobody"):
            read(jira)


@pytest.mark.parametrize("data_center", [False, True], ids=["cloud", "data-center"])
def test_a_token_that_sees_no_project_is_an_error(data_center: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_cloud(sees_projects=False)
    with (
        served(site, monkeypatch, data_center=data_center) as jira,
        pytest.raises(AccessDenied, match="sees no project at all"),
    ):
        read(jira)


def test_a_captcha_is_said_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_site(), monkeypatch, data_center=True) as jira:
        jira.server.faults.answer(number=1, **captcha_required())

        with pytest.raises(AccessDenied, match="CAPTCHA"):
            read(jira)


def test_a_data_center_that_is_configured_as_cloud_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_site(), monkeypatch, data_center=True) as jira:
        connection = connect_as_cloud(jira)

        with pytest.raises(Unreadable, match='set deployment = "data-center"'):
            connection.read(PAY, since=SINCE)


def connect_as_cloud(jira: Jira) -> Writer:
    """With a password, which a Data Center takes: a wrong one would be refused before anything is said."""
    jira.monkeypatch.setenv("JIRA_DC_NAME", "okrsync")
    return jira.connect(deployment="cloud", email_env="JIRA_DC_NAME")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"auth": "pat"}, "is Data Center's"),
        ({"auth": "oauth", "deployment": "data-center"}, "is Cloud's"),
        ({"cloud_id": "abc"}, "cloud_id is for"),
        ({"auth": "scoped", "gateway": "https://elsewhere.example"}, "tokens go to Atlassian"),
        ({"auth": "oauth", "token_server": "http://elsewhere.example"}, "tokens go to Atlassian"),
        ({"proxy": "http://me:password@proxy.example:3128"}, "must not stand here"),
        ({"proxy": "http://proxy.example:3128", "proxy_env": "PROXY"}, "one is enough"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(changes: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        JiraSettings(**{"kind": "jira", "url": "https://jira.example"} | changes)

    assert said in str(caught.value.errors(include_input=False)[0]["msg"])


@pytest.mark.parametrize("deployment", ["cloud", "data-center"])
@pytest.mark.parametrize("token", ["to\u2013ken", "two words", "to\nken"])
def test_a_token_that_no_header_can_hold_is_refused_by_its_variable_and_not_quoted(
    deployment: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_EMAIL", "okrsync@example.com")
    monkeypatch.setenv("JIRA_API_TOKEN", token)
    settings = JiraSettings.model_validate({"kind": "jira", "url": "https://jira.example", "deployment": deployment})

    with pytest.raises(AccessDenied, match="token in JIRA_API_TOKEN holds characters that none has") as caught:
        read_credentials("jira-main", settings)

    assert token not in str(caught.value)


def test_an_e_mail_that_no_header_can_hold_is_refused_by_its_variable_and_not_quoted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JIRA_EMAIL", "\u65e5\u672c@example.com")
    monkeypatch.setenv("JIRA_API_TOKEN", "a-token")

    with pytest.raises(AccessDenied, match="e-mail in JIRA_EMAIL holds characters that none has") as caught:
        read_credentials("jira-main", JiraSettings(kind="jira", url="https://jira.example"))

    assert "example.com" not in str(caught.value)


def test_a_token_file_that_is_no_text_is_named_and_not_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_EMAIL", "okrsync@example.com")
    monkeypatch.delenv("JIRA_API_TOKEN", raising=False)
    file = tmp_path / "token"
    file.write_bytes(b"ATATT\xff\xfesecret")
    settings = JiraSettings(kind="jira", url="https://jira.example", token_file=str(file))

    with pytest.raises(AccessDenied, match="is not text in UTF-8") as caught:
        read_credentials("jira-main", settings)

    assert str(file) in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_ca_file_that_is_not_there_is_said_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(a_site(), monkeypatch) as jira:
        with pytest.raises(AccessDenied, match="there is no such file"):
            jira.connect(ca_bundle=str(tmp_path / "ca.pem"))

        assert jira.server.calls == []


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 11, 5), []),
        (date(2026, 11, 6), ["expires on 2026-11-20"]),
        (date(2026, 11, 20), ["expires on 2026-11-20"]),
        (date(2026, 11, 21), ["expired on 2026-11-20"]),
    ],
)
def test_a_token_is_warned_of_from_14_days_ahead(today: date, said: list[str]) -> None:
    settings = JiraSettings(kind="jira", url="https://jira.example", token_expires=date(2026, 11, 20))

    notes = expiry_notes({"jira-main": settings}, today)

    assert len(notes) == len(said)
    assert all(word in note for word, note in zip(said, notes, strict=True))
