"""What a plan makes of what stands at a target besides value and ledger."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from support.builders import TODAY, a_registry, settings
from unit.rules.test_plan import RULES, TARGET, a_ledger, a_reading, planned, scoring, standing

from mappings.figures import work_out
from mappings.targets import Standing, Target
from syncer.plan import Status, begin_of_slot, plan_progress, readable_targets

BY_SLUG, BY_ID = Target("lin", "project", "checkout-1a2b"), Target("lin", "project", "a84c2e17")


def test_a_slot_begins_at_the_companys_midnight_and_travels_so() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    registry = a_registry(scoring())
    rules = replace(RULES, zone=tokyo)
    figures = work_out((a_reading(), a_reading("growth")), registry, rules, TODAY)

    (change,) = plan_progress(figures, registry, rules, {TARGET: standing(None)})

    assert change.write is not None
    assert change.write.slot == datetime(2026, 11, 16, tzinfo=tokyo)
    assert [slot for _, _, slot in readable_targets(registry, TODAY, tokyo)] == [change.write.slot]


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)], ids=["an hour less", "an hour more"])
def test_the_day_on_which_clocks_change_has_a_midnight(day: date) -> None:
    began = begin_of_slot(day, 1, ZoneInfo("Europe/Zurich"))

    assert (began.date(), began.hour) == (day, 0)


def test_an_update_that_was_taken_down_is_left_down_until_the_next_slot_or_resume() -> None:
    stands = standing("0.40", a_ledger("0.40"), taken_down=True)

    left = planned(stands=stands)
    resumed = planned(stands=stands, resumed="PAY-O1-KR1")

    assert (left.status, left.write) == (Status.LEFT_ALONE, None)
    assert left.reason == (
        "a person took down this slot's update: the next comes on 2026-11-23, or `okrsync resume PAY-O1-KR1`"
    )
    assert resumed.status is Status.WOULD_CHANGE
    assert resumed.write is not None


@pytest.mark.parametrize("later", [False, True])
def test_a_target_that_may_be_read_later_has_failed_for_later(later: bool) -> None:
    change = planned(stands=standing(None, problem="could not be read: quota", try_later=later))

    assert (change.status, change.later) == (Status.FAILED, later)
    assert change.reason == "memory:issue/OKR-1: could not be read: quota"


def at(target: Target, place: str) -> Standing:
    return Standing(target=target, place=place)


@pytest.mark.parametrize("resumed", ["", "PAY-O1-KR1"])
def test_two_key_results_on_one_place_are_both_left_alone(resumed: str) -> None:
    krs = [scoring(write=BY_SLUG), scoring(id="PAY-O1-KR2", write=BY_ID)]
    registry = a_registry(*krs)
    figures = work_out((a_reading(), a_reading("growth")), registry, RULES, TODAY)
    standings = {BY_SLUG: at(BY_SLUG, "a84c2e17"), BY_ID: at(BY_ID, "a84c2e17")}

    changes = plan_progress(figures, registry, RULES, standings, resumed=resumed)

    assert [(change.status, change.write) for change in changes] == [(Status.LEFT_ALONE, None)] * 2
    assert [change.reason for change in changes] == [
        f"{BY_SLUG} and {BY_ID} are one place, and PAY-O1-KR2 is written there: give each its own",
        f"{BY_ID} and {BY_SLUG} are one place, and PAY-O1-KR1 is written there: give each its own",
    ]


def test_key_results_on_two_places_are_both_written() -> None:
    krs = [scoring(write=BY_SLUG), scoring(id="PAY-O1-KR2", write=BY_ID)]
    registry = a_registry(*krs)
    figures = work_out((a_reading(), a_reading("growth")), registry, settings(teams=RULES.teams), TODAY)
    standings = {BY_SLUG: at(BY_SLUG, "another"), BY_ID: at(BY_ID, "a84c2e17")}

    changes = plan_progress(figures, registry, RULES, standings)

    assert [change.write.value if change.write else None for change in changes] == [Decimal("0.60")] * 2
