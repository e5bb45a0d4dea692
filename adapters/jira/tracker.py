"""One Jira connection behind adapters.ports.Writer: signs in at the first call, then reads and writes."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, tzinfo

from adapters.declaring import Declared
from adapters.errors import TrackerError
from adapters.examining import Diagnosis, Questions, error
from adapters.jira import measuring
from adapters.jira.checkins import read_checkins
from adapters.jira.client import Client
from adapters.jira.cloud import CloudFetching
from adapters.jira.data_center import DataCenterFetching
from adapters.jira.doctor import Examination
from adapters.jira.fetching import Fetching
from adapters.jira.incremental import ScopeMemory
from adapters.jira.labels import read_issue_labels, seed_label
from adapters.jira.okr_reading import OkrReader
from adapters.jira.reading import ScopeReader
from adapters.jira.remote_links import RemoteLinks
from adapters.jira.settings import JiraSettings
from adapters.jira.site import Site, sign_in
from adapters.jira.standing import Found, ids_of, read_found, standing_of
from adapters.jira.token_end import note_of, read_token_end
from adapters.jira.unchanged import Unchanged
from adapters.jira.writing import IssueWriter
from adapters.ports import Contents
from mappings.labels import LabelChange
from mappings.measures import Query, Taken
from mappings.model import Scope
from mappings.okrs import Checkin, Period
from mappings.targets import FlagWrite, LinkWrite, Outcome, ProgressWrite, Standing, Target


class JiraTracker:
    """adapters.ports.Writer for Jira. Scopes may be read from several threads; writes come one by one."""

    kind = "jira"

    def __init__(
        self,
        name: str,
        settings: JiraSettings,
        client: Client,
        memory: ScopeMemory | None = None,
        *,
        flag_labels: frozenset[str] = frozenset(),
    ) -> None:
        self.name = name
        self._settings = settings
        self._client = client
        self._fetching: Fetching = (
            DataCenterFetching(client, settings.connections, self._site, flag_labels)
            if settings.is_data_center
            else CloudFetching(client, settings.connections)
        )
        self._scopes = ScopeReader(client, settings, self._fetching, memory)
        self._links = RemoteLinks(client, self._fetching)
        self._issues = IssueWriter(client, settings, self._fetching)
        self._memory = memory
        self._ids: dict[str, str] = {}
        """Issue ids by what the registry calls them, casefolded."""
        self._read_along: dict[Target, Found] = {}
        """What stands at places that were looked at for another reason; good for one answer."""
        self._signed_in: Site | None = None
        self._told_of_token = False
        self._lock = threading.Lock()

    @property
    def requests(self) -> int:
        """Requests sent so far, sign-in and repeated ones included."""
        return self._client.requests

    def read(self, scope: Scope, *, since: date) -> Contents:
        """See adapters.ports.Reader."""
        contents = self._scopes.read(self._site(), scope, since)
        note = self._token_note()
        return replace(contents, notes=(*contents.notes, note)) if note else contents

    def _token_note(self) -> str:
        """Once a run, that the token is about to end."""
        with self._lock:
            is_told, self._told_of_token = self._told_of_token, True
        now = self._client.server_time
        if is_told or now is None:
            return ""
        return note_of(read_token_end(self._client, self._settings), self.name, now.date())

    def read_standings(self, targets: Sequence[tuple[Target, str]], *, slot: datetime) -> dict[Target, Standing]:
        """See adapters.ports.Reader; `slot` means nothing here, for a value in Jira is not posted anew."""
        wanted = list(dict.fromkeys(target for target, _ in targets))
        found = {target: self._read_along.pop(target) for target in wanted if target in self._read_along}
        if left := [target for target in wanted if target.kind == "issue" and target not in found]:
            found |= self._found(left)
        self._ids |= {target.id.casefold(): issue.id for target, issue in found.items()}
        return {target: standing_of(target, found) for target in wanted}

    def _found(self, targets: Sequence[Target]) -> dict[Target, Found]:
        unchanged = Unchanged(self._client) if self._settings.is_data_center else None
        found = read_found(self._fetching, self._site(), targets, unchanged)
        wanted = self._settings.health_label
        return {target: replace(it, standing=replace(it.standing, shows_health=wanted)) for target, it in found.items()}

    def ids_of(self, names: Sequence[str]) -> dict[str, str]:
        """See adapters.former_keys.KnowsFormerKeys; what was a target in this run is not asked for again."""
        self._site()
        unknown = [name for name in dict.fromkeys(names) if name.casefold() not in self._ids]
        self._ids |= ids_of(self._fetching, unknown) if unknown else {}
        return {name: self._ids[name.casefold()] for name in names if name.casefold() in self._ids}

    @property
    def declares_okrs(self) -> bool:
        """See adapters.declaring.DeclaresOkrs."""
        return self._settings.okrs is not None

    @property
    def reads_checkins(self) -> bool:
        """See adapters.declaring.DeclaresOkrs."""
        return self._settings.checkins

    def read_okrs(self, periods: Sequence[Period], zone: tzinfo) -> Declared:
        """See adapters.declaring.DeclaresOkrs."""
        if self._settings.okrs is None:
            return Declared()
        reader = OkrReader(self._client, self._settings, self._fetching)
        declared = reader.read(self._site(), self._settings.okrs, periods, zone)
        self._ids |= reader.ids
        return declared

    def read_checkins(
        self, targets: Sequence[Target], zone: tzinfo, *, also: Sequence[Target] = ()
    ) -> dict[Target, tuple[Checkin, ...]]:
        """See adapters.declaring.DeclaresOkrs; what stands there is read along, for it is asked for next."""
        found = self._found(list(dict.fromkeys((*targets, *also))))
        self._read_along |= found
        return read_checkins(self._client, {target: found[target] for target in targets if target in found}, zone)

    def measure(self, query: Query, period: Period, zone: tzinfo) -> Taken:
        """See adapters.measuring.TakesMeasures; Jira reads days in the account's own time zone."""
        return measuring.take(self._client, self._fetching, self._site(), query, period)

    @property
    def links_work(self) -> bool:
        """See adapters.linking_work.LinksWork."""
        return self._settings.remote_links

    def read_links(self, issues: Mapping[str, datetime]) -> dict[str, dict[str, str]]:
        """See adapters.linking_work.LinksWork."""
        self._site()
        return self._links.read(issues)

    def write_link(self, write: LinkWrite) -> Outcome:
        """See adapters.linking_work.LinksWork."""
        self._site()
        return self._links.write(write)

    def examine(self, questions: Questions) -> Sequence[Diagnosis]:
        """See adapters.examining.Examined."""
        found: list[Diagnosis] = []
        try:
            examination = Examination(self._client, self._settings, self._fetching, self._site())
            for diagnosis in examination.diagnoses(questions):
                found.append(diagnosis)
        except TrackerError as problem:
            found.append(error("sign-in" if not found else "limits", str(problem), "mend it, and run doctor again"))
        return found

    def write_progress(self, write: ProgressWrite) -> Outcome:
        """See adapters.ports.Writer."""
        self._read_along.clear()
        if ident := self._ids.get(write.target.id.casefold()):
            Unchanged(self._client).forget(ident)
        return self._issues.write_progress(self._site(), write)

    def write_flag(self, write: FlagWrite) -> Outcome:
        """See adapters.ports.Writer."""
        self._site()
        if self._memory:
            self._memory.forget(write.id)  # the flags' ledger may change without the issue's date
        Unchanged(self._client).forget(write.id)
        return self._issues.write_flag(write)

    def read_issue_labels(self, targets: Sequence[Target]) -> dict[Target, tuple[str, ...]]:
        """See adapters.labelling.SeedsLabels."""
        self._site()
        return read_issue_labels(self._fetching, targets)

    def seed_label(self, change: LabelChange) -> Outcome:
        """See adapters.labelling.SeedsLabels."""
        self._site()
        return seed_label(self._client, self._fetching, change)

    def close(self) -> None:
        """See adapters.ports.Reader."""
        self._client.close()

    def _site(self) -> Site:
        with self._lock:
            if self._signed_in is None:
                self._signed_in = sign_in(self._client, self._settings)
            return self._signed_in
