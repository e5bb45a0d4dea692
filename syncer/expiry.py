"""Tokens that are about to end, said before they do: a token that has ended reads nothing at all."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from adapters.examining import DAYS_AHEAD

if TYPE_CHECKING:
    from syncer.config import TrackerSettings


def expiry_notes(trackers: "Mapping[str, TrackerSettings]", today: date) -> list[str]:
    """A sentence for each connection whose `token_expires` is at most 14 days ahead, or is over."""
    said = []
    for name, settings in sorted(trackers.items()):
        if settings.token_expires is None:
            continue
        left = (settings.token_expires - today).days
        if left > DAYS_AHEAD:
            continue
        advice = "make a new one, and set token_expires to its last day"
        if left >= 0:
            said.append(f"{name}: the token expires on {settings.token_expires}: {advice}")
        else:
            said.append(f"{name}: the token expired on {settings.token_expires}: {advice}")
    return said
