"""One transaction against the history's database, with its tables as they are today."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from adapters.errors import AccessDenied
from adapters.history import tables
from adapters.secrets import read_secret, remember

_MIGRATING = threading.Lock()
_ATTEMPTS = 3
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite"}


def place(path: Path, url_env: str) -> URL:
    """Where the history is: the file, or the address in the named environment variable.

    Raises AccessDenied where the variable holds none that can be used.
    """
    if not url_env:
        return URL.create("sqlite", database=str(path))
    found = read_secret(env=url_env, file=None)
    if not found:
        raise AccessDenied(f"history_url_env names {url_env}, and that variable is not set")
    try:
        url = make_url(found)
        driver = _DRIVERS[url.drivername.partition("+")[0]]
    except (ArgumentError, KeyError, ValueError):
        raise AccessDenied(
            f"{url_env} holds no address of a history: postgresql://USER:PASSWORD@HOST/DATABASE is expected"
        ) from None
    if url.password:
        remember(str(url.password))
    return url.set(drivername=driver)


@contextmanager
def transaction(url: URL) -> Iterator[Connection]:
    """A connection in one transaction, closed at the end; the tables are brought up to date first."""
    timeout = {"timeout": 10} if url.drivername == "sqlite" else {"connect_timeout": 10}
    engine = create_engine(url, poolclass=NullPool, connect_args=timeout)
    try:
        _bring_up_to_date(engine)
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _bring_up_to_date(engine: Engine) -> None:
    """Migrate where it is needed. Of two runs at once one does it, and the other finds it done."""
    if _version(engine) == tables.HEAD:
        return
    with _MIGRATING:  # Alembic keeps its context in the module: one thread at a time
        for attempt in range(_ATTEMPTS):
            if _version(engine) == tables.HEAD:
                return
            try:
                _migrate(engine)
            except Exception:
                if attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(0.2)


def _migrate(engine: Engine) -> None:
    if engine.dialect.name == "sqlite" and not _tables(engine):
        with engine.begin() as connection:  # a new file: the tables as they are today, and no way to them
            tables.metadata.create_all(connection)
            connection.execute(text("create table alembic_version (version_num varchar(32) not null primary key)"))
            connection.execute(text("insert into alembic_version values (:head)"), {"head": tables.HEAD})
        return
    import logging

    from alembic import command
    from alembic.config import Config

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(726875)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _tables(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return inspect(connection).get_table_names()


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("select version_num from alembic_version")).scalar()
