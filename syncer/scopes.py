"""Scopes as they are read on a day: the period filled into a team's own query, and how far back to look."""

import re
from dataclasses import replace
from datetime import date, timedelta

from adapters.jira.jql import with_days
from mappings.model import Scope
from mappings.okrs import Registry

PLACEHOLDERS = ("period.start", "period.end")


def dated(scope: Scope, registry: Registry, today: date) -> Scope:
    """The scope with `{period.start}` and `{period.end}` of its query replaced by quoted dates: where the oldest
    period in force begins and the last one ends, today where none is.
    """
    if not scope.jql:
        return scope
    ends = [period.end for period in registry.periods if period.is_in_force(today)]
    days = {"period.start": registry.oldest_start(today) or today, "period.end": max(ends, default=today)}
    return replace(scope, jql=with_days(scope.jql, days))


def read_since(scope: Scope, since: date, today: date) -> date:
    """`since`, or earlier where a kanban board's window reaches further back."""
    if not scope.kanban_days:
        return since
    return min(since, today - timedelta(days=scope.kanban_days))


def strange_placeholder(jql: str) -> str | None:
    """The first `{period.SOMETHING}` that nothing is known for."""
    found = re.findall(r"\{(period\.[^{}]*)\}", jql)
    return next((name for name in found if name not in PLACEHOLDERS), None)
