"""Health: a score against what is expected by now, each verdict by a rule with a name."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from support.builders import a_kr, a_period, accrued, manual, queried

from mappings.counting import undelivered
from mappings.health import Verdict, expected_score, health
from mappings.measures import Measure, Taken
from mappings.model import Health
from mappings.okrs import Checkpoint, HealthOverride
from mappings.scoring import Score, score
from mappings.settings import HealthThresholds

PERIOD = a_period(start=date(2026, 10, 1), end=date(2027, 1, 8))
"""A hundred days, so that a day is a percent."""
NOTHING_LINKED = undelivered("points")


def day(number: int) -> date:
    """The day on which `number` percent of PERIOD are begun."""
    return PERIOD.start + timedelta(days=number - 1)


def judged(
    value: str | None, on: int = 50, heard: date | None = None, is_too_early: bool = False, **changes: Any
) -> Verdict:
    taken = None if value is None else Decimal(value)
    scored = Score(value=taken, heard=heard, because="why", is_too_early=is_too_early)
    return health(a_kr(**changes), scored, PERIOD, day(on), HealthThresholds())


@pytest.mark.parametrize(
    ("commitment", "value", "expected"),
    [
        ("aspirational", "0.35", Health.ON_TRACK),
        ("aspirational", "0.34", Health.AT_RISK),
        ("aspirational", "0.20", Health.AT_RISK),
        ("aspirational", "0.19", Health.OFF_TRACK),
        ("committed", "0.45", Health.ON_TRACK),
        ("committed", "0.44", Health.AT_RISK),
        ("committed", "0.35", Health.AT_RISK),
        ("committed", "0.34", Health.OFF_TRACK),
    ],
)
def test_the_pace_is_judged_by_the_commitment(commitment: str, value: str, expected: Health) -> None:
    found = judged(value, commitment=commitment)

    assert (found.health, found.rule) == (expected, f"pace:{commitment}")


def test_a_verdict_explains_its_pace() -> None:
    assert judged("0.35").because == "35 % against 50 % expected is a pace of 0.7; 0.7 is on track"
    assert judged("0.30").because == "30 % against 50 % expected is a pace of 0.6; 0.7 would be on track"
    assert judged("0.10").because == "10 % against 50 % expected is a pace of 0.2; below 0.4"


def test_thresholds_can_be_configured() -> None:
    strict = HealthThresholds(aspirational=(Decimal(2), Decimal(1)), pending_share=Decimal(0))

    assert health(a_kr(), Score(value=Decimal("0.5")), PERIOD, day(50), strict).health is Health.AT_RISK


@pytest.mark.parametrize(("on", "expected"), [(1, Health.PENDING), (14, Health.PENDING), (15, Health.OFF_TRACK)])
def test_the_first_fifteen_percent_of_the_period_are_too_early_to_judge(on: int, expected: Health) -> None:
    assert judged("0.00", on).health is expected


def test_an_unknown_score_has_an_unknown_health_from_the_first_day() -> None:
    assert judged(None, 1) == Verdict(health=Health.UNKNOWN, rule="unknown", because="why")


@pytest.mark.parametrize(
    ("silent", "value", "expected"),
    [
        (14, "0.50", Health.ON_TRACK),
        (15, "0.50", Health.STALE),
        (15, "0.30", Health.AT_RISK),
        (15, "0.00", Health.OFF_TRACK),
    ],
)
def test_silence_beats_green_and_only_green(silent: int, value: str, expected: Health) -> None:
    assert judged(value, heard=day(50) - timedelta(days=silent)).health is expected


def test_silence_is_two_missed_check_ins() -> None:
    heard = day(50) - timedelta(days=15)

    assert judged("0.50", heard=heard, cadence_days=14).health is Health.ON_TRACK
    assert judged("0.50", heard=heard).because == "last heard of 15 days ago"


@pytest.mark.parametrize(("until", "expected"), [(50, Health.OFF_TRACK), (49, Health.ON_TRACK)])
def test_a_persons_word_wins_until_its_date(until: int, expected: Health) -> None:
    override = HealthOverride(health=Health.OFF_TRACK, until=day(until), by="the lead")

    assert judged("0.90", override=override).health is expected


def test_a_persons_word_wins_over_pending_and_unknown_too() -> None:
    override = HealthOverride(health=Health.AT_RISK, until=day(50), by="the lead")

    found = judged(None, 1, override=override)

    assert (found.health, found.rule) == (Health.AT_RISK, "override")
    assert found.because == f"the lead says so until {day(50).isoformat()}"


@pytest.mark.parametrize(
    ("on", "expected"), [(20, "5 %"), (40, "10 %"), (70, "55 %"), (100, "100 %"), (107, "100 %"), (16, "4 %")]
)
def test_checkpoints_replace_the_straight_line(on: int, expected: str) -> None:
    checkpoints = (Checkpoint(on=day(40), value=Decimal(1)), Checkpoint(on=day(100), value=Decimal(10)))
    kr = a_kr(measure=manual(0, 10), checkpoints=checkpoints)

    found = health(kr, Score(value=Decimal(1)), PERIOD, day(on), HealthThresholds())

    assert found.rule == "checkpoints:aspirational"
    assert f"against {expected} expected" in found.because


def test_nothing_expected_yet_is_on_track() -> None:
    kr = a_kr(measure=manual(0, 10), checkpoints=(Checkpoint(on=day(60), value=Decimal(0)),))

    assert health(kr, Score(value=Decimal(0)), PERIOD, day(50), HealthThresholds()).health is Health.ON_TRACK


def test_checkpoints_without_a_start_and_a_target_leave_the_straight_line() -> None:
    measure = Measure(kind="manual", target=Decimal(3))

    assert judged("0.50", measure=measure, checkpoints=(Checkpoint(on=day(60), value=Decimal(0)),)).rule == (
        "pace:aspirational"
    )


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        (Measure(kind="delivery"), "0.2"),
        (Measure(kind="delivery", target=Decimal(40)), "8"),
        (Measure(kind="milestones"), "0.2"),
        (Measure(kind="qualitative"), "0.2"),
        (queried(10, 110), "30"),
        (accrued(120, 200), "40"),
    ],
)
def test_checkpoints_are_in_the_numbers_of_their_measure(measure: Measure, value: str) -> None:
    found = judged("0.20", measure=measure, checkpoints=(Checkpoint(on=day(50), value=Decimal(value)),))

    assert "20 % against 20 % expected" in found.because
    assert found.health is Health.ON_TRACK


# A number to hold


@pytest.mark.parametrize(("value", "expected"), [("1.00", Health.ON_TRACK), ("0.00", Health.OFF_TRACK)])
@pytest.mark.parametrize("on", [1, 14, 50, 107])
def test_a_hold_is_held_or_not_on_any_day(value: str, expected: Health, on: int) -> None:
    found = judged(value, on, measure=Measure(kind="hold"), commitment="committed")

    assert (found.health, found.rule, found.because) == (expected, "hold", "why")


def test_a_hold_that_nobody_looked_at_for_long_is_stale() -> None:
    assert judged("1.00", measure=Measure(kind="hold"), heard=day(35)).health is Health.STALE
    assert judged("0.00", measure=Measure(kind="hold"), heard=day(35)).health is Health.OFF_TRACK


# A number that grows through the period


def accrual(used: int, on: int = 50, start: int = 12, target: int = 3, **changes: Any) -> Verdict:
    kr = a_kr(measure=accrued(start, target), **changes)
    answer = Taken(value=Decimal(used), because="counted")
    scored = score(kr, NOTHING_LINKED, PERIOD, day(on), HealthThresholds(), answer)
    return health(kr, scored, PERIOD, day(on), HealthThresholds())


@pytest.mark.parametrize(
    ("used", "commitment", "expected"),
    [
        (2, "aspirational", Health.ON_TRACK),
        (3, "aspirational", Health.AT_RISK),
        (2, "committed", Health.AT_RISK),
        (3, "committed", Health.OFF_TRACK),
        (1, "committed", Health.ON_TRACK),
    ],
)
def test_a_budget_is_judged_by_what_it_is_heading_for(used: int, commitment: str, expected: Health) -> None:
    found = accrual(used, commitment=commitment)

    assert (found.health, found.rule) == (expected, f"accrual:{commitment}")


def test_the_verdict_on_a_budget_says_what_it_is_heading_for() -> None:
    assert accrual(2).because == ("heading for 4: 89 % against 100 % expected is a pace of 0.89; 0.7 is on track")


@pytest.mark.parametrize(
    ("used", "on", "commitment", "expected"),
    [
        (5, 50, "aspirational", Health.OFF_TRACK),
        (4, 99, "aspirational", Health.AT_RISK),
        (4, 99, "committed", Health.OFF_TRACK),
        (6, 99, "aspirational", Health.AT_RISK),
        (4, 5, "aspirational", Health.OFF_TRACK),
    ],
)
def test_a_budget_that_is_overspent_is_never_on_track_again(
    used: int, on: int, commitment: str, expected: Health
) -> None:
    found = accrual(used, on, commitment=commitment)

    assert (found.health, found.rule) == (expected, f"accrual:missed:{commitment}")
    assert found.because.startswith("the target is missed; heading for ")


def test_a_budget_in_the_first_days_is_pending_and_says_what_is_used() -> None:
    found = accrual(1, 14)

    assert (found.health, found.rule) == (Health.PENDING, "pending")
    assert found.because == "1 of 3 used: too early to say what it is heading for; counted"


def test_a_budget_whose_last_number_is_from_the_first_days_is_unknown_later_on() -> None:
    found = judged(None, 50, is_too_early=True)

    assert (found.health, found.rule) == (Health.UNKNOWN, "unknown")


@pytest.mark.parametrize(("there", "expected"), [(70, Health.ON_TRACK), (68, Health.AT_RISK), (38, Health.OFF_TRACK)])
def test_what_grows_to_a_target_is_judged_by_what_it_is_heading_for_too(there: int, expected: Health) -> None:
    found = accrual(there, start=120, target=200)

    assert (found.health, found.rule) == (expected, "accrual:aspirational")
    assert found.because.startswith(f"heading for {2 * there}: ")


def test_what_grows_is_not_judged_for_the_days_since_it_was_said() -> None:
    kr = a_kr(measure=Measure(kind="manual", start=Decimal(0), target=Decimal(100), accrual=True), cadence_days=30)
    said = Score(value=Decimal("0.40"), heard=day(40))

    assert expected_score(kr, said, PERIOD, day(60)) == Fraction(2, 5)
    assert health(kr, said, PERIOD, day(60), HealthThresholds()).because.startswith("40 % against 40 % expected")


def test_a_pace_just_on_the_line_is_on_it() -> None:
    """30 % after 39 of 91 days is a pace of 0.7 exactly, which no decimal fraction of the period shows."""
    quarter = a_period(start=date(2026, 10, 1), end=date(2026, 12, 30))
    found = health(a_kr(), Score(value=Decimal("0.30")), quarter, date(2026, 11, 8), HealthThresholds())

    assert found.health is Health.ON_TRACK


@pytest.mark.parametrize("quiet", [Health.PENDING, Health.STALE, Health.UNKNOWN])
def test_a_health_that_judges_nothing_is_not_posted(quiet: Health) -> None:
    assert not quiet.is_posted
    assert [each for each in Health if each.is_posted] == [Health.ON_TRACK, Health.AT_RISK, Health.OFF_TRACK]
