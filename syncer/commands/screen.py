"""What the commands share on a terminal: the console, the running step, a failure in words, the day."""

import sys
from collections.abc import Callable
from datetime import datetime, time
from typing import TYPE_CHECKING, NoReturn

import typer

from syncer.exit_codes import USAGE

if TYPE_CHECKING:
    from rich.console import Console

    from syncer.config import Config


def moment(config: "Config", at: datetime | None) -> datetime:
    if at is None:
        return datetime.now(config.rules.zone)
    if not 2000 <= at.year <= 2200:
        fail(
            f"{at.date()} is no day that a period can hold. Nothing was read or written.",
            "Try: --at 2026-11-18",
            code=USAGE,
        )
    return datetime.combine(at.date(), time(12), config.rules.zone)


def console() -> "Console":
    from rich.console import Console

    return Console()


def steps() -> Callable[[str], None]:
    """One line on a terminal that says what is being done; nothing in CI."""
    if not sys.stderr.isatty():
        return lambda _: None
    from rich.console import Console
    from rich.markup import escape

    status = Console(stderr=True).status("starting")
    status.start()
    import atexit

    atexit.register(status.stop)
    return lambda step: status.update(escape(step))


def fail(what: str, hint: str, *, code: int) -> NoReturn:
    typer.echo(what, err=True)
    typer.echo(hint, err=True)
    raise typer.Exit(code)
