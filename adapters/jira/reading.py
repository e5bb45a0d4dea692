"""Reading a scope: its outline, its issues, then their ancestors by id. Complete, or an error."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from adapters.errors import NotFound, Unreadable
from adapters.jira.client import Client
from adapters.jira.failures import RefusedRead
from adapters.jira.fetching import Fetching, Wanted
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
    """A project was renamed, or can no longer be seen, or has a first issue in the scope."""


class ScopeReader:
    """Reads scopes; the ancestors it has read, or found hidden, stay known for the run."""

    def __init__(
        self, client: Client, settings: JiraSettings, fetching: Fetching, memory: ScopeMemory | None = None
    ) -> None:
        self._client = client
        self._settings = settings
        self._fetching = fetching
        self._memory = memory
        self._cancelled = frozenset(form for name in settings.cancelled_resolutions for form in (name, name.casefold()))
        self._ancestors: dict[str, Issue | None] = {}
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
        )
        started = self._client.server_time
        last = memory.last(scope.name, fingerprint) if memory else None
        if last:
            self._history.remembered |= last.moves
            last = last if self._fetching.listing_is_cheaper else None
        brought = self._bring(scope, found, columns, last)
        issues = {ident: row.issue for ident, row in brought.rows.items()}
        used = {field for row in brought.rows.values() for field in row.estimates}
        if found.estimates.guessed and len(used) > 1:
            raise self._ambiguous(site, used)
        self._ancestors |= {ident: row.issue if row else None for ident, row in brought.above.items()}
        ancestors, hidden = self._read_ancestors(issues, columns)
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
                last=last,
                started=started,
                moves=self._history.remembered,
                ancestors=[issue.id for issue in ancestors],
                hidden=hidden,
                sprints=found.sprints,
            )
        return Contents(
            issues=rows,
            ancestors=tuple(sorted(ancestors, key=lambda issue: issue.id)),
            sprints=found.sprints,
            hidden_ancestors=len(hidden),
            gone=brought.gone,
            kanban=found.kanban,
            renamed=renamed,
            notes=(*rename_notes(scope, renamed), *notes),
            requests_by=tally.counts,
        )

    def _bring(self, scope: Scope, found: Outline, columns: Columns, last: Last | None) -> Brought:
        """The issues of the scope's query: all of them, or those that changed on top of the last reading."""
        wanted = self._wanted(columns)
        if found.query is None:
            return Brought(rows={}, gone=(), above={}, fresh=())
        if last and self._memory:
            brought = catch_up(self._fetching, self._memory, last, wanted, query=found.query, sprints=found.sprints)
            tables = self._client.tables
            if tables and tables.used and _projects_of(brought.rows) != _projects_of(last.issues):
                raise _TablesOutdated(
                    "the projects of the scope's issues are others than last time", tracker=self._client.name
                )
            return brought
        expected = self._memory.size(scope.name) if self._memory else None
        read = self._fetching.by_query(found.query, wanted, expected=expected)
        return Brought(rows=read.rows, gone=read.gone, above={}, fresh=read.rows.keys())

    def _wanted(self, columns: Columns) -> Wanted[IssueRead]:
        def convert(row: Row) -> IssueRead:
            issue = to_issue(row, columns, tracker=self._client.name, url=self._settings.url, cancelled=self._cancelled)
            return IssueRead(issue, tuple(estimates_in(row, columns)) if len(columns.estimates) > 1 else ())

        return Wanted(fields=SYSTEM_FIELDS, custom=columns.custom, properties=[FLAGS_PROPERTY], convert=convert)

    def _read_ancestors(self, issues: dict[str, Issue], columns: Columns) -> tuple[list[Issue], set[str]]:
        """Parents, their parents and so on, that are not in the scope; and the ids of those that are hidden.

        Level by level; an issue is looked at once, so a cycle ends it.
        """
        found: list[Issue] = []
        seen = set(issues)
        hidden: set[str] = set()
        level = {issue.parent for issue in issues.values() if issue.parent} - seen
        while level:
            seen |= level
            unknown = sorted(level - self._ancestors.keys())
            read = self._fetching.by_id(unknown, self._wanted(columns)) if unknown else {}
            self._ancestors |= {ident: read[ident].issue if ident in read else None for ident in unknown}
            visible = [issue for ident in level if (issue := self._ancestors[ident]) is not None]
            found.extend(visible)
            hidden |= {ident for ident in level if self._ancestors[ident] is None}
            level = {issue.parent for issue in visible if issue.parent} - seen
        return found, hidden

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
