"""Boards, their sprints, and the field in which a board estimates. Jira Software Cloud REST 1.0, `/rest/agile`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from adapters.errors import NotFound, Unreadable
from adapters.jira.client import Client
from adapters.jira.failures import RefusedRead
from adapters.jira.site import Site
from adapters.jira.wire import moment
from mappings.model import Scope, Sprint
from mappings.nearest import did_you_mean
from mappings.sprints import is_named, last_closed

T = TypeVar("T")

PAGE = 50
MOST_PAGES = 1_000
NO_SPRINTS = "does not support sprints"
"""Jira's own words; in other languages only the board's type tells."""
TYPES_WITHOUT_SPRINTS = ("kanban", "simple")


class _Location(msgspec.Struct, frozen=True, rename="camel"):
    project_key: str = ""


class Board(msgspec.Struct, frozen=True):
    """A board; `kanban` ones have no sprints, `simple` ones (team-managed) may."""

    id: int
    name: str = ""
    type: str = ""
    location: _Location = _Location()


class _Boards(msgspec.Struct, frozen=True, rename="camel"):
    values: list[Board]
    is_last: bool = False


class _SprintRow(msgspec.Struct, frozen=True, rename="camel"):
    id: int
    name: str = ""
    state: str = ""
    start_date: str | None = None
    end_date: str | None = None
    origin_board_id: int | None = None


class _Sprints(msgspec.Struct, frozen=True, rename="camel"):
    values: list[_SprintRow]
    is_last: bool = False


class _EstimationField(msgspec.Struct, frozen=True, rename="camel"):
    field_id: str = ""


class _Estimation(msgspec.Struct, frozen=True):
    type: str = ""
    field: _EstimationField = _EstimationField()


class _Configuration(msgspec.Struct, frozen=True):
    estimation: _Estimation = _Estimation()


_board = msgspec.json.Decoder(Board)
_boards = msgspec.json.Decoder(_Boards)
_sprints = msgspec.json.Decoder(_Sprints)
_sprint = msgspec.json.Decoder(_SprintRow)
_configuration = msgspec.json.Decoder(_Configuration)


@dataclass(frozen=True, slots=True)
class Estimates:
    """The fields to read estimates from."""

    fields: tuple[str, ...]
    of_project: Mapping[str, str]
    guessed: bool
    """No board says which: an issue set that fills more than one of the fields is ambiguous."""


def boards_of(client: Client, scope: Scope) -> list[Board]:
    """The boards that the scope names; without any, those of its projects.

    A board that only shows a project's issues and belongs to another project is left to that other one.
    """
    if scope.boards:
        return [_board_of(client, board) for board in scope.boards]
    found: dict[int, Board] = {}
    for project in scope.projects:

        def page(start: int, project: str = project) -> tuple[list[Board], bool]:
            params: dict[str, str | int] = {"projectKeyOrId": project, "startAt": start, "maxResults": PAGE}
            answer = client.fetch(_boards, "GET", "/rest/agile/1.0/board", params=params)
            return answer.values, answer.is_last

        found.update((board.id, board) for board in _walk(page, "boards", client.name))
    return [found[number] for number in sorted(found)]


def sprints_of(client: Client, boards: Iterable[Board], scope: Scope) -> tuple[list[Sprint], list[Board]]:
    """Active and future sprints and those that the scope chooses, once each though several boards show them, in the
    order of their ids; and the boards that have none, now or ever.

    Raises Unreadable for a name that no sprint has, or several have; NotFound for an id that is not there.
    """
    choice = scope.sprints
    named = bool(choice.ids or choice.names or choice.last)
    rows: dict[int, _SprintRow] = {}
    flowing: list[Board] = []
    for board in boards:
        shown = None if board.type == "kanban" else _sprints_on(client, board, closed=named)
        if shown is None:
            flowing.append(board)
        else:
            rows.update((sprint.id, sprint) for sprint in shown)
    for ident in choice.ids:
        if int(ident) not in rows:
            rows[int(ident)] = _sprint_of(client, ident)
    try:
        found = [_to_sprint(rows[number], scope) for number in sorted(rows)]
    except ValueError as error:
        raise Unreadable(f"a sprint's date is not a date: {error}", tracker=client.name) from None
    for name in choice.names:
        _refuse_if_ambiguous(name, found, scope)
    back = last_closed(found, choice.last)
    wanted = [it for it in found if it.state != "closed" or it.id in back or is_named(it, choice)]
    return wanted, flowing


def _sprints_on(client: Client, board: Board, *, closed: bool) -> list[_SprintRow] | None:
    """The sprints of one board; None where it has none: it answers 400 then, whatever its type says.

    A scrum board's 400 that does not say so is a problem, and so is one in the midst of the list: a part of the
    sprints is not all of them.
    """
    asked_on = 0

    def page(start: int) -> tuple[list[_SprintRow], bool]:
        nonlocal asked_on
        asked_on = start
        states = "active,future,closed" if closed else "active,future"
        params: dict[str, str | int] = {"state": states, "startAt": start, "maxResults": PAGE}
        answer = client.fetch(_sprints, "GET", f"/rest/agile/1.0/board/{board.id}/sprint", params=params)
        return answer.values, answer.is_last

    try:
        return _walk(page, "sprints", client.name)
    except RefusedRead as error:
        if asked_on or (board.type not in TYPES_WITHOUT_SPRINTS and NO_SPRINTS not in str(error)):
            raise
        return None


def _sprint_of(client: Client, ident: str) -> _SprintRow:
    try:
        return client.fetch(_sprint, "GET", f"/rest/agile/1.0/sprint/{ident}")
    except NotFound as error:
        raise NotFound(f"sprint {ident}: {error}", tracker=client.name) from None


def _refuse_if_ambiguous(name: str, sprints: list[Sprint], scope: Scope) -> None:
    ids = [sprint.id for sprint in sprints if sprint.name.casefold() == name.casefold()]
    if not ids:
        hint = did_you_mean(name, [sprint.name for sprint in sprints])
        raise Unreadable(f'no board of {scope.name} has a sprint called "{name}"{hint}', tracker=scope.tracker)
    if len(ids) > 1:
        raise Unreadable(
            f'{len(ids)} sprints of {scope.name} are called "{name}", with the ids {", ".join(ids)}: '
            f"name one by its id in teams.{scope.team}, sprints = [{ids[-1]}]",
            tracker=scope.tracker,
        )


def estimates_of(client: Client, boards: Iterable[Board], site: Site) -> Estimates:
    """The config's field; else what the boards say, per project; else the site's candidates.

    Raises Unreadable where two boards of one project estimate in different fields.
    """
    if site.estimate:
        return Estimates((site.estimate,), {}, guessed=False)
    fields: dict[str, None] = {}
    of_project: dict[str, str] = {}
    for board in boards:
        answer = client.fetch(_configuration, "GET", f"/rest/agile/1.0/board/{board.id}/configuration")
        field = answer.estimation.field.field_id
        if not field.startswith("customfield_"):
            continue  # issue count, or time: neither is points
        fields[field] = None
        project = board.location.project_key
        if project and of_project.setdefault(project, field) != field:
            named = [each for each in site.estimate_candidates if each.id in (field, of_project[project])]
            what = ", ".join(f'"{each.name}" ({each.id})' for each in named) or f"{of_project[project]}, {field}"
            raise Unreadable(
                f"the boards of {project} estimate in different fields, {what}: "
                f'name one in the config, trackers.{client.name}, estimate_field = "{of_project[project]}"',
                tracker=client.name,
            )
    if fields:
        return Estimates(tuple(fields), of_project, guessed=False)
    candidates = tuple(field.id for field in site.estimate_candidates)
    return Estimates(candidates, {}, guessed=len(candidates) > 1)


def _board_of(client: Client, board: int) -> Board:
    try:
        return client.fetch(_board, "GET", f"/rest/agile/1.0/board/{board}")
    except NotFound as error:
        raise NotFound(f"board {board}: {error}", tracker=client.name) from None


def _to_sprint(row: _SprintRow, scope: Scope) -> Sprint:
    return Sprint(
        tracker=scope.tracker,
        id=str(row.id),
        name=row.name,
        state=row.state,
        team=scope.team,
        start=moment(row.start_date) if row.start_date else None,
        end=moment(row.end_date) if row.end_date else None,
        board="" if row.origin_board_id is None else str(row.origin_board_id),
    )


def _walk(page: Callable[[int], tuple[list[T], bool]], what: str, tracker: str) -> list[T]:
    """All pages. Ends at `isLast` or at an empty page, never at a short one."""
    found: list[T] = []
    for _ in range(MOST_PAGES):
        values, is_last = page(len(found))
        found.extend(values)
        if is_last or not values:
            return found
    raise Unreadable(f"Jira's list of {what} does not end", tracker=tracker)
