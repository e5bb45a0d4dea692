"""A query of the user's own inside ours: it cannot reach out of its brackets."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.jira.jql import quoted, quoted_all, with_days, wrapped
from adapters.sandbox.jira.errors import Refusal
from adapters.sandbox.jira.jql import And, Clause, Literal, parse

PIECES = st.sampled_from(
    ["labels = x", "a", "(", ")", "\"", "'", "\\", " OR ", " AND ", " ORDER BY key", "order  by rank", "NOT ",
     ")) OR ((", 'summary ~ "a) OR (b"', "= 1", "in (x, y)", "\n", "reorder by", '\\"', "is EMPTY"]
)  # fmt: skip
GUARD = Clause("project", "=", (Literal("PAY", True),))


@pytest.mark.parametrize(
    ("jql", "expected"),
    [
        ("labels = x", "(labels = x)"),
        ("a = 1 OR b = 2", "(a = 1 OR b = 2)"),
        ("labels = x ORDER BY rank DESC, key", "(labels = x)"),
        ("labels = x order\n by rank", "(labels = x)"),
        ('summary ~ "order by (me"', '(summary ~ "order by (me")'),
        ("summary ~ 'it\\'s (' AND b = 1", "(summary ~ 'it\\'s (' AND b = 1)"),
        ("reorder = by", "(reorder = by)"),
        ("labels in (a, b)", "(labels in (a, b))"),
    ],
)
def test_a_query_becomes_one_operand_without_its_order(jql: str, expected: str) -> None:
    assert wrapped(jql) == expected


@pytest.mark.parametrize(
    "jql", ["", "  ", "ORDER BY key", "a = 1) OR (b = 2", "(a = 1", 'a = "x', "a = 'x", "a = 1\\", "(a = 1 ORDER BY b)"]
)
def test_what_would_reach_out_of_its_brackets_is_refused(jql: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        wrapped(jql)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=8).map(" ".join))
def test_whatever_the_query_says_our_own_condition_binds_all_of_it(jql: str) -> None:
    try:
        whole = parse(f'{wrapped(jql)} AND project = "PAY" ORDER BY key ASC')
    except (ValueError, Refusal):
        return
    assert isinstance(whole.where, And)
    assert whole.where.parts[-1] == GUARD
    assert len(whole.order) == 1


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1, max_size=3))
def test_quoted_values_come_back_as_they_were(values: list[str]) -> None:
    assert parse(f"labels in ({quoted_all(values)})").where == Clause(
        "labels", "in", tuple(Literal(value, True) for value in values), listed=True
    )
    assert wrapped(f"labels = {quoted(values[0])}") == f"(labels = {quoted(values[0])})"


@pytest.mark.parametrize(
    ("jql", "expected"),
    [
        ("created >= {period.start}", 'created >= "2026-10-01"'),
        ('due = "{period.end}"', 'due = "2026-12-31"'),
        ('created <= "{period.end} 23:59"', 'created <= "2026-12-31 23:59"'),
        ("created <= '{period.end} 23:59'", "created <= '2026-12-31 23:59'"),
        ("a ~ \"it's\" AND due < {period.end} AND b = 'x'", 'a ~ "it\'s" AND due < "2026-12-31" AND b = \'x\''),
        ("due > {period.begin}", "due > {period.begin}"),
    ],
)
def test_a_day_is_filled_in_quoted_and_inside_a_longer_text_as_it_is(jql: str, expected: str) -> None:
    days = {"period.start": date(2026, 10, 1), "period.end": date(2026, 12, 31)}

    assert with_days(jql, days) == expected
