"""The lines of the first screen: what is worth a talk, worst first, and nothing when nothing is."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.builders import (
    TODAY,
    a_checkin,
    a_kr,
    a_registry,
    a_scope,
    a_sprint,
    a_team,
    an_issue,
    manual,
    settings,
)

from mappings.figures import work_out
from mappings.model import Issue, Reading, State
from mappings.okrs import KeyResult
from mappings.routine import rows_of, spent
from mappings.settings import RoutineClass, RuleSettings, Team
from mappings.talk import Subject, Talk, talk_lines

GROWTH = a_scope(team="growth", projects=("GRO",))


def bugs(budget: str | None = "0.25") -> RoutineClass:
    return RoutineClass(name="bug", budget=None if budget is None else Decimal(budget))


def lines(
    *issues: Issue,
    krs: tuple[KeyResult, ...] = (),
    teams: tuple[Team, ...] = (),
    likely: dict[str, str] | None = None,
    problem: str | None = None,
) -> tuple[Talk, ...]:
    rules: RuleSettings = settings(teams=teams or (a_team(),))
    readings = [
        Reading(
            scope=scope,
            kind="memory",
            issues=tuple(it for it in issues if it.project in scope.projects),
            sprints=(a_sprint("7" if scope.team == "payments" else "8", team=scope.team),),
            problem=problem,
        )
        for team in rules.teams
        for scope in team.scopes
    ]
    figures = work_out(readings, a_registry(*krs), rules, TODAY)
    return talk_lines(figures, rules, {("memory", f"id-{key}"): kr for key, kr in (likely or {}).items()})


def texts(found: tuple[Talk, ...]) -> list[str]:
    return [line.text for line in found]


def work(key: str, *tags: str, **changes: Any) -> Issue:
    return an_issue(key, **{"labels": tuple(f"okr:{tag}" for tag in tags), "sprints": ("7",)} | changes)


def behind(id: str, **changes: Any) -> KeyResult:
    return a_kr(id, **{"measure": manual(), "checkins": (a_checkin(value=1),)} | changes)


def test_nothing_needs_a_talk_where_work_and_numbers_agree() -> None:
    kr = a_kr(measure=manual(), checkins=(a_checkin(value=6),))

    assert lines(work("PAY-1", kr.id), work("PAY-2", kr.id, state=State.DONE), krs=(kr,)) == ()


def test_a_key_result_without_open_work_is_said_with_what_was_done_and_what_came_of_it() -> None:
    kr = behind("PAY-O1-KR1", checkins=(a_checkin(value=3),))
    done = [work(f"PAY-{n}", kr.id, state=State.DONE) for n in (1, 2)]

    found = lines(*done, krs=(kr, a_kr("PAY-O1-KR2")))

    assert found == (
        Talk(
            subject=Subject.NO_WORK,
            text="PAY-O1-KR1 has no open or planned work: all of its work is done (2 issues), the number has come 30 %",
            team="payments",
            kr="PAY-O1-KR1",
        ),
        Talk(
            subject=Subject.NO_WORK,
            text="PAY-O1-KR2 has no open or planned work: no work at all, no number yet",
            team="payments",
            kr="PAY-O1-KR2",
        ),
    )


def test_done_work_and_a_number_that_stands_still_are_one_line_and_not_two() -> None:
    kr = behind("PAY-O1-KR1")
    done = [work(f"PAY-{n}", kr.id, state=State.DONE) for n in range(1, 4)]

    assert [line.subject for line in lines(*done, krs=(kr,))] == [Subject.NO_WORK]


def test_a_key_result_that_is_reached_needs_no_work() -> None:
    assert lines(krs=(a_kr(measure=manual(), checkins=(a_checkin(value=10),)),)) == ()


def test_work_nearly_done_and_a_flat_number_are_a_talk_the_widest_gap_first() -> None:
    krs = (behind("PAY-O1-KR1", checkins=(a_checkin(value=2),)), behind("PAY-O1-KR2"))
    done = [work(f"PAY-{n}{kr.id[-1]}", kr.id, state=State.DONE) for n in range(1, 10) for kr in krs]
    still = [work(f"PAY-9{kr.id[-1]}0", kr.id, points=Decimal(1)) for kr in krs]

    found = [line for line in lines(*done, *still, krs=krs) if line.subject is Subject.FLAT]

    assert [line.kr for line in found] == ["PAY-O1-KR2", "PAY-O1-KR1"]
    assert texts(tuple(found))[0] == "PAY-O1-KR2: 90 % of the work is done and the number has come 10 %"


def test_a_key_result_that_waits_for_another_teams_says_which() -> None:
    other = behind("GRO-O1-KR1", team="growth", teams=("growth",), checkins=(a_checkin(value=0),))
    kr = a_kr(measure=manual(), checkins=(a_checkin(value=6),), depends_on=("GRO-O1-KR1",))
    teams = (a_team(), a_team("growth", name="Growth", scopes=(GROWTH,)))

    found = lines(work("PAY-1", kr.id), work("GRO-1", other.id), krs=(kr, other), teams=teams)

    assert [(line.subject, line.kr) for line in found] == [(Subject.WAITING, "PAY-O1-KR1")]
    assert found[0].text.startswith("PAY-O1-KR1 waits on GRO-O1-KR1 of Growth, which is off track")


def test_unexplained_work_is_said_by_team_with_the_key_result_it_looks_like() -> None:
    kr = a_kr()
    issues = [work("PAY-1", kr.id), *(work(f"PAY-{n}") for n in (2, 3, 4))]

    [alone] = lines(*issues, krs=(kr,))
    [likely] = lines(*issues, krs=(kr,), likely={"PAY-2": kr.id, "PAY-3": kr.id})
    [one] = lines(*issues[:2], krs=(kr,), likely={"PAY-2": kr.id})

    assert alone.text == "payments: 3 of 4 sprint issues are tied to no key result"
    assert likely.text == f"{alone.text}; 2 of them look like PAY-O1-KR1"
    assert one.text == "payments: 1 of 2 sprint issue is tied to no key result; one of them looks like PAY-O1-KR1"
    assert (likely.subject, likely.team, likely.kr) == (Subject.UNEXPLAINED, "payments", "PAY-O1-KR1")


def test_a_service_team_is_held_to_its_budget_and_not_to_alignment() -> None:
    team = a_team(mode="service", routine=(bugs(),))
    issues = [work("PAY-1", "none-bug"), work("PAY-2", "none-bug"), work("PAY-3")]

    assert texts(lines(*issues, teams=(team,))) == ["payments: bug took 67 % of the sprint, budget 25 %"]


def test_routine_work_within_its_budget_or_without_one_is_fine() -> None:
    issues = [work("PAY-1", "none-bug"), work("PAY-2", "none-ops"), *(work(f"PAY-{n}", "PAY-O1-KR1") for n in (3, 4))]

    assert lines(*issues, krs=(a_kr(),), teams=(a_team(routine=(bugs(),)),)) == ()
    assert lines(*issues, krs=(a_kr(),), teams=(a_team(routine=(bugs(None),)),)) == ()


def test_what_could_not_be_read_is_not_talked_about() -> None:
    assert lines(krs=(behind("PAY-O1-KR1"),), problem="refused") == ()


def test_the_worst_of_each_subject_comes_before_the_second_worst_of_any() -> None:
    idle = tuple(behind(f"PAY-O1-KR{n}") for n in range(1, 7))
    team = a_team(routine=(bugs("0"),))

    found = lines(work("PAY-1"), work("PAY-2", "none-bug"), krs=idle, teams=(team,))

    assert [line.subject for line in found][:4] == [
        Subject.NO_WORK,
        Subject.UNEXPLAINED,
        Subject.OVER_BUDGET,
        Subject.NO_WORK,
    ]


def test_committed_and_off_track_come_first() -> None:
    krs = (
        behind("PAY-O1-KR1", checkins=(a_checkin(value=4),)),
        behind("PAY-O1-KR2"),
        behind("PAY-O1-KR3", commitment="committed"),
    )

    assert [line.kr for line in lines(krs=krs)] == ["PAY-O1-KR3", "PAY-O1-KR2", "PAY-O1-KR1"]


def test_routine_is_counted_by_the_teams_classes_and_then_by_what_tags_declare() -> None:
    team = a_team(routine=(bugs(), RoutineClass(name="ops")))
    reading = Reading(
        scope=a_scope(),
        kind="memory",
        issues=(work("PAY-1", "none-bug"), work("PAY-2", "none"), work("PAY-3", "none-spike")),
        sprints=(a_sprint("7"),),
    )
    figures = work_out([reading], a_registry(), settings(teams=(team,)), TODAY)

    found = spent(team, rows_of(team, figures.sprints).values())

    assert [(it.name, it.issues, it.is_over) for it in found] == [
        ("bug", 1, True),
        ("ops", 0, False),
        ("", 1, False),
        ("spike", 1, False),
    ]
    assert [(it.share, it.is_over) for it in spent(team, ())] == [(None, False), (None, False)]


@given(
    st.lists(
        st.tuples(st.sampled_from(["PAY-O1-KR1", "PAY-O1-KR2", "none-bug", ""]), st.sampled_from(State)), max_size=8
    ),
    st.integers(0, 10),
)
def test_the_order_of_issues_does_not_matter_and_each_line_is_said_once(
    rows: list[tuple[str, State]], value: int
) -> None:
    krs = (behind("PAY-O1-KR1", checkins=(a_checkin(date(2026, 11, 16), value),)), a_kr("PAY-O1-KR2"))
    issues = [work(f"PAY-{n}", *([tag] if tag else []), state=state) for n, (tag, state) in enumerate(rows)]

    found = lines(*issues, krs=krs, teams=(a_team(routine=(bugs(),)),))

    assert found == lines(*reversed(issues), krs=krs, teams=(a_team(routine=(bugs(),)),))
    assert len(set(found)) == len(found)
