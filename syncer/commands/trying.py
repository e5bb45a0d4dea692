"""`sandbox` and `demo`: trying okrsync without any account."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from syncer.commands.screen import fail, steps
from syncer.commands.whole_run import finish
from syncer.exit_codes import USAGE
from syncer.options import Format


def sandbox(
    directory: Annotated[
        Path, typer.Option("--directory", help="Where the ready config and registry are written.")
    ] = Path("okrsync-sandbox"),
    dump: Annotated[Path | None, typer.Option("--dump", help="Load this issue dump (JSON lines, .gz).")] = None,
    active_sprint: Annotated[
        int | None, typer.Option("--active-sprint", help="The dump's sprint to be active.")
    ] = None,
    now: Annotated[datetime | None, typer.Option("--now", formats=["%Y-%m-%d"], help="Rewind to this day.")] = None,
) -> None:
    """Start a sandbox Jira and Linear on this machine, with a made-up company or a dump, until Ctrl-C."""
    from syncer.try_out import serve_sandbox

    if dump is not None and (active_sprint is None or now is None):
        fail("--dump needs --active-sprint and --now.", "Try: okrsync sandbox --help", code=USAGE)
    serve_sandbox(directory, dump=dump, active_sprint=active_sprint, now=now.date() if now else None, say=typer.echo)


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the report goes.")] = Path("demo-output"),
) -> None:
    """The whole job on a made-up company: sandbox trackers, a sync, the report."""
    from syncer.try_out import run_demo

    first, second = run_demo(output, on_step=steps())
    finish(first, output, Format.TABLE, leave=False)
    typer.echo(f"Run again on the same day: {second} writes.")
    typer.echo(f"Open {output / 'report.html'} in a browser.")
    raise typer.Exit(first.exit_code)
