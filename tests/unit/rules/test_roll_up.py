"""An objective's score, from its own key results or from the objectives that support it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from support.builders import a_kr, a_period, a_registry, accrued, an_objective, manual

from mappings.health import Verdict
from mappings.measures import Measure
from mappings.model import Health
from mappings.okrs import Checkpoint, KeyResult, Objective, Registry, Status
from mappings.roll_up import KEY_RESULTS, SUPPORTING, ObjectiveScore, objective_scores, supporters
from mappings.scoring import Score
from mappings.settings import HealthThresholds

PERIOD = a_period(start=date(2026, 10, 1), end=date(2027, 1, 8))
"""A hundred days, so that a day is a percent."""
YEAR = a_period("2026", start=date(2026, 1, 1), end=date(2027, 1, 31), closes=None)


def day(number: int) -> date:
    """The day on which `number` percent of PERIOD are begun."""
    return PERIOD.start + timedelta(days=number - 1)


def a_verdict(health: Health = Health.ON_TRACK) -> Verdict:
    return Verdict(health=health, rule="pace", because="why")


def rolled_up(*values: str | None, on: int = 50, roll_up: str = "mean", **changes: dict[str, Any]) -> ObjectiveScore:
    """Score of an objective of key results KR1, KR2, ... with these scores; `changes` by KR."""
    krs = [a_kr(f"PAY-O1-KR{n}", **changes.get(f"KR{n}", {})) for n in range(1, len(values) + 1)]
    objective = an_objective("PAY-O1", *krs, roll_up=roll_up)
    registry = a_registry(objective, periods=(PERIOD,))
    judged = {
        kr.id: (Score(value=None if v is None else Decimal(v)), a_verdict()) for kr, v in zip(krs, values, strict=True)
    }
    return objective_scores(registry, judged, day(on), HealthThresholds())["PAY-O1"]


# From its own key results


def test_an_objective_is_the_mean_of_its_known_key_results() -> None:
    found = rolled_up("0.20", None, "0.41")

    assert (found.value, found.known, found.of, found.basis) == (Decimal("0.31"), 2, 3, KEY_RESULTS)


def test_the_mean_is_weighted() -> None:
    assert rolled_up("1.00", "0.00", KR1={"weight": Decimal(3)}).value == Decimal("0.75")


def test_weakest_is_the_lowest_known() -> None:
    assert rolled_up("0.70", None, "0.30", roll_up="weakest").value == Decimal("0.30")


@pytest.mark.parametrize("roll_up", ["mean", "weakest"])
def test_an_objective_of_unknown_key_results_is_unknown(roll_up: str) -> None:
    found = rolled_up(None, None, roll_up=roll_up)

    assert (found.value, found.known, found.of) == (None, 0, 2)
    assert found.verdict == Verdict(health=Health.UNKNOWN, rule="unknown", because="no key result is known")


@pytest.mark.parametrize(("roll_up", "value"), [("mean", "0.50"), ("weakest", "0.40")])
def test_a_key_result_that_weighs_nothing_does_not_count(roll_up: str, value: str) -> None:
    found = rolled_up("0.00", "0.60", "0.40", roll_up=roll_up, KR1={"weight": Decimal(0)})

    assert (found.value, found.known, found.of) == (Decimal(value), 3, 3)


@pytest.mark.parametrize("roll_up", ["mean", "weakest"])
def test_key_results_that_all_weigh_nothing_make_no_score(roll_up: str) -> None:
    found = rolled_up("1.00", None, roll_up=roll_up, KR1={"weight": Decimal(0)})

    assert (found.value, found.known) == (None, 1)
    assert found.verdict == Verdict(health=Health.UNKNOWN, rule="unknown", because="what is known weighs nothing")


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


def test_an_objective_is_held_against_what_its_key_results_are_expected_at() -> None:
    """A budget and a number to hold are expected at 1 on every day; a checkpoint expects what it says."""
    late = {"measure": manual(0, 10), "checkpoints": (Checkpoint(on=day(50), value=Decimal(2)),)}

    found = rolled_up(
        "0.60", "1.00", "0.20", KR1={"measure": accrued()}, KR2={"measure": Measure(kind="hold")}, KR3=late
    )

    assert found.value == Decimal("0.60")
    assert found.verdict.because == "60 % against 73 % expected is a pace of 0.82; 0.7 is on track"


def test_the_weakest_is_held_against_what_is_expected_of_it() -> None:
    found = rolled_up("0.40", "0.40", "0.90", roll_up="weakest", KR2={"measure": Measure(kind="hold")})

    assert found.verdict.because.startswith("40 % against 100 % expected")


# From the objectives that support it


def company(*below: Objective, **changes: Any) -> Registry:
    return a_registry(an_objective("CO-1", team="", period="2026", **changes), *below, periods=(YEAR, PERIOD))


def supporting(id: str, supports: str = "CO-1", **changes: Any) -> Objective:
    return an_objective(id, a_kr(f"{id}-KR1", **changes), supports=supports)


def cascaded(registry: Registry, *values: str | None, on: int = 50, healths: tuple[Health, ...] = ()) -> ObjectiveScore:
    """CO-1's score where the live key results, by id, have these scores."""
    words = dict(enumerate(healths))
    judged = {
        kr.id: (Score(value=None if value is None else Decimal(value)), a_verdict(words.get(at, Health.ON_TRACK)))
        for at, (kr, value) in enumerate(zip(registry.live(day(on)), values, strict=True))
    }
    return objective_scores(registry, judged, day(on), HealthThresholds())["CO-1"]


def test_an_objective_without_key_results_is_the_mean_of_what_supports_it_whatever_its_period() -> None:
    registry = company(supporting("PAY-O1"), supporting("GRO-O1", "co.1"), supporting("OPS-O1"))

    found = cascaded(registry, "0.40", None, "0.20")

    assert (found.value, found.known, found.of, found.basis) == (Decimal("0.30"), 2, 3, SUPPORTING)
    assert found.from_below == ("GRO-O1", "OPS-O1", "PAY-O1")


def test_a_quarter_under_a_year_is_held_against_its_own_time() -> None:
    found = cascaded(company(supporting("PAY-O1")), "0.40")

    assert found.verdict == Verdict(
        health=Health.ON_TRACK,
        rule="cascade:aspirational",
        because="40 % against 50 % expected is a pace of 0.8; 0.7 is on track",
    )


def test_a_score_comes_up_through_every_level() -> None:
    middle = an_objective("DIV-1", supports="CO-1", period="2026")
    registry = company(middle, supporting("PAY-O1", "DIV-1", commitment="committed"), supporting("GRO-O1"))

    found = cascaded(registry, "0.20", "0.60")

    assert (found.value, found.of, found.from_below) == (Decimal("0.40"), 2, ("DIV-1", "GRO-O1"))
    assert found.verdict.rule == "cascade:aspirational"


def test_an_objective_of_committed_ones_is_committed() -> None:
    found = cascaded(company(supporting("PAY-O1", commitment="committed")), "0.40")

    assert (found.verdict.health, found.verdict.rule) == (Health.AT_RISK, "cascade:committed")


def test_the_weakest_supporting_objective_may_count_alone() -> None:
    registry = company(supporting("PAY-O1"), supporting("GRO-O1"), roll_up="weakest")

    assert cascaded(registry, "0.40", "0.10").value == Decimal("0.10")


def test_own_key_results_count_alone_and_the_supporting_objectives_stand_beside_them() -> None:
    own = a_kr("CO-1-KR1", objective="CO-1", period="2026", team="payments")
    registry = a_registry(
        an_objective("CO-1", own, team="", period="2026"),
        supporting("PAY-O1"),
        supporting("GRO-O1", "CO-1-KR1"),
        periods=(YEAR, PERIOD),
    )

    found = cascaded(registry, "0.90", "0.10", "0.10")

    assert (found.value, found.of, found.basis) == (Decimal("0.90"), 1, KEY_RESULTS)
    assert found.from_below == ("GRO-O1", "PAY-O1")
    assert supporters(registry, day(50)) == {"CO-1": ("GRO-O1", "PAY-O1"), "CO-1-KR1": ("GRO-O1",)}


def test_unknown_key_results_are_not_replaced_by_what_supports_the_objective() -> None:
    own = a_kr("CO-1-KR1", objective="CO-1", period="2026")

    assert cascaded(company(supporting("PAY-O1"), key_results=(own,)), None, "0.10").value is None


def test_where_nothing_below_is_known_the_objective_is_unknown() -> None:
    found = cascaded(company(supporting("PAY-O1")), None)

    assert found.verdict == Verdict(health=Health.UNKNOWN, rule="unknown", because="no supporting objective is known")


def test_an_objective_with_nothing_at_all_is_unknown() -> None:
    found = cascaded(company())

    assert (found.value, found.known, found.of, found.basis, found.from_below) == (None, 0, 0, KEY_RESULTS, ())


@pytest.mark.parametrize(("on", "expected"), [(14, Health.PENDING), (15, Health.OFF_TRACK)])
def test_an_objective_is_pending_while_all_that_is_known_below_it_is(on: int, expected: Health) -> None:
    assert cascaded(company(supporting("PAY-O1")), "0.00", on=on).verdict.health is expected


def test_an_objective_of_key_results_that_wait_to_be_judged_is_pending() -> None:
    found = cascaded(company(supporting("PAY-O1")), None, on=10, healths=(Health.PENDING,))

    assert (found.value, found.verdict.health) == (None, Health.PENDING)


def test_a_period_that_is_over_supports_nothing() -> None:
    before = a_period("2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30), closes=None)
    old = an_objective("OLD-O1", period="2026-Q3", supports="CO-1")
    registry = a_registry(an_objective("CO-1", team="", period="2026"), old, periods=(YEAR, before, PERIOD))

    assert cascaded(registry).from_below == ()


def kr_of(objective: str) -> KeyResult:
    return a_kr(f"{objective}-KR1", objective=objective)


def test_a_circle_of_support_holds_nothing_up_and_what_hangs_on_it_still_counts() -> None:
    registry = a_registry(
        an_objective("CO-1", supports="CO-2"),
        an_objective("CO-2", supports="CO-1"),
        an_objective("CO-3", supports="CO-3"),
        an_objective("PAY-O1", kr_of("PAY-O1"), supports="CO-1"),
        periods=(PERIOD,),
    )

    found = cascaded(registry, "0.50")

    assert (found.value, found.from_below) == (Decimal("0.50"), ("PAY-O1",))
    assert supporters(registry, day(50)) == {"CO-1": ("PAY-O1",)}
