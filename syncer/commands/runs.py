"""`plan`, `sync`, `report`, `resume` and `explain`: a whole run, or a part of what it knows."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from syncer.commands.screen import fail
from syncer.commands.whole_run import do, finish, tell
from syncer.exit_codes import DONE, FAILED, TRY_LATER, USAGE
from syncer.options import AtOption, ConfigOption, Format, FormatOption, OutputOption, SprintOption


def plan(
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    sprint: SprintOption = None,
    form: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Read everything and show what `sync` would change. Never writes."""
    run, directory = do(config, "plan", at, next_sprint=sprint is not None, output=output)
    tell(run, at)
    finish(run, directory, form, as_plan=True)


def sync(
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    force: Annotated[
        list[str] | None, typer.Option("--force", metavar="KR", help="Write this key result although it looks unsafe.")
    ] = None,
    form: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Write progress where each key result lives, set the flags, report. Running it twice is like running it once."""
    run, directory = do(config, "sync", at, force=tuple(force or ()), output=output)
    tell(run, at)
    finish(run, directory, form)


def report(
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    sprint: SprintOption = None,
    form: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """The report on its own: read everything, change nothing."""
    finish(*do(config, "report", at, next_sprint=sprint is not None, output=output), form)


def resume(
    kr: Annotated[str, typer.Argument(metavar="KR", help="The key result whose value is okrsync's again.")],
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Write a key result over the value that a person left there, and keep it up to date again."""
    finish(*do(config, "sync", at, resume=kr), form, as_plan=True)


def explain(
    subject: Annotated[str, typer.Argument(metavar="ISSUE|KR", help="An issue's key, or a key result's id or alias.")],
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="Of a key result: what moved it since the end of this day."),
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Why an issue is counted as it is, rule by rule; or how a key result's figures were made, and what moved them."""
    import json
    from dataclasses import asdict

    from syncer.explain import as_of
    from syncer.explain import explain as explain_subject
    from syncer.report.wording import plain

    run, _ = do(config, "report", at, writes_files=False)
    explanation = explain_subject(run, subject, as_of(run.config, since.date()) if since else None)
    if explanation is None:
        fail(
            f"{subject} is no key result of the registry and no issue that was read.", "Try: okrsync report", code=USAGE
        )
    if since and explanation.tried:
        fail(
            f"--since asks what moved a key result, and {subject} is an issue.",
            f"Try: okrsync explain {subject}",
            code=USAGE,
        )
    if form is Format.JSON:
        typer.echo(json.dumps(asdict(explanation), indent=2, ensure_ascii=False))
    else:
        typer.echo("\n  ".join(plain(line) for line in (explanation.subject, *explanation.lines)))
    raise typer.Exit(run.exit_code if run.exit_code in (FAILED, TRY_LATER) else DONE)
