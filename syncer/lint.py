"""What `okrsync lint` finds in the files and, where it is asked to, in the trackers, and how that is printed."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from adapters.errors import ConfigProblem, RegistryProblem
from mappings.figures import Figures
from mappings.findings import ERROR, Finding, place
from mappings.lint import REFERENCES, lint
from mappings.lint_ignores import without_ignored
from mappings.lint_quality import as_remarks, judge, judged_rules
from mappings.lint_rule import Look
from mappings.okrs import Registry
from syncer.config import Config, Examined, examine
from syncer.exit_codes import DONE, FAILED, TRY_LATER, USAGE
from syncer.goals import OKRS
from syncer.report.wording import plain

_PLACE = re.compile(r"(.+?:\d+|https?://\S+): ", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """The findings, and what is to be said of how they were made."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    unread: tuple[bool, ...] = ()
    """One for each part of a tracker that could not be read: whether it was for a quota or the deadline."""

    def exit_code(self, *, strict: bool = False) -> int:
        """2 for an error (with `strict` for any finding), 1 or 75 for what could not be read, else 0."""
        if any(strict or finding.severity == ERROR for finding in self.findings):
            return USAGE
        if not all(self.unread):
            return FAILED
        return TRY_LATER if self.unread else DONE


def lint_files(path: Path, now: Callable[[Config], datetime]) -> Linted:
    """Everything that is to be said of the config and the registry files. Asks no tracker.

    `now` says when it is, in the company's own time zone.
    """
    try:
        examined = examine(path)
    except ConfigProblem as error:
        return Linted(findings=_as_findings(error.problems))
    return lint_of(examined, examined.registry, now(examined.config))


def lint_trackers(path: Path, now: Callable[[Config], datetime], on_step: Callable[[str], None]) -> Linted:
    """As `lint_files`, and of what lives in the trackers: goals, tags, work. Reads all of it; changes nothing.

    Where the files have an error the trackers are not asked.
    """
    from syncer.run import run

    from_files = lint_files(path, now)
    if from_files.exit_code():
        note = "The trackers were not read: the errors come first."
        return Linted(findings=from_files.findings, notes=(*from_files.notes, note))
    examined = examine(path)
    try:
        done = run(examined.config, examined.registry, mode="report", at=now(examined.config), on_step=on_step)
    except RegistryProblem as error:
        found = (*from_files.findings, *_as_findings(error.problems))
        note = "The work was not read: the errors come first."
        return Linted(findings=tuple(sorted(found, key=place)), notes=(*from_files.notes, note))
    return lint_of(examined, done.registry, done.at, done.figures)


def lint_of(examined: Examined, registry: Registry, at: datetime, figures: Figures | None = None) -> Linted:
    """Everything that is to be said of a config and a registry and, with `figures`, of the work behind them."""
    config, today = examined.config, at.astimezone(examined.config.rules.zone).date()
    structure, whole = examined.findings, not examined.problems and not config.declares_okrs
    if figures is not None and config.declares_okrs:
        whole = all(reading.complete for reading in figures.readings if reading.scope.team == OKRS)
        structure = tuple(
            finding for finding in lint(registry, config.rules, config.kinds) if whole or finding.rule not in REFERENCES
        )
    look = Look(registry, config.rules, today)
    remarks = (*as_remarks(structure, registry), *judge(look, whole=whole, figures=figures))
    unread = [reading for reading in figures.readings if not reading.complete] if figures else []
    judged = judged_rules(whole=whole, trackers=figures is not None and not unread)
    found = without_ignored(remarks, config.ignores, judged)
    return Linted(
        findings=(*_as_findings(examined.problems), *sorted(found, key=place)),
        notes=(*_of_periods(registry, look, today), *(f"{it.scope.name} was not read: {it.problem}" for it in unread)),
        unread=tuple(reading.try_later for reading in unread),
    )


def _of_periods(registry: Registry, look: Look, today: date) -> tuple[str, ...]:
    if look.objectives or not registry.objectives:
        return ()
    return (
        f"Every period is over on {today.isoformat()}: the quality of its goals was not judged. --at judges a day.",
    )


def _as_findings(problems: Sequence[str]) -> tuple[Finding, ...]:
    return tuple(Finding(rule="", severity=ERROR, where=where, message=text) for where, text in map(_split, problems))


def _split(problem: str) -> tuple[str, str]:
    match = _PLACE.match(problem)
    return (match[1], problem[match.end() :]) if match else ("", problem)


def findings_text(findings: Sequence[Finding], form: str) -> str:
    """The findings in a format: text, json, or github (workflow commands, which GitHub shows beside the line)."""
    if form == "json":
        rows = [{"rule": it.rule, "severity": it.severity, "where": it.where, "message": it.message} for it in findings]
        return json.dumps(rows, indent=2, ensure_ascii=False)
    if form == "github":
        return "\n".join(_annotation(finding) for finding in findings)
    if not findings:
        return "Nothing to mend."
    return "\n".join(plain(_line(finding)) for finding in findings)


def _line(finding: Finding) -> str:
    what = f"{finding.rule} {finding.message}" if finding.rule else finding.message
    return f"{finding.where}: {finding.severity}: {what}" if finding.where else f"{finding.severity}: {what}"


def _annotation(finding: Finding) -> str:
    """Beside its line; what stands in no file says where it stands."""
    file, _, line = finding.where.rpartition(":")
    is_line = bool(file) and line.isdigit() and "://" not in file
    text = f"{finding.rule} {finding.message}".strip()
    if finding.where and not is_line:
        text = f"{finding.where}: {text}"
    at = f" file={_escaped(file).replace(':', '%3A').replace(',', '%2C')},line={line}" if is_line else ""
    return f"::{finding.severity}{at}::{_escaped(plain(text))}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
