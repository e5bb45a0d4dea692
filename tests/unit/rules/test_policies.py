"""Who may write a key result, until when; what a proposal is; and the slots in which an update is edited."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from support.builders import TODAY
from support.plans import a_ledger, planned, scoring, standing, written

from mappings.targets import Standing, Target
from syncer.plan import Status, cadence_slot


@pytest.mark.parametrize(
    ("policy", "until", "reason"),
    [
        ("locked", None, "policy locked: nothing is written"),
        ("manual-until", TODAY, "policy manual until 2026-11-18"),
    ],
)
def test_a_policy_that_keeps_us_out_is_said(policy: str, until: date | None, reason: str) -> None:
    change = planned(scoring(policy=policy, policy_until=until), standing(None))

    assert (change.status, change.write, change.reason) == (Status.LEFT_ALONE, None, reason)


PROPOSED = "policy propose: 0.6 is proposed; type it into the field to accept it, or `okrsync resume PAY-O1-KR1`"


@pytest.mark.parametrize("stands", [standing(None), standing("0.40"), standing("0.40", a_ledger("0.40"))])
def test_a_proposal_is_said_in_the_living_comment_and_no_value_is_written(stands: Standing) -> None:
    change = planned(scoring(policy="propose"), stands)

    assert (change.status, change.reason) == (Status.LEFT_ALONE, PROPOSED)
    assert change.write and (change.write.value, change.write.health) == (None, None)
    assert change.write.text[1].startswith("Proposed: 0.6; ")
    assert change.write.ledger.value == (stands.ledger.value if stands.ledger else None)


def test_a_proposal_is_said_once() -> None:
    first = planned(scoring(policy="propose"), standing("0.40"))
    assert first.write

    again = planned(scoring(policy="propose"), standing("0.40", first.write.ledger))

    assert (again.status, again.reason, again.write) == (Status.LEFT_ALONE, PROPOSED, None)


def test_a_proposal_that_a_person_typed_is_accepted_and_then_stands() -> None:
    proposed = planned(scoring(policy="propose"), standing(None))
    assert proposed.write

    accepted = planned(scoring(policy="propose"), standing("0.60", proposed.write.ledger))
    assert accepted.write
    then = planned(scoring(policy="propose"), standing("0.60", accepted.write.ledger))

    assert (accepted.status, accepted.reason) == (Status.WOULD_CHANGE, "the proposed value stands there: accepted")
    assert (accepted.write.value, accepted.write.ledger.value) == (None, Decimal("0.60"))
    assert (then.status, then.write) == (Status.UNCHANGED, None)


def test_resume_accepts_a_proposal_anywhere() -> None:
    update = Target("memory", "project", "P-1")
    kr = scoring(policy="propose", write=update)
    stands = standing("0.40", a_ledger("0.40"), target=update)

    waiting, accepted = planned(kr, stands), planned(kr, stands, resumed=kr.id)
    then = planned(kr, replace(stands, value=Decimal("0.60")))

    assert (waiting.status, waiting.write) == (Status.LEFT_ALONE, None)
    assert waiting.reason == "policy propose: ours is 0.6; `okrsync resume PAY-O1-KR1` writes it"
    assert (accepted.reason, written(accepted)) == ("accepted by a person", Decimal("0.60"))
    assert (then.status, then.write) == (Status.UNCHANGED, None)


def test_the_day_after_manual_until_the_key_result_is_written_again() -> None:
    change = planned(scoring(policy="manual-until", policy_until=date(2026, 11, 17)), standing(None))

    assert change.status is Status.WOULD_CHANGE


@pytest.mark.parametrize("day", [date(2026, 11, 16), date(2026, 11, 18), date(2026, 11, 22)])
def test_a_cadence_slot_begins_on_monday(day: date) -> None:
    assert cadence_slot(day) == date(2026, 11, 16)


@pytest.mark.parametrize("days", [1, 7, 14, 30])
def test_a_longer_cadence_has_longer_slots_and_each_day_is_in_one(days: int) -> None:
    slots = [cadence_slot(date(2026, 1, 1) + timedelta(days=each), days) for each in range(365)]

    steps = {(after - before).days for before, after in pairwise(slots)}
    assert steps == ({1} if days == 1 else {0, days})
