"""What history keeps of sprints: the first class stays, the last one follows, and what left is told apart."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from support.builders import a_sprint, an_issue

from mappings.alignment import SprintAlignment
from mappings.linking import Class, Linked
from mappings.past import SprintIssue, followed, of_closed_sprints, sprint_days
from mappings.settings import Team

MONDAY, FRIDAY = date(2026, 11, 16), date(2026, 11, 20)
TEAM = Team(key="payments")


def row(key: str, kind: Class) -> Linked:
    return Linked(issue=an_issue(key), team=TEAM, kind=kind, because="")


def sprint(*rows: Linked, **fields: object) -> SprintAlignment:
    return SprintAlignment(sprint=replace(a_sprint(), **fields), rows=rows)


def seen(*rows: Linked, before: tuple[SprintIssue, ...] = (), day: date = MONDAY, linked: tuple[Linked, ...] = ()):
    known = {it.issue.ref: it for it in (*linked, *rows)}
    return followed(before, [sprint(*rows)], known, day)


@pytest.mark.parametrize(
    ("first", "last", "became"),
    [
        (Class.UNALIGNED, Class.ALIGNED, "tied"),
        (Class.BROKEN, Class.ALIGNED, "tied"),
        (Class.UNALIGNED, Class.ROUTINE, "routine"),
        (Class.UNALIGNED, Class.BROKEN, "left"),
        (Class.ALIGNED, Class.UNALIGNED, ""),
    ],
)
def test_an_issue_keeps_its_first_class(first: Class, last: Class, became: str) -> None:
    planned = seen(row("PAY-1", first))
    [found] = seen(row("PAY-1", last), before=planned, day=FRIDAY)

    assert (found.first_class, found.first_day, found.last_class, found.last_day) == (first, MONDAY, last, FRIDAY)
    assert found.became == became


def test_an_issue_that_left_the_sprint_was_dropped_unless_it_was_tied_first() -> None:
    planned = seen(row("PAY-1", Class.UNALIGNED), row("PAY-2", Class.UNALIGNED), row("PAY-3", Class.BROKEN))

    later = seen(before=planned, day=FRIDAY, linked=(row("PAY-1", Class.UNALIGNED), row("PAY-2", Class.ALIGNED)))

    assert [(it.key, it.present, it.became) for it in later] == [
        ("PAY-1", False, "dropped"),
        ("PAY-2", False, "tied"),
        ("PAY-3", False, "dropped"),
    ]


def test_a_sprint_that_was_not_read_is_not_touched() -> None:
    planned = seen(row("PAY-1", Class.UNALIGNED))

    assert followed(planned, [sprint(row("PAY-9", Class.ALIGNED), id="other")], {}, FRIDAY) != planned
    assert [it.key for it in followed(planned, [sprint(row("PAY-9", Class.ALIGNED), id="other")], {}, FRIDAY)] == [
        "PAY-9"
    ]


def test_nothing_is_followed_in_a_window() -> None:
    assert followed((), [sprint(row("PAY-1", Class.UNALIGNED), is_window=True)], {}, MONDAY) == ()


def test_a_sprints_day_counts_its_issues_by_class() -> None:
    rows = [row(f"PAY-{number}", kind) for number, kind in enumerate([*Class, Class.UNALIGNED])]

    [day] = sprint_days([sprint(*rows)], MONDAY)

    assert (day.aligned, day.routine, day.new, day.unaligned, day.broken, day.total) == (1, 1, 1, 2, 1, 6)
    assert day.day == MONDAY


def test_a_closed_sprint_stands_on_its_last_day_as_the_company_has_it_and_one_without_an_end_nowhere() -> None:
    zone = timezone(timedelta(hours=2))
    closed = sprint(row("PAY-1", Class.ROUTINE), id="5", state="closed", end=datetime(2026, 11, 8, 23, 0, tzinfo=UTC))
    undated = sprint(row("PAY-1", Class.ROUTINE), id="6", state="closed", end=None)

    found = of_closed_sprints([closed, undated], zone)

    assert [(it.sprint, it.day, it.state, it.routine) for it in found] == [("5", date(2026, 11, 9), "closed", 1)]


def test_the_key_of_a_secured_issue_is_not_kept() -> None:
    secured = replace(row("PAY-1", Class.UNALIGNED), issue=an_issue("PAY-1", is_secured=True))
    open_once = seen(row("PAY-2", Class.UNALIGNED))
    secured_since = replace(row("PAY-2", Class.UNALIGNED), issue=an_issue("PAY-2", is_secured=True))

    assert [it.key for it in seen(secured)] == ["a restricted issue"]
    assert [it.key for it in seen(before=open_once, linked=(secured_since,))] == ["a restricted issue"]
