"""What `okrsync lint` prints, and what it leaves out."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.company_files import CONFIG, REGISTRY, changed, company_files

from adapters.errors import ConfigProblem
from mappings.findings import ERROR, WARNING, Finding
from syncer.config import Config, examine, load
from syncer.exit_codes import DONE, FAILED, TRY_LATER, USAGE
from syncer.lint import Linted, findings_text, lint_files


def on_its_day(_: Config) -> datetime:
    return datetime(2026, 11, 18, 12, tzinfo=UTC)


def lint(config: Path) -> tuple[Finding, ...]:
    return lint_files(config, on_its_day).findings


def rules(config: Path) -> list[str]:
    return [finding.rule for finding in lint(config)]


def ignoring(*entries: str) -> str:
    return f"{CONFIG}\n[lint]\nignore = [{', '.join(entries)}]\n"


def test_problems_and_warnings_come_together_in_every_format(tmp_path: Path) -> None:
    config = company_files(tmp_path)
    text = config.read_text(encoding="utf-8")
    config.write_text(text + '\n[tags]\nprefixx = "okr:"\n', encoding="utf-8")
    for file in (tmp_path / "okrs").glob("*.toml"):
        file.write_text(file.read_text(encoding="utf-8") + '\n[[objectives]]\nid = "X-O9"\ntitle = "Alone"\n', "utf-8")

    findings = lint(config)

    assert {finding.severity for finding in findings} == {"error", "warning"}
    assert "prefixx" in findings_text(findings, "text")
    rows = json.loads(findings_text(findings, "json"))
    assert len(rows) == len(findings)
    assert all(set(row) == {"rule", "severity", "where", "message"} for row in rows)
    github = findings_text(findings, "github").splitlines()
    assert all(line.startswith(("::error file=", "::warning file=")) for line in github)


def test_a_file_that_is_no_toml_is_one_finding_with_its_line(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("registry = [\n", encoding="utf-8")

    [finding] = lint(config)

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

    assert any("no file matches" in finding.message for finding in lint(config))


def test_a_file_nested_beyond_reason_is_told(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("registry = " + "[" * 100_000, encoding="utf-8")

    [finding] = lint(config)

    assert "nested too deeply" in finding.message


def test_what_stands_in_no_file_is_told_with_its_place_on_github_and_a_files_name_breaks_nothing() -> None:
    at_an_issue = Finding(rule="OKR131", severity=WARNING, where="PAY-3 https://acme.example:8443", message="100 %\nof")
    in_a_file = Finding(rule="OKR105", severity=WARNING, where="a,b:c.toml:12", message="no owner")

    assert findings_text((at_an_issue, in_a_file), "github").splitlines() == [
        "::warning::PAY-3 https://acme.example:8443: OKR131 100 %25 of",
        "::warning file=a%2Cb%3Ac.toml,line=12::OKR105 no owner",
    ]


def test_what_somebody_wrote_cannot_play_with_the_terminal() -> None:
    nasty = Finding(rule="OKR131", severity=WARNING, where="PAY-3", message='label "\x1b[2Jokr:\u202eX"')

    assert findings_text((nasty,), "text") == 'PAY-3: warning: OKR131 label "[2Jokr:X"'


def test_a_warning_is_left_out_where_its_entry_says_so_and_an_entry_for_nothing_is_told(tmp_path: Path) -> None:
    company = company_files(tmp_path)
    assert rules(company).count("OKR105") == 2

    company.write_text(ignoring('{ rule = "OKR105", where = "pay_o1.kr1", reason = "soon" }'), "utf-8")
    assert rules(company).count("OKR105") == 1
    company.write_text(ignoring('{ rule = "OKR105", where = "PAY-O1", reason = "both" }'), "utf-8")
    assert "OKR105" not in rules(company)
    company.write_text(ignoring('{ rule = "OKR105", reason = "everywhere" }'), "utf-8")
    assert "OKR105" not in rules(company) and "OKR190" not in rules(company)

    company.write_text(ignoring('{ rule = "OKR105", where = "PAY-O9", reason = "gone" }'), "utf-8")
    [dead] = [finding for finding in lint(company) if finding.rule == "OKR190"]
    line = 1 + company.read_text("utf-8").splitlines().index(ignoring().splitlines()[-2])
    assert dead.where == f"{company}:{line + 1}"
    assert "PAY-O9" in dead.message and "gone" in dead.message


def test_a_warning_about_structure_is_left_out_too(tmp_path: Path) -> None:
    alone = '\n[[objectives]]\nid = "X-O9"\ntitle = "Alone"\n'
    company = company_files(tmp_path, pay=REGISTRY + alone)
    assert "OKR012" in rules(company)

    company.write_text(ignoring('{ rule = "OKR012", where = "X-O9", reason = "its key results come" }'), "utf-8")

    assert "OKR012" not in rules(company) and "OKR190" not in rules(company)


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ('{ rule = "OKR105" }', "lint.ignore[1].reason is missing"),
        ('{ rule = "OKR105", reason = " " }', "lint.ignore[1].reason: must say why"),
        ('{ rule = "OKR999", reason = "why" }', "lint.ignore[1].rule is no rule of lint"),
        ('{ rule = "OKR004", reason = "why" }', "OKR004 is an error: it cannot be ignored"),
        ('{ rule = "OKR105", reason = "why", were = "X" }', "lint.ignore[1].were: unknown key"),
        ("3", "lint.ignore"),
    ],
)
def test_an_entry_that_cannot_be_meant_is_a_problem_with_its_line(entry: str, sentence: str, tmp_path: Path) -> None:
    company = company_files(tmp_path, config=ignoring(entry))

    [told] = [finding for finding in lint(company) if finding.severity == ERROR]

    assert told.message.startswith(sentence)
    assert told.where.startswith(f"{company}:")
    with pytest.raises(ConfigProblem):
        load(company)


def test_quality_stops_no_run_and_is_no_part_of_what_a_run_loads(tmp_path: Path) -> None:
    company = company_files(tmp_path)

    assert load(company)
    assert "OKR105" in rules(company)
    assert [finding.rule for finding in examine(company).findings if finding.rule > "OKR100"] == []
    assert lint_files(company, on_its_day).exit_code() == DONE
    assert lint_files(company, on_its_day).exit_code(strict=True) == USAGE


@pytest.mark.parametrize(
    ("unread", "severity", "code"),
    [((), WARNING, DONE), ((True,), WARNING, TRY_LATER), ((True, False), WARNING, FAILED), ((False,), ERROR, USAGE)],
)
def test_an_error_comes_before_what_could_not_be_read(unread: tuple[bool, ...], severity: str, code: int) -> None:
    finding = Finding(rule="OKR105", severity=severity, where="", message="")

    assert Linted(findings=(finding,), unread=unread).exit_code() == code


def test_where_goals_live_in_a_tracker_too_the_files_alone_are_not_counted(tmp_path: Path) -> None:
    okrs = '[trackers.linear-main.okrs]\nperiod = "2026-Q4"\n'
    company = company_files(tmp_path)
    assert "OKR102" in rules(company)

    company.write_text(changed(CONFIG, ("[teams.payments]", f"{okrs}\n[teams.payments]")), "utf-8")

    assert "OKR102" not in rules(company) and "OKR105" in rules(company)


def test_a_registry_that_is_all_over_says_that_its_quality_was_not_judged(tmp_path: Path) -> None:
    linted = lint_files(company_files(tmp_path), lambda _: datetime(2027, 6, 1, tzinfo=UTC))

    assert linted.findings == ()
    assert [note.split(":")[0] for note in linted.notes] == ["Every period is over on 2027-06-01"]
