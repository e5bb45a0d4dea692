"""Reading OKRs that live in Jira: their issues by one query, and when a person last typed the current value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

import msgspec

from adapters.declaring import Declared, Misfit
from adapters.errors import Unreadable
from adapters.jira.client import Client
from adapters.jira.fetching import Fetching, Wanted
from adapters.jira.okr_settings import OkrSettings
from adapters.jira.okrs import OkrIssue, declare, kind_of, okr_fields, okr_query, text_of, values_of
from adapters.jira.settings import JiraSettings
from adapters.jira.site import Site
from adapters.jira.unchanged import Unchanged
from adapters.jira.wire import Columns, Row, moment, to_issue
from mappings.okrs import Period

FIELDS = (
    "summary",
    "status",
    "issuetype",
    "project",
    "parent",
    "created",
    "updated",
    "resolution",
    "resolutiondate",
    "statuscategorychangedate",
    "security",
)
EXPECTED = 100
ISSUES_A_REQUEST = 1_000
MOST_PAGES = 1_000


class _Item(msgspec.Struct, frozen=True, rename="camel"):
    field: str = ""
    field_id: str = ""


class _History(msgspec.Struct, frozen=True):
    created: int | str
    items: list[_Item] = []


class _Log(msgspec.Struct, frozen=True, rename="camel"):
    issue_id: str
    change_histories: list[_History] = []


class _Logs(msgspec.Struct, frozen=True, rename="camel"):
    issue_change_logs: list[_Log]
    next_page_token: str | None = None


class _Changelog(msgspec.Struct, frozen=True):
    histories: list[_History] = []


class _WithChangelog(msgspec.Struct, frozen=True):
    changelog: _Changelog = _Changelog()


_logs = msgspec.json.Decoder(_Logs)
_with_changelog = msgspec.json.Decoder(_WithChangelog)


class OkrReader:
    """Reads the objectives and key results that the settings describe."""

    def __init__(self, client: Client, settings: JiraSettings, fetching: Fetching) -> None:
        self._client = client
        self._settings = settings
        self._fetching = fetching
        self.ids: dict[str, str] = {}
        """Issue ids of what was read, by key, casefolded."""
        self._cancelled = frozenset(form for name in settings.cancelled_resolutions for form in (name, name.casefold()))

    def read(self, site: Site, okrs: OkrSettings, periods: Sequence[Period], zone: tzinfo) -> Declared:
        """See adapters.declaring.DeclaresOkrs.read_okrs."""
        fields, misfits = okr_fields(self._settings, okrs, site)
        try:
            query = okr_query(okrs)
        except ValueError as error:
            misfits.append(Misfit(setting=("okrs", "jql"), message=str(error)))
        if misfits:
            return Declared(misfits=tuple(misfits))
        found = self._issues(site, okrs, query, fields)
        self.ids = {each.issue.key.casefold(): each.issue.id for each in found}
        if "current" in fields:
            found = self._dated(found, fields["current"], site)
        return declare(self._client.name, okrs, found, periods, zone)

    def _issues(self, site: Site, okrs: OkrSettings, query: str, fields: Mapping[str, str]) -> list[OkrIssue]:
        above = [field for field in (site.parent_link, site.epic_link) if field is not None]

        def convert(row: Row) -> OkrIssue | None:
            is_objective = kind_of(row.fields.issuetype, okrs)
            if is_objective is None:
                return None
            issue = to_issue(
                row, Columns(), tracker=self._client.name, url=self._settings.url, cancelled=self._cancelled
            )
            named = next((key for field in above if (key := text_of(row.custom(field)))), None)
            parent = row.fields.parent.id if row.fields.parent else named
            return OkrIssue(
                issue=replace(issue, parent=parent), is_objective=is_objective, values=values_of(row, fields)
            )

        wanted = Wanted(fields=FIELDS, custom=tuple(dict.fromkeys([*fields.values(), *above])), convert=convert)
        rows = self._fetching.by_query(query, wanted, expected=EXPECTED).rows.values()
        return [row for row in rows if row is not None]

    def _dated(self, found: Sequence[OkrIssue], field: str, site: Site) -> list[OkrIssue]:
        """With when the current value was last changed. `updated` would not do: our own writes move it.

        Of an issue that nothing has changed since it was asked, the answer is known.
        """
        name = next((each.name for each in site.customs if each.id == field), field)
        asked = {each.issue.id: each.issue for each in found if "current" in each.values and not each.is_objective}
        unchanged = Unchanged(self._client)
        what = f"typed/{field}"
        known = {it.id: unchanged.recall(what, it.id, it.changed) for it in asked.values()}
        changed = {ident: moment(at.decode()) for ident, at in known.items() if at}

        def note(ident: str, history: _History) -> None:
            if any(field in (item.field_id, item.field) or name == item.field for item in history.items):
                at = self._moment(history.created)
                changed[ident] = max(at, changed.get(ident, at))

        unknown = [ident for ident, at in known.items() if at is None]
        for ident, histories in self._histories(unknown, field):
            for history in histories:
                note(ident, history)
        for ident in unknown:
            at = changed.get(ident)
            unchanged.keep(what, ident, asked[ident].changed, at.isoformat().encode() if at else b"")
        return [replace(each, typed_at=changed.get(each.issue.id)) for each in found]

    def _histories(self, ids: Sequence[str], field: str) -> Iterator[tuple[str, list[_History]]]:
        """What happened to these issues, whatever more than the field it is about; an issue may come in parts."""
        if self._settings.is_data_center:
            for ident in ids:
                params: dict[str, str | int] = {"expand": "changelog", "fields": "created"}
                path = f"{self._client.api}/issue/{ident}"
                yield ident, self._client.fetch(_with_changelog, "GET", path, params=params).changelog.histories
        else:
            for start in range(0, len(ids), ISSUES_A_REQUEST):
                for log in self._logs(ids[start : start + ISSUES_A_REQUEST], field):
                    yield log.issue_id, log.change_histories

    def _logs(self, ids: Sequence[str], field: str) -> list[_Log]:
        found: list[_Log] = []
        body: dict[str, object] = {"issueIdsOrKeys": list(ids), "fieldIds": [field]}
        tokens: set[str] = set()
        for _ in range(MOST_PAGES):
            page = self._client.fetch(_logs, "POST", f"{self._client.api}/changelog/bulkfetch", body=body)
            found += page.issue_change_logs
            token = page.next_page_token
            if token is None:
                return found
            if token in tokens:
                break
            tokens.add(token)
            body["nextPageToken"] = token
        raise Unreadable("Jira's changelog does not come to an end: its pages repeat", tracker=self._client.name)

    def _moment(self, created: int | str) -> datetime:
        """Seconds in Atlassian's example, milliseconds from many sites, a text in its schema."""
        try:
            if isinstance(created, str):
                return moment(created)
            return datetime.fromtimestamp(created / 1000 if created > 10**11 else created, UTC)
        except (ValueError, OverflowError, OSError):
            raise Unreadable("a changelog entry has no date", tracker=self._client.name) from None
