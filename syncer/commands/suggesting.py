"""`suggest`: likely key results for work without one, and a first look at the sprints that are over."""

from pathlib import Path
from typing import Annotated

import typer

from syncer.commands.screen import fail, moment, steps
from syncer.exit_codes import USAGE
from syncer.options import AtOption, ConfigOption, Format, FormatOption, SprintOption


def suggest(
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    team: Annotated[str, typer.Option("--team", metavar="TEAM", help="This team's issues alone.")] = "",
    sprint: SprintOption = None,
    applies: Annotated[bool, typer.Option("--apply", help="Tag the surest; without it they are only shown.")] = False,
    at_least: Annotated[
        float | None,
        typer.Option("--at-least", metavar="SCORE", min=0, max=1, help="With what score --apply tags. [default: 0.95]"),
    ] = None,
    binds: Annotated[
        bool, typer.Option("--bind", help="What the last closed sprints were for, and which epics to bind.")
    ] = False,
    last: Annotated[
        int, typer.Option("--last", metavar="SPRINTS", min=1, max=50, help="How many closed sprints --bind looks at.")
    ] = 6,
    form: FormatOption = Format.TABLE,
) -> None:
    """Likely key results for the sprint's issues that have none, each with its reason and score; none when unsure."""
    from mappings.suggesting import SURE
    from syncer.config import load
    from syncer.labels import team_named
    from syncer.report.suggestions import suggestions_json, suggestions_text
    from syncer.shown import shown
    from syncer.suggest import suggest_key_results

    loaded, registry = load(config)
    if applies and at is not None and not loaded.is_sandbox:
        fail("--at goes with --apply against the sandbox only.", "Try: okrsync suggest --at ...", code=USAGE)
    key = team_named(team, loaded, registry) if team else ""
    if key is None:
        fail(f"{team} is no team. Nothing was read or written.", "Try: okrsync suggest", code=USAGE)
    if binds:
        if applies:
            fail("--bind writes nothing: its lines are for the registry.", "Try: okrsync suggest --bind", code=USAGE)
        from syncer.first_look import look_back
        from syncer.report.first_look import first_look_json, first_look_text

        seen = look_back(loaded, registry, at=moment(loaded, at), last=last, team=key, on_step=steps())
        typer.echo(shown(first_look_json(seen) if form is Format.JSON else first_look_text(seen)))
        raise typer.Exit(seen.exit_code)
    done = suggest_key_results(
        loaded,
        registry,
        at=moment(loaded, at),
        at_least=SURE if at_least is None else at_least,
        applies=applies,
        team=key,
        next_sprint=sprint is not None,
        on_step=steps(),
    )
    typer.echo(shown(suggestions_json(done) if form is Format.JSON else suggestions_text(done)))
    raise typer.Exit(done.exit_code)
