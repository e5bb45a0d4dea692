"""What was changed about a goal is said on every face, beside the figure that it changed."""

import io
from collections.abc import Callable

import pytest
from rich.console import Console
from support.report_documents import a_goal_change, a_key_result, a_report, a_retarget

from syncer.report.html import to_html
from syncer.report.markdown import to_markdown
from syncer.report.schema import Report
from syncer.report.terminal import show_report


def on_the_terminal(report: Report) -> str:
    console = Console(file=io.StringIO(), width=200)
    show_report(report, console)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


@pytest.mark.parametrize("face", [to_html, to_markdown, on_the_terminal])
def test_every_face_tells_what_was_changed_and_is_silent_where_nothing_was(face: Callable[[Report], str]) -> None:
    retired = a_goal_change(text="GRO-O1-KR3 was retired on 2 Nov 2026: nobody wants it")

    assert "GRO-O1-KR3 was retired on 2 Nov 2026: nobody wants it" in face(a_report(goal_changes=(retired,)))
    assert "Changed this period" not in face(a_report())


@pytest.mark.parametrize("face", [to_html, to_markdown])
def test_a_target_that_moved_stands_beside_the_score(face: Callable[[Report], str]) -> None:
    moved = a_key_result(retargets=(a_retarget(text="target changed: 3 to 6 on 12 Nov 2026, because two joined"),))

    assert "target changed: 3 to 6 on 12 Nov 2026, because two joined" in face(a_report(key_results=(moved,)))


def test_an_objective_in_doubt_is_worth_a_talk() -> None:
    doubted = a_goal_change("PAY-O1-KR1", what="in doubt", text="PAY-O1: a check-in said so")

    page = to_html(a_report(goal_changes=(doubted,)))

    assert '<a href="#goal-changes">1 objective that may no longer be right: see PAY-O1-KR1</a>' in page
    assert "may no longer be right" not in to_html(a_report(goal_changes=(a_goal_change(),)))


def test_a_title_in_a_change_is_text_and_no_markup() -> None:
    odd = a_goal_change(title="<b>*x*</b>", text="GRO-O1-KR3 was retired: <i>")

    assert "<b>*x*</b>" not in to_html(a_report(goal_changes=(odd,)))
    assert r"\<b\>\*x\*\</b\>" in to_markdown(a_report(goal_changes=(odd,)))
