"""How a key result's number is taken, and what was taken: values that adapters fill and the scoring judges."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A number asked of a tracker: of what a search finds, how many there are, or a field's sum or average."""

    tracker: str
    """The connection's name."""
    jql: str = ""
    """Jira: `{period.start}` and `{period.end}` are filled in."""
    filter: str = ""
    """Linear: an issue filter as canonical JSON, with the same places to fill in."""
    aggregate: str = "count"
    """count, sum or average."""
    field: str = ""
    """Of what, for sum and average: a field's name or id (Jira), `estimate` (Linear)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A number in a JSON document behind an address."""

    url: str
    pointer: str
    """JSON pointer (RFC 6901) to a number, or to a text that is one."""
    token_env: str = ""
    """The environment variable whose token is sent as Bearer; empty: none is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One entry of a weighted list; done from its day on."""

    title: str
    weight: Decimal = Decimal(1)
    done_on: date | None = None

    def is_done(self, today: date) -> bool:
        """Its day has come; one that is still to come is a plan."""
        return self.done_on is not None and self.done_on <= today


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How a key result's number is taken."""

    kind: str
    """delivery, manual, query, http, milestones, qualitative or hold."""
    start: Decimal | None = None
    target: Decimal | None = None
    """For `delivery`: the fixed amount of work in the key result's unit; None counts what is tagged so far. For `hold`:
    the line to keep.
    """
    accrual: bool = False
    """The number grows through the period: judged by what it is heading for and by what is left."""
    keep: str = ""
    """hold: `at or above` or `at or below` the target."""
    source: Query | Endpoint | None = None
    """Where the number is asked for; None: people check it in, or it is worked out here."""
    milestones: tuple[Milestone, ...] = ()

    @property
    def is_checked_in(self) -> bool:
        """People say the number: check-ins count."""
        return self.kind in ("manual", "qualitative") or (self.kind == "hold" and self.source is None)

    @property
    def is_budget(self) -> bool:
        """A number that grows through the period and had better not: the target is what may be used."""
        return self.accrual and self.start is not None and self.target is not None and self.target < self.start

    @property
    def span(self) -> tuple[Decimal, Decimal] | None:
        """The numbers at which its checkpoints expect nothing and all; None for a `hold`, or where one is not known.

        A number that grows through the period begins it at 0, whatever the period before had.
        """
        if self.kind in ("milestones", "qualitative"):
            return Decimal(0), Decimal(1)
        if self.kind == "delivery":
            return Decimal(0), self.target or Decimal(1)
        if self.kind == "hold" or self.start is None or self.target is None:
            return None
        first = Decimal(0) if self.accrual else self.start
        return (first, self.target) if first != self.target else None

    @property
    def places(self) -> int:
        """How many decimals its numbers are said with: those of start and target, two to six; six beside a line that
        they must keep.
        """
        if self.kind == "hold":
            return 6
        given = [number.as_tuple().exponent for number in (self.start, self.target) if number is not None]
        return min(max([2, *(-exponent for exponent in given if isinstance(exponent, int))]), 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one source answered: a number, or why there is none. Never zero for a number that could not be had."""

    value: Decimal | None
    because: str
    """How it was made, in words (`7 issues found by ...`), or what is wrong."""
    try_later: bool = False
    """There is none because of a quota or the deadline."""
