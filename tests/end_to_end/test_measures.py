"""Key results measured by a query or an endpoint, in whole runs: what is written, and what a failing source leaves."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from support.json_server import documents
from support.stage import Stage, on_stage

from adapters.sandbox.linear.nodes import Issue as LinearIssue
from adapters.sandbox.server import Call
from mappings.model import Health
from syncer.measures import ENDPOINTS, MEASURES
from syncer.plan import Change, Status
from syncer.report.document import report
from syncer.run import Run

INCIDENTS, ACTIVATION = "PAY-O1-KR2", "GRO-O1-KR1"
BUGS = "project = PAY AND type = Bug AND created >= {period.start}"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The small company; of its two key results that people check in, one asks Jira and one asks Linear."""
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        measure(opened, INCIDENTS, 'measure = { kind = "manual", start = 12, target = 3 }', jira(BUGS))
        wanted = '{ team = { key = { eq = "GRO" } }, createdAt = { gte = "{period.start}" } }'
        measure(opened, ACTIVATION, 'measure = { kind = "manual", start = 31, target = 45 }', linear(wanted))
        yield opened


def jira(jql: str) -> str:
    return f'measure = {{ kind = "query", tracker = "jira-main", jql = "{jql}", start = 0, target = 100 }}'


def linear(wanted: str) -> str:
    return f'measure = {{ kind = "query", tracker = "linear-main", filter = {wanted}, start = 0, target = 100 }}'


def measure(stage: Stage, kr: str, old: str, new: str) -> None:
    """The key result's measure, in the file."""
    [file] = stage.folder.glob("okrs/*.toml")
    before, found, after = file.read_text(encoding="utf-8").partition(f'id = "{kr}"')
    assert found
    assert old in after
    file.write_text(before + found + after.replace(old, new, 1), encoding="utf-8")


def change(run: Run, kr: str) -> Change:
    return next(change for change in run.plan.changes if change.kr == kr)


def asks_for_bugs(call: Call) -> bool:
    return call.operation == "parse_jql"


def test_what_a_query_counts_is_scored_and_written_where_the_key_result_lives(stage: Stage) -> None:
    begins = ZoneInfo("Europe/Zurich")
    bugs = [issue for issue in stage.site.issues if (issue.project, issue.type) == ("PAY", "Bug")]
    bugs = [issue for issue in bugs if issue.created.astimezone(begins).date().isoformat() >= "2026-10-01"]
    grown = [
        issue
        for issue in stage.workspace.all(LinearIssue)
        if issue.team.key == "GRO" and issue.created_at.astimezone(begins).date().isoformat() >= "2026-10-01"
    ]
    assert 0 < len(bugs) < 100
    assert 0 < len(grown) < 100

    run = stage.run()

    assert (change(run, INCIDENTS).status, change(run, INCIDENTS).after) == (
        Status.CHANGED,
        Decimal(len(bugs)) / 100,
    )
    [kept] = stage.folder.glob("okrs/*.json")
    assert json.dumps(float(Decimal(len(bugs)) / 100)) in kept.read_text(encoding="utf-8")
    assert (change(run, ACTIVATION).status, change(run, ACTIVATION).after) == (
        Status.CHANGED,
        Decimal(len(grown)) / 100,
    )
    assert f"({len(bugs)} issues found by `project = PAY AND type = Bug AND " in _because(run, INCIDENTS)
    assert 'created >= "2026-10-01"` in jira-main' in _because(run, INCIDENTS)
    assert run.exit_code == 0

    again = stage.run()
    assert change(again, INCIDENTS).status is Status.UNCHANGED
    assert change(again, ACTIVATION).status is Status.UNCHANGED


def test_the_report_lists_what_was_asked_for_measures_and_how_often(stage: Stage) -> None:
    document = report(stage.run("report"))

    asked = {reading.scope: reading.requests for reading in document.readings if reading.scope.endswith(MEASURES)}
    assert asked == {f"jira-main/{MEASURES}": 2, f"linear-main/{MEASURES}": 1}
    assert document.run.complete


def test_a_plan_asks_the_sources_and_changes_nothing(stage: Stage) -> None:
    before = stage.state()

    run = stage.run("plan")

    assert change(run, INCIDENTS).status is Status.WOULD_CHANGE
    assert sum(map(asks_for_bugs, stage.sandbox.jira.calls)) == 1
    assert stage.mutations() == []
    assert stage.state() == before


def test_a_source_that_fails_leaves_its_key_result_alone_and_the_others_are_written(stage: Stage) -> None:
    stage.sandbox.jira.faults.answer(status=500, when=asks_for_bugs, times=99)

    run = stage.run()

    alone = change(run, INCIDENTS)
    assert (alone.status, alone.after) == (Status.LEFT_ALONE, None)
    assert "could not be taken: Jira failed for now (500)" in _because(run, INCIDENTS)
    assert run.figures.key_results[INCIDENTS].verdict.health is Health.UNKNOWN
    written = {change.kr for change in run.plan.changes if change.status is Status.CHANGED}
    assert written == {"PAY-O1-KR1", ACTIVATION, "GRO-O1-KR2", "GRO-O1-KR4"}
    assert run.exit_code == 1
    [told] = [reading for reading in report(run).readings if reading.problem]
    assert (told.scope, told.problem) == (f"jira-main/{MEASURES}", f"{INCIDENTS}: Jira failed for now (500)")

    stage.sandbox.jira.faults.reset()
    mended = stage.run()
    assert change(mended, INCIDENTS).status is Status.CHANGED
    assert mended.exit_code == 0


def test_a_query_that_the_tracker_refuses_is_told_in_its_words(stage: Stage) -> None:
    measure(stage, INCIDENTS, "type = Bug", "type = Bgu")

    run = stage.run()

    assert "The value 'Bgu' does not exist for the field 'issuetype'" in _because(run, INCIDENTS)
    assert change(run, INCIDENTS).status is Status.LEFT_ALONE
    assert run.exit_code == 1


def test_a_number_behind_an_address_is_held_or_not_and_one_to_come_later_ends_with_75(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATUS_TOKEN", "token-of-the-status-page")
    with documents(uptime={"data": [{"percent": "99.95"}]}) as (app, server):
        hold = f'kind = "hold", keep = "at or above", target = 99.9, url = "{server.url}/uptime?month=11"'
        where = 'pointer = "/data/0/percent", token_env = "STATUS_TOKEN"'
        measure(stage, INCIDENTS, jira(BUGS), f"measure = {{ {hold}, {where} }}")

        run = stage.run()

        assert change(run, INCIDENTS).after == 1
        assert f"/data/0/percent of {server.url}/uptime)" in _because(run, INCIDENTS)
        assert app.headers[0]["Authorization"] == "Bearer token-of-the-status-page"
        assert run.requests[ENDPOINTS] == 1

        server.faults.answer(status=503, headers={"Retry-After": "90000"}, times=9)
        late = stage.run()

    assert change(late, INCIDENTS).status is Status.LEFT_ALONE
    assert late.exit_code == 75


def test_a_registry_cannot_send_a_connection_s_token_to_an_address_of_its_own(stage: Stage) -> None:
    with documents(uptime={"percent": 1}) as (app, server):
        where = f'url = "{server.url}/uptime", pointer = "/percent", token_env = "JIRA_API_TOKEN"'
        measure(stage, INCIDENTS, jira(BUGS), f'measure = {{ kind = "http", start = 0, target = 1, {where} }}')

        run = stage.run("plan")

    assert "JIRA_API_TOKEN is the secret of a connection in the config" in _because(run, INCIDENTS)
    assert app.headers == []
    assert run.exit_code == 1


def _because(run: Run, kr: str) -> str:
    [found] = [each for each in report(run).key_results if each.id == kr]
    return "\n".join(found.because)
