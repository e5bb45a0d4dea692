"""What holds of scores, health, roll-up and forecasts whatever the numbers are."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from support.builders import a_checkin, a_kr, a_period, a_registry, an_objective, milestone, settings

from mappings.counting import undelivered
from mappings.expected import expected
from mappings.findings import ERROR
from mappings.forecast import forecast
from mappings.health import Verdict, expected_score, health
from mappings.lint import lint
from mappings.measures import Endpoint, Measure, Taken
from mappings.model import Health
from mappings.okrs import Checkpoint, KeyResult, Registry
from mappings.roll_up import ObjectiveScore, objective_scores, supporters
from mappings.scoring import Score, score
from mappings.settings import HealthThresholds

PERIOD = a_period()
NOTHING = undelivered("points")
RULES = HealthThresholds()
SOURCE = Endpoint(url="https://numbers.example/n", pointer="/n")
DAYS = st.integers(-10, 110).map(lambda number: PERIOD.start + timedelta(days=number))
NUMBERS = st.decimals(-50, 50, places=3)
NATURALS = st.integers(0, 40).map(Decimal)
COMMITMENTS = st.sampled_from(["aspirational", "committed"])
RANK = {Health.OFF_TRACK: 0, Health.AT_RISK: 1, Health.ON_TRACK: 2}

straight = st.builds(Measure, kind=st.just("http"), start=NUMBERS, target=NUMBERS, source=st.just(SOURCE))
growing = st.builds(
    Measure, kind=st.just("http"), start=NATURALS, target=NATURALS, accrual=st.just(True), source=st.just(SOURCE)
)
held = st.builds(
    Measure,
    kind=st.just("hold"),
    target=NUMBERS,
    keep=st.sampled_from(["at or above", "at or below"]),
    source=st.just(SOURCE),
)
asked = straight | growing | held
checkpoints = st.lists(st.builds(Checkpoint, on=DAYS, value=NUMBERS), max_size=3).map(tuple)


def is_lower_better(measure: Measure) -> bool:
    if measure.kind == "hold":
        return measure.keep == "at or below"
    return (measure.start or 0) > (measure.target or 0)


def taken(kr: KeyResult, value: Decimal | None, today: date) -> Score:
    return score(kr, NOTHING, PERIOD, today, RULES, Taken(value=value, because="taken"))


@given(asked, NUMBERS, DAYS, checkpoints)
def test_a_score_is_0_to_1_with_two_decimals_or_unknown_with_a_reason(
    measure: Measure, value: Decimal, today: date, points: tuple[Checkpoint, ...]
) -> None:
    found = taken(a_kr(measure=measure, checkpoints=points), value, today)

    assert found.because
    assert found.value is None or (0 <= found.value <= 1 and found.value.as_tuple().exponent == -2)


@given(asked, NUMBERS, DAYS, checkpoints)
def test_a_measure_that_lint_accepts_has_a_score_once_it_has_a_number(
    measure: Measure, value: Decimal, today: date, points: tuple[Checkpoint, ...]
) -> None:
    kr = a_kr(measure=measure, checkpoints=points)
    assume(not any(each.severity == ERROR for each in lint(a_registry(kr), settings(), {})))

    found = taken(kr, value, today)

    assert found.value is not None or found.is_too_early


@given(asked, DAYS, COMMITMENTS)
def test_a_measure_whose_source_failed_is_unknown_never_zero(measure: Measure, today: date, commitment: str) -> None:
    kr = a_kr(measure=measure, commitment=commitment)

    found = taken(kr, None, today)

    assert found == Score(value=None, because="taken")
    assert health(kr, found, PERIOD, today, RULES).health is Health.UNKNOWN


@given(asked, NUMBERS, NUMBERS, DAYS, checkpoints, COMMITMENTS)
def test_a_better_number_never_has_a_lower_score_or_a_worse_health(
    measure: Measure, one: Decimal, other: Decimal, today: date, points: tuple[Checkpoint, ...], commitment: str
) -> None:
    kr = a_kr(measure=measure, checkpoints=points, commitment=commitment)
    worse, better = sorted((one, other), reverse=is_lower_better(measure))

    low, high = taken(kr, worse, today), taken(kr, better, today)

    if low.value is not None and high.value is not None:
        assert low.value <= high.value
        ranks = [RANK.get(health(kr, each, PERIOD, today, RULES).health) for each in (low, high)]
        assert None in ranks or ranks[0] <= ranks[1]  # type: ignore[operator]
    assert low.is_missed or not high.is_missed


@given(growing, NATURALS, DAYS)
def test_on_the_last_day_a_budget_scores_what_was_used_from_start_to_target(
    measure: Measure, used: Decimal, today: date
) -> None:
    assume(measure.is_budget)
    after = max(today, PERIOD.end)

    found = taken(a_kr(measure=measure), used, after)

    assert found.value == taken(a_kr(measure=replace(measure, accrual=False)), used, after).value
    assert found.heading_for == used


@given(growing, NATURALS, DAYS)
def test_an_overspent_budget_is_never_on_track_whatever_day_it_is(measure: Measure, used: Decimal, today: date) -> None:
    assume(measure.is_budget and measure.target is not None and used > measure.target)
    kr = a_kr(measure=measure)

    found = taken(kr, used, today)

    assert found.is_missed
    assert health(kr, found, PERIOD, today, RULES).health in (Health.AT_RISK, Health.OFF_TRACK)


@given(st.lists(st.tuples(st.integers(0, 5), st.none() | DAYS), max_size=6), DAYS, st.randoms(use_true_random=False))
def test_milestones_score_0_to_1_rise_with_each_one_and_come_in_any_order(
    listed: list[tuple[int, date | None]], today: date, chance: Any
) -> None:
    milestones = [milestone(weight=weight, done_on=on) for weight, on in listed]
    shuffled = list(milestones)
    chance.shuffle(shuffled)

    def at(found: list[Any], day: date = today) -> Score:
        kr = a_kr(measure=Measure(kind="milestones", milestones=tuple(found)))
        return score(kr, NOTHING, PERIOD, day, RULES)

    assert at(milestones) == at(shuffled)
    assert (at(milestones).value is None) == (sum(weight for weight, _ in listed) == 0)
    now, later = at(milestones).value, at(milestones, today + timedelta(days=30)).value
    if now is not None and later is not None:
        assert 0 <= now <= later <= 1


@given(st.dictionaries(DAYS, NUMBERS, max_size=6), DAYS, st.randoms(use_true_random=False))
def test_check_ins_of_different_days_come_in_any_order(said: dict[date, Decimal], today: date, chance: Any) -> None:
    measure = Measure(kind="manual", start=Decimal(12), target=Decimal(3))
    checkins = [replace(a_checkin(on), value=value) for on, value in said.items()]
    shuffled = list(checkins)
    chance.shuffle(shuffled)
    one, other = (a_kr(measure=measure, checkins=tuple(each)) for each in (checkins, shuffled))

    scored = score(one, NOTHING, PERIOD, today, RULES)

    assert scored == score(other, NOTHING, PERIOD, today, RULES)
    assert forecast(one, scored, PERIOD, today) == forecast(other, scored, PERIOD, today)


@given(asked, st.lists(st.tuples(DAYS, NUMBERS), max_size=8), NUMBERS, DAYS)
def test_a_forecast_lies_inside_its_spread_and_needs_three_days_that_differ(
    measure: Measure, past: list[tuple[date, Decimal]], now: Decimal, today: date
) -> None:
    kr = a_kr(measure=measure)

    found = forecast(kr, Score(value=None, current=now), PERIOD, today, past)

    known = {on: value for on, value in [*past, (today, now)] if PERIOD.start <= on <= today}
    if found is not None:
        assert found.low <= found.value <= found.high
        assert 0 <= found.score <= 1
        assert found.values == len(known) >= 3
        assert len(set(known.values())) > 1
        assert today < PERIOD.end


@given(DAYS, checkpoints)
def test_what_is_expected_lies_between_nothing_and_all(today: date, points: tuple[Checkpoint, ...]) -> None:
    kr = a_kr(measure=Measure(kind="manual", start=Decimal(12), target=Decimal(3)), checkpoints=points)

    assert 0 <= expected(kr, PERIOD, today) <= 1
    assert points or expected(kr, PERIOD, today) == PERIOD.elapsed(today)


@given(DAYS, st.lists(st.tuples(DAYS, st.integers(3, 12).map(Decimal)), max_size=4, unique_by=lambda each: each[0]))
def test_what_is_expected_never_falls_where_the_checkpoints_do_not(
    today: date, points: list[tuple[date, Decimal]]
) -> None:
    values = sorted((value for _, value in points), reverse=True)
    rising = tuple(Checkpoint(on=on, value=value) for (on, _), value in zip(sorted(points), values, strict=True))
    kr = a_kr(measure=Measure(kind="manual", start=Decimal(12), target=Decimal(3)), checkpoints=rising)

    assert expected(kr, PERIOD, today) <= expected(kr, PERIOD, today + timedelta(days=1))


# Objectives

QUARTER, YEAR = PERIOD, a_period("2026", start=date(2026, 1, 1), end=date(2026, 12, 31), closes=None)
NAMES = ["A", "B", "C", "D", "E"]


@st.composite
def companies(draw: st.DrawFn) -> tuple[Registry, dict[str, tuple[Score, Verdict]]]:
    """Up to five objectives that support each other in any way, circles included, and the scores of their KRs."""
    objectives, judged = [], {}
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True)):
        period = draw(st.sampled_from([QUARTER.id, YEAR.id]))
        krs = []
        for number in range(draw(st.integers(0, 2))):
            weight = Decimal(draw(st.integers(0, 3)))
            kr = a_kr(f"{name}-{number}", objective=name, period=period, weight=weight, commitment=draw(COMMITMENTS))
            known = draw(st.none() | st.integers(0, 100).map(lambda share: Decimal(share).scaleb(-2)))
            verdict = Verdict(health=draw(st.sampled_from(Health)), rule="pace", because="")
            judged[kr.id] = (Score(value=known), verdict)
            krs.append(kr)
        supports = draw(st.none() | st.sampled_from([*NAMES, *(f"{each}-0" for each in NAMES)]))
        roll_up = draw(st.sampled_from(["mean", "weakest"]))
        objectives.append(an_objective(name, *krs, period=period, supports=supports, roll_up=roll_up))
    return a_registry(*objectives, periods=(YEAR, QUARTER)), judged


def rolled(registry: Registry, judged: Mapping[str, tuple[Score, Verdict]]) -> dict[str, ObjectiveScore]:
    return objective_scores(registry, judged, date(2026, 11, 18), RULES)


@given(companies())
def test_an_objective_lies_between_the_lowest_and_the_highest_that_it_is_made_of(company: Any) -> None:
    registry, judged = company
    found = rolled(registry, judged)

    for objective in registry.objectives:
        rolled_up = found[objective.id]
        own = [judged[kr.id][0].value for kr in objective.key_results if kr.weight]
        parts = own if objective.key_results else [found[below].value for below in rolled_up.from_below]
        known = [value for value in parts if value is not None]
        assert (rolled_up.value is None) == (not known)
        assert rolled_up.value is None or min(known) <= rolled_up.value <= max(known)
        assert rolled_up.known <= rolled_up.of


@given(companies(), st.randoms(use_true_random=False))
def test_objectives_come_in_any_order(company: Any, chance: Any) -> None:
    registry, judged = company
    shuffled = list(registry.objectives)
    chance.shuffle(shuffled)

    assert rolled(replace(registry, objectives=tuple(shuffled)), judged) == rolled(registry, judged)


@given(companies())
def test_nothing_supports_itself_however_long_the_way_round(company: Any) -> None:
    registry, _ = company
    below = supporters(registry, date(2026, 11, 18))

    for name in NAMES:
        seen, waiting = set[str](), list(below.get(name, ()))
        while waiting:
            at = waiting.pop()
            assert at != name
            if at not in seen:
                seen.add(at)
                waiting += below.get(at, ())


@given(st.lists(st.tuples(NUMBERS, st.integers(0, 3)), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_key_results_come_in_any_order_into_their_objective(parts: list[tuple[Decimal, int]], chance: Any) -> None:
    krs = [a_kr(f"A-{n}", objective="A", weight=Decimal(weight)) for n, (_, weight) in enumerate(parts)]
    shuffled = list(krs)
    chance.shuffle(shuffled)
    judged = {
        kr.id: (
            Score(value=min(max(value, Decimal(0)), Decimal(1))),
            Verdict(health=Health.ON_TRACK, rule="", because=""),
        )
        for kr, (value, _) in zip(krs, parts, strict=True)
    }

    one, other = (rolled(a_registry(an_objective("A", *each)), judged) for each in (krs, shuffled))

    assert one == other


@given(DAYS, straight | growing | held | st.just(Measure(kind="delivery")))
def test_a_score_as_expected_is_never_called_late(today: date, measure: Measure) -> None:
    """Whoever is exactly where the plan wants them today is on track, or it is too early to say so."""
    kr = a_kr(measure=measure, commitment="committed")
    due = expected_score(kr, Score(value=Decimal(0)), PERIOD, today)
    on_time = Score(value=Decimal(1) if due == 1 else Decimal(str(round(float(due) + 0.005, 2))))

    assert health(kr, on_time, PERIOD, today, RULES).health in (Health.ON_TRACK, Health.PENDING)
