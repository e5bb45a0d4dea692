"""The terminal: 80 columns, no trick of an issue title, colour only where it can be seen."""

import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console
from support.report_documents import (
    NO_WORK,
    a_key_result,
    a_plan,
    a_reading,
    a_report,
    a_rich_report,
    a_team,
    a_write,
    an_objective,
    some_counts,
    some_work,
)

from syncer.report.schema import PlanDocument, Report
from syncer.report.terminal import show_plan, show_report


def shown(document: Report | PlanDocument, *, terminal: bool = False, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=terminal, _environ={"TERM": "xterm-256color"})
    if isinstance(document, Report):
        show_report(document, console)
    else:
        show_plan(document, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_no_line_is_wider_than_80_columns() -> None:
    report = a_rich_report()
    long = a_key_result("A-VERY-LONG-OBJECTIVE-NAME-O1-KR1", title="w" * 300, objective="elsewhere")

    text = shown(report.model_copy(update={"key_results": (*report.key_results, long)}))

    assert max(cell_len(line) for line in text.splitlines()) <= 80


def test_no_number_is_cut_at_80_columns() -> None:
    text = shown(a_rich_report())

    assert "…" not in text
    assert re.search(r"PAY-O1-KR2 .* 8 % +93 %  off track +left alone", text)


def test_control_and_bidi_characters_never_reach_the_terminal() -> None:
    nasty = "a\x1b[2Jb\x07\u202ec\u2066d\x9b31m\re\nf\u2028g\x00h\u200f\ufeffi"
    report = a_report(
        work=(some_work(title=nasty),),
        teams=(a_team(name=nasty),),
        key_results=(a_key_result(title=nasty, write=a_write(status="refused", reason=nasty)),),
        readings=(a_reading(complete=False, problem=nasty),),
        notes=(nasty,),
    )

    text = shown(report)

    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200f\u2028\u202a-\u202e\u2066-\u2069\ufeff]", text)
    assert "PAY-201  a[2Jbcd31m e f ghi" in text


def test_a_title_that_looks_like_markup_is_shown_as_it_is() -> None:
    text = shown(a_report(work=(some_work(title="[red]x[/red] [link=https://evil.example]y :smile:"),)), terminal=True)

    assert "[red]x[/red] [link=https://evil.example]y :smile:" in text
    assert "\x1b]8" not in text


@pytest.mark.parametrize(("terminal", "coloured"), [(True, True), (False, False)])
def test_colour_is_for_terminals(terminal: bool, coloured: bool) -> None:
    assert ("\x1b[" in shown(a_rich_report(), terminal=terminal)) is coloured


def test_problems_come_before_every_figure() -> None:
    readings = (a_reading("a/a"), a_reading("z/z", complete=False, problem="no access"))
    text = shown(a_report(readings=readings))

    assert text.index("NOT READ  z/z: no access") < text.index("\na/a ") < text.index("Sprints")


def test_unknown_is_said_and_is_not_zero() -> None:
    kr = a_key_result(score=None, health="unknown", delivery=NO_WORK, write=a_write(status="none", to=None))
    text = shown(a_report(key_results=(kr,)))

    assert re.search(r"unknown +unknown +unknown +not written", text)


def test_a_company_objective_has_no_team_to_name() -> None:
    text = shown(a_report(objectives=(an_objective(team="", team_name="", title="Short"),)))

    assert "Short (2 of 3" in text


def test_what_is_left_alone_is_listed_with_its_reason() -> None:
    kr = a_key_result(write=a_write(status="left-alone", before=55, after=0.47, reason="kept your 55; ours is 0.47"))
    text = shown(a_report(key_results=(kr,)))

    assert "PAY-O1-KR1: left alone: kept your 55; ours is 0.47" in text


def test_a_long_list_is_cut_and_says_by_how_much() -> None:
    work = tuple(some_work(f"PAY-{n}") for n in range(100, 145))
    text = shown(a_report(work=work, teams=(a_team(issues=some_counts(0, 0, 45)),)))

    assert "... and 15 more lines" in text
    assert "PAY-129" in text
    assert "PAY-130" not in text.replace("PAY-130 added", "")


def test_a_plan_shows_what_is_refused_and_why() -> None:
    change = a_plan().changes[0]
    refused = change.model_copy(update={"status": "refused", "reason": "falls by 0.4", "kr": "PAY-O1-KR2"})

    text = shown(a_plan(changes=(change, refused)))

    assert "Would change: 1\nPAY-O1-KR1 → jira-main:issue/OKR-12: 0.42 → 0.47" in text
    assert "Refused as unsafe: 1\nPAY-O1-KR2" in text
    assert "falls by 0.4" in text


@pytest.mark.parametrize("status", ["would-change", "changed", "failed", "refused", "left-alone"])
def test_a_plan_hides_no_change(status: str) -> None:
    change = a_plan().changes[0].model_copy(update={"status": status})

    assert "PAY-O1-KR1 → jira-main:issue/OKR-12" in shown(a_plan(changes=(change,)))


def test_targets_that_are_up_to_date_are_only_counted() -> None:
    change = a_plan().changes[0].model_copy(update={"status": "unchanged"})

    assert shown(a_plan(changes=(change, change))).strip() == "2 targets up to date."


def test_a_first_write_says_that_nothing_stood_there() -> None:
    change = a_plan().changes[0].model_copy(update={"before": None})

    assert "OKR-12: nothing → 0.47" in shown(a_plan(changes=(change,)))


def test_an_empty_plan_says_so() -> None:
    assert shown(a_plan(changes=())).strip() == "Nothing to write."


def test_the_terminal_begins_with_what_to_talk_about() -> None:
    lines = shown(a_rich_report())

    assert lines.index("1. PAY-O1-KR2: 93 % of the work is done") < lines.index("Sprints, by issues")
    assert "last good figures: 20 Nov 2026" in lines
    assert "Nothing needs a talk this week." in shown(a_report())
