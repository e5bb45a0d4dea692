"""Scopes and sprints in a whole run: the next sprint, a kanban team, a team by a query, a renamed project."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.stage import Stage, on_stage

from syncer.report import schema
from syncer.report.document import report
from syncer.report.html import to_html
from syncer.report.markdown import to_markdown
from syncer.run import Run


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def sprints(run: Run) -> dict[str, schema.ReportSprint]:
    return {sprint.id: sprint for sprint in report(run).sprints}


def reconfigure(stage: Stage, old: str, new: str) -> None:
    text = stage.sandbox.config.read_text(encoding="utf-8")
    assert old in text
    stage.sandbox.config.write_text(text.replace(old, new), encoding="utf-8")


def test_the_next_sprint_is_shown_in_place_of_the_active_and_the_plan_stays_the_same(stage: Stage) -> None:
    usual, following = stage.run("plan"), stage.run("plan", next_sprint=True)

    assert {sprint.state for sprint in sprints(usual).values()} == {"active"}
    assert {sprint.state for sprint in sprints(following).values()} == {"future"}
    assert following.plan == usual.plan


def test_planned_added_and_carried_over_add_up_and_stand_on_every_face(stage: Stage) -> None:
    run = stage.run("report")
    document = report(run)

    known = [sprint for sprint in document.sprints if sprint.issues_by_entry is not None]
    assert known
    for sprint in known:
        assert sprint.issues_by_entry is not None
        assert sum(sprint.issues_by_entry.model_dump().values()) == sprint.issues.total
        assert all(sprint.issues_by_entry.model_dump().values()), "each of the three is there, in both trackers"
    (counts,) = {sprint.issues_by_entry for sprint in known[:1]}
    assert counts is not None
    line = f"{counts.planned} planned, {counts.added} added, {counts.carried} carried over"
    assert line in to_html(document)
    assert line in to_markdown(document)


def test_requests_are_listed_apart_and_add_up(stage: Stage) -> None:
    readings = [reading for reading in report(stage.run("report")).readings if reading.kind == "jira"]

    assert all(sum(reading.requests_by.values()) == reading.requests for reading in readings)
    assert any(reading.requests_by.get("sprint history") for reading in readings)


def test_a_kanban_team_has_a_row_of_its_last_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(tmp_path, monkeypatch) as stage:
        found = [sprint for sprint in sprints(stage.run("report")).values() if sprint.is_window]

    assert [(sprint.id.split("/")[1], sprint.team) for sprint in found] == [("last-14-days", "support")]
    assert found[0].name.endswith(", last 14 days")
    assert found[0].issues.total > 0
    assert found[0].issues_by_entry is None


def test_the_work_of_a_renamed_project_stays_its_team_s_and_the_report_says_what_to_change(stage: Stage) -> None:
    before = stage.run("report")
    project = stage.site.project("PAY")
    assert project is not None
    stage.site.rename_project(project, "PMT")

    after = stage.run("report")

    assert any(note.startswith("project PAY is now called PMT: change projects = [") for note in report(after).notes)
    assert {team.key: team.issues for team in report(after).teams} == {
        team.key: team.issues for team in report(before).teams
    }
    assert {kr: found.delivery.share for kr, found in after.figures.key_results.items()} == {
        kr: found.delivery.share for kr, found in before.figures.key_results.items()
    }


def test_a_team_by_a_query_alone_has_what_the_query_reads(stage: Stage) -> None:
    reconfigure(stage, 'projects = ["PAY"]', 'jql = "project = PAY AND created <= {period.end} ORDER BY created DESC"')

    run = stage.run("report")

    assert all(reading.complete for reading in run.figures.readings)
    work = [linked for linked in run.figures.linked.values() if linked.issue.project == "PAY"]
    assert work
    assert {linked.team.key for linked in work} == {"payments"}
