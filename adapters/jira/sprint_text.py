"""Data Center's sprint field: the `toString` of a Java object, spelt in another way every few years.

Names and goals are written by people and nothing in them is escaped: they are cut out first, by what follows them in
each spelling, so that an `id=` inside a name is not taken for the sprint's.
"""

import re
from dataclasses import dataclass

_NAME = re.compile(
    r"[\[,]name=(.*?)(?=,(?:closed=(?:true|false),|startDate=(?:<null>|\d{4}-)|rapidViewId=(?:<null>|\d)))"
)
_GOAL = re.compile(r"[\[,]goal=.*?(?=,id=\d+,incompleteIssues|,synced=(?:true|false)|\]$)", re.DOTALL)
_ID = re.compile(r"[\[,]id=(\d+)")
_STATE = re.compile(r"[\[,]state=([A-Za-z]+)")
_CLOSED = re.compile(r"[\[,]closed=true")


@dataclass(frozen=True, slots=True)
class SprintText:
    """What can be told of a sprint from its text."""

    id: int | None
    """None where the text has none, or 0, which no sprint is."""
    name: str
    state: str | None
    """As it is spelt: ACTIVE, CLOSED, FUTURE; None where it is not told."""
    is_closed: bool


def read_sprint_text(text: str) -> SprintText:
    """The sprint of one entry of the field."""
    named = _NAME.search(text)
    rest = text if named is None else text[: named.start()] + text[named.end() :]
    rest = _GOAL.sub("", rest, count=1)
    found, state = _ID.search(rest), _STATE.search(rest)
    return SprintText(
        id=(int(found[1]) or None) if found else None,
        name=named[1] if named else "",
        state=state[1] if state else None,
        is_closed=bool(_CLOSED.search(rest)) or (state is not None and state[1].upper() == "CLOSED"),
    )
