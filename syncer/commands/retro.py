"""`retro`: the end of a period."""

from pathlib import Path
from typing import Annotated

import typer

from syncer.commands.screen import fail, moment, steps
from syncer.exit_codes import USAGE
from syncer.options import AtOption, ConfigOption, RetroFormat


def retro(
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    period: Annotated[
        str, typer.Option("--period", metavar="PERIOD", help="Which one; else the one that ended last.")
    ] = "",
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask no tracker: scores are of the registry and of history.")
    ] = False,
    form: Annotated[RetroFormat, typer.Option("--format", help="What is printed.")] = RetroFormat.MARKDOWN,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it here instead of on stdout.")
    ] = None,
) -> None:
    """The end of a period: scores and grades, what changed, what to ask, what goes on. Trackers are only read."""
    from syncer.config import load
    from syncer.report.retro import retro_json, retro_markdown
    from syncer.retro import NoSuchPeriod, look_at_the_end

    loaded, registry = load(config)
    try:
        found = look_at_the_end(
            loaded, registry, at=moment(loaded, at), period=period, offline=offline, on_step=steps()
        )
    except NoSuchPeriod as wrong:
        fail(f"{wrong}. Nothing was read or written.", "Try: okrsync retro --help", code=USAGE)
    text = retro_json(found) if form is RetroFormat.JSON else retro_markdown(found)
    if output is None:
        typer.echo(text, nl=False)
    else:
        _write(output, text)
    raise typer.Exit(found.exit_code)


def _write(file: Path, text: str) -> None:
    from adapters.whole_file import replace_file

    try:
        replace_file(file, text.encode())
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        fail(f"{file} was not written ({why}).", "Try another --output, or none.", code=USAGE)
