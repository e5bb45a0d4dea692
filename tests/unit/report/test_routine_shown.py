"""Routine work on every face: budgets as words, what is unexplained, and no figure that anybody has to reach."""

import io
import re

import pytest
from rich.console import Console
from support.report_documents import a_report, a_team, some_counts, some_work

from syncer.report import wording
from syncer.report.html import to_html
from syncer.report.markdown import to_markdown
from syncer.report.schema import Report, RoutineShare
from syncer.report.terminal import show_report


def faces(report: Report) -> dict[str, str]:
    """What a reader of each sees, in one line."""
    console = Console(file=io.StringIO(), width=200)
    show_report(report, console)
    assert isinstance(console.file, io.StringIO)
    page = re.sub(r"(?s)<style>.*?</style>|<[^>]+>", " ", to_html(report))
    texts = {"page": page, "summary": to_markdown(report).replace("*", ""), "terminal": console.file.getvalue()}
    return {name: re.sub(r"\s+", " ", text).replace(" ,", ",") for name, text in texts.items()}


def routine(name: str, share: float, budget: float | None) -> RoutineShare:
    return RoutineShare(class_=name, budget=budget, issues=round(30 * share), share=share)


@pytest.mark.parametrize("mode", ["product", "service"])
def test_a_class_of_routine_work_is_within_its_budget_or_over_it_and_the_rest_is_unexplained(mode: str) -> None:
    rows = (routine("bug", 0.3, 0.2), routine("chore", 0.3, 0.3), routine("visit", 0.1, None))
    report = a_report(teams=(a_team(mode=mode, issues=some_counts(3, 21, 6), routine=rows),))

    assert [wording.routine(row) for row in rows] == [
        "30 % of the sprint, budget 20 %: over budget",
        "30 % of the sprint, budget 30 %: within budget",
        "10 % of the sprint, no budget set",
    ]
    for face, text in faces(report).items():
        for said in ("over budget", "within budget", "no budget set", "unexplained: 6 of 30 sprint issues"):
            assert said in text, face


@pytest.mark.parametrize("mode", ["product", "service"])
def test_all_work_aligned_is_never_presented_as_the_goal(mode: str) -> None:
    """Nothing on a face says how much should be aligned; a service team is shown no such figure at all."""
    report = a_report(teams=(a_team(mode=mode, issues=some_counts(3, 21, 6)),), work=(some_work(),))

    for face, text in faces(report).items():
        figures = re.findall(r"(?i)[^.;|]{0,20}\d+ ?% ?aligned", text)
        assert figures == [] or (mode, face) == ("product", "page"), face
        assert not re.search(r"(?i)should|must be aligned|aim|(target|goal|ideal)[^.|]{0,30}align", text), face
