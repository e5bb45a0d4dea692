"""Which sprints are shown, which one is next, and the window that stands for a kanban board's."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from support.builders import TODAY, a_kr, a_registry, a_scope, a_sprint, a_team, an_issue, settings

from mappings.figures import work_out
from mappings.model import Issue, KanbanBoard, Reading, Sprint, SprintChoice, State
from mappings.sprints import last_closed, next_notes, next_of, shown, with_windows

ZURICH = ZoneInfo("Europe/Zurich")
BOARD = KanbanBoard(tracker="memory", id="4", name="Flow", team="payments", projects=("PAY",))
WINDOW = "board-4/last-14-days"
SPRINTS = (
    a_sprint("6", state="closed", name="Sprint 11"),
    a_sprint("7", name="Sprint 12"),
    a_sprint("8", state="future", name="Sprint 13"),
)


def ids(sprints: tuple[Sprint, ...]) -> list[str]:
    return [sprint.id for sprint in sprints]


def a_plan(id: str, start: datetime | None = None, **changes: Any) -> Sprint:
    return a_sprint(id, **{"state": "future", "start": start, "end": None, "board": "12"} | changes)


def a_reading(*issues: Issue, **changes: Any) -> Reading:
    given: dict[str, Any] = {"scope": a_scope(), "kind": "memory", "issues": issues, "kanban": (BOARD,)}
    return Reading(**given | changes)


def in_window(issue: Issue, **changes: Any) -> bool:
    (found,) = with_windows(a_reading(issue, **changes), 14, TODAY, ZURICH).issues
    return WINDOW in found.sprints


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (SprintChoice(), ["7"]),
        (SprintChoice(next=True), ["8"]),
        (SprintChoice(ids=("6",)), ["6"]),
        (SprintChoice(names=("sprint 11", "Sprint 12")), ["6", "7"]),
        (SprintChoice(ids=("8",), names=("Sprint 11",)), ["6", "8"]),
    ],
)
def test_a_team_sees_the_sprints_of_its_choice(choice: SprintChoice, expected: list[str]) -> None:
    assert ids(shown(SPRINTS, {"payments": choice})) == expected


def test_the_sprints_that_closed_last_are_told_for_each_board_by_their_end() -> None:
    def closed(id: str, day: int | None, **changes: Any) -> Sprint:
        end = datetime(2026, 11, day, tzinfo=UTC) if day else None
        return a_sprint(id, **{"state": "closed", "end": end, "board": "12"} | changes)

    sprints = [
        closed("9", 1),
        closed("10", 15),
        closed("8", 15),
        closed("11", None),
        closed("3", 2, board="13"),
        closed("4", 9, board="", team="growth"),
        a_sprint("12", board="12"),
    ]

    assert last_closed(sprints, 1) == {"10", "3", "4"}
    assert last_closed(sprints, 3) == {"10", "8", "9", "3", "4"}
    assert last_closed(sprints, 9) == {"9", "10", "8", "11", "3", "4"}
    assert last_closed(sprints, 0) == frozenset()


def test_one_team_s_choice_is_not_another_s() -> None:
    assert ids(shown(SPRINTS, {"growth": SprintChoice(next=True)})) == ["7"]


def test_the_next_sprint_is_the_one_that_starts_first_and_undated_ones_come_last_by_number() -> None:
    dated = a_plan("30", datetime(2026, 12, 7, tzinfo=UTC))
    sooner = a_plan("31", datetime(2026, 11, 23, tzinfo=UTC))

    assert ids(next_of((a_plan("9"), dated, sooner, a_plan("10")))) == ["31"]
    assert ids(next_of((a_plan("10"), a_plan("9")))) == ["9"]


def test_every_board_has_its_own_next_sprint_and_a_team_without_boards_one() -> None:
    sprints = (a_plan("1"), a_plan("2", board="13"), a_plan("3", board=""), a_plan("4", board=""))

    assert sorted(ids(next_of(sprints))) == ["1", "2", "3"]


def test_a_choice_among_undated_sprints_is_said_and_one_that_is_clear_is_not() -> None:
    (said,) = next_notes((a_plan("9"), a_plan("10")))

    assert '"Sprint 9" (9) is taken as the next one' in said
    assert next_notes((a_plan("9"), a_plan("10", datetime(2026, 11, 23, tzinfo=UTC)))) == ()
    assert next_notes((a_plan("9"), a_plan("10", board="13"))) == ()


def test_a_window_is_an_active_sprint_of_so_many_days_with_today_the_last() -> None:
    (window,) = with_windows(a_reading(), 14, TODAY, ZURICH).sprints

    assert (window.id, window.name, window.state) == (WINDOW, "Flow, last 14 days", "active")
    assert window.start is not None
    assert window.end is not None
    assert (window.start.date().isoformat(), window.end.date()) == ("2026-11-05", TODAY)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": State.STARTED}, True),
        ({"state": State.OPEN}, False),
        ({"state": State.DONE, "done_at": datetime(2026, 11, 5, 0, 0, tzinfo=ZURICH)}, True),
        ({"state": State.DONE, "done_at": datetime(2026, 11, 4, 23, 59, tzinfo=ZURICH)}, False),
        ({"state": State.DONE, "done_at": datetime(2026, 11, 19, 0, 0, tzinfo=ZURICH)}, False),
        ({"state": State.DONE}, False),
        ({"state": State.STARTED, "project": "OPS"}, False),
    ],
)
def test_in_a_window_is_what_is_in_progress_or_was_done_in_its_days(changes: dict[str, Any], expected: bool) -> None:
    assert in_window(an_issue(**changes)) is expected


def test_work_of_an_active_sprint_is_not_in_a_window_too() -> None:
    started = an_issue(state=State.STARTED, sprints=("7",))

    assert not in_window(started, sprints=(a_sprint("7"),))
    assert in_window(started, sprints=(a_sprint("7", state="future"),))


def test_without_days_or_kanban_boards_nothing_is_changed() -> None:
    reading = a_reading(an_issue(state=State.STARTED))

    assert with_windows(reading, 0, TODAY, ZURICH) == reading
    assert with_windows(a_reading(kanban=()), 14, TODAY, ZURICH) == a_reading(kanban=())


def test_a_kanban_team_has_a_row_in_the_figures() -> None:
    reading = a_reading(an_issue(state=State.STARTED, labels=("okr:PAY-O1-KR1",)), an_issue("PAY-2"))

    figures = work_out([reading], a_registry(a_kr()), settings(), TODAY)

    (alignment,) = figures.sprints
    assert (alignment.sprint.id, [row.issue.key for row in alignment.rows]) == (WINDOW, ["PAY-1"])


def test_the_figures_follow_the_team_s_choice_and_keep_the_next_sprint_apart() -> None:
    reading = a_reading(sprints=SPRINTS, kanban=())
    team = a_team(sprints=SprintChoice(names=("Sprint 11",)))

    figures = work_out([reading], a_registry(a_kr()), settings(teams=(team,)), TODAY)

    assert [each.sprint.id for each in figures.sprints] == ["6"]
    assert [each.sprint.id for each in figures.planned] == ["8"]


def test_a_sprint_counts_how_its_rows_came_into_it() -> None:
    issues = [
        an_issue(f"PAY-{number}", sprints=("7",), entered=(("7", how), ("6", "added")))
        for number, how in enumerate(("planned", "planned", "carried"))
    ]
    reading = a_reading(*issues, sprints=SPRINTS, kanban=())

    (alignment,) = work_out([reading], a_registry(a_kr()), settings(), TODAY).sprints

    assert [alignment.entered(how) for how in ("planned", "added", "carried")] == [2, 0, 1]
