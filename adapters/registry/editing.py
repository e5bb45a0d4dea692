"""A registry file's text with one check-in more: one place changes, and every other byte stays as it was.

Where things stand is told by tree-sitter, and what is new is spelled by tomlkit. tomlkit's own editing moves a comment
above the next table into this one, and respells the spaces and commas of what it touches.
"""

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tree_sitter import Node

from adapters.toml_source import KeyPath, places, value_of

Plain = date | Decimal | int | str | bool
Entry = Mapping[str, Plain]
_Splice = tuple[int, int, bytes]
_TABLES = ("table", "table_array_element")


class Unusual(Exception):
    """The file says it in a form that is not edited here; a person has to."""


def with_checkin(content: bytes, kr: KeyPath, entry: Entry) -> bytes:
    """The file with `entry` among the check-ins of the key result at `kr`; that day's entry, where there is one,
    becomes it. Raises Unusual where that would change anything else.
    """
    there = _at(_parsed(content), kr).get("checkins", [])
    same_day = [index for index, each in enumerate(there) if each["on"] == entry["on"]]
    index = same_day[-1] if same_day else None
    if index is not None and there[index] == entry:
        return content

    def say(data: Any) -> None:
        checkins = _at(data, kr).setdefault("checkins", [])
        if index is None:
            checkins.append(dict(entry))
        else:
            checkins[index] = dict(entry)

    def splices(content: bytes) -> list[_Splice]:
        found = places(content)
        if index is None:
            return [_added(content, found, kr, entry)]
        return _replaced(content, found, (*kr, "checkins", index), entry)

    return _proven(content, splices, say)


def with_milestone_done(content: bytes, kr: KeyPath, index: int, on: date) -> bytes:
    """The file with the day on which a milestone was there; raises as `with_checkin`."""
    path = (*kr, "measure", "milestones", index)

    def say(data: Any) -> None:
        _at(data, path)["done_on"] = on

    return _proven(content, lambda content: [_set(content, places(content), path, "done_on", on)], say)


def spelled(entry: Entry) -> list[str]:
    """`key = value` for each key, as TOML."""
    return [f"{key} = {_value(value)}" for key, value in entry.items()]


def _value(value: Plain) -> str:
    import tomlkit

    return f"{value:f}" if isinstance(value, Decimal) else tomlkit.item(value).as_string()


def _parsed(content: bytes) -> Any:
    return tomllib.loads(content.decode(), parse_float=Decimal)


def _at(data: Any, path: KeyPath) -> Any:
    for key in path:
        data = data[key]
    return data


def _proven(content: bytes, splices: Callable[[bytes], list[_Splice]], say: Callable[[Any], None]) -> bytes:
    """The content with its splices, if it then says just what it did and what `say` adds."""
    unended = b"" if content.endswith(b"\n") else _newline(content)
    new = content + unended
    for start, end, text in sorted(splices(new), reverse=True):
        new = new[:start] + text + new[end:]
    new = new.removesuffix(unended)
    wanted = _parsed(content)
    say(wanted)
    try:
        says = _parsed(new)
    except ValueError:
        raise Unusual from None
    if says != wanted:
        raise Unusual
    return new


def _newline(content: bytes) -> bytes:
    return b"\r\n" if b"\r\n" in content else b"\n"


def _added(content: bytes, found: Mapping[KeyPath, Node], kr: KeyPath, entry: Entry) -> _Splice:
    """The entry after the key result's last check-in, or after all that is said of it, in the same form."""
    if kr not in found:
        raise Unusual
    there = found.get((*kr, "checkins"))
    inline = f"{{ {', '.join(spelled(entry))} }}"
    if there is not None and there.type == "pair":
        return _in_array(content, value_of(there), inline)
    if found[kr].type == "inline_table":
        return _after_the_last_pair(found[kr], f"checkins = [{inline}]")
    if found[kr].type not in _TABLES:
        raise Unusual
    checkins = [path for path in found if path[:-1] == (*kr, "checkins")]
    example = found[max(checkins, default=kr)]
    newline = _newline(content).decode()
    blank = newline if not checkins or _follows_a_blank_line(content, example) else ""
    first = next((child for child in example.children if child.type == "pair"), example)
    lines = [
        f"{_indent(content, example)}[[objectives.key_results.checkins]]",
        *(_indent(content, first) + line for line in spelled(entry)),
    ]
    at = _next_line(content, _end(found, (*kr, "checkins") if checkins else kr))
    return (at, at, (blank + newline.join(lines) + newline).encode())


def _replaced(content: bytes, found: Mapping[KeyPath, Node], path: KeyPath, entry: Entry) -> list[_Splice]:
    """Each key of the entry at its old place, new ones after the last, comments kept but those of keys that go."""
    node = found.get(path)
    if node is None:
        raise Unusual
    if node.type == "inline_table":
        return [(node.start_byte, node.end_byte, f"{{ {', '.join(spelled(entry))} }}".encode())]
    old = _at(_parsed(content), path)
    pairs = {key: found[(*path, key)] for key in old}
    splices = []
    for key, pair in pairs.items():
        if key in entry:
            value = value_of(pair)
            if old[key] != entry[key]:
                splices.append((value.start_byte, value.end_byte, _value(entry[key]).encode()))
        else:
            splices.append((_line_start(content, pair.start_byte), _next_line(content, pair.end_byte), b""))
    new = {key: value for key, value in entry.items() if key not in pairs}
    last = max(pairs.values(), key=lambda pair: pair.end_byte)
    at = _next_line(content, last.end_byte)
    lines = [_indent(content, last) + line for line in spelled(new)]
    return [*splices, (at, at, "".join(line + _newline(content).decode() for line in lines).encode())]


def _set(content: bytes, found: Mapping[KeyPath, Node], path: KeyPath, key: str, value: Plain) -> _Splice:
    """One key of the table at `path`: its value replaced, or the key put after the last."""
    if path not in found:
        raise Unusual
    old = found.get((*path, key))
    if old is not None:
        return (value_of(old).start_byte, value_of(old).end_byte, _value(value).encode())
    [line] = spelled({key: value})
    if found[path].type == "inline_table":
        return _after_the_last_pair(found[path], line)
    last = _last_pair(found[path])
    at = _next_line(content, last.end_byte)
    return (at, at, (_indent(content, last) + line).encode() + _newline(content))


def _after_the_last_pair(table: Node, text: str) -> _Splice:
    end = _last_pair(table).end_byte
    return (end, end, f", {text}".encode())


def _last_pair(table: Node) -> Node:
    pairs = [child for child in table.children if child.type == "pair"]
    if not pairs:
        raise Unusual
    return pairs[-1]


def _in_array(content: bytes, array: Node, text: str) -> _Splice:
    """After the last value and what is said of it, with the commas and the line breaks that are usual there."""
    before = array.children[:-1]
    values = [child for child in before if child.type not in ("[", ",", "comment")]
    last = before[-1]
    comma_due = bool(values) and last.type != ","
    if not values:
        at, lead, tail = last.end_byte, "", ""
    else:
        trailing = any(child.type == "," and child.start_byte >= values[-1].end_byte for child in before)
        comma_due, at, lead, tail = not trailing, last.end_byte, " ", "," if trailing else ""
    own_lines = last.type == "comment" or (values and _starts_its_line(content, values[-1]))
    if own_lines:
        indent = _indent(content, values[-1] if values else last)
        lead = _newline(content).decode() + indent
    if comma_due and last.type == "comment":
        return (at, at, f"{lead}, {text}".encode())
    return (at, at, f"{',' if comma_due else ''}{lead}{text}{tail}".encode())


def _end(found: Mapping[KeyPath, Node], path: KeyPath) -> int:
    """Where the last thing ends that is said at `path` or below it."""
    below = [node for at, node in found.items() if at[: len(path)] == path]
    return max((node.children[2] if node.type in _TABLES else node).end_byte for node in below)


def _line_start(content: bytes, at: int) -> int:
    return content.rfind(b"\n", 0, at) + 1


def _next_line(content: bytes, at: int) -> int:
    return content.index(b"\n", at) + 1


def _indent(content: bytes, node: Node) -> str:
    line = content[_line_start(content, node.start_byte) : node.start_byte].decode()
    return line[: len(line) - len(line.lstrip(" \t"))]


def _starts_its_line(content: bytes, node: Node) -> bool:
    return not content[_line_start(content, node.start_byte) : node.start_byte].strip()


def _follows_a_blank_line(content: bytes, node: Node) -> bool:
    start = _line_start(content, node.start_byte)
    return not content[_line_start(content, start - 1) : start].strip()
