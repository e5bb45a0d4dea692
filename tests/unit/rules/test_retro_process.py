"""How a period was worked with, measured; and what to ask, made of what was found."""

from datetime import date
from decimal import Decimal

from support import builders as b

from mappings.goal_changes import GoalChange
from mappings.measures import Measure
from mappings.okrs import Objective, Period, Pulse, Status
from mappings.past import KeyResultDay, SprintDay
from mappings.retro import Final, Goals, Grade, Sandbag, Silence
from mappings.retro_process import Alignment, Process, alignment, process, questions

Q4 = b.a_period()
END = Q4.end
NAMES = {"payments": "Payments"}


def sprint(id="1", day=date(2026, 11, 20), team="payments", end=None, is_window=False, **counts: int) -> SprintDay:
    given = {"aligned": 0, "routine": 0, "new": 0, "unaligned": 0, "broken": 0} | counts
    return SprintDay(
        tracker="jira-main", sprint=id, day=day, team=team, name=id, state="active", start=None, end=end,
        is_window=is_window, **given,
    )  # fmt: skip


def kept(kr: str, on: date) -> KeyResultDay:
    return KeyResultDay(kr=kr, day=on, score=None, delivery=None, current=None, health="unknown", confidence=None)


def weekly(id="PAY-O1-KR1", *on: date, **changes):
    checkins = tuple(b.a_checkin(day, 1) for day in on)
    return b.a_kr(id, **{"measure": b.manual(), "checkins": checkins} | changes)


def measured(*found, day=END, days=(), period=Q4, periods=(Q4,)) -> Process:
    return process(period, b.a_registry(*found, periods=periods), day, days)


def test_each_sprint_counts_once_as_it_was_kept_last_and_teams_stand_by_their_keys() -> None:
    rows = [
        sprint("1", date(2026, 10, 9), aligned=9),
        sprint("1", date(2026, 10, 14), aligned=1, routine=1, unaligned=1, broken=1, end=date(2026, 10, 14)),
        sprint("2", date(2026, 10, 28), aligned=3, new=1, end=date(2026, 10, 28)),
        sprint("3", date(2026, 9, 30), aligned=5),
        sprint("4", date(2027, 1, 1), aligned=5),
        sprint("5", date(2026, 11, 11), aligned=5, is_window=True),
        sprint("6", date(2026, 11, 11)),
        sprint("7", date(2026, 11, 12), team="growth", unaligned=2),
    ]

    found = alignment(Q4, rows)

    assert [(it.team, it.sprints, it.aligned, it.routine, it.unexplained, it.total) for it in found] == [
        ("growth", 1, 0, 0, 2, 2),
        ("payments", 2, 4, 1, 2, 8),
    ]
    assert [(str(it.first), str(it.last)) for it in found] == [("0", "0"), ("1/4", "3/4")]


def test_a_team_is_live_early_when_history_knew_one_of_its_key_results_by_day_seven() -> None:
    found = [
        b.an_objective("PAY-O1", b.a_kr("PAY-O1-KR1"), b.a_kr("PAY-O1-KR2")),
        b.an_objective("GRO-O1", b.a_kr("GRO-O1-KR1", team="growth"), team="growth"),
        b.an_objective("CO-1", b.a_kr("CO-1-KR1", team=""), team=""),
        b.an_objective("OPS-O1", team="ops"),
    ]

    known = measured(*found, days=[kept("PAY-O1-KR2", date(2026, 10, 7)), kept("GRO-O1-KR1", date(2026, 10, 8))])

    assert (known.live_early, known.live_late) == (("payments",), ("growth",))


def test_with_no_history_of_the_first_days_nobody_can_tell_who_was_live() -> None:
    days = [kept("PAY-O1-KR1", date(2026, 10, 8)), kept("PAY-O1-KR1", date(2026, 9, 30))]

    assert measured(b.a_kr(), days=days).live_early is None
    assert measured(b.a_kr(), days=days).live_late == ()


def test_a_check_in_is_due_once_in_every_whole_cadence() -> None:
    kr = weekly("PAY-O1-KR1", date(2026, 10, 1), date(2026, 10, 7), date(2026, 10, 15), date(2026, 10, 22))
    others = [
        weekly("PAY-O1-KR2", status=Status.DRAFT),
        b.a_kr("PAY-O1-KR3"),
        b.a_kr("PAY-O1-KR4", measure=Measure(kind="qualitative"), cadence_days=14),
    ]

    found = measured(kr, *others, day=date(2026, 10, 27))

    assert (found.kept, found.slots) == (2, 3 + 1)
    whole = measured(kr, day=date(2026, 10, 28))
    assert (whole.kept, whole.slots) == (3, 4)
    after = measured(kr, day=date(2027, 1, 15))
    assert after.slots == 13


def test_an_objective_is_born_in_its_team_unless_it_is_a_copy_of_what_it_supports_or_the_registry_says_so() -> None:
    def objective(id: str, title: str, supports: str | None = "CO-1", **changes) -> Objective:
        return b.an_objective(id, title=title, supports=supports, **changes)

    kr = b.a_kr("CO-1-KR1", title="Grow", team="")
    found = [
        b.an_objective("CO-1", kr, title="Win", team=""),
        objective("PAY-1", "WIN"),
        objective("PAY-2", "grow", "CO-1-KR1"),
        objective("PAY-3", "Our own way"),
        objective("PAY-4", "Win", born="team"),
        objective("PAY-5", "Our own way", born="company"),
        objective("PAY-6", "Alone", None),
        objective("PAY-7", "Lost", "NO-SUCH"),
        objective("PAY-8", "Alone and given", None, born="company"),
        objective("PAY-9", "Win", period="2027-Q1"),
    ]
    q1 = b.a_period("2027-Q1", start=date(2027, 1, 1), end=date(2027, 3, 31))

    result = measured(*found, periods=(Q4, q1))

    assert (result.born_in_team, result.objectives) == (4, 8)


def final(id="PAY-O1-KR1", grade=Grade.GREEN, **changes) -> Final:
    given = {"score": Decimal("0.8"), "current": None, "delivery": None, "origin": "the registry"}
    return Final(kr=b.a_kr(id), grade=grade, **given | changes)


def goals(*finals: Final, period: Period = Q4, **changes) -> Goals:
    given = {
        "day": END, "objectives": (), "changes": (), "dropped": (), "silences": (), "sandbags": (), "carries": (),
        "following": None,
    }  # fmt: skip
    return Goals(period=period, finals=finals, **given | changes)


def asked(found: Goals, aligned: tuple[Alignment, ...] = (), **process_changes) -> list[str]:
    given = {"live_early": None, "live_late": (), "slots": 0, "kept": 0, "born_in_team": 0, "objectives": 0}
    return questions(found, aligned, Process(**given | process_changes), NAMES)


def aligned(unexplained: int, team="payments") -> Alignment:
    return Alignment(
        team=team, sprints=1, aligned=0, routine=0, unexplained=unexplained, total=4, first=None, last=None
    )


def test_where_all_is_well_nothing_is_asked() -> None:
    pulse = (Pulse(team="payments", clarity=3, autonomy=3, focus=5),)
    drafts = (GoalChange(kr=b.a_kr(), what="draft", on=None, text="PAY-O1-KR1 is a draft"),)
    fine = goals(final(), final(grade=Grade.MET), final(grade=Grade.RED), final(grade=Grade.NOT_YET),
                 period=b.a_period(pulse=pulse), changes=drafts)  # fmt: skip

    assert asked(fine, (aligned(2),), slots=4, kept=2, objectives=2, born_in_team=1, live_early=("payments",)) == []


def test_every_finding_has_its_question_goals_first_then_the_work_then_the_process() -> None:
    kr = b.a_kr()
    pulse = (
        Pulse(team="growth", clarity=4, autonomy=2, focus=1),
        Pulse(team="payments", clarity=2, autonomy=3, focus=3),
    )
    changes = tuple(
        GoalChange(kr=kr, what=what, on=None, text=f"PAY-O1-KR1: {what}.")
        for what in ("retired", "replaced", "re-targeted", "in doubt")
    )
    found = goals(
        final(grade=Grade.MISSED, score=Decimal("0.6")),
        final("PAY-O1-KR2", grade=Grade.UNKNOWN, score=None),
        final("PAY-O1-KR3", mismatch="90 % of the work is done and the number has come 3 %"),
        period=b.a_period(pulse=pulse),
        changes=changes,
        silences=(Silence(kr=kr, since=date(2026, 10, 1), until=date(2026, 11, 1)),),
        sandbags=(Sandbag(kr=kr, team="payments", text="PAY-O1-KR1 was at its target on day 9"),),
    )

    said = asked(found, (aligned(3),), live_late=("growth", "payments"), slots=9, kept=4, objectives=3, born_in_team=1)

    assert said == [
        "PAY-O1-KR1 was committed and stands at 60 %. When was that known, and who was told?",
        "Nobody knows how PAY-O1-KR2 ended. Did anybody need it?",
        "PAY-O1-KR3: 90 % of the work is done and the number has come 3 %. Was it the right work?",
        "PAY-O1-KR1: retired. What was known too late?",
        "PAY-O1-KR1: replaced. What was known too late?",
        "PAY-O1-KR1: re-targeted. Is the score against the first target the one to learn from?",
        "PAY-O1-KR1: in doubt. Is it the right objective for the next period?",
        "PAY-O1-KR1 was not heard from for 31 days. What would have been decided otherwise with its number?",
        "PAY-O1-KR1 was at its target on day 9. Was it known that this would be reached?",
        "Payments: 75 % of the sprints' work was tied to nothing. What was it for?",
        "Without a live key result by day 7: growth, Payments. What would have let goals be there at the start?",
        "4 of 9 check-ins were kept. Is the cadence right, or the measure too dear?",
        "1 of 3 objectives of teams were born there. Who would have chosen otherwise?",
        "growth gives autonomy 2 of 5. What stood in its way?",
        "growth gives focus 1 of 5. What stood in its way?",
        "Payments gives clarity 2 of 5. What stood in its way?",
    ]
