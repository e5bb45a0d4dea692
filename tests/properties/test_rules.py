"""What holds of the rules whatever the trackers hold."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from support.builders import TODAY, a_kr, a_registry, a_scope, a_sprint, a_team, an_issue, settings

from mappings.counting import Delivery, Line
from mappings.figures import Figures, work_out
from mappings.linking import Class
from mappings.measures import Measure
from mappings.model import EPIC, STANDARD, Issue, Reading, State
from mappings.okrs import Registry, Status
from mappings.rounding import clamped, rounded
from mappings.settings import RoutineClass, Rule
from mappings.targets import Target

BOUND = Target("memory", "issue", "PAY-0")
REGISTRY = a_registry(
    a_kr("PAY-O1-KR1", binds=(BOUND,), write=Target("memory", "issue", "PAY-1")),
    a_kr("PAY-O1-KR2", unit="issues"),
    a_kr("PAY-O1-KR3", measure=Measure(kind="delivery", target=Decimal(4))),
    a_kr("PAY-O1-KR4", status=Status.REPLACED, replaced_by="PAY-O1-KR2"),
    a_kr("PAY-O1-KR5", status=Status.RETIRED),
)
SCOPES = {"PAY": a_scope(), "GRO": a_scope(team="growth", projects=("GRO",))}
RULES = settings(
    teams=(
        a_team(routine=(RoutineClass(name="bug", rules=(Rule(type="Bug"),)),)),
        a_team("growth", scopes=(SCOPES["GRO"],), routine_before_inheritance=True, unestimated=Decimal(3)),
    ),
    rules=(Rule(component="checkout", kr="PAY-O1-KR3"),),
    started_credit=Decimal("0.5"),
)
TAGS = [
    "okr:PAY-O1-KR1", "OKR:pay_o1_kr2", "okr:PAY-O1-KR3=2", "okr:PAY-O1-KR1=0.5", "okr:PAY-O1-KR4", "okr:PAY-O1-KR5",
    "okr:PAY-O1-KR9", "okr:none-bug", "okr:new", "backend",
]  # fmt: skip
SPRINTS = (a_sprint("7"), a_sprint("8", state="future"))
NUMBERS = st.one_of(st.none(), st.integers(-1, 13).map(Decimal), st.sampled_from([Decimal("0.5"), Decimal("2.5")]))


@st.composite
def forests(draw: st.DrawFn) -> list[Issue]:
    """Up to ten issues of two projects in any family, circles and hidden parents included."""
    count = draw(st.integers(0, 10))
    keys = [f"{draw(st.sampled_from(['PAY', 'GRO']))}-{n}" for n in range(count)]
    finished = datetime(2026, 9, 28, tzinfo=UTC)
    return [
        an_issue(
            key,
            level=draw(st.sampled_from([-1, 0, 0, 0, 1, 2])),
            parent=draw(st.one_of(st.none(), st.sampled_from([f"id-{name}" for name in keys] + ["hidden"]))),
            points=draw(NUMBERS),
            labels=tuple(draw(st.lists(st.sampled_from(TAGS), max_size=3))),
            type=draw(st.sampled_from(["Story", "Bug"])),
            components=draw(st.sampled_from([(), ("Checkout",)])),
            sprints=draw(st.sampled_from([(), ("7",), ("7", "8")])),
            **draw(
                st.sampled_from([{"state": State.OPEN}, {"state": State.STARTED}, {"state": State.CANCELLED}])
                | st.integers(0, 40).map(lambda days: {"state": State.DONE, "done_at": finished + timedelta(days=days)})
            ),
        )
        for key in keys
    ]


def figures(issues: Sequence[Issue], readings_backwards: bool = False, registry: Registry = REGISTRY) -> Figures:
    """Figures of the issues, each read by the scope of its project."""
    readings = [
        Reading(scope=scope, kind="memory", sprints=SPRINTS, issues=tuple(it for it in issues if it.project == project))
        for project, scope in SCOPES.items()
    ]
    return work_out(readings[::-1] if readings_backwards else readings, registry, RULES, TODAY)


def without_raw_readings(found: Figures) -> Figures:
    return replace(found, readings=())


def deliveries(found: Figures) -> dict[str, Delivery]:
    return {id: each.delivery for id, each in found.key_results.items()}


@given(forests(), st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_issues_and_readings_does_not_matter(issues: list[Issue], random: object, backwards: bool) -> None:
    shuffled = list(issues)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert without_raw_readings(figures(issues)) == without_raw_readings(figures(shuffled, backwards))


@given(forests())
def test_the_shares_of_an_issue_sum_to_one_or_there_are_none(issues: list[Issue]) -> None:
    for linked in figures(issues).linked.values():
        assert sum((share.share for share in linked.shares), Fraction(0)) == (linked.kind is Class.ALIGNED)
        assert all(share.share > 0 for share in linked.shares)
        assert len({share.kr for share in linked.shares}) == len(linked.shares)


@given(forests())
def test_an_issue_is_never_counted_for_more_than_itself(issues: list[Issue]) -> None:
    """Over all key results in points, an issue's amounts never exceed its points, and each counts it once."""
    amounts: dict[str, Fraction] = {}
    for delivery in deliveries(figures(issues)).values():
        assert len({line.issue.ref for line in delivery.lines}) == len(delivery.lines)
        for line in delivery.lines if delivery.unit == "points" else ():
            amounts[line.issue.key] = amounts.get(line.issue.key, Fraction(0)) + line.amount
    default = {"PAY": Decimal(1), "GRO": Decimal(3)}
    for issue in issues:
        weight = default[issue.project] if issue.points is None else max(issue.points, Decimal(0))
        assert amounts.get(issue.key, Fraction(0)) <= Fraction(weight)


def ancestors(issue: Issue, by_id: dict[str, Issue]) -> list[Issue]:
    found: list[Issue] = []
    while issue.parent in by_id and by_id[issue.parent] not in found:
        issue = by_id[issue.parent]
        found.append(issue)
    return found


@given(forests())
def test_no_line_of_a_key_result_stands_above_another(issues: list[Issue]) -> None:
    """Nothing is counted twice: of two issues, one below the other, that support one key result, one counts.

    The exceptions are those that the rules make: an issue in a circle of parents counts itself, and so does a
    standard issue or a sub-task whose nearest counted relative above is no family of its own (above an epic).
    """
    by_id = {issue.id: issue for issue in issues}
    in_a_circle = {issue.id for issue in issues if any(issue in ancestors(it, by_id) for it in ancestors(issue, by_id))}
    for delivery in deliveries(figures(issues)).values():
        counted = {line.issue.id for line in delivery.lines}
        for line in delivery.lines:
            above = ancestors(line.issue, by_id)
            if line.issue.id in in_a_circle or any(it.id in in_a_circle for it in above):
                continue
            assert not [it.key for it in above if it.id in counted and it.level >= EPIC]
            nearest = next((it for it in above if it.id in counted), None)
            between = above[: above.index(nearest)] if nearest else []
            assert nearest is None or line.issue.level > STANDARD or any(it.level > STANDARD for it in between)


@given(forests(), NUMBERS, st.lists(st.sampled_from(TAGS), max_size=3), st.sampled_from(["PAY", "GRO", "SHOP"]))
def test_a_done_issue_without_a_parent_never_lowers_delivery(
    issues: list[Issue], points: Decimal | None, labels: list[str], project: str
) -> None:
    """A new one: it has no parent, and nothing in scope has it for a parent."""
    added = an_issue(
        f"{project}-99", points=points, labels=tuple(labels), project="PAY" if project == "SHOP" else project,
        state=State.DONE, done_at=datetime(2026, 11, 2, tzinfo=UTC),
    )  # fmt: skip

    before, after = deliveries(figures(issues)), deliveries(figures([*issues, added]))

    for id, delivery in before.items():
        share = after[id].share
        assert delivery.share is None or (share is not None and share >= delivery.share)


@given(forests())
def test_delivery_and_score_lie_between_nothing_and_all(issues: list[Issue]) -> None:
    found = figures(issues)

    for each in found.key_results.values():
        assert each.delivery.share is None or 0 <= each.delivery.share <= 1
        assert each.score.value is None or 0 <= each.score.value <= 1
        assert (each.score.value is None) == (each.delivery.share is None)


@given(forests())
def test_every_sprint_row_has_one_class_and_the_classes_add_up(issues: list[Issue]) -> None:
    for alignment in figures(issues).sprints:
        assert sum(alignment.issues(kind) for kind in Class) == alignment.issues() == len(alignment.rows)
        assert sum((alignment.points(kind) for kind in Class), Fraction(0)) == alignment.points()


@given(forests())
def test_what_is_done_of_a_line_is_a_part_of_it(issues: list[Issue]) -> None:
    lines: list[Line] = [line for delivery in deliveries(figures(issues)).values() for line in delivery.lines]

    assert all(0 <= line.done <= line.amount for line in lines)
    assert all(line.issue.state is not State.CANCELLED and line.issue.key != "PAY-1" for line in lines)


@given(st.fractions(-10, 10) | st.decimals(-10, 10, allow_nan=False).map(Fraction), st.integers(0, 4))
def test_rounding_takes_the_nearest_and_a_half_upwards(number: Fraction, places: int) -> None:
    step = Fraction(1, 10**places)

    found = rounded(number, places)

    assert abs(Fraction(found) - number) <= step / 2
    assert abs(Fraction(found)) > abs(number) or abs(Fraction(found) - number) < step / 2
    assert -int(found.as_tuple().exponent) == places


@given(st.fractions())
def test_a_held_share_lies_between_nothing_and_all_and_is_itself_there(number: Fraction) -> None:
    assert 0 <= clamped(number) <= 1
    assert clamped(number) == number or not 0 <= number <= 1
