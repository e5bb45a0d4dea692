"""A scope's issues: flat pages, newest change first, joined with the small tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from adapters.errors import Unreadable
from adapters.linear import documents
from adapters.linear.client import Client
from adapters.linear.tables import Containers, Cycles, Tables
from adapters.linear.wire import WireIssue, WireLabel
from adapters.ports import Contents
from mappings.model import Issue, Scope, State

_STATES = {
    "completed": State.DONE,
    "canceled": State.CANCELLED,
    "duplicate": State.CANCELLED,
    "started": State.STARTED,
    "triage": State.OPEN,
    "backlog": State.OPEN,
    "unstarted": State.OPEN,
}
_PRIORITIES = {1: "Urgent", 2: "High", 3: "Medium", 4: "Low"}
_OVERLAP = timedelta(minutes=1)
_MOST_WALKS = 5


def read_scope(client: Client, tables: Tables, scope: Scope, *, since: date) -> Contents:
    """What `adapters.ports.Reader.read` promises, for one scope of Linear teams."""
    _ = tables.sign_in
    tables.require_teams(scope.teams)
    cycles = tables.cycles(scope.teams)
    rows = _walk_until_still(client, _in_scope(scope, since))
    above, hidden = _ancestors(client, rows)
    labels = tables.labels(label for row in [*rows.values(), *above.values()] for label in row.label_ids)
    join = _Join(scope.tracker, labels, tables.containers(), cycles, tables.flags(), tables.default_points())
    return Contents(
        issues=join.issues(rows.values()),
        ancestors=join.issues(above.values()),
        sprints=cycles.sprints(scope.tracker, scope.team),
        hidden_ancestors=hidden,
    )


def _in_scope(scope: Scope, since: date) -> dict[str, Any]:
    # a day's margin covers every time zone
    start = datetime.combine(since - timedelta(days=1), time(), UTC)
    is_open = {"completedAt": {"null": True}, "canceledAt": {"null": True}}
    worth = [is_open, {"updatedAt": {"gte": _moment(start)}}, {"cycle": {"isActive": {"eq": True}}}]
    return {"and": [{"team": {"key": {"in": list(scope.teams)}}}, {"or": worth}]}


def _walk_until_still(client: Client, wanted: Mapping[str, Any]) -> dict[str, WireIssue]:
    """Every issue that the filter holds, by id; of two readings of one, the later change wins.

    The order is newest change first, so an issue that is edited while the pages are walked jumps ahead of the cursor
    and may be missed. It then has changed since the newest of the first page: those are asked for again, until the
    answer fits into one page, which nothing can jump over, or brings nothing new (a bulk edit fills many pages with
    one moment).
    """
    found: dict[str, WireIssue] = {}
    changed: list[Mapping[str, Any]] = []
    for _ in range(_MOST_WALKS):
        pages = list(client.walk(documents.ISSUES, WireIssue, {"filter": {"and": [wanted, *changed]}}))
        news = False
        for row in (row for page in pages for row in page):
            before = found.get(row.id)
            if before is None or before.updated_at < row.updated_at:
                found[row.id] = row
                news = True
        if len(pages) == 1 or not news:
            return {ident: row for ident, row in found.items() if not row.trashed}
        newest = max(row.updated_at for row in pages[0] or found.values())
        changed = [{"updatedAt": {"gte": _moment(newest - _OVERLAP)}}]
    raise Unreadable(f"{client.name}: issues change faster than they can be read", tracker=client.name)


def _ancestors(client: Client, rows: Mapping[str, WireIssue]) -> tuple[dict[str, WireIssue], int]:
    """Parents that are not in the scope, level by level, and how many this token does not see."""
    found: dict[str, WireIssue] = {}
    asked: set[str] = set(rows)
    level = {row.parent.id for row in rows.values() if row.parent} - asked
    while level:
        asked |= level
        now: dict[str, WireIssue] = {}
        names = sorted(level)
        for start in range(0, len(names), documents.PAGE):
            chosen = {"filter": {"id": {"in": names[start : start + documents.PAGE]}}}
            for page in client.walk(documents.ISSUES, WireIssue, chosen):
                now.update({row.id: row for row in page if not row.trashed})
        found |= now
        level = {row.parent.id for row in now.values() if row.parent} - asked
    return found, len(asked) - len(rows) - len(found)


@dataclass(frozen=True, slots=True)
class _Join:
    tracker: str
    labels: Mapping[str, WireLabel]
    containers: Containers
    cycles: Cycles
    flags: Mapping[str, Mapping[str, str]]
    default_points: Mapping[str, Decimal]

    def issues(self, rows: Iterable[WireIssue]) -> tuple[Issue, ...]:
        return tuple(sorted(map(self._issue, rows), key=lambda issue: issue.id))

    def _issue(self, row: WireIssue) -> Issue:
        labels = [self.labels[ident] for ident in row.label_ids]
        groups = sorted((label.parent.name, label.name) for label in labels if label.parent)
        in_sprint = row.cycle is not None and self.cycles.is_open(row.cycle.id)
        return Issue(
            tracker=self.tracker,
            id=row.id,
            key=row.identifier,
            title=row.title,
            url=row.url,
            type="Issue",
            state=self._state(row),
            project=row.team.key,
            points=None if row.estimate is None else _decimal(row.estimate),
            default_points=self.default_points.get(row.team.key),
            labels=tuple(sorted(label.name for label in labels)),
            label_groups=tuple(groups),
            description=row.description or "",
            priority=_PRIORITIES.get(int(row.priority), ""),
            parent=row.parent.id if row.parent else None,
            containers=self.containers.of(row.project.id) if row.project else (),
            sprints=(self.cycles.sprint_id(row.cycle.id),) if row.cycle and in_sprint else (),
            created=row.created_at,
            changed=row.updated_at,
            done_at=row.completed_at or row.canceled_at,
            previous_keys=tuple(row.previous_identifiers),
            flagged=tuple(sorted(self.flags.get(row.id, {}).items())),
        )

    def _state(self, row: WireIssue) -> State:
        try:
            return _STATES[row.state.type]
        except KeyError:
            kind = row.state.type[:40]
        raise Unreadable(f"{self.tracker}: {row.identifier} is in a state of the unknown type {kind!r}")


def _decimal(estimate: float) -> Decimal:
    return Decimal(int(estimate)) if estimate.is_integer() else Decimal(str(estimate))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
