"""`okrsync lint --trackers`: the tags and the work too, read and never written."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from end_to_end.test_okrs_in_jira import TARGET, with_okrs
from support.stage import Stage, on_stage

from mappings.findings import ERROR
from syncer.exit_codes import DONE, FAILED, USAGE
from syncer.lint import Linted, lint_files, lint_trackers


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def lint(stage: Stage) -> Linted:
    return lint_trackers(stage.sandbox.config, lambda _: stage.sandbox.now, lambda _: None)


def rules(linted: Linted) -> set[str]:
    return {finding.rule for finding in linted.findings}


def change(stage: Stage, old: str, new: str) -> None:
    text = stage.sandbox.config.read_text("utf-8")
    assert old in text
    stage.sandbox.config.write_text(text.replace(old, new), "utf-8")


def test_the_typo_is_told_with_what_was_meant_where_it_stands_and_nothing_is_written(stage: Stage) -> None:
    linted = lint(stage)

    typo = next(each for each in linted.findings if "PAY-O1-KR11" in each.message)
    assert typo.where.startswith("PAY-") and "/browse/PAY-" in typo.where
    assert typo.message == 'label "PAY-O1-KR11": names no key result; did you mean "PAY-O1-KR1"?'
    assert {"OKR131", "OKR132", "OKR134"} <= rules(linted)
    assert {key.split("-")[0] for key in (it.where for it in linted.findings if it.rule == "OKR131")} >= {"PAY", "GRO"}
    assert stage.mutations() == []
    assert linted.exit_code() == DONE


def test_the_files_are_judged_as_without_the_trackers(stage: Stage) -> None:
    from_files = lint_files(stage.sandbox.config, lambda _: stage.sandbox.now)

    assert from_files.findings
    assert set(from_files.findings) <= set(lint(stage).findings)


def test_an_entry_about_work_is_judged_only_where_the_work_was_read(stage: Stage) -> None:
    text = stage.sandbox.config.read_text("utf-8")
    entries = (
        '{ rule = "OKR132", reason = "they are one thing here" }',
        '{ rule = "OKR131", where = "PAY-99999", reason = "gone" }',
    )
    stage.sandbox.config.write_text(f"{text}\n[lint]\nignore = [{', '.join(entries)}]\n", "utf-8")

    without = lint_files(stage.sandbox.config, lambda _: stage.sandbox.now)
    read = lint(stage)

    assert "OKR190" not in rules(without)
    assert "OKR132" not in rules(read)
    assert ["PAY-99999" in it.message for it in read.findings if it.rule == "OKR190"] == [True]


def test_what_could_not_be_read_is_said_and_ends_in_failure_and_the_rest_is_judged(stage: Stage) -> None:
    change(stage, 'projects = ["PAY"]', 'projects = ["NONE"]')

    linted = lint(stage)

    assert [note.partition(" was not read: ")[0] for note in linted.notes] == ["jira-main/payments"]
    assert linted.exit_code() == FAILED
    assert "OKR131" in rules(linted) and "OKR135" not in rules(linted)


def test_an_error_in_the_files_comes_before_the_trackers(stage: Stage) -> None:
    change(stage, 'timezone = "Europe/Zurich"', 'timezone = "Europe/Zurch"')

    linted = lint(stage)

    assert [it.severity for it in linted.findings].count(ERROR) == 1
    assert linted.notes == ("The trackers were not read: the errors come first.",)
    assert linted.exit_code() == USAGE
    assert all(not server.calls for server in stage.sandbox.servers)


@pytest.mark.parametrize("in_jira", [True, False])
def test_goals_are_judged_alike_wherever_they_live(stage: Stage, in_jira: bool) -> None:
    with_okrs(stage, in_jira=in_jira)

    linted = lint(stage)

    found = {it.rule: it.where for it in linted.findings if "PAY-O1-KR1" not in it.message}
    assert {"OKR102", "OKR131"} <= set(found)
    assert found["OKR102"].endswith("/browse/OKR-1" if in_jira else "okrs/2026-Q4.toml:7")
    assert linted.exit_code() == DONE


def test_what_is_wrong_with_goals_in_a_tracker_is_found_too(stage: Stage) -> None:
    with_okrs(stage, in_jira=True)
    stage.site.set_field(stage.site.issue("OKR-3"), TARGET, 12)

    linted = lint(stage)

    [wrong] = [it for it in linted.findings if it.severity == ERROR]
    assert wrong.where.endswith("/browse/OKR-3") and "start and target are equal" in wrong.message
    assert linted.notes == ("The work was not read: the errors come first.",)
    assert linted.exit_code() == USAGE


def test_the_command_prints_findings_on_stdout_and_is_strict_where_it_is_asked_to_be(stage: Stage) -> None:
    arguments = ["lint", "--trackers", "--strict", "--format", "github", "--config", str(stage.sandbox.config)]
    done = subprocess.run(
        [sys.executable, "-c", "from syncer.cli import main; main()", *arguments, "--at", "2026-11-18"],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ,
        cwd=Path(__file__).parents[2],
    )

    assert done.returncode == USAGE
    assert any(line.startswith("::warning::PAY-") for line in done.stdout.splitlines())
    assert any("okrs/2026-Q4.toml,line=" in line for line in done.stdout.splitlines())
