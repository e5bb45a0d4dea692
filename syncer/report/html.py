"""The page: one file, no script, nothing loaded from anywhere, safe to open from a disk or a CI artefact."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from syncer.report import sections, wording
from syncer.report.part import ClassCounts
from syncer.report.schema import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One class's piece of a stacked bar; offset and width in percent of the bar."""

    name: str
    issues: int
    offset: float
    width: float


def stack(counts: ClassCounts) -> tuple[Segment, ...]:
    """The four classes as pieces of one bar, always in the same order; no pieces when there are no issues."""
    segments: list[Segment] = []
    before = 0
    for name in wording.CLASSES:
        issues: int = getattr(counts, name)
        if issues:
            offset, width = 100 * before / counts.total, 100 * issues / counts.total
            segments.append(Segment(name=name, issues=issues, offset=round(offset, 3), width=round(width, 3)))
        before += issues
    return tuple(segments)


def _visible(value: Any) -> Any:
    return wording.plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("syncer.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    environment.filters.update(
        count=wording.count,
        day=wording.day,
        href=wording.href,
        number=wording.number,
        percent=wording.percent,
        stack=stack,
        stood=wording.stood,
    )
    environment.globals.update(sections=sections, wording=wording)
    return environment


def _style() -> str:
    return files("syncer.report").joinpath("page.css").read_text(encoding="utf-8")


def content_policy(style: str) -> str:
    """The page's Content-Security-Policy: nothing at all but this very style sheet."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def to_html(report: Report) -> str:
    """The whole page as text (UTF-8 when written); same report, same text."""
    style = _style()
    # The style sheet is our own file, never upstream text: it must reach the page unescaped, for the policy's hash.
    sheet = Markup(style)  # noqa: S704
    return _environment().get_template("page.html.j2").render(report=report, style=sheet, policy=content_policy(style))
