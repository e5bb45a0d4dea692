import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from support.builders import a_scope

from adapters.errors import RejectedWrite, Unreadable, WriteRefused
from adapters.progress_file import ProgressFile, is_tracked
from mappings.targets import FlagWrite, Ledger, ProgressWrite, Standing, Target

TARGET = Target("", "file", "PAY-O1-KR1")
SLOT = datetime(2026, 11, 16, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "okrs" / "progress.json"


def a_file(path, *, may_write=True):
    return ProgressFile(path, may_write=may_write)


def standing(path, target=TARGET):
    return a_file(path).read_standings([(target, target.id)], slot=SLOT)[target]


def a_write(expected, value="0.47", **changes):
    ledger = Ledger(kr=TARGET.id, value=Decimal(value), scopes=("jira/payments",), said="abc")
    defaults = {"target": TARGET, "kr": TARGET.id, "expected": expected, "value": Decimal(value), "health": None}
    return ProgressWrite(**{**defaults, "ledger": ledger, **changes})


def write(path, value="0.47", **changes):
    return a_file(path).write_progress(a_write(standing(path), value, **changes))


def edit(path, change):
    found = json.loads(path.read_text())
    change(found)
    path.write_text(json.dumps(found))


def test_where_there_is_no_file_nothing_stands(path):
    assert standing(path) == Standing(target=TARGET)


def test_a_write_shows_in_the_next_standing_and_in_the_file(path):
    assert write(path).status == "changed"

    assert standing(path).value == Decimal("0.47")
    assert standing(path).ledger == a_write(None).ledger
    assert path.read_text() == (
        '{\n  "PAY-O1-KR1": {\n    "ledger": {\n      "said": "abc",\n      "scopes": [\n        "jira/payments"\n'
        '      ],\n      "value": "0.47"\n    },\n    "value": "0.47"\n  }\n}\n'
    )
    assert [each.name for each in path.parent.iterdir()] == ["progress.json"]


def test_the_same_write_again_is_unchanged_and_touches_nothing(path):
    write(path)
    before = path.stat().st_mtime_ns

    assert write(path).status == "unchanged"
    assert path.stat().st_mtime_ns == before


def test_a_value_that_a_person_edits_is_seen_and_left_alone(path):
    write(path)
    planned = a_write(standing(path), "0.60")
    edit(path, lambda found: found["PAY-O1-KR1"].update(value=0.55))

    assert standing(path).value == Decimal("0.55")
    assert standing(path).ledger.value == Decimal("0.47")
    assert a_file(path).write_progress(planned).status == "left-alone"
    assert standing(path).value == Decimal("0.55")


@pytest.mark.parametrize("cleared", ["", None])
def test_a_value_that_a_person_clears_is_given_back(path, cleared):
    write(path)
    edit(path, lambda found: found["PAY-O1-KR1"].update(value=cleared))

    assert standing(path).value is None
    assert write(path, "0.60").status == "changed"
    assert standing(path).value == Decimal("0.60")


def test_the_ledger_alone_can_be_written(path):
    path.parent.mkdir()
    path.write_text('{"PAY-O1-KR1": {"value": "0.55"}}')

    assert a_file(path).write_progress(replace(a_write(standing(path), "0.55"), value=None)).status == "changed"
    assert (standing(path).value, standing(path).ledger.value) == (Decimal("0.55"), Decimal("0.55"))


def test_other_entries_and_what_people_added_to_them_survive(path):
    path.parent.mkdir()
    path.write_text('{"A": {"value": 0.10, "note": "kept"}}')
    write(path)

    found = json.loads(path.read_text())
    assert list(found) == ["A", "PAY-O1-KR1"]
    assert found["A"]["note"] == "kept"
    assert standing(path, Target("", "file", "A")).value == Decimal("0.10")


@pytest.mark.parametrize("content", ["{", "[]", "\xff"])
def test_a_file_that_is_not_ours_to_read_is_a_problem_and_is_not_overwritten(path, content):
    path.parent.mkdir()
    path.write_text(content, encoding="latin-1")

    assert "progress.json" in standing(path).problem
    with pytest.raises(Unreadable):
        a_file(path).write_progress(a_write(Standing(target=TARGET)))
    assert path.read_text(encoding="latin-1") == content


@pytest.mark.parametrize(
    "entry", ['"0.4"', '{"value": "a lot"}', '{"value": true}', '{"value": "NaN"}', '{"ledger": 1}']
)
def test_an_entry_that_is_none_is_a_problem_of_its_key_result_alone(path, entry):
    path.parent.mkdir()
    path.write_text(f'{{"PAY-O1-KR1": {entry}, "A": {{"value": "0.10"}}}}')

    assert standing(path).problem
    assert standing(path, Target("", "file", "A")).problem is None
    with pytest.raises(Unreadable):
        a_file(path).write_progress(a_write(Standing(target=TARGET)))


def test_a_run_that_may_only_read_writes_nothing(path):
    with pytest.raises(WriteRefused):
        a_file(path, may_write=False).write_progress(a_write(Standing(target=TARGET)))
    assert not path.exists()


def test_a_failed_replacement_leaves_the_old_file_and_no_other(path, monkeypatch):
    write(path)
    before = path.read_text()
    planned = a_write(standing(path), "0.60")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "disk full")))

    with pytest.raises(RejectedWrite, match=r"progress.json could not be written: disk full"):
        a_file(path).write_progress(planned)
    assert path.read_text() == before
    assert [each.name for each in path.parent.iterdir()] == ["progress.json"]


def test_a_file_holds_no_issues_and_takes_no_flags(path):
    file = a_file(path)
    flag = FlagWrite(tracker="", key="A-1", id="1", label="x", action="add", sprint="7")

    assert file.read(a_scope(), since=SLOT).issues == ()
    with pytest.raises(RejectedWrite):
        file.write_flag(flag)
    file.close()


def test_git_is_asked_by_its_index_and_never_run(tmp_path: Path) -> None:
    file = tmp_path / "okrs" / "progress.json"
    file.parent.mkdir()
    file.write_text("{}", encoding="utf-8")
    assert not is_tracked(file), "no repository"

    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    assert not is_tracked(file), "not added"

    subprocess.run(["git", "-C", str(tmp_path), "add", "okrs/progress.json"], check=True)
    assert is_tracked(file)
