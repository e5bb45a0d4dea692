"""The small tables that issues are joined with locally, and the ledgers of our flags."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

import msgspec

from adapters.errors import NotFound, Unreadable
from adapters.linear import documents
from adapters.linear.client import MOST_PAGES, Client
from adapters.linear.cycles import Cycles
from adapters.linear.together import together
from adapters.linear.wire import (
    CycleLeft,
    Page,
    ScopeStart,
    Shelf,
    SignIn,
    Start,
    TeamAnswer,
    WireAttachment,
    WireCycle,
    WireLabel,
    WireMembership,
    WireSlugged,
    WireSynced,
    WireTeam,
)

FLAGS_URL = "https://linear.app/#okrsync-flags"
"""The attachment on this url is an issue's ledger of flags: Linear has no property on an issue."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Containers:
    """Where a project stands: slugs, and the initiatives that it is in."""

    slugs: dict[str, str]
    initiatives: dict[str, tuple[str, ...]]

    def of(self, project: str) -> tuple[str, ...]:
        """`project/ID`, `project/SLUG`, then its initiatives' likewise."""
        found = [f"project/{project}"]
        if project in self.slugs:
            found.append(f"project/{self.slugs[project]}")
        for initiative in self.initiatives.get(project, ()):
            found.append(f"initiative/{initiative}")
            if initiative in self.slugs:
                found.append(f"initiative/{self.slugs[initiative]}")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a scope's reading begins with."""

    keys: tuple[tuple[str, str], ...]
    """(key asked for, key it has now) of each team."""
    cycles: Cycles
    mark: datetime | None
    """The newest change in the workspace, asked before any issue; None in an empty one."""
    flags: Mapping[str, Mapping[str, str]]


@dataclass
class Tables:
    """What is read once a run and then kept. Safe to share between threads."""

    client: Client
    _starting: threading.RLock = field(default_factory=threading.RLock)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    """Of the shelf. Who holds it may wait for the start, never the other way round."""
    _started: Start | None = None
    _teams: dict[str, WireTeam] = field(default_factory=dict)
    _labels: dict[str, WireLabel] | None = None
    _containers: Containers | None = None
    _renamed: dict[str, str] = field(default_factory=dict)
    _synced: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _left: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def sign_in(self) -> SignIn:
        """Who the token is. The first thing asked: a wrong token ends here, and never in an empty reading."""
        start = self._start()
        return SignIn(viewer=start.viewer, organization=start.organization)

    def open(self, keys: tuple[str, ...]) -> Opening:
        """All about these teams that does not wait for something else, side by side. NotFound: see `present_keys`.

        RateLimited where what is known of the quota forbids another reading.
        """
        self._refuse_no_team(keys)
        self.client.sign_in()
        self.client.keep_the_reserve(documents.CYCLES)
        _, _, (cycles, mark), flags = together(self._start, self.containers, partial(self.cycles, keys), self.flags)
        present = self.present_keys(keys)
        if any(old != now for old, now in present):
            cycles, mark = self.cycles(tuple(dict.fromkeys(now for _, now in present)))
        return Opening(present, cycles, mark, flags)

    def labels(self, needed: Iterable[str] = ()) -> dict[str, WireLabel]:
        """All labels by id; read anew when one of `needed` is not there yet. Unreadable when it stays away."""
        names = set(needed)
        with self._lock:
            if self._labels is None and self._containers is None:
                self._read_shelf()
            if self._labels is None or not self._labels.keys() >= names:
                pages = self.client.walk(documents.LABELS, WireLabel)
                self._labels = {row.id: row for page in pages for row in page}
            if missing := names - self._labels.keys():
                raise Unreadable(
                    f"{self.client.name}: {len(missing)} labels stand on issues but Linear does not list them",
                    tracker=self.client.name,
                )
            return self._labels

    def forget_labels(self) -> None:
        """After one was created."""
        with self._lock:
            self._labels = None

    def containers(self) -> Containers:
        """Projects and initiatives."""
        with self._lock:
            return self._containers or self._read_shelf()

    def synced(self) -> Mapping[str, tuple[str, ...]]:
        """The addresses of the Jira issues that Linear keeps in step, by the id of the issue here."""
        self._start()
        return self._synced

    def present_keys(self, keys: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """(key asked for, key it has now) of each team. NotFound, naming them, when the token does not see all of
        these teams: their issues would just be absent.
        """
        self._refuse_no_team(keys)
        with self._starting:
            self._start()
            present = {key: key if key in self._teams else self._renamed_to(key) for key in keys}
            if missing := [key for key, now in present.items() if now not in self._teams]:
                raise NotFound(
                    f"{self.client.name}: there is no Linear team {', '.join(missing)}, or this token does not see it "
                    "(an API key may be limited to some teams)",
                    tracker=self.client.name,
                )
            return tuple((key, now) for key, now in present.items() if now)

    def _refuse_no_team(self, keys: tuple[str, ...]) -> None:
        if not keys:
            raise NotFound(f"{self.client.name}: the scope names no Linear team", tracker=self.client.name)

    def teams(self, keys: Iterable[str]) -> list[WireTeam]:
        """The teams of these present keys."""
        self._start()
        return [self._teams[key] for key in keys]

    def every_team(self) -> list[WireTeam]:
        """All that the token sees, by key."""
        self._start()
        return [self._teams[key] for key in sorted(self._teams)]

    def estimating(self, team: WireTeam) -> WireTeam:
        """The team whose settings its estimates follow: its own, else the nearest above that does not inherit them."""
        by_id = {each.id: each for each in self._teams.values()}
        walked = {team.id}
        while team.inherit_issue_estimation and team.parent and (above := by_id.get(team.parent.id)):
            if above.id in walked:
                break
            walked.add(above.id)
            team = above
        return team

    def default_points(self) -> dict[str, Decimal]:
        """What an unestimated issue counts, by team key, for the teams that estimate."""
        settled = {key: self.estimating(team) for key, team in self._teams.items()}
        return {
            key: Decimal(str(team.default_issue_estimate))
            for key, team in settled.items()
            if team.issue_estimation_type != "notUsed"
        }

    def private_teams(self) -> frozenset[str]:
        """Keys of the teams that only their members and the workspace's admins see."""
        return frozenset(key for key, team in self._teams.items() if team.private)

    def cycles(self, teams: tuple[str, ...]) -> tuple[Cycles, datetime | None]:
        """The teams' cycles, read anew each time, for they open and close; and the newest change in the workspace
        when they were read, None in an empty one.
        """
        mine = {"filter": {"team": {"key": {"in": list(teams)}}}}
        asked = {**mine, "first": documents.PAGE, "after": None}
        start = self.client.ask(documents.CYCLES, ScopeStart, asked)
        rows = self._rest(start.rows, documents.CYCLES, WireCycle, mine)
        return Cycles({row.id: row for row in rows}), next((row.updated_at for row in start.newest.nodes), None)

    def left_by(self, cycle: str) -> frozenset[str]:
        """Ids of the issues that a closed cycle left unfinished; kept, for it is closed."""
        if cycle not in self._left:
            found: set[str] = set()
            after: str | None = None
            for _ in range(MOST_PAGES):
                asked = {"id": cycle, "first": documents.PAGE, "after": after}
                page = self.client.ask(documents.LEFT, CycleLeft, asked).cycle.rows
                found |= {row.id for row in page.nodes}
                after = page.page_info.end_cursor
                if not page.page_info.has_next_page:
                    break
            self._left[cycle] = frozenset(found)
        return self._left[cycle]

    def flags(self) -> dict[str, dict[str, str]]:
        """Our ledgers: issue id -> flag label -> sprint id."""
        found: dict[str, dict[str, str]] = {}
        for page in self.client.walk(documents.ATTACHMENTS, WireAttachment, {"url": FLAGS_URL}):
            for row in page:
                if row.issue and row.creator and row.creator.id == self.sign_in.viewer.id:
                    found[row.issue.id] = read_flags(row, self.client.name)
        return found

    def _start(self) -> Start:
        with self._starting:
            if self._started is None:
                start = self.client.ask(documents.START, Start, {"first": documents.PAGE})
                self._teams = {row.key: row for row in self._rest(start.teams, documents.TEAMS, WireTeam)}
                synced: dict[str, list[str]] = {}
                for row in self._rest(start.synced, documents.SYNCED, WireSynced):
                    synced.setdefault(row.issue.id, []).append(row.url)
                self._synced = {ident: tuple(sorted(urls)) for ident, urls in synced.items()}
                self._started = start
            return self._started

    def _renamed_to(self, key: str) -> str | None:
        if key not in self._renamed:
            try:
                self._renamed[key] = self.client.ask(documents.TEAM, TeamAnswer, {"key": key}).team.key
            except NotFound:
                return None
        return self._renamed[key]

    def _read_shelf(self) -> Containers:
        shelf = self.client.ask(documents.SHELF, Shelf, {"first": documents.PAGE})
        self._labels = {row.id: row for row in self._rest(shelf.labels, documents.LABELS, WireLabel)}
        slugs = {row.id: row.slug_id for row in self._rest(shelf.projects, documents.PROJECTS, WireSlugged)}
        slugs |= {row.id: row.slug_id for row in self._rest(shelf.initiatives, documents.INITIATIVES, WireSlugged)}
        initiatives: dict[str, tuple[str, ...]] = {}
        for edge in self._rest(self._start().memberships, documents.MEMBERSHIPS, WireMembership):
            known = initiatives.get(edge.project.id, ())
            initiatives[edge.project.id] = tuple(sorted({*known, edge.initiative.id}))
        self._containers = Containers(slugs, initiatives)
        return self._containers

    def _rest(
        self, first: Page[Row], document: str, row: type[Row], variables: Mapping[str, Any] | None = None
    ) -> list[Row]:
        """The rows of a first page and of the pages after it."""
        found = list(first.nodes)
        if first.page_info.has_next_page:
            for page in self.client.walk_on(document, row, first.page_info.end_cursor, variables):
                found += page
        return found


def read_flags(attachment: WireAttachment, tracker: str) -> dict[str, str]:
    """Flag label -> sprint id. The map is JSON inside a string: metadata holds strings and numbers only."""
    if attachment.metadata.get("v") != 1:
        raise Unreadable(f"{tracker}: flags were written by a newer okrsync: update this one", tracker=tracker)
    try:
        return msgspec.json.decode(str(attachment.metadata.get("flags", "{}")), type=dict[str, str])
    except msgspec.DecodeError:
        # nobody can edit metadata by hand: a broken one is a broken write, and labels say the rest
        return {}


def flags_metadata(flags: dict[str, str]) -> dict[str, str | int]:
    """What `read_flags` reads."""
    return {"v": 1, "flags": msgspec.json.encode(dict(sorted(flags.items()))).decode()}
