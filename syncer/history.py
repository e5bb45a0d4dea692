"""What `okrsync history` shows and exports: rows of plain values, the same for a table, CSV and JSON."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from adapters.history import History
from mappings.past import AuditedWrite, KeyResultDay, SprintDay, SprintIssue
from syncer.options import Kept
from syncer.report.cells import csv_text
from syncer.report.schema import clean_text
from syncer.report.wording import plain
from syncer.shown import is_hidden, shown

Row = Mapping[str, object]


COLUMNS: Mapping[Kept, tuple[str, ...]] = {
    Kept.VALUES: tuple(field.name for field in fields(KeyResultDay)),
    Kept.SPRINTS: (*(field.name for field in fields(SprintDay)), "total"),
    Kept.ISSUES: (*(field.name for field in fields(SprintIssue)), "became"),
    Kept.WRITES: tuple(field.name for field in fields(AuditedWrite)),
}


def kept_rows(history: History, what: Kept, since: date | None = None, kr: str = "") -> list[Row]:
    """The rows of one kind, from `since` on; of one key result where `kr` names one and the kind knows of it. What is
    restricted is left out.
    """
    read: Mapping[Kept, Callable[[date | None], Sequence[object]]] = {
        Kept.VALUES: history.days,
        Kept.SPRINTS: history.sprints,
        Kept.ISSUES: history.sprint_issues,
        Kept.WRITES: history.writes,
    }
    rows = [{name: _value(getattr(it, name)) for name in COLUMNS[what]} for it in read[what](since)]
    return [row for row in rows if (not kr or row.get("kr") == kr) and not is_hidden(str(row.get("kr")))]


def as_json(rows: Sequence[Row]) -> str:
    """A JSON list of objects; null is unknown."""
    return json.dumps(rows, indent=2, ensure_ascii=False)


def as_csv(rows: Sequence[Row], what: Kept) -> str:
    """CSV with a head."""
    return csv_text(COLUMNS[what], ([row[name] for name in COLUMNS[what]] for row in rows))


def as_table(rows: Sequence[Row], what: Kept, *, most: int = 40) -> list[tuple[str, ...]]:
    """Head and the newest rows, as text for a terminal."""
    body = [tuple("" if row[name] is None else plain(str(row[name])) for name in COLUMNS[what]) for row in rows]
    return [COLUMNS[what], *body[-most:]]


def _value(value: object) -> object:
    if isinstance(value, Fraction):
        return round(float(value), 4)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return shown(clean_text(value)) if isinstance(value, str) else value
