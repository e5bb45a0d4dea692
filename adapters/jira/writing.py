"""Writing one issue: one PUT that carries value, labels and ledger together, then the living comment, then the ledger
that says what the comment says.

The value goes first: where Jira refuses it, no comment tells of it. Nobody is notified by an edit
(`notifyUsers=false`).
"""

from dataclasses import replace
from decimal import Decimal

from adapters.errors import AccessDenied, RejectedWrite
from adapters.jira.client import Client
from adapters.jira.fetching import Fetching, Wanted
from adapters.jira.living_comment import LivingComments
from adapters.jira.settings import JiraSettings
from adapters.jira.site import Site
from adapters.jira.standing import NOT_FOUND, Found, ledger_json, read_found, standing_of
from adapters.jira.wire import FLAGS_PROPERTY, LEDGER_PROPERTY, Row, flags_of
from mappings.model import Health
from mappings.targets import FlagWrite, Ledger, Outcome, ProgressWrite, Standing

QUIETLY: dict[str, str | int] = {"notifyUsers": "false"}
CHANGED = "changed since it was read"
HEALTH_LABELS = {
    Health.ON_TRACK: "okr-on-track",
    Health.AT_RISK: "okr-at-risk",
    Health.OFF_TRACK: "okr-off-track",
}


class IssueWriter:
    """Writes progress and flags on issues, each after its own re-read."""

    def __init__(self, client: Client, settings: JiraSettings, fetching: Fetching) -> None:
        self._client = client
        self._settings = settings
        self._fetching = fetching
        self._proven: set[str] = set()
        self._comments = LivingComments(client, settings)

    def write_progress(self, site: Site, write: ProgressWrite) -> Outcome:
        """See adapters.ports.Writer.write_progress."""
        found = read_found(self._fetching, site, [write.target])
        now = standing_of(write.target, found)
        if now.problem is not None:
            return Outcome(status="left-alone", reason=now.problem)
        if _judged(now) != _judged(write.expected):
            return Outcome(status="left-alone", reason=CHANGED)
        issue = found[write.target]
        labels = health_verbs(issue.labels, write.ledger.health, now.ledger.health if now.ledger else None)
        ledger = _ledger_to_write(write, now, site)
        says = bool(write.text) and self._settings.living_comment
        is_said = not says or bool(ledger.comment and now.ledger and now.ledger.said == ledger.said)
        # `said` is a promise about the comment: while the comment may be another's words it says nothing, so that a
        # run that ends between the two requests is seen by the next, whatever its text is by then.
        first = ledger if is_said else replace(ledger, said="")
        stands = _stands(now, write.value, first, site) and not labels
        if stands and is_said:
            return Outcome(status="unchanged")
        if not stands:
            self._put_value(site, issue, write, now, first, labels)
        reason = ""
        if not is_said:
            comment, reason = self._say(site, issue, write, ledger.comment)
            self._put(issue.id, _body(replace(ledger, comment=comment)))
        return Outcome(status="changed", reason=reason)

    def _put_value(
        self,
        site: Site,
        issue: Found,
        write: ProgressWrite,
        now: Standing,
        ledger: Ledger,
        labels: list[dict[str, str]],
    ) -> None:
        fields: dict[str, Decimal] = {}
        if site.progress and write.value is not None and write.value != now.value:
            fields[site.progress] = write.value
        self._put(issue.id, _body(ledger, fields=fields, labels=labels))
        if self._is_unproven(issue.key):
            kept = standing_of(write.target, read_found(self._fetching, site, [write.target]))
            self._prove(issue.key, kept.ledger == ledger)

    def _say(self, site: Site, issue: Found, write: ProgressWrite, known: str) -> tuple[str, str]:
        """The id of the living comment that says what it should, and what the report should tell about it."""
        try:
            return self._comments.ensure(issue.id, write.kr, write.text, known=known, account=site.account_id)
        except (AccessDenied, RejectedWrite) as error:
            raise type(error)(
                f"{error} The value stands, its living comment does not: let the account add and edit its comments, or "
                "set living_comment = false",
                tracker=self._client.name,
            ) from None

    def write_flag(self, write: FlagWrite) -> Outcome:
        """See adapters.ports.Writer.write_flag."""
        row = self._read_flags(write)
        if row is None:
            return Outcome(status="left-alone", reason=NOT_FOUND)
        flags = flags_of(row)
        if flags is None:
            return Outcome(status="left-alone", reason="its flags were not written by this okrsync, or by a newer one")
        labelled = write.label in (row.fields.labels or ())
        set_in = flags.get(write.label)
        verdict = _judge_flag(write, labelled=labelled, set_in=set_in)
        if verdict is None and not set(write.replaces) <= set(row.fields.labels or ()):
            verdict = Outcome(status="left-alone", reason=CHANGED)
        if verdict is not None:
            return verdict
        verb = {"add": [] if labelled else ["add"], "remove": ["remove"] if labelled else []}.get(write.action, [])
        wanted = {label: sprint for label, sprint in flags.items() if label not in (write.label, *write.replaces)}
        if write.action in ("add", "remember"):
            wanted[write.label] = write.sprint
        verbs = [{each: write.label} for each in verb] + [{"remove": label} for label in write.replaces]
        body: dict[str, object] = {
            "update": {"labels": verbs} if verbs else {},
            "properties": [{"key": FLAGS_PROPERTY, "value": {"v": 1, "flags": dict(sorted(wanted.items()))}}],
        }
        self._put(row.id, body)
        if self._is_unproven(row.key):
            kept = self._read_flags(write)
            self._prove(row.key, kept is not None and flags_of(kept) == wanted)
        return Outcome(status="changed")

    def _read_flags(self, write: FlagWrite) -> Row | None:
        wanted = Wanted(fields=["labels"], properties=[FLAGS_PROPERTY], convert=lambda row: row)
        return next(iter(self._fetching.by_id([write.id], wanted).values()), None)

    def _put(self, issue_id: str, body: dict[str, object]) -> None:
        try:
            self._client.call("PUT", f"{self._client.api}/issue/{issue_id}", params=QUIETLY, body=body)
        except RejectedWrite as error:
            if "screen" not in str(error):
                raise
            advice = "put the field on the issue's edit screen, or take progress_field out of the config"
            if "labels" in str(error):
                advice = "put Labels on the issue's edit screen, or turn flags and health_label off"
            raise RejectedWrite(f"{error} Nothing was written: {advice}", tracker=self._client.name) from None

    def _is_unproven(self, key: str) -> bool:
        return key.rpartition("-")[0] not in self._proven

    def _prove(self, key: str, kept: bool) -> None:
        """Once a project: without the right to edit quietly Jira may answer success and ignore the edit."""
        project = key.rpartition("-")[0]
        if not kept:
            raise RejectedWrite(
                f"Jira answered that it changed {key} and did not: the token's account has to administer the project "
                f"{project}, or Jira, to edit without notifying everybody",
                tracker=self._client.name,
            )
        self._proven.add(project)


def health_verbs(labels: tuple[str, ...], health: Health | None, before: Health | None) -> list[dict[str, str]]:
    """The verbs after which the one health label there is that of `health`; without it ours from `before` is gone."""
    wanted, ours = (HEALTH_LABELS.get(each) if each else None for each in (health, before))
    if wanted is None:
        return [{"remove": ours}] if ours and ours in labels else []
    others = [{"remove": label} for label in labels if label in HEALTH_LABELS.values() and label != wanted]
    return [*([] if wanted in labels else [{"add": wanted}]), *others]


def _body(
    ledger: Ledger, *, fields: dict[str, Decimal] | None = None, labels: list[dict[str, str]] | None = None
) -> dict[str, object]:
    return {
        "fields": fields or {},
        "update": {"labels": labels} if labels else {},
        "properties": [{"key": LEDGER_PROPERTY, "value": ledger_json(ledger)}],
    }


def _judged(standing: Standing) -> tuple[object, ...]:
    return (standing.value, standing.ledger, standing.edited, standing.person_posted)


def _ledger_to_write(write: ProgressWrite, now: Standing, site: Site) -> Ledger:
    """The plan's ledger with the comment that is known here; without a progress field it also carries the value."""
    comment = now.ledger.comment if now.ledger and now.ledger.kr == write.kr else ""
    value = write.ledger.value
    if site.progress is None:
        value = write.value if write.value is not None else now.value
    return replace(write.ledger, comment=comment, value=value, scopes=tuple(sorted(write.ledger.scopes)))


def _stands(now: Standing, value: Decimal | None, ledger: Ledger, site: Site) -> bool:
    return now.ledger == ledger and (site.progress is None or value is None or now.value == value)


def _judge_flag(write: FlagWrite, *, labelled: bool, set_in: str | None) -> Outcome | None:
    """Why nothing is to be written; None where something is."""
    unchanged, changed = Outcome(status="unchanged"), Outcome(status="left-alone", reason=CHANGED)
    if write.action == "add":
        if set_in != write.sprint:
            return None
        taken_off = Outcome(status="left-alone", reason="a person took the label off in this sprint")
        return unchanged if labelled else taken_off
    if write.action == "remember":
        if not labelled:
            return changed
        return unchanged if set_in == write.sprint else None
    if write.action == "forget":
        return unchanged if set_in is None else None
    if set_in is None:
        return Outcome(status="left-alone", reason="the label is not ours") if labelled else unchanged
    return None
