"""`lint`, `doctor` and `labels`: keeping files and trackers in order."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syncer.commands.screen import fail, moment, steps
from syncer.exit_codes import DONE, FAILED, USAGE
from syncer.options import AtOption, ConfigOption, DoctorFormat, LabelsFormat, LintFormat

if TYPE_CHECKING:
    from syncer.config import Config


def lint(
    config: ConfigOption = Path("config.toml"),
    trackers: Annotated[
        bool, typer.Option("--trackers", help="Read the trackers too: tags, linked work. Changes nothing.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 2 for a warning too.")] = False,
    at: AtOption = None,
    form: Annotated[LintFormat, typer.Option("--format", help="What is printed on stdout.")] = LintFormat.TEXT,
) -> None:
    """Check the config and the registry: references, structure, and what makes a good key result. Asks no tracker."""
    from syncer.lint import findings_text, lint_files, lint_trackers
    from syncer.shown import shown

    def now(loaded: "Config") -> datetime:
        return moment(loaded, at)

    linted = lint_trackers(config, now, steps()) if trackers else lint_files(config, now)
    text = findings_text(linted.findings, form.value)
    if text:
        typer.echo(shown(text))
    for note in linted.notes:
        typer.echo(shown(note), err=True)
    raise typer.Exit(linted.exit_code(strict=strict))


def doctor(
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    form: Annotated[DoctorFormat, typer.Option("--format", help="What is printed on stdout.")] = DoctorFormat.TEXT,
) -> None:
    """Ask every tracker who the token is, what it sees and may write. Changes nothing; 1 where a run would fail."""
    from syncer.config import load
    from syncer.doctor import diagnoses_text, examine_all, is_well
    from syncer.report.wording import plain
    from syncer.shown import shown

    loaded, registry = load(config)
    found = examine_all(loaded, registry, moment(loaded, at))
    text = diagnoses_text(found, form.value)
    typer.echo(shown(text if form is DoctorFormat.JSON else "\n".join(plain(line) for line in text.splitlines())))
    raise typer.Exit(DONE if is_well(found) else FAILED)


def labels(
    config: ConfigOption = Path("config.toml"),
    applies: Annotated[bool, typer.Option("--apply", help="Make the changes; without it they are only shown.")] = False,
    team: Annotated[str, typer.Option("--team", metavar="TEAM", help="This team's key results alone.")] = "",
    at: AtOption = None,
    form: Annotated[
        LabelsFormat, typer.Option("--format", help="What is printed on stdout; markdown: the tag cards alone.")
    ] = LabelsFormat.TABLE,
) -> None:
    """Offer each live key result's tag as a label in the trackers, and print the tag card of a team."""
    from syncer.config import load
    from syncer.labels import cards_of, provide_labels, team_named
    from syncer.report.tag_labels import cards_markdown, labels_json, labels_text
    from syncer.shown import shown

    loaded, registry = load(config)
    if applies and form is LabelsFormat.MARKDOWN:
        fail("--format markdown prints the tag cards alone.", "Try: okrsync labels --apply", code=USAGE)
    if applies and at is not None and not loaded.is_sandbox:
        fail("--at goes with --apply against the sandbox only.", "Try: okrsync labels --at ...", code=USAGE)
    key = team_named(team, loaded, registry) if team else ""
    if key is None:
        fail(f"{team} is no team. Nothing was read or written.", "Try: okrsync labels", code=USAGE)
    if form is LabelsFormat.MARKDOWN:
        typer.echo(cards_markdown(cards_of(loaded, registry, moment(loaded, at), key)))
        raise typer.Exit(DONE)
    done = provide_labels(loaded, registry, at=moment(loaded, at), applies=applies, team=key, on_step=steps())
    typer.echo(shown(labels_json(done) if form is LabelsFormat.JSON else labels_text(done)))
    raise typer.Exit(done.exit_code)
