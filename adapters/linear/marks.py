"""How value and ledger are written down: in an attachment's metadata, and in a status update's last line."""

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from mappings.checkins import parse_line
from mappings.targets import Ledger, fingerprint

VERSION = 1
_MARKER = re.compile(r"`okrsync (\{.*\})`")
# punctuation that starts something in Markdown; the colon because a pasted profile address becomes a mention
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#|~@!]|:(?=//)|^[-+=]|^\s*\d+(?=[.)]))", re.MULTILINE)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class NewerVersion(ValueError):
    """Written by an okrsync that knows more than this one."""


def client_id(*parts: str) -> str:
    """The id that we give to what we create: the same for the same thing, shaped like a UUID version 4.

    Linear refuses a second create with the same id, so a create whose answer was lost is never done twice.
    """
    digest = hashlib.sha256("\x1f".join(("okrsync", *parts)).encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def escaped(paragraph: str) -> str:
    """Plain text as Markdown that shows it as it is: nothing in it becomes a link, a mention or a heading."""
    plain = _CONTROL.sub("", paragraph)
    return _SPECIAL.sub(lambda found: _escape(found.group()), plain)


def _escape(special: str) -> str:
    # before a digit a backslash would be shown: "1." is defused by escaping what follows
    return special + "\\" if special.strip().isdigit() else "\\" + special


def comment_body(text: tuple[str, ...]) -> str:
    """The living comment: a paragraph an entry. No line of it is a check-in: comments are read for those."""
    lines = "\n\n".join(map(escaped, text)).splitlines()
    return "\n".join(line if parse_line(line, date.min) is None else f"\N{EM DASH} {line}" for line in lines)


class ReadUpdate(NamedTuple):
    """What a status update of ours says of itself."""

    ledger: Ledger
    edited: bool
    """What stands above the ledger was edited since."""
    slot: date | None
    """First day of the cadence slot that it was posted for."""
    health: str | None
    """The health that it was posted with, in Linear's word; None where it does not say."""


def update_body(ledger: Ledger, text: tuple[str, ...], slot: date, health: str | None) -> str:
    """A status update: the score, the text, and the ledger as the last line, in inline code.

    The health is part of the value: what stands beside the body is a person's where it is another than the ledger's.
    """
    score = [] if ledger.value is None else [f"Score {ledger.value:f}"]
    visible = "\n\n".join([*score, *map(escaped, text)])
    mark: dict[str, object] = {**_written(ledger), "scopes": list(ledger.scopes), "slot": slot.isoformat()}
    mark |= {"health": health, "body": _seen(visible)}
    # ASCII only, and no backtick, which would end the inline code
    line = json.dumps(mark, separators=(",", ":")).replace("`", "\\u0060")
    return f"{visible}\n\n`okrsync {line}`".lstrip()


def read_update(body: str) -> ReadUpdate | None:
    """What `update_body` wrote. None: the update is not ours.

    NewerVersion, ValueError: it is ours and cannot be read.
    """
    visible, _, last = body.rstrip().rpartition("\n")
    found = _MARKER.fullmatch(last.strip())
    if not found:
        return None
    try:
        mark = json.loads(found.group(1))
    except ValueError:
        return None
    if not isinstance(mark, dict):
        return None
    ledger = _read(mark, mark.get("scopes"))
    try:
        slot = date.fromisoformat(str(mark.get("slot")))
    except ValueError:
        slot = None
    health = mark.get("health")
    return ReadUpdate(ledger, mark.get("body") != _seen(visible), slot, health if isinstance(health, str) else None)


def metadata(ledger: Ledger) -> dict[str, str | int]:
    """The ledger as attachment metadata: strings and numbers only."""
    written = {key: value for key, value in _written(ledger).items() if value is not None}
    return {**written, "scopes": "\n".join(ledger.scopes), "comment": ledger.comment}


def read_metadata(found: Mapping[str, Any]) -> Ledger:
    """What `metadata` wrote. NewerVersion, ValueError: it cannot be read."""
    ledger = _read(found, [name for name in str(found.get("scopes", "")).split("\n") if name])
    return replace(ledger, comment=str(found.get("comment", "")))


def _written(ledger: Ledger) -> dict[str, str | int | None]:
    value = None if ledger.value is None else f"{ledger.value:f}"
    return {"v": VERSION, "kr": ledger.kr, "value": value, "said": ledger.said}


def _read(mark: Mapping[str, Any], scopes: object) -> Ledger:
    version = mark.get("v")
    if isinstance(version, int | float) and version > VERSION:
        raise NewerVersion("was written by a newer okrsync: update this one")
    value = mark.get("value")
    if version != VERSION or not isinstance(scopes, list) or not isinstance(value, str | None):
        raise ValueError("the note that okrsync left there cannot be read")
    try:
        score = None if value is None else Decimal(value)
    except InvalidOperation:
        raise ValueError("the note that okrsync left there cannot be read") from None
    names = tuple(str(name) for name in scopes)
    return Ledger(kr=str(mark.get("kr", "")), value=score, scopes=names, said=str(mark.get("said", "")))


def _seen(visible: str) -> str:
    """A fingerprint of what a reader sees: Linear may write escapes and blank lines in another way than we did."""
    return fingerprint((" ".join(visible.replace("\\", "").split()),))
