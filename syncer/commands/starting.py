"""`init`: the first files."""

import shlex
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from syncer.commands.screen import fail
from syncer.exit_codes import USAGE


class Kind(StrEnum):
    """Which tracker."""

    JIRA = "jira"
    LINEAR = "linear"


def init(
    kind: Annotated[Kind | None, typer.Option("--kind", help="The tracker that your team plans in.")] = None,
    url: Annotated[str, typer.Option("--url", help="Jira's address. Linear needs none.")] = "",
    key: Annotated[str, typer.Option("--key", help="Your Jira project's or Linear team's key.")] = "TEAM",
    data_center: Annotated[bool, typer.Option("--data-center", help="It is a Jira Data Center.")] = False,
    directory: Annotated[Path, typer.Option("--directory", help="Where the files go.")] = Path(),
) -> None:
    """Write a first config.toml and okrs/ for one tracker. Asks on a terminal only; never overwrites a file."""
    from syncer.start import begin

    if kind is None:
        if not sys.stdin.isatty():
            fail("--kind is needed: jira or linear. Nothing was written.", "Try: okrsync init --help", code=USAGE)
        kind = Kind(typer.prompt("Which tracker, jira or linear?", type=Kind))
    if kind is Kind.JIRA and not url and sys.stdin.isatty():
        url = typer.prompt("Its address, as in https://acme.atlassian.net")
    begun = begin(
        directory,
        kind=kind.value,
        url=url,
        is_data_center=data_center,
        key=key,
        today=datetime.now(UTC).date(),
    )
    typer.echo(f"Wrote {begun.config} and {begun.registry}: put your team and your key results there.")
    typer.echo(f"Set {' and '.join(begun.variables)}. Then:")
    named = "" if directory == Path() else f" --config {shlex.quote(str(begun.config))}"
    typer.echo(f"  okrsync doctor{named}   # asks the tracker what a run would find")
    typer.echo(f"  okrsync plan{named}     # what a sync would write; never writes")
