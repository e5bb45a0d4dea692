"""What a tracker offers beside reading and writing when OKRs live in it. Not every tracker does: ask `isinstance`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol, runtime_checkable

from mappings.okrs import Checkin, Objective, Period
from mappings.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """Something that stands in a tracker, or in its settings, and cannot be an OKR as it is."""

    message: str
    where: str = ""
    """The issue's address; empty where a setting is wrong."""
    setting: tuple[str, ...] = ()
    """Key path of that setting below `[trackers.NAME]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The objectives of a tracker with their key results, sorted by id, and everything that is wrong with them."""

    objectives: tuple[Objective, ...] = ()
    misfits: tuple[Misfit, ...] = ()
    notes: tuple[str, ...] = ()
    """What the report says about them besides, sorted."""
    files_win: bool = False
    """What a registry file declares too is as the file says; otherwise an id that is there twice is an error."""


@runtime_checkable
class DeclaresOkrs(Protocol):
    """A connection whose issues may be objectives and key results, and whose comments may be check-ins.

    Must: answer completely or raise an `adapters.errors.TrackerError`; send reads only.
    """

    @property
    def declares_okrs(self) -> bool:
        """True when the config says that objectives and key results live here."""
        ...

    @property
    def reads_checkins(self) -> bool:
        """True when comments on key results' issues are to be read."""
        ...

    def read_okrs(self, periods: Sequence[Period], zone: tzinfo) -> Declared:
        """The objectives and key results that live here. `zone`: what day a value was typed."""
        ...

    def read_checkins(
        self, targets: Sequence[Target], zone: tzinfo, *, also: Sequence[Target] = ()
    ) -> dict[Target, tuple[Checkin, ...]]:
        """What people checked in by comments on these issues, oldest first; nothing for an issue that is not visible.

        Of all comments only the lines that are check-ins are kept, and nothing about who wrote them. `also` are places
        whose standing is asked for next: what one request can answer may be read along.
        """
        ...
