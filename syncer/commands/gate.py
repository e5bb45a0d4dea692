"""`check`: the gate of sprint planning."""

from pathlib import Path
from typing import Annotated

import typer

from syncer.commands.screen import fail
from syncer.commands.whole_run import do
from syncer.exit_codes import GATE, USAGE
from syncer.options import AtOption, CheckFormat, CheckSprint, ConfigOption


def check(
    config: ConfigOption = Path("config.toml"),
    sprint: Annotated[CheckSprint, typer.Option("--sprint", help="Which one is judged.")] = CheckSprint.NEXT,
    team: Annotated[str, typer.Option("--team", metavar="TEAM", help="This team alone.")] = "",
    fails: Annotated[
        bool, typer.Option("--fail", help=f"Exit with {GATE} where something does not hold, whatever the teams say.")
    ] = False,
    at: AtOption = None,
    form: Annotated[CheckFormat, typer.Option("--format", help="What is printed on stdout.")] = CheckFormat.TEXT,
) -> None:
    """The sprint against what each team agreed on: work without a goal, wrong tags, goals without work, budgets."""
    from syncer.gate import check as check_sprints
    from syncer.gate import check_github, check_json, check_text
    from syncer.labels import team_named

    run, _ = do(config, "report", at, writes_files=False)
    key = team_named(team, run.config, run.registry) if team else ""
    if key is None:
        fail(f"{team} is no team. Nothing was written.", "Try: okrsync check", code=USAGE)
    checked = check_sprints(run, next_sprint=sprint is CheckSprint.NEXT, team=key)
    faces = {CheckFormat.TEXT: check_text, CheckFormat.JSON: check_json, CheckFormat.GITHUB: check_github}
    if text := faces[form](checked):
        typer.echo(text)
    raise typer.Exit(GATE if fails and checked.remarks and not checked.exit_code else checked.exit_code)
