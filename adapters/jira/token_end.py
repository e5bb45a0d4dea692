"""When a personal access token of Data Center ends, where the server tells it.

Jira lists the tokens of the account that asks, and not which of them asked. No vendor page describes the list; other
programs read `name` and `expiringAt` from it. So it is taken where it answers, and nothing depends on it.
"""

from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from adapters.errors import TrackerError
from adapters.examining import DAYS_AHEAD, Diagnosis, ok, token_end, warning
from adapters.jira.client import Client
from adapters.jira.settings import JiraSettings
from adapters.jira.wire import moment

PATH = "/rest/pat/latest/tokens"
ADVICE = "make a new one before that"


class _Token(msgspec.Struct, frozen=True, rename="camel"):
    expiring_at: str | None = None


_tokens = msgspec.json.Decoder(list[_Token])


@dataclass(frozen=True, slots=True)
class TokenEnd:
    """The first day on which a token of the account ends, and how many tokens it has that still work."""

    on: date
    tokens: int


def read_token_end(client: Client, settings: JiraSettings) -> TokenEnd | None:
    """None where the config names the day itself, and where the server does not tell."""
    if settings.sign_in != "pat" or settings.token_expires is not None:
        return None
    try:
        found = client.fetch(_tokens, "GET", PATH, as_of="today's")  # kept for a day, as every answer that is kept
        now = client.server_time
        ends = [moment(token.expiring_at) if token.expiring_at else None for token in found]
    except (TrackerError, ValueError):
        return None
    working = [end for end in ends if end is None or (now is not None and end > now)]
    last: list[datetime] = [end for end in working if end is not None]
    return TokenEnd(min(last).date(), len(working)) if last else None


def diagnosis_of(end: TokenEnd | None, settings: JiraSettings, today: date) -> Diagnosis:
    """What doctor says of the token's end."""
    if end is None or end.tokens == 1:
        return token_end(end.on if end else settings.token_expires, today)
    said = f"of the account's {end.tokens} tokens the first ends on {end.on.isoformat()}; which is this one is not told"
    if (end.on - today).days > DAYS_AHEAD:
        return ok("token", said)
    return warning("token", said, f"{ADVICE}, if it is this one; token_expires then names the new one's last day")


def note_of(end: TokenEnd | None, name: str, today: date) -> str:
    """What a run says from 14 days before; nothing earlier."""
    if end is None or (end.on - today).days > DAYS_AHEAD:
        return ""
    if end.tokens == 1:
        return f"{name}: the token expires on {end.on.isoformat()}: {ADVICE}"
    return (
        f"{name}: one of the account's {end.tokens} tokens expires on {end.on.isoformat()}: {ADVICE}, if it is this one"
    )
