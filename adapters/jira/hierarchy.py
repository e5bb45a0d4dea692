"""Levels on a Data Center, which tells none: an epic is what has an Epic Name; what it hangs under is a level above it.

So an issue's level depends on others, and comes from all that was read, whenever that was.
"""

from collections.abc import Mapping

import msgspec

from mappings.model import EPIC, STANDARD

MOST_LEVELS = 5
"""Levels above an epic that are told apart; a circle of Parent Links ends there."""


class Place(msgspec.Struct, frozen=True, gc=False):
    """What one issue says of its level, and of what it hangs under."""

    type: str
    """The issue type's id."""
    level: int = STANDARD
    """EPIC for an issue with an Epic Name, SUB_TASK for a sub-task."""
    epic: str | None = None
    """The id in its Epic Link; the key where that issue is hidden."""
    above: str | None = None
    """The same of its Parent Link."""


def levels_of(places: Mapping[str, Place]) -> dict[str, int]:
    """Each issue's level, by id. The order of `places` means nothing."""
    epic_types = {place.type for place in places.values() if place.level == EPIC}
    own = {
        ident: EPIC if place.type in epic_types and place.level == STANDARD else place.level
        for ident, place in places.items()
    }
    raised = {place.epic: EPIC for place in places.values() if place.epic}
    below = sorted((ident, place.above) for ident, place in places.items() if place.above)
    for _ in range(MOST_LEVELS):  # each pass lifts what is one level higher
        for ident, above in below:
            level = max(own[ident], raised.get(ident, own[ident]))
            raised[above] = min(MOST_LEVELS + EPIC, max(raised.get(above, EPIC), level + 1))
    return {ident: max(level, raised.get(ident, level)) if level >= STANDARD else level for ident, level in own.items()}
