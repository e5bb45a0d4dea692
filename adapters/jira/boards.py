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

T = TypeVar("T")

PAGE = 50
MOST_PAGES = 1_000


class _Location(msgspec.Struct, frozen=True, rename="camel"):
    project_key: str = ""


class Board(msgspec.Struct, frozen=True):
    """A board; `kanban` ones have no sprints, `simple` ones (team-managed) may."""

    id: int
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

        for board in _walk(page, "boards", client.name):
            if board.location.project_key in ("", *scope.projects):
                found[board.id] = board
    return [found[number] for number in sorted(found)]


def sprints_of(client: Client, boards: Iterable[Board], scope: Scope) -> list[Sprint]:
    """Active and future sprints, once each though several boards show them, in the order of their ids."""
    found: dict[int, _SprintRow] = {}
    for board in boards:
        if board.type == "kanban":
            continue

        def page(start: int, board: Board = board) -> tuple[list[_SprintRow], bool]:
            params: dict[str, str | int] = {"state": "active,future", "startAt": start, "maxResults": PAGE}
            answer = client.fetch(_sprints, "GET", f"/rest/agile/1.0/board/{board.id}/sprint", params=params)
            return answer.values, answer.is_last

        try:
            found.update((sprint.id, sprint) for sprint in _walk(page, "sprints", client.name))
        except RefusedRead:
            continue  # a board without sprints answers 400, whatever its type says
    try:
        return [_to_sprint(found[number], scope) for number in sorted(found)]
    except ValueError as error:
        raise Unreadable(f"a sprint's date is not a date: {error}", tracker=client.name) from None


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
                f'name one in the config, estimate_field = "{of_project[project]}"',
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
