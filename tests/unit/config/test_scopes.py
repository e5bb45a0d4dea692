"""Scopes as they are read on a day."""

from datetime import date

import pytest
from support.builders import TODAY, a_period, a_registry, a_scope

from syncer.scopes import dated, read_since, strange_placeholder

QUARTER = a_period("2026-Q4")
YEAR = a_period("2026", start=date(2026, 1, 1), end=date(2026, 12, 31))
NEXT = a_period("2027-Q1", start=date(2027, 1, 1), end=date(2027, 3, 31), closes=None)


@pytest.mark.parametrize(
    "jql",
    ["created >= {period.start}", 'created >= "{period.start}"', "created >= '{period.start}'"],
)
def test_a_date_is_filled_in_quoted_whether_it_stood_in_quotes_or_not(jql: str) -> None:
    scope = a_scope(jql=jql, projects=())

    assert dated(scope, a_registry(periods=(QUARTER,)), TODAY).jql == 'created >= "2026-10-01"'


def test_several_periods_are_one_from_the_first_start_to_the_last_end() -> None:
    scope = a_scope(jql="due >= {period.start} AND due <= {period.end}", projects=())

    found = dated(scope, a_registry(periods=(QUARTER, YEAR, NEXT)), TODAY)

    assert found.jql == 'due >= "2026-01-01" AND due <= "2026-12-31"'


def test_without_a_period_in_force_both_are_today() -> None:
    scope = a_scope(jql="due in ({period.start}, {period.end})", projects=())

    assert dated(scope, a_registry(periods=(NEXT,)), TODAY).jql == 'due in ("2026-11-18", "2026-11-18")'


def test_only_a_window_reaches_back_before_what_is_read_anyway() -> None:
    since = date(2026, 11, 10)

    assert read_since(a_scope(), since, TODAY) == date(2026, 11, 4)
    assert read_since(a_scope(kanban_days=3), since, TODAY) == since
    assert read_since(a_scope(kanban_days=0), since, TODAY) == since
    assert read_since(a_scope(projects=(), teams=("GRO",)), since, TODAY) == date(2026, 11, 4)


def test_a_placeholder_that_nobody_fills_is_found() -> None:
    assert strange_placeholder("a > {period.start} AND b < {period.finish}") == "period.finish"
    assert strange_placeholder('a > {period.start} AND summary ~ "{x}"') is None
