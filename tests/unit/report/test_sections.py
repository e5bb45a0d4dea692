"""What the faces have in common."""

from support.report_documents import (
    a_broken_tag,
    a_key_result,
    a_report,
    a_team,
    an_objective,
    some_counts,
    some_work,
)

from syncer.report import sections
from syncer.report.schema import RoutineShare


def told(**parts: object) -> list[str]:
    return [topic.text for topic in sections.topics(a_report(**({"teams": ()} | parts)))]


def test_a_calm_company_has_nothing_to_talk_about() -> None:
    assert told() == []


def test_a_key_result_without_work_is_a_topic() -> None:
    assert told(key_results=(a_key_result(links=0),)) == ["1 key result without any work: PAY-O1-KR1"]


def test_a_retired_key_result_is_no_topic() -> None:
    assert told(key_results=(a_key_result(links=0, status="retired", health="off_track"),)) == []


def test_work_done_that_moved_no_number_is_a_topic() -> None:
    assert told(key_results=(a_key_result(mismatch=True),)) == [
        "1 key result where work done and outcome disagree: PAY-O1-KR1"
    ]


def test_a_budget_that_is_met_is_no_topic_and_one_that_is_passed_is() -> None:
    met = RoutineShare(class_="bug", budget=0.25, issues=5, share=0.25)
    passed = RoutineShare(class_="chore", budget=0.25, issues=6, share=0.3)
    none = RoutineShare(class_="visit", budget=None, issues=9, share=0.9)

    assert told(teams=(a_team(routine=(met, passed, none)),)) == [
        "Payments: chore took 30 % of the sprint, budget 25 %"
    ]


def test_a_service_team_is_not_in_the_headline_of_unaligned_work() -> None:
    teams = (a_team(issues=some_counts(3, 0, 1)), a_team("support", mode="service", issues=some_counts(0, 0, 9)))

    assert told(teams=teams) == ["1 of 4 sprint issues tied to no key result"]


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
