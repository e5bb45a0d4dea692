"""`okrsync suggest` against both sandboxes: what it shows and tags, a person's hand, stopping, and the first look."""

import json
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from requests.adapters import HTTPAdapter
from support.stage import Stage, on_stage
from typer.testing import CliRunner

from adapters.retry import Deadline
from adapters.sandbox.linear.nodes import Cycle, Issue, IssueLabel
from mappings.first_look import FirstLook
from mappings.okrs import Registry
from mappings.suggesting import SURE
from syncer.cli import app
from syncer.config import load
from syncer.first_look import FirstLookRun, look_back
from syncer.plan import Status
from syncer.report.first_look import first_look_json, first_look_text
from syncer.report.suggestions import suggestions_json, suggestions_text
from syncer.suggest import Placing, SuggestRun, suggest_key_results


def set_up(stage: Stage) -> None:
    """An unaligned issue in Jira and two in Linear that are called like linked ones; of the last one's key result
    Linear has no label.
    """
    jira = stage.site.issue("PAY-11")
    assert jira is not None
    jira.summary = "Retry card tokens stored with one provider only"
    for key, title in (("GRO-7", "Rank the tip on opening hours"), ("GRO-8", "Import customers from the old shop")):
        linear_issue(stage, key).title = title  # some time ago: `change` would make it of this very moment


def linear_issue(stage: Stage, key: str) -> Issue:
    found = stage.workspace.get(Issue, key)
    assert found is not None
    return found


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        set_up(opened)
        yield opened


def suggested(stage: Stage, **options: Any) -> SuggestRun:
    config, registry = load(stage.sandbox.config)
    deadline = Deadline(config.deadline_seconds, sleep=lambda _: None)
    given = {"at_least": 0.9, "applies": False} | options
    return suggest_key_results(config, registry, at=stage.sandbox.now, deadline=deadline, **given)


def looked_back(stage: Stage, *, last: int = 6, **options: Any) -> FirstLookRun:
    config, registry = load(stage.sandbox.config)
    deadline = Deadline(config.deadline_seconds, sleep=lambda _: None)
    return look_back(config, registry, at=stage.sandbox.now, last=last, deadline=deadline, **options)


def placings(run: SuggestRun) -> dict[str, Placing]:
    return {placing.row.issue.key: placing for placing in run.placings}


def tags(run: SuggestRun) -> dict[str, tuple[str, Status]]:
    return {tag.write.key: (tag.write.label, tag.status) for it in run.placings if (tag := it.tag) is not None}


def labels(stage: Stage, key: str) -> set[str]:
    if key.startswith("PAY"):
        issue = stage.site.issue(key)
        assert issue is not None
        return set(issue.labels)
    return {label.name for label in linear_issue(stage, key).labels}


def test_unaligned_and_broken_sprint_issues_get_suggestions_and_nothing_is_sent(stage: Stage) -> None:
    run = suggested(stage)

    found = placings(run)
    assert {"PAY-2", "PAY-6", "PAY-10", "PAY-11", "PAY-12", "GRO-5", "GRO-7", "GRO-8"} == set(found)
    assert [(each.kr, each.reason) for each in found["PAY-11"].suggestions] == [
        ("PAY-O1-KR1", "like PAY-19: only, stored, tokens, one")
    ]
    assert found["PAY-12"].suggestions == ()
    assert tags(run)["PAY-11"] == ("okr:PAY-O1-KR1", Status.WOULD_CHANGE)
    assert stage.mutations() == []
    assert run.exit_code == 0


def test_applied_the_surest_are_tagged_and_a_second_time_there_is_nothing_to_do(stage: Stage) -> None:
    first = suggested(stage, applies=True)
    sent = len(stage.mutations())
    second = suggested(stage, applies=True)

    assert tags(first) == {
        "PAY-11": ("okr:PAY-O1-KR1", Status.CHANGED),
        "GRO-7": ("okr:GRO-O1-KR4", Status.CHANGED),
        "GRO-8": ("okr:GRO-O1-KR2", Status.LEFT_ALONE),
    }
    assert sent == len(stage.mutations()) == 2
    assert "PAY-11" not in placings(second) and "GRO-7" not in placings(second)
    assert labels(stage, "PAY-11") >= {"okr:PAY-O1-KR1"}
    linked = stage.run("report").figures.linked
    assert {it.issue.key for it in linked.values() if it.kind == "aligned"} >= {"PAY-11", "GRO-7"}


def test_in_linear_no_label_is_ever_made(stage: Stage) -> None:
    before = {label.name for label in stage.workspace.all(IssueLabel)}

    run = suggested(stage, applies=True)

    tag = placings(run)["GRO-8"].tag
    assert tag is not None and "okrsync labels --apply makes it" in tag.reason
    assert {label.name for label in stage.workspace.all(IssueLabel)} == before


def test_a_tag_that_a_person_took_off_stays_off(stage: Stage) -> None:
    suggested(stage, applies=True)
    jira, linear = stage.site.issue("PAY-11"), linear_issue(stage, "GRO-7")
    assert jira is not None
    stage.site.remove_label(jira, "okr:PAY-O1-KR1")
    stage.workspace.change(linear, labels=[each for each in linear.labels if each.name != "okr:GRO-O1-KR4"])
    sent = len(stage.mutations())

    again = suggested(stage, applies=True)

    assert {key: status for key, (_, status) in tags(again).items()} == dict.fromkeys(
        ("PAY-11", "GRO-7", "GRO-8"), Status.LEFT_ALONE
    )
    assert len(stage.mutations()) == sent
    assert "a person took okr:PAY-O1-KR1 off" in suggestions_text(again)


def test_a_sync_leaves_suggested_tags_and_their_ledger_alone(stage: Stage) -> None:
    suggested(stage, applies=True)
    jira = stage.site.issue("PAY-11")
    assert jira is not None

    stage.run("sync")
    stage.site.remove_label(jira, "okr:PAY-O1-KR1")
    stage.run("sync")

    assert labels(stage, "PAY-11") >= {"okr-unaligned"}
    assert tags(suggested(stage))["PAY-11"][1] is Status.LEFT_ALONE


def test_one_team_and_the_next_sprint_are_shown_alone(stage: Stage) -> None:
    assert set(placings(suggested(stage, team="growth"))) == {"GRO-5", "GRO-7", "GRO-8"}
    assert placings(suggested(stage, next_sprint=True)) == {}


def test_while_a_scope_is_unread_the_others_are_suggested_for_and_nothing_is_tagged(stage: Stage) -> None:
    assert stage.sandbox.linear is not None
    stage.sandbox.linear.faults.answer(status=401, body=b"{}", when=lambda call: True)

    run = suggested(stage, applies=True)

    assert run.exit_code == 1
    assert placings(run)["PAY-11"].suggestions != ()
    assert tags(run) == {} and stage.mutations() == []
    assert "nothing is tagged" in suggestions_text(run)


def test_labels_that_cannot_be_read_leave_everything_untagged(stage: Stage) -> None:
    assert stage.sandbox.linear is not None
    stage.sandbox.linear.faults.answer(status=401, body=b"{}", when=lambda call: "OkrTagLabels" in call.request)

    run = suggested(stage, applies=True)

    assert (run.exit_code, tags(run), stage.mutations()) == (1, {}, [])
    assert "NOT READ  labels of linear-main" in suggestions_text(run)


class Stopped(BaseException):
    """The process is gone: nothing catches this."""


def stop_at(number: int, monkeypatch: pytest.MonkeyPatch, *, applied: bool) -> None:
    """The process ends at its `number`-th request: before it is sent, or when the server has applied it."""
    sent: list[int] = []
    original = HTTPAdapter.send

    def send(self: HTTPAdapter, *args: Any, **options: Any) -> Any:
        sent.append(len(sent) + 1)
        if len(sent) < number:
            return original(self, *args, **options)
        if applied and len(sent) == number:
            original(self, *args, **options)
        raise Stopped

    monkeypatch.setattr(HTTPAdapter, "send", send)


@pytest.mark.parametrize("applied", [False, True], ids=["before-it-is-applied", "applied-but-unanswered"])
def test_stopped_at_any_of_its_last_requests_and_run_again_it_ends_as_if_undisturbed(
    applied: bool, tmp_path: Path
) -> None:
    def ended(folder: str, before_last: int | None, requests: int = 0) -> tuple[str, int]:
        with pytest.MonkeyPatch.context() as monkeypatch, on_stage(tmp_path / folder, monkeypatch, size=0.1) as stage:
            set_up(stage)
            if before_last is not None:
                with pytest.MonkeyPatch.context() as inner:
                    stop_at(requests - before_last, inner, applied=applied)
                    with pytest.raises(Stopped):
                        suggested(stage, applies=True)
            assert suggested(stage, applies=True).exit_code == 0
            calls = sum(len(server.calls) for server in stage.sandbox.servers)
            return json.dumps(stage.state(), sort_keys=True), calls

    wanted, requests = ended("undisturbed", None)
    # a look and a write in each tracker, and in Jira a look whether it was done: nothing before them can do harm
    for before_last in range(5):
        assert ended(f"stopped-{before_last}", before_last, requests)[0] == wanted, before_last


def unbound(stage: Stage) -> None:
    """The registry without its binds, the epic and its stories without their tags, two stories in a closed sprint."""
    [file] = (stage.folder / "okrs").glob("*.toml")
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("binds")), encoding="utf-8")
    for number, key in enumerate(("PAY-1", "PAY-15", "PAY-8", "PAY-18")):
        issue = stage.site.issue(key)
        assert issue is not None
        issue.labels = [label for label in issue.labels if not label.startswith("okr:")]
        if number:
            issue.sprints = [123]
            issue.updated -= timedelta(days=300)


def test_the_first_look_says_what_fits_and_what_to_bind(stage: Stage) -> None:
    unbound(stage)

    run = looked_back(stage)

    text = first_look_text(run)
    assert {sprint.state for sprint in run.look.sprints} == {"closed"}
    [bind] = [each for each in run.look.binds if each.target.id == "PAY-1"]
    assert bind.guess is not None and bind.guess.kr == "PAY-O1-KR1"
    assert run.look.reached > run.look.by_class["aligned"]
    assert "of the work in 3 closed sprints fits your key results" in text
    assert '"jira-main:issue/PAY-1",  # Second card provider' in text
    assert stage.mutations() == []
    assert json.loads(first_look_json(run))["binds"][0]["bind"] == str(run.look.binds[0].target)


def test_what_it_prints_is_toml_that_reaches_what_it_promises(stage: Stage) -> None:
    unbound(stage)
    before = looked_back(stage)
    pastes = [part for part in first_look_text(before).split("\n\n") if part.startswith("# ")]
    [file] = (stage.folder / "okrs").glob("*.toml")

    text = file.read_text(encoding="utf-8")
    for paste in pastes:
        kr = paste[2:].partition(":")[0]
        text = text.replace(f'id = "{kr}"\n', f'id = "{kr}"\n{paste}\n')
    file.write_text(text, encoding="utf-8")

    assert tomllib.loads(pastes[-1])["binds"] == ["jira-main:issue/PAY-1"]
    assert looked_back(stage).look.by_class["aligned"] == before.look.reached


def test_a_title_breaks_neither_the_terminal_nor_the_toml(stage: Stage) -> None:
    unbound(stage)
    epic = stage.site.issue("PAY-1")
    assert epic is not None
    epic.summary = 'Second card provider"\n]\nwrite = "\x1b[31m'

    text = first_look_text(looked_back(stage))
    [paste] = [part for part in text.split("\n\n") if part.startswith("# PAY-O1-KR1")]

    assert set(tomllib.loads(paste)) == {"binds"}
    assert "\x1b" not in text


def test_a_linear_project_is_looked_at_by_its_name(stage: Stage) -> None:
    unbound(stage)
    issue = linear_issue(stage, "GRO-12")
    assert issue.project is not None
    closed = max(
        (cycle for cycle in stage.workspace.all(Cycle) if cycle.ends_at < stage.sandbox.now),
        key=lambda cycle: cycle.ends_at,
    )
    stage.workspace.change(issue, cycle=closed)

    run = looked_back(stage, team="growth", last=1)

    [held] = [each for each in (*run.look.binds, *run.look.unsure) if each.target.kind == "project"]
    assert (held.target.id, held.title, held.issues) == (issue.project.id, issue.project.name, 1)
    assert {sprint.team for sprint in run.look.sprints} == {"growth"}


def okrsync(stage: Stage, *arguments: str) -> Result:
    day = stage.sandbox.now.date().isoformat()
    return CliRunner().invoke(app, ["suggest", "--config", str(stage.sandbox.config), "--at", day, *arguments])


def test_the_command_shows_applies_and_looks_back(stage: Stage) -> None:
    shown, made = okrsync(stage), okrsync(stage, "--apply", "--at-least", "0.9", "--format", "json")
    looked = okrsync(stage, "--bind", "--last", "2", "--format", "json")

    assert (shown.exit_code, made.exit_code, looked.exit_code) == (0, 0, 0), shown.stderr + made.stderr
    assert "8 sprint issues without a key result" in shown.stdout
    assert "okrsync suggest --apply tags" in shown.stdout
    assert f"{SURE}" in okrsync(stage, "--help").stdout
    document = json.loads(made.stdout)
    [tagged] = [issue for issue in document["issues"] if issue["key"] == "PAY-11"]
    assert (document["mode"], tagged["tag"]["status"]) == ("apply", "changed")
    assert tagged["suggestions"][0]["kr"] == "PAY-O1-KR1"
    assert json.loads(looked.stdout)["complete"] is True


@pytest.mark.parametrize("arguments", [("--team", "nobody"), ("--apply", "--bind")])
def test_what_cannot_be_meant_is_refused_before_anything_is_read(stage: Stage, arguments: tuple[str, ...]) -> None:
    done = okrsync(stage, *arguments)

    assert done.exit_code == 2
    assert "Try: okrsync suggest" in done.stderr
    assert all(not server.calls for server in stage.sandbox.servers)


def test_the_texts_say_what_there_is_when_there_is_nothing() -> None:
    nothing = SuggestRun(applies=True, at_least=0.9)

    assert "No sprint issue is without a key result." in suggestions_text(nothing)
    assert json.loads(suggestions_json(nothing))["issues"] == []
    nowhere = FirstLookRun(look=FirstLook(sprints=(), by_class={}, through=0), registry=Registry(), last=6)
    assert "there is nothing to look back on" in first_look_text(nowhere)
    assert json.loads(first_look_json(nowhere))["issues"] == 0
