"""Reading only what changed: today's list of ids, what changed lately, and what Jira changes without saying so.

The result is what a full read would bring. Jira moves `updated` for an edit of the issue itself, not for what happens
around it, so these are read again whatever their date: issues with another key (a project was renamed), issues in a
sprint that is started, closed, reopened or not of these boards, children of what is gone or hidden, issues with a
ledger of our flags, and ancestors. A component, priority, type, status or resolution that is renamed waits for the
daily full read.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version

import msgspec
import structlog

from adapters.errors import Unreadable
from adapters.jira.fetching import Fetching, Wanted, still_listed
from adapters.jira.hierarchy import Place
from adapters.jira.sprint_history import Move
from adapters.mirror import Kept, Mirror
from mappings.model import Issue, Sprint

log = structlog.get_logger()

OVERLAP = timedelta(minutes=10)
"""How far behind its own issues the search's index may be: what changed within it is asked for twice."""
FULL_EVERY = timedelta(days=1)


class IssueRead(msgspec.Struct, frozen=True, gc=False):
    """An issue as read, and which estimate fields hold numbers on it."""

    issue: Issue
    estimates: tuple[str, ...] = ()
    moves: tuple[Move, ...] | None = None
    """How it moved between sprints; None where nobody has asked."""
    place: Place | None = None
    """On Data Center, what it says of its level: that depends on other issues too."""


class _State(msgspec.Struct, frozen=True):
    full_at: datetime
    watermark: datetime
    """When that reading began. By the same clock as `now`, so it does not matter how far off that clock is."""
    ancestors: tuple[str, ...]
    hidden: tuple[str, ...]
    """Ids of ancestors that the token may not see, or that are gone; on Data Center their keys."""
    sprints: tuple[tuple[str, str], ...]
    """Id and state of each."""
    one_request_brings: int
    """As adapters.jira.fetching.Fetching says it."""


_issue = msgspec.json.Decoder(IssueRead)
_state = msgspec.json.Decoder(_State)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Last:
    """The last complete reading of a scope."""

    kept: Kept
    state: _State
    issues: Mapping[str, IssueRead]

    @property
    def fits_one_request(self) -> bool:
        """The whole scope comes in one request: asking what changed in it would take more."""
        return len(self.issues) <= self.state.one_request_brings

    @property
    def moves(self) -> dict[str, tuple[datetime, tuple[Move, ...]]]:
        """As adapters.jira.sprint_history.SprintHistory remembers them."""
        known = self.issues.items()
        return {ident: (row.issue.changed, row.moves) for ident, row in known if row.moves is not None}


@dataclass(frozen=True, slots=True)
class Brought:
    """What a scope's query holds now."""

    rows: Mapping[str, IssueRead]
    gone: tuple[str, ...]
    above: Mapping[str, IssueRead | None]
    """Ancestors that were read with it; None: not visible."""
    fresh: Collection[str]
    """Ids of the rows that were read just now."""


class ScopeMemory:
    """The mirror of one connection's scopes. `clock` tells the server's time, None as long as it has not."""

    def __init__(self, mirror: Mirror, tracker: str, clock: Callable[[], datetime | None]) -> None:
        self.tracker = tracker
        self._mirror = mirror
        self._clock = clock

    def now(self) -> datetime:
        """The server's time. Raises Unreadable where it does not tell."""
        now = self._clock()
        if now is None:
            raise Unreadable("Jira tells no time: its answers carry no Date", tracker=self.tracker)
        return now

    def last(self, scope: str, fingerprint: str) -> Last | None:
        """The last reading under this fingerprint; None where a full one is due."""
        now = self._clock()
        kept = self._mirror.last(self.tracker, scope, fingerprint)
        if kept is None or now is None:
            return None
        try:
            state = _state.decode(kept.state)
            if not state.full_at <= now < state.full_at + FULL_EVERY or state.watermark > now + OVERLAP:
                return None
            return Last(kept, state, {ident: _issue.decode(body) for ident, body in kept.issues.items()})
        except (msgspec.DecodeError, ValueError) as error:
            log.warning("mirror_thrown_away", scope=scope, why=str(error))
            self._mirror.forget_scope(self.tracker, scope)
            return None

    def size(self, scope: str) -> int | None:
        """How many issues the scope held last time; None where it was never read."""
        return self._mirror.size(self.tracker, scope)

    def keep(
        self,
        scope: str,
        fingerprint: str,
        brought: Brought,
        *,
        last: Last | None,
        started: datetime,
        moves: Mapping[str, tuple[datetime, tuple[Move, ...]]],
        ancestors: Iterable[str],
        hidden: Iterable[str],
        sprints: Iterable[Sprint],
        one_request_brings: int,
    ) -> None:
        """Remember a complete reading that began at `started`, by the server's clock."""
        state = _State(
            full_at=last.state.full_at if last else started,
            watermark=started,
            ancestors=tuple(sorted(ancestors)),
            hidden=tuple(sorted(hidden)),
            sprints=tuple((sprint.id, sprint.state) for sprint in sprints),
            one_request_brings=one_request_brings,
        )
        self._mirror.keep(
            self.tracker,
            scope,
            fingerprint,
            after=last.kept if last else None,
            state=_encode(state),
            changed=_bodies(brought, moves),
            gone=last.issues.keys() - brought.rows.keys() if last else (),
        )

    def forget(self, issue: str) -> None:
        """Read this issue anew next time: we wrote to it in a way that may not show in `updated`."""
        self._mirror.forget_issue(self.tracker, issue)


def _bodies(brought: Brought, moves: Mapping[str, tuple[datetime, tuple[Move, ...]]]) -> dict[str, bytes]:
    """The rows to keep: what was read just now, and what has other moves than before."""
    found = {}
    for ident, row in brought.rows.items():
        changed, known = moves.get(ident, (None, None))
        known = known if changed == row.issue.changed else None
        if ident in brought.fresh or known != row.moves:
            found[ident] = _encode(msgspec.structs.replace(row, moves=known))
    return found


def fingerprint_of(*parts: object) -> str:
    """One for all that decides how an issue is read: another one, and everything is read anew."""
    model = [(field.name, str(field.type)) for field in fields(Issue)]
    return sha256(repr((_version(), model, parts)).encode()).hexdigest()


def _version() -> str:
    try:
        return version("okrsync")
    except PackageNotFoundError:
        return ""


def catch_up(
    fetching: Fetching,
    memory: ScopeMemory,
    last: Last,
    wanted: Wanted[IssueRead],
    *,
    query: str,
    sprints: Iterable[Sprint],
) -> Brought:
    """What the query holds now, with as little read as it takes. Raises as `Fetching` does."""
    kept = last.issues
    listed = fetching.listing(query)
    changed, gone = _changed(fetching, memory, last, wanted, query)
    # The search may show an older state of an issue than the bulk read did last time.
    fresh = {
        ident: row
        for ident, row in changed.items()
        if ident in listed and (ident not in kept or row.issue.changed >= kept[ident].issue.changed)
    }
    shown = {sprint.id for sprint in sprints}
    lost = kept.keys() - listed.keys() | set(last.state.hidden)
    other = {sprint.id for sprint in sprints if (sprint.id, sprint.state) not in last.state.sprints}
    turned = _in_sprints(fetching, other)
    above = {*last.state.ancestors, *last.state.hidden} - listed.keys()
    again = {
        ident
        for ident, key in listed.items()
        if ident not in fresh
        and (ident not in kept or ident in turned or _may_differ(kept[ident].issue, key, shown, lost))
    }
    answered = fetching.by_id(sorted(again | above), wanted)
    newly_hidden = set(last.state.ancestors) & above - answered.keys()
    orphans = (
        {ident for ident in listed.keys() - fresh.keys() - again if kept[ident].issue.parent in newly_hidden}
        if newly_hidden
        else set()
    )
    answered |= fetching.by_id(sorted(orphans), wanted)
    fresh |= {ident: answered[ident] for ident in (again | orphans) & answered.keys()}
    unanswered = (again | orphans) - answered.keys() | {ident for ident in gone if ident in listed}
    if unanswered and (still := unanswered & fetching.listing(query).keys()):
        raise still_listed(sorted(still), memory.tracker)
    rows = {ident: fresh.get(ident) or kept[ident] for ident in listed if ident not in unanswered}
    return Brought(
        rows=rows,
        gone=tuple(sorted(unanswered)),
        above={ident: answered.get(ident) for ident in above},
        fresh=fresh.keys(),
    )


def _changed(
    fetching: Fetching, memory: ScopeMemory, last: Last, wanted: Wanted[IssueRead], query: str
) -> tuple[Mapping[str, IssueRead], tuple[str, ...]]:
    """What changed since the watermark, and the overlap before it.

    In minutes before now: absolute times in JQL are in the account's own zone. By the server's clock; where it went on
    while we waited to be let in, the minutes no longer reach back far enough and the question is asked again.
    """
    condition, order, by = query.rpartition(" ORDER BY ")
    while True:
        now = memory.now()
        minutes = math.ceil((now - last.state.watermark + OVERLAP) / timedelta(minutes=1)) + 1
        found = fetching.by_query(f'({condition}) AND updated >= "-{minutes}m"{order}{by}', wanted, expected=0)
        if memory.now() - now < OVERLAP / 2:
            return found.rows, found.gone


def _in_sprints(fetching: Fetching, sprints: Collection[str]) -> Collection[str]:
    """What is in sprints that were in another state last time, or not there: that changes no issue's date."""
    return fetching.listing(f"sprint in ({', '.join(sorted(sprints))})").keys() if sprints else ()


def _may_differ(issue: Issue, key: str, shown: Collection[str], lost: Collection[str]) -> bool:
    """True where Jira may answer something else for the issue than was kept, though its date has not moved."""
    return (
        issue.key != key
        or bool(issue.flagged)
        or (issue.parent is not None and issue.parent in lost)
        or any(sprint not in shown for sprint in issue.sprints)
    )
