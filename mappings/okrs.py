"""The registry as values: periods, objectives, key results and what people checked in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import chain

from mappings.measures import Measure
from mappings.model import Health
from mappings.targets import Target

_SEPARATORS = str.maketrans("._/", "---")


def normal_id(text: str) -> str:
    """How ids and aliases compare: without case, and with `-`, `.`, `_` and `/` equal."""
    return text.strip().casefold().translate(_SEPARATORS)


class Status(StrEnum):
    """Where a key result is in its life; only a live one in a period in force takes links."""

    DRAFT = "draft"
    LIVE = "live"
    RETIRED = "retired"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades:
    """The scores from which on a key result ends well, by the period's own rule."""

    green: Decimal = Decimal("0.7")
    """An aspirational one is a success."""
    amber: Decimal = Decimal("0.4")
    """And below that it has come some way."""
    committed: Decimal = Decimal(1)
    """A committed one is met; below it is missed."""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Pulse:
    """What a team says of a period at its end, 1 to 5 each."""

    team: str
    clarity: int
    """Did we know what was wanted?"""
    autonomy: int
    """Could we choose the way?"""
    focus: int
    """Could we stay with it?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """An OKR period. `closes`: final values may come until then; then it is frozen."""

    id: str
    start: date
    end: date
    closes: date | None = None
    grades: Grades | None = None
    """None: the usual ones."""
    pulse: tuple[Pulse, ...] = ()
    """By team, each once."""
    where: str = field(default="", compare=False)
    """file:line of its first declaration."""

    def is_in_force(self, today: date) -> bool:
        """From its first day until it closes."""
        return self.start <= today <= (self.closes or self.end)

    def elapsed(self, today: date) -> Fraction:
        """Whole days begun / days of the period, 0 to 1."""
        days = (self.end - self.start).days + 1
        begun = (today - self.start).days + 1
        return Fraction(min(max(begun, 0), days), days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkin:
    """What a person said of a key result on a day."""

    on: date
    value: Decimal | None = None
    confidence: int | None = None
    note: str = ""
    risk: str = ""
    still_right: bool | None = None
    """Whether the objective still is the right one; None: not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthOverride:
    """A person's word on health; it wins until its date."""

    health: Health
    until: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A value expected on a day: checkpoints replace the straight line."""

    on: date
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Retarget:
    """A target that was changed in the middle of the period: it stands beside the score for ever."""

    on: date
    before: Decimal
    after: Decimal
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResult:
    """One key result; its id is unique for ever."""

    id: str
    title: str
    objective: str
    period: str
    team: str
    teams: tuple[str, ...] = ()
    """All teams that share it, its own included."""
    owner: str = ""
    commitment: str = "aspirational"
    measure: Measure
    unit: str | None = None
    weight: Decimal = Decimal(1)
    binds: tuple[Target, ...] = ()
    bind_weights: tuple[tuple[Target, Decimal], ...] = ()
    """Of the bound ones that are shared in other than equal parts."""
    write: Target | None = None
    policy: str = "auto"
    """auto, propose, manual-until or locked."""
    policy_until: date | None = None
    aliases: tuple[str, ...] = ()
    checkins: tuple[Checkin, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    retargets: tuple[Retarget, ...] = ()
    """By day; the last one's `after` is the measure's target."""
    status: Status = Status.LIVE
    status_on: date | None = None
    status_reason: str = ""
    replaced_by: str | None = None
    override: HealthOverride | None = None
    cadence_days: int = 7
    depends_on: tuple[str, ...] = ()
    visibility: str = "company"
    scopes: tuple[str, ...] = ()
    """Names (`TRACKER/TEAM`) of further scopes that hold its work."""
    home: Target | None = None
    """The issue that declares it, where one does; never work."""
    where: str = ""
    """file:line of its declaration, or its issue's address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One objective; `supports` names a higher objective or key result."""

    id: str
    title: str
    team: str
    period: str
    supports: str | None = None
    roll_up: str = "mean"
    """mean (weighted) or weakest."""
    born: str = ""
    """team or company: who thought of it; empty: not said."""
    key_results: tuple[KeyResult, ...] = ()
    home: Target | None = None
    """As for `KeyResult.home`."""
    where: str = ""


@dataclass(frozen=True)
class Registry:
    """Everything declared, sorted by id; validated on the way in (`mappings.lint`)."""

    periods: tuple[Period, ...] = ()
    objectives: tuple[Objective, ...] = ()

    @cached_property
    def key_results(self) -> tuple[KeyResult, ...]:
        """All of them, by id."""
        return tuple(sorted((kr for o in self.objectives for kr in o.key_results), key=lambda kr: normal_id(kr.id)))

    @cached_property
    def by_name(self) -> dict[str, KeyResult]:
        """Normal id or alias -> key result; an id beats an alias."""
        aliases = {normal_id(alias): kr for kr in self.key_results for alias in kr.aliases}
        return aliases | {normal_id(kr.id): kr for kr in self.key_results}

    @cached_property
    def objective_by_name(self) -> dict[str, Objective]:
        """Normal id -> objective."""
        return {normal_id(objective.id): objective for objective in self.objectives}

    def above(self, objective: Objective) -> Objective | None:
        """The objective that `objective` supports, or whose key result it supports."""
        name = normal_id(objective.supports or "")
        kr = self.by_name.get(name)
        return self.objective_by_name.get(normal_id(kr.objective) if kr else name)

    @cached_property
    def period_by_id(self) -> dict[str, Period]:
        """Periods by their id."""
        return {period.id: period for period in self.periods}

    def is_live(self, kr: KeyResult, today: date) -> bool:
        """Live status, in a period that is in force on this day."""
        return kr.status is Status.LIVE and self.period_by_id[kr.period].is_in_force(today)

    def live(self, today: date) -> tuple[KeyResult, ...]:
        """The key results that may take links and be written on this day, by id."""
        return tuple(kr for kr in self.key_results if self.is_live(kr, today))

    def oldest_start(self, today: date) -> date | None:
        """When the oldest period in force began; None when none is."""
        return min((period.start for period in self.periods if period.is_in_force(today)), default=None)

    def reserved(self) -> Iterator[Target]:
        """Issues, projects and initiatives that declare a goal or are a write target: never work."""
        homes = (*(objective.home for objective in self.objectives), *(kr.home for kr in self.key_results))
        written = (kr.write for kr in self.key_results if kr.write is not None and kr.write.kind != "file")
        return chain(written, (home for home in homes if home is not None))
