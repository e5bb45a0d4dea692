"""The command line. Each command is a function of `syncer.commands`; only those print and exit."""

import sys
from typing import Annotated

import typer

from syncer.commands import gate, mid_period, past, retro, runs, starting, suggesting, trying, upkeep
from syncer.exit_codes import FAILED

app = typer.Typer(
    name="okrsync",
    help="Keeps a company's OKRs and its Jira and Linear telling the same story.",
    epilog="Try it without any account: okrsync demo --output demo-output",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"okrsync {version('okrsync')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every step on stderr.")] = False,
) -> None:
    """Keeps a company's OKRs and its Jira and Linear telling the same story."""
    from syncer.logs import set_up

    set_up(verbose=verbose)


app.command(epilog="Example: okrsync init --kind jira --url https://acme.atlassian.net --key PAY")(starting.init)
app.command(epilog="Example: okrsync plan --config config.toml --format json")(runs.plan)
app.command(epilog="Example: okrsync sync --config config.toml --output okrsync-report")(runs.sync)
app.command(epilog="Example: okrsync report --config config.toml --output okrsync-report")(runs.report)
app.command(epilog="Example: okrsync resume PAY-O1-KR1 --config config.toml")(runs.resume)
app.command(epilog="Example: okrsync explain PAY-112 --config config.toml")(runs.explain)
app.command(
    epilog="Example: okrsync checkin PAY-O1-KR2 7 --confidence 6 --note 'two were the same fault'",
    context_settings={"ignore_unknown_options": True},  # a value may be below zero
)(mid_period.checkin)
app.command(epilog="Example: okrsync rollover --from 2026-Q4 --apply")(mid_period.rollover)
app.command(epilog="Example: okrsync retro --period 2026-Q4 --output retro.md")(retro.retro)
app.command(epilog="Example: okrsync check --sprint next --team payments")(gate.check)
app.command(epilog="Example: okrsync lint --config config.toml --format github")(upkeep.lint)
app.command(epilog="Example: okrsync doctor --config config.toml")(upkeep.doctor)
app.command(epilog="Example: okrsync labels --config config.toml --apply")(upkeep.labels)
app.add_typer(past.app, name="history")
app.command(epilog="Example: okrsync suggest --config config.toml --sprint next")(suggesting.suggest)
app.command(epilog="Example: okrsync sandbox --directory sandbox")(trying.sandbox)
app.command(epilog="Example: okrsync demo --output demo-output")(trying.demo)


def main() -> None:
    """The entry point: no traceback for a user's mistake, no secret in any text."""
    try:
        app()
    except Exception as error:
        from syncer.failures import explain_failure

        failure = explain_failure(error)
        if failure is None:
            _report_own_mistake(error)
            sys.exit(FAILED)
        for line in failure.lines:
            typer.echo(line, err=True)
        sys.exit(failure.exit_code)


def _report_own_mistake(error: Exception) -> None:
    import traceback

    from syncer.shown import shown

    typer.echo("This is a mistake of okrsync itself, not of your config. Please report the lines below.", err=True)
    typer.echo(shown("".join(traceback.format_exception(error))), err=True)
