"""From readings to every figure of a run."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from support.builders import (
    TODAY,
    a_checkin,
    a_kr,
    a_period,
    a_registry,
    a_scope,
    a_sprint,
    a_team,
    an_issue,
    an_objective,
    manual,
    queried,
    settings,
)

from mappings.figures import Figures, work_out
from mappings.measures import Taken
from mappings.model import EPIC, Health, Issue, Reading, Sprint, State
from mappings.okrs import Registry
from mappings.targets import Ledger, Target

TAG = ("okr:PAY-O1-KR1",)
RULES = settings(teams=(a_team(), a_team("growth", scopes=(a_scope(team="growth", projects=("GRO",)),))))


def reading(*issues: Issue, team: str = "payments", sprints: tuple[Sprint, ...] = (), **changes: Any) -> Reading:
    return Reading(scope=a_scope(team=team), kind="memory", issues=issues, sprints=sprints, **changes)


def figures(*readings: Reading, registry: Registry | None = None, today: date = TODAY) -> Figures:
    return work_out(readings, registry or a_registry(a_kr("PAY-O1-KR1")), RULES, today)


def test_an_issue_that_two_scopes_read_counts_once_and_is_seen_in_both() -> None:
    issue = an_issue(labels=TAG)

    found = figures(reading(issue), reading(issue, team="growth")).key_results["PAY-O1-KR1"]

    assert len(found.delivery.lines) == 1
    assert found.scopes == ("memory/growth", "memory/payments")


def test_readings_come_sorted_whatever_order_they_were_made_in() -> None:
    one, other = reading(an_issue(labels=TAG)), reading(an_issue("GRO-1", labels=TAG), team="growth")

    assert figures(one, other) == figures(other, one)


def test_delivery_and_outcome_of_a_number_are_both_shown_with_their_mismatch() -> None:
    kr = a_kr("PAY-O1-KR1", measure=manual(0, 10), checkins=(a_checkin(value=1),))

    found = figures(reading(an_issue(labels=TAG, state=State.DONE)), registry=a_registry(kr)).key_results["PAY-O1-KR1"]

    assert found.delivery.share == 1
    assert (found.score.value, found.verdict.health) == (Decimal("0.10"), Health.OFF_TRACK)
    assert found.mismatch


def test_an_ancestor_is_no_work_though_it_is_tagged() -> None:
    epic = an_issue("PAY-100", level=EPIC, labels=TAG)

    found = figures(reading(an_issue(parent=epic.id), ancestors=(epic,)))

    assert (list(found.linked), [each.key for each in found.ancestors]) == ([("memory", "id-PAY-1")], ["PAY-100"])


def test_an_issue_that_one_scope_reads_as_work_and_another_as_an_ancestor_is_work() -> None:
    story = an_issue("PAY-1", labels=TAG)

    found = figures(reading(story), reading(team="growth", ancestors=(story,)))

    assert (list(found.linked), found.ancestors) == ([story.ref], ())


def test_an_epic_that_is_written_to_hides_no_family() -> None:
    top = an_issue("PAY-200", level=2, labels=TAG)
    epic = an_issue("PAY-100", level=EPIC, parent=top.id)
    kr = a_kr("PAY-O1-KR1", write=Target("memory", "issue", "PAY-100"))

    found = figures(reading(top, epic, an_issue("PAY-1", parent=epic.id)), registry=a_registry(kr))

    assert [line.issue.key for line in found.key_results["PAY-O1-KR1"].delivery.lines] == ["PAY-1"]
    assert [each.key for each in found.ancestors] == ["PAY-100"]


def test_broken_tags_are_listed_on_work_and_ancestors_once_each() -> None:
    epic = an_issue("PAY-100", level=EPIC, labels=("okr:nonsense",))

    found = figures(reading(an_issue(parent=epic.id), ancestors=(epic,)), reading(team="growth", ancestors=(epic,)))

    assert [tag.key for tag in found.broken] == ["PAY-100"]


def test_only_key_results_and_objectives_in_force_have_figures() -> None:
    past = a_period("2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30), closes=None)
    year = a_period("2026", start=date(2026, 1, 1), end=date(2026, 12, 31), closes=None)
    registry = a_registry(
        a_kr("PAY-O1-KR1"), a_kr("CO-1-KR1", period="2026"), a_kr("OLD-O1-KR1", period="2026-Q3"),
        periods=(past, year, a_period()),
    )  # fmt: skip

    found = figures(reading(), registry=registry)

    assert list(found.key_results) == ["CO-1-KR1", "PAY-O1-KR1"]
    assert registry.oldest_start(TODAY) == date(2026, 1, 1)


def test_an_objective_of_a_closed_period_is_not_scored() -> None:
    assert figures(reading(), today=date(2027, 1, 16)).objectives == {}
    assert list(figures(reading(), today=date(2027, 1, 15)).objectives) == ["PAY-O1"]


def test_without_a_period_in_force_there_is_no_oldest_start() -> None:
    assert a_registry().oldest_start(date(2030, 1, 1)) is None


def test_active_and_planned_sprints_are_told_apart() -> None:
    sprints = (a_sprint("7"), a_sprint("8", state="future"))

    found = figures(reading(an_issue(sprints=("8",)), sprints=sprints))

    assert [(each.sprint.id, each.issues()) for each in found.sprints] == [("7", 0)]
    assert [(each.sprint.id, each.issues()) for each in found.planned] == [("8", 1)]


def test_a_figure_that_may_draw_on_an_unread_scope_is_unknown_and_says_so() -> None:
    read = Reading(scope=a_scope(), kind="memory", issues=(an_issue(labels=("okr:PAY-O1-KR1",), state=State.DONE),))
    failed = Reading(scope=a_scope(team="growth"), kind="memory", problem="the last page failed")
    registry = a_registry(a_kr(), a_kr("PAY-O1-KR2", measure=manual(), checkins=(a_checkin(),)))
    elsewhere = Ledger(kr="PAY-O1-KR1", value=None)

    unknown = work_out((read, failed), registry, RULES, TODAY)
    known = work_out((read, failed), registry, RULES, TODAY, {"PAY-O1-KR1": elsewhere})

    found = unknown.key_results["PAY-O1-KR1"]
    assert (found.delivery.share, found.score.value, found.unread) == (None, None, ("memory/growth",))
    assert "memory/growth" in found.score.because
    assert unknown.key_results["PAY-O1-KR2"].score.value is not None, "a check-in needs no reading"
    assert known.key_results["PAY-O1-KR1"].delivery.share == 1


def test_what_a_source_answered_and_what_it_gave_before_make_score_and_forecast() -> None:
    registry = a_registry(a_kr("PAY-O1-KR1", measure=queried(12, 3)))
    taken = {"PAY-O1-KR1": Taken(value=Decimal(9), because="9 issues found")}
    past = {"PAY-O1-KR1": [(date(2026, 10, 5), Decimal(12)), (date(2026, 10, 27), Decimal(11))]}

    found = work_out((reading(),), registry, RULES, TODAY, taken=taken, past=past).key_results["PAY-O1-KR1"]
    without = work_out((reading(),), registry, RULES, TODAY, taken=taken).key_results["PAY-O1-KR1"]

    assert (found.score.value, found.score.current) == (Decimal("0.33"), 9)
    assert found.forecast is not None
    assert found.forecast.values == 3
    assert without == replace(found, forecast=None)


def test_a_number_that_a_source_gives_needs_no_issue_to_be_read() -> None:
    registry = a_registry(a_kr("PAY-O1-KR1", measure=queried(12, 3)))
    taken = {"PAY-O1-KR1": Taken(value=Decimal(9), because="9 issues found")}
    failed = Reading(scope=a_scope(), kind="memory", problem="the last page failed")

    found = work_out((failed,), registry, RULES, TODAY, taken=taken).key_results["PAY-O1-KR1"]

    assert (found.score.value, found.delivery.share, found.unread) == (Decimal("0.33"), None, ("memory/payments",))


def test_a_key_result_knows_what_it_waits_for_and_what_supports_it() -> None:
    growing = a_kr("GRO-O1-KR1", team="growth", measure=manual(), checkins=(a_checkin(value=0),))
    registry = a_registry(
        an_objective("PAY-O1", a_kr("PAY-O1-KR1", depends_on=("GRO-O1-KR1", "GRO-O1"))),
        an_objective("GRO-O1", growing, team="growth", supports="PAY-O1-KR1"),
    )

    found = figures(reading(), registry=registry)

    waiting = found.key_results["PAY-O1-KR1"]
    assert [said.split(",")[0] for said in waiting.waits_on] == ["GRO-O1-KR1 of growth", "GRO-O1 of growth"]
    assert waiting.supported_by == ("GRO-O1",)
    assert found.objectives["PAY-O1"].from_below == ("GRO-O1",)
    assert found.key_results["GRO-O1-KR1"].waits_on == found.key_results["GRO-O1-KR1"].supported_by == ()
