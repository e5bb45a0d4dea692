"""Report documents for tests: builders with defaults, and one rich company that shows every state once."""

from datetime import UTC, date, datetime
from typing import Any

from syncer.report.goals import (
    Delivery,
    ReportGoalChange,
    ReportKeyResult,
    ReportMeasure,
    ReportObjective,
    ReportRetarget,
    Write,
)
from syncer.report.part import ClassCounts
from syncer.report.planning import (
    FollowedSprint,
    KeyResultPoint,
    NextIssue,
    NextSprint,
    PlannedShare,
    SprintTrend,
    TalkLine,
    WorkSuggestion,
)
from syncer.report.schema import (
    BrokenTag,
    ClassPoints,
    Flag,
    PlanDocument,
    PlannedChange,
    PlanRun,
    Report,
    ReportPeriod,
    ReportSprint,
    ReportTagCard,
    ReportTeam,
    RoutineShare,
    Run,
    ScopeReading,
    TagCardLine,
    Work,
    WorkLink,
)

AT = datetime(2026, 11, 23, 6, 17, tzinfo=UTC)
Q4 = ReportPeriod(id="2026-Q4", start=date(2026, 10, 1), end=date(2026, 12, 31), elapsed=0.587)


def some_counts(aligned: int = 0, routine: int = 0, unaligned: int = 0, broken: int = 0) -> ClassCounts:
    total = aligned + routine + unaligned + broken
    return ClassCounts(total=total, aligned=aligned, routine=routine, unaligned=unaligned, broken=broken)


def some_points(counts: ClassCounts) -> ClassPoints:
    return ClassPoints(**{name: 2.0 * issues for name, issues in counts.model_dump().items()})


def a_reading(scope: str = "jira-main/payments", **changes: Any) -> ScopeReading:
    given: dict[str, Any] = {"tracker": scope.partition("/")[0], "scope": scope, "kind": "jira", "complete": True}
    return ScopeReading(**(given | {"issues": 120, "requests": 4, "problem": None} | changes))


def a_team(key: str = "payments", **changes: Any) -> ReportTeam:
    given: dict[str, Any] = {"key": key, "name": key.title(), "mode": "product", "routine": (), "issues": some_counts()}
    return ReportTeam(**(given | changes))


def an_objective(id: str = "PAY-O1", **changes: Any) -> ReportObjective:
    given: dict[str, Any] = {"id": id, "title": "Checkout never lets a customer down", "team": "payments"}
    given |= {"team_name": "Payments", "score": 0.42, "health": "at_risk", "known": 2, "of": 3}
    return ReportObjective(**(given | changes))


def a_delivery(**changes: Any) -> Delivery:
    given: dict[str, Any] = {"unit": "points", "done": 13, "total": 40, "share": 0.325, "issues": 9, "unestimated": 1}
    return Delivery(**(given | changes))


NO_WORK = a_delivery(done=0, total=0, share=None, issues=0, unestimated=0)


def a_write(**changes: Any) -> Write:
    given: dict[str, Any] = {"to": "jira-main:issue/OKR-12", "before": 0.42, "after": 0.47, "status": "changed"}
    return Write(**(given | {"reason": None} | changes))


def a_key_result(id: str = "PAY-O1-KR1", **changes: Any) -> ReportKeyResult:
    given: dict[str, Any] = {
        "id": id,
        "title": "Cut P1 incidents from 12 to 3 a quarter",
        "objective": "PAY-O1",
        "team": "payments",
        "period": "2026-Q4",
        "owner": "payments lead",
        "commitment": "aspirational",
        "status": "live",
        "measure": ReportMeasure(kind="manual", start=12, target=3, current=8),
        "delivery": a_delivery(),
        "score": 0.44,
        "health": "on_track",
        "health_rule": "pace (0.7 and 0.4)",
        "elapsed": 0.587,
        "mismatch": False,
        "mismatch_reason": None,
        "links": 9,
        "write": a_write(),
        "because": ("score 0.44: from 12 to 3, now 8 (check-in of 16 Nov)", "delivery: 13 of 40 points, 9 issues"),
        "changes": ("42 % -> 47 %: PAY-112 done (3 points), PAY-130 added (5)",),
    }
    return ReportKeyResult(**(given | changes))


def a_retarget(**changes: Any) -> ReportRetarget:
    given: dict[str, Any] = {"on": date(2026, 11, 12), "from": 3, "to": 6, "because": "two markets joined"}
    text = "target changed: 3 -> 6 on 12 Nov 2026, because two markets joined"
    return ReportRetarget(**(given | {"text": text} | changes))


def a_goal_change(kr: str = "GRO-O1-KR3", **changes: Any) -> ReportGoalChange:
    given: dict[str, Any] = {"title": "Every new customer gets a weekly mail", "team": "growth", "what": "retired"}
    text = f"{kr} was retired on 2 Nov 2026: nobody opened the pilot's mails"
    return ReportGoalChange(**(given | {"kr": kr, "on": date(2026, 11, 2), "text": text} | changes))


def a_sprint(team: str = "payments", **changes: Any) -> ReportSprint:
    counts = changes.pop("issues", some_counts(aligned=3))
    given: dict[str, Any] = {"tracker": "jira-main", "id": "42", "name": f"{team.title()} 42", "team": team}
    given |= {"start": date(2026, 11, 16), "end": date(2026, 11, 29), "issues": counts, "points": some_points(counts)}
    return ReportSprint(**(given | changes))


def some_work(key: str = "PAY-201", **changes: Any) -> Work:
    given: dict[str, Any] = {"tracker": "jira-main", "key": key, "title": "Tidy the refund screen"}
    given |= {"url": f"https://acme.example/browse/{key}", "sprint": "42", "team": "payments", "points": 3}
    given |= {"class": "unaligned", "key_results": (), "because": "no tag, no rule"}
    return Work(**(given | changes))


def a_broken_tag(key: str = "PAY-210", **changes: Any) -> BrokenTag:
    given: dict[str, Any] = {"tracker": "jira-main", "key": key, "text": "okr:PAY-O1-KR7", "place": "label"}
    return BrokenTag(**(given | {"reason": "no such key result", "suggestion": "okr:PAY-O1-KR1"} | changes))


def a_report(**changes: Any) -> Report:
    """A small report: one team, one objective, one key result; `changes` replaces whole parts."""
    given: dict[str, Any] = {
        "run": Run(id="20261123-0617", at=AT, mode="sync", complete=True),
        "periods": (Q4,),
        "readings": (a_reading(),),
        "teams": (a_team(issues=some_counts(aligned=3, unaligned=1)),),
        "objectives": (an_objective(),),
        "key_results": (a_key_result(),),
        "sprints": (a_sprint(issues=some_counts(aligned=3, unaligned=1)),),
        "work": (some_work(),),
        "broken_tags": (),
        "flags": (),
        "tag_cards": (),
        "notes": (),
    }
    return Report(**(given | changes))


def some_suggestion(kr: str = "PAY-O1-KR1", **changes: Any) -> WorkSuggestion:
    given: dict[str, Any] = {"kr": kr, "score": 0.62, "reason": "as PAY-112: refund", "tag": f"okr:{kr}"}
    return WorkSuggestion(**(given | changes))


def a_trend(*aligned: int, of: int = 20) -> tuple[SprintTrend, ...]:
    """Sprints of so many issues, of which so many were aligned and the rest tied to nothing."""
    return tuple(
        SprintTrend(name=f"Sprint {37 + at}", day=date(2026, 9, 20), issues=some_counts(count, 0, of - count))
        for at, count in enumerate(aligned)
    )


def a_followed_sprint(*became: str, **changes: Any) -> FollowedSprint:
    issues = [
        {"tracker": "jira-main", "key": f"PAY-{400 + at}", "was": "unaligned", "became": word}
        for at, word in enumerate(became)
    ]
    given: dict[str, Any] = {"name": "Payments 42", "day": date(2026, 11, 16), "issues": issues}
    return FollowedSprint.model_validate(given | changes)


def a_next_sprint(team: str = "payments", **changes: Any) -> NextSprint:
    work = {"tracker": "jira-main", "key": "PAY-501", "title": "Tidy the ledger export", "because": "no tag, no rule"}
    work |= {"url": "https://acme.example/browse/PAY-501", "class": "unaligned", "tag": "okr:PAY-O1-KR1"}
    given: dict[str, Any] = {
        "team": team,
        "sprints": (f"{team.title()} 43",),
        "issues": some_counts(6, 2, 1),
        "planned": (PlannedShare(kr="PAY-O1-KR1", share=0.45),),
        "missing": ("PAY-O1-KR2",),
        "remarks": (f"{team.title()}: PAY-O1-KR2 is behind and nothing is planned for it",),
        "work": (NextIssue.model_validate(work | {"suggestions": (some_suggestion(),)}),),
    }
    return NextSprint(**(given | changes))


def a_plan(**changes: Any) -> PlanDocument:
    change = PlannedChange(
        kind="progress",
        tracker="jira-main",
        to="jira-main:issue/OKR-12",
        kr="PAY-O1-KR1",
        before=0.42,
        after=0.47,
        status="would-change",
        reason=None,
        text=("42 % -> 47 %: PAY-112 done (3 points)",),
    )
    given: dict[str, Any] = {"run": PlanRun(id="20261123-0617", at=AT, mode="plan"), "changes": (change,)}
    return PlanDocument(**(given | changes))


def a_rich_report() -> Report:
    """A company of six teams in which every state that a face must show occurs."""
    bugs = RoutineShare(class_="bug", budget=0.25, issues=6, share=0.1935)
    over = RoutineShare(class_="bug", budget=0.2, issues=9, share=0.3214)
    chores = RoutineShare(class_="dependency updates", budget=None, issues=2, share=0.0645)
    counts = {
        "checkout": some_counts(18, 6, 5, 2),
        "growth": some_counts(14, 3, 0, 0),
        "mobile": some_counts(9, 9, 9, 1),
        "payments": some_counts(21, 8, 2, 0),
        "platform": some_counts(4, 0, 11, 3),
        "support": some_counts(0, 22, 9, 0),
    }
    routine = {"checkout": (bugs, chores), "mobile": (over,), "support": (over, bugs)}
    titles = ("Move the basket to the new store", "Polish the empty state", "Investigate slow start on old phones")
    unaligned = [
        some_work(
            f"{team[:3].upper()}-{300 + n}",
            team=team,
            title=titles[n % 3],
            points=(None, 1, 3, 5)[n % 4],
            suggestions=(some_suggestion(),) if n % 3 == 0 else (),
        )
        for team, count in counts.items()
        for n in range(count.unaligned)
    ]
    return a_report(
        run=Run(id="20261123-0617", at=AT, mode="sync", complete=False),
        periods=(Q4, ReportPeriod(id="2026", start=date(2026, 1, 1), end=date(2026, 12, 31), elapsed=0.896)),
        readings=(
            a_reading("jira-main/checkout", issues=214, requests=6),
            a_reading("jira-main/payments", issues=187, requests=5),
            a_reading("jira-main/platform", complete=False, last_good=date(2026, 11, 20),
                      issues=0, requests=9, problem="Jira refused board 31: the "
                      "account may not see it. Ask for Browse Projects on PLT, then run again."),
            a_reading("linear-main/growth", kind="linear", issues=96, requests=3),
        ),
        teams=tuple(
            a_team(key, issues=count, routine=routine.get(key, ()), mode="service" if key == "support" else "product",
                   trend=a_trend(9, 11, 10, 13, 15, 16), followed=a_followed_sprint("tied", "tied", "left"),
                   remarks=(f"{key}: too much is tied to nothing",) if key in ("mobile", "platform") else ())
            for key, count in counts.items()
        ),
        objectives=(
            an_objective(),
            an_objective("GRO-O1", title="New shops sell in their first week", team="growth", team_name="Growth",
                         score=0.71, health="on_track", known=2, of=2),
            an_objective("PLT-O1", title="The platform carries twice the load", team="platform", team_name="Platform",
                         score=None, health="unknown", known=0, of=2),
        ),
        key_results=(
            a_key_result(heard=date(2026, 11, 16), confidence=6, trend=(
                KeyResultPoint(day=date(2026, 10, 12), score=0.1, delivery=0.05),
                KeyResultPoint(day=date(2026, 11, 16), score=0.42, delivery=0.3),
                KeyResultPoint(day=date(2026, 11, 23), score=0.44, delivery=0.325)),
                moved=KeyResultPoint(day=date(2026, 11, 16), score=0.42, delivery=0.3)),
            a_key_result("PAY-O1-KR2", title="Refunds are settled within one day", health="off_track", score=0.08,
                         mismatch=True, delivery=a_delivery(done=37, total=40, share=0.925, unestimated=0),
                         mismatch_reason="93 % of the work is done and the outcome stands at 8 %.",
                         measure=ReportMeasure(kind="manual", start=6, target=1, current=5.6),
                         write=a_write(status="left-alone", before=55, after=0.08,
                                       reason="kept a person's 55; ours is 0.08; clear the field to resume")),
            a_key_result("PAY-O1-KR3", title="Partners rate the payment API 9 or better", health="unknown", score=None,
                         delivery=NO_WORK, links=0, measure=ReportMeasure(kind="http", start=7, target=9, current=None),
                         changes=(), because=("measure http is not read yet",), write=a_write(
                             to=None, before=None, after=None, status="none")),
            a_key_result("GRO-O1-KR1", objective="GRO-O1", title="Half of new shops make a sale in seven days",
                         health="at_risk", score=0.35, commitment="committed", health_rule="pace (0.9 and 0.7)",
                         retargets=(a_retarget(),)),
            a_key_result("GRO-O1-KR2", objective="GRO-O1", title="Guided set-up shipped to every market",
                         measure=ReportMeasure(kind="delivery", start=None, target=None, current=None), score=1,
                         delivery=a_delivery(unit="issues", done=12, total=12, share=1, issues=12, unestimated=0),
                         write=a_write(to="linear-main:project/7d0c", before=1, after=1, status="unchanged")),
            a_key_result("PLT-O1-KR1", objective="PLT-O1", title="p95 under 200 ms at 4,000 requests a second",
                         last_good=KeyResultPoint(day=date(2026, 11, 20), score=0.5, delivery=0.3),
                         health="stale", score=0.5, write=a_write(
                             status="left-alone", reason="jira-main/platform was not read completely")),
            a_key_result("PLT-O1-KR2", objective="PLT-O1", title="Every service restores from backup in an hour",
                         health="pending", score=0.004, write=a_write(
                             before=0.61, after=0.0, status="refused",
                             reason="falls by 0.61 and its lines do not explain it; --force PLT-O1-KR2 to accept")),
        ),
        sprints=tuple(
            a_sprint(team, id=str(40 + n), issues=count) for n, (team, count) in enumerate(counts.items())
        ),
        work=(
            *unaligned,
            some_work("PAY-210", **{"class": "broken"}),
            some_work("PAY-112", title="Retry a failed refund", **{"class": "aligned"},
                      key_results=(WorkLink(id="PAY-O1-KR1", share=1, rule="label"),)),
        ),
        broken_tags=(
            a_broken_tag(),
            a_broken_tag("PLT-77", text="OKR: PLT-01-KR2", place="description", suggestion="OKR: PLT-O1-KR2"),
            a_broken_tag("MOB-9", text="okr:MOB-O9", suggestion=None, reason="retired on 2 Nov 2026: market closed"),
        ),
        flags=(
            Flag(tracker="jira-main", key="CHE-301", action="add", status="changed", label="okr-unaligned"),
            Flag(tracker="jira-main", key="CHE-302", action="add", status="left-alone", label="okr-unaligned",
                 reason="a person took it off in this sprint"),
        ),
        tag_cards=(
            ReportTagCard(team="payments", key_results=(
                TagCardLine(id="PAY-O1-KR1", title="Cut P1 incidents from 12 to 3 a quarter", tag="okr:PAY-O1-KR1"),
            )),
        ),
        goal_changes=(
            a_goal_change(),
            a_goal_change("GRO-O1-KR2", what="in doubt", on=date(2026, 11, 16), text="GRO-O1: a check-in said that it "
                          "is not the right objective any more"),
        ),
        talk=(
            TalkLine(subject="flat", text="PAY-O1-KR2: 93 % of the work is done and the outcome stands at 8 %",
                     team="payments", key_result="PAY-O1-KR2"),
            TalkLine(subject="unexplained", text="Mobile: 9 of 28 sprint issues are tied to no key result",
                     team="mobile", key_result=None),
            TalkLine(subject="over_budget", text="Mobile: bug took 32 % of the sprint, budget 20 %", team="mobile",
                     key_result=None),
        ),
        next_sprints=(a_next_sprint(), a_next_sprint("growth", missing=(), remarks=(), work=())),
        notes=("okrs/progress.json is not tracked by git: commit it, or the next run starts without it.",),
    )  # fmt: skip
