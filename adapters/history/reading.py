"""What is asked of the tables, as values."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Column, Connection, Table, func, select

from adapters.history import tables
from adapters.history.tables import contribution, key_result_day, sprint_day, sprint_issue, written
from mappings.changes import Contribution, Remembered
from mappings.linking import Class
from mappings.notices import Told
from mappings.past import AuditedWrite, KeyResultDay, Past, SprintDay, SprintIssue


def past(db: Connection, since: date | None) -> Past:
    """Everything that a run looks back at; what was counted last is not bound to a day."""
    return Past(
        remembered=contributions(db, None),
        days=days(db, since),
        sprints=sprints(db, since),
        issues=sprint_issues(db, since),
    )


def contributions(db: Connection, day: date | None) -> dict[str, Remembered]:
    """The newest of each key result, at the end of `day` or now."""
    return {
        row.kr: Remembered(score=_decimal(row.score), delivery=_fraction(row.delivery), lines=_lines(row.lines))
        for row in newest_contributions(db, day)
    }


def newest_contributions(db: Connection, day: date | None = None) -> Sequence[Any]:
    """The newest row of each key result."""
    latest = select(contribution.c.kr, func.max(contribution.c.at).label("at")).group_by(contribution.c.kr)
    if day is not None:
        latest = latest.where(contribution.c.day <= day)
    newest = latest.subquery()
    joined = contribution.join(newest, (contribution.c.kr == newest.c.kr) & (contribution.c.at == newest.c.at))
    return db.execute(select(contribution).select_from(joined)).all()


def days(db: Connection, since: date | None) -> tuple[KeyResultDay, ...]:
    """One value a key result a day."""
    return tuple(
        KeyResultDay(
            kr=row.kr,
            day=row.day,
            score=_decimal(row.score),
            delivery=_fraction(row.delivery),
            current=_decimal(row.current),
            health=row.health,
            confidence=row.confidence,
        )
        for row in _rows(db, key_result_day, key_result_day.c.day, since)
    )


def sprints(db: Connection, since: date | None) -> tuple[SprintDay, ...]:
    """Each sprint by day."""
    return tuple(SprintDay(**row._mapping) for row in _rows(db, sprint_day, sprint_day.c.day, since))


def sprint_issues(db: Connection, since: date | None) -> tuple[SprintIssue, ...]:
    """The issues of sprints."""
    return tuple(
        SprintIssue(**{**row._mapping, "first_class": Class(row.first_class), "last_class": Class(row.last_class)})
        for row in _rows(db, sprint_issue, sprint_issue.c.last_day, since)
    )


def writes(db: Connection, since: date | None) -> tuple[AuditedWrite, ...]:
    """The audit, in the order in which it was written."""
    return tuple(
        AuditedWrite(
            run=row.run,
            at=row.at,
            kind=row.kind,
            to=row.target,
            kr=row.kr,
            before=row.before,
            after=row.after,
            status=row.status,
            reason=row.reason,
        )
        for row in _rows(db, written, written.c.day, since)
    )


def told(db: Connection, since: date | None) -> tuple[Told, ...]:
    """What was told last, of each subject in each channel; it is not bound to a day."""
    return tuple(
        Told(channel=row.channel, subject=row.subject, at=datetime.fromisoformat(row.at), fingerprint=row.fingerprint)
        for row in db.execute(select(tables.told))
    )


def lines_text(lines: Iterable[Contribution]) -> str:
    """The lines of a key result as they are kept: exact fractions in JSON."""
    return json.dumps([[it.tracker, it.issue, it.key, str(it.amount), str(it.done)] for it in lines])


def _lines(text: str) -> tuple[Contribution, ...]:
    return tuple(
        Contribution(tracker=tracker, issue=issue, key=key, amount=Fraction(amount), done=Fraction(done))
        for tracker, issue, key, amount, done in json.loads(text)
    )


def _rows(db: Connection, table: Table, day: Column[date], since: date | None) -> Sequence[Any]:
    query = select(table).order_by(*table.primary_key.columns)
    return db.execute(query if since is None else query.where(day >= since)).all()


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
