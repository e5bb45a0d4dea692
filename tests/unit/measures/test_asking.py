"""Which sources a run asks, how often, and what becomes of one that fails."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from support.builders import TODAY, a_kr, a_period, a_registry, an_issue
from support.json_server import documents

from adapters.errors import TryLater
from adapters.memory import MemoryTracker
from adapters.ports import Reader
from adapters.retry import Deadline
from mappings.measures import Endpoint, Measure, Query, Taken
from mappings.okrs import KeyResult, Period, Status
from syncer.measures import ENDPOINTS, MEASURES, Measured, take_measures

ZURICH = ZoneInfo("Europe/Zurich")
INCIDENTS = Query(tracker="memory", filter='{"project": "INC", "since": "{period.start}"}')
COLOURS = replace(INCIDENTS, filter='{"colour": "red"}')


def measured(id: str, source: Query | Endpoint | None, **changes: Any) -> KeyResult:
    measure = Measure(kind="query", start=Decimal(12), target=Decimal(3), source=source)
    return a_kr(id, measure=measure, **changes)


def a_tracker(**changes: Any) -> MemoryTracker:
    old = datetime(2026, 7, 1, tzinfo=UTC)
    return MemoryTracker(
        issues=[an_issue("INC-1"), an_issue("INC-2"), an_issue("INC-3", created=old), an_issue("OPS-1")], **changes
    )


def take(*krs: KeyResult, periods: tuple[Period, ...] | None = None, **trackers: Reader) -> Measured:
    registry = a_registry(*krs, periods=periods)
    return take_measures(registry, trackers, ZURICH, TODAY, Deadline(60, sleep=lambda _: None))


def values(found: Measured) -> Mapping[str, Decimal | None]:
    return {kr: taken.value for kr, taken in found.taken.items()}


def test_each_question_is_asked_once_and_answers_every_key_result_that_asks_it():
    tracker = a_tracker()
    tracker.requests = 5  # for its scopes

    found = take(measured("A-1", INCIDENTS), measured("A-2", INCIDENTS), memory=tracker)

    assert values(found) == {"A-1": 2, "A-2": 2}
    assert tracker.requests == 6
    [reading] = found.readings
    assert (reading.scope.name, reading.kind, reading.requests) == (f"memory/{MEASURES}", "memory", 1)
    assert reading.complete


def test_a_question_of_another_period_is_another_one():
    summer = a_period("2026-Q3", start=TODAY.replace(month=6, day=1), end=TODAY)

    found = take(
        measured("A-1", INCIDENTS),
        measured("A-2", INCIDENTS, period="2026-Q3"),
        periods=(a_period(), summer),
        memory=a_tracker(),
    )

    assert values(found) == {"A-1": 2, "A-2": 3}


def test_only_live_key_results_with_a_source_are_asked_for():
    tracker = a_tracker()

    found = take(measured("A-1", None), a_kr("A-2"), measured("A-3", INCIDENTS, status=Status.DRAFT), memory=tracker)

    assert found == Measured()
    assert tracker.requests == 0


def test_a_question_that_is_refused_is_unknown_with_the_reason_and_the_others_are_answered():
    found = take(measured("A-1", COLOURS), measured("A-2", INCIDENTS), memory=a_tracker())

    assert found.taken["A-1"] == Taken(value=None, because="could not be taken: memory: issues have no colour")
    assert values(found)["A-2"] == 2
    [reading] = found.readings
    assert reading.problem == "A-1: memory: issues have no colour"
    assert not reading.try_later


def test_a_connection_that_fails_is_not_asked_for_the_others_too():
    tracker = a_tracker()
    tracker.fail(1, applied=False)

    found = take(measured("A-1", INCIDENTS), measured("A-2", replace(INCIDENTS, aggregate="sum")), memory=tracker)

    assert values(found) == {"A-1": None, "A-2": None}
    assert tracker.requests == 1
    assert found.readings[0].problem == "A-1: memory did not answer"


def test_of_a_quota_is_said_that_it_is_worth_trying_later_unless_something_else_failed_too():
    class Exhausted(MemoryTracker):
        def measure(self, query: Query, period: Period, zone: Any) -> Taken:
            if query == COLOURS:
                return super().measure(query, period, zone)
            raise TryLater("come back at ten")

    later = take(measured("A-1", INCIDENTS), memory=Exhausted())
    both = take(measured("A-1", COLOURS), measured("A-2", INCIDENTS), memory=Exhausted())

    assert later.taken["A-1"].try_later
    assert later.readings[0].try_later
    assert both.taken["A-2"].try_later
    assert not both.readings[0].try_later


def test_a_number_that_is_not_there_is_no_failure():
    nothing = replace(INCIDENTS, filter='{"project": "NIL"}', aggregate="average", field="points")

    found = take(measured("A-1", nothing), memory=a_tracker())

    assert found.taken["A-1"].value is None
    assert found.readings[0].complete


def test_a_connection_that_the_config_lacks_is_a_problem():
    found = take(measured("A-1", replace(INCIDENTS, tracker="elsewhere")), memory=a_tracker())

    assert found.taken["A-1"].value is None
    assert found.readings[0].problem == "A-1: the config has no connection elsewhere that answers numbers"


def test_endpoints_are_asked_each_for_itself_and_stand_beside_the_connections():
    with documents(uptime={"value": 99.9}) as (_, server):
        good = Endpoint(url=f"{server.url}/uptime", pointer="/value")
        bad = replace(good, url=f"{server.url}/forbidden")
        server.faults.answer(status=403, when=lambda call: call.path == "/forbidden")

        found = take(measured("A-1", bad), measured("A-2", good), measured("A-3", INCIDENTS), memory=a_tracker())

    assert values(found) == {"A-1": None, "A-2": Decimal("99.9"), "A-3": 2}
    assert [(reading.scope.tracker, reading.kind, reading.complete) for reading in found.readings] == [
        (ENDPOINTS, "http", False),
        ("memory", "memory", True),
    ]
    assert found.requests == {ENDPOINTS: 2, "memory": 1}
