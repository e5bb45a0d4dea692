"""What `okrsync lint` prints: every finding of config and registry, as text, JSON or GitHub annotations."""

import json
import re
from pathlib import Path

from adapters.errors import ConfigProblem
from mappings.lint import ERROR, Finding, lint
from syncer.config import load

_PROBLEM = re.compile(r"(?P<where>.+?:\d+): (?:(?P<rule>OKR\d+) )?(?P<message>.*)", re.DOTALL)


def lint_files(path: Path) -> tuple[Finding, ...]:
    """Errors when the config or the registry cannot be used as it stands, else the warnings."""
    try:
        config, registry = load(path)
    except ConfigProblem as error:
        return tuple(_as_finding(problem) for problem in error.problems)
    return lint(registry, config.rules, config.kinds)


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


def _as_finding(problem: str) -> Finding:
    match = _PROBLEM.fullmatch(problem)
    where, rule, message = match.group("where", "rule", "message") if match else ("", None, problem)
    return Finding(rule=rule or "", severity=ERROR, where=where, message=message)


def _annotation(finding: Finding) -> str:
    file, _, line = finding.where.rpartition(":")
    text = f"{finding.rule} {finding.message}".strip()
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    at = f" file={file},line={line}" if file and line.isdigit() else ""
    return f"::{finding.severity}{at}::{escaped}"
