"""Where progress is written, what stands there now, and what this program last wrote: values that the plan compares."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from mappings.model import Health


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """`CONNECTION:issue/KEY`, `CONNECTION:project/ID`, `CONNECTION:initiative/ID`, or `file`."""

    tracker: str
    """The connection's name; empty for the progress file."""
    kind: str
    """issue, project, initiative or file."""
    id: str
    """Key or id; for the file, the key result's id."""

    def __str__(self) -> str:
        """As it is written in the registry."""
        return "file" if self.kind == "file" else f"{self.tracker}:{self.kind}/{self.id}"


KINDS = ("issue", "project", "initiative")


def parse_target(text: str, kr: str) -> Target:
    """Read a `to` or a `binds` entry; ValueError says what is expected. `kr` names the entry of a `file` target."""
    if text == "file":
        return Target("", "file", kr)
    tracker, colon, rest = text.partition(":")
    kind, slash, ident = rest.partition("/")
    if not (tracker and colon and slash and ident and kind in KINDS):
        raise ValueError(
            f"{text!r} is not CONNECTION:issue/KEY, CONNECTION:project/ID, CONNECTION:initiative/ID or file"
        )
    return Target(tracker, kind, ident)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What this program last wrote, kept beside the value it wrote."""

    kr: str
    value: Decimal | None
    """The score as written, two decimals; None when only the living text was written."""
    scopes: tuple[str, ...] = ()
    """Names of the scopes where linked work was last seen, sorted."""
    said: str = ""
    """Fingerprint of the living text that was written with it."""
    comment: str = ""
    """The living comment's id, where the tracker needs it remembered (Jira)."""
    health: Health | None = None
    """The health that a label of ours shows there (Jira); None: none of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands at a target now."""

    target: Target
    title: str = ""
    value: Decimal | None = None
    ledger: Ledger | None = None
    edited: bool = False
    """The update that carries the value (Linear), its text or its health, was edited by a person since we wrote it."""
    person_posted: bool = False
    """A person posted a newer update in the current cadence slot: it stands until the next."""
    taken_down: bool = False
    """A person took down our update in the current cadence slot: nothing is posted until the next."""
    shown: Decimal | None = None
    """The progress, 0 to 1, that the tracker itself shows there by its own rule (a Linear project)."""
    shows_health: bool = False
    """The config wants a label there that says the health (Jira)."""
    problem: str | None = None
    """Why nothing can be written there (not found, not visible): the reason for the report."""
    try_later: bool = False
    """With a problem: a quota or the deadline was in the way, and trying later is all there is to do."""
    place: str = ""
    """The tracker's own id of what was found: a target by slug or key, and one by id, may be the same place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressWrite:
    """One change at one target. The adapter re-reads first and leaves alone what no longer equals `expected`."""

    target: Target
    kr: str
    expected: Standing
    value: Decimal | None
    """The new score; None leaves the value as it is and writes the ledger and the text only."""
    health: Health | None
    """None posts no new health: what is there stays."""
    ledger: Ledger
    text: tuple[str, ...] = ()
    """The living text, a paragraph an entry, plain text; empty: none is wanted."""
    slot: datetime | None = None
    """Where the cadence slot begins: a Linear update is edited within it and posted anew after it. Aware, in the
    company's time zone.
    """


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class FlagWrite:
    """One flag label put on, or taken off, one sprint issue, with its ledger; or a suggested tag put on."""

    tracker: str
    key: str
    id: str
    label: str
    action: str
    """add (label and ledger), remove (both), remember (ledger only: the label is there), forget (ledger only)."""
    sprint: str
    """The sprint it was flagged in: a flag that a person removed stays off for that sprint."""
    replaces: tuple[str, ...] = ()
    """Labels that an added one takes the place of: they come off in the same change, whoever put them on."""
    label_id: str = ""
    """Of a label that is there already, where the tracker keeps labels as things of their own; none is made then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one write."""

    status: str
    """changed, unchanged (it stood there already), or left-alone (no longer as expected)."""
    reason: str = ""


def fingerprint(text: tuple[str, ...]) -> str:
    """A short stable fingerprint of a living text; empty for no text."""
    return hashlib.sha256("\n\n".join(text).encode()).hexdigest()[:16] if text else ""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class LinkWrite:
    """A link in an issue to the key result that it supports, made, renamed or taken away, with its ledger."""

    tracker: str
    key: str
    id: str
    kr: str
    title: str
    """Empty: the issue supports it no more, and the link goes."""
    url: str = ""
    on: date | None = None
    """The day of which the figure in the title is, where there is one: the text stays true when nobody renews it."""

    @property
    def text(self) -> str:
        """What people read: the title, and the day behind it."""
        return f"{self.title} ({self.on.isoformat()})" if self.on and self.title else self.title

    @property
    def said(self) -> str:
        """What the ledger remembers of the link as it is to be, without its day; empty for none."""
        return fingerprint((self.title, self.url)) if self.title else ""
