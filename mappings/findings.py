"""One thing that lint has to say: where, how bad, under which stable rule id."""

from dataclasses import dataclass

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend. An error stops a run; a warning does not."""

    rule: str
    """OKR0xx; an id keeps its meaning for ever."""
    severity: str
    """error or warning."""
    where: str
    """file:line."""
    message: str

    def __str__(self) -> str:
        """`file:line: OKR001 sentence`."""
        return f"{self.where}: {self.rule} {self.message}"


def error(rule: str, where: str, message: str) -> Finding:
    """A finding that stops a run."""
    return Finding(rule=rule, severity=ERROR, where=where, message=message)


def warning(rule: str, where: str, message: str) -> Finding:
    """A finding that does not."""
    return Finding(rule=rule, severity=WARNING, where=where, message=message)


def place(finding: Finding) -> tuple[str, int, str, str]:
    """What findings are sorted by: file, line, rule."""
    file, _, line = finding.where.rpartition(":")
    return (file, int(line) if line.isdigit() else 0, finding.rule, finding.message)
