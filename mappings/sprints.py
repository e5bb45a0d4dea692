"""Which sprints a report is about: active, next, or by name; and the window that stands for a kanban board's."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo

from mappings.model import ACTIVE_SPRINTS, Issue, KanbanBoard, Reading, Sprint, SprintChoice, State


def shown(sprints: Iterable[Sprint], choices: Mapping[str, SprintChoice]) -> tuple[Sprint, ...]:
    """The sprints whose issues are rows, by the choice of the team that read them; of an unknown team the active."""
    sprints = tuple(sprints)
    following = set(next_of(sprints))
    found = []
    for sprint in sprints:
        choice = choices.get(sprint.team, ACTIVE_SPRINTS)
        if choice.ids or choice.names:
            wanted = is_named(sprint, choice)
        else:
            wanted = sprint in following if choice.next else sprint.state == "active"
        if wanted or (sprint.is_window and not choice.next):
            found.append(sprint)
    return tuple(found)


def is_named(sprint: Sprint, choice: SprintChoice) -> bool:
    """True when the choice names this sprint, by id, by name or, in Linear, by number."""
    if sprint.id in choice.ids or sprint.number in choice.ids:
        return True
    return sprint.name.casefold() in {name.casefold() for name in choice.names}


def last_closed(sprints: Iterable[Sprint], most: int) -> frozenset[str]:
    """Ids of the sprints of each board (each team, where a tracker has no boards) that closed last, `most` of each."""
    by_board: dict[tuple[str, str], list[Sprint]] = {}
    for sprint in sprints:
        if sprint.state == "closed":
            by_board.setdefault((sprint.tracker, sprint.board or sprint.team), []).append(sprint)
    return frozenset(
        sprint.id for ours in by_board.values() for sprint in sorted(ours, key=_latest_first)[: max(most, 0)]
    )


def next_of(sprints: Iterable[Sprint]) -> tuple[Sprint, ...]:
    """The next sprint of each board (each team, where a tracker has no boards): of those not begun the one that starts
    first; undated ones come after the dated, by id.
    """
    return tuple(min(ours, key=_in_turn) for ours in _not_begun(sprints))


def next_notes(sprints: Iterable[Sprint]) -> tuple[str, ...]:
    """A sentence for each board whose next sprint had to be chosen among several without a start date."""
    said = []
    for ours in _not_begun(sprints):
        taken = min(ours, key=_in_turn)
        if taken.start is None and len(ours) > 1:
            said.append(
                f'{taken.team}: {len(ours)} sprints are planned and none has a start date: "{taken.name}" ({taken.id}) '
                "is taken as the next one, for it has the lowest id"
            )
    return tuple(said)


def with_windows(reading: Reading, days: int, today: date, zone: tzinfo) -> Reading:
    """The reading with a pseudo-sprint for each kanban board: `board-ID/last-DAYS-days`.

    In it are the board's issues that are in progress, or were done or cancelled on one of the last `days` days, today
    among them. An issue that is in an active sprint is that sprint's and not in a window too.
    """
    if not reading.kanban or days < 1:
        return reading
    first = today - timedelta(days=days - 1)
    windows = {board.id: _window(board, days, first, today, zone) for board in reading.kanban}
    active = {sprint.id for sprint in reading.sprints if sprint.state == "active"}

    def placed(issue: Issue) -> Issue:
        lately = issue.done_at is not None and first <= issue.done_at.astimezone(zone).date() <= today
        if active & set(issue.sprints) or not (issue.state is State.STARTED or lately):
            return issue
        boards = (board for board in reading.kanban if issue.project in board.projects)
        return replace(issue, sprints=(*issue.sprints, *(windows[board.id].id for board in boards)))

    return replace(
        reading,
        issues=tuple(placed(issue) for issue in reading.issues),
        sprints=(*reading.sprints, *windows.values()),
    )


def _window(board: KanbanBoard, days: int, first: date, today: date, zone: tzinfo) -> Sprint:
    return Sprint(
        tracker=board.tracker,
        id=f"board-{board.id}/last-{days}-days",
        name=f"{board.name}, last {days} days",
        state="active",
        team=board.team,
        start=datetime.combine(first, time(), zone),
        end=datetime.combine(today, time(23, 59, 59), zone),
        board=board.id,
        is_window=True,
    )


def _not_begun(sprints: Iterable[Sprint]) -> list[list[Sprint]]:
    by_board: dict[tuple[str, str], list[Sprint]] = {}
    for sprint in sprints:
        if sprint.state == "future":
            by_board.setdefault((sprint.tracker, sprint.board or sprint.team), []).append(sprint)
    return [by_board[board] for board in sorted(by_board)]


def _latest_first(sprint: Sprint) -> tuple[bool, float, int, str]:
    number = int(sprint.id) if sprint.id.isascii() and sprint.id.isdigit() else 0
    return (sprint.end is None, -sprint.end.timestamp() if sprint.end else 0, -number, sprint.id)


def _in_turn(sprint: Sprint) -> tuple[bool, float, int, str]:
    return (
        sprint.start is None,
        sprint.start.timestamp() if sprint.start else 0,
        int(sprint.id) if sprint.id.isascii() and sprint.id.isdigit() else 0,
        sprint.id,
    )
