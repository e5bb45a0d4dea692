"""`okrsync checkin` as a person types it, and what the next run makes of it."""

import json
import os
import pty
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from end_to_end.test_command import OKRSYNC, at, okrsync
from end_to_end.test_okrs_in_jira import with_okrs
from end_to_end.test_okrs_in_linear import move_growth_to_linear
from support.stage import Stage, on_stage

from syncer.checkin import NotTaken, Said, check_in
from syncer.config import load

TODAY = date(2026, 11, 18)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def refusal(stage: Stage, kr: str) -> str:
    with pytest.raises(NotTaken) as refused:
        check_in(*load(stage.sandbox.config), Said(kr=kr, on=TODAY, value="7"), TODAY)
    [reason] = refused.value.reasons
    return reason


def test_what_was_checked_in_by_command_is_the_score_of_the_next_run(stage: Stage) -> None:
    before = stage.run("plan").figures.key_results["PAY-O1-KR2"].score.value

    made = okrsync("checkin", "PAY-O1-KR2", "4", "--confidence", "8", "--still-right", "no", *at(stage))
    again = okrsync("checkin", "PAY-O1-KR2", "4", "--confidence", "8", "--format", "json", *at(stage))
    wrong = okrsync("checkin", "PAY-O1-KR2", "-4", "--on", "2026-11-19", *at(stage))

    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith("PAY-O1-KR2, 2026-11-18: 4, confidence 8, no longer the right objective. Written to ")
    assert "2026-Q4.toml: okrsync never runs git.\nPAY-O1 is in doubt now" in made.stdout
    assert json.loads(again.stdout)["status"] == "unchanged"
    assert json.loads(again.stdout)["entry"] == {"on": "2026-11-18", "value": 4, "confidence": 8, "still_right": False}
    assert wrong.returncode == 2
    assert wrong.stderr == "2026-11-19 is still to come\nNothing was written.\nTry: okrsync checkin --help\n"
    assert (float(before), float(stage.run("plan").figures.key_results["PAY-O1-KR2"].score.value)) == (0.56, 0.89)
    assert stage.mutations() == []


def test_a_goal_that_lives_in_jira_says_where_its_check_ins_are_made(stage: Stage) -> None:
    with_okrs(stage, in_jira=True)

    found = refusal(stage, "PAY-O1-KR2")

    assert found.startswith("PAY-O1-KR2 lives in jira-main, not in a file (http://127.0.0.1:")
    assert found.endswith('set its field "Current value", or comment there: okr: 7 confidence 6 note in a sentence')
    assert refusal(stage, "PAY-O1-KR22") == 'there is no key result "PAY-O1-KR22"; did you mean "PAY-O1-KR2"?'
    assert stage.mutations() == []


def test_a_goal_that_lives_in_linear_says_where_its_check_ins_are_made(stage: Stage) -> None:
    move_growth_to_linear(stage)

    assert "set current in the okr block of its page, or comment there" in refusal(stage, "GRO-O1-KR1")


def test_where_the_trackers_cannot_be_asked_nobody_guesses(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with_okrs(stage, in_jira=True)
    unread = "no registry file declares PAY-O1-KR2, and what the trackers declare cannot be read"

    stage.sandbox.jira.faults.answer(status=403, body=b"{}", times=99)
    assert refusal(stage, "PAY-O1-KR2") == unread
    monkeypatch.delenv(next(name for name in stage.sandbox.environment if "JIRA" in name))
    assert refusal(stage, "PAY-O1-KR2") == unread


def test_on_a_terminal_the_key_result_alone_is_asked_about_and_in_ci_it_is_not(stage: Stage) -> None:
    arguments = [*OKRSYNC, "checkin", "PAY-O1-KR2", *map(str, at(stage))]

    asked = in_terminal(arguments, "5\n\nan early week\n\nyes\n", CI="")
    in_ci = in_terminal(arguments, "", CI="true")

    assert "Is the objective still right?" in asked
    assert 'PAY-O1-KR2, 2026-11-18: 5, note "an early week", still the right objective.' in asked
    assert "there is nothing to write" in in_ci
    assert "Its number" not in in_ci


def in_terminal(arguments: list[str], typed: str, **environment: str) -> str:
    """What a program prints on a terminal on which this is typed."""
    child, terminal = pty.fork()
    if not child:
        os.chdir(Path(__file__).parents[2])
        os.execve(sys.executable, arguments, os.environ | environment)
    os.write(terminal, typed.encode())
    seen = b""
    try:
        while part := os.read(terminal, 4096):
            seen += part
    except OSError:  # Linux says so when the other end is closed
        pass
    os.waitpid(child, 0)
    os.close(terminal)
    return seen.decode()
