"""Progress at a target: what stands there, and making it say what the plan says."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from adapters.errors import NotFound
from adapters.linear import documents
from adapters.linear.client import AlreadyExists, Client
from adapters.linear.marks import (
    ReadUpdate,
    client_id,
    comment_body,
    metadata,
    read_metadata,
    read_update,
    update_body,
)
from adapters.linear.tables import Tables
from adapters.linear.wire import (
    CommentAnswer,
    HolderAnswer,
    IssueAnswer,
    UpdateAnswer,
    WireHolder,
    WireTargetIssue,
    WireUpdate,
)
from mappings.model import Health
from mappings.targets import Ledger, Outcome, ProgressWrite, Standing, Target

PROGRESS_URL = "https://linear.app/#okrsync"
"""The attachment on this url holds an issue's value and its ledger, which are one thing there."""
LEFT_ALONE = Outcome(status="left-alone", reason="changed since it was read")
_HEALTHS = {Health.ON_TRACK: "onTrack", Health.AT_RISK: "atRisk", Health.OFF_TRACK: "offTrack"}


@dataclass(frozen=True, slots=True)
class _Documents:
    """What differs between a project's status updates and an initiative's."""

    holder: str
    updates: str
    update: str
    create: str
    edit: str
    id_field: str


_UPDATES = {
    "project": _Documents(
        documents.PROJECT,
        documents.PROJECT_UPDATES,
        documents.PROJECT_UPDATE,
        documents.PROJECT_UPDATE_CREATE,
        documents.PROJECT_UPDATE_EDIT,
        "projectId",
    ),
    "initiative": _Documents(
        documents.INITIATIVE,
        documents.INITIATIVE_UPDATES,
        documents.INITIATIVE_UPDATE,
        documents.INITIATIVE_UPDATE_CREATE,
        documents.INITIATIVE_UPDATE_EDIT,
        "initiativeId",
    ),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """Reads and writes the three kinds of target."""

    client: Client
    tables: Tables
    living_comment: bool

    def standing(self, target: Target, kr: str, slot: date) -> Standing:
        """What stands there now; what is missing or unreadable is a Standing with a problem."""
        if target.kind == "issue":
            return self._issue(target)[0]
        return self._holder(target, kr, slot)[0]

    def write(self, write: ProgressWrite) -> Outcome:
        """As `adapters.ports.Writer.write_progress`."""
        return self._write_issue(write) if write.target.kind == "issue" else self._write_update(write)

    # -- issues: an attachment ------------------------------------------------------------------------------------

    def _issue(self, target: Target) -> tuple[Standing, WireTargetIssue | None]:
        viewer = self.tables.sign_in.viewer.id
        try:
            asked = {"id": target.id, "url": PROGRESS_URL}
            issue = self.client.ask(documents.ISSUE, IssueAnswer, asked).issue
        except NotFound:
            return _missing(target), None
        if issue.trashed:
            return Standing(target=target, title=issue.title, problem="is in Linear's trash"), issue
        attachment = next(iter(issue.attachments.nodes), None)
        if attachment is None:
            return Standing(target=target, title=issue.title), issue
        if attachment.creator is None or attachment.creator.id != viewer:
            return _foreign(target, issue.title), issue
        return _read_ledger(
            target, issue.title, lambda: ReadUpdate(read_metadata(attachment.metadata), False, None)
        ), issue

    def _write_issue(self, write: ProgressWrite) -> Outcome:
        now, issue = self._issue(write.target)
        wanted = _wanted(write, now)
        if stop := _no_need(write, now, wanted):
            return stop
        assert issue is not None  # noqa: S101 - a missing one has a problem
        # the comment first: the ledger says that it was said
        if self.living_comment and write.text and (now.ledger is None or now.ledger.said != wanted.said):
            self._say(issue.id, write)
        score = "" if wanted.value is None else f": score {wanted.value:f}"
        attachment = {
            "issueId": issue.id,
            "url": PROGRESS_URL,
            "title": f"{write.kr}{score}",
            "subtitle": "Progress as okrsync last wrote it; delete this to have it written anew",
            "metadata": metadata(wanted),
        }
        self.client.change(documents.ATTACHMENT_PUT, {"attachment": attachment})
        return Outcome(status="changed")

    def _say(self, issue: str, write: ProgressWrite) -> None:
        ident = client_id(self.tables.sign_in.organization.id, "comment", issue, write.kr)
        body = comment_body(write.text)
        try:
            present = self.client.ask(documents.COMMENT, CommentAnswer, {"id": ident}).comment
        except NotFound:
            wanted = {"id": ident, "issueId": issue, "body": body, "doNotSubscribeToIssue": True}
            try:
                self.client.change(documents.COMMENT_CREATE, {"input": wanted})
            except AlreadyExists:
                # made before and not there any more: a person deleted it, and it stays deleted
                return
            return
        if present.body != body:
            self.client.change(documents.COMMENT_EDIT, {"id": ident, "input": {"body": body}})

    # -- projects and initiatives: our own status update --------------------------------------------------------------

    def _holder(self, target: Target, kr: str, slot: date) -> tuple[Standing, WireHolder | None, WireUpdate | None]:
        viewer = self.tables.sign_in.viewer.id
        kind = _UPDATES[target.kind]
        try:
            holder = self.client.ask(kind.holder, HolderAnswer, {"id": target.id}).holder
        except NotFound:
            return _missing(target), None, None
        if holder.archived_at is not None:
            return Standing(target=target, title=holder.name, problem="is archived"), holder, None
        mine = {"filter": {target.kind: {"id": {"eq": holder.id}}, "user": {"id": {"eq": viewer}}}}
        ours: set[str] = set()
        newest: WireUpdate | None = None
        standing = Standing(target=target, title=holder.name)
        for update in (row for page in self.client.walk(kind.updates, WireUpdate, mine) for row in page):
            read = _read_ledger(target, holder.name, lambda body=update.body: read_update(body))  # type: ignore[misc]
            if read.ledger is None and read.problem is None:
                continue
            ours.add(update.id)
            is_this_one = read.ledger is None or read.ledger.kr == kr
            if newest is None and is_this_one:
                newest, standing = update, read
        shown = None if holder.progress is None else Decimal(str(holder.progress))
        standing = replace(standing, shown=shown, person_posted=_person_posted(holder, newest, ours, slot))
        return standing, holder, newest

    def _write_update(self, write: ProgressWrite) -> Outcome:
        slot = write.slot or date.min
        now, holder, update = self._holder(write.target, write.kr, slot)
        wanted = _wanted(write, now)
        health = _HEALTHS.get(write.health) if write.health else None
        same_health = health is None or (update is not None and update.health == health)
        if (stop := _no_need(write, now, wanted)) and (stop.status != "unchanged" or same_health):
            return stop
        assert holder is not None  # noqa: S101 - a missing one has a problem
        kind = _UPDATES[write.target.kind]
        said: dict[str, Any] = {"body": update_body(wanted, write.text, slot)}
        # Followers hear of a new update and not of an edit: a new one is worth their while in a new slot, and when
        # the health is another one.
        if update is not None and same_health and _slot_of(update) >= slot:
            self.client.change(kind.edit, {"id": update.id, "input": said})
            return Outcome(status="changed")
        after = update.id if update else ""
        ident = client_id(
            self.tables.sign_in.organization.id, write.target.kind, holder.id, write.kr, slot.isoformat(), after
        )
        shown = health or holder.health
        new = {"id": ident, kind.id_field: holder.id, **said} | ({"health": shown} if shown else {})
        try:
            self.client.change(kind.create, {"input": new})
        except AlreadyExists:
            return self._correct(kind, ident, said | ({"health": health} if health else {}))
        return Outcome(status="changed")

    def _correct(self, kind: _Documents, ident: str, said: dict[str, Any]) -> Outcome:
        """This slot's update was made before, and was not listed: taken down since, or made a moment ago."""
        try:
            there = self.client.ask(kind.update, UpdateAnswer, {"id": ident}).update
        except NotFound:
            there = None
        if there is None or there.archived_at is not None:
            return Outcome(status="left-alone", reason="a person took down this period's update")
        read = read_update(there.body)
        if read is None or read.edited:
            return LEFT_ALONE
        if there.body == said["body"]:
            return Outcome(status="unchanged")
        self.client.change(kind.edit, {"id": ident, "input": said})
        return Outcome(status="changed")


def _read_ledger(target: Target, title: str, read: Callable[[], ReadUpdate | None]) -> Standing:
    try:
        found = read()
    except ValueError as error:
        return Standing(target=target, title=title, problem=str(error))
    if found is None:
        return Standing(target=target, title=title)
    ledger = found.ledger
    return Standing(target=target, title=title, value=ledger.value, ledger=ledger, edited=found.edited)


def _slot_of(update: WireUpdate) -> date:
    """The slot that our update was posted for; of one that does not say, the day it was made."""
    read = read_update(update.body)
    return read.slot if read and read.slot else update.created_at.date()


def _person_posted(holder: WireHolder, newest: WireUpdate | None, ours: set[str], slot: date) -> bool:
    for post in holder.posts.nodes:  # newest first
        if newest is not None and post.id == newest.id:
            return False
        if post.id not in ours and post.created_at.date() >= slot:
            return True
    return False


def _wanted(write: ProgressWrite, now: Standing) -> Ledger:
    """The ledger to write. Value and ledger are one thing here, so a value that is to stay is in it too."""
    value = write.value if write.value is not None else now.value
    return replace(write.ledger, kr=write.kr, value=value, comment="")


def _no_need(write: ProgressWrite, now: Standing, wanted: Ledger) -> Outcome | None:
    """Why nothing is to be written, if so."""
    if now.problem is not None:
        return Outcome(status="left-alone", reason=now.problem)
    before = write.expected
    if (now.value, now.ledger, now.edited) != (before.value, before.ledger, before.edited):
        return LEFT_ALONE
    if write.slot is not None and now.person_posted != before.person_posted:
        return LEFT_ALONE
    return Outcome(status="unchanged") if now.ledger == wanted and not now.edited else None


def _missing(target: Target) -> Standing:
    return Standing(target=target, problem=f"there is no {target.kind} {target.id}, or this token does not see it")


def _foreign(target: Target, title: str) -> Standing:
    return Standing(
        target=target, title=title, problem="another user's okrsync wrote there: delete its attachment to take over"
    )
