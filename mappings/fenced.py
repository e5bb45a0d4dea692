"""The `okr` block in a Markdown page: TOML lines between fences, where an objective or a key result lives in a page.

    ```okr
    id = "GRO-O1-KR1"
    start = 31
    target = 45
    ```

Nothing else of the page is looked at. Fences are CommonMark's (spec 0.31, 4.5).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

LANGUAGE = "okr"
_LONGEST = 10_000
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^\n]*)")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class OkrBlock:
    """What a page's block says. Numbers with a point are Decimals, as they were written."""

    values: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    """Why it cannot be read, in words; then there are no values."""


def read_block(page: str) -> OkrBlock | None:
    """The page's one block; None where it has none. Never raises."""
    blocks = list(_blocks(page))
    if not blocks:
        return None
    if len(blocks) > 1:
        return OkrBlock(problem=f"has {len(blocks)} {LANGUAGE} blocks: one page is one objective or one key result")
    text, closed = blocks[0]
    if not closed:
        return OkrBlock(problem=f"its {LANGUAGE} block is not closed")
    if len(text) > _LONGEST:
        return OkrBlock(problem=f"its {LANGUAGE} block is longer than {_LONGEST} characters")
    try:
        return OkrBlock(values=tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        return OkrBlock(problem=f"its {LANGUAGE} block is not valid TOML: {said[:1].lower()}{said[1:]}")
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets without end
        return OkrBlock(problem=f"its {LANGUAGE} block is not valid TOML")


def print_block(values: Mapping[str, Any]) -> str:
    """The block that `read_block` reads as these values: texts, numbers, days, truths, and lists of them."""
    lines = [f"{_key(key)} = {_value(value)}" for key, value in values.items()]
    return "\n".join([f"```{LANGUAGE}", *lines, "```"])


def _blocks(page: str) -> Iterator[tuple[str, bool]]:
    """The text of each `okr` block, and whether it is closed; blocks of other languages are walked over."""
    fence, is_okr, inside = "", False, list[str]()
    for line in page.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        found = _FENCE.fullmatch(line)
        if not fence:
            if found is not None and not (found["fence"][0] == "`" and "`" in found["info"]):
                fence, inside = found["fence"], []
                is_okr = found["info"].strip().casefold() == LANGUAGE
        elif found is not None and found["fence"].startswith(fence) and not found["info"].strip():
            if is_okr:
                yield "\n".join(inside), True
            fence = ""
        else:
            inside.append(line)
    if fence and is_okr:
        yield "\n".join(inside), False


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return plain if "." in plain else f"{plain}.0"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return _text(value) if isinstance(value, str) else str(value)


def _text(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(it, it if it.isprintable() else _code(it)) for it in text) + '"'


def _code(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
