"""Credentials: what an Authorization header holds, and OAuth 2 access tokens for client credentials."""

import base64
import binascii
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from adapters.sandbox.jira.asking import Asked
from adapters.sandbox.jira.site import Account, Site

LIFETIME = timedelta(hours=1)


def basic_credentials(header: str) -> str | None:
    """`name:password` of a Basic header, None for any other or a broken one."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def bearer_token(header: str) -> str | None:
    """The token of a Bearer header, None for any other."""
    scheme, _, value = header.partition(" ")
    return value if scheme.lower() == "bearer" and value else None


class AccessTokens:
    """The access tokens that the site's OAuth 2 token endpoint gave out; each lives an hour of the site's clock."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._given: dict[str, tuple[Account, datetime]] = {}

    def issue(self, asked: Asked) -> dict[str, Any] | tuple[int, dict[str, str]]:
        """POST /oauth/token: the client credentials grant, as JSON; errors in OAuth's shape."""
        body = asked.body("grant_type", "client_id", "client_secret", "audience", "scope")
        if body.get("grant_type") != "client_credentials":
            return 403, {"error": "unsupported_grant_type", "error_description": "Unsupported grant type."}
        account = next((each for each in self._site.accounts if each.account_id == body.get("client_id")), None)
        if account is None or account.client_secret is None or account.client_secret != body.get("client_secret"):
            return 401, {"error": "access_denied", "error_description": "Unauthorized"}
        token = "eyJ" + sha256(f"{account.account_id}/{len(self._given)}".encode()).hexdigest()
        self._given[token] = (account, self._site.now + LIFETIME)
        return {
            "access_token": token,
            "expires_in": int(LIFETIME.total_seconds()),
            "scope": "read:jira-work write:jira-work",
            "token_type": "Bearer",
        }

    def account(self, token: str | None) -> Account | None:
        """Whose token this is, None for an unknown or expired one."""
        account, until = self._given.get(token or "", (None, self._site.now))
        return account if until > self._site.now else None
