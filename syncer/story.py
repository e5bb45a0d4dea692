"""`okrsync demo`: what okrsync does, told in six steps on the made-up company. Every number comes from its runs."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from adapters.retry import Deadline
from adapters.sandbox.jira.fields import OKR_PROGRESS
from adapters.sandbox.jira.site import Issue, Site
from adapters.sandbox.launch import Sandbox, open_company
from adapters.sandbox.server import Call, Server
from mappings.linking import Class
from mappings.model import State
from mappings.rounding import exact
from syncer.backfill import backfill
from syncer.config import Config, load
from syncer.plan import Change, Status
from syncer.report.document import plan_document, report
from syncer.report.files import make_ready, write_all
from syncer.report.wording import count, day, plain
from syncer.run import Run, run

EDITED = "PAY-O1-KR1"
"""The key result whose number a person types over."""
FINISHED_MEANWHILE = "PLT-O1-KR1"
"""The one that moves in the same run."""
CLOSED = 5
"""Closed sprints of each team: with the active one they make the trend of the page."""
MOST = 3
"""Examples of one kind that are told."""

Say = Callable[[str], None]


def tell_story(output: Path, *, say: Say, now: datetime) -> None:
    """Play it, telling it line by line, and leave the report of the last good sync in `output`.

    Everything in the company is dated around `now`, which is aware: a page of another day would call itself old.
    Raises ConfigProblem when nothing can be written there.
    """
    make_ready(output)
    with (
        tempfile.TemporaryDirectory(prefix="okrsync-demo-") as folder,
        open_company(Path(folder), now=now, data_center=True) as launched,
    ):
        _Story(launched, say).play(output)


class _Story:
    """The company, its runs, and what happens in between."""

    def __init__(self, launched: Sandbox, say: Say) -> None:
        self._launched = launched
        self._say = say
        with _environment(launched):
            self._config, _ = load(launched.config)
        self._at: datetime = launched.now.astimezone(self._config.rules.zone)

    def play(self, output: Path) -> None:
        with _environment(self._launched):
            self._say(f"A made-up company in a sandbox Jira Cloud, Jira Data Center and Linear, on {day(self._at)}.")
            first = self._sync()
            self._tell_reading(first)
            self._tell_links(first)
            self._tell_past()
            moved = self._tell_sync(first)
            self._tell_again()
            kept = self._tell_kept(moved)
            write_all(report(kept), plan_document(kept), output)
            self._tell_death()

    def _tell_reading(self, first: Run) -> None:
        readings = [reading for reading in first.figures.readings if reading.kind in ("jira", "linear")]
        issues = sum(len(reading.issues) for reading in readings)
        teams = len({reading.scope.team for reading in readings} & {team.key for team in self._config.rules.teams})
        requests = sum(reading.requests for reading in readings)
        trackers = count(len({reading.scope.tracker for reading in readings}), "tracker")
        self._head(1, f"Read. {issues} issues of {teams} teams from {trackers}, in {requests} requests.")

    def _tell_links(self, first: Run) -> None:
        kinds = [row.kind for sprint in first.figures.sprints for row in sprint.rows]
        self._head(
            2,
            f"Link. Of {len(kinds)} issues in the sprints {kinds.count(Class.ALIGNED)} support a key result, "
            f"{kinds.count(Class.ROUTINE)} are routine, {kinds.count(Class.UNALIGNED)} are tied to nothing, "
            f"{kinds.count(Class.BROKEN)} bear a wrong tag:",
        )
        meant = [tag for tag in first.figures.broken if tag.suggestion]
        for tag in meant[:MOST]:
            self._line(f"{tag.key}  {tag.text}: {tag.reason}; type {tag.suggestion}")

    def _tell_past(self) -> None:
        config, registry = load(self._launched.config)
        done = backfill(config, registry, at=self._at, last=CLOSED)
        self._line(
            f"{count(len(done.kept), 'closed sprint')} read once by today's tags: the page's trend begins there."
        )

    def _tell_sync(self, first: Run) -> Run:
        written = [change for change in first.plan.changes if change.status is Status.CHANGED]
        self._head(3, f"Sync. {count(len(written), 'key result')} of {len(first.plan.changes)} get their first number.")
        self._tell_left_alone(first)
        done = self._finish_work(first, EDITED, 1)
        moved = self._sync()
        self._say(f"   The team finishes {' and '.join(done)}. Sync:")
        self._tell_changes(moved)
        return moved

    def _tell_again(self) -> None:
        sent = self._writes()
        self._sync()
        self._head(4, f"Sync again, and nothing has changed: {count(self._writes() - sent, 'write')}.")

    def _tell_kept(self, before: Run) -> Run:
        change = _change(before, EDITED)
        ours = change.after or Decimal(0)
        theirs = min(ours + Decimal("0.08"), Decimal(1))
        site, issue = self._issue(change.target.id if change.target else "")
        site.set_field(issue, OKR_PROGRESS, float(theirs))
        [done] = self._finish_work(before, FINISHED_MEANWHILE, 1)
        kept = self._sync()
        self._head(
            5,
            f"A person types {exact(theirs)} over our {exact(ours)} in {issue.key}; {done} is finished besides. Sync:",
        )
        self._line(
            f"{EDITED}  {exact(Decimal(str(issue.custom[OKR_PROGRESS])))} stands: {_change(kept, EDITED).reason}"
        )
        self._tell_changes(kept)
        return kept

    def _tell_death(self) -> None:
        linear = self._launched.linear
        if linear is None:  # a dump has none
            return
        pages = [call.request for call in linear.calls if call.operation == "issues"]
        sent = self._writes()
        with _dies(linear, lambda call: call.request == pages[-1]):
            dead = self._sync()
        unread = [reading for reading in dead.figures.readings if not reading.complete]
        self._head(6, "Linear dies on its last page. Sync: what may draw on it is left as it was.")
        for reading in unread:
            self._line(f"{reading.scope.name} was not read: {reading.problem}")
        names_unread = {reading.scope.name for reading in unread}
        for change in dead.plan.changes:
            found = dead.figures.key_results[change.kr]
            if change.target is not None and names_unread & set(found.unread):
                value = "nothing" if change.before is None else exact(change.before)
                self._line(f"{change.kr}  {value}: {change.reason}")
        others = sum(change.status is Status.UNCHANGED for change in dead.plan.changes)
        self._line(
            f"The other {others} are up to date. {count(self._writes() - sent, 'write')}, exit code {dead.exit_code}: "
            "the next run reads it again."
        )

    def _sync(self) -> Run:
        config, registry = load(self._launched.config)
        # The waits between attempts belong to real servers.
        deadline = Deadline(config.deadline_seconds, sleep=lambda _: None)
        return run(_without_mirror(config), registry, mode="sync", at=self._at, deadline=deadline)

    def _finish_work(self, found: Run, kr: str, most: int) -> list[str]:
        """So many open issues that only this key result counts are done, of middling size; answers their keys."""
        lines = found.figures.key_results[kr].delivery.lines
        left = [line for line in lines if line.share == 1 and line.issue.state in (State.OPEN, State.STARTED)]
        chosen = sorted(left, key=lambda line: (line.amount, line.issue.key))[len(left) // 2 :][:most]
        for line in chosen:
            site, issue = self._issue(line.issue.key)
            site.transition(issue, site.status("Done"), site.resolution("Done"))
        return sorted(line.issue.key for line in chosen)

    def _issue(self, key: str) -> tuple[Site, Issue]:
        """Where it is, on the Cloud or on the Data Center."""
        for site in (self._launched.site, self._launched.dc_site):
            if site is not None and (issue := site.issue(key)) is not None:
                return site, issue
        raise KeyError(key)

    def _tell_changes(self, found: Run) -> None:
        document = report(found)
        for kr in document.key_results:
            if kr.write.status == "changed":
                values = f"{_number(kr.write.before)} -> {_number(kr.write.after)}"
                self._line(f"{kr.id}  {values}: {'; '.join(kr.changes)}")

    def _tell_left_alone(self, found: Run) -> None:
        for change in found.plan.changes:
            if change.status is Status.LEFT_ALONE:
                self._line(f"{change.kr}  left alone: {change.reason}")

    def _writes(self) -> int:
        return sum(len(server.mutations) for server in self._launched.servers)

    def _head(self, number: int, text: str) -> None:
        self._say(f"\n{number}. {plain(text)}")

    def _line(self, text: str) -> None:
        self._say(f"     {plain(text)}")


def _change(found: Run, kr: str) -> Change:
    return next(change for change in found.plan.changes if change.kr == kr)


def _number(value: float | None) -> str:
    return "nothing" if value is None else exact(Decimal(str(value)))


def _without_mirror(config: Config) -> Config:
    """Every run reads all pages: that one dies on the last of them is to be seen."""
    return replace(config, mirror=None)


@contextmanager
def _environment(launched: Sandbox) -> Iterator[None]:
    """The variables that the config names, for as long as they are wanted."""
    before = {name: os.environ.get(name) for name in launched.environment}
    os.environ.update(launched.environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _dies(server: Server, when: Callable[[Call], bool]) -> Iterator[None]:
    """These requests are answered with a server's failure, however often they are repeated."""
    server.faults.answer(status=502, body=b"bad gateway", headers={"Content-Type": "text/plain"}, when=when, times=99)
    try:
        yield
    finally:
        server.faults.reset()
