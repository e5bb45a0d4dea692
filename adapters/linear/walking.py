"""Walking a scope's issue pages to the very end: in parts where there are many, and until nothing moved meanwhile."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from typing import Any, TypeVar

import structlog

from adapters.errors import Unreadable
from adapters.linear import documents
from adapters.linear.client import CONNECTIONS, Client
from adapters.linear.together import together, until_one_fails
from adapters.linear.wire import WireIssue, WireListed, WireTeam

Row = TypeVar("Row")
log = structlog.get_logger()

FEW_PAGES = 4
"""Up to so many pages one walk is as fast as several, and sends fewer requests."""
MOST_PARTS = 2 * CONNECTIONS
"""Twice the connections: a part with more work than the others is evened out by the rest."""
_OVERLAP = timedelta(minutes=1)
_MOST_WALKS = 5


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """Teams, and of their issues those with numbers above `above` and up to `up_to` (None: no end)."""

    teams: tuple[str, ...]
    above: int = 0
    up_to: int | None = None

    @property
    def filter(self) -> dict[str, Any]:
        """As Linear's IssueFilter spells it."""
        number = {"gt": self.above} if self.above else {}
        if self.up_to is not None:
            number["lte"] = self.up_to
        mine: dict[str, Any] = {"team": {"key": {"in": list(self.teams)}}}
        return {"number": number, **mine} if number else mine

    def holds(self, row: WireIssue) -> bool:
        """True for an issue that belongs here."""
        return row.team.key in self.teams and row.number > self.above and row.number <= (self.up_to or row.number)


def parts_of(teams: Sequence[WireTeam]) -> tuple[Part, ...]:
    """One part where few pages are to be expected; else about eight of the same size, by team and by number.

    A part without an end takes what has a higher number than was expected, so that together they hold every issue.
    """
    total = sum(team.issue_count for team in teams)
    if total <= FEW_PAGES * documents.PAGE:
        return (Part(tuple(sorted(team.key for team in teams))),)
    size = max(documents.PAGE, ceil(total / MOST_PARTS))
    found: list[Part] = []
    small: list[WireTeam] = []
    for team in sorted(teams, key=lambda team: team.key):
        cuts = round(team.issue_count / size)
        if cuts < 2:
            small.append(team)
            if sum(each.issue_count for each in small) >= size:
                found.append(Part(tuple(each.key for each in small)))
                small = []
            continue
        # whole pages, so that no part ends with a nearly empty one
        step = ceil(team.issue_count / cuts / documents.PAGE) * documents.PAGE
        edges = [step * place for place in range(cuts) if step * place < team.issue_count]
        ends: list[int | None] = [*edges[1:], None]
        found += [Part((team.key,), above, end) for above, end in zip(edges, ends, strict=True)]
    if small:
        found.append(Part(tuple(each.key for each in small)))
    return tuple(found)


def walk_until_still(
    client: Client,
    wanted: Mapping[str, Any],
    parts: Sequence[Part],
    mark: datetime | None,
    besides: Sequence[Callable[[], object]] = (),
    seen: Callable[[Sequence[WireIssue]], object] = len,
) -> dict[str, WireIssue]:
    """Every issue that the filter holds, by id; of two readings of one, the later change wins. Trashed ones are there,
    and of those that left the parts' teams meanwhile how they are now.

    `mark` is the newest change anywhere, asked before. The order is newest change first, so an issue that is edited
    while the pages are walked jumps ahead of the cursor and may be missed; and one that moves to another team was
    read before it did. Either has changed since the mark: what did so, in any team, is asked for until the answer
    fits into one page, which nothing can jump over, or brings nothing new (a bulk edit fills many pages with one
    moment). `besides` is called where a walk leaves connections free, and `seen` with each page as it comes.
    """
    teams = frozenset(team for part in parts for team in part.teams)
    found: dict[str, WireIssue] = {}
    pages = _walk_parts(client, wanted, parts, besides if len(parts) == 1 else (), seen)
    late = besides if len(parts) > 1 else ()
    for _ in range(_MOST_WALKS):
        news = _merge(found, (row for page in pages for row in page if row.team.key in teams or row.id in found))
        if len(pages) == 1 or not news:
            return found
        since: Mapping[str, Any] = {"updatedAt": {"gte": moment(mark - _OVERLAP)}} if mark else {}
        pages, *_ = together(partial(_pages, client, since), *late)
        late = ()
        mark = max((row.updated_at for row in pages[0]), default=mark)
    raise Unreadable(f"{client.name}: issues change faster than they can be read", tracker=client.name)


def by_id(client: Client, ids: Iterable[str]) -> dict[str, WireIssue]:
    """What there is of these ids, wherever it stands; trashed, deleted and hidden ones are not in it."""
    found: dict[str, WireIssue] = {}
    names = sorted(ids)
    for start in range(0, len(names), documents.PAGE):
        chosen = {"filter": {"id": {"in": names[start : start + documents.PAGE]}}}
        for page in client.walk(documents.ISSUES, WireIssue, chosen):
            found.update({row.id: row for row in page if not row.trashed})
    return found


def listing(client: Client, wanted: Mapping[str, Any], parts: Sequence[Part]) -> dict[str, datetime]:
    """When each issue that the filter holds changed last, by id. One that is edited meanwhile may be missed."""
    calls = [partial(_walk, client, documents.LISTING, WireListed, wanted, len, part) for part in parts]
    return {row.id: row.updated_at for pages in until_one_fails(calls) for page in pages for row in page}


def moment(at: datetime) -> str:
    """As Linear writes and reads it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _walk_parts(
    client: Client,
    wanted: Mapping[str, Any],
    parts: Sequence[Part],
    besides: Sequence[Callable[[], object]],
    seen: Callable[[Sequence[WireIssue]], object],
) -> list[list[WireIssue]]:
    calls = [partial(_walk, client, documents.ISSUES, WireIssue, wanted, seen, part) for part in parts]
    aside = [partial(_aside, call) for call in besides]
    found = until_one_fails([*aside, *calls])[len(aside) :]
    for part, pages in zip(parts, found, strict=True):
        rows = [row for page in pages for row in page]
        if strange := next((row for row in rows if not part.holds(row)), None):
            raise Unreadable(
                f"{client.name}: Linear answered {strange.identifier} to a question about other issues",
                tracker=client.name,
            )
        log.debug("part_read", tracker=client.name, teams=part.teams, above=part.above, issues=len(rows))
    return [page for pages in found for page in pages]


def _pages(client: Client, wanted: Mapping[str, Any]) -> list[list[WireIssue]]:
    return list(client.walk(documents.ISSUES, WireIssue, {"filter": wanted}))


def _walk(
    client: Client,
    document: str,
    row: type[Row],
    wanted: Mapping[str, Any],
    seen: Callable[[Sequence[Row]], object],
    part: Part,
    stop: threading.Event,
) -> list[list[Row]]:
    pages = []
    for page in client.walk(document, row, {"filter": {"and": [part.filter, wanted]}}):
        pages.append(page)
        seen(page)
        if stop.is_set():  # another part failed: this reading is lost
            break
    return pages


def _aside(call: Callable[[], object], _: threading.Event) -> list[list[Any]]:
    call()
    return []


def _merge(found: dict[str, WireIssue], rows: Iterable[WireIssue]) -> bool:
    """Add the rows, later changes over earlier ones; says whether anything was new."""
    news = False
    for row in rows:
        before = found.get(row.id)
        if before is None or before.updated_at < row.updated_at:
            found[row.id] = row
            news = True
    return news
