"""Reading only what changed: newest first back to the watermark, and once a day a comparison of ids.

The result is what a full read would bring. Linear moves `updatedAt` for an edit of the issue itself; a renamed label,
cycle or project moves nothing, and costs nothing here, for rows are kept as Linear wrote them and joined with tables
that are read every run. What moved to another team shows in a listing of what changed elsewhere. Deletes and lost
access leave no trace at all: the daily comparison finds them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import msgspec
import structlog

from adapters.linear import documents
from adapters.linear.client import Client
from adapters.linear.cycles import Cycles
from adapters.linear.tables import Opening, Tables
from adapters.linear.together import together
from adapters.linear.walking import Part, by_id, listing, moment, parts_of, walk_until_still
from adapters.linear.wire import WireIssue, WireListed, WireTeam
from adapters.mirror import Kept, Mirror

log = structlog.get_logger()

OVERLAP = timedelta(minutes=2)
"""How far behind its own changes Linear may be: what changed within it is asked for twice."""
SWEEP_EVERY = timedelta(days=1)


class _State(msgspec.Struct, frozen=True):
    swept_at: datetime
    """When ids were last compared, by the server's clock; a full read compares them all."""
    watermark: datetime
    """Everything that changed before this is known."""
    since: date
    cycles: tuple[str, ...]
    """Those whose every issue was read."""
    unlisted: tuple[str, ...]
    """Labels, projects and cycles that stand on issues and in no table: asked about once, not every run."""


_state = msgspec.json.Decoder(_State)
_row = msgspec.json.Decoder(WireIssue)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class View:
    """What is worth reading of a scope: open, changed since, or in one of these cycles."""

    scope: str
    teams: tuple[WireTeam, ...]
    since: date
    cycles: frozenset[str]

    @property
    def keys(self) -> tuple[str, ...]:
        """The teams' present keys."""
        return tuple(sorted(team.key for team in self.teams))

    @property
    def start(self) -> datetime:
        """A day early: that covers every time zone."""
        return datetime.combine(self.since - timedelta(days=1), time(), UTC)

    @property
    def filter(self) -> dict[str, Any]:
        """Without the teams: those are the parts'."""
        worth: list[dict[str, Any]] = [
            {"completedAt": {"null": True}, "canceledAt": {"null": True}},
            {"updatedAt": {"gte": moment(self.start)}},
        ]
        if self.cycles:
            worth.append({"cycle": {"id": {"in": sorted(self.cycles)}}})
        return {"or": worth}

    def of(self, rows: Mapping[str, WireIssue]) -> dict[str, WireIssue]:
        """Those that the filter and the teams hold; what is in the trash is in no scope."""
        keys, start = frozenset(self.keys), self.start
        return {
            ident: row
            for ident, row in rows.items()
            if not row.trashed
            and row.team.key in keys
            and (
                (row.completed_at is None and row.canceled_at is None)
                or row.updated_at >= start
                or (row.cycle is not None and row.cycle.id in self.cycles)
            )
        }


@dataclass(frozen=True, slots=True)
class Last:
    """The last complete reading of a scope."""

    kept: Kept
    state: _State
    rows: Mapping[str, WireIssue]


class ScopeMemory:
    """The mirror of one connection's scopes. `clock` tells the server's time, None as long as it has not."""

    def __init__(self, mirror: Mirror, tracker: str, clock: Callable[[], datetime | None]) -> None:
        self._mirror = mirror
        self._tracker = tracker
        self.clock = clock

    def last(self, scope: str, fingerprint: str) -> Last | None:
        """The last reading under this fingerprint; None where a full one is due."""
        kept = self._mirror.last(self._tracker, scope, fingerprint)
        if kept is None:
            return None
        try:
            rows = {ident: _row.decode(body) for ident, body in kept.issues.items()}
            return Last(kept, _state.decode(kept.state), rows)
        except (msgspec.DecodeError, ValueError) as error:
            log.warning("mirror_thrown_away", scope=scope, why=str(error))
            self._mirror.forget_scope(self._tracker, scope)
            return None

    def keep(
        self, scope: str, fingerprint: str, rows: Mapping[str, WireIssue], state: _State, last: Last | None
    ) -> None:
        """Remember a complete reading."""
        before = last.rows if last else {}
        self._mirror.keep(
            self._tracker,
            scope,
            fingerprint,
            after=last.kept if last else None,
            state=_encode(state),
            changed={ident: _encode(row) for ident, row in rows.items() if before.get(ident) is not row},
            gone=before.keys() - rows.keys(),
        )


def read_rows(
    client: Client,
    tables: Tables,
    view: View,
    opening: Opening,
    memory: ScopeMemory | None,
    besides: Sequence[Callable[[], object]],
    seen: Callable[[Sequence[WireIssue]], object],
) -> tuple[dict[str, WireIssue], tuple[str, ...]]:
    """The scope's rows by id, and what to say about how they were read. `besides` is asked at the same time; `seen`
    is shown the pages of a full reading as they come.

    The next reading begins at the opening's mark, if this one comes to its end.
    """
    cycles, mark = opening.cycles, opening.mark
    now = memory.clock() if memory else None
    fingerprint = fingerprint_of(client, tables, view)
    last = memory.last(view.scope, fingerprint) if memory and now and mark else None
    if last and view.since < last.state.since:
        last = None
    swept_at = now
    if last is None:
        rows = walk_until_still(client, view.filter, parts_of(view.teams), mark, besides, seen)
    else:
        rows = _catch_up(client, view, last, mark, besides)
        rows |= _read_again(client, tables, cycles, rows, last.state.unlisted)
        if now and not last.state.swept_at <= now < last.state.swept_at + SWEEP_EVERY:
            _compare_ids(client, view, rows)
        else:
            swept_at = last.state.swept_at
    rows = view.of(rows)
    if memory and mark and swept_at:
        state = _State(
            swept_at=swept_at,
            watermark=mark,
            since=view.since,
            cycles=tuple(sorted(view.cycles)),
            unlisted=tuple(sorted(_unlisted(tables, cycles, rows))),
        )
        memory.keep(view.scope, fingerprint, rows, state, last)
    if now and swept_at and swept_at != now:
        return rows, (
            f"what was deleted or hidden from this token in Linear was last looked for {_age(now - swept_at)}",
        )
    return rows, ()


def fingerprint_of(client: Client, tables: Tables, view: View) -> str:
    """One for all that decides what is read and how: another one, and everything is read anew."""
    who = tables.sign_in
    teams = sorted((team.id, team.key) for team in view.teams)
    parts = (client.url, who.viewer.id, who.organization.id, teams, documents.ISSUES)
    return sha256(repr(parts).encode()).hexdigest()


def _catch_up(
    client: Client, view: View, last: Last, mark: datetime | None, besides: Sequence[Callable[[], object]]
) -> dict[str, WireIssue]:
    """What was kept, with everything that changed since the watermark and the overlap before it."""
    after = {"updatedAt": {"gte": moment(last.state.watermark - OVERLAP)}}
    changed, elsewhere, *_ = together(
        partial(walk_until_still, client, after, [Part(view.keys)], mark),
        partial(_changed_elsewhere, client, view, after),
        *besides,
    )
    rows = dict(last.rows)
    for ident, row in changed.items():
        known = rows.get(ident)
        if known is None or known.updated_at < row.updated_at:
            rows[ident] = row
    for listed in elsewhere:
        # what moved here since it was listed there changed since then
        if listed.id in rows and rows[listed.id].updated_at <= listed.updated_at:
            del rows[listed.id]
    if opened := view.cycles - set(last.state.cycles):
        inside = {"cycle": {"id": {"in": sorted(opened)}}}
        rows |= walk_until_still(client, inside, [Part(view.keys)], mark)
    return rows


def _changed_elsewhere(client: Client, view: View, after: Mapping[str, Any]) -> list[WireListed]:
    theirs = {"filter": {"and": [after, {"team": {"key": {"nin": list(view.keys)}}}]}}
    return [listed for page in client.walk(documents.LISTING, WireListed, theirs) for listed in page]


def _read_again(
    client: Client, tables: Tables, cycles: Cycles, rows: Mapping[str, WireIssue], known: Collection[str]
) -> dict[str, WireIssue]:
    """Rows that name what no table holds: it was deleted, and Linear says nothing of that on the issue."""
    strange = _unlisted(tables, cycles, rows) - set(known)
    return by_id(client, [row.id for row in rows.values() if _names(row) & strange]) if strange else {}


def _unlisted(tables: Tables, cycles: Cycles, rows: Mapping[str, WireIssue]) -> set[str]:
    listed = tables.labels().keys() | tables.containers().slugs.keys() | cycles.rows.keys()
    return {name for row in rows.values() for name in _names(row)} - listed


def _names(row: WireIssue) -> set[str]:
    return {*row.label_ids, *(each.id for each in (row.project, row.cycle) if each)}


def _compare_ids(client: Client, view: View, rows: dict[str, WireIssue]) -> None:
    """Make `rows` what Linear lists now. What is not listed is asked by id: it may just have been edited meanwhile."""
    listed = listing(client, view.filter, parts_of(view.teams))
    doubtful = view.of(rows).keys() - listed.keys()
    changed = {ident for ident, at in listed.items() if ident not in rows or rows[ident].updated_at != at}
    answered = by_id(client, doubtful | changed)
    for ident in doubtful | changed:
        rows.pop(ident, None)
    rows |= answered


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    return f"{minutes // 60} h ago" if minutes >= 60 else f"{minutes} min ago"
