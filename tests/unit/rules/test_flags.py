"""Flag labels on sprint issues: put on, taken off, and never argued about with a person."""

from typing import Any

import pytest
from support.builders import TODAY, a_kr, a_registry, a_scope, a_sprint, a_team, an_issue, settings

from mappings.figures import work_out
from mappings.model import Issue, Reading, Sprint, State
from mappings.settings import RoutineClass, Rule, RuleSettings
from syncer.flags import AT_MOST, plan_flags
from syncer.plan import FlagChange, Status

UNALIGNED, BROKEN = "okr-unaligned", "okr-broken-tag"
OPTED_IN = a_team(flag_label=True, routine=(RoutineClass(name="bug", rules=(Rule(type="Bug"),)),))
FLAGGED: dict[str, Any] = {"labels": (UNALIGNED,), "flagged": ((UNALIGNED, "7"),)}
BROKEN_TAG = "okr:nonsense"


def planned(
    *issues: Issue,
    rules: RuleSettings | None = None,
    sprints: tuple[Sprint, ...] = (a_sprint("7"),),
    unread: str | None = None,
) -> tuple[FlagChange, ...]:
    changes, _ = with_notes(*issues, rules=rules, sprints=sprints, unread=unread)
    return changes


def with_notes(
    *issues: Issue,
    rules: RuleSettings | None = None,
    sprints: tuple[Sprint, ...] = (a_sprint("7"),),
    unread: str | None = None,
) -> tuple[tuple[FlagChange, ...], tuple[str, ...]]:
    """The plan of flags; `unread` names a tracker of which another scope could not be read."""
    rules = rules or settings(teams=(OPTED_IN,))
    readings = [Reading(scope=a_scope(), kind="memory", issues=issues, sprints=sprints)]
    if unread:
        readings.append(Reading(scope=a_scope(tracker=unread, team="growth"), kind="memory", problem="500"))
    return plan_flags(work_out(readings, a_registry(a_kr("PAY-O1-KR1")), rules, TODAY), rules)


def in_sprint(key: str = "PAY-1", **changes: Any) -> Issue:
    return an_issue(key, **{"sprints": ("7",)} | changes)


def said(changes: tuple[FlagChange, ...]) -> list[tuple[str, str]]:
    """(action, label) of what would be written."""
    return [(change.write.action, change.write.label) for change in changes if change.status is Status.WOULD_CHANGE]


def test_flags_are_off_until_a_team_opts_in() -> None:
    assert planned(in_sprint(), rules=settings()) == ()


@pytest.mark.parametrize(
    ("issue", "expected"),
    [
        (in_sprint(), [("add", UNALIGNED)]),
        (in_sprint(labels=(BROKEN_TAG,)), [("add", BROKEN)]),
        (in_sprint(labels=("okr:PAY-O1-KR1",)), []),
        (in_sprint(labels=("okr:PAY-O1-KR1", BROKEN_TAG)), []),
        (in_sprint(type="Bug"), []),
        (in_sprint(level=-1), []),
        (in_sprint(level=1), []),
        (in_sprint(state=State.CANCELLED), []),
        (in_sprint(sprints=()), []),
        (in_sprint(sprints=("8",)), []),
        (in_sprint("SHOP-1"), []),
    ],
    ids=[
        "unaligned",
        "broken",
        "tied",
        "tied with a stray tag",
        "routine",
        "sub-task",
        "epic",
        "cancelled",
        "no sprint",
        "a sprint not begun",
        "a team that did not opt in",
    ],
)
def test_unaligned_and_broken_work_in_an_active_sprint_is_flagged(
    issue: Issue, expected: list[tuple[str, str]]
) -> None:
    assert said(planned(issue, sprints=(a_sprint("7"), a_sprint("8", state="future")))) == expected


def test_a_flag_knows_its_issue_and_its_sprint() -> None:
    (change,) = planned(in_sprint())

    assert (change.write.tracker, change.write.key, change.write.id, change.write.sprint) == (
        "memory",
        "PAY-1",
        "id-PAY-1",
        "7",
    )


def test_a_flag_that_is_there_is_not_put_on_again() -> None:
    assert planned(in_sprint(**FLAGGED)) == ()


@pytest.mark.parametrize("flagged", [(), ((UNALIGNED, "6"),)])
def test_a_label_that_stands_there_already_is_remembered_for_this_sprint(flagged: tuple[tuple[str, str], ...]) -> None:
    (change,) = planned(in_sprint(labels=("OKR-Unaligned",), flagged=flagged))

    assert (change.write.action, change.write.sprint) == ("remember", "7")


def test_a_flag_that_a_person_removed_stays_off_for_that_sprint() -> None:
    (change,) = planned(in_sprint(flagged=((UNALIGNED, "7"),)))

    assert (change.status, change.reason) == (Status.LEFT_ALONE, "a person removed it: it stays off for this sprint")


def test_in_the_next_sprint_it_is_flagged_anew() -> None:
    assert said(planned(in_sprint(flagged=((UNALIGNED, "6"),)))) == [("add", UNALIGNED)]


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": (UNALIGNED, "okr:PAY-O1-KR1")},
        {"type": "Bug"},
        {"state": State.CANCELLED},
        {"sprints": ()},
        {"sprints": ("8",)},
    ],
    ids=["tied", "routine", "cancelled", "out of the sprint", "moved to the next sprint"],
)
def test_a_flag_is_taken_off_when_its_reason_is_gone(changes: dict[str, Any]) -> None:
    (change,) = planned(in_sprint(**FLAGGED | changes), sprints=(a_sprint("7"), a_sprint("8", state="future")))

    assert (change.write.action, change.write.sprint) == ("remove", "7")
    assert change.status is Status.WOULD_CHANGE


def test_a_flag_is_taken_off_when_its_sprint_was_closed() -> None:
    assert said(planned(in_sprint(**FLAGGED), sprints=(a_sprint("7", state="closed"),))) == [("remove", UNALIGNED)]


def test_a_flag_is_taken_off_when_its_team_opts_out() -> None:
    assert said(planned(in_sprint(**FLAGGED), rules=settings())) == [("remove", UNALIGNED)]


def test_one_flag_makes_room_for_the_other() -> None:
    changes = planned(in_sprint(**FLAGGED | {"labels": (UNALIGNED, BROKEN_TAG)}))

    assert said(changes) == [("remove", UNALIGNED), ("add", BROKEN)]


@pytest.mark.parametrize(
    "changes", [{"labels": (UNALIGNED, "okr:PAY-O1-KR1")}, {"sprints": (), "labels": (UNALIGNED,)}]
)
def test_a_label_that_is_not_ours_is_never_taken_off(changes: dict[str, Any]) -> None:
    assert planned(in_sprint(**changes)) == ()


def test_what_a_person_removed_is_forgotten_once_its_sprint_is_over() -> None:
    removed: dict[str, Any] = {"flagged": ((UNALIGNED, "7"),)}

    assert said(planned(in_sprint(**removed), sprints=(a_sprint("7", state="closed"),))) == [("forget", UNALIGNED)]
    assert said(planned(in_sprint(sprints=(), **removed))) == [("forget", UNALIGNED)]


def test_what_a_person_removed_is_remembered_while_its_sprint_runs_though_the_issue_is_tied_now() -> None:
    assert planned(in_sprint(labels=("okr:PAY-O1-KR1",), flagged=((UNALIGNED, "7"),))) == ()


@pytest.mark.parametrize(
    ("unread", "expected"), [("memory", []), ("elsewhere", [("remove", UNALIGNED)]), (None, [("remove", UNALIGNED)])]
)
def test_a_flag_stays_while_its_sprint_may_be_one_that_could_not_be_read(
    unread: str | None, expected: list[tuple[str, str]]
) -> None:
    assert said(planned(in_sprint(**FLAGGED), sprints=(), unread=unread)) == expected


def test_cancelled_work_loses_its_flag_though_a_scope_could_not_be_read() -> None:
    assert said(planned(in_sprint(**FLAGGED, state=State.CANCELLED), unread="memory")) == [("remove", UNALIGNED)]


def test_sprints_that_were_read_are_flagged_though_another_scope_was_not() -> None:
    assert said(planned(in_sprint(), unread="memory")) == [("add", UNALIGNED)]


def test_at_most_fifty_flags_are_written_in_a_run_removals_first_and_the_rest_is_said() -> None:
    unaligned = [in_sprint(f"PAY-{n}") for n in range(AT_MOST + 2)]
    tied = in_sprint("PAY-999", **FLAGGED | {"labels": (UNALIGNED, "okr:PAY-O1-KR1")})
    removed_by_hand = in_sprint("PAY-1000", flagged=((UNALIGNED, "7"),))

    changes, notes = with_notes(*unaligned, tied, removed_by_hand)

    assert notes == ("3 of 53 flag changes wait for the next run: at most 50 a run",)
    assert [change.write.action for change in changes] == ["remove"] + ["add"] * (AT_MOST - 1) + ["add"]
    assert changes[-1].status is Status.LEFT_ALONE
    assert AT_MOST == 50


def test_fifty_flags_are_written_without_a_note() -> None:
    changes, notes = with_notes(*(in_sprint(f"PAY-{n}") for n in range(AT_MOST)))

    assert (len(changes), notes) == (AT_MOST, ())


def test_the_labels_can_be_configured() -> None:
    rules = settings(teams=(OPTED_IN,), unaligned_label="needs-goal")

    assert said(planned(in_sprint(), rules=rules)) == [("add", "needs-goal")]
