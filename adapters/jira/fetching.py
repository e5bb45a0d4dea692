"""What reading asks of a deployment: list what a query holds, bring issues. Cloud and Data Center have their ways."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import msgspec

from adapters.errors import Unreadable
from adapters.jira.failures import one_line
from adapters.jira.wire import Row

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Generic[T]):
    """What to bring of each issue, and what to make of it."""

    fields: Sequence[str]
    """System fields."""
    custom: Sequence[str] = ()
    """Ids of custom fields."""
    properties: Sequence[str] = ()
    """Keys of entity properties."""
    spares_flags: bool = False
    """Our flags may be left out of issues that are not likely to have any, where they cost a request each."""
    convert: Callable[[Row], T]
    """Runs in the thread that read the row; raises ValueError or msgspec's errors for a value that cannot be."""

    @property
    def body(self) -> dict[str, object]:
        """`fields` and `properties` as Jira's request bodies spell them."""
        return {"fields": [*self.fields, *self.custom], "properties": list(self.properties)}


@dataclass(frozen=True, slots=True)
class Fetched(Generic[T]):
    """The answer to a query, complete."""

    rows: dict[str, T]
    """By issue id, in ascending order of the ids as numbers."""
    gone: tuple[str, ...] = ()
    """Ids that were listed, were not answered, and are listed no longer; sorted."""


class Fetching(Protocol):
    """Brings issues, as one kind of Jira answers. Every answer is complete, or an adapters.errors.TrackerError.

    Must: walk every page, notice a page that repeats, a row that comes twice and an id that is not answered.
    May: remember for the length of a run how large a page the site allows, and read several pages at once.
    """

    one_request_brings: int
    """So many issues of a query come whole in one request; 0 where that is not sure of any number."""
    reads_flags_by: tuple[str, ...]
    """The labels that decide of which issues our flags are read, where it is not of all."""

    def listing(self, jql: str) -> dict[str, str]:
        """The key of everything that the query lists, by id: no field, in pages as large as the site allows."""
        ...

    def by_query(self, jql: str, wanted: Wanted[T], *, expected: int | None = None) -> Fetched[T]:
        """All issues of a query. `expected` is a guess of how many, for choosing the way with the fewest requests.

        Raises Unreadable where an issue stays listed and is not answered.
        """
        ...

    def by_id(self, names: Sequence[str], wanted: Wanted[T]) -> dict[str, T]:
        """What there is of these ids or keys, by issue id; what is absent or hidden is not in it."""
        ...


def converted(rows: Iterable[Row], wanted: Wanted[T], *, tracker: str) -> dict[str, T]:
    """`rows` by id, converted. A value that its field's type does not allow is Unreadable."""
    try:
        return {row.id: wanted.convert(row) for row in rows}
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError, RecursionError) as error:
        raise Unreadable(
            f"an issue holds a value that its field's type does not allow: {one_line(str(error))}", tracker=tracker
        ) from None


def in_order(rows: dict[str, T]) -> dict[str, T]:
    """The same, in ascending order of the ids as numbers."""
    return {ident: rows[ident] for ident in sorted(rows, key=lambda ident: (len(ident), ident))}


def parts(values: Sequence[str], size: int) -> list[Sequence[str]]:
    """`values` in runs of `size`, the last one shorter."""
    return [values[start : start + size] for start in range(0, len(values), size)]


def still_listed(ids: Sequence[str], tracker: str) -> Unreadable:
    """The error for issues that a query lists and no read answers."""
    return Unreadable(
        f"Jira lists {len(ids)} issue(s) that it does not answer (id {ids[0]} is one): "
        "the token may not read them, or the index lags; run again later",
        tracker=tracker,
    )
