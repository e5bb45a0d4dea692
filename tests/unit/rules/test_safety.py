"""Changes that look like a source's mistake are refused, with their numbers; the others go on."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from support.builders import TODAY, a_checkin, a_kr, a_registry, a_scope, an_issue, manual, settings

from mappings.changes import Contribution, Remembered
from mappings.figures import work_out
from mappings.model import Issue, Reading, State
from mappings.okrs import KeyResult
from mappings.targets import Ledger, Standing, Target
from syncer.plan import Change, Plan, Status, plan_progress
from syncer.safety import SafetyLimits, refuse_if_unsafe


def target(id: str) -> Target:
    return Target("memory", "issue", f"to-{id}")


def work(key: str, kr: str, state: State = State.OPEN) -> Issue:
    return an_issue(key, labels=(f"okr:{kr}",), state=state)


def ours(kr: KeyResult, value: str | None, scopes: tuple[str, ...] = ("memory/payments",)) -> Standing:
    """A value that this program wrote; None: nothing was ever written."""
    assert kr.write is not None
    number = None if value is None else Decimal(value)
    ledger = None if value is None else Ledger(kr=kr.id, value=number, scopes=scopes)
    return Standing(target=kr.write, value=number, ledger=ledger)


def judged(
    *stands: tuple[KeyResult, Standing | None],
    issues: Sequence[Issue] = (),
    remembered: dict[str, Remembered] | None = None,
    limits: SafetyLimits | None = None,
    forced: Sequence[str] = (),
) -> list[Change]:
    registry = a_registry(*(kr for kr, _ in stands))
    figures = work_out((Reading(scope=a_scope(), kind="memory", issues=tuple(issues)),), registry, settings(), TODAY)
    standings = {standing.target: standing for _, standing in stands if standing}
    plan = Plan(changes=plan_progress(figures, registry, settings(), standings), notes=("kept",))
    found = refuse_if_unsafe(plan, figures, remembered or {}, limits or SafetyLimits(), forced)
    assert found.notes == ("kept",)
    return list(found.changes)


def delivering(id: str = "PAY-O1-KR1", **changes: Any) -> KeyResult:
    return a_kr(id, **{"write": target(id)} | changes)


def fallen(before: str, *keys: str, remembered: Sequence[str] | None = None, forced: Sequence[str] = ()) -> Change:
    """One key result whose open and done work (keys ending in + are done) makes its score, over a value of ours."""
    kr = delivering()
    issues = [work(key.rstrip("+"), kr.id, State.DONE if key.endswith("+") else State.OPEN) for key in keys]
    lines = tuple(
        Contribution(tracker="memory", issue=f"id-{key}", key=key, amount=Fraction(1), done=Fraction(1))
        for key in remembered or ()
    )
    history = {} if remembered is None else {kr.id: Remembered(score=None, delivery=None, lines=lines)}
    return judged((kr, ours(kr, before)), issues=issues, remembered=history, forced=forced)[0]


def test_a_deep_fall_without_a_history_is_refused_with_its_numbers() -> None:
    change = fallen("0.81", "PAY-1+", "PAY-2")

    assert (change.status, change.write) == (Status.REFUSED, None)
    assert change.reason == (
        "the score falls from 0.81 to 0.50 and no history explains it; `--force PAY-O1-KR1` writes it all the same"
    )


def test_a_refused_change_is_still_shown_with_both_values() -> None:
    change = fallen("0.81", "PAY-1+", "PAY-2")

    assert (change.before, change.after, change.target) == (Decimal("0.81"), Decimal("0.50"), target("PAY-O1-KR1"))


def test_a_fall_of_three_tenths_is_not_deep() -> None:
    assert fallen("0.80", "PAY-1+", "PAY-2").status is Status.WOULD_CHANGE


def test_a_rise_however_high_is_written() -> None:
    assert fallen("0.00", "PAY-1+").status is Status.WOULD_CHANGE


def test_a_fall_whose_lines_are_all_still_seen_is_explained() -> None:
    assert fallen("1.00", "PAY-1+", "PAY-2", "PAY-3", remembered=["PAY-1", "PAY-2"]).status is Status.WOULD_CHANGE


def test_a_fall_with_lines_that_can_no_longer_be_seen_is_refused_and_names_them() -> None:
    change = fallen("1.00", "PAY-1", remembered=["PAY-1", "PAY-9"])

    assert change.reason.startswith("the score falls from 1.00 to 0.00 and PAY-9 can no longer be seen;")


def test_many_lines_that_can_no_longer_be_seen_are_cut() -> None:
    change = fallen("1.00", "PAY-1", remembered=[f"PAY-{n}" for n in range(10, 18)])

    assert "PAY-10, PAY-11, PAY-12, PAY-13, PAY-14 and 3 more can no longer be seen" in change.reason


def test_a_fall_that_a_person_checked_in_is_explained() -> None:
    kr = delivering(measure=manual(0, 10), checkins=(a_checkin(value=1),))

    (change,) = judged((kr, ours(kr, "0.90", scopes=())))

    assert change.status is Status.WOULD_CHANGE


def test_force_acknowledges_a_refusal_of_that_key_result() -> None:
    assert fallen("0.81", "PAY-1+", "PAY-2", forced=["PAY-O1-KR1"]).status is Status.WOULD_CHANGE
    assert fallen("0.81", "PAY-1+", "PAY-2", forced=["PAY-O1-KR2"]).status is Status.REFUSED


@pytest.mark.parametrize("before", ["0.00", "1.00"])
def test_a_scope_that_had_linked_issues_and_now_has_none_is_refused_whatever_the_value_does(before: str) -> None:
    kr = delivering()

    (change,) = judged(
        (kr, ours(kr, before, scopes=("memory/growth", "memory/payments"))), issues=[work("PAY-1", kr.id, State.DONE)]
    )

    assert change.status is Status.REFUSED
    assert change.reason.startswith("memory/growth had linked issues and now has none;")


def test_what_is_left_alone_is_not_judged() -> None:
    kr = delivering()
    theirs = Standing(target=target(kr.id), value=Decimal("0.90"))

    (change,) = judged((kr, theirs), issues=[work("PAY-1", kr.id)])

    assert change.status is Status.LEFT_ALONE


def test_the_comment_on_a_value_that_was_kept_is_not_judged() -> None:
    kr = delivering()
    kept = Standing(
        target=target(kr.id),
        value=Decimal("0.90"),
        ledger=Ledger(kr=kr.id, value=Decimal("0.40"), scopes=("memory/gone",)),
    )

    (change,) = judged((kr, kept), issues=[work("PAY-1", kr.id)])

    assert (change.status, change.write is not None) == (Status.LEFT_ALONE, True)


def many(moving: int, still: int, first: int = 0, nowhere: int = 0, **how: Any) -> list[Change]:
    """So many key results whose value moves, stays, is written first; and so many that are written nowhere."""
    stands: list[tuple[KeyResult, Standing | None]] = []
    issues: list[Issue] = []
    for n in range(moving + still + first + nowhere):
        kr = delivering(f"PAY-O1-KR{n:02}")
        issues.append(work(f"PAY-{n}", kr.id))
        if n < moving:
            stands.append((kr, ours(kr, "0.20")))
        elif n < moving + still:
            stands.append((kr, ours(kr, "0.00")))
        elif n < moving + still + first:
            stands.append((kr, ours(kr, None)))
        else:
            stands.append((delivering(kr.id, write=None), None))
    return judged(*stands, issues=issues, **how)


@pytest.mark.parametrize(("moving", "still", "refused"), [(6, 0, 6), (5, 0, 0), (6, 5, 6), (6, 6, 0), (7, 6, 7)])
def test_more_than_half_and_more_than_five_changing_at_once_is_refused(moving: int, still: int, refused: int) -> None:
    changes = many(moving, still)

    assert [change.status for change in changes[:moving]] == [
        Status.REFUSED if refused else Status.WOULD_CHANGE
    ] * moving
    assert all(change.status is Status.WOULD_CHANGE for change in changes[moving:])


def test_too_many_changes_are_refused_with_their_numbers() -> None:
    assert many(6, 1)[0].reason == (
        "6 of 7 key results would change at once; `--force PAY-O1-KR00` writes it all the same"
    )


def test_first_writes_are_no_changes() -> None:
    assert {change.status for change in many(0, 0, first=12)} == {Status.WOULD_CHANGE}
    assert {change.status for change in many(5, 0, first=1)} == {Status.WOULD_CHANGE}


def test_key_results_that_are_written_nowhere_do_not_dilute_the_share() -> None:
    changes = many(6, 0, nowhere=12)

    assert [change.status for change in changes] == [Status.REFUSED] * 6 + [Status.NONE] * 12


def test_one_forced_key_result_goes_on_while_the_others_are_refused() -> None:
    changes = many(6, 0, forced=["PAY-O1-KR03"])

    assert [change.kr for change in changes if change.status is Status.WOULD_CHANGE] == ["PAY-O1-KR03"]


def test_one_refused_key_result_does_not_hold_the_others_up() -> None:
    falls, rises = delivering("PAY-O1-KR1"), delivering("PAY-O1-KR2")

    changes = judged(
        (falls, ours(falls, "0.90")), (rises, ours(rises, "0.20")),
        issues=[work("PAY-1", falls.id), work("PAY-2", rises.id, State.DONE)],
    )  # fmt: skip

    assert [change.status for change in changes] == [Status.REFUSED, Status.WOULD_CHANGE]


def test_the_limits_can_be_configured() -> None:
    limits = SafetyLimits(fall=Decimal("0.1"), changed_share=Decimal("0.9"), changed_floor=1)

    assert {change.status for change in many(2, 1, limits=limits)} == {Status.REFUSED, Status.WOULD_CHANGE}
    assert "falls from 0.20 to 0.00" in many(2, 1, limits=limits)[0].reason
