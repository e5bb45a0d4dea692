"""How Data Center is read: whole pages of issues by offset, the later ones side by side.

After Atlassian's "Jira Data Center REST API" page on search: a page is never longer than the site allows, whatever was
asked, and says so; the search tells no entity properties. What Cloud tells of an issue's place is put together here:
an epic by its name field, what is above from Epic Link and Parent Link, which hold keys.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeVar

import msgspec

from adapters.errors import NotFound, Unreadable
from adapters.jira.client import Client
from adapters.jira.fetching import Fetched, Wanted, converted, in_order, parts
from adapters.jira.hierarchy import Place, levels_of
from adapters.jira.jql import quoted_all
from adapters.jira.site import Site
from adapters.jira.wire import (
    FLAGS_PROPERTY,
    NULL,
    Columns,
    IssueType,
    ListedId,
    OffsetPage,
    Parent,
    Row,
    offset_ids,
    offset_page_decoder,
    row_decoder,
    sprints_of,
)
from mappings.model import EPIC, STANDARD, SUB_TASK

T = TypeVar("T")
R = TypeVar("R", bound=Row | ListedId)

A_PAGE = 1_000
NAMES_A_QUERY = 500
MOST_PAGES = 2_000
TRIES = 3
ABSENT = frozenset({"statuscategorychangedate"})
"""Fields of Cloud that Data Center does not have."""
_NAME = re.compile(r"[A-Za-z0-9_]+(-[0-9]+)?")
_ORDERED = re.compile(r"\border\s+by\b", re.IGNORECASE)


class DataCenterFetching:
    """adapters.jira.fetching.Fetching for Data Center; what it learns of keys and pages holds for the run.

    Entity properties cost a request for each issue. Where they may be spared, our flags are read only of an issue that
    carries one of `flag_labels` or is in an active sprint, and not at all where there are no such labels.
    """

    def __init__(
        self, client: Client, connections: int, site: Callable[[], Site], flag_labels: frozenset[str] = frozenset()
    ) -> None:
        self._client = client
        self._connections = connections
        self._site = site
        self._flag_labels = flag_labels
        self._ids: dict[str, str] = {}
        self.one_request_brings = A_PAGE
        self.reads_flags_by = tuple(sorted(flag_labels))

    def listing(self, jql: str) -> dict[str, str]:
        """See adapters.jira.fetching.Fetching."""
        found = {ident: row.key for ident, row in self._standing_still(jql, ["id"], offset_ids).items()}
        self._ids.update((key, ident) for ident, key in found.items())
        return found

    def by_query(self, jql: str, wanted: Wanted[T], *, expected: int | None = None) -> Fetched[T]:
        """See adapters.jira.fetching.Fetching; `expected` means nothing here: the pages bring everything anyway.

        A list that moves under the walk loses rows or brings them twice: then it is listed again, and what is missing
        is asked for by id.
        """
        fields, custom = self._asked(wanted)
        rows, whole = self._walk(jql, [*fields, *custom], offset_page_decoder(custom))
        gone: tuple[str, ...] = ()
        if not whole:
            listed = self.listing(jql)
            rows = {ident: row for ident, row in rows.items() if ident in listed}
            missing = [ident for ident in listed if ident not in rows]
            rows |= self._by_search(missing, wanted)
            gone = tuple(sorted(ident for ident in missing if ident not in rows))
        return Fetched(in_order(self._converted(rows, wanted)), gone)

    def by_id(self, names: Sequence[str], wanted: Wanted[T]) -> dict[str, T]:
        """See adapters.jira.fetching.Fetching."""
        if wanted.properties and not wanted.spares_flags:
            return in_order(self._converted(self._one_by_one(names, wanted), wanted))
        return in_order(self._converted(self._by_search(names, wanted), wanted))

    def _asked(self, wanted: Wanted[T]) -> tuple[list[str], tuple[str, ...]]:
        """The system fields, and the custom ones with those that say where an issue stands."""
        site = self._site()
        above = (site.epic_link, site.epic_name, site.parent_link) if "parent" in wanted.fields else ()
        custom = tuple(dict.fromkeys((*wanted.custom, *(field for field in above if field))))
        return [field for field in wanted.fields if field not in ABSENT], custom

    def _walk(
        self, jql: str, fields: Sequence[str], decoder: msgspec.json.Decoder[OffsetPage[R]], *, validated: bool = True
    ) -> tuple[dict[str, R], bool]:
        """Every page's rows by id; and whether they are all that there is, which takes a list that stood still.

        A page begins with the last row of the one before. Where it begins with another, the list has moved, though as
        many may have come as went; a row that was on both sides of a border, and on neither page, is not lost unseen.
        """
        # Without an order of its own a query's pages need not fit together.
        jql = jql if _ORDERED.search(jql) else f"{jql} ORDER BY key ASC"
        body = {"jql": jql, "fields": fields, "maxResults": A_PAGE, "validateQuery": validated}

        def page(start: int) -> OffsetPage[R]:
            path = f"{self._client.api}/search"
            return self._client.fetch(decoder, "POST", path, body={**body, "startAt": start})

        first = page(0)
        self.one_request_brings = first.max_results or A_PAGE
        size = min(self.one_request_brings, len(first.issues))
        starts = range(size - 1, first.total - 1, size - 1) if size > 1 else range(size, first.total)
        if len(starts) > MOST_PAGES:
            raise Unreadable(f"Jira answers {first.total} issues {size} by {size}", tracker=self._client.name)
        pages = [first, *self._side_by_side(page, starts)]
        rows = {row.id: row for answer in pages for row in answer.issues}
        stood_still = len(rows) == first.total and all(answer.total == first.total for answer in pages)
        return rows, stood_still and (size < 2 or all(_fit(above, below) for above, below in pairwise(pages)))

    def _standing_still(
        self, jql: str, fields: Sequence[str], decoder: msgspec.json.Decoder[OffsetPage[R]], *, validated: bool = True
    ) -> dict[str, R]:
        for _ in range(TRIES):
            rows, whole = self._walk(jql, fields, decoder, validated=validated)
            if whole:
                return rows
        raise Unreadable(
            f"Jira's list changed while it was read, {TRIES} times in a row: run again", tracker=self._client.name
        )

    def _by_search(self, names: Sequence[str], wanted: Wanted[T]) -> dict[str, Row]:
        fields, custom = self._asked(wanted)
        return self._named(names, [*fields, *custom], offset_page_decoder(custom))

    def _named(
        self, names: Sequence[str], fields: Sequence[str], decoder: msgspec.json.Decoder[OffsetPage[R]]
    ) -> dict[str, R]:
        """What there is of these ids and keys, as rows by id."""
        found: dict[str, R] = {}
        known = [name for name in dict.fromkeys(names) if _NAME.fullmatch(name)]
        for clause in ("id", "key"):
            for part in parts([name for name in known if name.isdigit() == (clause == "id")], NAMES_A_QUERY):
                # Not validated: Jira would refuse the whole list for the one of them that is gone.
                found |= self._standing_still(f"{clause} in ({quoted_all(part)})", fields, decoder, validated=False)
        return found

    def _one_by_one(
        self, names: Sequence[str], wanted: Wanted[T], states: Mapping[str, str] | None = None
    ) -> dict[str, Row]:
        """`states` tell an issue's `updated` where it is known: what was answered of that state need not be asked."""
        fields, custom = self._asked(wanted)
        decoder = row_decoder(custom)
        params: dict[str, str | int] = {
            "fields": ",".join([*fields, *custom]),
            "properties": ",".join(wanted.properties),
        }

        def read(name: str) -> Row | None:
            try:
                path, state = f"{self._client.api}/issue/{name}", (states or {}).get(name, "")
                return self._client.fetch(decoder, "GET", path, params=params, as_of=state)
            except NotFound:
                return None

        found = self._side_by_side(read, [name for name in dict.fromkeys(names) if _NAME.fullmatch(name)])
        return {row.id: row for row in found if row is not None}

    def _converted(self, rows: dict[str, Row], wanted: Wanted[T]) -> dict[str, T]:
        if "parent" in wanted.fields:
            rows = self._placed(rows)
        if wanted.spares_flags:
            rows = self._with_flags(rows)
        return converted(rows.values(), wanted, tracker=self._client.name)

    def _with_flags(self, rows: dict[str, Row]) -> dict[str, Row]:
        if not self._flag_labels:
            return rows
        columns = Columns(self._site().sprint)
        flagged = [
            row.id
            for row in rows.values()
            if self._flag_labels.intersection(row.fields.labels or ())
            or any(sprint.state == "active" for sprint in sprints_of(row, columns))
        ]
        read = self._one_by_one(
            flagged,
            Wanted(fields=["labels"], properties=[FLAGS_PROPERTY], convert=lambda row: row),
            {ident: rows[ident].fields.updated or "" for ident in flagged},
        )
        return rows | {
            ident: msgspec.structs.replace(rows[ident], properties=row.properties) for ident, row in read.items()
        }

    def _placed(self, rows: dict[str, Row]) -> dict[str, Row]:
        """The rows with a parent's id and a level, as Cloud's have them; the level as far as these rows tell it."""
        site = self._site()
        links = {row.id: (_key_in(row, site.epic_link), _key_in(row, site.parent_link)) for row in rows.values()}
        self._ids.update((row.key, row.id) for row in rows.values())
        unknown = sorted({key for pair in links.values() for key in pair if key} - self._ids.keys())
        self._ids.update((row.key, row.id) for row in self._named(unknown, ["id"], offset_ids).values())
        # A key that nobody answers is hidden: it stands for its issue, and is counted as such.
        self._ids.update((key, key) for key in unknown if key not in self._ids)
        places = {row.id: self._place(row, *links[row.id]) for row in rows.values()}
        levels = levels_of(places)
        return {ident: _in_place(row, places[ident], levels[ident]) for ident, row in rows.items()}

    def _place(self, row: Row, epic: str | None, above: str | None) -> Place:
        site = self._site()
        kind = row.fields.issuetype or IssueType()
        level = kind.hierarchy_level or STANDARD
        if kind.subtask:
            level = SUB_TASK
        elif site.epic_name and row.custom(site.epic_name) != NULL:
            level = EPIC
        return Place(
            type=kind.id,
            level=level,
            epic=self._ids[epic] if epic else None,
            above=self._ids[above] if above else None,
        )

    def _side_by_side(self, read: Callable[[Any], T], asked: Sequence[Any]) -> list[T]:
        """All the answers in order; the first that fails ends the others that have not begun."""
        if len(asked) < 2 or self._connections == 1:
            return [read(each) for each in asked]
        pool = ThreadPoolExecutor(max_workers=self._connections, thread_name_prefix="jira")
        try:
            return list(pool.map(read, asked))
        finally:
            pool.shutdown(cancel_futures=True)


def _fit(above: OffsetPage[R], below: OffsetPage[R]) -> bool:
    return bool(above.issues and below.issues) and above.issues[-1].id == below.issues[0].id


def _in_place(row: Row, place: Place, level: int) -> Row:
    fields = row.fields
    above = place.epic or place.above
    parent = fields.parent or (Parent(id=above) if above else None)
    kind = msgspec.structs.replace(fields.issuetype or IssueType(), hierarchy_level=level)
    fields = msgspec.structs.replace(fields, parent=parent, issuetype=kind)
    return msgspec.structs.replace(row, fields=fields, place=place)


def _key_in(row: Row, field: str | None) -> str | None:
    """The issue key that a link field holds: a text, or an object with a key in it."""
    value = msgspec.json.decode(row.custom(field))
    if isinstance(value, dict):
        value = value.get("key") or (value.get("data") or {}).get("key")
    return value if isinstance(value, str) and value else None
