"""`okrsync rollover` on the made-up company, in the quarter after its own."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from end_to_end.test_command import okrsync
from support.stage import Stage, on_stage

from adapters.history import History
from adapters.sandbox.linear.nodes import Issue as LinearIssue
from adapters.sandbox.linear.nodes import IssueLabel
from mappings.linking import Class
from syncer.commands.mid_period import rollover
from syncer.config import load
from syncer.labels import provide_labels
from syncer.plan import Status
from syncer.report.rollover import rollover_json, rollover_text
from syncer.rollover import Move, RolloverRun, roll_over

IN_FEBRUARY = datetime(2027, 2, 1, 12, tzinfo=UTC)
IN_JANUARY = datetime(2027, 1, 10, 12, tzinfo=UTC)
NEXT = """\
[period]
id = "2027-Q1"
start = 2027-01-01
end = 2027-03-31

[[objectives]]
id = "PAY-O2"
title = "Checkout never lets a customer down"
team = "payments"

[[objectives.key_results]]
id = "PAY-O2-KR1"
title = "Every card payment survives one provider's outage"
measure = { kind = "delivery" }

[[objectives.key_results]]
id = "PAY-O2-KR2"
title = "Cut P1 incidents from 3 to 1 a quarter"
measure = { kind = "delivery" }

[[objectives]]
id = "GRO-O2"
title = "New customers stay"
team = "growth"

[[objectives.key_results]]
id = "GRO-O2-KR1"
title = "Tips show up inside the product where they help"
measure = { kind = "delivery" }
"""


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        (opened.folder / "okrs" / "2027-Q1.toml").write_text(NEXT, encoding="utf-8")
        yield opened


def rolled(stage: Stage, *, at: datetime = IN_FEBRUARY, applies: bool = False, **options: str) -> RolloverRun:
    return roll_over(*load(stage.sandbox.config), at=at, applies=applies, **options)


def move(run: RolloverRun, key: str) -> Move:
    return next(move for move in run.moves if move.tags[0].issue.key == key)


def jira_labels(stage: Stage, key: str) -> list[str]:
    issue = stage.site.issue(key)
    assert issue is not None
    return sorted(issue.labels)


def linear_labels(stage: Stage, key: str) -> list[str]:
    issue = stage.workspace.get(LinearIssue, key)
    assert issue is not None
    return sorted(label.name for label in issue.labels)


def with_tag_labels(stage: Stage) -> None:
    """`okrsync labels --apply` has offered the new tags in Linear."""
    provide_labels(*load(stage.sandbox.config), at=IN_FEBRUARY, applies=True)
    assert any("GRO-O2-KR1" in label.name for label in stage.workspace.all(IssueLabel))


def test_a_plan_names_the_new_tag_of_each_open_issue_and_sends_no_change(stage: Stage) -> None:
    run = rolled(stage)

    assert stage.mutations() == []
    epic, retired = move(run, "PAY-1"), move(run, "PAY-6")
    several = [each.tags[0] for each in run.moves if each.tags[0].issue.key == "PAY-4"]
    assert (epic.status, epic.tags[0].because) == (Status.WOULD_CHANGE, "it has the same title")
    assert [tag.new.id for tag in several if tag.new] == ["PAY-O2-KR1", "PAY-O2-KR2"]
    assert several[1].because == 'its title is nearest: "Cut P1 incidents from 3 to 1 a quarter"'
    assert retired.status is Status.LEFT_ALONE
    assert retired.reason.startswith("PAY-O1-KR5 was retired")
    assert not {"PAY-3", "PAY-5", "GRO-4"} & {each.tags[0].issue.key for each in run.moves}


def test_labels_are_moved_once_and_everything_else_on_the_issues_survives(stage: Stage) -> None:
    with_tag_labels(stage)

    done = rolled(stage, applies=True)
    written = len(stage.mutations())
    again = rolled(stage, applies=True)

    assert done.exit_code == 0
    assert jira_labels(stage, "PAY-1") == ["okr:PAY-O2-KR1"]
    assert jira_labels(stage, "PAY-4") == ["okr:PAY-O2-KR1", "okr:PAY-O2-KR2", "resilience"]
    assert jira_labels(stage, "PAY-3") == ["okr:pay_o1_kr1"]
    assert linear_labels(stage, "GRO-14") == ["okr:GRO-O2-KR1"]
    assert linear_labels(stage, "GRO-3") == ["okr:GRO-O2-KR1"]
    assert {move.status for move in again.moves} == {Status.LEFT_ALONE}
    assert len(stage.mutations()) == written
    linked = stage.run("plan", at=IN_FEBRUARY).figures.linked.values()
    assert {found.kind for found in linked if found.issue.key in ("PAY-1", "PAY-4", "GRO-14")} == {Class.ALIGNED}


def test_a_tag_that_a_person_took_back_is_theirs(stage: Stage) -> None:
    rolled(stage, applies=True)
    issue = stage.site.issue("PAY-1")
    assert issue is not None
    stage.site.remove_label(issue, "okr:PAY-O2-KR1")
    stage.site.add_label(issue, "okr:PAY-O1-KR1")

    again = rolled(stage, applies=True)

    assert move(again, "PAY-1").reason == "it was moved before, and a person changed that"
    assert jira_labels(stage, "PAY-1") == ["okr:PAY-O1-KR1"]


def test_while_final_values_may_come_only_a_named_period_is_moved(stage: Stage) -> None:
    waiting = rolled(stage, at=IN_JANUARY, applies=True)
    named = rolled(stage, at=IN_JANUARY, of="2026-Q4", to="2027-Q1")

    assert waiting.moves == ()
    assert any(note.startswith("2026-Q4 takes final values until 15 Jan 2027") for note in waiting.notes)
    assert stage.mutations() == []
    assert move(named, "PAY-1").status is Status.WOULD_CHANGE


def test_a_tracker_that_cannot_be_read_is_told_and_the_others_issues_go_on(stage: Stage) -> None:
    stage.sandbox.linear.faults.answer(status=403, body=b"{}", times=99)

    run = rolled(stage, applies=True)

    assert [unread.what for unread in run.unread] == ["linear-main/growth"]
    assert jira_labels(stage, "PAY-1") == ["okr:PAY-O2-KR1"]
    assert run.exit_code == 1


def test_the_command_changes_labels_and_the_audit_keeps_each_of_them(stage: Stage) -> None:
    at = ("--at", "2027-02-01", "--config", stage.sandbox.config)

    applied = okrsync("rollover", "--apply", *at)

    assert (applied.returncode, jira_labels(stage, "PAY-1")) == (0, ["okr:PAY-O2-KR1"])
    assert "Tagged anew: " in applied.stdout
    assert "    PAY-O1-KR1 -> PAY-O2-KR1: it has the same title\n    okr:PAY-O1-KR1 -> okr:PAY-O2-KR1" in applied.stdout
    config, _ = load(stage.sandbox.config)
    kept = {(it.before, it.after, it.status) for it in History(config.history, config.history_url_env).writes()}
    assert ("okr:PAY-O1-KR1", "okr:PAY-O2-KR1", "changed") in kept


def test_a_period_that_has_not_ended_is_refused_before_anything_is_read(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as left:
        rollover(stage.sandbox.config, at=IN_FEBRUARY, of="2027-Q1")

    assert left.value.exit_code == 2
    said = "2027-Q1 has not ended: its last day is 2027-03-31. Nothing was read or written.\n"
    assert capsys.readouterr().err.startswith(said)
    assert [call for server in stage.sandbox.servers for call in server.calls] == []


def test_the_plan_is_text_for_people_and_data_for_scripts(stage: Stage) -> None:
    issue = stage.site.issue("PAY-1")
    assert issue is not None
    stage.site.set_field(issue, "summary", "Fail over \u202e now")

    run = rolled(stage)

    assert "  PAY-1  Fail over  now\n" in rollover_text(run)
    assert rollover_text(run).endswith("okrsync rollover --apply changes 3 tags.")
    first = next(row for row in json.loads(rollover_json(run))["moves"] if row["key"] == "PAY-1")
    assert (first["old"], first["new"], first["labels"]) == (["PAY-O1-KR1"], "PAY-O2-KR1", ["okr:PAY-O1-KR1"])
    assert (first["status"], first["label"], first["place"]) == ("would-change", "okr:PAY-O2-KR1", "label")
    assert rollover_text(RolloverRun(applies=False)).startswith("No open issue that was read names")
