"""What not everybody may see appears in no face, file, message or log, and what is written is written all the same."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.stage import Stage, on_stage
from typer.testing import CliRunner

from adapters.sandbox.jira.records import Issue
from mappings.linking import Class
from syncer.cli import app
from syncer.notify import notices_of
from syncer.report.document import plan_document, report

KR = "PAY-O1-KR1"
NAMES = (KR, "provider-failover", "outage of a secret provider", "canary words of a checkin")
ISSUE_TITLE = "Lay off the canary team"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def restrict(stage: Stage) -> None:
    """One key result of the company is for the board alone; it has a target, work, an alias and a check-in."""
    [file] = [file for file in stage.folder.glob("okrs/*.toml") if KR in file.read_text("utf-8")]
    text = file.read_text("utf-8")
    text = text.replace("survives one provider's outage", "survives the outage of a secret provider")
    text = text.replace(
        'aliases = ["provider-failover"]\n',
        'aliases = ["provider-failover"]\nvisibility = "board"\n[[objectives.key_results.checkins]]\n'
        'on = 2026-11-16\nconfidence = 3\nnote = "canary words of a checkin"\n',
        1,
    )
    file.write_text(text, "utf-8")


def secure(stage: Stage) -> tuple[Issue, Issue]:
    """Two issues of a sprint get a security level: one tied to the key result, one to nothing."""
    run = stage.run("report")
    rows = [row for it in run.figures.sprints for row in it.rows if row.issue.tracker == "jira-main"]
    tied = next(row for row in rows if row.kind is Class.ALIGNED)
    loose = next(row for row in rows if row.kind is Class.UNALIGNED)
    found = []
    for row in (tied, loose):
        issue = stage.site.issue(row.issue.key)
        assert issue is not None
        issue.security = "Management"
        stage.site.set_field(issue, "summary", f"{ISSUE_TITLE} {row.issue.key}")
        found.append(issue)
    return found[0], found[1]


def test_what_is_restricted_is_counted_and_appears_nowhere(stage: Stage, tmp_path: Path) -> None:
    """Every command that prints or writes, in each of its formats."""
    whole = report(stage.run("report"))
    restrict(stage)
    tied, loose = secure(stage)
    config, day, out = str(stage.sandbox.config), stage.sandbox.now.date().isoformat(), tmp_path / "out"

    commands = [
        ["sync", "--at", day, "--output", str(out)],
        ["plan", "--at", day, "--format", "json"],
        ["explain", KR, "--at", day],
        ["explain", tied.key, "--at", day],
        ["explain", "GRO-O1-KR2", "--at", day],
        ["suggest", "--at", day, "--format", "json"],
        ["check", "--at", day, "--sprint", "active"],
        ["labels", "--at", day],
        ["lint", "--at", day],
        ["history", "show"],
        ["history", "export", "values", "--format", "json"],
        ["history", "export", "issues"],
        ["history", "export", "writes"],
        ["rollover", "--from", "2026-Q4", "--at", "2027-01-05", "--format", "json"],
        ["suggest", "--bind", "--at", day, "--format", "json"],
        ["retro", "--at", day, "--offline"],
    ]
    texts = {}
    for command in commands:
        done = CliRunner().invoke(app, ["-v", *command, "--config", config])
        assert done.exit_code in (0, 3, 4), (command, done.output)
        texts[" ".join(command)] = done.output + done.stderr
    texts |= {str(file): file.read_text("utf-8") for file in out.rglob("*") if file.is_file()}

    hidden = re.compile(
        rf"(?<!\w)({'|'.join(map(re.escape, (*NAMES, ISSUE_TITLE, tied.key, loose.key)))})(?!\w)", re.IGNORECASE
    )
    found = [(name, line) for name, text in texts.items() for line in text.splitlines() if hidden.search(line)]
    assert not found, "\n".join(f"{name[-30:]}: {line[:300]}" for name, line in found)
    document = json.loads((out / "report.json").read_text("utf-8"))
    assert document["restricted"] == {"key_results": 1, "issues": 2}
    assert [each["issues"] for each in document["teams"]] == [
        each.issues.model_dump(by_alias=True) for each in whole.teams
    ], "the sums stay whole"
    assert len(document["work"]) == len(whole.work) - 2
    [objective] = [each for each in document["objectives"] if each["id"] == "PAY-O1"]
    [before] = [each for each in whole.objectives if each.id == "PAY-O1"]
    assert (objective["restricted"], objective["of"]) == (1, before.of - 1)
    assert "counted and not named" in (out / "report.html").read_text("utf-8")


def test_its_value_is_written_to_its_own_target_all_the_same(stage: Stage) -> None:
    restrict(stage)

    run = stage.run("sync")

    [change] = [change for change in run.plan.changes if change.kr == KR]
    assert change.status.value == "changed"
    assert plan_document(run).restricted >= 1
    assert KR not in {change.kr for change in plan_document(run).changes}


def test_no_message_talks_about_it(stage: Stage) -> None:
    restrict(stage)
    text = stage.sandbox.config.read_text("utf-8")
    text = text.replace("[teams.payments]\n", '[teams.payments]\nchannel_env = "PAYMENTS_CHANNEL"\n')
    watch = f'name = "failover"\nteam = "payments"\nfigure = "{KR}"\nat_least = "1%"\nby = 2026-12-01\n'
    other = watch.replace("failover", "incidents").replace(KR, "PAY-O1-KR2")
    stage.sandbox.config.write_text(f"{text}\n[[targets]]\n{watch}\n[[targets]]\n{other}", "utf-8")

    run = stage.run("report")
    told = [text for notice in notices_of(run) for text in (notice.title, *notice.lines)]

    assert "incidents: reached" in told
    assert "failover: reached" not in told
    assert not [text for text in told for name in NAMES if name in text]


def test_a_private_linear_teams_issues_are_counted_and_not_named(stage: Stage) -> None:
    from adapters.sandbox.linear.nodes import Team

    [team] = [team for team in stage.workspace.all(Team) if team.key == "GRO"]
    stage.workspace.change(team, private=True)

    run = stage.run("report")
    document = report(run)

    assert all(issue.is_secured == (issue.project == "GRO") for it in run.figures.readings for issue in it.issues)
    assert document.restricted.issues
    assert not [row for row in document.work if row.team == "growth"]
    assert next(each for each in document.teams if each.key == "growth").issues.total
