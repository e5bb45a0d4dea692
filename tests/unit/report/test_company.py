"""The company's goals in each face: what supports them, what nothing supports, where the teams' sprints go."""

import io

import pytest
from rich.console import Console
from support.report_documents import a_key_result, a_report, a_team, an_objective

from syncer.report.company import Company, CompanyGoal, CompanyObjective, CompanyShare, CompanyTeam
from syncer.report.html import to_html
from syncer.report.markdown import to_markdown
from syncer.report.schema import Report
from syncer.report.terminal import show_report


def _terminal(report: Report) -> str:
    console = Console(file=io.StringIO(), width=200)
    show_report(report, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


FACES = pytest.mark.parametrize("face", [to_html, to_markdown, _terminal], ids=["html", "markdown", "terminal"])


def _company() -> Company:
    goals = (
        CompanyGoal(id="CO-O1-KR1", supported_by=("PAY-O1",), teams=("payments",)),
        CompanyGoal(id="CO-O1-KR2", supported_by=(), teams=()),
    )
    return Company(
        objectives=(CompanyObjective(id="CO-O1", supported_by=("PAY-O1",), teams=("payments",), key_results=goals),),
        unsupported=("CO-O1-KR2",),
        teams=(
            CompanyTeam(name="Payments", teams=1, issues=8, shares=(CompanyShare(objective="CO-O1", share=0.25),)),
            CompanyTeam(name="small teams", teams=2, issues=3, shares=None),
        ),
    )


@FACES
def test_every_face_says_what_supports_a_goal_and_what_nothing_supports(face: object) -> None:
    assert callable(face)
    report = a_report(
        objectives=(
            an_objective(id="CO-O1", title="<b>Grow</b>", team=""),
            an_objective(id="PAY-O1", title="Checkout holds"),
        ),
        key_results=(
            a_key_result(id="CO-O1-KR1", title="More shops", objective="CO-O1"),
            a_key_result(id="CO-O1-KR2", title="Fewer returns", objective="CO-O1"),
        ),
        teams=(a_team(key="payments", name="Payments"),),
        company=_company(),
    )

    said = face(report)

    for text in ("supported by PAY-O1; work of Payments", "no team supports it", "25 %", "too few people to show"):
        assert text in said, text
    assert "<b>Grow" not in said or face is _terminal


@FACES
def test_a_company_without_a_goal_of_its_own_has_no_section(face: object) -> None:
    assert callable(face)

    assert "The company's goals" not in face(a_report()).replace("&#39;", "'")
