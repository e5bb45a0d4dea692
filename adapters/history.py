"""What each run counted, in a SQLite file: it explains what moved. Losing it costs explanations, never correctness."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from adapters.errors import ConfigProblem
from mappings.changes import Contribution, Remembered

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
        """What the last run counted for each key result; empty where there is no history yet."""
        if not self._path.exists():
            return {}
        with closing(self._open()) as connection:
            rows = connection.execute("select kr, score, delivery, lines from key_result").fetchall()
        return {
            kr: Remembered(
                score=None if score is None else Decimal(score),
                delivery=None if delivery is None else Fraction(delivery),
                lines=tuple(
                    Contribution(tracker=tracker, issue=issue, key=key, amount=Fraction(amount), done=Fraction(done))
                    for tracker, issue, key, amount, done in json.loads(lines)
                ),
            )
            for kr, score, delivery, lines in rows
        }

    def keep(self, run: str, at: str, key_results: Mapping[str, Remembered]) -> None:
        """Remember these key results, in one transaction; others stay as they were."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
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
        with closing(self._open()) as connection, connection:
            connection.execute("insert or replace into run (id, at) values (?, ?)", (run, at))
            connection.executemany(
                "insert or replace into key_result (kr, run, score, delivery, lines) values (?, ?, ?, ?, ?)", rows
            )

    def _open(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(self._path, timeout=10)
            connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise ConfigProblem(
                [f"{self._path}: this history cannot be used ({error}); move it away, a new one is begun"]
            ) from error
        return connection
