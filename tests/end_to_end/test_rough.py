"""What users and disks do to a run: no traceback, nothing lost, nothing told that must not be."""

import json
from pathlib import Path

import pytest
from support.stage import on_stage

from adapters.errors import ConfigProblem
from adapters.sandbox.linear.nodes import Issue as LinearIssue
from syncer.report.document import plan_document, report
from syncer.report.files import NAMES, make_ready, write_all
from syncer.try_out import _make_room, serve_sandbox


def test_a_token_in_an_issues_title_and_label_reaches_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        token = stage.sandbox.environment["JIRA_API_TOKEN"]
        issue = next(each for each in stage.site.issues if each.key == "PAY-11")
        issue.summary, issue.labels = f"my token {token} leaked", [f"okr:{token}"]

        run = stage.run()
        write_all(report(run), plan_document(run), tmp_path / "out")

        texts = [path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir()]
        assert len(texts) == len(NAMES)
        assert not [text for text in texts if token in text]
        assert any("[secret]" in text for text in texts)


def test_half_an_emoji_in_a_title_keeps_no_report_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        issue = stage.workspace.get(LinearIssue, "GRO-7")
        assert issue is not None
        stage.workspace.change(issue, title="Fix \ud83d emoji", description="OKR: GRO-O1-KR\ud83d")

        run = stage.run()
        write_all(report(run), plan_document(run), tmp_path / "out")

        assert "Fix ? emoji" in (tmp_path / "out" / "report.json").read_text(encoding="utf-8").replace("\ufffd", "?")


@pytest.mark.parametrize("damage", ["a directory's child", "another schema", "no database"])
def test_a_history_that_cannot_be_used_costs_a_note_and_not_the_report(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        if damage == "a directory's child":
            text = stage.sandbox.config.read_text(encoding="utf-8")
            stage.sandbox.config.write_text('history = "config.toml/h.db"\n' + text, encoding="utf-8")
        elif damage == "another schema":
            history = stage.run("plan").config.history
            history.parent.mkdir(parents=True, exist_ok=True)
            import sqlite3

            with sqlite3.connect(history) as connection:
                connection.execute("create table key_result (other text)")
        else:
            history = stage.run("plan").config.history
            history.parent.mkdir(parents=True, exist_ok=True)
            history.write_bytes(b"not a database, whatever its name says" * 100)

        run = stage.run()

        assert run.exit_code == 0
        assert [note for note in report(run).notes if "history" in note]


def test_an_output_that_cannot_be_written_is_told_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "out" / "report.json").mkdir(parents=True)

    for directory in (tmp_path / "file", tmp_path / "out"):
        with pytest.raises(ConfigProblem, match="reports cannot be written"):
            make_ready(directory)
    make_ready(tmp_path / "new")


def test_the_sandbox_overwrites_nothing_that_it_did_not_write(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("# a company's own\n", encoding="utf-8")
    (tmp_path / "okrs").mkdir()
    (tmp_path / "okrs" / "progress.json").write_text("{}", encoding="utf-8")

    with pytest.raises(ConfigProblem, match="no sandbox wrote"):
        serve_sandbox(tmp_path, dump=None, active_sprint=None, now=None, say=lambda _: None)

    assert (tmp_path / "config.toml").read_text(encoding="utf-8") == "# a company's own\n"
    assert (tmp_path / "okrs" / "progress.json").exists()


def test_after_the_last_period_closed_no_flag_is_set_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        stage.run()
        written = len(stage.mutations())

        later = stage.run(at=stage.sandbox.now.replace(year=2027, month=2))

        assert len(stage.mutations()) == written
        assert [note for note in report(later).notes if "no key result is in force" in note]


def test_swapped_targets_find_their_new_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(tmp_path, monkeypatch) as stage:
        stage.run()
        [file] = [each for each in (tmp_path / "okrs").glob("*.toml") if "PAY-O1-KR2" in each.read_text("utf-8")]
        text = file.read_text(encoding="utf-8")
        swapped = (
            text.replace("issue/OKR-2", "issue/X")
            .replace("issue/OKR-3", "issue/OKR-2")
            .replace("issue/X", "issue/OKR-3")
        )
        file.write_text(swapped, encoding="utf-8")

        run = stage.run()
        again = stage.run()

        moved = {c.kr: c.status.value for c in run.plan.changes if c.kr in ("PAY-O1-KR1", "PAY-O1-KR2")}
        assert moved == {"PAY-O1-KR1": "changed", "PAY-O1-KR2": "changed"}
        assert {c.status.value for c in again.plan.changes if c.kr in moved} == {"unchanged"}
        properties = [json.dumps(issue.properties) for issue in stage.site.issues if issue.key == "OKR-2"]
        assert "PAY-O1-KR2" in properties[0]


def test_a_dump_may_find_its_registry_there_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "okrs").mkdir()
    (tmp_path / "okrs" / "progress.json").write_text("{}", encoding="utf-8")

    _make_room(tmp_path, keeps_registry=True)
    with pytest.raises(ConfigProblem, match="no sandbox wrote"):
        _make_room(tmp_path, keeps_registry=False)

    assert (tmp_path / "okrs" / "progress.json").exists()
