"""`[lint] ignore` of the config, checked against the rules there are."""

from adapters.toml_source import KeyPath, TomlSource
from adapters.validation import Problems, validated
from mappings.findings import ERROR
from mappings.lint_ignores import Ignore
from mappings.lint_quality import RULES
from mappings.nearest import did_you_mean
from syncer.config_tables import IgnoreTable, LintTable


def ignores_of(source: TomlSource, table: LintTable, problems: Problems) -> tuple[Ignore, ...]:
    """The entries, each with its line; `problems` says what is wrong with them."""
    known = {rule.id: rule for rule in RULES}
    found = []
    for index, row in enumerate(table.ignore):
        at: KeyPath = ("lint", "ignore", index)
        entry = validated(IgnoreTable, row, source, problems, at=at)
        if entry is None:
            continue
        rule = known.get(entry.rule)
        if rule is None:
            sentence = f"lint.ignore[{index + 1}].rule is no rule of lint{did_you_mean(entry.rule, known)}"
            problems.add(source, (*at, "rule"), sentence)
        elif rule.severity == ERROR:
            problems.add(source, (*at, "rule"), f"{rule.id} is an error: it cannot be ignored")
        found.append(Ignore(rule=entry.rule, about=entry.where, reason=entry.reason, where=source.where(at)))
    return tuple(found)
