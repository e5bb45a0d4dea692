"""The report's files in a directory: page, summary, the two documents and the two tables."""

import tempfile
from pathlib import Path

from adapters.errors import ConfigProblem
from syncer.report import schema
from syncer.report.html import to_html
from syncer.report.markdown import to_markdown
from syncer.report.tables import key_results_csv, work_csv

NAMES = ("report.json", "plan.json", "report.md", "report.html", "work.csv", "key_results.csv")


def make_ready(directory: Path) -> None:
    """Make the directory and prove that a file can be written in it. Raises ConfigProblem with the reason."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
        for name in NAMES:
            if (directory / name).is_dir():
                raise IsADirectoryError(f"{name} is a directory")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ConfigProblem([f"{directory}: reports cannot be written there ({why})"]) from None


def write_all(report: schema.Report, plan: schema.PlanDocument, directory: Path) -> None:
    """Write every file of NAMES; the directory is made where it is missing."""
    directory.mkdir(parents=True, exist_ok=True)
    documents = (schema.to_json(report), schema.to_json(plan))
    texts = (*documents, to_markdown(report), to_html(report), work_csv(report), key_results_csv(report))
    for name, text in zip(NAMES, texts, strict=True):
        # A reader never sees half a file: the name is moved over it when all of it is there.
        part = directory / f".{name}.part"
        part.write_text(text, encoding="utf-8")
        part.replace(directory / name)
