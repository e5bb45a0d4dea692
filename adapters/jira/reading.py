"""Reading a scope: ids first, then the issues in bulk, then their ancestors by id. Complete, or an error.

After Atlassian's pages on search/jql and issue/bulkfetch: a short page is not the last, an issue that cannot be read
is in no list of the answer, and the search's index lags behind, so the answers are held against what was asked.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TypeVar

import msgspec

from adapters.errors import Unreadable
from adapters.jira.boards import boards_of, estimates_of, sprints_of
from adapters.jira.client import BULK_FETCH, SEARCH, Client
from adapters.jira.failures import RefusedRead, one_line
from adapters.jira.settings import JiraSettings
from adapters.jira.site import Site
from adapters.jira.wire import (
    FLAGS_PROPERTY,
    SYSTEM_FIELDS,
    Columns,
    Row,
    estimates_in,
    id_page,
    rows_decoder,
    to_issue,
)
from adapters.ports import Contents
from mappings.model import Issue, Scope, Sprint

T = TypeVar("T")

IDS_A_PAGE = 5_000
IDS_A_QUERY = 100
MOST_PAGES = 2_000
MOST_PAGES_WITHOUT_NEWS = 20
BULK, SMALL_BULK = 1_000, 100


class BulkReader:
    """Issues by id or key, in bulk; remembers for the rest of the run that a site refuses the large bulk."""

    def __init__(self, client: Client, connections: int) -> None:
        self._client = client
        self._connections = connections
        self._size = BULK

    def read(
        self,
        wanted: Sequence[str],
        *,
        fields: Sequence[str],
        custom: Sequence[str],
        properties: Sequence[str],
        convert: Callable[[Row], T],
    ) -> list[T]:
        """What Jira has of `wanted`, converted within the thread that read it; the rest is not in the list."""
        decoder = rows_decoder(custom)
        asked = {"fields": [*fields, *custom], "properties": list(properties)}

        def fetch(ids: Sequence[str]) -> list[T]:
            body = {"issueIdsOrKeys": list(ids), **asked}
            try:
                answer = self._client.fetch(decoder, "POST", BULK_FETCH, body=body)
            except RefusedRead:
                if len(ids) <= SMALL_BULK:
                    raise
                self._size = SMALL_BULK
                return [row for part in _parts(ids, SMALL_BULK) for row in fetch(part)]
            try:
                return [convert(row) for row in answer.issues]
            except (msgspec.DecodeError, msgspec.ValidationError, ValueError, RecursionError) as error:
                raise Unreadable(
                    f"an issue holds a value that its field's type does not allow: {one_line(str(error))}",
                    tracker=self._client.name,
                ) from None

        parts = list(_parts(wanted, self._size))
        if len(parts) < 2 or self._connections == 1:
            return [row for part in parts for row in fetch(part)]
        pool = ThreadPoolExecutor(max_workers=self._connections, thread_name_prefix="jira")
        try:
            return [row for rows in pool.map(fetch, parts) for row in rows]
        finally:
            pool.shutdown(cancel_futures=True)


class ScopeReader:
    """Reads scopes; the ancestors it has read, or found hidden, stay known for the run."""

    def __init__(self, client: Client, settings: JiraSettings, bulk: BulkReader) -> None:
        self._client = client
        self._settings = settings
        self._bulk = bulk
        self._cancelled = frozenset(form for name in settings.cancelled_resolutions for form in (name, name.casefold()))
        self._ancestors: dict[str, Issue | None] = {}

    def read(self, site: Site, scope: Scope, since: date) -> Contents:
        """See adapters.ports.Reader.read. A scope of boards alone has those boards' projects."""
        boards = boards_of(self._client, scope)
        sprints = sprints_of(self._client, boards, scope)
        estimates = estimates_of(self._client, boards, site)
        columns = Columns(site.sprint, estimates.fields, estimates.of_project, site.tags)
        projects = scope.projects or tuple(
            dict.fromkeys(board.location.project_key for board in boards if board.location.project_key)
        )
        query = scope_query(projects, scope.components, sprints, since)
        listed = self._listed(query) if query else []
        issues, used = self._issues(listed, columns)
        if estimates.guessed and len(used) > 1:
            raise self._ambiguous(site, used)
        gone = self._gone([ident for ident in listed if ident not in issues])
        ancestors, hidden = self._read_ancestors(issues, columns)
        return Contents(
            issues=tuple(issues[ident] for ident in sorted(issues)),
            ancestors=tuple(sorted(ancestors, key=lambda issue: issue.id)),
            sprints=tuple(sprints),
            hidden_ancestors=hidden,
            gone=gone,
        )

    def _listed(self, query: str) -> list[str]:
        """Every id that the search lists, once each, in its order."""
        found: dict[str, None] = {}
        tokens: set[str] = set()
        body: dict[str, object] = {"jql": query, "fields": ["id"], "maxResults": IDS_A_PAGE}
        without_news = 0
        for _ in range(MOST_PAGES):
            page = self._client.fetch(id_page, "POST", SEARCH, body=body)
            before = len(found)
            found.update((row.id, None) for row in page.issues)
            token = page.next_page_token
            if token is None:
                return list(found)
            without_news = 0 if len(found) > before else without_news + 1
            if token in tokens or without_news >= MOST_PAGES_WITHOUT_NEWS:
                break
            tokens.add(token)
            body["nextPageToken"] = token
        raise Unreadable("Jira's search does not come to an end: its pages repeat", tracker=self._client.name)

    def _issues(self, ids: Sequence[str], columns: Columns) -> tuple[dict[str, Issue], set[str]]:
        """Issues by id, and which estimate fields hold numbers on them."""

        def convert(row: Row) -> tuple[Issue, Iterable[str]]:
            issue = to_issue(row, columns, tracker=self._client.name, url=self._settings.url, cancelled=self._cancelled)
            return issue, estimates_in(row, columns) if len(columns.estimates) > 1 else ()

        rows = self._bulk.read(
            ids, fields=SYSTEM_FIELDS, custom=columns.custom, properties=[FLAGS_PROPERTY], convert=convert
        )
        return {issue.id: issue for issue, _ in rows}, {field for _, fields in rows for field in fields}

    def _gone(self, unanswered: Sequence[str]) -> tuple[str, ...]:
        """The listed ids that were not answered and are no longer listed. Still listed: the reading is a problem."""
        still = [ident for part in _parts(unanswered, IDS_A_QUERY) for ident in self._still_listed(part)]
        if still:
            raise Unreadable(
                f"Jira lists {len(still)} issue(s) that it does not answer (id {still[0]} is one): "
                "the token may not read them, or the index lags; run again later",
                tracker=self._client.name,
            )
        return tuple(sorted(unanswered))

    def _still_listed(self, ids: Sequence[str]) -> list[str]:
        try:
            return self._listed(f"id in ({', '.join(ids)})")
        except RefusedRead:
            # Jira refuses a query that names an issue it does not have: ask for the others without it.
            if len(ids) == 1:
                return []
            half = len(ids) // 2
            return [*self._still_listed(ids[:half]), *self._still_listed(ids[half:])]

    def _read_ancestors(self, issues: dict[str, Issue], columns: Columns) -> tuple[list[Issue], int]:
        """Parents, their parents and so on, that are not in the scope; and how many of them are hidden.

        Level by level; an issue is looked at once, so a cycle ends it.
        """
        found: list[Issue] = []
        seen = set(issues)
        hidden = 0
        level = {issue.parent for issue in issues.values() if issue.parent} - seen
        while level:
            seen |= level
            unknown = sorted(level - self._ancestors.keys())
            read, _ = self._issues(unknown, columns)
            self._ancestors.update((ident, read.get(ident)) for ident in unknown)
            visible = [self._ancestors[ident] for ident in level]
            found.extend(issue for issue in visible if issue is not None)
            hidden += visible.count(None)
            level = {issue.parent for issue in visible if issue is not None and issue.parent} - seen
        return found, hidden

    def _ambiguous(self, site: Site, used: set[str]) -> Unreadable:
        candidates = [field for field in site.estimate_candidates if field.id in used]
        listed = ", ".join(f'"{field.name}" ({field.id})' for field in candidates)
        return Unreadable(
            f"no board says which field holds the estimate, and issues carry numbers in {listed}: "
            f'name one in the config, estimate_field = "{candidates[0].id}"',
            tracker=self._client.name,
        )


def scope_query(
    projects: Sequence[str], components: Sequence[str], sprints: Iterable[Sprint], since: date
) -> str | None:
    """The scope's JQL; None where it holds nothing.

    Jira reads dates in the account's own time zone, so the window begins a day early: one day covers every zone.
    """
    parts = []
    if projects:
        where = f"project in ({_values(projects)})"
        if components:
            where += f" AND component in ({_values(components)})"
        day = (since - timedelta(days=1)).isoformat()
        parts.append(f'({where}) AND (statusCategory != Done OR updated >= "{day}")')
    active = [sprint.id for sprint in sprints if sprint.state == "active"]
    if active:
        parts.append(f"sprint in ({', '.join(active)})")
    return " OR ".join(f"({part})" for part in parts) + " ORDER BY key ASC" if parts else None


def quoted(value: str) -> str:
    """`value` as a JQL string."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _values(values: Sequence[str]) -> str:
    return ", ".join(quoted(value) for value in values)


def _parts(values: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))
