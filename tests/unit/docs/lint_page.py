"""docs/lint.md from the rules of lint themselves: `.venv/bin/python tests/unit/docs/lint_page.py` writes it."""

from pathlib import Path

from mappings.lint_quality import RULES
from mappings.lint_rule import REGISTRY, TRACKERS, LintRule
from mappings.lint_structure import RETIRED

PAGE = Path(__file__).parents[3] / "docs" / "lint.md"
COMPANY = Path(__file__).parent / "lint_company"

_HEAD = """\
# What lint says

```sh
okrsync lint                          # the config and the registry files; asks no tracker
okrsync lint --trackers               # their tags and linked work too; reads everything, changes nothing
okrsync lint --format github          # annotations beside the line; --format json is data
```

Rules below OKR101 are about references and structure. Most are errors: an error stops every run with exit code 2,
lint's too. From OKR101 on they are about quality, as the books and guides on OKRs ask for it, and are warnings: they
appear in `okrsync lint` alone, never in `plan`, `sync` or a report, and the exit code stays 0. With `--strict` a
warning is exit code 2. With `--trackers` what could not be read is exit code 1, or 75 for a quota: run it again later.

Quality is judged of goals that can still be changed: live ones and drafts, in periods that are not over (`--at` judges
another day). What is over is only learnt from. Words are English: a title in another language triggers no rule on
words. Where goals live in a tracker too, rules on the whole registry are judged with `--trackers` alone.

An id keeps its meaning for ever. A finding has a rule, a severity, a place and a message: the place is `file:line`, or
an issue's key and address.

## Leave one out

What you decided to live with stands in the config, each with its reason. `where` is the id of a key result, of an
objective (its key results too) or of a team (its goals too), or an issue's key; without it the rule is left out
everywhere. An error cannot be left out. An entry that matches nothing is told (OKR190).

```toml
[lint]
ignore = [
  { rule = "OKR104", where = "GRO-O2", reason = "the number of trials is all there is to it" },
]
```

This page is made from the rules; a test runs every example, and says when the page is out of date. Each example is a
change to [one small company](../tests/unit/docs/lint_company) that no rule has anything against on 2026-11-18.
"""


def page() -> str:
    """The whole page."""
    table = ["## All rules", "", "| rule | name | severity |", "|---|---|---|"]
    table += [f"| {rule.id} | {_link(rule)} | {rule.severity} |" for rule in RULES]
    sections = [_section(rule) for rule in RULES]
    gone = f"Rules that are gone, whose ids are not used again: {', '.join(RETIRED)}."
    return "\n".join([_HEAD, *table, "", gone, "", *sections])


def _link(rule: LintRule) -> str:
    return f"[{rule.name}](#{rule.id.lower()}-{rule.name.replace(' ', '-')})"


def _section(rule: LintRule) -> str:
    seen = {TRACKERS: " With `--trackers` only.", REGISTRY: ""}.get(rule.needs, "")
    lines = [f"## {rule.id} {rule.name}", "", f"{_sentence(rule.severity + ': ' + rule.says)}{seen}", "", rule.why, ""]
    if rule.good:
        lines += ["Instead of", "", "```toml", rule.bad.rstrip("\n"), "```", "", "write", ""]
        lines += ["```toml", rule.good.rstrip("\n"), "```", ""]
    return "\n".join(lines)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
