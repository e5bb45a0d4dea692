"""One piece of work in two trackers, from what Linear's attachments say to the report: counted once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.stage import Stage, on_stage

from adapters.sandbox.linear.nodes import Attachment
from adapters.sandbox.linear.nodes import Issue as LinearIssue
from mappings.linking import SAME_WORK, Class
from mappings.model import State
from syncer.explain import explain
from syncer.run import Run

KR = "GRO-O1-KR2"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def keep_in_step(stage: Stage, here: str, there: str) -> None:
    """As Linear's Jira integration attaches the issue of the other side."""
    issue = stage.workspace.get(LinearIssue, here)
    assert issue is not None
    url = f"{stage.sandbox.urls['jira-main']}/browse/{there}"
    stage.workspace.add(Attachment(issue=issue, url=url, title=there, source_type="jira"))


def an_untied_story(run: Run) -> str:
    """The key of a Jira issue of the sprint that is tied to nothing."""
    every = (row for it in run.figures.sprints for row in it.rows)
    return next(row.issue.key for row in every if row.kind is Class.UNALIGNED and row.issue.tracker == "jira-main")


def counted(run: Run) -> list[str]:
    return sorted(line.issue.key for line in run.figures.key_results[KR].delivery.lines)


def rows(run: Run) -> list[str]:
    return sorted({row.issue.key for it in run.figures.sprints for row in it.rows})


def test_an_issue_mirrored_in_jira_and_linear_counts_once_and_a_tag_on_either_ties_both(stage: Stage) -> None:
    before = stage.run("plan")
    here = next(
        line.issue.key
        for line in before.figures.key_results[KR].delivery.lines
        if line.issue.state is State.OPEN and line.share == 1 and line.issue.points
    )
    there = an_untied_story(before)
    linked = {found.issue.key: found for found in before.figures.linked.values()}
    assert linked[here].kind is Class.ALIGNED

    keep_in_step(stage, here, there)
    after = stage.run("plan")

    assert counted(after) == sorted(there if key == here else key for key in counted(before))
    assert len(after.figures.linked) == len(before.figures.linked)
    assert here not in rows(after) and there in rows(after)
    told = explain(after, there)
    assert told is not None
    [decided] = [each for each in told.tried if each.decided]
    assert decided.rule == SAME_WORK
    assert decided.said.startswith(f"aligned: the same work as {here}: ")
    assert there in {flag.write.key for flag in before.plan.flags}
    assert there not in {flag.write.key for flag in after.plan.flags}, "it is tied now"


def test_tags_on_both_sides_do_not_count_the_work_twice(stage: Stage) -> None:
    before = stage.run("plan")
    here = next(
        line.issue.key for line in before.figures.key_results[KR].delivery.lines if line.issue.state is State.OPEN
    )
    there = an_untied_story(before)
    issue = stage.site.issue(there)
    assert issue is not None
    stage.site.set_field(issue, "labels", [f"okr:{KR}"])

    twice = counted(stage.run("plan"))
    keep_in_step(stage, here, there)
    once = counted(stage.run("plan"))

    assert twice == sorted([*counted(before), there])
    assert once == sorted(key for key in twice if key != here)
