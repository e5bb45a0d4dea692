"""Every rule of lint has a record, every record an example that triggers it alone: the page is made of them."""

import re
import shutil
import tomllib
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from support.builders import an_issue
from unit.docs import lint_page
from unit.docs.lint_page import COMPANY

from mappings.figures import work_out
from mappings.lint_quality import RULES
from mappings.lint_rule import TRACKERS, LintRule
from mappings.lint_structure import RETIRED
from mappings.model import Issue, Reading
from syncer.config import examine
from syncer.lint import lint_files, lint_of

ROOT = Path(__file__).parents[3]
DAY = datetime(2026, 11, 18, 12, tzinfo=UTC)
WITH_EXAMPLE = [rule for rule in RULES if rule.good]


def company(folder: Path, rule: LintRule | None = None) -> Path:
    """A copy of the company; with a rule its bad example stands where its good one stood."""
    shutil.copytree(COMPANY, folder / "company")
    if rule is not None:
        files = [file for file in sorted((folder / "company").rglob("*.toml")) if rule.good in file.read_text("utf-8")]
        assert [(file.name, file.read_text("utf-8").count(rule.good)) for file in files] == [(files[0].name, 1)]
        files[0].write_text(files[0].read_text("utf-8").replace(rule.good, rule.bad), encoding="utf-8")
    return folder / "company" / "config.toml"


def issues(file: Path) -> list[Issue]:
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["issues"]
    return [
        an_issue(
            row["key"],
            tracker="jira-main" if row["key"].startswith("PAY") else "linear-main",
            labels=tuple(row.get("labels", ())),
            url=f"https://acme.example/{row['key']}",
            **({"created": datetime.combine(row["created"], time(9), UTC)} if "created" in row else {}),
        )
        for row in rows
    ]


def found(config: Path, *, with_work: bool = True) -> list[tuple[str, str]]:
    """(rule, severity) of every finding, of the files and, unless they are all, of the work."""
    examined = examine(config)
    assert examined.problems == ()
    if not with_work:
        return [(it.rule, it.severity) for it in lint_of(examined, examined.registry, DAY).findings]
    work = issues(config.parent / "issues.toml")
    readings = [
        Reading(
            scope=scope, kind="memory", issues=tuple(it for it in work if it.project in (*scope.projects, *scope.teams))
        )
        for scope in examined.config.scopes
    ]
    figures = work_out(readings, examined.registry, examined.config.rules, DAY.date())
    return [(it.rule, it.severity) for it in lint_of(examined, examined.registry, DAY, figures).findings]


def test_no_rule_has_anything_against_the_company_of_the_examples(tmp_path: Path) -> None:
    assert found(company(tmp_path)) == []


@pytest.mark.parametrize("rule", WITH_EXAMPLE, ids=lambda rule: rule.id)
def test_the_bad_example_of_a_rule_triggers_it_and_no_other(rule: LintRule, tmp_path: Path) -> None:
    assert set(found(company(tmp_path, rule), with_work=rule.needs == TRACKERS)) == {(rule.id, rule.severity)}


@pytest.mark.parametrize("rule", [rule for rule in WITH_EXAMPLE if rule.needs == TRACKERS], ids=lambda rule: rule.id)
def test_what_needs_the_trackers_is_not_told_without_them(rule: LintRule, tmp_path: Path) -> None:
    assert lint_files(company(tmp_path, rule), lambda _: DAY).findings == ()


def test_every_rule_that_is_found_somewhere_has_a_record_and_every_record_a_rule() -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "mappings").glob("lint*.py")}
    records = [rule.id for rule in RULES]
    used = {id for name, text in sources.items() if name != "lint_structure.py" for id in re.findall(r"OKR\d{3}", text)}

    assert len(set(records)) == len(records) and records == sorted(records)
    assert used == set(records)
    assert used.isdisjoint(RETIRED)


def test_every_rule_has_an_example_and_its_words_keep_the_houses_form() -> None:
    assert [rule.id for rule in RULES if not rule.good or not rule.bad] == []
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.says[0].islower() or rule.says[0] == "`" or rule.says.startswith("an "), rule.id
        assert not rule.says.endswith(".") and rule.why.endswith("."), rule.id


def test_the_page_is_current() -> None:
    assert lint_page.PAGE.read_text(encoding="utf-8") == lint_page.page(), (
        "run: .venv/bin/python tests/unit/docs/lint_page.py"
    )
