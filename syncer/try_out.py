"""`okrsync sandbox`: trackers on this machine, with nothing to sign up for."""

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

from adapters.errors import ConfigProblem
from adapters.sandbox.launch import open_company, open_dump


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
