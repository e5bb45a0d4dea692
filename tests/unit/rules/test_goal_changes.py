from datetime import date
from decimal import Decimal

from support import builders as b

from mappings.goal_changes import goal_changes, retargeted
from mappings.okrs import Checkin, Retarget, Status

MOVED = Retarget(on=date(2026, 11, 12), before=Decimal("3"), after=Decimal("6.50"), because="two markets joined.")
DAY = {"status_on": date(2026, 11, 2), "status_reason": "the bank withdrew"}


def texts(*key_results, today=b.TODAY):
    return [change.text for change in goal_changes(b.a_registry(*key_results), today)]


def test_a_target_that_moved_is_told_with_its_day_and_reason():
    assert retargeted(MOVED) == "target changed: 3 -> 6.5 on 12 Nov 2026, because two markets joined"


def test_every_change_of_a_goal_in_force_is_told_by_key_result_and_day():
    found = texts(
        b.a_kr("PAY-O1-KR5", status=Status.RETIRED, **DAY),
        b.a_kr("PAY-O1-KR4", status=Status.REPLACED, replaced_by="PAY-O1-KR1", **DAY),
        b.a_kr("PAY-O1-KR3", status=Status.DRAFT),
        b.a_kr("PAY-O1-KR2", retargets=(MOVED,), checkins=(Checkin(on=date(2026, 11, 16), still_right=False),)),
        b.a_kr("PAY-O1-KR1"),
        b.a_kr("PAY-O2-KR1", status=Status.RETIRED),
    )

    assert found[0] == "PAY-O1-KR2: target changed: 3 -> 6.5 on 12 Nov 2026, because two markets joined"
    assert found[1].startswith("PAY-O1: on 2026-11-16 a check-in of PAY-O1-KR2 said")
    assert found[2:] == [
        "PAY-O1-KR3 is a draft: it takes no tags and counts nowhere",
        "PAY-O1-KR4 was replaced by PAY-O1-KR1 on 2 Nov 2026: the bank withdrew",
        "PAY-O1-KR5 was retired on 2 Nov 2026: the bank withdrew",
        "PAY-O2-KR1 was retired",
    ]


def test_what_a_period_that_is_over_changed_is_told_no_more():
    retired = b.a_kr(status=Status.RETIRED)

    assert texts(retired, today=date(2027, 1, 15)) != []
    assert texts(retired, today=date(2027, 1, 16)) == []
