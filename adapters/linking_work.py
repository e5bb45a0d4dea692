"""What a tracker offers that can hold links from issues to key results. Not every tracker does: ask `isinstance`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable

from mappings.targets import LinkWrite, Outcome


@runtime_checkable
class LinksWork(Protocol):
    """A connection that keeps links on issues, each known by its key result."""

    @property
    def links_work(self) -> bool:
        """True when the config asks for it."""
        ...

    def read_links(self, issues: Mapping[str, datetime]) -> Mapping[str, Mapping[str, str]]:
        """What this program last wrote on these issues, given by id with when each last changed: {issue id: {key
        result's id: LinkWrite.said}}.

        An issue that is not visible, or whose ledger is not ours to read, is not in it.
        """
        ...

    def write_link(self, write: LinkWrite) -> Outcome:
        """Make one link so, its ledger with it. Must be repeatable as every write of `adapters.ports.Writer`."""
        ...
