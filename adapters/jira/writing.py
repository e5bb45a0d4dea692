"""Writing one issue: the living comment first, then one PUT that carries value, labels and ledger together.

Nobody is notified by an edit (`notifyUsers=false`); a new comment always notifies (Atlassian: "Add comment"), so it is
created once, found again by its marker, and edited for ever.
"""

from dataclasses import replace
from decimal import Decimal

import msgspec

from adapters.errors import NotFound, RejectedWrite, Unreadable
from adapters.jira.client import Client
from adapters.jira.comment_form import CommentForm, Document, WikiText
from adapters.jira.fetching import Fetching, Wanted
from adapters.jira.settings import JiraSettings
from adapters.jira.site import Site
from adapters.jira.standing import NOT_FOUND, Found, ledger_json, read_found, standing_of
from adapters.jira.wire import FLAGS_PROPERTY, LEDGER_PROPERTY, Row, flags_of
from mappings.model import Health
from mappings.targets import FlagWrite, Ledger, Outcome, ProgressWrite, Standing, fingerprint

QUIETLY: dict[str, str | int] = {"notifyUsers": "false"}
COMMENTS_A_PAGE = 100
MOST_COMMENT_PAGES = 1_000
CHANGED = "changed since it was read"
HEALTH_LABELS = {
    Health.ON_TRACK: "okr-on-track",
    Health.AT_RISK: "okr-at-risk",
    Health.OFF_TRACK: "okr-off-track",
}


class _Author(msgspec.Struct, frozen=True, rename="camel"):
    account_id: str = ""
    key: str = ""


class _Comment(msgspec.Struct, frozen=True):
    id: str
    author: _Author = _Author()
    body: msgspec.Raw = msgspec.Raw(b"{}")


class _Comments(msgspec.Struct, frozen=True):
    comments: list[_Comment]
    total: int | None = None


class _Created(msgspec.Struct, frozen=True):
    id: str


_comments = msgspec.json.Decoder(_Comments)
_created = msgspec.json.Decoder(_Created)


class IssueWriter:
    """Writes progress and flags on issues, each after its own re-read."""

    def __init__(self, client: Client, settings: JiraSettings, fetching: Fetching) -> None:
        self._client = client
        self._settings = settings
        self._fetching = fetching
        self._proven: set[str] = set()
        self._form: CommentForm = WikiText() if settings.is_data_center else Document()
        # Data Center has no quiet edit of a comment.
        self._quietly = {} if settings.is_data_center else QUIETLY

    def write_progress(self, site: Site, write: ProgressWrite) -> Outcome:
        """See adapters.ports.Writer.write_progress."""
        found = read_found(self._fetching, site, [write.target])
        now = standing_of(write.target, found)
        if now.problem is not None:
            return Outcome(status="left-alone", reason=now.problem)
        if _judged(now) != _judged(write.expected):
            return Outcome(status="left-alone", reason=CHANGED)
        issue = found[write.target]
        says = bool(write.text) and self._settings.living_comment
        ledger = _ledger_to_write(write, now, site)
        labels = health_verbs(issue.labels, write.health) if self._settings.health_label else []
        if _stands(now, write.value, ledger, site) and (ledger.comment or not says) and not labels:
            return Outcome(status="unchanged")
        if says:
            ledger = replace(ledger, comment=self._ensure_comment(site, issue, write))
        fields: dict[str, Decimal] = {}
        if site.progress and write.value is not None and write.value != now.value:
            fields[site.progress] = write.value
        body: dict[str, object] = {
            "fields": fields,
            "update": {"labels": labels} if labels else {},
            "properties": [{"key": LEDGER_PROPERTY, "value": ledger_json(ledger)}],
        }
        self._put(issue.id, body)
        if self._is_unproven(issue.key):
            kept = standing_of(write.target, read_found(self._fetching, site, [write.target]))
            self._prove(issue.key, kept.ledger == ledger)
        return Outcome(status="changed")

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
        if verdict is not None:
            return verdict
        verb = {"add": [] if labelled else ["add"], "remove": ["remove"] if labelled else []}.get(write.action, [])
        wanted = {label: sprint for label, sprint in flags.items() if label != write.label}
        if write.action in ("add", "remember"):
            wanted[write.label] = write.sprint
        body: dict[str, object] = {
            "update": {"labels": [{verb[0]: write.label}]} if verb else {},
            "properties": [{"key": FLAGS_PROPERTY, "value": {"v": 1, "flags": dict(sorted(wanted.items()))}}],
        }
        self._put(row.id, body)
        if self._is_unproven(row.key):
            kept = self._read_flags(write)
            self._prove(row.key, kept is not None and flags_of(kept) == wanted)
        return Outcome(status="changed")

    def _ensure_comment(self, site: Site, issue: Found, write: ProgressWrite) -> str:
        """The id of the one living comment, saying what it should."""
        known = issue.standing.ledger
        path = f"{self._client.api}/issue/{issue.id}/comment"
        body = {"body": self._form.body(write.text, write.kr)}
        said = fingerprint(write.text)
        if known is not None and known.comment and known.kr == write.kr:
            if known.said == said:
                return known.comment
            try:
                self._client.call("PUT", f"{path}/{known.comment}", params=self._quietly, body=body)
                return known.comment
            except (NotFound, RejectedWrite):
                pass  # deleted, or another account's since the token was changed: as if there had been none
        ours = self._find_comment(site, issue.id, write.kr)
        if ours is None:
            return self._client.fetch(_created, "POST", path, body=body).id
        ident, text = ours
        if fingerprint(text) != said:
            self._client.call("PUT", f"{path}/{ident}", params=self._quietly, body=body)
        return ident

    def _find_comment(self, site: Site, issue_id: str, kr: str) -> tuple[str, tuple[str, ...]] | None:
        """Our oldest comment with this key result's marker, and what it says. Other people's are not looked into."""
        path = f"{self._client.api}/issue/{issue_id}/comment"
        seen = 0
        for _ in range(MOST_COMMENT_PAGES):
            params: dict[str, str | int] = {"startAt": seen, "maxResults": COMMENTS_A_PAGE, "orderBy": "created"}
            page = self._client.fetch(_comments, "GET", path, params=params)
            for comment in page.comments:
                if site.account_id not in (comment.author.account_id, comment.author.key):
                    continue
                text = self._form.living_text(comment.body, kr)
                if text is not None:
                    return comment.id, text
            seen += len(page.comments)
            if not page.comments or (page.total is not None and seen >= page.total):
                return None
        raise Unreadable("Jira's list of comments does not end", tracker=self._client.name)

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
                advice = "put Labels on the issue's edit screen, or turn flags off"
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


def health_verbs(labels: tuple[str, ...], health: Health | None) -> list[dict[str, str]]:
    """The verbs after which exactly one of our health labels is there; none where no new health is posted."""
    wanted = HEALTH_LABELS.get(health) if health else None
    if wanted is None:
        return []
    others = [{"remove": label} for label in labels if label in HEALTH_LABELS.values() and label != wanted]
    return [*([] if wanted in labels else [{"add": wanted}]), *others]


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
