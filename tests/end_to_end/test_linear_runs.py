"""Whole runs against Linear: its quota is left to people, and what moved still answers to its old identifier."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.stage import Stage, on_stage

from adapters.sandbox.linear.app import LinearApp
from adapters.sandbox.linear.nodes import Issue, Team, WorkflowState
from syncer.explain import explain


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        opened.leave_jira_out(lambda objective: 'id = "GRO-O1"' in objective)
        yield opened


@pytest.mark.parametrize("bucket", ["requests", "complexity"])
def test_a_run_that_would_eat_into_peoples_quota_ends_with_75_and_the_next_one_does_its_work(
    stage: Stage, bucket: str
) -> None:
    [server] = [server for server in stage.sandbox.servers if isinstance(server.app, LinearApp)]
    assert isinstance(server.app, LinearApp)
    quota = getattr(server.app.quota, bucket)
    quota.clock = lambda: 0.0
    quota.remaining = quota.limit / 10 + 5_000 * (bucket == "complexity")

    late = stage.run()

    assert late.exit_code == 75
    assert stage.mutations() == []
    assert quota.remaining > quota.limit * 0.09
    assert any("the last tenth is kept for the people" in (it.problem or "") for it in late.figures.readings)

    quota.remaining = quota.limit

    assert stage.run().exit_code == 0
    assert stage.mutations()


def test_a_moved_issue_explains_itself_by_its_old_identifier(stage: Stage) -> None:
    workspace = stage.workspace
    moved = workspace.all(Issue)[3]
    old = moved.identifier
    other = workspace.add(Team(key="NEW", name="New"))
    workspace.move(moved, other, workspace.add(WorkflowState(team=other, name="Todo", type="unstarted")))
    config = stage.sandbox.config
    config.write_text(config.read_text("utf-8").replace('teams = ["GRO"]', 'teams = ["GRO", "NEW"]'), "utf-8")

    found = explain(stage.run("plan"), old)

    assert found is not None
    assert moved.identifier == "NEW-1"
    assert found.subject == f"NEW-1: {moved.title}"
    assert found == explain(stage.run("plan"), "NEW-1")


def test_issues_of_a_renamed_team_explain_themselves_by_their_old_identifiers(stage: Stage) -> None:
    issue = stage.workspace.all(Issue)[3]
    old = issue.identifier
    stage.workspace.rename_team(issue.team, "GROW")

    run = stage.run("plan")

    found = explain(run, old)
    assert found is not None
    assert found.subject.startswith("GROW-")
    assert any('change teams = ["GROW"]' in note for reading in run.figures.readings for note in reading.notes)
