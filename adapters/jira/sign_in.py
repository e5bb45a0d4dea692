"""Who we are to Jira: what goes into `Authorization`, where requests go, and who the token turns out to be.

After Atlassian's pages "Basic auth for REST APIs", "OAuth 2.0 for service accounts" and "Using personal access tokens".
"""

import base64
import threading
import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from adapters.errors import AccessDenied
from adapters.jira.settings import JiraSettings
from adapters.secrets import fits_a_header, read_secret, remember

EARLY = 60.0
"""Seconds before its end at which an access token is renewed."""


class AccessToken(msgspec.Struct, frozen=True):
    """What an OAuth 2 server answers."""

    access_token: str
    expires_in: float = 3600.0


access_token = msgspec.json.Decoder(AccessToken)


class Credentials(Protocol):
    """What signs a request."""

    def authorization(self, ask: Callable[[str, dict[str, str]], AccessToken]) -> str:
        """The value of the Authorization header; `ask` posts a JSON body to a token server's path."""
        ...

    def renew(self, refused: str) -> bool:
        """Forget the `refused` header value; False where there is no other to be had."""
        ...


class Fixed:
    """A token that is what it is, with or without a name before it."""

    def __init__(self, token: str, *, email: str | None = None) -> None:
        if email is None:
            self._header = f"Bearer {token}"
            return
        remember(f"{email}:{token}")
        self._header = "Basic " + base64.b64encode(f"{email}:{token}".encode()).decode()

    def authorization(self, ask: Callable[[str, dict[str, str]], AccessToken]) -> str:
        """See Credentials."""
        return self._header

    def renew(self, refused: str) -> bool:
        """See Credentials."""
        return False


class ClientCredentials:
    """OAuth 2 client credentials: one access token at a time for all threads, renewed before it ends."""

    def __init__(self, client_id: str, secret: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        self._clock = clock
        self._lock = threading.Lock()
        self._header = ""
        self._until = 0.0

    def authorization(self, ask: Callable[[str, dict[str, str]], AccessToken]) -> str:
        """See Credentials."""
        with self._lock:
            if not self._header or self._clock() >= self._until:
                given = ask("/oauth/token", self._body)
                remember(given.access_token)
                self._header = f"Bearer {given.access_token}"
                self._until = self._clock() + given.expires_in - EARLY
            return self._header

    def renew(self, refused: str) -> bool:
        """See Credentials."""
        with self._lock:
            if self._header == refused:  # another thread may have a new one already
                self._header = ""
            return True


def read_credentials(name: str, settings: JiraSettings) -> Credentials:
    """What the config's variables and files hold. Raises AccessDenied with the variable to set."""
    if settings.sign_in == "oauth":
        client_id = _secret(name, "client id", settings.client_id_env)
        return ClientCredentials(client_id, _secret(name, "client secret", settings.client_secret_env))
    email = _in_a_header(name, "e-mail", settings.email_env) if settings.names_email else None
    what = "personal access token" if settings.is_data_center else "API token"
    return Fixed(_in_a_header(name, what, settings.token_env, settings.token_file), email=email)


def _in_a_header(name: str, what: str, env: str, file: str | None = None) -> str:
    found = _secret(name, what, env, file)
    if not fits_a_header(found):
        place = f"{env}, or in {file}," if file else env
        raise AccessDenied(f"the {what} in {place} holds characters that none has: copy it again", tracker=name)
    return found


def _secret(name: str, what: str, env: str, file: str | None = None) -> str:
    found = read_secret(env=env, file=file)
    if found is None:
        also = f", or put the token into {file}" if file else ""
        raise AccessDenied(f"no {what} for Jira: set the environment variable {env}{also}", tracker=name)
    return found
