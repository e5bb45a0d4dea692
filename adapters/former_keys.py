"""What a tracker offers whose moved issues get another key and still answer to the old one: ask `isinstance`."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable


@runtime_checkable
class KnowsFormerKeys(Protocol):
    """A connection where an old key still finds the issue, while the issue itself does not tell it (Jira)."""

    def ids_of(self, names: Sequence[str]) -> Mapping[str, str]:
        """Issue ids by the names asked for: keys, former keys or ids. What is absent or hidden is not in it.

        Raises an `adapters.errors.TrackerError` rather than answer a part.
        """
        ...
