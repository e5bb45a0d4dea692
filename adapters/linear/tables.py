"""The small tables that issues are joined with locally, and the ledgers of our flags."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

import msgspec

from adapters.errors import NotFound, Unreadable
from adapters.linear import documents
from adapters.linear.client import Client
from adapters.linear.wire import (
    SignIn,
    WireAttachment,
    WireCycle,
    WireLabel,
    WireMembership,
    WireSlugged,
    WireTeam,
)
from mappings.model import Sprint

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
class Cycles:
    """The cycles of a scope's teams. A sub-team's copy of its parent's cycle is the same sprint: the parent's id."""

    rows: dict[str, WireCycle]

    def sprint_id(self, cycle: str) -> str:
        """The id that a cycle's sprint is known by."""
        walked = {cycle}
        while (row := self.rows.get(cycle)) and row.inherited_from and row.inherited_from.id not in walked:
            cycle = row.inherited_from.id
            walked.add(cycle)
        return cycle

    def is_open(self, cycle: str) -> bool:
        """Not past, and of these teams."""
        row = self.rows.get(cycle)
        return row is not None and not row.is_past

    def sprints(self, tracker: str, team: str) -> tuple[Sprint, ...]:
        """The active and the coming sprints, each once, sorted by id."""
        found: dict[str, Sprint] = {}
        for row in sorted(self.rows.values(), key=lambda row: (row.inherited_from is not None, row.id)):
            if row.is_past:
                continue
            ident = self.sprint_id(row.id)
            name = row.name or f"Cycle {row.number:g}"
            state = "active" if row.is_active else "future"
            sprint = Sprint(
                tracker=tracker, id=ident, name=name, state=state, team=team, start=row.starts_at, end=row.ends_at
            )
            found.setdefault(ident, sprint)
        return tuple(found[ident] for ident in sorted(found))


@dataclass
class Tables:
    """What is read once a run and then kept. Safe to share between threads."""

    client: Client
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _signed_in: SignIn | None = None
    _labels: dict[str, WireLabel] | None = None
    _containers: Containers | None = None
    _teams: dict[str, WireTeam] | None = None

    @property
    def sign_in(self) -> SignIn:
        """Who the token is. The first thing asked: a wrong token ends here, and never in an empty reading."""
        with self._lock:
            if self._signed_in is None:
                self._signed_in = self.client.ask(documents.VIEWER, SignIn)
            return self._signed_in

    def labels(self, needed: Iterable[str] = ()) -> dict[str, WireLabel]:
        """All labels by id; read anew when one of `needed` is not there yet. Unreadable when it stays away."""
        with self._lock:
            if self._labels is None or not self._labels.keys() >= set(needed):
                self._labels = {row.id: row for row in self._all(documents.LABELS, WireLabel)}
            if missing := set(needed) - self._labels.keys():
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
            if self._containers is None:
                slugs = {row.id: row.slug_id for row in self._all(documents.PROJECTS, WireSlugged)}
                slugs.update({row.id: row.slug_id for row in self._all(documents.INITIATIVES, WireSlugged)})
                initiatives: dict[str, tuple[str, ...]] = {}
                for edge in self._all(documents.MEMBERSHIPS, WireMembership):
                    known = initiatives.get(edge.project.id, ())
                    initiatives[edge.project.id] = tuple(sorted({*known, edge.initiative.id}))
                self._containers = Containers(slugs, initiatives)
            return self._containers

    def require_teams(self, keys: tuple[str, ...]) -> None:
        """NotFound, naming them, when the token does not see all of these teams: their issues would just be absent."""
        if not keys:
            raise NotFound(f"{self.client.name}: the scope names no Linear team", tracker=self.client.name)
        with self._lock:
            if self._teams is None:
                self._teams = {row.key: row for row in self._all(documents.TEAMS, WireTeam)}
            if missing := [key for key in keys if key not in self._teams]:
                raise NotFound(
                    f"{self.client.name}: there is no Linear team {', '.join(missing)}, or this token does not see it "
                    "(an API key may be limited to some teams)",
                    tracker=self.client.name,
                )

    def default_points(self) -> dict[str, Decimal]:
        """What an unestimated issue counts, by team key, for the teams that estimate."""
        return {
            key: Decimal(str(team.default_issue_estimate))
            for key, team in (self._teams or {}).items()
            if team.issue_estimation_type != "notUsed"
        }

    def cycles(self, teams: tuple[str, ...]) -> Cycles:
        """The teams' cycles, read anew each time: they open and close."""
        mine = {"filter": {"team": {"key": {"in": list(teams)}}}}
        return Cycles({row.id: row for page in self.client.walk(documents.CYCLES, WireCycle, mine) for row in page})

    def flags(self) -> dict[str, dict[str, str]]:
        """Our ledgers: issue id -> flag label -> sprint id."""
        found: dict[str, dict[str, str]] = {}
        for page in self.client.walk(documents.ATTACHMENTS, WireAttachment, {"url": FLAGS_URL}):
            for row in page:
                if row.issue and row.creator and row.creator.id == self.sign_in.viewer.id:
                    found[row.issue.id] = read_flags(row, self.client.name)
        return found

    def _all(self, document: str, row: type[Row]) -> list[Row]:
        return [found for page in self.client.walk(document, row) for found in page]


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
