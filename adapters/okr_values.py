"""What an objective or a key result may say of itself, wherever it does: in a file, or in a block of a page."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator

from mappings.targets import parse_target

_CADENCE = re.compile(r"([1-9]\d{0,2})([dw])")
_POLICY = re.compile(r"auto|propose|locked|manual-until:(\d{4}-\d{2}-\d{2})")


def _not_blank(text: str) -> str:
    if not text.strip() or text != text.strip() or "\n" in text:
        raise ValueError("must be one line of text, with no space around it")
    return text


def _id(text: str) -> str:
    if not re.fullmatch(r"[^\W_][\w./-]*", text):
        raise ValueError("must be letters, digits, and - . _ / between them")
    return text


def _address(text: str) -> str:
    try:
        parse_target(text, "")
    except ValueError:
        # parse_target's own sentence repeats the text.
        raise ValueError(
            "must be CONNECTION:issue/KEY, CONNECTION:project/ID, CONNECTION:initiative/ID or file"
        ) from None
    return text


def work_address(text: str) -> str:
    """The address of work that `binds` may name. Raises ValueError that says what it must be."""
    if text == "file":
        raise ValueError("binds names work: an issue, a project or an initiative, not a file")
    return _address(text)


def _cadence(text: str) -> str:
    if not _CADENCE.fullmatch(text):
        raise ValueError('must be days or weeks, as in "7d" or "2w"')
    return text


def _policy(text: str) -> str:
    known = _POLICY.fullmatch(text)
    try:
        if known is None:
            raise ValueError
        if known[1]:
            date.fromisoformat(known[1])
    except ValueError:
        raise ValueError('must be "auto", "propose", "locked" or "manual-until:2026-12-31"') from None
    return text


Text = Annotated[str, AfterValidator(_not_blank)]
Id = Annotated[str, AfterValidator(_id)]
Address = Annotated[str, AfterValidator(_address)]
Work = Annotated[str, AfterValidator(work_address)]
Cadence = Annotated[str, AfterValidator(_cadence)]
Policy = Annotated[str, AfterValidator(_policy)]


def days_of(cadence: str) -> int:
    """The days of a cadence, `7d` or `2w`."""
    return int(cadence[:-1]) * (7 if cadence.endswith("w") else 1)


def policy_of(policy: str) -> tuple[str, date | None]:
    """A policy and the day that `manual-until` names."""
    name, _, until = policy.partition(":")
    return name, date.fromisoformat(until) if until else None
