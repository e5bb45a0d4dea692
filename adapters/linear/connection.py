"""One Linear workspace behind the ports."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, tzinfo

from adapters.declaring import Declared
from adapters.errors import AccessDenied, Unreadable
from adapters.examining import Diagnosis, Questions
from adapters.linear.client import Client
from adapters.linear.doctor import Examination, examine
from adapters.linear.failures import UnknownToken
from adapters.linear.flags import Flags
from adapters.linear.incremental import ScopeMemory
from adapters.linear.labels import TagLabels
from adapters.linear.measuring import take
from adapters.linear.okr_reading import read_checkins, read_okrs
from adapters.linear.progress import Progress
from adapters.linear.reading import read_scope
from adapters.linear.settings import LinearSettings
from adapters.linear.sign_in import ClientCredentials
from adapters.linear.tables import Tables
from adapters.ports import Contents
from mappings.labels import Label, LabelChange, LabelStock
from mappings.measures import Query, Taken
from mappings.model import Scope
from mappings.okrs import Checkin, Period
from mappings.targets import FlagWrite, Outcome, ProgressWrite, Standing, Target


class LinearConnection:
    """A reader and a writer, as `adapters.ports` has them; writes are refused where the client may only read."""

    kind = "linear"

    def __init__(
        self,
        name: str,
        client: Client,
        *,
        settings: LinearSettings,
        credentials: ClientCredentials | None = None,
        memory: ScopeMemory | None = None,
    ) -> None:
        self.name = name
        self._memory = memory
        self._client = client
        self._settings = settings
        self._credentials = credentials
        self._okrs = settings.okrs
        self._checkins = settings.checkins
        self._tables = Tables(client)
        self._progress = Progress(client, self._tables, settings.living_comment)
        self._flags = Flags(client, self._tables)
        self._labels = TagLabels(client, self._tables)

    @property
    def requests(self) -> int:
        """Requests sent so far, retries and sign-in included."""
        return self._client.requests

    def read(self, scope: Scope, *, since: date) -> Contents:
        """Everything in the scope's Linear teams, as `Reader.read` promises."""
        return read_scope(self._client, self._tables, scope, since=since, memory=self._memory)

    def read_standings(self, targets: Sequence[tuple[Target, str]], *, slot: datetime) -> dict[Target, Standing]:
        """What stands at each target; one that Linear refuses to show is that target's problem, the others go on."""
        if targets:
            _ = self._tables.sign_in  # a token that is no good is no single target's problem
        return {target: self._standing(target, kr, slot) for target, kr in targets}

    def _standing(self, target: Target, kr: str, slot: datetime) -> Standing:
        try:
            return self._progress.standing(target, kr, slot)
        except UnknownToken:
            raise
        except (AccessDenied, Unreadable) as error:
            return Standing(target=target, problem=str(error))

    @property
    def declares_okrs(self) -> bool:
        """See adapters.declaring.DeclaresOkrs."""
        return self._okrs is not None

    @property
    def reads_checkins(self) -> bool:
        """See adapters.declaring.DeclaresOkrs."""
        return self._checkins

    def read_okrs(self, periods: Sequence[Period], zone: tzinfo) -> Declared:
        """See adapters.declaring.DeclaresOkrs."""
        return read_okrs(self._client, self._okrs, periods, zone) if self._okrs else Declared()

    def read_checkins(
        self, targets: Sequence[Target], zone: tzinfo, *, also: Sequence[Target] = ()
    ) -> dict[Target, tuple[Checkin, ...]]:
        """See adapters.declaring.DeclaresOkrs."""
        return read_checkins(self._client, targets, zone)

    def measure(self, query: Query, period: Period, zone: tzinfo) -> Taken:
        """See adapters.measuring.TakesMeasures."""
        return take(self._client, self._tables, query, period, zone)

    def examine(self, questions: Questions) -> Sequence[Diagnosis]:
        """See adapters.examining.Examined."""

        def standing(target: Target) -> Standing:
            return self._progress.standing(target, "", datetime.combine(questions.today, time.min, UTC))

        return examine(Examination(self._client, self._tables, self._settings, self._credentials, standing), questions)

    def write_progress(self, write: ProgressWrite) -> Outcome:
        """Make one target say what the plan says."""
        return self._progress.write(write)

    def write_flag(self, write: FlagWrite) -> Outcome:
        """Put one flag on or take it off."""
        return self._flags.write(write)

    def read_labels(self) -> LabelStock:
        """As `adapters.labelling.KeepsLabels`."""
        return self._labels.read()

    def open_issues_with(self, labels: Sequence[Label]) -> dict[str, tuple[str, ...]]:
        """As `adapters.labelling.KeepsLabels`."""
        return self._labels.open_issues_with([label.id for label in labels])

    def write_label(self, change: LabelChange) -> Outcome:
        """As `adapters.labelling.KeepsLabels`."""
        return self._labels.write(change)

    def close(self) -> None:
        """Let go of the connection; safe to call twice."""
        self._client.close()
