"""What the requests of a reading were for."""

from adapters.jira.client import Client


class Tally:
    """Counts requests from one mark to the next."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._before = client.requests
        self._counts: dict[str, int] = {}

    def mark(self, what: str) -> None:
        """Everything sent since the mark before this one was for `what`."""
        now = self._client.requests
        self._counts[what] = self._counts.get(what, 0) + now - self._before
        self._before = now

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """(what, how many), by what; without the nothings."""
        return tuple(sorted((what, count) for what, count in self._counts.items() if count))
