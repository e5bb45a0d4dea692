"""The command line: the only place that prints and exits. Heavy imports wait until a command needs them."""

import sys
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from syncer.exit_codes import DONE, FAILED, TRY_LATER, USAGE
from syncer.options import (
    AtOption,
    ConfigOption,
    DoctorFormat,
    Format,
    FormatOption,
    LabelsFormat,
    LintFormat,
    OutputOption,
    SprintOption,
)

if TYPE_CHECKING:
    from rich.console import Console

    from syncer.config import Config
    from syncer.run import Run

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


@app.command(epilog="Example: okrsync plan --config config.toml --format json")
def plan(
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    sprint: SprintOption = None,
    form: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """Read everything and show what `sync` would change. Never writes."""
    _finish(*_do(config, "plan", at, next_sprint=sprint is not None, output=output), form, as_plan=True)


@app.command(epilog="Example: okrsync sync --config config.toml --output okrsync-report")
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
    _finish(*_do(config, "sync", at, force=tuple(force or ()), output=output), form)


@app.command(epilog="Example: okrsync report --config config.toml --output okrsync-report")
def report(
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    sprint: SprintOption = None,
    form: FormatOption = Format.TABLE,
    output: OutputOption = None,
) -> None:
    """The report on its own: read everything, change nothing."""
    _finish(*_do(config, "report", at, next_sprint=sprint is not None, output=output), form)


@app.command(epilog="Example: okrsync resume PAY-O1-KR1 --config config.toml")
def resume(
    kr: Annotated[str, typer.Argument(metavar="KR", help="The key result whose value is okrsync's again.")],
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Write a key result over the value that a person left there, and keep it up to date again."""
    _finish(*_do(config, "sync", at, resume=kr), form, as_plan=True)


@app.command(epilog="Example: okrsync explain PAY-112 --config config.toml")
def explain(
    subject: Annotated[str, typer.Argument(metavar="ISSUE|KR", help="An issue's key, or a key result's id or alias.")],
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Why an issue is counted as it is, or how a key result's figures were made."""
    import json

    from syncer.explain import explain as explain_subject
    from syncer.report.wording import plain

    run, _ = _do(config, "report", at, writes_files=False)
    explanation = explain_subject(run, subject)
    if explanation is None:
        _fail(
            f"{subject} is no key result of the registry and no issue that was read.", "Try: okrsync report", code=USAGE
        )
    if form is Format.JSON:
        typer.echo(json.dumps({"subject": explanation.subject, "lines": explanation.lines}, indent=2))
    else:
        typer.echo("\n  ".join(plain(line) for line in (explanation.subject, *explanation.lines)))
    raise typer.Exit(run.exit_code if run.exit_code in (FAILED, TRY_LATER) else DONE)


@app.command(epilog="Example: okrsync lint --config config.toml --format github")
def lint(
    config: ConfigOption = Path("config.toml"),
    form: Annotated[LintFormat, typer.Option("--format", help="What is printed on stdout.")] = LintFormat.TEXT,
) -> None:
    """Check the config and the registry: references and structure. Reads no tracker."""
    from syncer.lint import findings_text, lint_files

    findings = lint_files(config)
    text = findings_text(findings, form.value)
    if text:
        typer.echo(text)
    raise typer.Exit(USAGE if any(finding.severity == "error" for finding in findings) else DONE)


@app.command(epilog="Example: okrsync doctor --config config.toml")
def doctor(
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    form: Annotated[DoctorFormat, typer.Option("--format", help="What is printed on stdout.")] = DoctorFormat.TEXT,
) -> None:
    """Ask every tracker who the token is, what it sees and may write. Changes nothing; 1 where a run would fail."""
    from syncer.config import load
    from syncer.doctor import diagnoses_text, examine_all, is_well
    from syncer.report.wording import plain

    loaded, registry = load(config)
    found = examine_all(loaded, registry, _moment(loaded, at))
    text = diagnoses_text(found, form.value)
    typer.echo(text if form is DoctorFormat.JSON else "\n".join(plain(line) for line in text.splitlines()))
    raise typer.Exit(DONE if is_well(found) else FAILED)


@app.command(epilog="Example: okrsync labels --config config.toml --apply")
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

    loaded, registry = load(config)
    if applies and form is LabelsFormat.MARKDOWN:
        _fail("--format markdown prints the tag cards alone.", "Try: okrsync labels --apply", code=USAGE)
    if applies and at is not None and not loaded.is_sandbox:
        _fail("--at goes with --apply against the sandbox only.", "Try: okrsync labels --at ...", code=USAGE)
    key = team_named(team, loaded, registry) if team else ""
    if key is None:
        _fail(f"{team} is no team. Nothing was read or written.", "Try: okrsync labels", code=USAGE)
    if form is LabelsFormat.MARKDOWN:
        typer.echo(cards_markdown(cards_of(loaded, registry, _moment(loaded, at), key)))
        raise typer.Exit(DONE)
    done = provide_labels(loaded, registry, at=_moment(loaded, at), applies=applies, team=key, on_step=_steps())
    typer.echo(labels_json(done) if form is LabelsFormat.JSON else labels_text(done))
    raise typer.Exit(done.exit_code)


@app.command(epilog="Example: okrsync sandbox --directory sandbox")
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
        _fail("--dump needs --active-sprint and --now.", "Try: okrsync sandbox --help", code=USAGE)
    serve_sandbox(directory, dump=dump, active_sprint=active_sprint, now=now.date() if now else None, say=typer.echo)


@app.command(epilog="Example: okrsync demo --output demo-output")
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the report goes.")] = Path("demo-output"),
) -> None:
    """The whole job on a made-up company: sandbox trackers, a sync, the report."""
    from syncer.try_out import run_demo

    first, second = run_demo(output, on_step=_steps())
    _finish(first, output, Format.TABLE, leave=False)
    typer.echo(f"Run again on the same day: {second} writes.")
    typer.echo(f"Open {output / 'report.html'} in a browser.")
    raise typer.Exit(first.exit_code)


def _do(
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
        _fail(
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
        at=_moment(config, at),
        force=force,
        resume=resume,
        next_sprint=next_sprint,
        on_step=_steps(),
    )
    return done, output


def _moment(config: "Config", at: datetime | None) -> datetime:
    if at is None:
        return datetime.now(config.rules.zone)
    if not 2000 <= at.year <= 2200:
        _fail(
            f"{at.date()} is no day that a period can hold. Nothing was read or written.",
            "Try: --at 2026-11-18",
            code=USAGE,
        )
    return datetime.combine(at.date(), time(12), config.rules.zone)


def _finish(run: "Run", output: Path | None, form: Format, *, as_plan: bool = False, leave: bool = True) -> None:
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
            show_plan(plan_document(run), _console())
        else:
            show_report(document, _console())
    if leave:
        raise typer.Exit(run.exit_code)


def _console() -> "Console":
    from rich.console import Console

    return Console()


def _steps() -> Callable[[str], None]:
    """One line on a terminal that says what is being done; nothing in CI."""
    if not sys.stderr.isatty():
        return lambda _: None
    from rich.console import Console
    from rich.markup import escape

    status = Console(stderr=True).status("starting")
    status.start()
    import atexit

    atexit.register(status.stop)
    return lambda step: status.update(escape(step))


def _fail(what: str, hint: str, *, code: int) -> NoReturn:
    typer.echo(what, err=True)
    typer.echo(hint, err=True)
    raise typer.Exit(code)


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

    from adapters.secrets import redact

    typer.echo("This is a mistake of okrsync itself, not of your config. Please report the lines below.", err=True)
    typer.echo(redact("".join(traceback.format_exception(error))), err=True)
