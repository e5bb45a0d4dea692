"""What was found out about an issue, kept in the mirror while the issue's `updated` stands where it stood."""

from datetime import datetime, timedelta

from adapters.jira.client import Client
from adapters.jira.tables import Tables

SETTLED = timedelta(seconds=2)
"""Some databases of a Data Center keep whole seconds: of an issue that changed just now more may come in the same."""


class Unchanged:
    """Small findings by what they are and the issue that they are about; nothing where there is no mirror.

    Good for a day, as every kept answer is: whatever Jira changes without moving `updated` is seen then.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def recall(self, what: str, issue: str, updated: datetime) -> bytes | None:
        """What was kept of the issue in this state."""
        if tables := self._tables_for(updated):
            return tables.answer("GET", f"{what}/issue/{issue}", None, self._client.server_time, _state(updated))
        return None

    def keep(self, what: str, issue: str, updated: datetime, found: bytes) -> None:
        """Remember it. `updated` was read before what was found: what changed in between is found again next time."""
        if tables := self._tables_for(updated):
            tables.keep("GET", f"{what}/issue/{issue}", None, self._client.server_time, found, _state(updated))

    def forget(self, issue: str) -> None:
        """Find out anew next time what there is to know of it: nobody says that our properties move `updated`."""
        if self._client.tables:
            self._client.tables.forget_issue(issue)

    def _tables_for(self, updated: datetime) -> Tables | None:
        now = self._client.server_time
        return self._client.tables if now is not None and updated + SETTLED <= now else None


def _state(updated: datetime) -> str:
    return updated.isoformat()
