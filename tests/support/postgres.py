"""A real PostgreSQL for a test: a cluster of its own, on a free loopback port, stopped at the end."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _programs() -> tuple[str, str]:
    folders = [os.environ.get("PATH", ""), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))]
    places = os.pathsep.join(folders)
    initdb, pg_ctl = shutil.which("initdb", path=places), shutil.which("pg_ctl", path=places)
    if initdb is None or pg_ctl is None:
        pytest.skip("PostgreSQL's initdb and pg_ctl are not on this machine")
    return initdb, pg_ctl


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def a_postgres() -> Iterator[str]:
    """The address of an empty database. As root the server runs as another user, for it refuses root; its directory is
    not in pytest's own, which is root's alone.
    """
    initdb, pg_ctl = _programs()
    with tempfile.TemporaryDirectory(prefix="okrsync-pg-", ignore_cleanup_errors=True) as folder:
        directory = Path(folder)
        options: dict[str, str] = {}
        if os.geteuid() == 0:
            user = next((name for name in ("postgres", "nobody") if _is_a_user(name)), None)
            if user is None:
                pytest.skip("PostgreSQL does not run as root, and there is no other user here")
            os.chown(directory, pwd.getpwnam(user).pw_uid, -1)
            options["user"] = user

        def run(*command: str) -> None:
            done = subprocess.run(
                command, check=False, capture_output=True, text=True, cwd=directory, timeout=60, **options
            )
            assert done.returncode == 0, f"{command}: {done.stdout} {done.stderr}"

        port = _free_port()
        password, cluster = directory / "password", str(directory / "cluster")
        password.write_text("s3cret-for-tests\n", encoding="utf-8")
        password.chmod(0o644)
        run(initdb, "-D", cluster, "-U", "okrsync", "-A", "scram-sha-256", "--pwfile", str(password), "--no-sync")
        settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        run(pg_ctl, "-D", cluster, "-o", settings, "-l", str(directory / "log"), "-w", "start")
        try:
            yield f"postgresql://okrsync:s3cret-for-tests@127.0.0.1:{port}/postgres"
        finally:
            run(pg_ctl, "-D", cluster, "-m", "immediate", "stop")


def _is_a_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
