"""Planning again over what a plan has written: nothing is left to do, and no person's value was touched."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from support.builders import TODAY, a_checkin, a_kr, a_registry, a_scope, a_sprint, a_team, an_issue, manual, settings

from mappings.figures import Figures, work_out
from mappings.model import Issue, Reading, State
from mappings.okrs import Registry
from mappings.settings import RoutineClass, Rule
from mappings.targets import FlagWrite, Ledger, ProgressWrite, Standing, Target
from syncer.flags import plan_flags
from syncer.plan import Change, Status, plan_progress

KR = "PAY-O1-KR1"
UNALIGNED, BROKEN = "okr-unaligned", "okr-broken-tag"
RULES = settings(teams=(a_team(flag_label=True, routine=(RoutineClass(name="bug", rules=(Rule(type="Bug"),)),)),))
VALUES = st.none() | st.sampled_from(["0.00", "0.40", "0.60", "1.00"]).map(Decimal)
LEDGERS = st.builds(
    Ledger,
    kr=st.sampled_from([KR, "PAY-O1-KR9"]),
    value=VALUES,
    scopes=st.sampled_from([(), ("memory/payments",)]),
    said=st.sampled_from(["", "old"]),
    comment=st.sampled_from(["", "77"]),
)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    ledger = draw(st.none() | LEDGERS)
    return Standing(
        target=Target("memory", draw(st.sampled_from(["issue", "project", "file"])), "T"),
        value=draw(VALUES),
        ledger=ledger,
        edited=ledger is not None and draw(st.booleans()),
        person_posted=draw(st.booleans()),
    )


def planned(stands: Standing, percent: int | None, resumed: str = "") -> Change:
    checkins = () if percent is None else (a_checkin(value=percent),)
    registry = a_registry(a_kr(KR, measure=manual(0, 100), checkins=checkins, write=stands.target))
    (change,) = plan_progress(figures((), registry), registry, RULES, {stands.target: stands}, resumed=resumed)
    return change


def figures(issues: tuple[Issue, ...], registry: Registry | None = None) -> Figures:
    sprints = (a_sprint("7"), a_sprint("8", state="future"), a_sprint("9"))
    reading = Reading(scope=a_scope(), kind="memory", issues=issues, sprints=sprints)
    return work_out((reading,), registry or a_registry(a_kr(KR)), RULES, TODAY)


def applied(write: ProgressWrite) -> Standing:
    """A target after a write: the new value stands there, with its ledger, in an update of ours."""
    if write.value is None:
        return replace(write.expected, ledger=replace(write.ledger, comment="77"))
    ledger = replace(write.ledger, comment="77")
    return replace(write.expected, value=write.value, ledger=ledger, edited=False, person_posted=False)


@given(standings(), st.sampled_from([None, 0, 40, 60]), st.sampled_from(["", KR]))
def test_planning_again_over_what_was_written_writes_nothing(
    stands: Standing, percent: int | None, resumed: str
) -> None:
    first = planned(stands, percent, resumed)

    again = planned(applied(first.write) if first.write else stands, percent)

    assert again.write is None
    assert again.status in (Status.UNCHANGED, Status.LEFT_ALONE)


@given(standings(), st.sampled_from([None, 0, 40, 60]))
def test_a_persons_value_is_never_written_over_unless_it_was_given_back(stands: Standing, percent: int | None) -> None:
    is_ours = stands.ledger is not None and stands.value == stands.ledger.value and not stands.edited
    write = planned(stands, percent).write

    assert is_ours or stands.value is None or write is None or write.value is None


@given(standings(), st.sampled_from([None, 0, 40, 60]), st.sampled_from(["", KR]))
def test_value_and_ledger_are_written_together(stands: Standing, percent: int | None, resumed: str) -> None:
    write = planned(stands, percent, resumed).write

    assert write is None or write.value is None or write.ledger.value == write.value
    assert write is None or write.expected == stands


@st.composite
def sprint_issues(draw: st.DrawFn) -> tuple[Issue, ...]:
    labels = st.lists(st.sampled_from([UNALIGNED, "OKR-Unaligned", BROKEN, f"okr:{KR}", "okr:nonsense"]), max_size=3)
    ledgers = st.dictionaries(st.sampled_from([UNALIGNED, BROKEN]), st.sampled_from(["6", "7", "8", "9"]))
    return tuple(
        an_issue(
            f"PAY-{n}",
            labels=tuple(draw(labels)),
            flagged=tuple(draw(ledgers).items()),
            sprints=tuple(draw(st.sets(st.sampled_from(["7", "8", "9"])))),
            state=draw(st.sampled_from(State)),
            type=draw(st.sampled_from(["Story", "Bug"])),
        )
        for n in range(draw(st.integers(0, 6)))
    )


def flag_writes(issues: tuple[Issue, ...]) -> list[FlagWrite]:
    changes, _ = plan_flags(figures(issues), RULES)
    return [change.write for change in changes if change.status is Status.WOULD_CHANGE]


def flagged(issue: Issue, writes: list[FlagWrite]) -> Issue:
    """An issue after the flag writes that are its own."""
    labels, ledger = list(issue.labels), dict(issue.flagged)
    for write in (write for write in writes if write.id == issue.id):
        if write.action == "add":
            labels.append(write.label)
        if write.action == "remove":
            labels = [label for label in labels if label.casefold() != write.label]
        if write.action in ("add", "remember"):
            ledger[write.label] = write.sprint
        else:
            del ledger[write.label]
    return replace(issue, labels=tuple(labels), flagged=tuple(ledger.items()))


@given(sprint_issues())
def test_flagging_again_over_what_was_flagged_writes_nothing(issues: tuple[Issue, ...]) -> None:
    after = tuple(flagged(issue, flag_writes(issues)) for issue in issues)

    assert flag_writes(after) == []


@given(sprint_issues())
def test_a_flag_label_is_taken_off_only_where_we_remember_it(issues: tuple[Issue, ...]) -> None:
    remembered = {(issue.id, label) for issue in issues for label, _ in issue.flagged}

    assert all(
        (write.id, write.label) in remembered for write in flag_writes(issues) if write.action in ("remove", "forget")
    )
