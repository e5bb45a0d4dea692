"""The numbers that key results are measured by, asked where the registry says they are: each question once a run."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import TYPE_CHECKING, cast

import structlog

from adapters.errors import AccessDenied, NotFound, RateLimited, TrackerError, TryLater, Unreadable
from adapters.measuring import TakesMeasures
from adapters.ports import Reader
from adapters.retry import Deadline
from mappings.measures import Endpoint, Query, Taken
from mappings.model import Reading, Scope
from mappings.okrs import Period, Registry
from syncer.config import Config

if TYPE_CHECKING:
    from adapters.http_measure import HttpMeasures

log = structlog.get_logger()

MEASURES = "measures of key results"
"""Of which part of a connection a reading is; no team's key holds a space."""
ENDPOINTS = "http endpoints"
"""Stands where a connection's name stands else, which holds no space either."""

Question = tuple[Query | Endpoint, Period]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the sources answered."""

    taken: Mapping[str, Taken] = field(default_factory=dict)
    """By key result; without a value where the source failed, with the reason."""
    readings: tuple[Reading, ...] = ()
    """One for each place that was asked, beside those of the scopes: what fails here concerns its key results alone."""

    @property
    def requests(self) -> dict[str, int]:
        """Requests sent, by place: those that went to a connection are counted there too."""
        return {reading.scope.tracker: reading.requests for reading in self.readings}


def kept_secrets(config: Config) -> frozenset[str]:
    """The variables that the config names for its connections and its history: a registry cannot send them anywhere."""
    named = [value for settings in config.trackers.values() for key, value in settings if key.endswith("_env")]
    return frozenset(name for name in (*named, config.history_url_env) if name)


def take_measures(
    registry: Registry,
    trackers: Mapping[str, Reader],
    zone: tzinfo,
    today: date,
    deadline: Deadline,
    on_step: Callable[[str], None] = lambda _: None,
    kept: Collection[str] = (),
) -> Measured:
    """Ask the source of every live key result that has one. A source answers as things are now, whatever `today` is.

    `kept` are the variables whose secrets go to no endpoint, whatever the registry names.
    """
    asked: dict[str, dict[Question, list[str]]] = {}
    for kr in registry.live(today):
        source = kr.measure.source
        if source is not None:
            place = source.tracker if isinstance(source, Query) else ENDPOINTS
            question = (source, registry.period_by_id[kr.period])
            asked.setdefault(place, {}).setdefault(question, []).append(kr.id)
    taken: dict[str, Taken] = {}
    readings = []
    for place, questions in sorted(asked.items()):
        on_step(f"asking {place} for numbers")
        answers, reading = _ask(place, questions, _connection(place, trackers, deadline), zone, kept)
        taken |= answers
        readings.append(reading)
    return Measured(taken=taken, readings=tuple(readings))


def _connection(place: str, trackers: Mapping[str, Reader], deadline: Deadline) -> "Reader | HttpMeasures | None":
    if place != ENDPOINTS:
        return trackers.get(place)
    from adapters.http_measure import HttpMeasures  # imports requests: only registries with an endpoint pay

    return HttpMeasures(deadline)


def _ask(
    place: str,
    questions: Mapping[Question, Sequence[str]],
    connection: "Reader | HttpMeasures | None",
    zone: tzinfo,
    kept: Collection[str],
) -> tuple[dict[str, Taken], Reading]:
    """What each key result gets from this place, and how the asking went."""
    before = connection.requests if connection else 0
    taken: dict[str, Taken] = {}
    problems: list[str] = []
    failures: list[Taken] = []
    silent: Taken | None = None
    for (source, period), krs in questions.items():
        answer = silent
        if answer is None:
            try:
                answer = _number(source, period, connection, zone, kept)
            except TrackerError as error:
                later = isinstance(error, TryLater | RateLimited)
                log.warning("measure_not_taken", key_results=krs, place=place, why=str(error), try_later=later)
                answer = Taken(value=None, because=f"could not be taken: {error}", try_later=later)
                problems.append(f"{', '.join(krs)}: {error}")
                failures.append(answer)
                if isinstance(source, Query) and not isinstance(error, NotFound | Unreadable):
                    silent = answer  # it is the connection's trouble, not this question's: the others are spared
        taken |= dict.fromkeys(krs, answer)
    reading = Reading(
        scope=Scope(tracker=place, team=MEASURES),
        kind=connection.kind if connection else "",
        requests=connection.requests - before if connection else 0,
        problem="; ".join(problems) or None,
        try_later=bool(failures) and all(failure.try_later for failure in failures),
    )
    log.info("measures_taken", place=place, questions=len(questions), requests=reading.requests)
    return taken, reading


def _number(
    source: Query | Endpoint,
    period: Period,
    connection: "Reader | HttpMeasures | None",
    zone: tzinfo,
    kept: Collection[str],
) -> Taken:
    """Raises a TrackerError where there is none because something went wrong."""
    if isinstance(source, Endpoint):
        if source.token_env in kept:
            raise AccessDenied(
                f"{source.token_env} is the secret of a connection in the config, and is sent there alone"
            )
        return cast("HttpMeasures", connection).measure(source)
    if not isinstance(connection, TakesMeasures):
        raise Unreadable(f"the config has no connection {source.tracker} that answers numbers")
    return connection.measure(source, period, zone)
