"""Flag labels on sprint issues, with their ledger: an attachment beside the labels."""

from dataclasses import dataclass
from typing import Any

from adapters.errors import AccessDenied, NotFound, RejectedWrite, TrackerError
from adapters.linear import documents
from adapters.linear.client import AlreadyExists, Client
from adapters.linear.marks import client_id
from adapters.linear.tables import FLAGS_URL, Tables, flags_metadata, read_flags
from adapters.linear.wire import IssueAnswer, WireAttachment, WireTargetIssue
from mappings.targets import FlagWrite, Outcome

_COLOR = "#95a2b3"


@dataclass(frozen=True, slots=True)
class _Found:
    """An issue as it is: which of its labels carry the flag's name, and our ledger."""

    issue: WireTargetIssue
    flagged_by: tuple[str, ...]
    replaced: tuple[str, ...] | None
    """Ids of the labels that give way; None where one of them is gone."""
    attachment: WireAttachment | None
    ledger: dict[str, str]


@dataclass(frozen=True, slots=True)
class Flags:
    """Puts flags on and takes them off."""

    client: Client
    tables: Tables

    def write(self, write: FlagWrite) -> Outcome:
        """As `adapters.ports.Writer.write_flag`."""
        viewer = self.tables.sign_in.viewer.id
        try:
            now = self._look(write)
        except NotFound:
            return Outcome(status="left-alone", reason="is gone, or no longer visible")
        creator = now.attachment.creator if now.attachment else None
        if now.attachment and (creator is None or creator.id != viewer):
            return Outcome(status="left-alone", reason="another user's okrsync flagged it")
        has_label, in_ledger = bool(now.flagged_by), now.ledger.get(write.label) == write.sprint
        if write.action == "add" and in_ledger and not has_label:
            return Outcome(status="left-alone", reason="a person took the label off")
        if write.action == "remember" and not has_label:
            return Outcome(status="left-alone", reason="the label is gone")
        if write.action == "add" and in_ledger:
            return Outcome(status="unchanged")
        if now.replaced is None:
            return Outcome(status="left-alone", reason="changed since it was read")
        remembered = write.action in ("add", "remember")
        flags = {label: sprint for label, sprint in now.ledger.items() if label not in (write.label, *write.replaces)}
        if remembered:
            flags[write.label] = write.sprint
        labels: dict[str, Any] | None = None
        if write.action == "add" and not has_label:
            labels = {"addedLabelIds": [write.label_id or self._label(write.label, now.issue.team.id)]}
        elif write.action == "remove" and has_label:
            labels = {"removedLabelIds": list(now.flagged_by)}
        if now.replaced:
            labels = {**(labels or {}), "removedLabelIds": list(now.replaced)}
        if labels is None and flags == now.ledger:
            return Outcome(status="unchanged")
        try:
            self._send(now, labels, flags)
        except (RejectedWrite, NotFound, AccessDenied):
            self._undo_half(write, now)
            raise
        return Outcome(status="changed")

    def _look(self, write: FlagWrite) -> _Found:
        issue = self.client.ask(documents.ISSUE, IssueAnswer, {"id": write.id, "url": FLAGS_URL}).issue
        known = self.tables.labels(issue.label_ids)
        wanted = write.label.casefold()
        carrying = tuple(ident for ident in issue.label_ids if known[ident].name.casefold() == wanted)
        giving_way = tuple(ident for ident in issue.label_ids if known[ident].name in write.replaces)
        is_whole = {known[ident].name for ident in giving_way} >= set(write.replaces)
        attachment = next(iter(issue.attachments.nodes), None)
        ledger = read_flags(attachment, write.tracker) if attachment else {}
        return _Found(issue, carrying, giving_way if is_whole else None, attachment, ledger)

    def _send(self, now: _Found, labels: dict[str, Any] | None, flags: dict[str, str]) -> None:
        """One document: the labels first, then the ledger. What already stands is not sent."""
        edit = {"id": now.issue.id, "input": labels}
        if flags == now.ledger:
            self.client.change(documents.LABELS_EDIT, edit)
        elif flags:
            put = {"attachment": _attachment(now.issue.id, flags)}
            if labels is None:
                self.client.change(documents.ATTACHMENT_PUT, put)
            else:
                self.client.change(documents.LABELS_AND_ATTACHMENT_PUT, edit | put)
        else:
            assert now.attachment is not None  # noqa: S101 - there was a flag in it
            gone = {"attachmentId": now.attachment.id}
            if labels is None:
                self.client.change(documents.ATTACHMENT_DELETE, gone)
            else:
                self.client.change(documents.LABELS_AND_ATTACHMENT_DELETE, edit | gone)

    def _undo_half(self, write: FlagWrite, before: _Found) -> None:
        """When the label was refused and the ledger written, take the ledger back: else it would tell, next time,
        that a person moved the label. The other half, a label without a ledger, is what "remember" is for.
        """
        try:
            now = self._look(write)
            if bool(now.flagged_by) == bool(before.flagged_by) and now.ledger != before.ledger:
                self._send(now, None, before.ledger)
        except TrackerError:
            return  # the refusal itself is what is reported

    def _label(self, name: str, team: str) -> str:
        """The id of the label: the team's own, else the workspace's, else one made now for the whole workspace."""
        named = [
            row
            for row in self.tables.labels().values()
            if row.name.casefold() == name.casefold() and row.archived_at is None
        ]
        for owner in (team, None):
            for row in named:
                if (row.team.id if row.team else None) == owner:
                    return row.id
        try:
            return self._create({"name": name}, "workspace")
        except AlreadyExists:
            raise
        except RejectedWrite:
            # another team's label of that name stands in the way, or only team labels may be made
            return self._create({"name": name, "teamId": team}, team)

    def _create(self, label: dict[str, str], owner: str) -> str:
        ident = client_id(self.tables.sign_in.organization.id, "label", owner, label["name"].casefold())
        self.tables.forget_labels()
        try:
            self.client.change(documents.LABEL_CREATE, {"input": {"id": ident, "color": _COLOR, **label}})
        except AlreadyExists:
            # made by a request whose answer was lost
            return ident
        return ident


def _attachment(issue: str, flags: dict[str, str]) -> dict[str, Any]:
    return {
        "issueId": issue,
        "url": FLAGS_URL,
        "title": "okrsync",
        "subtitle": "Which flag labels okrsync set here, and in which cycle",
        "metadata": flags_metadata(flags),
    }
