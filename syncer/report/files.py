"""The report's files in a directory: page, summary and the two documents."""

from pathlib import Path

from syncer.report import schema
from syncer.report.html import to_html
from syncer.report.markdown import to_markdown


def write_all(report: schema.Report, plan: schema.PlanDocument, directory: Path) -> None:
    """Write report.html, report.md, report.json and plan.json; the directory is made where it is missing."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in {
        "report.json": schema.to_json(report),
        "plan.json": schema.to_json(plan),
        "report.md": to_markdown(report),
        "report.html": to_html(report),
    }.items():
        # A reader never sees half a file: the name is moved over it when all of it is there.
        part = directory / f".{name}.part"
        part.write_text(text, encoding="utf-8")
        part.replace(directory / name)
