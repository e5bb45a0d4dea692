"""`file` targets: progress.json beside the registry, one entry a key result. git carries it; okrsync never runs git."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from adapters.errors import RejectedWrite, Unreadable, WriteRefused
from adapters.ports import Contents
from adapters.whole_file import replace_file
from mappings.model import Scope
from mappings.targets import FlagWrite, Ledger, Outcome, ProgressWrite, Standing, Target


class ProgressFile:
    """The progress file as a connection, to the ports of `adapters.ports`: it holds standings and no issues.

    `{"PAY-O1-KR1": {"value": "0.47", "ledger": {"value": "0.47", "scopes": ["jira-main/payments"], "said": "..."}}}`,
    sorted. A person may edit or remove a value: a number is as good as a text. The living text has no place here.
    """

    name = ""
    kind = "file"
    requests = 0
    """A file is not asked over a network."""

    def __init__(self, path: Path, *, may_write: bool) -> None:
        self._path = path
        self._may_write = may_write

    def read(self, scope: Scope, *, since: date) -> Contents:
        """Nothing: no scope is in a file."""
        return Contents(issues=())

    def read_standings(self, targets: Sequence[tuple[Target, str]], *, slot: datetime) -> dict[Target, Standing]:
        """What the file says of each key result; a file that cannot be read is every Standing's problem."""
        try:
            entries = self._entries()
        except Unreadable as error:
            return {target: Standing(target=target, problem=str(error)) for target, _ in targets}
        return {target: self._standing(target, entries.get(target.id)) for target, _ in targets}

    def write_progress(self, write: ProgressWrite) -> Outcome:
        """Value and ledger together: the whole file is replaced at once.

        Raises Unreadable where what is there cannot be read, RejectedWrite where the disk refuses.
        """
        if not self._may_write:
            raise WriteRefused(f"{self._path.name} is not written: this run may only read")
        entries = self._entries()
        now = self._standing(write.target, entries.get(write.target.id))
        if now.problem:
            raise Unreadable(now.problem)
        value = now.value if write.value is None else write.value
        ledger = replace(write.ledger, kr=write.target.id, comment="")
        if (now.value, now.ledger) != (write.expected.value, write.expected.ledger):
            return Outcome(status="left-alone", reason=f"{self._path.name} was edited meanwhile")
        if (now.value, now.ledger) == (value, ledger):
            return Outcome(status="unchanged")
        try:
            self._replace({**entries, write.target.id: _entry(value, ledger)})
        except OSError as error:
            raise RejectedWrite(
                f"{self._path.name} could not be written: {error.strerror or 'no reason given'}"
            ) from None
        return Outcome(status="changed")

    def write_flag(self, write: FlagWrite) -> Outcome:
        """Refused: a file has no issues to flag."""
        raise RejectedWrite("a progress file holds no issues")

    def close(self) -> None:
        """Nothing is open between calls."""

    def _entries(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"), parse_float=Decimal)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
            raise Unreadable(f"{self._path.name} cannot be read as JSON{line}: mend or remove it") from None
        if not isinstance(found, dict):
            raise Unreadable(f"{self._path.name} must hold one object, with an entry for each key result")
        return found

    def _standing(self, target: Target, entry: Any) -> Standing:
        if entry is None:
            return Standing(target=target)
        try:
            ledger = entry.get("ledger")
            return Standing(
                target=target,
                value=_decimal(entry.get("value")),
                ledger=None if ledger is None else _ledger(target.id, ledger),
            )
        except (AttributeError, TypeError, InvalidOperation):
            return Standing(target=target, problem=f"the entry in {self._path.name} is not one: mend or remove it")

    def _replace(self, entries: dict[str, Any]) -> None:
        text = json.dumps(entries, indent=2, sort_keys=True, ensure_ascii=False, default=str)
        replace_file(self._path, f"{text}\n".encode())


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise TypeError
    found = Decimal(value)
    if not found.is_finite() or abs(found.adjusted()) > 30:
        raise InvalidOperation
    return found


def _ledger(kr: str, found: Any) -> Ledger:
    scopes = tuple(str(scope) for scope in found.get("scopes", ()))
    return Ledger(kr=kr, value=_decimal(found.get("value")), scopes=scopes, said=str(found.get("said", "")))


def _entry(value: Decimal | None, ledger: Ledger) -> dict[str, Any]:
    written = None if ledger.value is None else str(ledger.value)
    return {
        "value": None if value is None else str(value),
        "ledger": {"value": written, "scopes": list(ledger.scopes), "said": ledger.said},
    }


def is_tracked(path: Path) -> bool:
    """True when the git repository around `path` has it in its index; the index is read, git is never run."""
    found = path.resolve()
    root = next((folder for folder in found.parents if (folder / ".git").exists()), None)
    if root is None:
        return False
    git = root / ".git"
    if git.is_file():
        # A worktree or a submodule: the file says where its git directory is.
        git = (root / git.read_text(encoding="utf-8", errors="replace").partition("gitdir:")[2].strip()).resolve()
    index = git / "index"
    if not index.is_file():
        return False
    name, entries = found.relative_to(root).as_posix().encode(), index.read_bytes()
    at = entries.find(name + b"\0")
    while at >= 2:
        # Two bytes of flags stand before a path; their low twelve bits are its length.
        if int.from_bytes(entries[at - 2 : at]) & 0xFFF == len(name):
            return True
        at = entries.find(name + b"\0", at + 1)
    return False
