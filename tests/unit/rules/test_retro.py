"""The end of a period: scores and grades by its own rule, changes beside them, signs of sandbagging, what goes on."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from support import builders as b

from mappings.measures import Measure
from mappings.okrs import Grades, KeyResult, Objective, Period, Retarget, Status
from mappings.past import KeyResultDay
from mappings.retro import Goals, Grade, Seen, goals_of, grade, last_day
from mappings.settings import HealthThresholds

Q3 = b.a_period("2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30), closes=date(2026, 10, 15))
Q4 = b.a_period()
Q1 = b.a_period("2027-Q1", start=date(2027, 1, 1), end=date(2027, 3, 31), closes=None)
YEAR = b.a_period("2027", start=date(2027, 1, 1), end=date(2027, 12, 31), closes=None)
ENDED, CLOSED = date(2027, 1, 10), date(2027, 1, 20)


def kept(kr: str, on: date, score: str | None, **changes) -> KeyResultDay:
    said = {"delivery": None, "current": None, "health": "on_track", "confidence": None}
    return KeyResultDay(kr=kr, day=on, score=None if score is None else Decimal(score), **said | changes)


def checked(id="PAY-O1-KR1", *values: tuple[date, object], **changes) -> KeyResult:
    """From 0 to 10, as people checked it in."""
    checkins = tuple(b.a_checkin(on, value) for on, value in values)
    return b.a_kr(id, **{"measure": b.manual(0, 10), "checkins": checkins} | changes)


def ended(*found: KeyResult | Objective, today=ENDED, days=(), seen=None, period: Period = Q4, periods=None) -> Goals:
    registry = b.a_registry(*found, periods=periods or (Q3, period, Q1))
    return goals_of(period, registry, today, days, seen, HealthThresholds())


def of(goals: Goals) -> list[tuple[str, str | None, str, str]]:
    return [(it.kr.id, None if it.score is None else str(it.score), it.grade.value, it.origin) for it in goals.finals]


@pytest.mark.parametrize(
    ("value", "commitment", "found"),
    [
        ("1", "committed", "met"),
        ("0.99", "committed", "missed"),
        ("0.7", "aspirational", "green"),
        ("0.69", "aspirational", "amber"),
        ("0.4", "aspirational", "amber"),
        ("0.39", "aspirational", "red"),
    ],
)
def test_a_committed_one_is_met_or_missed_and_an_aspirational_one_has_three_colours(value, commitment, found) -> None:
    assert grade(Decimal(value), commitment, Grades()) == found


def test_what_nobody_knows_has_no_grade_and_before_the_end_nothing_is_missed() -> None:
    assert grade(None, "committed", Grades()) is Grade.UNKNOWN
    assert grade(Decimal("0.2"), "committed", Grades(), is_over=False) is Grade.NOT_YET
    assert [each for each in Grade if each.is_good] == [Grade.MET, Grade.GREEN]


@hypothesis_settings(max_examples=30)
@given(st.integers(0, 100), st.integers(0, 100), st.sampled_from(["committed", "aspirational"]))
def test_a_higher_score_is_never_a_worse_end(low, more, commitment) -> None:
    order = [Grade.RED, Grade.MISSED, Grade.AMBER, Grade.GREEN, Grade.MET]
    low, high = sorted((low, more))

    first, second = (grade(Decimal(each) / 100, commitment, Grades()) for each in (low, high))

    assert order.index(first) <= order.index(second)


def test_a_periods_own_rule_is_the_one_that_counts() -> None:
    own = b.a_period(grades=Grades(green=Decimal("0.5"), amber=Decimal("0.3"), committed=Decimal("0.9")))
    krs = [checked("PAY-O1-KR1", (date(2026, 12, 30), 5)), checked("PAY-O1-KR2", (date(2026, 12, 30), 9))]
    krs[1] = checked("PAY-O1-KR2", (date(2026, 12, 30), 9), commitment="committed")

    assert [it.grade for it in ended(*krs, period=own).finals] == [Grade.GREEN, Grade.MET]


def test_figures_are_of_today_until_the_period_closes() -> None:
    assert last_day(Q4, ENDED) == ENDED
    assert last_day(Q4, CLOSED) == date(2027, 1, 15)
    assert last_day(Q1, date(2027, 6, 1)) == Q1.end


def test_while_final_values_may_come_the_trackers_say_the_score() -> None:
    seen = {"PAY-O1-KR1": Seen(score=Decimal("0.8"), delivery=Fraction(1, 2), current=None, mismatch="odd")}

    goals = ended(b.a_kr(), days=(kept("PAY-O1-KR1", date(2026, 12, 31), "0.6"),), seen=seen)

    assert of(goals) == [("PAY-O1-KR1", "0.8", "green", "the trackers and the registry")]
    assert (goals.finals[0].delivery, goals.finals[0].mismatch) == (Fraction(1, 2), "odd")


def test_once_closed_what_was_kept_on_the_last_days_is_final() -> None:
    seen = {"PAY-O1-KR1": Seen(score=Decimal("0.9"), delivery=None, current=None)}
    days = (
        kept("PAY-O1-KR1", date(2026, 12, 31), "0.5"),
        kept("PAY-O1-KR1", date(2027, 1, 8), "0.6"),
        kept("PAY-O1-KR1", date(2027, 1, 16), "0.7"),
        kept("PAY-O1-KR1", date(2027, 1, 12), None),
        kept("PAY-O1-KR9", date(2027, 1, 13), "1"),
    )

    assert of(ended(b.a_kr(), today=CLOSED, days=days, seen=seen)) == [
        ("PAY-O1-KR1", "0.6", "amber", "history, 2027-01-08")
    ]


def test_a_value_from_the_middle_of_a_closed_period_is_not_final_while_the_trackers_know_more() -> None:
    seen = {"PAY-O1-KR1": Seen(score=Decimal("0.9"), delivery=None, current=None)}
    days = (kept("PAY-O1-KR1", date(2026, 11, 2), "0.2"),)

    assert of(ended(b.a_kr(), today=CLOSED, days=days, seen=seen))[0][1] == "0.9"
    assert of(ended(b.a_kr(), today=CLOSED, days=days))[0][1:] == ("0.2", "red", "history, 2026-11-02")


def test_without_trackers_check_ins_and_milestones_say_it_then_history_and_else_nobody() -> None:
    stones = Measure(kind="milestones", milestones=(b.milestone(done_on=date(2026, 12, 1)), b.milestone("Rest")))
    krs = [
        checked("PAY-O1-KR1", (date(2026, 12, 30), 7), (date(2027, 1, 12), 9)),
        b.a_kr("PAY-O1-KR2", measure=stones),
        b.a_kr("PAY-O1-KR3"),
        b.a_kr("PAY-O1-KR4"),
        checked("PAY-O1-KR5"),
    ]
    days = (
        kept("PAY-O1-KR1", date(2026, 11, 1), "0.1", delivery=Fraction(1, 4)),
        kept("PAY-O1-KR3", date(2027, 1, 9), "0.35"),
    )

    goals = ended(*krs, days=days)

    assert of(goals) == [
        ("PAY-O1-KR1", "0.70", "green", "the registry"),
        ("PAY-O1-KR2", "0.50", "amber", "the registry"),
        ("PAY-O1-KR3", "0.35", "red", "history, 2027-01-09"),
        ("PAY-O1-KR4", None, "unknown", "nobody knows it"),
        ("PAY-O1-KR5", None, "unknown", "nobody knows it"),
    ]
    assert goals.finals[0].delivery == Fraction(1, 4)


def test_only_the_periods_own_goals_are_judged() -> None:
    year = b.a_period("2026", start=date(2026, 1, 1), end=date(2027, 1, 31), closes=None)
    other = b.an_objective("CO-1", b.a_kr("CO-1-KR1", period="2026"), period="2026")

    goals = ended(other, b.a_kr(), periods=(year, Q4))

    assert [it.kr.id for it in goals.finals] == ["PAY-O1-KR1"]
    assert [each.id for each, _, _ in goals.objectives] == ["PAY-O1"]


def test_a_changed_target_stands_beside_the_score_with_what_the_first_one_would_have_given() -> None:
    moved = (Retarget(on=date(2026, 11, 12), before=Decimal(20), after=Decimal(10), because="one market left"),)
    day = (date(2026, 12, 30), 9)
    goals = ended(
        checked("PAY-O1-KR1", day, retargets=moved),
        checked("PAY-O1-KR2", day),
        b.a_kr("PAY-O1-KR3", measure=b.accrued(0, 10), retargets=moved),
        checked("PAY-O1-KR4", retargets=moved),
        b.a_kr("PAY-O1-KR5", retargets=moved),
        seen={
            "PAY-O1-KR3": Seen(score=Decimal(1), delivery=None, current=Decimal(10)),
            "PAY-O1-KR5": Seen(score=Decimal(1), delivery=None, current=Decimal(3)),
        },
    )

    assert [it.first_target for it in goals.finals] == [Decimal("0.45"), None, None, None, None]
    assert [it.what for it in goals.changes].count("re-targeted") == 4


def test_an_objective_is_dropped_when_none_of_its_key_results_is_left() -> None:
    gone = {"status": Status.RETIRED, "status_on": date(2026, 11, 2), "status_reason": "the market closed"}
    half = [b.a_kr("PAY-O1-KR1", **gone), checked("PAY-O1-KR2", (date(2026, 12, 30), 10), commitment="committed")]
    replaced = {"status": Status.REPLACED, "replaced_by": "PAY-O1-KR2"}
    none_left = [b.a_kr("PAY-O2-KR1", **gone), b.a_kr("PAY-O2-KR2", **replaced)]

    goals = ended(*half, *none_left, b.an_objective("PAY-O3"))

    assert [each.id for each in goals.dropped] == ["PAY-O2"]
    assert [(each.id, found) for each, _, found in goals.objectives] == [
        ("PAY-O1", Grade.MET),
        ("PAY-O2", Grade.UNKNOWN),
        ("PAY-O3", Grade.UNKNOWN),
    ]
    assert [it.kr.id for it in goals.changes] == ["PAY-O1-KR1", "PAY-O2-KR1", "PAY-O2-KR2"]
    assert "the market closed" in goals.changes[0].text


@pytest.mark.parametrize(
    ("days", "cadence", "found"),
    [
        ((), 7, (date(2026, 10, 1), date(2026, 12, 31))),
        ((date(2026, 11, 15),), 7, (date(2026, 11, 15), date(2026, 12, 31))),
        ((date(2026, 11, 30),), 7, (date(2026, 10, 1), date(2026, 11, 30))),
        ((date(2026, 11, 15),), 23, None),
        ((date(2026, 11, 15), date(2027, 1, 12)), 22, (date(2026, 11, 15), date(2026, 12, 31))),
    ],
)
def test_the_longest_silence_of_more_than_twice_the_cadence_is_told(days, cadence, found) -> None:
    goals = ended(checked("PAY-O1-KR1", *((on, 1) for on in days), cadence_days=cadence), b.a_kr("PAY-O1-KR2"))

    assert [(it.since, it.until) for it in goals.silences] == ([found] if found else [])
    assert all(it.days > 2 * cadence for it in goals.silences)


def test_on_the_first_day_nobody_was_silent_yet() -> None:
    assert ended(checked(), today=Q4.start).silences == ()


def test_reached_by_two_thirds_of_the_period_is_early_for_an_aspirational_one_alone() -> None:
    early, late, end = date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 30)
    moved = (Retarget(on=date(2026, 12, 12), before=Decimal(5), after=Decimal(10), because="too near"),)
    krs = [
        checked("PAY-O1-KR1", (early, 10)),
        checked("PAY-O1-KR2", (late, 10)),
        checked("PAY-O1-KR3", (early, 10), commitment="committed"),
        checked("PAY-O1-KR4", (early, 10), (end, 9)),
        checked("PAY-O1-KR5", (early, 10), (end, 10), retargets=moved),
        checked("PAY-O1-KR6"),
        b.a_kr("PAY-O1-KR7", measure=b.accrued(12, 3)),
        b.a_kr("PAY-O1-KR8", measure=Measure(kind="hold", target=Decimal(9), keep="at or above")),
        b.a_kr("PAY-O1-KR9"),
        checked("PAY-O2-KR1", (end, 10), (date(2026, 10, 9), None)),
    ]
    always = [Seen(score=Decimal(1), delivery=None, current=None)] * 3
    days = [kept(f"PAY-O1-KR{n}", early, "1") for n in (7, 8, 9)]

    goals = ended(*krs, days=days, seen=dict(zip(("PAY-O1-KR7", "PAY-O1-KR8", "PAY-O1-KR9"), always, strict=True)))

    assert [(it.kr and it.kr.id, it.text) for it in goals.sandbags] == [
        ("PAY-O1-KR1", "PAY-O1-KR1 was at its target on 2026-11-30, day 61 of 92"),
        ("PAY-O1-KR9", "PAY-O1-KR9 was at its target on 2026-11-30, day 61 of 92"),
    ]


def met_in_full(period: Period, team="payments") -> list[Objective]:
    on = period.end
    return [
        b.an_objective(
            f"{team}-{period.id}",
            *(
                checked(f"{team}-{period.id}-KR{n}", (on, 10), period=period.id, team=team, objective=team)
                for n in range(2)
            ),
            period=period.id,
            team=team,
        )
    ]


def test_the_companys_own_key_results_are_called_so() -> None:
    goals = ended(*met_in_full(Q3, team=""), *met_in_full(Q4, team=""))

    assert [it.text.partition(" in ")[0] for it in goals.sandbags] == ["all 4 aspirational key results of the company"]


def test_a_team_that_reached_everything_again_is_asked_about_it_and_never_for_periods_to_come() -> None:
    again = ended(*met_in_full(Q3), *met_in_full(Q4))
    once = ended(*met_in_full(Q4))
    before = ended(*met_in_full(Q3), *met_in_full(b.a_period("2026-Q2", start=date(2026, 4, 1), end=date(2026, 6, 30))),
                   periods=(b.a_period("2026-Q2", start=date(2026, 4, 1), end=date(2026, 6, 30)), Q3, Q4))  # fmt: skip

    assert [(it.team, it.text) for it in again.sandbags] == [
        ("payments", "all 4 aspirational key results of payments in 2 periods were reached in full")
    ]
    assert once.sandbags == () and before.sandbags == ()


def test_what_is_unfinished_goes_on_and_says_where_the_next_period_has_it_already() -> None:
    end = (date(2026, 12, 30), 3)
    same = b.an_objective("PAY-O9", b.a_kr("PAY-O9-KR1", title="Ship it", period="2027-Q1"), period="2027-Q1")
    goals = ended(
        checked("PAY-O1-KR1", end, title="Ship it"),
        checked("PAY-O1-KR2", end, title="Half the shops pay by card"),
        checked("PAY-O1-KR3", (date(2026, 12, 30), 10)),
        same,
        periods=(Q4, YEAR, Q1),
    )

    assert goals.following == Q1
    assert [(it.final.kr.id, it.successor and it.successor.id, it.because) for it in goals.carries] == [
        ("PAY-O1-KR1", "PAY-O9-KR1", "it has the same title"),
        ("PAY-O1-KR2", None, ""),
    ]


def test_before_the_end_nothing_goes_on_yet_and_with_no_period_to_come_there_is_none() -> None:
    running = ended(checked(), today=b.TODAY, periods=(Q4,))
    over = ended(checked(), periods=(Q4,))

    assert running.carries == () and running.following is None
    assert [it.final.kr.id for it in over.carries] == ["PAY-O1-KR1"]


def test_the_periods_very_last_day_is_one_of_its_last_days() -> None:
    seen = {"PAY-O1-KR1": Seen(score=Decimal("0.9"), delivery=None, current=None)}
    days = (kept("PAY-O1-KR1", Q4.end, "0.5"),)

    assert of(ended(b.a_kr(), today=CLOSED, days=days, seen=seen))[0][1] == "0.5"


def test_two_thirds_to_the_day_is_early() -> None:
    ninety_days = b.a_period(end=date(2026, 12, 29))

    goals = ended(checked("PAY-O1-KR1", (date(2026, 11, 29), 10)), period=ninety_days, periods=(ninety_days,))

    assert [it.text for it in goals.sandbags] == ["PAY-O1-KR1 was at its target on 2026-11-29, day 60 of 90"]
