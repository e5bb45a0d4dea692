"""A typo in a tag is found by the next run, with what was meant: in report.json, in the plan, and for people."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.stage import Stage, on_stage

from adapters.sandbox.linear.nodes import Issue as LinearIssue
from adapters.sandbox.linear.nodes import IssueLabel
from mappings.linking import Class
from syncer.explain import explain
from syncer.report.document import plan_document, report
from syncer.report.schema import to_json


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def test_a_typo_is_data_one_run_later_in_both_trackers_and_gone_one_run_after_it_was_mended(stage: Stage) -> None:
    before = stage.run()
    untied = {
        row.issue.tracker: row.issue.key
        for it in before.figures.sprints
        for row in it.rows
        if row.kind is Class.UNALIGNED
    }
    known = {(tag.tracker, tag.key) for tag in report(before).broken_tags}
    here, there = stage.site.issue(untied["jira-main"]), stage.workspace.get(LinearIssue, untied["linear-main"])
    assert here is not None and there is not None
    stage.site.set_field(here, "labels", ["okr:PAY-O1-KR11"])
    stage.workspace.now += timedelta(hours=1)
    stage.workspace.change(there, labels=[stage.workspace.add(IssueLabel(name="okr:GRO-O1-KRR2"))])

    run = stage.run(at=stage.sandbox.now + timedelta(days=1))

    document = json.loads(to_json(report(run)))
    found = {
        (tag["tracker"], tag["key"]): (tag["text"], tag["place"], tag["reason"], tag["suggestion"])
        for tag in document["broken_tags"]
        if (tag["tracker"], tag["key"]) not in known
    }
    assert found == {
        ("jira-main", here.key): ("PAY-O1-KR11", "label", "names no key result", "PAY-O1-KR1"),
        ("linear-main", there.identifier): ("GRO-O1-KRR2", "label", "names no key result", "GRO-O1-KR2"),
    }
    flagged = {change.to for change in plan_document(run).changes if change.after == "okr-broken-tag"}
    assert f"jira-main:issue/{here.key}" in flagged
    told = explain(run, here.key)
    assert told is not None
    assert "label 'PAY-O1-KR11': names no key result; did you mean PAY-O1-KR1?" in told.lines

    stage.site.set_field(here, "labels", ["okr:PAY-O1-KR1"])
    after = report(stage.run(at=stage.sandbox.now + timedelta(days=1, hours=1)))

    assert ("jira-main", here.key) not in {(tag.tracker, tag.key) for tag in after.broken_tags}
