"""JQL as text: values quoted, and a query of the user's own made safe to stand inside another one."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

_TOKEN = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.)|(?P<order>order\s+by\b)|\w+|.""", re.IGNORECASE | re.DOTALL
)
_PLACE = r"\{(period\.(?:start|end))\}"
_PLACE_OR_TEXT = re.compile(rf"""(["']?){_PLACE}\1|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.DOTALL)


def quoted(value: str) -> str:
    """`value` as a JQL string."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def quoted_all(values: Sequence[str]) -> str:
    """The values as the inside of an `in (...)`."""
    return ", ".join(quoted(value) for value in values)


def with_days(jql: str, days: Mapping[str, date]) -> str:
    """`jql` with each `{period.start}` and `{period.end}` replaced by its day of `days`: as a JQL string, or, inside a
    longer text (`"{period.end} 23:59"`), as it is.
    """

    def filled(found: re.Match[str]) -> str:
        if found[2]:
            return quoted(days[found[2]].isoformat())
        return re.sub(_PLACE, lambda place: days[place[1]].isoformat(), found[0])

    return _PLACE_OR_TEXT.sub(filled, jql)


def wrapped(jql: str) -> str:
    """A whole query as one operand: in brackets, and without its ORDER BY, for the order is ours.

    Raises ValueError, in words for the user, where brackets or quotes are not closed: such a text would reach out of
    the brackets. Everything else is for Jira to judge.
    """
    depth, end = 0, len(jql)
    for token in _TOKEN.finditer(jql):
        if token["text"]:
            continue
        if token["order"]:
            if depth:
                raise ValueError("ORDER BY stands inside brackets")
            end = token.start()
            break
        if token[0] in "\"'\\":
            raise ValueError("a quote is not closed" if token[0] != "\\" else "it ends in a backslash")
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth < 0:
            raise ValueError("a bracket is closed that was not opened")
    if depth:
        raise ValueError("a bracket is not closed")
    condition = jql[:end].strip()
    if not condition:
        raise ValueError("it asks for nothing")
    return f"({condition})"
