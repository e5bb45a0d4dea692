"""A TOML file with the line of every key: values from tomllib (the standard's own parser), lines from tree-sitter."""

import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from adapters.errors import ConfigProblem

KeyPath = tuple[str | int, ...]

_LANGUAGE = Language(tree_sitter_toml.language())
_NOT_VALUES = frozenset({"[", "]", "{", "}", ",", "comment"})
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")


@dataclass(frozen=True)
class TomlSource:
    """What a TOML file says, and where. Numbers with a point are Decimals, as they were written."""

    path: Path
    data: dict[str, Any]
    lines: dict[KeyPath, int] = field(repr=False, default_factory=dict)

    def line(self, path: KeyPath) -> int:
        """The line of the key at `path`, 1-based; of its longest known prefix where it is not there; 1 for none."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def where(self, path: KeyPath = ()) -> str:
        """`file:line`, as `line`."""
        return f"{self.path}:{self.line(path)}"


def load_toml(path: Path) -> TomlSource:
    """Read and parse one file. A file that is missing, not UTF-8 or not TOML is a ConfigProblem with its line."""
    try:
        text = path.read_bytes().decode("utf-8")
        found = tomllib.loads(text, parse_float=Decimal)
    except OSError as error:
        raise ConfigProblem([f"{path}:1: cannot be read: {(error.strerror or 'no reason given').lower()}"]) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigProblem([f"{path}:{line}: is not UTF-8 text"]) from None
    except RecursionError:
        raise ConfigProblem([f"{path}:1: is nested too deeply"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigProblem([_syntax_problem(path, text, str(error))]) from None
    lines = {path: node.start_point[0] + 1 for path, node in places(text.encode()).items()}
    return TomlSource(path, found, lines)


def _syntax_problem(path: Path, text: str, message: str) -> str:
    at = _AT_LINE.search(message)
    line = int(at[1]) if at else max(1, len(text.splitlines()))
    sentence = _AT_LINE.sub("", message).removesuffix(" (at end of document)")
    return f"{path}:{line}: is not valid TOML: {sentence[:1].lower()}{sentence[1:]}"


def places(source: bytes) -> dict[KeyPath, Node]:
    """Where every key of a TOML text stands: its pair, its table with the header, or the value in an array."""
    found: dict[KeyPath, Node] = {}
    counts: dict[KeyPath, int] = {}

    def note(path: KeyPath, node: Node) -> None:
        found.setdefault(path, node)

    def within(prefix: KeyPath, keys: list[str], node: Node) -> KeyPath:
        """The path of a header or a dotted key; a name of an array of tables stands for its last element."""
        for key in keys:
            if prefix in counts:
                prefix = (*prefix, counts[prefix] - 1)
            prefix = (*prefix, key)
            note(prefix, node)
        return prefix

    def value(path: KeyPath, node: Node) -> None:
        if node.type == "inline_table":
            pairs(path, node)
        elif node.type == "array":
            for index, child in enumerate(each for each in node.children if each.type not in _NOT_VALUES):
                note((*path, index), child)
                value((*path, index), child)

    def pairs(path: KeyPath, node: Node) -> None:
        for pair in node.children:
            if pair.type == "pair":
                value(within(path, _keys(pair.children[0]), pair), value_of(pair))

    root = Parser(_LANGUAGE).parse(source).root_node
    pairs((), root)
    for table in root.children:
        if table.type not in ("table", "table_array_element"):
            continue
        path = within((), _keys(table.children[1]), table)
        if table.type == "table_array_element":
            counts[path] = counts.get(path, 0) + 1
            path = (*path, counts[path] - 1)
            note(path, table)
        pairs(path, table)
    return found


def value_of(pair: Node) -> Node:
    """What a pair's key is set to; tree-sitter counts the comment after it among its parts."""
    return [child for child in pair.children if child.type != "comment"][-1]


def _keys(node: Node) -> list[str]:
    if node.type == "dotted_key":
        return [key for child in node.children if child.type != "." for key in _keys(child)]
    text = (node.text or b"").decode()
    return [text] if node.type == "bare_key" else list(tomllib.loads(f"{text} = 0"))
