"""The file that keeps what was read: a cache that is never in the way."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.mirror import Kept, Mirror


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of a mirror with two issues of one scope."""
    path = tmp_path / "mirror.db"
    Mirror(path).keep("jira", "scope", "f", after=None, state=b"1", changed={"1": b"a", "2": b"b"})
    return path


def last(path: Path, fingerprint: str = "f") -> Kept | None:
    return Mirror(path).last("jira", "scope", fingerprint)


def test_what_was_kept_is_there_under_its_fingerprint_alone(path: Path) -> None:
    assert last(path) == Kept(1, b"1", {"1": b"a", "2": b"b"})
    assert last(path, "another") is None
    assert Mirror(path).size("jira", "scope") == 2
    assert Mirror(path).size("jira", "unknown") is None


def test_of_two_runs_at_once_the_later_keeps_nothing_over_the_first(path: Path) -> None:
    seen = last(path)
    Mirror(path).keep("jira", "scope", "f", after=seen, state=b"2", changed={"1": b"c"}, gone=["2"])

    Mirror(path).keep("jira", "scope", "f", after=seen, state=b"3", changed={"1": b"d"})

    assert last(path) == Kept(2, b"2", {"1": b"c"})


@pytest.mark.parametrize("rubbish", [b"no database at all", b"SQLite format 3\0 and then not"])
def test_a_mirror_that_cannot_be_read_is_thrown_away(path: Path, rubbish: bytes) -> None:
    path.write_bytes(rubbish)

    assert last(path) is None
    assert not path.exists()


def test_a_mirror_of_another_version_is_thrown_away(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma user_version = 99")

    assert last(path) is None
    assert not path.exists()


def test_a_mirror_is_readable_by_its_owner_alone(path: Path) -> None:
    assert path.stat().st_mode & 0o077 == 0
