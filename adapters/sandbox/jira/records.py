"""What a Jira site is made of: plain mutable records."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

CATEGORIES = {"new": (2, "To Do"), "indeterminate": (4, "In Progress"), "done": (3, "Done")}


@dataclass(frozen=True)
class Status:
    """A workflow status; `category` is new, indeterminate or done."""

    id: str
    name: str
    category: str


@dataclass(frozen=True)
class Resolution:
    """How an issue was closed."""

    id: str
    name: str


@dataclass(frozen=True)
class Account:
    """Somebody with a token. JQL dates are read, and dates are written, in `time_zone`.

    On Cloud the token goes with the e-mail address to the site's own address; a `scoped` one, as service accounts
    have, only to the gateway. With a `client_secret`, `account_id` is also an OAuth 2 client id. On Data Center the
    token is the personal access token, and the password.
    `sees_projects` False: nothing is refused, and there is nothing. `lacks`: permission keys, as EDIT_ISSUES.
    """

    account_id: str
    display_name: str
    email: str
    token: str
    time_zone: str = "Europe/Zurich"
    scoped: bool = False
    client_secret: str | None = None
    sees_projects: bool = True
    tokens_end: tuple[datetime | None, ...] = (None,)
    """Data Center: when each of its personal access tokens ends; None never does."""
    lacks: frozenset[str] = frozenset({"ADMINISTER"})

    @property
    def name(self) -> str:
        """What Data Center signs in with: the e-mail address up to the sign."""
        return self.email.partition("@")[0]


@dataclass
class Project:
    """A project; its key is what users type, and a key it had before still leads to it."""

    id: str
    key: str
    name: str
    previous_keys: list[str] = field(default_factory=list)


@dataclass
class Board:
    """A board; `type` is scrum, kanban or simple (team-managed); `estimation_field` None counts issues."""

    id: int
    name: str
    type: str
    project_keys: list[str]
    estimation_field: str | None = None


@dataclass
class Sprint:
    """A sprint; `state` is future, active or closed; `board_id` its home, `also_on` further boards that show it."""

    id: int
    name: str
    state: str
    board_id: int
    start: datetime | None = None
    end: datetime | None = None
    complete: datetime | None = None
    goal: str = ""
    also_on: tuple[int, ...] = ()


@dataclass
class Comment:
    """A comment; `body` is an ADF document, or wiki text on Data Center; `author` an account id."""

    id: str
    author: str
    body: dict[str, Any] | str
    created: datetime
    updated: datetime
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One entry of an issue's history; for `field_id` status or the sprint field."""

    at: datetime
    field_id: str
    before: str | None
    before_text: str | None
    after: str | None
    after_text: str | None


@dataclass
class RemoteLink:
    """A link to something elsewhere; of two with one `global_id` there is only the latter. `value` is what was sent."""

    id: int
    global_id: str | None
    value: dict[str, Any]


@dataclass
class Issue:
    """An issue. `custom` holds values by field id (estimates too), `sprints` every sprint it was ever in, in order."""

    id: str
    key: str
    project: str
    type: str
    summary: str
    status: Status
    created: datetime
    updated: datetime
    status_changed: datetime
    level: int = 0
    description: str = ""
    resolution: Resolution | None = None
    resolved: datetime | None = None
    priority: str | None = None
    security: str | None = None
    """The security level's name."""
    labels: list[str] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    parent: str | None = None
    sprints: list[int] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    remote_links: list[RemoteLink] = field(default_factory=list)
    previous_keys: list[str] = field(default_factory=list)
    history: list[Change] = field(default_factory=list)


def default_statuses() -> list[Status]:
    """To Do, In Progress, In Review, Done."""
    return [
        Status("10000", "To Do", "new"),
        Status("10001", "In Progress", "indeterminate"),
        Status("10002", "In Review", "indeterminate"),
        Status("10003", "Done", "done"),
    ]


def default_resolutions() -> list[Resolution]:
    """The resolutions of a new site, and Fixed."""
    names = ["Done", "Won't Do", "Duplicate", "Cannot Reproduce", "Fixed"]
    return [Resolution(str(10000 + number), name) for number, name in enumerate(names)]


def default_accounts() -> list[Account]:
    """The integration's own account, whose credentials every sandbox accepts."""
    return [Account("712020:okrsync", "okrsync", "okrsync@example.com", "sandbox-token")]
