"""A scope's issues: flat pages, newest change first, joined with the small tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from operator import attrgetter

from adapters.errors import Unreadable
from adapters.linear.client import Client
from adapters.linear.cycles import Cycles
from adapters.linear.incremental import ScopeMemory, View, read_rows
from adapters.linear.tables import Containers, Tables
from adapters.linear.walking import by_id
from adapters.linear.wire import WireIssue, WireLabel
from adapters.ports import Contents
from mappings.model import Issue, KanbanBoard, Scope, State

STATES = {
    "completed": State.DONE,
    "canceled": State.CANCELLED,
    "duplicate": State.CANCELLED,
    "started": State.STARTED,
    "triage": State.OPEN,
    "backlog": State.OPEN,
    "unstarted": State.OPEN,
}
"""What a workflow state means, by its type."""
_NOT_YET_TAKEN_ON = frozenset({"triage", "backlog"})
_PRIORITIES = {1: "Urgent", 2: "High", 3: "Medium", 4: "Low"}


def read_scope(
    client: Client, tables: Tables, scope: Scope, *, since: date, memory: ScopeMemory | None = None
) -> Contents:
    """What `adapters.ports.Reader.read` promises, for one scope of Linear teams.

    With a memory only what changed since the last reading is asked for.
    """
    opening = tables.open(scope.teams)
    cycles = opening.cycles
    renamed = tuple((old, now) for old, now in opening.keys if old != now)
    teams = tables.teams(dict.fromkeys(now for _, now in opening.keys))
    sprints = cycles.sprints(scope.tracker, scope.team, scope.sprints)
    in_full = cycles.in_full(sprints, scope.sprints)
    view = View(scope.name, tuple(teams), since, in_full)
    handed_on = sorted(cycles.before_those_begun(in_full))
    besides = [partial(tables.left_by, ident) for ident in handed_on]
    join = _Join(
        scope.tracker,
        tables.labels(),
        tables.containers(),
        cycles,
        frozenset(sprint.id for sprint in sprints),
        opening.flags,
        tables.default_points(),
        tables.synced(),
        tables.private_teams(),
    )
    rows, notes = read_rows(client, tables, view, opening, memory, besides, join.ahead)
    above, hidden = _ancestors(client, rows)
    join.labels = tables.labels({label for row in [*rows.values(), *above.values()] for label in row.label_ids})
    join.left = {ident: tables.left_by(ident) for ident in handed_on}
    return Contents(
        issues=join.issues(rows.values()),
        ancestors=join.issues(above.values()),
        sprints=sprints,
        hidden_ancestors=hidden,
        kanban=tuple(
            KanbanBoard(tracker=scope.tracker, id=team.key, name=team.name, team=scope.team, projects=(team.key,))
            for team in teams
            if not team.cycles_enabled and scope.kanban_days
        ),
        renamed=renamed,
        notes=(*_rename_notes(scope, dict(opening.keys), renamed), *notes),
    )


def _rename_notes(scope: Scope, present: Mapping[str, str], renamed: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """For each renamed team what happened, and the config line to change."""
    line = ", ".join(f'"{key}"' for key in dict.fromkeys(present.values()))
    return tuple(
        f"Linear team {old} is now called {new}: change teams = [{line}] in teams.{scope.team}" for old, new in renamed
    )


def _ancestors(client: Client, rows: Mapping[str, WireIssue]) -> tuple[dict[str, WireIssue], int]:
    """Parents that are not in the scope, level by level, and how many this token does not see."""
    found: dict[str, WireIssue] = {}
    asked: set[str] = set(rows)
    level = {row.parent.id for row in rows.values() if row.parent} - asked
    while level:
        asked |= level
        now = by_id(client, level)
        found |= now
        level = {row.parent.id for row in now.values() if row.parent} - asked
    return found, len(asked) - len(rows) - len(found)


@dataclass(slots=True)
class _Join:
    tracker: str
    labels: Mapping[str, WireLabel]
    containers: Containers
    cycles: Cycles
    sprints: frozenset[str]
    """Ids of the sprints that an issue is said to be in."""
    flags: Mapping[str, Mapping[str, str]]
    default_points: Mapping[str, Decimal]
    synced: Mapping[str, tuple[str, ...]]
    private_teams: frozenset[str] = frozenset()
    left: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _made: dict[str, tuple[WireIssue, Issue]] = field(default_factory=dict)
    """Ahead of time, by id, with the row that it was made of."""

    def ahead(self, rows: Iterable[WireIssue]) -> None:
        """Make the issues of a page while others are on their way, but for those that need what is not there yet."""
        for row in rows:
            if row.cycle is None and all(label in self.labels for label in row.label_ids):
                self._made[row.id] = (row, self._issue(row))

    def issues(self, rows: Iterable[WireIssue]) -> tuple[Issue, ...]:
        found = []
        for row in rows:
            made = self._made.get(row.id)
            found.append(made[1] if made and made[0] is row else self._issue(row))
        return tuple(sorted(found, key=attrgetter("id")))

    def _issue(self, row: WireIssue) -> Issue:
        # thousands of rows: what most of them do not have is not looked for
        labels = [self.labels[ident] for ident in row.label_ids]
        sprints = self._sprints(row) if row.cycle else ()
        entered = self.cycles.entered(row, self.left) if sprints else None
        flags = self.flags.get(row.id)
        return Issue(
            tracker=self.tracker,
            id=row.id,
            key=row.identifier,
            title=row.title,
            url=row.url,
            type="Issue",
            state=self._state(row),
            project=row.team.key,
            points=_decimal(row.estimate),
            default_points=self.default_points.get(row.team.key),
            labels=tuple(sorted([label.name for label in labels])) if labels else (),
            label_groups=_groups(labels) if labels else (),
            description=row.description or "",
            priority=_PRIORITIES.get(int(row.priority), ""),
            parent=row.parent.id if row.parent else None,
            containers=self.containers.of(row.project.id) if row.project else (),
            sprints=sprints,
            entered=((sprints[0], entered),) if entered else (),
            created=row.created_at,
            changed=row.updated_at,
            done_at=row.completed_at or row.canceled_at,
            previous_keys=row.previous_identifiers,
            mirrors=self.synced.get(row.id, ()),
            flagged=tuple(sorted(flags.items())) if flags else (),
            is_secured=row.team.key in self.private_teams,
        )

    def _sprints(self, row: WireIssue) -> tuple[str, ...]:
        """What waits in triage or in the backlog is nobody's sprint work, whatever cycle it stands in."""
        sprint = self.cycles.sprint_id(row.cycle.id) if row.cycle else None
        return (sprint,) if sprint in self.sprints and row.state.type not in _NOT_YET_TAKEN_ON else ()

    def _state(self, row: WireIssue) -> State:
        try:
            return STATES[row.state.type]
        except KeyError:
            kind = row.state.type[:40]
        raise Unreadable(f"{self.tracker}: {row.identifier} is in a state of the unknown type {kind!r}")


def _groups(labels: Iterable[WireLabel]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((label.parent.name, label.name) for label in labels if label.parent))


@lru_cache(maxsize=256)
def _decimal(estimate: float | None) -> Decimal | None:
    if estimate is None:
        return None
    return Decimal(int(estimate)) if estimate.is_integer() else Decimal(str(estimate))
