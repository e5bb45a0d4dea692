"""An app that signs in with its client id and secret: a token of 30 days, fetched anew when it is refused."""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import msgspec
import requests

from adapters.errors import AccessDenied, Temporary, Unreadable
from adapters.linear.failures import Answered
from adapters.linear.transport import user_agent
from adapters.network import Network
from adapters.secrets import remember


class _Granted(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: float | None = None
    scope: str | list[str] = ""


@dataclass(frozen=True, slots=True)
class Granted:
    """What came with a token: how many seconds it lasts, None where that was not told, and its scopes."""

    seconds: float | None
    scopes: frozenset[str]


class ClientCredentials:
    """`grant_type=client_credentials` at Linear's token endpoint (linear.app/developers/oauth-2-0-authentication).

    Writes appear as the app's own (`actor=app`). The endpoint is /oauth/token on the host of the GraphQL url.
    """

    def __init__(
        self, name: str, url: str, *, client_id: str, client_secret: str, timeout: float, network: Network | None = None
    ) -> None:
        self._name = name
        self._url = urlunsplit((*urlsplit(url)[:2], "/oauth/token", "", ""))
        self._form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
            "scope": "read,write",
            "actor": "app",
        }
        self._timeout = timeout
        self._network = network or Network()
        self.granted: Granted | None = None
        """Of the last token; None before the first."""

    def fetch(self) -> str:
        """The Authorization header of a new token. AccessDenied when Linear does not know the app."""
        try:
            # auth that does nothing: requests would prefer a .netrc entry for the host
            answer = requests.post(
                self._url,
                data=self._form,
                headers={"User-Agent": user_agent()},
                timeout=self._timeout,
                allow_redirects=False,
                verify=self._network.verify,
                proxies=self._network.proxies,
                auth=lambda request: request,
            )
        except requests.RequestException as error:
            failure = Answered(self._name, timeout=self._timeout, network=self._network).no_answer(error)
        else:
            if answer.status_code == 429 or answer.status_code >= 500:
                failure = Temporary(f"{self._name}: Linear's sign-in answered {answer.status_code}", tracker=self._name)
            elif answer.status_code >= 400:
                failure = AccessDenied(
                    f"{self._name}: Linear does not know this client id and secret ({answer.status_code}), "
                    "or the app may not use client credentials",
                    tracker=self._name,
                )
            else:
                return self._header(answer.content)
        raise failure

    def _header(self, body: bytes) -> str:
        token = ""
        try:
            found = msgspec.json.decode(body, type=_Granted)
        except msgspec.DecodeError:
            pass
        else:
            token = found.access_token
            scopes = found.scope if isinstance(found.scope, list) else found.scope.replace(",", " ").split()
            self.granted = Granted(found.expires_in, frozenset(scopes))
        if not token or not (token.isascii() and token.isprintable() and " " not in token):
            raise Unreadable(f"{self._name}: Linear's sign-in did not answer with a token", tracker=self._name)
        remember(token)
        return f"Bearer {token}"
