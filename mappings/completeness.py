"""Which key results a failed scope may hold work of: what was read of those is a part, and a part is not published."""

from collections.abc import Collection

from mappings.okrs import KeyResult
from mappings.settings import RuleSettings
from mappings.targets import Ledger


def needed_scopes(kr: KeyResult, settings: RuleSettings, ledger: Ledger | None) -> set[str] | None:
    """Scopes that must be complete before the key result is written; None: all of them, nothing is remembered.

    Its teams' scopes, those it names, and those where linked work was last seen, which the ledger remembers.
    """
    if ledger is None:
        return None
    own = {scope.name for team in settings.teams if team.key in (kr.team, *kr.teams) for scope in team.scopes}
    return own | set(kr.scopes) | set(ledger.scopes)


def unread_scopes(
    kr: KeyResult, settings: RuleSettings, ledger: Ledger | None, failed: Collection[str]
) -> tuple[str, ...]:
    """The failed scopes that the key result may draw on, by name."""
    needed = needed_scopes(kr, settings, ledger)
    return tuple(sorted(name for name in failed if needed is None or name in needed))


def may_draw_on(unread: Collection[str]) -> str:
    """The reason in words."""
    return f"may draw on {', '.join(unread)}, which could not be read"
