from datetime import date
from decimal import Decimal

import pytest
from support import builders as b

from mappings.checkin_rules import doubts, milestone_of, refusals
from mappings.measures import Endpoint, Measure, Milestone, Query
from mappings.okrs import Checkin, KeyResult, Retarget, Status

ASKED = Query(tracker="jira-main", jql="project = INC")
MILESTONES = Measure(kind="milestones", milestones=(Milestone(title="Terms signed"), Milestone(title="First payout")))


def a_kr(**changes) -> KeyResult:
    return b.a_kr(**{"measure": b.manual(12, 3)} | changes)


def refused(kr: KeyResult, *, today=b.TODAY, done="", **said) -> tuple[str, ...]:
    checkin = Checkin(**{"on": b.TODAY} | said)
    return refusals(kr, b.a_period(), checkin, today, done=done)


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        (b.manual(12, 3), "700"),
        (Measure(kind="qualitative"), "0.5"),
        (Measure(kind="qualitative"), "1"),
        (Measure(kind="hold", target=Decimal(99), keep="at or above"), "98.5"),
    ],
)
def test_a_value_is_taken_for_a_measure_that_people_say(measure, value):
    assert refused(a_kr(measure=measure), value=Decimal(value), confidence=10, note="n", risk="r") == ()


@pytest.mark.parametrize(
    ("measure", "reason"),
    [
        (Measure(kind="delivery"), "worked out from the linked work"),
        (Measure(kind="query", source=ASKED), "asked of jira-main"),
        (Measure(kind="hold", source=ASKED), "asked of jira-main"),
        (Measure(kind="http", source=Endpoint(url="https://x.test", pointer="/n")), "read from an address"),
        (MILESTONES, "ticked off with --done"),
    ],
)
def test_a_value_is_refused_for_a_measure_that_has_its_own_source_and_the_rest_is_taken(measure, reason):
    [why] = refused(a_kr(measure=measure), value=Decimal(5), confidence=3)

    assert why.startswith("PAY-O1-KR1 takes no value: ")
    assert reason in why
    assert refused(a_kr(measure=measure), confidence=3) == ()


@pytest.mark.parametrize(("value", "confidence"), [("1.01", 5), ("-0.1", 5), ("0.5", 11), ("0.5", -1)])
def test_a_number_outside_its_range_is_refused(value, confidence):
    qualitative = a_kr(measure=Measure(kind="qualitative"))

    assert len(refused(qualitative, value=Decimal(value), confidence=confidence)) == 1


def test_the_day_is_one_of_the_period_until_it_closes_and_not_to_come():
    assert refused(a_kr(), confidence=5, on=date(2026, 10, 1)) == ()
    assert refused(a_kr(), confidence=5, on=date(2027, 1, 15), today=date(2027, 1, 15)) == ()
    assert "outside 2026-Q4, 2026-10-01 to 2027-01-15" in refused(a_kr(), confidence=5, on=date(2026, 9, 30))[0]
    assert refused(a_kr(), confidence=5, on=date(2026, 11, 19)) == ("2026-11-19 is still to come",)


def test_a_period_that_has_closed_is_frozen_for_every_day_of_it():
    frozen = ("2026-Q4 closed on 2027-01-15: its values are final",)

    assert refused(a_kr(), confidence=5, on=date(2026, 12, 31), today=date(2027, 1, 16)) == frozen
    assert refused(a_kr(), confidence=5, on=date(2027, 1, 16), today=date(2027, 1, 16)) == frozen
    closes_at_its_end = b.a_period(closes=None)
    late = Checkin(on=date(2026, 12, 31), confidence=5)
    assert refusals(a_kr(), closes_at_its_end, late, date(2026, 12, 31)) == ()
    assert "closed on 2026-12-31" in refusals(a_kr(), closes_at_its_end, late, date(2027, 1, 1))[0]


def test_what_is_retired_or_replaced_takes_nothing_and_a_draft_does():
    replaced = a_kr(status=Status.REPLACED, replaced_by="PAY-O1-KR2")

    assert refused(a_kr(status=Status.RETIRED), confidence=5) == ("PAY-O1-KR1 was retired",)
    assert refused(replaced, confidence=5) == ("PAY-O1-KR1 was replaced: check in for PAY-O1-KR2",)
    assert refused(a_kr(status=Status.DRAFT), confidence=5) == ()


def test_a_milestone_is_known_by_its_title():
    milestones = a_kr(measure=MILESTONES)

    assert refused(milestones, done=" terms SIGNED ") == ()
    assert milestone_of(milestones, "first payout") == 1
    assert refused(milestones, done="first payouts") == (
        'PAY-O1-KR1 has no milestone "first payouts"; did you mean "First payout"?',
    )
    assert refused(a_kr(), done="Terms signed") == ("PAY-O1-KR1 has no milestones: its measure is manual",)


def answered(*days_and_answers, id="PAY-O1-KR1", **changes) -> KeyResult:
    checkins = tuple(Checkin(on=date(2026, 11, day), still_right=answer) for day, answer in days_and_answers)
    return a_kr(id=id, checkins=checkins, **changes)


def retarget(day: int) -> Retarget:
    return Retarget(on=date(2026, 11, day), before=Decimal(3), after=Decimal(6), because="two markets")


@pytest.mark.parametrize(
    ("key_results", "doubted"),
    [
        ([answered((9, None))], []),
        ([answered((9, False))], ["PAY-O1-KR1"]),
        ([answered((9, False), (16, None))], ["PAY-O1-KR1"]),
        ([answered((9, False), (16, True))], []),
        ([answered((9, True), (16, False))], ["PAY-O1-KR1"]),
        ([answered((25, False))], []),
        ([answered((9, False)), answered((16, True), id="PAY-O1-KR2")], []),
        ([answered((16, True)), answered((16, False), id="PAY-O1-KR2")], ["PAY-O1-KR2"]),
        ([answered((9, False), status=Status.RETIRED)], []),
        ([answered((9, False)), answered(id="PAY-O1-KR2", retargets=(retarget(9),))], []),
        ([answered((9, False)), answered(id="PAY-O1-KR2", retargets=(retarget(8),))], ["PAY-O1-KR1"]),
    ],
)
def test_a_no_stands_until_the_objective_is_changed_or_a_later_answer_is_yes(key_results, doubted):
    assert [doubt.kr.id for doubt in doubts(b.a_registry(*key_results), b.TODAY)] == doubted


def test_a_doubt_says_who_what_and_how_it_ends():
    [doubt] = doubts(b.a_registry(answered((9, False))), b.TODAY)

    assert str(doubt).startswith("PAY-O1: on 2026-11-09 a check-in of PAY-O1-KR1 said")
    assert str(doubt).endswith("check in with --still-right yes")
    assert doubts(b.a_registry(answered((9, False))), date(2027, 1, 16)) == ()
