"""`okrsync labels` against both sandboxes: what it shows, makes and says, and that stopping it does no harm."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from requests.adapters import HTTPAdapter
from support.stage import Stage, on_stage

from adapters.retry import Deadline
from adapters.sandbox.linear.nodes import Issue, IssueLabel, Team
from adapters.sandbox.linear.workspace import Workspace
from mappings.tag_cards import CardLine, TagCard
from syncer.config import load
from syncer.labels import LabelRun, cards_of, provide_labels, team_named
from syncer.plan import Status
from syncer.report.document import report
from syncer.report.html import to_html
from syncer.report.schema import schema_text, to_json
from syncer.report.tag_labels import cards_markdown, labels_json, labels_text


def set_up(workspace: Workspace) -> None:
    """One label of each kind: respelled, of a retired key result that no issue carries, and of a live one retired."""
    for label in workspace.all(IssueLabel):
        if label.name in ("okr:GRO-O1-KR2", "okr:GRO-O1-KR1"):
            workspace.delete(label)
    workspace.add(IssueLabel(name="okr:gro_o1_kr2"))
    workspace.add(IssueLabel(name="okr:PAY-O1-KR5"))
    for label in workspace.all(IssueLabel):
        if label.name == "okr:GRO-O1-KR4":
            workspace.change(label, retired_at=workspace.now)
    for label in workspace.all(IssueLabel):
        if label.is_group:
            for child in [it for it in workspace.all(IssueLabel) if it.parent is label]:
                for issue in workspace.all(Issue):
                    workspace.change(issue, labels=[it for it in issue.labels if it is not child])
                workspace.delete(child)
            workspace.delete(label)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        set_up(opened.workspace)
        yield opened


def provided(stage: Stage, *, applies: bool = True, **options: Any) -> LabelRun:
    config, registry = load(stage.sandbox.config)
    deadline = Deadline(config.deadline_seconds, sleep=lambda _: None)
    return provide_labels(config, registry, at=stage.sandbox.now, applies=applies, deadline=deadline, **options)


def said(run: LabelRun, status: Status) -> list[str]:
    return [f"{step.change.action} {step.change.label}" for step in run.steps if step.status is status]


def configured(stage: Stage, line: str) -> None:
    config = stage.sandbox.config
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('kind = "linear"', f'kind = "linear"\n{line}'), encoding="utf-8")


EVERYTHING = [
    "seed okr:PAY-O1-KR1",
    "create okr:GRO-O1-KR1",
    "rename okr:GRO-O1-KR2",
    "restore okr:GRO-O1-KR4",
    "describe okr:GRO-O1-KR4",
    "archive okr:PAY-O1-KR5",
]


def test_without_apply_everything_is_shown_and_nothing_is_sent(stage: Stage) -> None:
    run = provided(stage, applies=False)

    assert said(run, Status.WOULD_CHANGE) == EVERYTHING
    assert stage.mutations() == []
    assert run.exit_code == 0
    text = labels_text(run)
    assert "rename okr:gro_o1_kr2 to okr:GRO-O1-KR2 (linear-main, workspace)" in text
    assert "okrsync labels --apply" in text


def test_with_apply_it_is_made_and_a_second_time_there_is_nothing_to_do(stage: Stage) -> None:
    first = provided(stage)
    sent = len(stage.mutations())
    second = provided(stage)

    assert said(first, Status.CHANGED) == EVERYTHING
    assert sent == len(EVERYTHING)
    assert len(stage.mutations()) == sent
    assert said(second, Status.WOULD_CHANGE) + said(second, Status.CHANGED) == []
    issue = stage.site.issue("OKR-2")
    assert issue is not None and "okr:PAY-O1-KR1" in issue.labels


def test_a_replaced_key_results_label_stays_while_open_issues_carry_it_and_they_are_named(stage: Stage) -> None:
    [kept] = [step for step in provided(stage).steps if step.status is Status.LEFT_ALONE]

    assert kept.change.label == "okr:GRO-O1-KR3"
    assert kept.reason == "GRO-O1-KR3 was replaced on 2026-11-02, and open issues carry it: GRO-3"


def test_spellings_in_use_that_match_no_key_result_are_told_with_what_was_meant(stage: Stage) -> None:
    found = {(it.tracker, it.text): it for it in provided(stage, applies=False).spellings}

    assert found["jira-main", "okr:PAY-O1-KR11"].keys == ("PAY-2",)
    assert found["jira-main", "okr:PAY-O1-KR11"].suggestion == "PAY-O1-KR1"
    assert found["linear-main", "okr:GR0-O1-KR2"].suggestion == "GRO-O1-KR2"


def test_a_team_has_its_own_labels_alone(stage: Stage) -> None:
    run = provided(stage, applies=False, team="payments")

    assert said(run, Status.WOULD_CHANGE) == ["seed okr:PAY-O1-KR1", "archive okr:PAY-O1-KR5"]
    assert [card.team for card in run.cards] == ["payments"]


def test_labels_by_team_are_the_teams(stage: Stage) -> None:
    configured(stage, 'labels = "team"')
    provided(stage)

    [label] = [it for it in stage.workspace.all(IssueLabel) if it.name == "okr:GRO-O1-KR1"]
    assert label.team is stage.workspace.all(Team)[0]
    assert said(provided(stage), Status.CHANGED) == []


def test_labels_in_a_group_are_made_with_the_group_and_the_limit_is_said(stage: Stage) -> None:
    configured(stage, "labels_in_group = true")
    run = provided(stage)

    [label] = [it for it in stage.workspace.all(IssueLabel) if it.name == "GRO-O1-KR1"]
    assert label.parent is not None and label.parent.name == "okr"
    assert any("an issue takes one label of the group okr" in note for note in run.notes)
    assert said(provided(stage), Status.CHANGED) == []


def test_a_tracker_that_fails_is_told_and_the_other_goes_on(stage: Stage) -> None:
    assert stage.sandbox.linear is not None
    stage.sandbox.linear.faults.answer(status=401, body=b"{}", when=lambda call: "OkrTagLabels" in call.request)

    run = provided(stage)

    assert run.exit_code == 1
    assert [unread.what for unread in run.unread] == ["labels of linear-main"]
    assert said(run, Status.CHANGED) == ["seed okr:PAY-O1-KR1"]
    assert "NOT READ  labels of linear-main" in labels_text(run)


def test_a_refused_label_is_told_and_the_others_are_made(stage: Stage) -> None:
    assert stage.sandbox.linear is not None
    body = b'{"errors":[{"message":"No","extensions":{"code":"INPUT_ERROR"}}],"data":null}'
    stage.sandbox.linear.faults.answer(status=400, body=body, when=lambda call: call.operation == "issueLabelCreate")

    run = provided(stage)

    assert run.exit_code == 1
    assert said(run, Status.FAILED) == ["create okr:GRO-O1-KR1"]
    assert len(said(run, Status.CHANGED)) == len(EVERYTHING) - 1


def test_a_data_centers_key_result_issues_are_seeded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1, data_center=True) as stage:
        first, second = provided(stage, team="payments"), provided(stage, team="payments")

        issue = stage.site.issue("OKR-2")
        assert issue is not None and "okr:PAY-O1-KR1" in issue.labels
        assert said(first, Status.CHANGED)[:1] == ["seed okr:PAY-O1-KR1"]
        assert said(second, Status.CHANGED) == []


class Stopped(BaseException):
    """The process is gone: nothing catches this."""


def stop_at(number: int, monkeypatch: pytest.MonkeyPatch, *, applied: bool) -> None:
    """The process ends at its `number`-th request: before it is sent, or when the server has applied it."""
    sent: list[int] = []
    original = HTTPAdapter.send

    def send(self: HTTPAdapter, *args: object, **options: object) -> object:
        sent.append(len(sent) + 1)
        if len(sent) < number:
            return original(self, *args, **options)  # type: ignore[arg-type]
        if applied and len(sent) == number:
            original(self, *args, **options)  # type: ignore[arg-type]
        raise Stopped

    monkeypatch.setattr(HTTPAdapter, "send", send)


@pytest.mark.parametrize("applied", [False, True], ids=["before-it-is-applied", "applied-but-unanswered"])
@pytest.mark.parametrize("line", ["", "labels_in_group = true"], ids=["flat", "in-a-group"])
def test_stopped_at_any_request_and_run_again_ends_as_if_undisturbed(applied: bool, line: str, tmp_path: Path) -> None:
    def ended(folder: str, number: int | None) -> tuple[str, int]:
        with (
            pytest.MonkeyPatch.context() as monkeypatch,
            on_stage(tmp_path / folder, monkeypatch, size=0.1) as stage,
        ):
            set_up(stage.workspace)
            if line:
                configured(stage, line)
            team = "growth" if line else ""  # nothing of a group is in Jira
            if number is not None:
                with pytest.MonkeyPatch.context() as inner:
                    stop_at(number, inner, applied=applied)
                    with pytest.raises(Stopped):
                        provided(stage, team=team)
            assert provided(stage, team=team).exit_code == 0
            calls = sum(len(server.calls) for server in stage.sandbox.servers)
            return json.dumps(stage.state(), sort_keys=True), calls

    wanted, requests = ended("undisturbed", None)
    assert requests > 8
    for number in range(1, requests + 1):
        assert ended(f"stopped-{number}", number)[0] == wanted, number


def test_json_has_the_changes_the_spellings_and_the_cards(stage: Stage) -> None:
    document = json.loads(labels_json(provided(stage, applies=False)))

    assert document["mode"] == "plan" and document["complete"]
    assert document["changes"][1] == {
        "tracker": "linear-main",
        "action": "create",
        "kr": "GRO-O1-KR1",
        "label": "okr:GRO-O1-KR1",
        "before": None,
        "team": None,
        "group": None,
        "is_group": False,
        "issue": None,
        "description": "Key result: Lift first-week activation from 31 to 45 of a hundred",
        "status": "would-change",
        "reason": None,
    }
    assert {card["team"] for card in document["tag_cards"]} == {"growth", "payments"}


def test_a_card_is_markdown_that_no_title_breaks() -> None:
    card = TagCard(
        team="t",
        name="A | B",
        key_results=(CardLine(id="K", title="x | <b>", tag="okr:K"), CardLine(id="`", title="y", tag="okr:`|")),
    )

    text = cards_markdown([card])

    assert "## Tags of A \\| B" in text
    assert "| x \\| \\<b\\> | `okr:K` |" in text
    assert "`okr:`" not in text


def test_the_card_needs_no_tracker(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in stage.sandbox.environment:
        monkeypatch.delenv(name)
    config, registry = load(stage.sandbox.config)

    [card] = cards_of(config, registry, stage.sandbox.now, team_named("Payments", config, registry) or "")

    assert [line.tag for line in card.key_results] == ["okr:PAY-O1-KR1", "okr:PAY-O1-KR2"]
    assert all(not server.calls for server in stage.sandbox.servers)


def test_the_report_and_its_page_carry_the_cards(stage: Stage) -> None:
    document = report(stage.run("report"))
    page = to_html(document)

    jsonschema.validate(json.loads(to_json(document)), json.loads(schema_text("report.schema.json")))
    assert {card.team for card in document.tag_cards} == {"growth", "payments"}
    assert '<code class="copied">okr:PAY-O1-KR1</code>' in page


def okrsync(stage: Stage, *arguments: str) -> subprocess.CompletedProcess[str]:
    day = stage.sandbox.now.date().isoformat()
    return subprocess.run(
        [sys.executable, "-c", "from syncer.cli import main; main()", "labels", "--at", day, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"OKRSYNC_CONFIG": str(stage.sandbox.config)},
        cwd=Path(__file__).parents[3],
    )


def test_the_command_plans_applies_and_prints_a_card(stage: Stage) -> None:
    planned, made = okrsync(stage), okrsync(stage, "--apply", "--format", "json")
    card = okrsync(stage, "--format", "markdown", "--team", "growth")

    assert (planned.returncode, made.returncode, card.returncode) == (0, 0, 0)
    assert "Would change: 6" in planned.stdout
    assert [change["status"] for change in json.loads(made.stdout)["changes"]].count("changed") == 6
    assert card.stdout.startswith("## Tags of Growth")


@pytest.mark.parametrize("arguments", [("--team", "nobody"), ("--apply", "--format", "markdown")])
def test_what_cannot_be_meant_is_refused_before_anything_is_read(stage: Stage, arguments: tuple[str, ...]) -> None:
    done = okrsync(stage, *arguments)

    assert done.returncode == 2
    assert "Try: okrsync labels" in done.stderr
    assert all(not server.calls for server in stage.sandbox.servers)
