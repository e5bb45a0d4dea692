"""`okrsync sandbox` and `okrsync demo`: the program against trackers on this machine, with nothing to sign up for."""

import os
import tempfile
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

from adapters.errors import ConfigProblem
from adapters.sandbox.launch import Sandbox, open_company, open_dump
from syncer.config import load
from syncer.run import Run, run


def run_demo(output: Path, *, on_step: Callable[[str], None]) -> tuple[Run, int]:
    """Sync the made-up company twice on one day: the first run, and how many writes the second one sent."""
    with (
        tempfile.TemporaryDirectory(prefix="okrsync-demo-") as folder,
        open_company(Path(folder), data_center=True) as launched,
    ):
        os.environ.update(launched.environment)
        config, registry = load(launched.config)
        at = launched.now.astimezone(config.rules.zone)
        first = run(config, registry, mode="sync", at=at, on_step=on_step)
        sent = _writes(launched)
        run(config, registry, mode="sync", at=at, on_step=on_step)
        return first, _writes(launched) - sent


def serve_sandbox(
    directory: Path, *, dump: Path | None, active_sprint: int | None, now: date | None, say: Callable[[str], None]
) -> None:
    """Serve until Ctrl-C, and say what to set and what to type."""
    if dump is not None and not dump.is_file():
        raise ConfigProblem([f"{dump}: there is no such dump"])
    _make_room(directory, keeps_registry=dump is not None)
    if dump is not None and active_sprint is not None and now is not None:
        opened = open_dump(dump, directory, active_sprint=active_sprint, now=now)
    else:
        opened = open_company(directory) if now is None else open_company(directory, now=now)
    with opened as launched:
        for name, url in sorted(launched.urls.items()):
            say(f"# {name} at {url}")
        for unknown in launched.unknown:
            say(f"# the dump cannot know: {unknown}")
        say("# In another terminal:")
        for name, value in sorted(launched.environment.items()):
            say(f"export {name}={value}")
        say(f"okrsync sync --config {launched.config} --at {launched.now.date().isoformat()}")
        say("# Ctrl-C stops the sandbox; what was written in it is gone then.")
        threading.Event().wait()


def _writes(launched: Sandbox) -> int:
    return sum(len(server.mutations) for server in launched.servers)


def _make_room(directory: Path, *, keeps_registry: bool) -> None:
    """The sandbox overwrites what an earlier sandbox wrote, and nothing else; a dump may find its registry there.

    Raises ConfigProblem before anything is touched.
    """
    if not directory.exists():
        return
    if not directory.is_dir():
        raise ConfigProblem([f"{directory}: not a directory; name a new one with --directory"])
    config = directory / "config.toml"
    text = config.read_text(encoding="utf-8", errors="replace") if config.is_file() else ""
    if any(mark in text for mark in ("`okrsync sandbox` writes", "served by the sandbox")):
        for left_over in ("okrs/progress.json", ".okrsync/history.db", ".okrsync/mirror.db"):
            # The trackers start afresh: what an earlier session wrote into them is gone.
            (directory / left_over).unlink(missing_ok=True)
    elif {path.name for path in directory.iterdir()} - ({"okrs"} if keeps_registry else set()):
        raise ConfigProblem([f"{directory}: holds files that no sandbox wrote; name a new one with --directory"])
