"""A whole run from the command line: config, run, files, stdout, exit code."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from syncer.commands.screen import console, fail, moment, steps
from syncer.exit_codes import USAGE
from syncer.options import Format

if TYPE_CHECKING:
    from syncer.run import Run


def do(
    config_path: Path,
    mode: str,
    at: datetime | None,
    *,
    force: tuple[str, ...] = (),
    resume: str = "",
    next_sprint: bool = False,
    output: Path | None = None,
    writes_files: bool = True,
) -> "tuple[Run, Path | None]":
    """A whole run, and where its files go: that is made ready before anything is read or written."""
    from syncer.config import load
    from syncer.report.files import make_ready
    from syncer.run import run

    config, registry = load(config_path)
    if at is not None and mode == "sync" and not config.is_sandbox:
        fail(
            "--at writes another day's figures: with `sync` it is for the sandbox only. Nothing was read or written.",
            "Try: okrsync plan --at ...",
            code=USAGE,
        )
    if writes_files and mode != "plan" and not resume:
        output = output or config.report
    if output is not None:
        make_ready(output)
    done = run(
        config,
        registry,
        mode=mode,
        at=moment(config, at),
        force=force,
        resume=resume,
        next_sprint=next_sprint,
        on_step=steps(),
    )
    return done, output


def tell(run: "Run", at: datetime | None) -> None:
    """Send what is due to the channels of the config, or say on stderr what a sync would send. What could not be sent
    is said there too and is due again: it is no failure of the run.
    """
    if not run.config.messages.are_wanted:
        return
    from syncer.notify import tell as tell_channels
    from syncer.shown import shown

    for line in tell_channels(run, moment(run.config, at), sends=run.mode == "sync"):
        typer.echo(shown(line), err=True)


def finish(run: "Run", output: Path | None, form: Format, *, as_plan: bool = False, leave: bool = True) -> None:
    from syncer.report.document import plan_document, report
    from syncer.report.schema import to_json

    document = report(run)
    if output is not None:
        from syncer.report.files import write_all

        write_all(document, plan_document(run), output)
    if form is Format.JSON:
        typer.echo(to_json(plan_document(run) if as_plan else document), nl=False)
    else:
        from syncer.report.terminal import show_plan, show_report

        if as_plan:
            show_plan(plan_document(run), console())
        else:
            show_report(document, console())
    if leave:
        raise typer.Exit(run.exit_code)
