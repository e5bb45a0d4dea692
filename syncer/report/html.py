"""The page: one file, nothing loaded from anywhere, safe to open from a disk or a CI artefact.

Its one small script is ours, known to the content policy by its hash; without it everything is there but a filter.
"""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from syncer.report import company_lines, sections, sparks, wording
from syncer.report.lists import open_these
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
    environment.globals.update(
        company_lines=company_lines, sections=sections, wording=wording, sparks=sparks, open_these=open_these
    )
    return environment


def _own(name: str) -> Markup:
    """A file of our own, never upstream text: it must reach the page unescaped, for the policy's hash."""
    return Markup(files("syncer.report").joinpath(name).read_text(encoding="utf-8"))  # noqa: S704


def content_policy(style: str, script: str) -> str:
    """The page's Content-Security-Policy: nothing at all but this very style sheet and this very script."""
    allowed = f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def to_html(report: Report) -> str:
    """The whole page as text (UTF-8 when written); same report, same text."""
    style, script = _own("page.css"), _own("page.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(report=report, style=style, script=script, policy=content_policy(style, script))
    )
