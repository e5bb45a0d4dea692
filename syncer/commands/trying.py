"""`sandbox` and `demo`: trying okrsync without any account."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from shutil import which
from typing import Annotated

import typer

from syncer.commands.screen import console, fail
from syncer.exit_codes import USAGE


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
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the report goes.")] = Path("demo-output"),
) -> None:
    """The whole job on a made-up company, step by step: sandbox trackers, syncs, the report."""
    from rich.text import Text

    from syncer.logs import set_up
    from syncer.story import tell_story

    if not (context.parent and context.parent.params["verbose"]):
        set_up(verbose=False, quiet=True)
    screen = console()

    def say(line: str) -> None:
        screen.print(Text(line, style=_style(line)), highlight=False, soft_wrap=True)

    tell_story(output, say=say, now=datetime.now(UTC).replace(second=0, microsecond=0))
    typer.echo(f"\nOpen {output / 'report.html'} in a browser: it is the state after step 5. Then try:")
    called = sys.argv[0] if sys.argv[0].endswith("/okrsync") and which("okrsync") is None else "okrsync"
    typer.echo(f"  {called} sandbox                  # the same company, served for you to change and sync")
    typer.echo(f"  {called} init --kind jira --url https://YOUR-SITE.atlassian.net")


def _style(line: str) -> str:
    """Numbered lines stand out, where there is a terminal to show it."""
    return "bold" if line.strip()[:1].isdigit() and not line.startswith("  ") else ""
