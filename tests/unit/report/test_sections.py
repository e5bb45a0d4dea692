"""What the faces have in common."""

from datetime import date
from typing import Any

import pytest
from support.report_documents import (
    a_broken_tag,
    a_key_result,
    a_reading,
    a_report,
    a_team,
    an_objective,
    some_counts,
    some_work,
)

from syncer.report import sections
from syncer.report.planning import FollowedIssue, FollowedSprint, TalkLine
from syncer.report.schema import RoutineShare


def a_line(text: str = "", **changes: Any) -> TalkLine:
    given: dict[str, Any] = {"subject": "flat", "text": text, "team": "payments", "key_result": "PAY-O1-KR1"}
    return TalkLine(**(given | changes))


def test_at_most_five_lines_are_shown_and_in_their_order() -> None:
    lines = tuple(a_line(str(number)) for number in range(7))

    assert [topic.text for topic in sections.talk(a_report(talk=lines))] == ["0", "1", "2", "3", "4"]


def test_a_line_leads_to_what_it_is_about_and_never_to_a_place_that_is_not_there() -> None:
    lines = (
        a_line(),
        a_line(subject="unexplained"),
        a_line(key_result="GONE-KR1"),
        a_line(subject="over_budget", team="gone", key_result=None),
    )

    anchors = [topic.anchor for topic in sections.talk(a_report(talk=lines))]

    assert anchors == ["kr=PAY-O1-KR1", "team=payments", "team=payments", ""]


@pytest.mark.parametrize(
    "changes",
    [
        {"remarks": ("3 of 4 issues are tied to no key result",)},
        {"issues": some_counts(aligned=3, broken=1)},
        {"routine": (RoutineShare(class_="bug", budget=0.2, issues=1, share=0.3),)},
    ],
)
def test_a_team_is_looked_at_where_something_does_not_hold(changes: dict[str, Any]) -> None:
    calm = a_team(issues=some_counts(aligned=3))

    assert not sections.needs_a_look(a_report(), calm)
    assert sections.needs_a_look(a_report(), calm.model_copy(update=changes))


def test_a_team_that_could_not_be_read_is_looked_at() -> None:
    unread = a_report(readings=(a_reading(complete=False, problem="no answer"),))

    assert sections.needs_a_look(unread, a_team(issues=some_counts(aligned=3)))


def test_what_became_of_what_was_found_is_counted() -> None:
    issues = tuple(
        FollowedIssue(tracker="jira-main", key=f"PAY-{at}", was="unaligned", became=became)
        for at, became in enumerate(("tied", "tied", "routine", "left"))
    )
    sprint = FollowedSprint(name="Sprint 42", day=date(2026, 11, 16), issues=issues)

    [(team, _, became)] = sections.followed_by_name(a_report(teams=(a_team(followed=sprint), a_team("new"))))

    assert team.key == "payments"
    assert (became.tied, became.routine, became.dropped, became.left) == (2, 1, 0, 1)


def test_an_issue_in_two_sprints_is_listed_once() -> None:
    report = a_report(work=(some_work(sprint="42"), some_work(sprint="43")))

    assert [len(group.work) for group in sections.unaligned_by_team(report)] == [1]


def test_a_team_that_is_not_declared_goes_by_its_key() -> None:
    report = a_report(work=(some_work(team="OPS"),))

    assert [group.team for group in sections.unaligned_by_team(report)] == ["OPS"]


def test_only_unaligned_work_is_listed_as_such() -> None:
    work = tuple(some_work(f"A-{kind}", **{"class": kind}) for kind in ("aligned", "routine", "unaligned", "broken"))

    (group,) = sections.unaligned_by_team(a_report(work=work))

    assert [row.key for row in group.work] == ["A-unaligned"]


def test_no_key_result_is_lost_for_want_of_its_objective() -> None:
    report = a_report(objectives=(an_objective(),), key_results=(a_key_result(), a_key_result("X", objective="gone")))

    grouped = [kr.id for group in sections.key_results_by_objective(report) for kr in group.key_results]
    assert grouped == ["PAY-O1-KR1"]
    assert [kr.id for kr in sections.key_results_without_objective(report)] == ["X"]


def test_broken_tags_come_in_the_same_order_whatever_the_order_of_reading() -> None:
    tags = (a_broken_tag("B-2"), a_broken_tag("A-1"), a_broken_tag("B-1"))

    forward, backward = a_report(broken_tags=tags), a_report(broken_tags=tags[::-1])

    assert sections.broken_tags(forward) == sections.broken_tags(backward)
