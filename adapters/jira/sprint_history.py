"""How each issue came into its sprint: planned, added after the start, carried over. By the Sprint field's history.

Cloud: POST changelog/bulkfetch, 1,000 issues a request. Data Center has no such call: a search by id that expands the
changelog, 100 issues a page. Only what may have changed since it was last seen is asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import msgspec

from adapters.errors import AccessDenied, NotFound, Unreadable
from adapters.jira.client import CLOUD_API, Client
from adapters.jira.failures import RefusedRead
from adapters.jira.fetching import parts
from adapters.jira.wire import moment
from mappings.model import STANDARD, Issue, Sprint, State

ISSUES_A_REQUEST = 1_000
CHANGES_A_PAGE = 10_000
ISSUES_A_SEARCH = 100
MOST_PAGES = 1_000
_MILLISECONDS_FROM = 100_000_000_000
"""As seconds this is the year 5138; as milliseconds it is 1973, before there was a Jira."""


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """One change of the Sprint field: the ids it held before and after."""

    at: datetime
    before: tuple[str, ...]
    after: tuple[str, ...]


class _Item(msgspec.Struct, frozen=True, gc=False, rename={"field_id": "fieldId", "before": "from", "after": "to"}):
    field: str = ""
    field_id: str = ""
    before: str | None = None
    after: str | None = None


class _Change(msgspec.Struct, frozen=True, gc=False):
    created: int | float | str
    items: list[_Item] = []


class _IssueLog(msgspec.Struct, frozen=True, rename="camel"):
    issue_id: str
    change_histories: list[_Change] = []


class _LogPage(msgspec.Struct, frozen=True, rename="camel"):
    issue_change_logs: list[_IssueLog] = []
    next_page_token: str | None = None


class _Changelog(msgspec.Struct, frozen=True):
    histories: list[_Change] = []


class _Found(msgspec.Struct, frozen=True):
    id: str
    changelog: _Changelog = _Changelog()


class _FoundPage(msgspec.Struct, frozen=True):
    issues: list[_Found]
    total: int = 0


_log_page = msgspec.json.Decoder(_LogPage)
_found_page = msgspec.json.Decoder(_FoundPage)


class SprintHistory:
    """The moves of issues between sprints. `remembered` may be filled before a run and kept after it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.remembered: dict[str, tuple[datetime, tuple[Move, ...]]] = {}
        """By issue id: when the issue had last changed as its moves were read, and the moves, oldest first."""

    def entries(
        self, issues: Sequence[Issue], sprints: Iterable[Sprint], field: str | None
    ) -> tuple[tuple[Issue, ...], tuple[str, ...]]:
        """The issues with `entered` for those of `sprints` that have begun, and what to say where it is not known."""
        begun = {sprint.id: sprint for sprint in sprints if sprint.start and sprint.state != "future"}
        rows = [issue for issue in issues if _is_row(issue) and begun.keys() & set(issue.sprints)]
        if field is None or not rows:
            return tuple(issues), ()
        stale = [issue for issue in rows if self.remembered.get(issue.id, (None, ()))[0] != issue.changed]
        try:
            moves = self._read([issue.id for issue in stale], field)
        except (RefusedRead, NotFound, AccessDenied) as error:
            return tuple(issues), (f"how issues came into their sprints is not known: {error}",)
        self.remembered.update((issue.id, (issue.changed, moves.get(issue.id, ()))) for issue in stale)
        known = {
            issue.id: tuple(
                (ident, entered(issue, begun[ident], self.remembered[issue.id][1]))
                for ident in issue.sprints
                if ident in begun
            )
            for issue in rows
        }
        return tuple(replace(row, entered=known[row.id]) if row.id in known else row for row in issues), ()

    def _read(self, ids: Sequence[str], field: str) -> dict[str, tuple[Move, ...]]:
        found: dict[str, list[Move]] = {}
        read = self._from_changelogs if self._client.api == CLOUD_API else self._from_search
        try:
            for ident, change in read(ids, field):
                found.setdefault(ident, []).extend(_moves(change, field))
        except ValueError as error:
            raise Unreadable(
                f"a change in an issue's history has no time: {error}", tracker=self._client.name
            ) from None
        return {ident: tuple(sorted(moves)) for ident, moves in found.items()}

    def _from_changelogs(self, ids: Sequence[str], field: str) -> Iterable[tuple[str, _Change]]:
        for some in parts(ids, ISSUES_A_REQUEST):
            body: dict[str, object] = {
                "issueIdsOrKeys": list(some),
                "fieldIds": [field],
                "maxResults": CHANGES_A_PAGE,
            }
            tokens: set[str] = set()
            for _ in range(MOST_PAGES):
                page = self._client.fetch(_log_page, "POST", f"{CLOUD_API}/changelog/bulkfetch", body=body)
                yield from ((log.issue_id, change) for log in page.issue_change_logs for change in log.change_histories)
                token = page.next_page_token
                if token is None:
                    break
                if token in tokens:
                    raise Unreadable("Jira's history does not end: its pages repeat", tracker=self._client.name)
                tokens.add(token)
                body["nextPageToken"] = token

    def _from_search(self, ids: Sequence[str], field: str) -> Iterable[tuple[str, _Change]]:
        for some in parts(ids, ISSUES_A_SEARCH):
            body: dict[str, object] = {
                "jql": f"id in ({', '.join(some)}) ORDER BY key ASC",
                "fields": ["id"],
                "expand": ["changelog"],
                "maxResults": ISSUES_A_SEARCH,
            }
            start = 0
            while True:  # the site may allow shorter pages than were asked for
                body["startAt"] = start
                page = self._client.fetch(_found_page, "POST", f"{self._client.api}/search", body=body)
                yield from ((row.id, change) for row in page.issues for change in row.changelog.histories)
                start += len(page.issues)
                if not page.issues or start >= page.total:
                    break


def entered(issue: Issue, sprint: Sprint, moves: Sequence[Move]) -> str:
    """planned, added or carried.

    Carried over: when it came, the field still held another sprint, and Jira leaves only completed ones in it. Else
    added if it came after the start. An issue that never moved into the sprint was created in it.
    """
    coming = [move for move in moves if sprint.id in move.after and sprint.id not in move.before]
    if coming and set(coming[-1].after) - {sprint.id}:
        return "carried"
    came = coming[-1].at if coming else issue.created
    return "added" if sprint.start is not None and came > sprint.start else "planned"


def instant(created: float | str) -> datetime:
    """A change's time: epoch seconds, epoch milliseconds, or Jira's text. ValueError for anything else."""
    if isinstance(created, str) and not created.isdigit():
        return moment(created)
    number = float(created)
    try:
        return datetime.fromtimestamp(number / 1000 if abs(number) >= _MILLISECONDS_FROM else number, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(str(error)) from None


def _moves(change: _Change, field: str) -> Iterable[Move]:
    for item in change.items:
        # Data Center names the field and leaves its id out.
        if item.field_id == field or (not item.field_id and item.field.casefold() == "sprint"):
            yield Move(instant(change.created), _ids(item.before), _ids(item.after))


def _ids(text: str | None) -> tuple[str, ...]:
    return tuple(ident for ident in (part.strip() for part in (text or "").split(",")) if ident)


def _is_row(issue: Issue) -> bool:
    return issue.level == STANDARD and issue.state is not State.CANCELLED
