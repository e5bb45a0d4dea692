"""OKRs that live in Linear: the same figures as from files, a quiet week without a notification, check-ins there."""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.stage import Stage, on_stage

from adapters.errors import RegistryProblem
from adapters.sandbox.company.linear_workspace import FIRST_WEEK, ONBOARDING
from adapters.sandbox.linear.nodes import (
    Comment,
    Initiative,
    InitiativeToProject,
    InitiativeUpdate,
    Project,
    ProjectStatus,
    ProjectUpdate,
)
from mappings.fenced import print_block
from syncer.explain import explain
from syncer.run import Run

MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)
"""Of a week in which time alone changes no health of the growth team."""
OKRS = '\n[trackers.linear-main.okrs]\nperiod = "2026-Q4"\n'
BLOCKS: dict[str, dict[str, Any]] = {
    "GRO-O1-KR1": {
        "start": 31,
        "target": 45,
        "write": f"linear-main:initiative/{FIRST_WEEK}",
    },
    "GRO-O1-KR2": {},
    "GRO-O1-KR3": {
        "status": "replaced",
        "since": date(2026, 11, 2),
        "reason": "nobody opened the pilot's mails",
        "replaced_by": "GRO-O1-KR4",
    },
    "GRO-O1-KR4": {"write": "linear-main:issue/GRO-1"},
}
"""What the registry file of the made-up company says of the growth team's key results, as okr blocks."""


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def move_growth_to_linear(stage: Stage, *, keep_file: bool = False) -> None:
    """The growth team's goals leave the registry file and stand in the pages of an initiative and its projects."""
    [file] = [path for path in stage.folder.glob("okrs/*.toml") if 'id = "GRO-O1"' in path.read_text()]
    text = file.read_text()
    found = tomllib.loads(text, parse_float=Decimal)
    growth = next(each for each in found["objectives"] if each["id"] == "GRO-O1")
    if not keep_file:
        parts = re.split(r"(?m)^(?=\[\[objectives\]\]$)", text)
        file.write_text("".join(part for part in parts if 'id = "GRO-O1"' not in part))
    config = stage.sandbox.config
    config.write_text(config.read_text() + OKRS)

    workspace = stage.workspace
    initiative = workspace.get(Initiative, FIRST_WEEK)
    onboarding = workspace.get(Project, ONBOARDING)
    assert initiative is not None and onboarding is not None
    initiative.name = growth["title"]
    initiative.content = print_block({"id": "GRO-O1", "team": "growth"})
    for row in growth["key_results"]:
        project = onboarding
        if row["id"] != "GRO-O1-KR2":
            status = workspace.all(ProjectStatus)[0]
            project = workspace.add(Project(name="", status=status))
            workspace.add(InitiativeToProject(initiative=initiative, project=project))
        project.name = row["title"]
        same = {key: row[key] for key in ("owner", "commitment", "unit") if key in row}
        last = row.get("checkins", [{}])[-1]
        now = {"current": last["value"], "on": last["on"], "confidence": last["confidence"]} if last else {}
        block = print_block({"id": row["id"], **same, **BLOCKS[row["id"]], **now})
        project.content = f"Words of the team.\n\n{block}\n"


def figures(run: Run) -> Any:
    krs = {
        kr: (found.score, found.verdict, found.delivery, found.mismatch)
        for kr, found in run.figures.key_results.items()
    }
    classes = {ref: (it.kind, it.shares) for ref, it in run.figures.linked.items()}
    return krs, run.figures.objectives, {ref: kind for ref, (kind, _) in classes.items()}


def created(stage: Stage) -> int:
    """What a follower would hear of: updates and comments that were made."""
    return sum(len(stage.workspace.all(kind)) for kind in (ProjectUpdate, InitiativeUpdate, Comment))


@pytest.mark.parametrize("size", [0.1, 1.0])
def test_the_linear_teams_have_the_same_figures_from_a_file_and_from_linear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: float
) -> None:
    with on_stage(tmp_path, monkeypatch, size=size) as stage:
        wanted = stage.run("plan")
        assert {"GRO-O1-KR1", "GRO-O1-KR2", "GRO-O1-KR4"} <= wanted.figures.key_results.keys()

        move_growth_to_linear(stage)
        run = stage.run("plan")

    assert figures(run) == figures(wanted)
    by_id = {kr.id: kr for kr in run.registry.key_results}
    assert by_id["GRO-O1-KR2"].where.startswith("https://linear.app/")
    assert {c.kr: str(c.target) for c in run.plan.changes} == {c.kr: str(c.target) for c in wanted.plan.changes}


def project_of(stage: Stage, kr: str) -> Project:
    return next(it for it in stage.workspace.all(Project) if f'id = "{kr}"' in (it.content or ""))


def posts(stage: Stage) -> int:
    return len(stage.workspace.all(InitiativeUpdate))


def test_of_a_goal_in_the_file_and_in_linear_the_file_counts_and_the_difference_is_said(stage: Stage) -> None:
    wanted = stage.run("plan")
    move_growth_to_linear(stage, keep_file=True)
    project = project_of(stage, "GRO-O1-KR4")
    project.content = (project.content or "").replace('id = "GRO-O1-KR4"', 'id = "GRO-O1-KR4"\nweight = 2')

    run = stage.run("plan")

    assert figures(run) == figures(wanted)
    [said] = [note for note in run.plan.notes if note.startswith("GRO-O1-KR4: weight")]
    assert "weight is 1 at " in said
    assert f"which counts, and 2 at {project.url}" in said


def test_linears_own_progress_is_printed_beside_ours_with_the_reason(stage: Stage) -> None:
    run = stage.run("plan")

    found = explain(run, "GRO-O1-KR2")

    assert found is not None
    [line] = [line for line in found.lines if line.startswith("Linear shows ")]
    assert re.match(r"Linear shows \d+ %: it counts a quarter of started work; by its rule we come to ", line)
    other = explain(run, "PAY-O1-KR1")
    assert other is not None
    assert not any(line.startswith("Linear shows ") for line in other.lines)


def test_a_check_in_on_the_projects_update_moves_the_score(stage: Stage) -> None:
    move_growth_to_linear(stage)
    stage.run()
    project = project_of(stage, "GRO-O1-KR1")
    update = ProjectUpdate(project=project, user=stage.workspace.human, body="This week")
    stage.workspace.add(update)
    comment = Comment(
        user=stage.workspace.human, project_update=update, body="okr: 38 confidence 6 note the call helps"
    )
    stage.workspace.add(comment)

    run = stage.run()

    score = run.figures.key_results["GRO-O1-KR1"].score
    assert (score.value, score.current) == (Decimal("0.50"), 38)


def test_a_misfit_stops_the_run_and_names_the_page(stage: Stage) -> None:
    move_growth_to_linear(stage)
    project = project_of(stage, "GRO-O1-KR2")
    project.content = (project.content or "").replace("commitment", "comitment")

    with pytest.raises(RegistryProblem) as problem:
        stage.run()

    assert problem.value.problems == [
        f'{project.url}: {project.name}: its okr block: comitment: unknown key; did you mean "commitment"?'
    ]
    assert stage.mutations() == []


def test_a_quiet_week_of_hourly_runs_notifies_nobody(stage: Stage) -> None:
    move_growth_to_linear(stage)
    stage.leave_jira_out(lambda _: False)
    stage.workspace.now = MONDAY
    stage.run(at=MONDAY)
    there, sent = created(stage), len(stage.mutations())
    assert there > 0

    for hour in range(1, 168):
        stage.workspace.now = MONDAY + timedelta(hours=hour)
        stage.run(at=stage.workspace.now)

    assert created(stage) == there
    assert len(stage.mutations()) == sent, "nothing was edited either"


def test_a_week_with_a_change_a_day_posts_once_a_cadence_and_target(stage: Stage) -> None:
    move_growth_to_linear(stage)
    stage.workspace.now = MONDAY
    stage.run(at=MONDAY)
    there, edits = posts(stage), len(stage.mutations())

    for day in range(1, 7):
        at = stage.workspace.now = MONDAY + timedelta(days=day)
        project = project_of(stage, "GRO-O1-KR1")
        project.content = re.sub(r"current = .*", f"current = {36 + day / 10}", project.content or "")
        stage.run(at=at)

    assert len(stage.mutations()) >= edits + 6, "each day's change is written"
    assert posts(stage) == there, "into the week's own update"

    stage.workspace.now = MONDAY + timedelta(days=7)
    project.content = re.sub(r"current = .*", "current = 36.7", project.content or "")
    stage.run(at=stage.workspace.now)
    assert posts(stage) == there + 1
