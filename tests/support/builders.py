"""Values with defaults, so that a test names only what its claim is about."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from mappings.measures import Measure, Milestone, Query
from mappings.model import Issue, Scope, Sprint
from mappings.okrs import Checkin, KeyResult, Objective, Period, Registry
from mappings.settings import RuleSettings, Team

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
"""A Wednesday in the middle of the period that `a_period` makes."""


def an_issue(key: str = "PAY-1", **changes: Any) -> Issue:
    """An open story of one point in the project that its key names; id `id-KEY`, in no sprint, tagged with nothing."""
    defaults: dict[str, Any] = {
        "tracker": "memory",
        "id": f"id-{key}",
        "key": key,
        "title": f"Work on {key}",
        "project": key.rpartition("-")[0],
        "points": Decimal(1),
        "created": datetime(2026, 10, 5, 8, 0, tzinfo=UTC),
        "changed": datetime(2026, 11, 10, 8, 0, tzinfo=UTC),
    }
    return Issue(**defaults | changes)


def a_sprint(id: str = "7", **changes: Any) -> Sprint:
    """An active two-week sprint of the payments team around NOW."""
    defaults: dict[str, Any] = {
        "tracker": "memory",
        "id": id,
        "name": f"Sprint {id}",
        "state": "active",
        "team": "payments",
        "start": datetime(2026, 11, 9, 8, 0, tzinfo=UTC),
        "end": datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    }
    return Sprint(**defaults | changes)


def a_scope(**changes: Any) -> Scope:
    """Project PAY of the payments team."""
    defaults: dict[str, Any] = {"tracker": "memory", "team": "payments", "projects": ("PAY",)}
    return Scope(**defaults | changes)


def a_team(key: str = "payments", **changes: Any) -> Team:
    """A product team with one scope."""
    defaults: dict[str, Any] = {"key": key, "scopes": (a_scope(team=key),)}
    return Team(**defaults | changes)


def settings(**changes: Any) -> RuleSettings:
    """The rules' settings with the payments team alone."""
    defaults: dict[str, Any] = {"teams": (a_team(),)}
    return RuleSettings(**defaults | changes)


def a_period(id: str = "2026-Q4", **changes: Any) -> Period:
    """The fourth quarter of 2026, closing two weeks after its end."""
    defaults: dict[str, Any] = {
        "id": id,
        "start": date(2026, 10, 1),
        "end": date(2026, 12, 31),
        "closes": date(2027, 1, 15),
    }
    return Period(**defaults | changes)


def a_checkin(on: date = date(2026, 11, 16), value: int | str | None = 5, **changes: Any) -> Checkin:
    """A value that a person checked in."""
    return Checkin(on=on, value=None if value is None else Decimal(value), **changes)


def manual(start: int | str = 0, target: int | str = 10) -> Measure:
    """A measure that people check in."""
    return Measure(kind="manual", start=Decimal(start), target=Decimal(target))


def queried(start: int | str = 0, target: int | str = 10, **changes: Any) -> Measure:
    """A measure that a search in the memory tracker gives."""
    defaults: dict[str, Any] = {"kind": "query", "source": Query(tracker="memory", jql="project = INC")}
    return Measure(**defaults | {"start": Decimal(start), "target": Decimal(target)} | changes)


def accrued(start: int | str = 12, target: int | str = 3, **changes: Any) -> Measure:
    """The same of a number that grows through the period."""
    return queried(start, target, accrual=True, **changes)


def milestone(title: str = "Pilot", weight: int | str = 1, done_on: date | None = None) -> Milestone:
    """One of a weighted list, not done unless a day is given."""
    return Milestone(title=title, weight=Decimal(weight), done_on=done_on)


def a_kr(id: str = "PAY-O1-KR1", **changes: Any) -> KeyResult:
    """A live delivery key result of the payments team in 2026-Q4, under the objective that its id begins with."""
    team = changes.get("team", "payments")
    defaults: dict[str, Any] = {
        "id": id,
        "title": f"Key result {id}",
        "objective": id.rpartition("-")[0],
        "period": "2026-Q4",
        "team": team,
        "teams": (team,) if team else (),
        "measure": Measure(kind="delivery"),
        "where": f"okrs/pay.toml:{id}",
    }
    return KeyResult(**defaults | changes)


def an_objective(id: str = "PAY-O1", *key_results: KeyResult, **changes: Any) -> Objective:
    """An objective of the payments team with the given key results."""
    defaults: dict[str, Any] = {
        "id": id,
        "title": f"Objective {id}",
        "team": "payments",
        "period": "2026-Q4",
        "key_results": key_results,
        "where": f"okrs/pay.toml:{id}",
    }
    return Objective(**defaults | changes)


def a_registry(*found: KeyResult | Objective, periods: tuple[Period, ...] | None = None) -> Registry:
    """Objectives as given, and one for each objective id that loose key results name; in 2026-Q4 unless said."""
    objectives = [each for each in found if isinstance(each, Objective)]
    loose: dict[str, list[KeyResult]] = {}
    for each in found:
        if isinstance(each, KeyResult):
            loose.setdefault(each.objective, []).append(each)
    objectives += [an_objective(id, *key_results) for id, key_results in loose.items()]
    return Registry(
        periods=(a_period(),) if periods is None else periods,
        objectives=tuple(sorted(objectives, key=lambda objective: objective.id)),
    )
