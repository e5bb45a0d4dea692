"""What was read last time, in a SQLite file, so that the next run asks only for what changed.

A cache and nothing else: deleting the file costs one full read. What is kept is opaque here; who keeps it decides by a
fingerprint whether it still fits.
"""

import sqlite3
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import structlog

T = TypeVar("T")
log = structlog.get_logger()

VERSION = 1
_SCHEMA = f"""
create table if not exists scope (
    tracker text not null, name text not null, fingerprint text not null, generation integer not null,
    state blob not null, primary key (tracker, name)
);
create table if not exists issue (
    tracker text not null, scope text not null, id text not null, body blob not null,
    primary key (tracker, scope, id)
);
create table if not exists answer (
    tracker text not null, call text not null, at text not null, body blob not null, primary key (tracker, call)
);
pragma user_version = {VERSION};
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept of one scope."""

    generation: int
    state: bytes
    issues: Mapping[str, bytes] = field(repr=False)
    """By issue id."""


class Mirror:
    """The file, opened and closed for each call. It never raises: what cannot be read is thrown away and said."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def last(self, tracker: str, scope: str, fingerprint: str) -> Kept | None:
        """What was kept under this fingerprint; None where there is nothing, or something else."""

        def ask(db: sqlite3.Connection) -> Kept | None:
            found = db.execute(
                "select generation, state from scope where tracker = ? and name = ? and fingerprint = ?",
                (tracker, scope, fingerprint),
            ).fetchone()
            if found is None:
                return None
            rows = db.execute("select id, body from issue where tracker = ? and scope = ?", (tracker, scope))
            return Kept(found[0], found[1], dict(rows.fetchall()))

        return self._do(ask, None)

    def keep(
        self,
        tracker: str,
        scope: str,
        fingerprint: str,
        *,
        after: Kept | None,
        state: bytes,
        changed: Mapping[str, bytes],
        gone: Collection[str] = (),
    ) -> None:
        """One complete reading, in one transaction: on top of `after`; where that is None, instead of what there is.

        Nothing is kept where another run has kept something since `after` was read: that is complete too.
        """

        def put(db: sqlite3.Connection) -> None:
            db.execute("begin immediate")
            found = db.execute(
                "select generation from scope where tracker = ? and name = ?", (tracker, scope)
            ).fetchone()
            generation = 0 if found is None else found[0]
            if after is None:
                db.execute("delete from issue where tracker = ? and scope = ?", (tracker, scope))
            elif generation != after.generation:
                return
            db.executemany(
                "delete from issue where tracker = ? and scope = ? and id = ?",
                [(tracker, scope, ident) for ident in gone],
            )
            db.executemany(
                "insert or replace into issue values (?, ?, ?, ?)",
                [(tracker, scope, ident, body) for ident, body in changed.items()],
            )
            db.execute(
                "insert or replace into scope values (?, ?, ?, ?, ?)",
                (tracker, scope, fingerprint, generation + 1, state),
            )

        self._do(put, None)

    def size(self, tracker: str, scope: str) -> int | None:
        """How many issues are kept of a scope, under whatever fingerprint; None where none ever were."""

        def ask(db: sqlite3.Connection) -> int | None:
            known = db.execute("select 1 from scope where tracker = ? and name = ?", (tracker, scope)).fetchone()
            counted = db.execute("select count(*) from issue where tracker = ? and scope = ?", (tracker, scope))
            return int(counted.fetchone()[0]) if known else None

        return self._do(ask, None)

    def forget_issue(self, tracker: str, ident: str) -> None:
        """The issue is read anew next time, whatever Jira says of when it changed."""

        def drop(db: sqlite3.Connection) -> None:
            db.execute("delete from issue where tracker = ? and id = ?", (tracker, ident))

        if self._path.exists():
            self._do(drop, None)

    def forget_scope(self, tracker: str, scope: str) -> None:
        """The scope is read as a whole next time."""

        def drop(db: sqlite3.Connection) -> None:
            db.execute("delete from issue where tracker = ? and scope = ?", (tracker, scope))
            db.execute("delete from scope where tracker = ? and name = ?", (tracker, scope))

        self._do(drop, None)

    def answer(self, tracker: str, call: str) -> tuple[datetime, bytes] | None:
        """An answer that changes rarely, and when the server gave it by its own clock."""

        def ask(db: sqlite3.Connection) -> tuple[datetime, bytes] | None:
            found = db.execute("select at, body from answer where tracker = ? and call = ?", (tracker, call)).fetchone()
            return None if found is None else (datetime.fromisoformat(found[0]), found[1])

        return self._do(ask, None)

    def keep_answer(self, tracker: str, call: str, at: datetime, body: bytes) -> None:
        """Remember an answer."""

        def put(db: sqlite3.Connection) -> None:
            db.execute("insert or replace into answer values (?, ?, ?, ?)", (tracker, call, at.isoformat(), body))

        self._do(put, None)

    def forget_answers(self, tracker: str, about: str = "") -> None:
        """Those to calls that hold `about` are asked for anew."""

        def drop(db: sqlite3.Connection) -> None:
            db.execute("delete from answer where tracker = ? and instr(call, ?) > 0", (tracker, about))

        self._do(drop, None)

    def _do(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        try:
            return self._work(work)
        except (sqlite3.Error, OSError, ValueError) as error:
            # Locked by another run, or a folder that may not be written to, says nothing against the file itself.
            if isinstance(error, sqlite3.OperationalError | OSError):
                log.warning("mirror_not_used", path=str(self._path), why=str(error))
                return otherwise
            log.warning("mirror_thrown_away", path=str(self._path), why=str(error))
            self._path.unlink(missing_ok=True)
            return otherwise

    def _work(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(mode=0o600)  # it holds what people wrote in their issues
        with closing(sqlite3.connect(self._path, timeout=10)) as db:
            # No wait for the disk: a file that a power cut broke is thrown away like any other that cannot be read.
            db.execute("pragma synchronous = off")
            version = db.execute("pragma user_version").fetchone()[0]
            if version == 0:
                db.executescript(_SCHEMA)
            elif version != VERSION:
                raise ValueError("it was kept by another version of okrsync")
            with db:
                return work(db)
