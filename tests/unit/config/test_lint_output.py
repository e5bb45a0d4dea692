"""What `okrsync lint` prints."""

import json
from pathlib import Path

import pytest
from support.company_files import company_files

from syncer.lint import findings_text, lint_files


def test_problems_and_warnings_come_together_in_every_format(tmp_path: Path) -> None:
    config = company_files(tmp_path)
    text = config.read_text(encoding="utf-8")
    config.write_text(text + '\n[tags]\nprefixx = "okr:"\n', encoding="utf-8")
    for file in (tmp_path / "okrs").glob("*.toml"):
        file.write_text(file.read_text(encoding="utf-8") + '\n[[objectives]]\nid = "X-O9"\ntitle = "Alone"\n', "utf-8")

    findings = lint_files(config)

    assert {finding.severity for finding in findings} == {"error", "warning"}
    assert "prefixx" in findings_text(findings, "text")
    rows = json.loads(findings_text(findings, "json"))
    assert len(rows) == len(findings)
    github = findings_text(findings, "github").splitlines()
    assert all(line.startswith(("::error file=", "::warning file=")) for line in github)


def test_a_file_that_is_no_toml_is_one_finding_with_its_line(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("registry = [\n", encoding="utf-8")

    [finding] = lint_files(config)

    assert finding.where.startswith(f"{config}:")
    assert finding.severity == "error"


def test_nothing_to_mend_is_said() -> None:
    assert findings_text((), "text") == "Nothing to mend."
    assert findings_text((), "github") == ""


@pytest.mark.parametrize("pattern", [".", "/", "//", "**.toml", "nothing/*.toml"])
def test_a_pattern_that_matches_no_file_is_a_problem_whatever_it_looks_like(pattern: str, tmp_path: Path) -> None:
    config = company_files(tmp_path)
    text = config.read_text(encoding="utf-8").replace("okrs/*.toml", pattern)
    config.write_text(text, encoding="utf-8")

    assert any("no file matches" in finding.message for finding in lint_files(config))


def test_a_file_nested_beyond_reason_is_told(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("registry = " + "[" * 100_000, encoding="utf-8")

    [finding] = lint_files(config)

    assert "nested too deeply" in finding.message
