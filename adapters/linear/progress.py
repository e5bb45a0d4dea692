"""Progress at a target: what stands there, and making it say what the plan says."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
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
_FOREIGN = "another user's okrsync wrote there: delete its attachment to take over"
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
class _Posts:
    """Our own status updates for one key result."""

    newest: WireUpdate | None = None
    """The newest that stands."""
    taken_down: WireUpdate | None = None
    """The newest that a person took down, where it is newer than that."""

    @property
    def last(self) -> str:
        """The id of the last one that was made: the next one's id is made from it."""
        post = self.taken_down or self.newest
        return post.id if post else ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Reads and writes the three kinds of target."""

    client: Client
    tables: Tables
    living_comment: bool

    def standing(self, target: Target, kr: str, slot: datetime) -> Standing:
        """What stands there now; what is missing is a Standing with a problem. As `adapters.ports` for the slot."""
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
        there = Standing(target=target, title=issue.title, place=issue.id)
        if issue.trashed:
            return replace(there, problem="is in Linear's trash"), issue
        attachment = next(iter(issue.attachments.nodes), None)
        if attachment is None:
            return there, issue
        if attachment.creator is None or attachment.creator.id != viewer:
            return replace(there, problem=_FOREIGN), issue
        try:
            ledger = read_metadata(attachment.metadata)
        except ValueError as error:
            return replace(there, problem=str(error)), issue
        return replace(there, value=ledger.value, ledger=ledger), issue

    def _write_issue(self, write: ProgressWrite) -> Outcome:
        now, issue = self._issue(write.target)
        wanted = _wanted(write, now)
        if stop := _no_need(write, now, wanted):
            return stop
        assert issue is not None  # noqa: S101 - a missing one has a problem
        if self.living_comment and write.text and (now.ledger is None or now.ledger.said != wanted.said):
            # A run stopped between the two must not leave a comment that the ledger does not know of, nor a ledger
            # that speaks of a comment that was not made: the value, nothing said; the comment; and that it was said.
            self._put(issue.id, replace(wanted, said=""))
            wanted = replace(wanted, comment=self._say(issue.id, write, made=wanted.comment))
        self._put(issue.id, wanted)
        return Outcome(status="changed")

    def _put(self, issue: str, ledger: Ledger) -> None:
        score = "" if ledger.value is None else f": score {ledger.value:f}"
        attachment = {
            "issueId": issue,
            "url": PROGRESS_URL,
            "title": f"{ledger.kr}{score}",
            "subtitle": "Progress as okrsync last wrote it; delete this to have it written anew",
            "metadata": metadata(ledger),
        }
        self.client.change(documents.ATTACHMENT_PUT, {"attachment": attachment})

    def _say(self, issue: str, write: ProgressWrite, *, made: str) -> str:
        """Make the living comment say it; its id. One that was `made` and is gone was deleted, and stays so."""
        ident = client_id(self.tables.sign_in.organization.id, "comment", issue, write.kr)
        body = comment_body(write.text)
        try:
            present = self.client.ask(documents.COMMENT, CommentAnswer, {"id": ident}).comment
        except NotFound:
            wanted = {"id": ident, "issueId": issue, "body": body, "doNotSubscribeToIssue": True}
            if made != ident:
                # where Linear keeps the id of a deleted one, it was made before the ledger spoke of it
                with suppress(AlreadyExists):
                    self.client.change(documents.COMMENT_CREATE, {"input": wanted})
            return ident
        if present.body != body:
            self.client.change(documents.COMMENT_EDIT, {"id": ident, "input": {"body": body}})
        return ident

    # -- projects and initiatives: our own status update --------------------------------------------------------------

    def _holder(self, target: Target, kr: str, slot: datetime) -> tuple[Standing, WireHolder | None, _Posts]:
        viewer = self.tables.sign_in.viewer.id
        kind = _UPDATES[target.kind]
        try:
            holder = self.client.ask(kind.holder, HolderAnswer, {"id": target.id}).holder
        except NotFound:
            return _missing(target), None, _Posts()
        there = Standing(target=target, title=holder.name, place=holder.id)
        if holder.archived_at is not None:
            return replace(there, problem="is archived"), holder, _Posts()
        mine = {"filter": {target.kind: {"id": {"eq": holder.id}}, "user": {"id": {"eq": viewer}}}}
        ours: set[str] = set()
        found = _Posts()
        standing = there
        # newest first
        for update in (row for page in self.client.walk(kind.updates, WireUpdate, mine) for row in page):
            try:
                read, problem = read_update(update.body), ""
            except ValueError as error:
                read, problem = None, str(error)
            if read is None and not problem:
                continue
            ours.add(update.id)
            if found.newest is not None or (read is not None and read.ledger.kr != kr):
                continue
            if update.archived_at is not None:
                found = found if found.taken_down else _Posts(taken_down=update)
                continue
            found = replace(found, newest=update)
            standing = replace(there, problem=problem) if read is None else _standing(there, read, update)
        shown = None if holder.progress is None else Decimal(str(holder.progress))
        down = found.taken_down
        standing = replace(
            standing,
            shown=shown,
            person_posted=_person_posted(holder, found.newest, ours, slot),
            taken_down=down is not None and _slot_of(down, slot.tzinfo) >= slot.date(),
        )
        return standing, holder, found

    def _write_update(self, write: ProgressWrite) -> Outcome:
        slot = write.slot or datetime.min.replace(tzinfo=UTC)
        now, holder, posts = self._holder(write.target, write.kr, slot)
        update = posts.newest
        wanted = _wanted(write, now)
        health = _HEALTHS.get(write.health) if write.health else None
        same_health = health is None or (update is not None and update.health == health)
        if (stop := _no_need(write, now, wanted)) and (stop.status != "unchanged" or same_health):
            return stop
        assert holder is not None  # noqa: S101 - a missing one has a problem
        kind = _UPDATES[write.target.kind]

        def said(shown: str | None) -> dict[str, Any]:
            return {"body": update_body(wanted, write.text, slot.date(), shown)}

        # Followers hear of a new update and not of an edit: a new one is worth their while in a new slot, and when
        # the health is another one.
        is_in_slot = update is not None and _slot_of(update, slot.tzinfo) >= slot.date()
        if update is not None and same_health and is_in_slot and not now.taken_down:
            self.client.change(kind.edit, {"id": update.id, "input": said(update.health)})
            return Outcome(status="changed")
        ident = client_id(
            self.tables.sign_in.organization.id,
            write.target.kind,
            holder.id,
            write.kr,
            slot.date().isoformat(),
            posts.last,
        )
        shown = health or holder.health
        new = {"id": ident, kind.id_field: holder.id, **said(shown)} | ({"health": shown} if shown else {})
        try:
            self.client.change(kind.create, {"input": new})
        except AlreadyExists:
            return self._correct(kind, ident, health, said)
        return Outcome(status="changed")

    def _correct(
        self, kind: _Documents, ident: str, health: str | None, said: Callable[[str | None], dict[str, Any]]
    ) -> Outcome:
        """This slot's update was made before, and was not listed: taken down since, or made a moment ago."""
        try:
            there = self.client.ask(kind.update, UpdateAnswer, {"id": ident}).update
        except NotFound:
            there = None
        if there is None or there.archived_at is not None:
            return Outcome(status="left-alone", reason="a person took down this period's update")
        read = read_update(there.body)
        if read is None or _is_edited(read, there):
            return LEFT_ALONE
        wanted = said(health or there.health)
        if there.body == wanted["body"]:
            return Outcome(status="unchanged")
        self.client.change(kind.edit, {"id": ident, "input": wanted | ({"health": health} if health else {})})
        return Outcome(status="changed")


def _standing(there: Standing, read: ReadUpdate, update: WireUpdate) -> Standing:
    return replace(there, value=read.ledger.value, ledger=read.ledger, edited=_is_edited(read, update))


def _is_edited(read: ReadUpdate, update: WireUpdate) -> bool:
    """A person edited the text, or set another health than the one that was posted with it."""
    return read.edited or (read.health is not None and read.health != update.health)


def _slot_of(update: WireUpdate, zone: tzinfo | None) -> date:
    """The slot that our update was posted for; of one that does not say, the day it was made."""
    try:
        read = read_update(update.body)
    except ValueError:
        read = None
    return read.slot if read and read.slot else update.created_at.astimezone(zone).date()


def _person_posted(holder: WireHolder, newest: WireUpdate | None, ours: set[str], slot: datetime) -> bool:
    for post in holder.posts.nodes:  # newest first
        if newest is not None and post.id == newest.id:
            return False
        if post.id not in ours and post.created_at >= slot:
            return True
    return False


def _wanted(write: ProgressWrite, now: Standing) -> Ledger:
    """The ledger to write. Value and ledger are one thing here, so a value that is to stay is in it too."""
    value = write.value if write.value is not None else now.value
    return replace(write.ledger, kr=write.kr, value=value, comment=now.ledger.comment if now.ledger else "")


def _no_need(write: ProgressWrite, now: Standing, wanted: Ledger) -> Outcome | None:
    """Why nothing is to be written, if so."""
    if now.problem is not None:
        return Outcome(status="left-alone", reason=now.problem)
    before = write.expected
    if (now.value, now.ledger, now.edited) != (before.value, before.ledger, before.edited):
        return LEFT_ALONE
    if write.slot is not None and (now.person_posted, now.taken_down) != (before.person_posted, before.taken_down):
        return LEFT_ALONE
    return Outcome(status="unchanged") if now.ledger == wanted and not now.edited else None


def _missing(target: Target) -> Standing:
    return Standing(target=target, problem=f"there is no {target.kind} {target.id}, or this token does not see it")
