"""How Jira Cloud is read: ids first, then the issues in bulk; where few are expected, straight from one search page.

After Atlassian's pages on search/jql and issue/bulkfetch: a short page is not the last, an issue that cannot be read
is in no list of the answer, and the search's index lags behind, so the answers are held against what was asked.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from adapters.errors import Unreadable
from adapters.jira.client import BULK_FETCH, SEARCH, Client
from adapters.jira.failures import RefusedRead
from adapters.jira.fetching import Fetched, Wanted, converted, in_order, parts, still_listed
from adapters.jira.wire import id_page, page_decoder, rows_decoder

T = TypeVar("T")

IDS_A_PAGE = 5_000
IDS_A_QUERY = 100
ROWS_A_PAGE = 100
MOST_PAGES = 2_000
MOST_PAGES_WITHOUT_NEWS = 20
BULK, SMALL_BULK = 1_000, 100


class CloudFetching:
    """adapters.jira.fetching.Fetching for Cloud; remembers that a site refuses the large bulk."""

    one_request_brings = 0
    """A page of the search is cut as short as Jira likes."""
    reads_flags_by: tuple[str, ...] = ()

    def __init__(self, client: Client, connections: int) -> None:
        self._client = client
        self._connections = connections
        self._size = BULK
        self._proven = False
        self._lock = threading.Lock()

    def listing(self, jql: str) -> dict[str, str]:
        """See adapters.jira.fetching.Fetching."""
        found: dict[str, str] = {}
        tokens: set[str] = set()
        body: dict[str, object] = {"jql": jql, "fields": ["id", "key"], "maxResults": IDS_A_PAGE}
        without_news = 0
        for _ in range(MOST_PAGES):
            page = self._client.fetch(id_page, "POST", SEARCH, body=body)
            before = len(found)
            found.update((row.id, row.key) for row in page.issues)
            token = page.next_page_token
            if token is None:
                return found
            without_news = 0 if len(found) > before else without_news + 1
            if token in tokens or without_news >= MOST_PAGES_WITHOUT_NEWS:
                break
            tokens.add(token)
            body["nextPageToken"] = token
        raise Unreadable("Jira's search does not come to an end: its pages repeat", tracker=self._client.name)

    def by_query(self, jql: str, wanted: Wanted[T], *, expected: int | None = None) -> Fetched[T]:
        """See adapters.jira.fetching.Fetching. Few are expected: the first page of the search brings them itself.

        Nothing is expected: ids first, which costs a small result one request more and a large one none.
        """
        rows: dict[str, T] = {}
        if expected is not None and expected <= ROWS_A_PAGE:
            body = {"jql": jql, "maxResults": ROWS_A_PAGE, **wanted.body}
            page = self._client.fetch(page_decoder(wanted.custom), "POST", SEARCH, body=body)
            rows = converted(page.issues, wanted, tracker=self._client.name)
            if page.next_page_token is None:
                return Fetched(in_order(rows))
        listed = self.listing(jql)
        rows = {ident: row for ident, row in rows.items() if ident in listed}
        rows |= self.by_id([ident for ident in listed if ident not in rows], wanted)
        return Fetched(in_order(rows), self._gone([ident for ident in listed if ident not in rows]))

    def by_id(self, names: Sequence[str], wanted: Wanted[T]) -> dict[str, T]:
        """See adapters.jira.fetching.Fetching."""
        decoder = rows_decoder(wanted.custom)
        found: dict[str, T] = {}

        def ask(part: Sequence[str]) -> dict[str, T]:
            body = {"issueIdsOrKeys": list(part), **wanted.body}
            answer = self._client.fetch(decoder, "POST", BULK_FETCH, body=body)
            return converted(answer.issues, wanted, tracker=self._client.name)

        def fetch(part: Sequence[str]) -> dict[str, T]:
            try:
                return ask(part)
            except RefusedRead:
                if len(part) <= SMALL_BULK:
                    raise
                self._size = SMALL_BULK
                return {ident: row for small in parts(part, SMALL_BULK) for ident, row in ask(small).items()}

        with self._lock:
            if not self._proven and len(names) > SMALL_BULK:
                # Alone: on a site without the large bulk, several side by side would each be refused.
                try:
                    found = ask(names[:BULK])
                    names = names[BULK:]
                except RefusedRead:
                    self._size = SMALL_BULK
                self._proven = True
        for rows in self._side_by_side(fetch, parts(names, self._size)):
            found |= rows
        return in_order(found)

    def _side_by_side(
        self, fetch: Callable[[Sequence[str]], dict[str, T]], asked: list[Sequence[str]]
    ) -> list[dict[str, T]]:
        """All the answers; the first that fails ends the others that have not begun."""
        if len(asked) < 2 or self._connections == 1:
            return [fetch(part) for part in asked]
        pool = ThreadPoolExecutor(max_workers=self._connections, thread_name_prefix="jira")
        try:
            return list(pool.map(fetch, asked))
        finally:
            pool.shutdown(cancel_futures=True)

    def _gone(self, unanswered: Sequence[str]) -> tuple[str, ...]:
        """The listed ids that were not answered and are no longer listed. Still listed: the reading is a problem."""
        still = [ident for part in parts(unanswered, IDS_A_QUERY) for ident in self._still_listed(part)]
        if still:
            raise still_listed(still, self._client.name)
        return tuple(sorted(unanswered))

    def _still_listed(self, ids: Sequence[str]) -> list[str]:
        try:
            return list(self.listing(f"id in ({', '.join(ids)})"))
        except RefusedRead:
            # Jira refuses a query that names an issue it does not have: ask for the others without it.
            if len(ids) == 1:
                return []
            half = len(ids) // 2
            return [*self._still_listed(ids[:half]), *self._still_listed(ids[half:])]
