"""JQL as text: values quoted, and a query of the user's own made safe to stand inside another one."""

import re
from collections.abc import Sequence

_TOKEN = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.)|(?P<order>order\s+by\b)|\w+|.""", re.IGNORECASE | re.DOTALL
)


def quoted(value: str) -> str:
    """`value` as a JQL string."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def quoted_all(values: Sequence[str]) -> str:
    """The values as the inside of an `in (...)`."""
    return ", ".join(quoted(value) for value in values)


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
