"""Score, which is outcome; health, which is score against time; roll-up and mismatch."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from support.builders import TODAY, a_checkin, a_kr, a_period, a_registry, an_objective, manual

from mappings.counting import Delivery
from mappings.measures import Measure
from mappings.model import Health
from mappings.okrs import Checkpoint, HealthOverride, KeyResult, Status
from mappings.scoring import ObjectiveScore, Score, Verdict, health, last_checkin, mismatch, objective_score, score
from mappings.settings import HealthThresholds

PERIOD = a_period(start=date(2026, 10, 1), end=date(2027, 1, 8))
"""A hundred days, so that a day is a percent."""


def day(number: int) -> date:
    """The day on which `number` percent of PERIOD are begun."""
    return PERIOD.start + timedelta(days=number - 1)


def delivered(share: str | None) -> Delivery:
    return Delivery(
        unit="points", done=None, total=None, share=None if share is None else Fraction(share), unestimated=0, lines=()
    )


def judged(value: str | None, on: int = 50, heard: date | None = None, **changes: Any) -> Verdict:
    taken = None if value is None else Decimal(value)
    return health(a_kr(**changes), Score(value=taken, heard=heard, because="why"), PERIOD, day(on), HealthThresholds())


# Score


def test_a_delivery_key_result_scores_its_delivery() -> None:
    found = score(a_kr(), delivered("1/3"), TODAY)

    assert (found.value, found.because) == (Decimal("0.33"), "measured by delivery: 33 % is done")


def test_no_linked_work_is_an_unknown_score() -> None:
    assert score(a_kr(), delivered(None), TODAY) == Score(value=None, because="no linked work: unknown, not zero")


@pytest.mark.parametrize(
    ("start", "target", "value", "expected"),
    [
        (12, 3, 12, "0.00"),
        (12, 3, 5, "0.78"),
        (12, 3, 3, "1.00"),
        (12, 3, 1, "1.00"),
        (12, 3, 15, "0.00"),
        (0, 8, 1, "0.13"),
        (-10, 10, 0, "0.50"),
        ("99.5", "99.9", "99.6", "0.25"),
    ],
)
def test_a_number_scores_from_start_to_target_in_either_direction(
    start: Any, target: Any, value: Any, expected: str
) -> None:
    kr = a_kr(measure=manual(start, target), checkins=(a_checkin(value=value),))

    found = score(kr, delivered("1"), TODAY)

    assert (found.value, found.current, found.heard) == (Decimal(expected), Decimal(value), date(2026, 11, 16))


def test_a_number_is_never_overwritten_with_delivery() -> None:
    assert score(a_kr(measure=manual()), delivered("1"), TODAY).value is None


def test_the_score_says_which_number_made_it() -> None:
    kr = a_kr(measure=manual(12, 3), checkins=(a_checkin(value="4.50"),))

    assert score(kr, delivered(None), TODAY).because == "12 -> 3, 4.5 on 2026-11-16"


@pytest.mark.parametrize("kind", ["query", "http", "milestones", "qualitative", "hold"])
def test_a_measure_that_is_not_taken_is_unknown_and_says_so(kind: str) -> None:
    kr = a_kr(measure=Measure(kind=kind, start=Decimal(0), target=Decimal(1)), checkins=(a_checkin(value=1),))

    assert score(kr, delivered("1"), TODAY) == Score(
        value=None, because=f"the measure {kind!r} is not taken by this version"
    )


@pytest.mark.parametrize(
    "kr",
    [
        a_kr(measure=manual()),
        a_kr(measure=manual(), checkins=(a_checkin(value=None, note="no number yet"),)),
        a_kr(measure=manual(), checkins=(a_checkin(on=TODAY + timedelta(days=1)),)),
        a_kr(measure=Measure(kind="manual", target=Decimal(3)), checkins=(a_checkin(),)),
        a_kr(measure=Measure(kind="manual", start=Decimal(3)), checkins=(a_checkin(),)),
    ],
)
def test_without_a_number_the_score_is_unknown(kr: KeyResult) -> None:
    assert score(kr, delivered("1"), TODAY) == Score(value=None, because="nobody has checked in a value yet")


def test_the_newest_check_in_with_a_value_is_heard() -> None:
    checkins = (
        a_checkin(date(2026, 11, 9), 3),
        a_checkin(date(2026, 11, 2), 1),
        a_checkin(date(2026, 11, 16), None),
        a_checkin(date(2026, 11, 19), 9),
    )

    assert last_checkin(a_kr(checkins=checkins), TODAY) == checkins[0]


def test_of_two_check_ins_on_one_day_the_later_entry_is_heard() -> None:
    kr = a_kr(checkins=(a_checkin(value=5), a_checkin(value=6)))

    assert last_checkin(kr, TODAY) == kr.checkins[1]


# Health


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
    assert judged("0.50", checkpoints=(Checkpoint(on=day(60), value=Decimal(0)),)).rule == "pace:aspirational"


@pytest.mark.parametrize("quiet", [Health.PENDING, Health.STALE, Health.UNKNOWN])
def test_a_health_that_judges_nothing_is_not_posted(quiet: Health) -> None:
    assert not quiet.is_posted
    assert [each for each in Health if each.is_posted] == [Health.ON_TRACK, Health.AT_RISK, Health.OFF_TRACK]


# Objectives


def rolled_up(*values: str | None, on: int = 50, roll_up: str = "mean", **changes: dict[str, Any]) -> ObjectiveScore:
    """Score of an objective of key results KR1, KR2, ... with these scores; `changes` by KR."""
    krs = [a_kr(f"PAY-O1-KR{n}", **changes.get(f"KR{n}", {})) for n in range(1, len(values) + 1)]
    objective = an_objective("PAY-O1", *krs, roll_up=roll_up)
    registry = a_registry(objective, periods=(a_period(start=PERIOD.start, end=PERIOD.end),))
    scores = {kr.id: Score(value=None if v is None else Decimal(v)) for kr, v in zip(krs, values, strict=True)}
    return objective_score(objective, registry, scores, PERIOD, day(on), HealthThresholds())


def test_an_objective_is_the_mean_of_its_known_key_results() -> None:
    found = rolled_up("0.20", None, "0.41")

    assert (found.value, found.known, found.of) == (Decimal("0.31"), 2, 3)


def test_the_mean_is_weighted() -> None:
    assert rolled_up("1.00", "0.00", KR1={"weight": Decimal(3)}).value == Decimal("0.75")


def test_weakest_is_the_lowest_known() -> None:
    assert rolled_up("0.70", None, "0.30", roll_up="weakest").value == Decimal("0.30")


@pytest.mark.parametrize("roll_up", ["mean", "weakest"])
def test_an_objective_of_unknown_key_results_is_unknown(roll_up: str) -> None:
    found = rolled_up(None, None, roll_up=roll_up)

    assert (found.value, found.known, found.of) == (None, 0, 2)
    assert found.verdict == Verdict(health=Health.UNKNOWN, rule="unknown", because="no key result is known")


def test_key_results_that_all_weigh_nothing_make_no_mean() -> None:
    assert rolled_up("1.00", KR1={"weight": Decimal(0)}).value is None


def test_a_retired_key_result_is_not_rolled_up() -> None:
    found = rolled_up("1.00", "0.00", KR2={"status": Status.RETIRED})

    assert (found.value, found.known, found.of) == (Decimal("1.00"), 1, 1)


@pytest.mark.parametrize(
    ("second", "rule", "expected"),
    [("committed", "pace:committed", Health.AT_RISK), ("aspirational", "pace:aspirational", Health.ON_TRACK)],
)
def test_an_objective_is_judged_as_committed_when_all_of_it_is(second: str, rule: str, expected: Health) -> None:
    found = rolled_up("0.40", "0.40", KR1={"commitment": "committed"}, KR2={"commitment": second})

    assert (found.verdict.health, found.verdict.rule) == (expected, rule)


def test_an_objective_too_is_pending_in_the_first_days() -> None:
    assert rolled_up("0.00", on=14).verdict.health is Health.PENDING


# Mismatch


@pytest.mark.parametrize(
    ("work", "number", "is_mismatch"),
    [
        ("0.8", "0.20", True),
        ("0.79", "0.20", False),
        ("0.8", "0.21", False),
        ("0.2", "0.80", True),
        ("0.21", "0.80", False),
        ("0.2", "0.79", False),
        ("0.5", "0.50", False),
        (None, "0.00", False),
        ("1", None, False),
    ],
)
def test_work_that_is_done_and_a_number_that_has_not_moved_are_a_mismatch(
    work: str | None, number: str | None, is_mismatch: bool
) -> None:
    scored = Score(value=None if number is None else Decimal(number))

    assert bool(mismatch(a_kr(measure=manual()), delivered(work), scored)) == is_mismatch


def test_a_mismatch_says_both_numbers() -> None:
    kr = a_kr(measure=manual())

    high = mismatch(kr, delivered("0.9"), Score(value=Decimal("0.10")))
    low = mismatch(kr, delivered("0.1"), Score(value=Decimal("0.90")))

    assert high == "90 % of the work is done and the number has come 10 %"
    assert low == "the number has come 90 % with 10 % of the work done"


def test_a_key_result_measured_by_delivery_cannot_mismatch() -> None:
    assert mismatch(a_kr(), delivered("1"), Score(value=Decimal("0.00"))) == ""
