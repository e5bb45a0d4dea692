"""What a scope is made of, asked before any issue: projects by their present keys, boards, sprints, and its query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import quote

import msgspec

from adapters.errors import NotFound, Unreadable
from adapters.jira.boards import Board, Estimates, boards_of, estimates_of, sprints_of
from adapters.jira.client import Client
from adapters.jira.failures import RefusedRead, one_line
from adapters.jira.jql import quoted_all, wrapped
from adapters.jira.site import Site
from mappings.model import Issue, KanbanBoard, Scope, Sprint
from mappings.sprints import is_named, next_of, shown


class _Project(msgspec.Struct, frozen=True):
    key: str


class _Parsed(msgspec.Struct, frozen=True):
    errors: list[str] = []


class _ParsedQueries(msgspec.Struct, frozen=True):
    queries: list[_Parsed]


_project = msgspec.json.Decoder(_Project)
_parsed = msgspec.json.Decoder(_ParsedQueries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A scope before its issues are read."""

    sprints: tuple[Sprint, ...]
    shown: tuple[Sprint, ...]
    """Those of them that the report is about."""
    kanban: tuple[KanbanBoard, ...]
    estimates: Estimates
    query: str | None
    """JQL of everything to read; None where the scope holds nothing."""
    renamed: tuple[tuple[str, str], ...]
    unconfirmed: tuple[str, ...]
    """Project keys of which nothing has shown yet that they are the present ones."""

    @property
    def read_sprints(self) -> frozenset[str]:
        """Ids of the sprints that an issue is said to be in, closed ones among them."""
        return frozenset(sprint.id for sprint in self.sprints)


def outline(client: Client, site: Site, scope: Scope, since: date) -> Outline:
    """Ask for the boards, their sprints and configurations, and what the projects are called now.

    Raises Unreadable for a query of the user's own that Jira does not accept, with Jira's reasons.
    """
    if scope.jql:
        _refuse_unless_valid(client, scope)
    boards = boards_of(client, scope)
    located = {board.location.project_key.casefold() for board in boards}
    unconfirmed = tuple(key for key in scope.projects if key.casefold() not in located)
    renamed: tuple[tuple[str, str], ...] = ()
    if "" not in located:
        renamed, unconfirmed = renames(client, unconfirmed), ()
        scope = replace(scope, projects=_present(scope.projects, renamed))
    if not scope.boards:
        boards = [board for board in boards if board.location.project_key in ("", *scope.projects)]
    sprints, flowing = sprints_of(client, boards, scope)
    estimates = estimates_of(client, boards, site)
    projects = scope.projects or tuple(
        dict.fromkeys(board.location.project_key for board in boards if board.location.project_key)
    )
    return Outline(
        sprints=tuple(sprints),
        shown=shown(sprints, {scope.team: scope.sprints}),
        kanban=tuple(_kanban(boards, flowing, replace(scope, projects=projects))),
        estimates=estimates,
        query=scope_query(replace(scope, projects=() if scope.jql else projects), sprints, since),
        renamed=renamed,
        unconfirmed=unconfirmed,
    )


def renames(client: Client, projects: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """(key asked for, key it has now) of the projects that answer under another key: Jira still knows the old ones."""
    found = []
    for key in projects:
        try:
            present = client.fetch(_project, "GET", f"{client.api}/project/{quote(key, safe='')}").key
        except NotFound as error:
            raise NotFound(f"project {key}: {error}", tracker=client.name) from None
        if present.casefold() != key.casefold():
            found.append((key, present))
    return tuple(found)


def unseen(outline: Outline, issues: Iterable[Issue]) -> tuple[str, ...]:
    """Unconfirmed projects that no issue has either: they are empty, or are called something else by now."""
    seen = {issue.project.casefold() for issue in issues}
    return tuple(key for key in outline.unconfirmed if key.casefold() not in seen)


def rename_notes(scope: Scope, renamed: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """For each renamed project what happened, and the config line to change."""
    line = ", ".join(f'"{key}"' for key in _present(scope.projects, renamed))
    return tuple(
        f"project {old} is now called {new}: change projects = [{line}] in teams.{scope.team}" for old, new in renamed
    )


def scope_query(scope: Scope, sprints: Iterable[Sprint], since: date) -> str | None:
    """The scope's JQL; None where it holds nothing.

    Jira reads dates in the account's own time zone, so the window begins a day early: one day covers every zone.
    """
    sprints = tuple(sprints)
    where = ""
    if scope.jql:
        where = wrapped(scope.jql)
    elif scope.projects:
        where = f"(project in ({quoted_all(scope.projects)})"
        where += f" AND component in ({quoted_all(scope.components)}))" if scope.components else ")"
    parts = []
    if where:
        day = (since - timedelta(days=1)).isoformat()
        parts.append(f'{where} AND (statusCategory != Done OR updated >= "{day}")')
    following = set(next_of(sprints))
    in_full = [
        sprint.id
        for sprint in sprints
        if sprint.state in ("active", "closed") or sprint in following or is_named(sprint, scope.sprints)
    ]
    if in_full:
        parts.append(f"sprint in ({', '.join(in_full)})")
    return " OR ".join(f"({part})" for part in parts) + " ORDER BY key ASC" if parts else None


def _refuse_unless_valid(client: Client, scope: Scope) -> None:
    try:
        why = refusal_of(client, scope.jql)
    except ValueError as error:
        why = str(error)
    if why:
        raise Unreadable(f"teams.{scope.team}, the jql of its scope in {client.name}: {why}", tracker=client.name)


def refusal_of(client: Client, jql: str) -> str:
    """Why Jira does not accept a query of the user's own, in its words; empty where it does. Raises as `wrapped`."""
    inside = wrapped(jql)
    errors: list[str] = []
    try:
        if client.api.endswith("/3"):
            parse, body = f"{client.api}/jql/parse", {"queries": [jql]}
            answer = client.fetch(_parsed, "POST", parse, params={"validation": "strict"}, body=body)
            errors = [error for query in answer.queries for error in query.errors]
        else:
            client.call("POST", f"{client.api}/search", body={"jql": inside, "maxResults": 0, "fields": ["id"]})
    except RefusedRead as error:
        errors = [str(error)]
    return one_line("; ".join(errors) or "it does not say why") if errors else ""


def _kanban(boards: Sequence[Board], flowing: Sequence[Board], scope: Scope) -> Iterable[KanbanBoard]:
    """The boards that a window stands for: named ones, and of a project without any sprint board its first."""
    if not scope.kanban_days:
        return
    taken = {board.location.project_key for board in boards if board not in flowing}
    for board in flowing:
        project = board.location.project_key
        if not scope.boards and project in taken:
            continue
        taken.add(project)
        yield KanbanBoard(
            tracker=scope.tracker,
            id=str(board.id),
            name=board.name or f"Board {board.id}",
            team=scope.team,
            projects=(project,) if project else scope.projects,
        )


def _present(projects: Iterable[str], renamed: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    now = dict(renamed)
    return tuple(dict.fromkeys(now.get(key, key) for key in projects))
