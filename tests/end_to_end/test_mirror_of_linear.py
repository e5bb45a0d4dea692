"""Linear and its mirror through whole runs: what changed is read, and a lost mirror costs requests alone."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.stage import Stage, on_stage

from adapters.linear.incremental import OVERLAP
from adapters.sandbox.linear.app import LinearApp
from adapters.sandbox.linear.nodes import Issue
from mappings.model import State
from syncer.run import Run


class Watched:
    """A company, and what its Linear answers."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        [self.server] = [server for server in stage.sandbox.servers if isinstance(server.app, LinearApp)]
        self.rows: list[str] = []
        """Identifiers of the issues in the answers since `run` began."""
        self.written = 0
        self._serve = self.server.app.handle
        self.server.app.handle = self._note  # type: ignore[method-assign]

    def _note(self, request):  # type: ignore[no-untyped-def]
        answer = self._serve(request)
        if b"OkrIssuesPage" in request.get_data():
            self.rows += [row["identifier"] for row in json.loads(answer.get_data())["data"]["rows"]["nodes"]]
        return answer

    def run(self, minutes: int = 10) -> Run:
        """A sync some minutes after the one before; it must go well."""
        self.stage.workspace.now += timedelta(minutes=minutes)
        self.rows.clear()
        for server in self.stage.sandbox.servers:
            server.reset()
        run = self.stage.run()
        assert run.exit_code == 0
        self.written = len(self.stage.mutations())
        return run

    def since(self, moment: datetime) -> set[str]:
        """Identifiers of the issues that changed then or later; a reading overlaps the one before by two minutes."""
        return {it.identifier for it in self.stage.workspace.all(Issue) if it.updated_at >= moment - OVERLAP}

    @property
    def newest(self) -> datetime:
        """The moment of the last change."""
        return max(it.updated_at for it in self.stage.workspace.all(Issue))

    @property
    def requests(self) -> int:
        return len(self.server.calls)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        stage.leave_jira_out(lambda objective: 'id = "GRO-O1"' in objective)
        yield Watched(stage)


def open_work(watched: Watched, run: Run) -> str:
    """The key of an issue whose end moves the score of GRO-O1-KR2, which is written to its project."""
    lines = run.figures.key_results["GRO-O1-KR2"].delivery.lines
    return next(line.issue.key for line in lines if line.issue.state is State.OPEN)


def figures(run: Run) -> object:
    return {kr: (found.score, found.delivery.share) for kr, found in run.figures.key_results.items()}


def asked_of_the_scope(watched: Watched) -> list[str]:
    """What was asked to read the scope: not what stands at the targets, and not check-ins."""
    asked_of_targets = {"comments", "issue", "project", "initiative", "projectUpdates", "initiativeUpdates"}
    return sorted(call.operation for call in watched.server.calls if call.operation not in asked_of_targets)


def changed(run: Run) -> set[str]:
    return {change.kr for change in run.plan.changes if change.status == "changed"}


def test_the_second_run_reads_only_what_changed_and_writes_nothing(watched: Watched) -> None:
    before = watched.newest
    first = watched.run()
    everything, asked = set(watched.rows), watched.requests
    assert everything == watched.since(datetime.min.replace(tzinfo=UTC) + OVERLAP)
    assert watched.written > 0

    again = watched.run()

    assert set(watched.rows) == watched.since(before) < everything, "what the first run wrote, and nothing older"
    assert watched.written == 0
    assert watched.requests < asked
    assert asked_of_the_scope(watched) == [
        "attachmentsForURL",
        "cycle",
        "issueLabels+projects+initiatives",
        "issues",
        "issues",
        "issues+cycles",
        "viewer+organization+teams+initiativeToProjects+attachments",
    ]
    assert figures(again) == figures(first)


def test_what_a_person_changes_is_read_and_written_by_the_next_run(watched: Watched) -> None:
    watched.run()
    key = open_work(watched, watched.run())
    before = watched.newest
    watched.stage.workspace.now += timedelta(minutes=10)
    watched.stage.finish("linear-main", key)

    run = watched.run()

    assert set(watched.rows) == watched.since(before)
    assert key in watched.rows
    assert "GRO-O1-KR2" in changed(run)
    assert watched.written > 0
    assert next(it for it in run.figures.linked.values() if it.issue.key == key).issue.state is State.DONE

    assert changed(watched.run()) == set()
    assert watched.written == 0


def test_a_mirror_that_was_deleted_costs_requests_and_nothing_else(watched: Watched) -> None:
    watched.run()
    before = watched.run()
    assert before.config.mirror is not None
    quiet, everything = len(watched.rows), len(watched.stage.workspace.all(Issue))
    before.config.mirror.unlink()

    again = watched.run()

    assert len(watched.rows) == everything > quiet
    assert watched.written == 0
    assert figures(again) == figures(before)


def test_a_mirror_that_was_deleted_hides_no_change(watched: Watched) -> None:
    run = watched.run()
    assert run.config.mirror is not None
    run.config.mirror.unlink()
    watched.stage.finish("linear-main", open_work(watched, run))

    assert "GRO-O1-KR2" in changed(watched.run())
    assert changed(watched.run()) == set()
