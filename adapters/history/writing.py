"""How a run's record reaches the tables: one transaction, and the day's last run wins."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from adapters.history.reading import lines_text, newest_contributions
from adapters.history.tables import contribution, key_result_day, run, sprint_day, sprint_issue, told, written
from mappings.changes import Remembered
from mappings.notices import Told
from mappings.past import RunRecord


def keep_record(db: Connection, record: RunRecord) -> None:
    """All that a run leaves behind."""
    _put(
        db,
        run,
        [
            {
                "id": record.id,
                "at": record.at,
                "day": record.day,
                "mode": record.mode,
                "complete": record.complete,
            }
        ],
    )
    _put(
        db,
        key_result_day,
        [
            {
                "kr": it.kr,
                "day": it.day,
                "run": record.id,
                "score": _text(it.score),
                "delivery": _text(it.delivery),
                "current": _text(it.current),
                "health": it.health,
                "confidence": it.confidence,
            }
            for it in record.key_results
        ],
    )
    _contributions(db, record, record.contributions or {})
    _put(db, sprint_day, [_fields(it, sprint_day) for it in record.sprints])
    _put(db, sprint_issue, [_fields(it, sprint_issue) for it in record.sprint_issues])
    rows = [
        {
            "run": record.id,
            "at": record.at,
            "day": record.day,
            "kind": it.kind,
            "target": it.to,
            "kr": it.kr,
            "before": it.before,
            "after": it.after,
            "status": it.status,
            "reason": it.reason,
        }
        for it in record.writes
    ]
    if rows:
        db.execute(written.insert(), rows)


def keep_told(db: Connection, notices: Iterable[Told]) -> None:
    """What was told just now, in place of what was told before."""
    rows = [
        {"channel": it.channel, "subject": it.subject, "at": it.at.isoformat(), "fingerprint": it.fingerprint}
        for it in notices
    ]
    _put(db, told, rows)


def prune(db: Connection, before: date) -> int:
    """Delete what is older; the newest contribution of each key result stays, for it explains the next change."""
    kept = {(row.kr, row.run) for row in newest_contributions(db)}
    old = db.execute(select(contribution.c.kr, contribution.c.run).where(contribution.c.day < before))
    gone = [row for row in old if (row.kr, row.run) not in kept]
    for row in gone:
        db.execute(delete(contribution).where(contribution.c.kr == row.kr, contribution.c.run == row.run))
    count = len(gone)
    for table, column in (
        (key_result_day, key_result_day.c.day),
        (sprint_day, sprint_day.c.day),
        (sprint_issue, sprint_issue.c.last_day),
        (written, written.c.day),
        (run, run.c.day),
    ):
        count += db.execute(delete(table).where(column < before)).rowcount
    return count


def _contributions(db: Connection, record: RunRecord, key_results: Mapping[str, Remembered]) -> None:
    """A row where something moved since the last one; an hourly run in a quiet week adds none."""
    newest = {row.kr: (row.score, row.delivery, row.lines) for row in newest_contributions(db)}
    rows = []
    for kr, known in sorted(key_results.items()):
        row = (_text(known.score), _text(known.delivery), lines_text(known.lines))
        if newest.get(kr) != row:
            score, delivery, lines = row
            rows.append(
                {
                    "kr": kr,
                    "run": record.id,
                    "at": record.at,
                    "day": record.day,
                    "score": score,
                    "delivery": delivery,
                    "lines": lines,
                }
            )
    _put(db, contribution, rows)


def _put(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert, and replace what has the same key."""
    if not rows:
        return
    insert: Any = (postgresql if db.dialect.name == "postgresql" else sqlite).insert(table)
    keys = [column.name for column in table.primary_key.columns]
    new = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    db.execute(insert.on_conflict_do_update(index_elements=keys, set_=new), list(rows))


def _fields(value: object, table: Table) -> dict[str, Any]:
    """The columns' values by their names; an enumeration as its word."""
    found = {column.name: getattr(value, column.name) for column in table.c}
    return {name: it.value if isinstance(it, Enum) else it for name, it in found.items()}


def _text(number: object) -> str | None:
    return None if number is None else str(number)
