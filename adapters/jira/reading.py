"""Reading a scope: ids first, then the issues in bulk, then their ancestors by id. Complete, or an error.

After Atlassian's pages on search/jql and issue/bulkfetch: a short page is not the last, an issue that cannot be read
is in no list of the answer, and the search's index lags behind, so the answers are held against what was asked.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from adapters.errors import Unreadable
from adapters.jira.boards import boards_of, estimates_of, sprints_of
from adapters.jira.client import Client
from adapters.jira.fetching import Fetched, Fetching, Wanted
from adapters.jira.settings import JiraSettings
from adapters.jira.site import Site
from adapters.jira.wire import FLAGS_PROPERTY, SYSTEM_FIELDS, Columns, Row, estimates_in, to_issue
from adapters.ports import Contents
from mappings.model import Issue, Scope, Sprint


class ScopeReader:
    """Reads scopes; the ancestors it has read, or found hidden, stay known for the run."""

    def __init__(self, client: Client, settings: JiraSettings, fetching: Fetching) -> None:
        self._client = client
        self._settings = settings
        self._fetching = fetching
        self._cancelled = frozenset(form for name in settings.cancelled_resolutions for form in (name, name.casefold()))
        self._ancestors: dict[str, Issue | None] = {}

    def read(self, site: Site, scope: Scope, since: date) -> Contents:
        """See adapters.ports.Reader.read. A scope of boards alone has those boards' projects."""
        boards = boards_of(self._client, scope)
        sprints = sprints_of(self._client, boards, scope)
        estimates = estimates_of(self._client, boards, site)
        columns = Columns(site.sprint, estimates.fields, estimates.of_project, site.tags)
        projects = scope.projects or tuple(
            dict.fromkeys(board.location.project_key for board in boards if board.location.project_key)
        )
        query = scope_query(projects, scope.components, sprints, since)
        read = self._fetching.by_query(query, self._wanted(columns)) if query else Fetched({})
        issues = {ident: issue for ident, (issue, _) in read.rows.items()}
        used = {field for _, fields in read.rows.values() for field in fields}
        if estimates.guessed and len(used) > 1:
            raise self._ambiguous(site, used)
        ancestors, hidden = self._read_ancestors(issues, columns)
        return Contents(
            issues=tuple(issues[ident] for ident in sorted(issues)),
            ancestors=tuple(sorted(ancestors, key=lambda issue: issue.id)),
            sprints=tuple(sprints),
            hidden_ancestors=hidden,
            gone=read.gone,
        )

    def _wanted(self, columns: Columns) -> Wanted[tuple[Issue, tuple[str, ...]]]:
        """Issues, and which estimate fields hold numbers on them."""

        def convert(row: Row) -> tuple[Issue, tuple[str, ...]]:
            issue = to_issue(row, columns, tracker=self._client.name, url=self._settings.url, cancelled=self._cancelled)
            return issue, tuple(estimates_in(row, columns)) if len(columns.estimates) > 1 else ()

        return Wanted(fields=SYSTEM_FIELDS, custom=columns.custom, properties=[FLAGS_PROPERTY], convert=convert)

    def _read_ancestors(self, issues: dict[str, Issue], columns: Columns) -> tuple[list[Issue], int]:
        """Parents, their parents and so on, that are not in the scope; and how many of them are hidden.

        Level by level; an issue is looked at once, so a cycle ends it.
        """
        found: list[Issue] = []
        seen = set(issues)
        hidden = 0
        level = {issue.parent for issue in issues.values() if issue.parent} - seen
        while level:
            seen |= level
            unknown = sorted(level - self._ancestors.keys())
            read = self._fetching.by_id(unknown, self._wanted(columns))
            self._ancestors.update((ident, read[ident][0] if ident in read else None) for ident in unknown)
            visible = [self._ancestors[ident] for ident in level]
            found.extend(issue for issue in visible if issue is not None)
            hidden += visible.count(None)
            level = {issue.parent for issue in visible if issue is not None and issue.parent} - seen
        return found, hidden

    def _ambiguous(self, site: Site, used: set[str]) -> Unreadable:
        candidates = [field for field in site.estimate_candidates if field.id in used]
        listed = ", ".join(f'"{field.name}" ({field.id})' for field in candidates)
        return Unreadable(
            f"no board says which field holds the estimate, and issues carry numbers in {listed}: "
            f'name one in the config, estimate_field = "{candidates[0].id}"',
            tracker=self._client.name,
        )


def scope_query(
    projects: Sequence[str], components: Sequence[str], sprints: Iterable[Sprint], since: date
) -> str | None:
    """The scope's JQL; None where it holds nothing.

    Jira reads dates in the account's own time zone, so the window begins a day early: one day covers every zone.
    """
    parts = []
    if projects:
        where = f"project in ({_values(projects)})"
        if components:
            where += f" AND component in ({_values(components)})"
        day = (since - timedelta(days=1)).isoformat()
        parts.append(f'({where}) AND (statusCategory != Done OR updated >= "{day}")')
    active = [sprint.id for sprint in sprints if sprint.state == "active"]
    if active:
        parts.append(f"sprint in ({', '.join(active)})")
    return " OR ".join(f"({part})" for part in parts) + " ORDER BY key ASC" if parts else None


def quoted(value: str) -> str:
    """`value` as a JQL string."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _values(values: Sequence[str]) -> str:
    return ", ".join(quoted(value) for value in values)
