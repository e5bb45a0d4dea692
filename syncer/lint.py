"""What `okrsync lint` prints: every finding of config and registry, as text, JSON or GitHub annotations."""

import json
import re
from pathlib import Path

from adapters.errors import ConfigProblem
from mappings.lint import ERROR, Finding
from syncer.config import examine


def lint_files(path: Path) -> tuple[Finding, ...]:
    """Everything that is wrong with the config and the registry files, and the warnings beside it."""
    try:
        examined = examine(path)
    except ConfigProblem as error:
        return tuple(
            Finding(rule="", severity=ERROR, where=where, message=text) for where, text in map(_split, error.problems)
        )
    unusable = [
        Finding(rule="", severity=ERROR, where=where, message=text) for where, text in map(_split, examined.problems)
    ]
    return (*unusable, *examined.findings)


def _split(problem: str) -> tuple[str, str]:
    match = re.match(r"(.+?:\d+): ", problem)
    return (match[1], problem[match.end() :]) if match else ("", problem)


def findings_text(findings: tuple[Finding, ...], form: str) -> str:
    """The findings in a format: text, json, or github (workflow commands, which GitHub shows beside the line)."""
    if form == "json":
        rows = [{"rule": it.rule, "severity": it.severity, "where": it.where, "message": it.message} for it in findings]
        return json.dumps(rows, indent=2, ensure_ascii=False)
    if form == "github":
        return "\n".join(_annotation(finding) for finding in findings)
    if not findings:
        return "Nothing to mend."
    return "\n".join(f"{it.where}: {it.severity}: {it.rule} {it.message}".replace(":  ", ": ") for it in findings)


def _annotation(finding: Finding) -> str:
    file, _, line = finding.where.rpartition(":")
    text = f"{finding.rule} {finding.message}".strip()
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    at = f" file={file},line={line}" if file and line.isdigit() else ""
    return f"::{finding.severity}{at}::{escaped}"
