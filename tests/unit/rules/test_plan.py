"""What a run would change: value and ledger against ours, and the scopes that must have been read."""

from dataclasses import replace
from datetime import UTC, date
from decimal import Decimal
from typing import Any

import pytest
from support.builders import TODAY, a_checkin, a_kr, a_registry, an_issue, manual
from support.plans import (
    DETAILS,
    PERSON,
    RESUME,
    RULES,
    SLOT,
    TARGET,
    a_ledger,
    a_reading,
    figures_of,
    planned,
    scoring,
    standing,
    text_of,
    written,
)

from mappings.completeness import needed_scopes
from mappings.figures import work_out
from mappings.model import Health
from mappings.okrs import Status as KeyResultStatus
from mappings.targets import Ledger, Standing, Target, fingerprint
from syncer.plan import Status, living_text, plan_progress, readable_targets

OURS, THEIRS = "0.60", "0.55"
CHANGE, ALONE, SAME = Status.WOULD_CHANGE, Status.LEFT_ALONE, Status.UNCHANGED

ROWS: list[tuple[str, str | None, Ledger | None, Status, Decimal | str | None, str]] = [
    ("nothing there", None, None, CHANGE, Decimal(OURS), "first write"),
    ("equal value", OURS, None, CHANGE, None, "the same value stands there: adopted"),
    ("other value", THEIRS, None, ALONE, "nothing", f"0.55 stands there and is not ours; {RESUME}"),
    ("ours, unchanged", OURS, a_ledger(), SAME, "nothing", ""),
    ("ours, unchanged, with its comment", OURS, a_ledger(comment="77"), SAME, "nothing", ""),
    ("ours, moved", "0.40", a_ledger("0.40"), CHANGE, Decimal(OURS), ""),
    ("ours, other text", OURS, a_ledger(said="old"), CHANGE, None, DETAILS),
    ("ours, other scopes", OURS, a_ledger(scopes=("memory/payments",)), CHANGE, None, DETAILS),
    ("cleared", None, a_ledger(), CHANGE, Decimal(OURS), "the value was cleared: given back"),
    ("a person's", THEIRS, a_ledger(), ALONE, None, PERSON),
    ("a person's, equal to ours", OURS, a_ledger("0.40"), ALONE, None, PERSON.replace("0.55", "0.6")),
    ("a person's over a ledger of text alone", THEIRS, a_ledger(None), ALONE, None, PERSON),
]


@pytest.mark.parametrize(
    ("value", "ledger", "status", "writes", "reason"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_value_and_ledger_together_say_whose_the_value_is(
    value: str | None, ledger: Ledger | None, status: Status, writes: Decimal | str | None, reason: str
) -> None:
    change = planned(stands=standing(value, ledger))

    assert (change.status, written(change), change.reason) == (status, writes, reason)
    assert (change.before, change.after) == (None if value is None else Decimal(value), Decimal("0.60"))


def test_a_write_carries_value_health_ledger_text_and_what_was_seen() -> None:
    seen = standing("0.40", a_ledger("0.40", comment="77"))

    write = planned(stands=seen).write

    assert write is not None
    assert (write.target, write.kr, write.expected, write.slot) == (TARGET, "PAY-O1-KR1", seen, SLOT)
    assert (write.value, write.health) == (Decimal("0.60"), Health.ON_TRACK)
    assert write.ledger == a_ledger(comment="77")
    assert write.text == text_of(scoring())


def test_a_health_that_judges_nothing_is_neither_posted_nor_said() -> None:
    kr = scoring(cadence_days=1, checkins=(a_checkin(on=date(2026, 11, 10), value=60),))

    write = planned(kr, standing(None)).write

    assert write is not None
    assert write.health is None
    assert write.text[1].startswith("Outcome: 60 % of the way (")


def test_the_living_text_says_outcome_and_work_apart_and_has_no_clock_in_it() -> None:
    kr = a_kr("PAY-O1-KR1", title="Fewer incidents", measure=manual(12, 3), checkins=(a_checkin(),))
    issues = (an_issue(labels=("okr:PAY-O1-KR1",)), an_issue("PAY-2", labels=("okr:PAY-O1-KR1",), points=None))
    found = figures_of(kr, readings=(a_reading(issues=issues),)).key_results[kr.id]

    said = living_text(found, Decimal("0.78"))

    assert said[:3] == (
        "PAY-O1-KR1: Fewer incidents",
        "Outcome: 78 % of the way, on track (12 -> 3, 5 on 2026-11-16).",
        "Work done: 0 %: 0 of 2 points, from 2 linked issues, 1 of them unestimated.",
    )
    assert "Your own number is never overwritten." in said[3]


def test_the_ledger_remembers_the_scopes_where_linked_work_was_seen() -> None:
    reading = a_reading("growth", issues=(an_issue(labels=("okr:PAY-O1-KR1",)),))

    write = planned(stands=standing(None), readings=(reading, a_reading())).write

    assert write is not None
    assert write.ledger.scopes == ("memory/growth",)


# A person's value


def test_the_living_comment_says_which_number_was_kept() -> None:
    write = planned(stands=standing("0.55", a_ledger(comment="77"))).write

    assert write is not None
    assert write.text[1] == "Kept your 0.55; ours is 0.6. Clear the field to resume."
    assert (write.text[0], *write.text[2:]) == text_of(scoring())
    assert (write.value, write.health) == (None, None)
    assert write.ledger == a_ledger(comment="77", said=fingerprint(write.text))


def test_what_was_kept_is_said_once() -> None:
    first = planned(stands=standing("0.55", a_ledger())).write
    assert first is not None

    again = planned(stands=standing("0.55", first.ledger))

    assert (again.status, again.write) == (Status.LEFT_ALONE, None)


def test_a_value_that_a_person_put_back_is_ours_again() -> None:
    kept = planned(stands=standing("0.55", a_ledger())).write
    assert kept is not None

    change = planned(stands=standing("0.60", kept.ledger))

    assert (change.status, change.reason, written(change)) == (
        Status.WOULD_CHANGE,
        "the same value, its details moved",
        None,
    )


@pytest.mark.parametrize("kind", ["project", "initiative", "file"])
def test_where_the_update_itself_is_the_persons_nothing_is_written_at_all(kind: str) -> None:
    target = Target("memory", kind, "P1")

    change = planned(scoring(write=target), standing("0.60", a_ledger(), target=target, edited=True))

    assert (change.status, change.write) == (Status.LEFT_ALONE, None)
    assert change.reason == "a person edited the update or its health; ours is 0.6; `okrsync resume PAY-O1-KR1`"


def test_a_newer_update_by_a_person_stands_until_the_next_slot() -> None:
    change = planned(stands=standing("0.40", a_ledger("0.40"), person_posted=True))

    assert (change.status, written(change)) == (Status.LEFT_ALONE, "nothing")
    assert change.reason == "a person posted a newer update: it stands until 2026-11-23"


@pytest.mark.parametrize(
    "stands",
    [
        standing("0.55"),
        standing("0.55", a_ledger()),
        standing("0.60", a_ledger(), edited=True),
        standing("0.55", a_ledger(), person_posted=True),
    ],
)
def test_a_value_that_a_person_gives_back_is_written_over_whatever_stands_there(stands: Standing) -> None:
    change = planned(stands=stands, resumed="PAY-O1-KR1")

    assert (change.status, written(change), change.reason) == (
        Status.WOULD_CHANGE,
        Decimal("0.60"),
        "given back by a person",
    )


def test_resuming_one_key_result_gives_no_other_back() -> None:
    change = planned(stands=standing("0.55"), others=(a_kr("PAY-O1-KR2"),), resumed="PAY-O1-KR2")

    assert change.status is Status.LEFT_ALONE


def test_a_target_that_another_live_key_result_writes_is_left_alone() -> None:
    other = a_kr("PAY-O1-KR2", write=TARGET)

    change = planned(stands=standing("0.60", a_ledger(kr="PAY-O1-KR2")), others=(other,))

    assert (change.status, change.write, change.reason) == (Status.LEFT_ALONE, None, "PAY-O1-KR2 is written there")


def test_a_target_that_another_live_key_result_has_left_is_taken_over() -> None:
    other = a_kr("PAY-O1-KR2", write=Target("memory", "issue", "OKR-99"))

    change = planned(stands=standing("0.40", a_ledger("0.40", kr="PAY-O1-KR2")), others=(other,))

    assert (change.status, written(change)) == (Status.WOULD_CHANGE, Decimal("0.60"))


def test_a_target_is_taken_over_from_a_key_result_that_is_no_longer_live() -> None:
    gone = a_kr("PAY-O1-KR2", status=KeyResultStatus.REPLACED, replaced_by="PAY-O1-KR1")

    change = planned(stands=standing("0.40", a_ledger("0.40", kr="PAY-O1-KR2")), others=(gone,))

    assert (change.status, written(change)) == (Status.WOULD_CHANGE, Decimal("0.60"))
    assert change.write is not None
    assert change.write.ledger.kr == "PAY-O1-KR1"


# What must be known first


def test_a_key_result_that_is_written_nowhere_has_a_change_of_none() -> None:
    change = planned(scoring(write=None))

    assert (change.status, change.target, change.after, change.write) == (Status.NONE, None, Decimal("0.60"), None)


@pytest.mark.parametrize("later", [False, True])
def test_a_target_that_could_not_be_read_has_failed(later: bool) -> None:
    broken = a_reading("growth", problem="quota", try_later=later)

    change = planned(readings=(a_reading(), broken))

    assert (change.status, change.reason, change.later) == (
        Status.FAILED,
        "memory:issue/OKR-1 could not be read",
        later,
    )


def test_a_target_that_is_gone_has_failed_with_its_problem() -> None:
    change = planned(stands=standing(None, problem="not found, or not visible to this token"))

    assert (change.status, change.write) == (Status.FAILED, None)
    assert change.reason == "memory:issue/OKR-1: not found, or not visible to this token"


def test_an_unknown_score_is_not_written() -> None:
    change = planned(scoring(None), standing("0.40", a_ledger("0.40")))

    assert (change.status, change.write) == (Status.LEFT_ALONE, None)
    assert change.reason == "unknown: nobody has checked in a value yet"


@pytest.mark.parametrize(
    ("changes", "ledger", "is_written"),
    [
        ({}, a_ledger("0.40"), True),
        ({}, a_ledger("0.40", scopes=("memory/growth",)), False),
        ({"scopes": ("memory/growth",)}, a_ledger("0.40"), False),
        ({"teams": ("payments", "growth")}, a_ledger("0.40"), False),
        ({"team": "growth"}, a_ledger("0.40"), False),
        ({}, None, False),
    ],
)
def test_a_key_result_is_written_only_when_every_scope_that_may_hold_its_work_was_read(
    changes: dict[str, Any], ledger: Ledger | None, is_written: bool
) -> None:
    readings = (a_reading(), a_reading("growth", problem="500"))

    change = planned(scoring(**changes), standing("0.40" if ledger else None, ledger), readings)

    assert (change.status is Status.WOULD_CHANGE) == is_written
    assert is_written or change.reason == "may draw on memory/growth, which could not be read"


def test_without_a_ledger_every_scope_is_needed_and_with_one_only_its_own() -> None:
    kr = scoring(scopes=("memory/named",))

    assert needed_scopes(kr, RULES, None) is None
    assert needed_scopes(kr, RULES, a_ledger(scopes=("memory/seen",))) == {
        "memory/payments",
        "memory/named",
        "memory/seen",
    }


def test_changes_come_by_key_result_and_only_for_live_ones() -> None:
    krs = [scoring(write=None, id=f"PAY-O1-KR{n}") for n in (3, 1, 2)]
    registry = a_registry(*krs[:2], replace(krs[2], status=KeyResultStatus.DRAFT))

    changes = plan_progress(work_out((a_reading(),), registry, RULES, TODAY), registry, RULES, {})

    assert [change.kr for change in changes] == ["PAY-O1-KR1", "PAY-O1-KR3"]


def test_readable_targets_are_those_of_live_key_results() -> None:
    registry = a_registry(
        scoring(id="PAY-O1-KR2"),
        scoring(id="PAY-O1-KR1", write=None),
        scoring(id="PAY-O1-KR3", status=KeyResultStatus.RETIRED),
    )

    assert readable_targets(registry, TODAY, UTC) == [(TARGET, "PAY-O1-KR2", SLOT)]


@pytest.mark.parametrize(
    ("stands", "is_move"),
    [
        (standing("0.40", a_ledger("0.40")), True),
        (standing(None), False),
        (standing("0.60"), False),
        (standing(None, a_ledger()), False),
        (standing("0.60", a_ledger(said="old")), False),
        (standing("0.55", a_ledger()), False),
        (standing("0.60", a_ledger()), False),
    ],
)
def test_only_another_value_over_one_of_ours_is_a_move(stands: Standing, is_move: bool) -> None:
    assert planned(stands=stands).moves_a_value == is_move


def test_a_value_given_back_that_was_never_ours_is_a_first_write_and_no_move() -> None:
    assert not planned(stands=standing("0.55"), resumed="PAY-O1-KR1").moves_a_value
