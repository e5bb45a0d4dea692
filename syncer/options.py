"""What the command line takes, and how its help words it."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """What a command prints on stdout."""

    TABLE = "table"
    JSON = "json"


class LabelsFormat(StrEnum):
    """What labels prints on stdout."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


class LintFormat(StrEnum):
    """What lint prints on stdout."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


class Kept(StrEnum):
    """What history holds, each a list of rows."""

    VALUES = "values"
    """One value a key result a day."""
    SPRINTS = "sprints"
    """Each sprint's issues by class, by day."""
    ISSUES = "issues"
    """What became of each sprint's issues."""
    WRITES = "writes"
    """The audit of every write."""


class ExportFormat(StrEnum):
    """What history's export prints on stdout."""

    CSV = "csv"
    JSON = "json"


class SprintWord(StrEnum):
    """Which sprint the report's rows are taken from, other than as the config says."""

    NEXT = "next"


class CheckSprint(StrEnum):
    """Which sprint check judges."""

    ACTIVE = "active"
    NEXT = "next"


class CheckFormat(StrEnum):
    """What check prints on stdout."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


class RetroFormat(StrEnum):
    """What retro prints."""

    MARKDOWN = "markdown"
    JSON = "json"


class YesOrNo(StrEnum):
    """An answer."""

    YES = "yes"
    NO = "no"


class DoctorFormat(StrEnum):
    """What doctor prints on stdout."""

    TEXT = "text"
    JSON = "json"


ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", envvar="OKRSYNC_CONFIG", help="The config file.", show_default=True)
]
AtOption = Annotated[
    datetime | None,
    typer.Option("--at", formats=["%Y-%m-%d"], help="Do as if it were this day (read-only, or against the sandbox)."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="What is printed on stdout.")]
SprintOption = Annotated[
    SprintWord | None, typer.Option("--sprint", help="The report's rows are the sprint's that is next.")
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Write report.html, report.md, report.json and plan.json here, instead of the config's `report`.",
    ),
]
