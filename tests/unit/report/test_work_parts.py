"""What report.json says of earlier runs, of the sprint that comes next, and of what needs a talk."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from support.stage import on_stage

from mappings.linking import Class
from mappings.past import NO_PAST, KeyResultDay, SprintDay, SprintIssue, sprint_days
from mappings.suggesting import Suggestion
from syncer.report.document import report
from syncer.report.schema import ReportTeam
from syncer.run import Run


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """One run of the made-up company, with nothing kept of earlier ones."""
    with pytest.MonkeyPatch.context() as patch, on_stage(tmp_path_factory.mktemp("company"), patch, size=0.1) as stage:
        yield replace(stage.run("report"), past=NO_PAST)


def remembering(run: Run, **past: Any) -> Run:
    return replace(run, past=replace(NO_PAST, **past))


def team_of(run: Run, key: str = "payments") -> ReportTeam:
    return next(team for team in report(run).teams if team.key == key)


def payments_now(run: Run) -> SprintDay:
    days = sprint_days(run.figures.sprints, run.figures.today)
    return next(it for it in days if it.team == "payments" and not it.is_window)


def kept_sprint(now: SprintDay, back: int, **changes: Any) -> SprintDay:
    """The payments sprint so many sprints before the one that is read."""
    assert now.start is not None
    start = now.start - timedelta(days=14 * back)
    given: dict[str, Any] = {"sprint": f"old-{back}", "name": f"Sprint -{back}", "state": "closed", "start": start}
    return replace(now, **(given | {"day": start + timedelta(days=13)} | changes))


def test_what_to_talk_about_comes_in_the_runs_own_order(read: Run) -> None:
    assert read.talk
    assert [line.text for line in report(read).talk] == [line.text for line in read.talk]


def test_a_teams_trend_is_its_last_six_sprints_each_by_its_newest_figure_and_no_window(read: Run) -> None:
    now = payments_now(read)
    old = [kept_sprint(now, back, aligned=back, unaligned=0) for back in range(1, 8)]
    earlier = [replace(it, day=it.day - timedelta(days=5), aligned=99) for it in old]
    window = kept_sprint(now, 1, sprint="w", name="Last 14 days", is_window=True)
    run = remembering(read, sprints=(*old, *earlier, window, kept_sprint(now, -1, state="future", sprint="next")))

    trend = team_of(run).trend

    assert [it.name for it in trend] == ["Sprint -5", "Sprint -4", "Sprint -3", "Sprint -2", "Sprint -1", now.name]
    assert [it.issues.aligned for it in trend] == [5, 4, 3, 2, 1, now.aligned]
    assert trend[-1].day == read.figures.today


def test_what_was_found_in_planning_is_followed_to_what_became_of_it(read: Run) -> None:
    now, today = payments_now(read), read.figures.today
    alignment = next(it for it in read.figures.sprints if it.sprint.id == now.sprint)
    of_class = {kind: [row.issue for row in alignment.rows if row.kind is kind] for kind in Class}
    tied, left = of_class[Class.ALIGNED][0], of_class[Class.UNALIGNED][0]
    issue = SprintIssue(
        tracker=now.tracker,
        sprint=now.sprint,
        issue=tied.id,
        key=tied.key,
        team="payments",
        first_class=Class.UNALIGNED,
        first_day=today - timedelta(days=3),
        last_class=Class.UNALIGNED,
        last_day=today - timedelta(days=1),
        present=True,
    )
    issues = (issue, replace(issue, issue=left.id, key=left.key), replace(issue, issue="gone", key="PAY-999"))
    day = replace(now, day=today - timedelta(days=1))

    found = team_of(remembering(read, issues=issues, sprints=(day,))).followed

    assert found is not None
    assert (found.name, found.day) == (now.name, today - timedelta(days=3))
    became = {it.key: it.became for it in found.issues}
    assert (became[tied.key], became[left.key], became["PAY-999"]) == ("tied", "left", "dropped")


def test_a_sprint_that_is_read_for_the_first_time_has_nothing_to_follow(read: Run) -> None:
    assert all(team.followed is None for team in report(read).teams)


def a_day(kr: str, day: date, score: str, delivery: int) -> KeyResultDay:
    done = Fraction(delivery, 100)
    return KeyResultDay(
        kr=kr, day=day, score=Decimal(score), delivery=done, current=None, health="at_risk", confidence=None
    )


def test_a_key_results_trend_leaves_out_the_days_on_which_nothing_moved(read: Run) -> None:
    today, kr = read.figures.today, report(read).key_results[0]
    days = [(5, "0.1", 1), (4, "0.1", 1), (3, "0.1", 1), (2, "0.2", 1), (1, "0.2", 1)]
    past = tuple(a_day(kr.id, today - timedelta(days=back), score, done) for back, score, done in days)

    found = next(it for it in report(remembering(read, days=past)).key_results if it.id == kr.id)

    assert [(today - it.day).days for it in found.trend] == [5, 3, 2, 1, 0]
    assert (found.trend[-1].score, found.trend[-1].delivery) == (found.score, found.delivery.share)
    assert found.moved is not None
    assert (found.moved.day, found.moved.score) == (today - timedelta(days=1), 0.2)


def test_what_could_not_be_read_has_the_day_of_its_last_good_figures(read: Run) -> None:
    today, kr = read.figures.today, report(read).key_results[0]
    unread = replace(read.figures.key_results[kr.id], unread=("jira-main/payments",))
    readings = tuple(
        replace(it, problem="no answer") if it.scope.name == "jira-main/payments" else it
        for it in read.figures.readings
    )
    figures = replace(read.figures, key_results=dict(read.figures.key_results) | {kr.id: unread}, readings=readings)
    past = (a_day(kr.id, today - timedelta(days=2), "0.3", 40), a_day(kr.id, today - timedelta(days=9), "0.2", 30))

    document = report(replace(remembering(read, days=past), figures=figures))

    found = next(it for it in document.key_results if it.id == kr.id)
    assert found.last_good is not None
    assert (found.last_good.day, found.last_good.score) == (today - timedelta(days=2), 0.3)
    assert found.moved is None
    assert {it.last_good for it in document.readings if not it.complete} == {today - timedelta(days=2)}
    assert {it.last_good for it in document.readings if it.complete} == {None}
    assert "payments" not in {it.team for it in document.next_sprints}


def test_work_without_a_goal_comes_with_what_it_looks_like_and_the_tag_to_type(read: Run) -> None:
    loose = next(row for it in read.figures.sprints for row in it.rows if row.kind is Class.UNALIGNED)
    likely = Suggestion(kr="PAY-O1-KR1", score=0.61, reason="as PAY-3: refund")

    work = report(replace(read, suggestions={loose.issue.ref: (likely,)})).work

    said = {it.key: [(each.kr, each.score, each.tag) for each in it.suggestions] for it in work if it.suggestions}
    assert said == {loose.issue.key: [("PAY-O1-KR1", 0.61, "okr:PAY-O1-KR1")]}


def test_the_next_sprint_is_seen_from_the_goals(read: Run) -> None:
    planned = {it.team: it for it in report(read).next_sprints}

    assert planned
    for it in planned.values():
        counts = it.issues
        assert counts.total == counts.aligned + counts.routine + counts.new + counts.unaligned + counts.broken
        assert len(it.work) == counts.unaligned + counts.broken
        assert sum(each.share for each in it.planned) <= 1.001


def test_a_page_is_old_after_twice_the_time_between_reports(read: Run) -> None:
    twelve_hours = replace(read, config=replace(read.config, report_every_seconds=43_200.0))

    assert (report(read).stale_after_hours, report(twelve_hours).stale_after_hours) == (48, 24)
