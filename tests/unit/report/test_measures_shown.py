"""Measures on every face: an objective that is scored from below, and what a key result waits for."""

import io
from collections.abc import Callable

import pytest
from rich.console import Console
from support.report_documents import a_key_result, a_report, an_objective

from syncer.report import sections, wording
from syncer.report.html import to_html
from syncer.report.markdown import to_markdown
from syncer.report.schema import Report
from syncer.report.terminal import show_report

COMPANY = an_objective(
    "CO-1",
    title="Shops trust us with their whole business",
    team="",
    team_name="",
    known=1,
    of=2,
    basis="supporting objectives",
    supported_by=("GRO-O1", "PAY-O1"),
    because=("supported by PAY-O1: 42 %, at risk",),
)
WAITING = a_key_result(waits_on=("PLT-O1-KR1 of Platform, which is off track by pace:committed: <b>late</b>",))
REPORT = a_report(objectives=(COMPANY, an_objective()), key_results=(WAITING,))


def on_a_terminal(report: Report) -> str:
    console = Console(file=io.StringIO(), width=300)
    show_report(report, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


FACES = [to_html, to_markdown, on_a_terminal]


@pytest.mark.parametrize("face", FACES)
def test_an_objective_that_is_scored_from_below_is_shown_and_says_so(face: Callable[[Report], str]) -> None:
    shown = face(REPORT)

    assert "Shops trust us with their whole business" in shown
    assert "1 of 2 supporting objectives known" in shown


@pytest.mark.parametrize("face", FACES)
def test_what_a_key_result_waits_for_is_shown_and_stays_text(face: Callable[[Report], str]) -> None:
    shown = face(REPORT)

    assert "PLT-O1-KR1 of Platform" in shown.replace("\\", "")
    assert ("<b>late</b>" in shown) == (face is on_a_terminal)


def test_the_page_unfolds_the_score_of_an_objective() -> None:
    assert "<li>supported by PAY-O1: 42 %, at risk</li>" in to_html(REPORT)


def test_an_objective_with_nothing_below_it_is_not_listed_among_key_results() -> None:
    alone = a_report(objectives=(an_objective("CO-2"), an_objective()), key_results=(WAITING,))

    assert [group.objective.id for group in sections.key_results_by_objective(alone)] == ["PAY-O1"]


def test_a_score_from_key_results_counts_them() -> None:
    assert wording.known(an_objective()) == "2 of 3 known"
