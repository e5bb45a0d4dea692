"""`history`: what earlier runs found and wrote, and what sprints that are over came to."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syncer.commands.screen import console, fail, moment, steps
from syncer.exit_codes import DONE, FAILED, USAGE
from syncer.options import AtOption, ConfigOption, ExportFormat, Kept

if TYPE_CHECKING:
    from adapters.history import History

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Show, export and prune what earlier runs found.")


WhatArgument = Annotated[
    Kept,
    typer.Argument(
        help="values: one a key result a day. sprints: issues by class, by day. issues: what became of each sprint's "
        "issues. writes: the audit of every write."
    ),
]
SinceOption = Annotated[
    datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="From this day on; without it everything.")
]
KrOption = Annotated[str, typer.Option("--kr", metavar="KR", help="This key result alone.")]


@app.command(epilog="Example: okrsync history show writes --since 2026-11-01")
def show(
    what: WhatArgument = Kept.VALUES,
    config: ConfigOption = Path("config.toml"),
    since: SinceOption = None,
    kr: KrOption = "",
) -> None:
    """The newest rows, on the terminal. Reads no tracker."""
    from rich.table import Table
    from rich.text import Text

    from syncer.history import as_table, kept_rows

    history, kr = _open(config, kr)
    head, *rows = as_table(kept_rows(history, what, since.date() if since else None, kr), what)
    _stop_where_unread(history)
    if not rows:
        typer.echo("Nothing is kept yet: `okrsync sync` keeps what it finds.")
        return
    table = Table(*head, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console().print(table)


@app.command(epilog="Example: okrsync history export values --format csv")
def export(
    what: WhatArgument = Kept.VALUES,
    config: ConfigOption = Path("config.toml"),
    since: SinceOption = None,
    kr: KrOption = "",
    form: Annotated[ExportFormat, typer.Option("--format", help="What is printed on stdout.")] = ExportFormat.CSV,
) -> None:
    """Every row, on stdout, as CSV or JSON. Reads no tracker."""
    from syncer.history import as_csv, as_json, kept_rows

    history, kr = _open(config, kr)
    rows = kept_rows(history, what, since.date() if since else None, kr)
    _stop_where_unread(history)
    typer.echo(as_json(rows) if form is ExportFormat.JSON else as_csv(rows, what), nl=form is ExportFormat.JSON)


@app.command(epilog="Example: okrsync history prune --before 2026-01-01")
def prune(
    before: Annotated[datetime, typer.Option("--before", formats=["%Y-%m-%d"], help="Forget what is older.")],
    config: ConfigOption = Path("config.toml"),
) -> None:
    """Forget old days. What was counted last for each key result stays: the next change is explained by it."""
    history, _ = _open(config)
    gone, failed = history.prune(before.date())
    if failed:
        fail(failed, "Nothing was forgotten.", code=FAILED)
    typer.echo(f"{gone} rows forgotten.")
    raise typer.Exit(DONE)


@app.command(epilog="Example: okrsync history backfill --last 12")
def backfill(
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    last: Annotated[
        int, typer.Option("--last", metavar="SPRINTS", min=1, max=400, help="How many closed sprints of each board.")
    ] = 6,
) -> None:
    """Keep the alignment of sprints that are over, by today's tags and registry. Trackers are only read."""
    from syncer.backfill import backfill as fill
    from syncer.config import load
    from syncer.report.backfill import backfill_text

    loaded, registry = load(config)
    done = fill(loaded, registry, at=moment(loaded, at), last=last, on_step=steps())
    typer.echo(backfill_text(done))
    raise typer.Exit(done.exit_code)


def _open(path: Path, kr: str = "") -> "tuple[History, str]":
    """The history of a config, and the key result's id, however it was typed."""
    from adapters.history import History
    from mappings.okrs import normal_id
    from syncer.config import load

    config, registry = load(path)
    found = registry.by_name.get(normal_id(kr)) if kr else None
    if kr and found is None:
        fail(f"{kr} is no key result of the registry.", "Try: okrsync history show", code=USAGE)
    return History(config.history, config.history_url_env), found.id if found else ""


def _stop_where_unread(history: "History") -> None:
    if history.problem:
        fail(f"{history.name} could not be read: {history.problem}", "Nothing was changed.", code=FAILED)
