"""What each run counted, in a SQLite file: it explains what moved. Losing it costs explanations, never correctness."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import structlog

from mappings.changes import Contribution, Remembered

log = structlog.get_logger()

_SCHEMA = """
create table if not exists run (id text primary key, at text not null);
create table if not exists key_result (
    kr text primary key, run text not null references run (id), score text, delivery text, lines text not null
);
"""


class History:
    """The last figures of each key result. The file is opened and closed for each call: nothing stays locked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def last(self) -> dict[str, Remembered]:
        """What the last run counted for each key result; empty where there is no history, or none that can be read."""
        if not self._path.exists():
            return {}
        try:
            with closing(self._open()) as connection:
                rows = connection.execute("select kr, score, delivery, lines from key_result").fetchall()
            return {kr: _remembered(score, delivery, lines) for kr, score, delivery, lines in rows}
        except (sqlite3.Error, OSError, ValueError, TypeError, ArithmeticError) as error:
            log.warning("history_not_read", file=str(self._path), why=str(error))
            return {}

    def keep(self, run: str, at: str, key_results: Mapping[str, Remembered]) -> str:
        """Remember these key results, in one transaction; others stay as they were. Says why when it cannot."""
        rows = [
            (
                kr,
                run,
                None if known.score is None else str(known.score),
                None if known.delivery is None else str(known.delivery),
                json.dumps([[it.tracker, it.issue, it.key, str(it.amount), str(it.done)] for it in known.lines]),
            )
            for kr, known in sorted(key_results.items())
        ]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as connection, connection:
                connection.execute("insert or replace into run (id, at) values (?, ?)", (run, at))
                connection.executemany(
                    "insert or replace into key_result (kr, run, score, delivery, lines) values (?, ?, ?, ?, ?)", rows
                )
        except (sqlite3.Error, OSError) as error:
            return f"the history {self._path} was not written ({error}): the next run cannot explain what moved"
        return ""

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10)
        try:
            connection.executescript(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _remembered(score: str | None, delivery: str | None, lines: str) -> Remembered:
    return Remembered(
        score=None if score is None else Decimal(score),
        delivery=None if delivery is None else Fraction(delivery),
        lines=tuple(
            Contribution(tracker=tracker, issue=issue, key=key, amount=Fraction(amount), done=Fraction(done))
            for tracker, issue, key, amount, done in json.loads(lines)
        ),
    )
