"""Reading a scope: its outline, its issues, then their ancestors by id. Complete, or an error."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from adapters.errors import NotFound, Unreadable
from adapters.jira.client import Client
from adapters.jira.failures import RefusedRead
from adapters.jira.fetching import Fetching, Wanted
from adapters.jira.hierarchy import Place, levels_of
from adapters.jira.incremental import Brought, IssueRead, Last, ScopeMemory, catch_up, fingerprint_of
from adapters.jira.scope import Outline, outline, rename_notes, renames, unseen
from adapters.jira.settings import JiraSettings
from adapters.jira.site import Site, sign_in
from adapters.jira.sprint_history import SprintHistory
from adapters.jira.tally import Tally
from adapters.jira.wire import FLAGS_PROPERTY, SYSTEM_FIELDS, Columns, Row, estimates_in, to_issue
from adapters.ports import Contents
from mappings.model import Issue, Scope


class _TablesOutdated(Unreadable):
    """The kept tables may be wrong: there is no earlier reading to hold them against, or its projects were others."""


class ScopeReader:
    """Reads scopes; the ancestors it has read, or found hidden, stay known for the run, and what is known of levels."""

    def __init__(
        self, client: Client, settings: JiraSettings, fetching: Fetching, memory: ScopeMemory | None = None
    ) -> None:
        self._client = client
        self._settings = settings
        self._fetching = fetching
        self._memory = memory
        self._cancelled = frozenset(form for name in settings.cancelled_resolutions for form in (name, name.casefold()))
        self._ancestors: dict[str, IssueRead | None] = {}
        self._places: dict[str, Place] = {}
        self._history = SprintHistory(client)

    def read(self, site: Site, scope: Scope, since: date) -> Contents:
        """See adapters.ports.Reader.read. A scope of boards alone has those boards' projects."""
        try:
            return self._read(site, scope, since)
        except (RefusedRead, NotFound, _TablesOutdated):
            tables = self._client.tables
            if tables is None or not tables.used:
                raise
            # Projects are not what the kept tables say: everything is asked anew, also whether the token sees any.
            tables.forget()
            return self._read(sign_in(self._client, self._settings), scope, since)

    def _read(self, site: Site, scope: Scope, since: date) -> Contents:
        tally = Tally(self._client)
        found = outline(self._client, site, scope, since)
        tally.mark("boards")
        columns = Columns(
            site.sprint, found.estimates.fields, found.estimates.of_project, site.tags, read_sprints=found.read_sprints
        )
        memory = self._memory
        fingerprint = fingerprint_of(
            self._settings.url,
            site.account_id,
            scope,
            replace(columns, read_sprints=frozenset()),
            sorted(self._cancelled),
            self._fetching.reads_flags_by,
        )
        started = self._client.server_time
        last = memory.last(scope.name, fingerprint) if memory else None
        if last:
            self._history.remembered |= last.moves
        else:
            self._refuse_old_tables("nothing was read of the scope that they could be held against")
        base = None if last is None or last.fits_one_request else last
        brought = self._bring(scope, found, columns, base)
        if last and _projects_of(brought.rows) != _projects_of(last.issues):
            self._refuse_old_tables("the projects of the scope's issues are others than last time")
        used = {field for row in brought.rows.values() for field in row.estimates}
        if found.estimates.guessed and len(used) > 1:
            raise self._ambiguous(site, used)
        self._ancestors |= brought.above
        above, hidden = self._read_ancestors(brought.rows, columns)
        issues, ancestors = self._with_levels(brought.rows, above)
        tally.mark("issues")
        renamed = (*found.renamed, *renames(self._client, unseen(found, issues.values())))
        tally.mark("boards")
        rows, notes = self._history.entries([issues[ident] for ident in sorted(issues)], found.shown, site.sprint)
        tally.mark("sprint history")
        if memory and started:
            memory.keep(
                scope.name,
                fingerprint,
                brought,
                last=base,
                started=started,
                moves=self._history.remembered,
                ancestors=ancestors,
                hidden=hidden,
                sprints=found.sprints,
                one_request_brings=self._fetching.one_request_brings,
            )
        return Contents(
            issues=rows,
            ancestors=tuple(ancestors[ident] for ident in sorted(ancestors)),
            sprints=found.sprints,
            hidden_ancestors=len(hidden),
            gone=brought.gone,
            kanban=found.kanban,
            renamed=renamed,
            notes=(*rename_notes(scope, renamed), *notes),
            requests_by=tally.counts,
        )

    def _bring(self, scope: Scope, found: Outline, columns: Columns, base: Last | None) -> Brought:
        """The issues of the scope's query: all of them, or those that changed on top of an earlier reading."""
        wanted = self._wanted(columns)
        if found.query is None:
            return Brought(rows={}, gone=(), above={}, fresh=())
        if base and self._memory:
            return catch_up(self._fetching, self._memory, base, wanted, query=found.query, sprints=found.sprints)
        expected = self._memory.size(scope.name) if self._memory else None
        read = self._fetching.by_query(found.query, wanted, expected=expected)
        return Brought(rows=read.rows, gone=read.gone, above={}, fresh=read.rows.keys())

    def _refuse_old_tables(self, why: str) -> None:
        if self._client.tables and self._client.tables.used:
            raise _TablesOutdated(why, tracker=self._client.name)

    def _wanted(self, columns: Columns) -> Wanted[IssueRead]:
        def convert(row: Row) -> IssueRead:
            issue = to_issue(row, columns, tracker=self._client.name, url=self._settings.url, cancelled=self._cancelled)
            estimates = tuple(estimates_in(row, columns)) if len(columns.estimates) > 1 else ()
            return IssueRead(issue, estimates, place=row.place)

        return Wanted(
            fields=SYSTEM_FIELDS,
            custom=columns.custom,
            properties=[FLAGS_PROPERTY],
            spares_flags=True,
            convert=convert,
        )

    def _read_ancestors(self, rows: Mapping[str, IssueRead], columns: Columns) -> tuple[dict[str, IssueRead], set[str]]:
        """Parents, their parents and so on, that are not in the scope, by id; and the ids of those that are hidden.

        Level by level; an issue is looked at once, so a cycle ends it.
        """
        found: dict[str, IssueRead] = {}
        seen = set(rows)
        hidden: set[str] = set()
        level = _parents_of(rows) - seen
        while level:
            seen |= level
            unknown = sorted(level - self._ancestors.keys())
            read = self._fetching.by_id(unknown, self._wanted(columns)) if unknown else {}
            self._ancestors |= {ident: read.get(ident) for ident in unknown}
            visible = {ident: row for ident in level if (row := self._ancestors[ident]) is not None}
            found |= visible
            hidden |= level - visible.keys()
            level = _parents_of(visible) - seen
        return found, hidden

    def _with_levels(self, *readings: Mapping[str, IssueRead]) -> list[dict[str, Issue]]:
        """The issues by id. Where Jira tells no levels, they have those that all that was read in this run tells."""
        for rows in readings:
            self._places |= {ident: row.place for ident, row in rows.items() if row.place}
        levels = levels_of(self._places)

        def placed(ident: str, issue: Issue) -> Issue:
            level = levels.get(ident, issue.level)
            return issue if level == issue.level else replace(issue, level=level)

        return [{ident: placed(ident, row.issue) for ident, row in rows.items()} for rows in readings]

    def _ambiguous(self, site: Site, used: set[str]) -> Unreadable:
        candidates = [field for field in site.estimate_candidates if field.id in used]
        listed = ", ".join(f'"{field.name}" ({field.id})' for field in candidates)
        return Unreadable(
            f"no board says which field holds the estimate, and issues carry numbers in {listed}: "
            f'name one in the config, trackers.{self._client.name}, estimate_field = "{candidates[0].id}"',
            tracker=self._client.name,
        )


def _projects_of(rows: Mapping[str, IssueRead]) -> set[str]:
    return {row.issue.project for row in rows.values()}


def _parents_of(rows: Mapping[str, IssueRead]) -> set[str]:
    return {row.issue.parent for row in rows.values() if row.issue.parent}
