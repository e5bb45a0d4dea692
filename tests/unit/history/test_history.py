"""History on both databases: what a run leaves is found again, one value a key result a day, and nothing is lost."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from support.postgres import a_postgres

from adapters.history import History, engine, migrations, tables
from adapters.secrets import redact
from mappings.changes import Contribution, Remembered
from mappings.linking import Class
from mappings.notices import Told
from mappings.past import AuditedWrite, KeyResultDay, RunRecord, SprintDay, SprintIssue

MONDAY, TUESDAY, FRIDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 20)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with a_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def history(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    if request.param == "sqlite":
        return History(tmp_path / "deep" / "history.db")
    url = request.getfixturevalue("postgres")
    with create_engine(url.replace("postgresql:", "postgresql+psycopg:")).begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    monkeypatch.setenv("HISTORY_URL", url)
    return History(tmp_path / "unused.db", "HISTORY_URL")


def a_day(day: date = MONDAY, score: str | None = "0.47", kr: str = "PAY-O1-KR1") -> KeyResultDay:
    return KeyResultDay(
        kr=kr,
        day=day,
        score=None if score is None else Decimal(score),
        delivery=Fraction(7, 12),
        current=Decimal("5.60"),
        health="on_track",
        confidence=6,
    )


def remembered(done: int = 1) -> Remembered:
    line = Contribution(tracker="jira", issue="10001", key="PAY-1", amount=Fraction(5, 3), done=Fraction(done))
    return Remembered(score=Decimal("0.47"), delivery=Fraction(7, 12), lines=(line,))


def a_record(day: date = MONDAY, run: str = "one", **fields: object) -> RunRecord:
    return RunRecord(
        **{"id": run, "at": f"{day}T08:00:00+00:00", "day": day, "mode": "sync", "complete": True} | fields
    )


def a_sprint(day: date = MONDAY, **fields: object) -> SprintDay:
    known = {"tracker": "jira", "sprint": "7", "team": "payments", "name": "Sprint 7", "state": "active"}
    counts = {"aligned": 4, "routine": 2, "new": 0, "unaligned": 3, "broken": 1}
    dates = {"day": day, "start": MONDAY, "end": None, "is_window": False}
    return SprintDay(**known | counts | dates | fields)


def an_issue(last: Class = Class.ALIGNED, **fields: object) -> SprintIssue:
    known = {"tracker": "jira", "sprint": "7", "issue": "10001", "key": "PAY-1", "team": "payments", "present": True}
    classes = {"first_class": Class.UNALIGNED, "first_day": MONDAY, "last_class": last, "last_day": TUESDAY}
    return SprintIssue(**known | classes | fields)


def a_write(**fields: object) -> AuditedWrite:
    known = {"run": "one", "at": f"{MONDAY}T08:00:00+00:00", "kind": "progress", "to": "jira:issue/OKR-1"}
    return AuditedWrite(
        **known | {"kr": "A", "before": "0.42", "after": "0.47", "status": "changed", "reason": ""} | fields
    )


def test_everything_that_a_run_leaves_is_found_again_exactly(history: History) -> None:
    written = a_record(
        key_results=(a_day(), a_day(kr="B", score=None)),
        contributions={"PAY-O1-KR1": remembered()},
        sprints=(a_sprint(),),
        sprint_issues=(an_issue(),),
        writes=(a_write(), a_write(kind="flag", kr="")),
    )

    assert history.keep(written) == ""

    assert history.days() == tuple(sorted(written.key_results))
    assert history.last() == {"PAY-O1-KR1": remembered()}
    assert history.sprints() == written.sprints
    assert history.sprint_issues() == written.sprint_issues
    assert history.writes() == written.writes
    past = history.past(MONDAY)
    assert (past.days, past.remembered, past.sprints, past.issues) == (
        history.days(),
        history.last(),
        history.sprints(),
        history.sprint_issues(),
    )


def test_of_two_runs_on_one_day_the_later_one_stands(history: History) -> None:
    history.keep(a_record(key_results=(a_day(score="0.10"),), sprints=(a_sprint(aligned=1),)))
    history.keep(a_record(run="two", key_results=(a_day(score="0.20"),), sprints=(a_sprint(aligned=2),)))
    history.keep(a_record(TUESDAY, "three", key_results=(a_day(TUESDAY, "0.30"),)))

    assert [(it.day, it.score) for it in history.days()] == [(MONDAY, Decimal("0.20")), (TUESDAY, Decimal("0.30"))]
    assert [it.aligned for it in history.sprints()] == [2]
    assert [it.day for it in history.days(TUESDAY)] == [TUESDAY]


def test_a_quiet_week_of_hourly_runs_keeps_contributions_once(history: History) -> None:
    for number in range(5):
        at = f"{MONDAY}T0{number}:00:00+00:00"
        history.keep(a_record(run=f"run-{number}", at=at, contributions={"A": remembered()}))

    assert _count(history, "contribution") == 1
    assert _count(history, "run") == 5


def test_what_was_counted_on_a_day_is_known_later(history: History) -> None:
    history.keep(a_record(MONDAY, "one", contributions={"A": remembered(0)}))
    history.keep(a_record(FRIDAY, "two", contributions={"A": remembered(1), "B": remembered()}))

    assert history.as_of(TUESDAY) == {"A": remembered(0)}
    assert history.last() == {"A": remembered(1), "B": remembered()}
    assert history.as_of(date(2026, 1, 1)) == {}


def test_an_issue_keeps_its_first_class_and_is_one_row(history: History) -> None:
    history.keep(a_record(sprint_issues=(an_issue(Class.UNALIGNED),)))
    history.keep(a_record(run="two", sprint_issues=(an_issue(Class.ALIGNED),)))

    assert [it.became for it in history.sprint_issues()] == ["tied"]


def test_pruning_forgets_days_and_keeps_what_explains_the_next_change(history: History) -> None:
    for day, run in ((MONDAY, "one"), (TUESDAY, "two")):
        done = 0 if run == "one" else 1
        history.keep(
            a_record(
                day,
                run,
                key_results=(a_day(day),),
                contributions={"A": remembered(done)},
                sprints=(a_sprint(day),),
                writes=(a_write(run=run),),
            )
        )

    gone, failed = history.prune(FRIDAY)

    assert (gone, failed) == (2 + 1 + 2 + 2 + 2, "")  # days, the older contribution, sprint days, writes, runs
    assert history.days() == ()
    assert history.writes() == ()
    assert history.last() == {"A": remembered(1)}


def test_a_failed_transaction_leaves_nothing_of_a_run(history: History) -> None:
    history.keep(a_record())
    broken = a_record(run="two", key_results=(a_day(),), sprints=(a_sprint(name=None),))

    said = history.keep(broken)

    assert said.startswith("the history ")
    assert "was not written" in said
    assert history.days() == ()
    assert _count(history, "run") == 1


def test_what_was_told_last_stands_for_its_subject_and_channel(history: History) -> None:
    at = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
    first = Told(channel="A", subject="digest:x", at=at, fingerprint="one")
    other = replace(first, channel="B")
    assert history.keep_told((first, other)) == ""

    later = replace(first, at=at + timedelta(days=1), fingerprint="two")
    assert history.keep_told((later,)) == ""

    assert set(history.told()) == {later, other}


def test_two_runs_that_find_no_tables_both_keep_what_they_found(history: History) -> None:
    def keep(number: int) -> str:
        return history.keep(a_record(run=f"run-{number}", key_results=(a_day(kr=f"KR{number}"),)))

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(keep, range(4)))

    assert said == [""] * 4
    assert [it.kr for it in history.days()] == ["KR0", "KR1", "KR2", "KR3"]


def test_nothing_is_made_by_asking(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db")

    assert history.last() == {}
    assert history.days() == ()
    assert not (tmp_path / "history.db").exists()


def test_a_file_of_before_the_first_release_is_taken_over(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "h.db") as connection:
        connection.execute("create table run (id text primary key, at text not null)")
        connection.execute("create table key_result (kr text primary key, run text references run (id), lines text)")
    history = History(tmp_path / "h.db")

    assert history.last() == {}
    assert history.keep(a_record(key_results=(a_day(),))) == ""
    assert history.days() == (a_day(),)
    assert _columns(history) == _declared()


def test_a_history_of_a_newer_okrsync_is_left_alone(tmp_path: Path) -> None:
    history = History(tmp_path / "h.db")
    history.keep(a_record(key_results=(a_day(),)))
    with sqlite3.connect(tmp_path / "h.db") as connection:
        connection.execute("update alembic_version set version_num = '9999'")

    assert "was not written" in history.keep(a_record(run="two"))
    assert history.days() == ()
    assert history.problem


def test_the_tables_of_a_database_are_those_that_the_code_knows(history: History) -> None:
    history.keep(a_record())

    assert _columns(history) == _declared()
    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() == tables.HEAD


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "HISTORY_URL, and that variable is not set"),
        ("mysql://u:hunter22@db/okr", "holds no address of a history"),
        ("not an address", "holds no address of a history"),
        ("postgresql://okrsync:hunter22@127.0.0.1:1/okr", "was not written"),
    ],
)
def test_an_address_that_cannot_be_used_is_said_without_its_password(
    value: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HISTORY_URL", raising=False)
    if value:
        monkeypatch.setenv("HISTORY_URL", value)

    message = History(tmp_path / "h.db", "HISTORY_URL").keep(a_record())

    assert said in message
    assert "hunter22" not in redact(message)
    assert "hunter22" not in message
    assert not (tmp_path / "h.db").exists()


def _count(history: History, table: str) -> int:
    with engine.transaction(engine.place(history._path, history._url_env)) as connection:
        return connection.execute(text(f"select count(*) from {table}")).scalar_one()


def _columns(history: History) -> dict[str, set[tuple[str, bool]]]:
    with engine.transaction(engine.place(history._path, history._url_env)) as connection:
        found = inspect(connection)
        names = set(found.get_table_names()) - {"alembic_version"}
        return {name: {(it["name"], it["nullable"]) for it in found.get_columns(name)} for name in names}


def _declared() -> dict[str, set[tuple[str, bool]]]:
    known = tables.metadata.tables
    return {name: {(it.name, bool(it.nullable)) for it in table.columns} for name, table in known.items()}
