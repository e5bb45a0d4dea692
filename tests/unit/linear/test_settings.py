"""What may be set for a Linear connection."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.errors import AccessDenied
from adapters.linear import connect
from adapters.linear.settings import LinearSettings
from adapters.retry import Deadline


@pytest.mark.parametrize(
    "url",
    ["https://api.linear.app/graphql", "http://127.0.0.1:8080/graphql", "http://localhost/graphql", "http://[::1]/"],
)
def test_plain_http_is_for_this_machine_only(url: str) -> None:
    assert LinearSettings(kind="linear", url=url).url == url


@pytest.mark.parametrize(
    "url", ["http://api.linear.app/graphql", "http://127.0.0.1.example/", "ftp://x", "api.linear.app", "https://a:b@c/"]
)
def test_a_token_never_travels_unencrypted(url: str) -> None:
    with pytest.raises(ValidationError):
        LinearSettings(kind="linear", url=url)


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError):
        LinearSettings.model_validate({"kind": "linear", "token": "lin_api_x"})


def test_every_setting_is_described() -> None:
    assert all(field.description for field in LinearSettings.model_fields.values())


def test_a_missing_token_says_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MY_KEY", raising=False)
    settings = LinearSettings(kind="linear", token_env="MY_KEY", token_file=str(tmp_path / "absent"))

    with pytest.raises(AccessDenied, match=r"set the environment variable MY_KEY or the file .*absent"):
        connect("lin", settings, deadline=Deadline(1), may_write=False)


@pytest.mark.parametrize(
    ("token", "header"),
    [
        ("lin_api_abcd", "lin_api_abcd"),
        ("Bearer abcd1234", "Bearer abcd1234"),
        ("lin_oauth_abcd", "Bearer lin_oauth_abcd"),
    ],
)
def test_oauth_tokens_are_bearers_and_keys_are_not(monkeypatch: pytest.MonkeyPatch, token: str, header: str) -> None:
    seen: list[str] = []
    monkeypatch.setenv("MY_KEY", token)
    monkeypatch.setattr(
        "adapters.linear.client.Client.__init__", lambda *_, authorization, **__: seen.append(authorization)
    )

    connect("lin", LinearSettings(kind="linear", token_env="MY_KEY"), deadline=Deadline(1), may_write=False)

    assert seen == [header]


@pytest.mark.parametrize("token", ["lin_api_\nsecret", "lin_api_gehe\u0131m", "lin api", "Bearer a b"])
def test_a_token_that_no_header_can_hold_is_not_quoted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, token: str
) -> None:
    monkeypatch.setenv("MY_KEY", token)

    with pytest.raises(AccessDenied, match="characters that no token has") as told:
        connect("lin", LinearSettings(kind="linear", token_env="MY_KEY"), deadline=Deadline(1), may_write=False)

    assert "MY_KEY" in str(told.value)
    assert token not in str(told.value)


def test_a_token_file_that_is_no_text_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MY_KEY", raising=False)
    file = tmp_path / "token"
    file.write_bytes(b"lin_api_\xff\xfe")
    settings = LinearSettings(kind="linear", token_env="MY_KEY", token_file=str(file))

    with pytest.raises(AccessDenied, match="is not text in UTF-8"):
        connect("lin", settings, deadline=Deadline(1), may_write=False)


def test_settings_do_not_import_the_library() -> None:
    code = "import sys, adapters.linear.settings; print({'gql', 'requests', 'graphql'} & set(sys.modules))"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "set()"


@pytest.mark.parametrize(
    "given",
    [
        {"client_id_env": "ID"},
        {"client_secret_env": "SECRET"},
        {"client_id_env": "ID", "client_secret_env": "SECRET", "token_env": "KEY"},
        {"client_id_env": "ID", "client_secret_env": "SECRET", "token_file": "key"},
    ],
)
def test_an_app_signs_in_with_id_and_secret_and_nothing_else(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="client_id_env and client_secret_env"):
        LinearSettings.model_validate({"kind": "linear", **given})
