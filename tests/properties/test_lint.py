"""Lint judges any registry and any work, and in whatever order it stands."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from support import builders as b

from mappings.figures import work_out
from mappings.lint import lint
from mappings.lint_quality import judge
from mappings.lint_rule import Look, Remark
from mappings.lint_work import judge_work
from mappings.measures import Endpoint, Measure, Query
from mappings.model import Issue, Reading
from mappings.okrs import KeyResult, Objective, Registry, Retarget, Status, normal_id

YEAR = b.a_period("2026", start=date(2026, 1, 1), end=date(2026, 12, 31), closes=None)
Q3 = b.a_period("2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30), closes=date(2026, 10, 15))
PERIODS = (YEAR, Q3, b.a_period())
NUMBERS = st.none() | st.integers(-3, 200).map(Decimal) | st.sampled_from([Decimal("0.31"), Decimal("1E+9")])
PIECES = ["Cut", "keep", "launch", "from", "12", "to", "3", "at most", "is live", "by November", "100 % done", "1.2k"]
TITLES = st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join)
SOURCES = st.sampled_from(
    [None, Query(tracker="jira-main", jql="created >= {period.start}"), Endpoint(url="https://a.example", pointer="")]
)
MEASURES = st.builds(
    Measure, kind=st.sampled_from(["delivery", "manual", "query", "http", "milestones", "qualitative", "hold"]),
    start=NUMBERS, target=NUMBERS, accrual=st.booleans(), source=SOURCES,
)  # fmt: skip
NAMES = st.sampled_from(["PAY-O1", "PAY-O2", "CO-1", "PAY-O1-KR1", "pay.o1.kr1", "CO-1-KR1"])
DAYS = st.dates(date(2026, 6, 1), date(2027, 2, 1))


@st.composite
def key_results(draw: st.DrawFn, period: str) -> KeyResult:
    team = draw(st.sampled_from(["", "payments", "growth"]))
    changes = st.builds(
        Retarget,
        on=DAYS,
        before=NUMBERS.map(lambda it: it or Decimal(0)),
        after=st.just(Decimal(3)),
        because=st.just("why"),
    )
    return b.a_kr(
        draw(NAMES), title=draw(TITLES), objective=draw(NAMES), period=period, team=team, teams=(team,),
        owner=draw(st.text(max_size=12)), measure=draw(MEASURES), status=draw(st.sampled_from(Status)),
        commitment=draw(st.sampled_from(["aspirational", "committed"])),
        checkins=tuple(draw(st.lists(st.builds(b.a_checkin, DAYS, st.integers(-2, 99) | st.none()), max_size=3))),
        retargets=tuple(draw(st.lists(changes, max_size=2))),
        where=draw(st.sampled_from(["a.toml:1", "a.toml:2", "https://acme.example/OKR-1"])),
    )  # fmt: skip


@st.composite
def objectives(draw: st.DrawFn) -> Objective:
    period = draw(st.sampled_from(["2026", "2026-Q3", "2026-Q4"]))
    return b.an_objective(
        draw(NAMES), *draw(st.lists(key_results(period), max_size=3)), title=draw(TITLES), period=period,
        team=draw(st.sampled_from(["", "payments", "growth"])), supports=draw(st.none() | NAMES),
    )  # fmt: skip


def judged(goals: list[Objective], people: int | None, today: date) -> list[tuple[str, str, str]]:
    registry = Registry(periods=PERIODS, objectives=tuple(goals))
    rules = b.settings(teams=(b.a_team(people=people), b.a_team("growth")))
    found = [*lint(registry, rules, {"jira-main": "jira"})]
    found += [each.finding for each in judge(Look(registry, rules, today), whole=True)]
    return sorted((each.rule, each.where, each.message) for each in found)


@settings(max_examples=30)
@given(st.lists(objectives(), max_size=5), st.none() | st.integers(1, 40), DAYS, st.randoms(use_true_random=False))
def test_any_registry_is_judged_and_the_order_of_its_goals_does_not_matter(
    found: list[Objective], people: int | None, today: date, random: Random
) -> None:
    # Two things of one name are an error of structure, and which of them is meant is anybody's guess.
    unlike = [
        replace(each, key_results=tuple(replace(it, id=f"{id}-{n}") for n, it in enumerate(each.key_results)))
        for id, each in {normal_id(each.id): each for each in found}.items()
    ]
    shuffled = list(unlike)
    random.shuffle(shuffled)

    judged(found, people, today)
    assert judged(unlike, people, today) == judged(shuffled, people, today)


TAGS = ["okr:PAY-O1-KR1", "OKR:pay_o1_kr2", "okr-PAY-O1-KR1", "okr:none", "okr:new", "okr:PAY-O1-KR9"]
LABELS = st.lists(st.sampled_from(TAGS) | st.text(max_size=12), max_size=4)
GOALS = b.a_registry(b.a_kr("PAY-O1-KR1", aliases=("failover",)), b.a_kr("PAY-O1-KR2"))


def said_of(issues: list[Issue]) -> list[Remark]:
    figures = work_out([Reading(scope=b.a_scope(), kind="memory", issues=tuple(issues))], GOALS, b.settings(), b.TODAY)
    return list(judge_work(Look(GOALS, b.settings(), b.TODAY), figures))


@given(st.lists(LABELS, max_size=6), st.randoms(use_true_random=False))
def test_any_labels_are_judged_and_the_order_of_the_issues_does_not_matter(
    labels: list[list[str]], random: Random
) -> None:
    issues = [
        b.an_issue(f"PAY-{n}", labels=tuple(each), label_groups=tuple(("okr", it) for it in each[:1]), parent=f"id-{n}")
        for n, each in enumerate(labels)
    ]
    shuffled = list(issues)
    random.shuffle(shuffled)

    assert said_of(issues) == said_of(shuffled)
