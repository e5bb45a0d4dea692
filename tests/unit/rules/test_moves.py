"""What becomes of each tag of a period that is over: a change, or a reason to leave it to a person."""

from datetime import date
from decimal import Decimal

import pytest
from support import builders as b

from mappings.labels import Label, LabelStock, LabelStyle
from mappings.rollover import OldTag
from mappings.tags import Tag
from syncer.plan import Status
from syncer.rollover import ROLLED, Move, NoSuchPeriod, _periods, plan_moves
from syncer.tagging import Offer

OLD, NEW = b.a_kr("PAY-O1-KR1"), b.a_kr("PAY-O2-KR1")
Q1 = b.a_period("2027-Q1", start=date(2027, 1, 1), end=date(2027, 3, 31), closes=None)
REGISTRY = b.a_registry(OLD, periods=(b.a_period(), Q1))


def an_old_tag(key="PAY-2", **changes) -> OldTag:
    label = "okr:PAY-O1-KR1"
    issue = b.an_issue(key, labels=(label,))
    given = {"issue": issue, "tag": Tag("PAY-O1-KR1", "label"), "labels": (label,), "old": OLD, "new": NEW}
    return OldTag(**given | {"because": "it has the same title", "others": ()} | changes)


def moves(*tags: OldTag, offers=None, of_labels=()) -> tuple[Move, ...]:
    return plan_moves(tags, offers or {}, of_labels, "okr:")[0]


def test_a_label_gives_way_to_the_new_one_and_the_ledger_remembers():
    [move] = moves(an_old_tag())

    assert (move.status, move.reason) == (Status.WOULD_CHANGE, "")
    assert move.write is not None
    assert (move.write.key, move.write.action, move.write.label) == ("PAY-2", "add", "okr:PAY-O2-KR1")
    assert (move.write.replaces, move.write.sprint) == (("okr:PAY-O1-KR1",), ROLLED)


def test_two_spellings_on_one_issue_give_way_together():
    [move] = moves(an_old_tag(), an_old_tag(labels=("OKR:incidents", "okr:PAY-O1-KR1")))

    assert move.write is not None
    assert move.write.replaces == ("okr:PAY-O1-KR1", "OKR:incidents")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"new": None, "because": "nothing carries it on"}, "nothing carries it on"),
        ({"tag": Tag("PAY-O1-KR1", "title"), "labels": ()}, "a tag in the title is a person's to change: write PAY-O2"),
        ({"tag": Tag("PAY-O1-KR1", "label", Decimal(2))}, "a tag with a weight is a person's to change"),
        ({"others": ("PAY-O2-KR1", "PAY-O2-KR2")}, "it is tagged PAY-O2-KR2 besides: "),
        (
            {"issue": b.an_issue("PAY-2", labels=("okr:PAY-O1-KR1",), flagged=(("okr:PAY-O2-KR1", ROLLED),))},
            "it was moved before, and a person changed that",
        ),
    ],
)
def test_what_a_person_has_to_decide_is_left_to_one(changes, reason):
    [move] = moves(an_old_tag(**changes))

    assert (move.status, move.write) == (Status.LEFT_ALONE, None)
    assert move.reason.startswith(reason)


def test_a_tag_that_was_rolled_over_before_is_no_other_hand():
    flagged = b.an_issue("PAY-2", labels=("okr:PAY-O1-KR1", "okr:PAY-O2-KR2"), flagged=(("okr:PAY-O2-KR2", ROLLED),))

    [move] = moves(an_old_tag(issue=flagged, others=("PAY-O2-KR2",)))

    assert move.status is Status.WOULD_CHANGE


def test_where_labels_are_things_one_is_picked_by_its_id_and_none_is_made():
    label = Label(id="l-1", name="PAY-O2-KR1", group="okr")
    offer = Offer(LabelStock(labels=(label,)), LabelStyle())

    [picked] = moves(an_old_tag(), offers={"memory": offer}, of_labels={"memory"})
    [missing] = moves(an_old_tag(), offers={"memory": Offer(LabelStock(labels=()), LabelStyle())}, of_labels={"memory"})
    [unread] = moves(an_old_tag(), of_labels={"memory"})

    assert picked.write is not None
    assert (picked.write.label, picked.write.label_id) == ("PAY-O2-KR1", "l-1")
    assert missing.reason == "there is no label okr:PAY-O2-KR1 to pick: okrsync labels --apply makes it"
    assert unread.reason == "the labels of its tracker could not be read"


def test_a_prefix_with_a_space_makes_no_label_in_jira():
    [move] = plan_moves([an_old_tag()], {}, (), "our goal ")[0]

    assert move.reason == "a label in Jira holds no space"


def test_a_run_changes_at_most_fifty_and_says_what_waits():
    tags = [an_old_tag(f"PAY-{number}") for number in range(1, 61)]

    found, notes = plan_moves([*tags, an_old_tag("PAY-99", new=None)], {}, (), "okr:")

    assert [move.status for move in found].count(Status.WOULD_CHANGE) == 50
    assert found[-1].status is Status.LEFT_ALONE
    assert notes == ("10 of 60 tags wait for the next run: at most 50 a run",)


@pytest.mark.parametrize(
    ("today", "of", "to", "problem"),
    [
        (date(2027, 1, 20), "2026-Q5", "", 'there is no period "2026-Q5"; did you mean "2026-Q4"'),
        (date(2026, 12, 31), "2026-Q4", "", "2026-Q4 has not ended: its last day is 2026-12-31"),
        (date(2026, 12, 31), "", "2027-Q1", "2027-Q1 is not running: tags that name it would be broken on 2026-12-31"),
        (date(2027, 1, 10), "", "2026-Q4", "2026-Q4 is not running"),
    ],
)
def test_a_period_that_cannot_be_meant_is_told(today, of, to, problem):
    with pytest.raises(NoSuchPeriod, match=problem):
        _periods(REGISTRY, today, of, to)


def test_a_period_that_takes_final_values_is_moved_only_when_it_is_named():
    waiting = _periods(REGISTRY, date(2027, 1, 10), "", "")

    assert waiting[0] == ()
    assert waiting[1][0].startswith("2026-Q4 takes final values until 15 Jan 2027")
    assert _periods(REGISTRY, date(2027, 1, 10), "2026-Q4", "2027-Q1") == (("2026-Q4",), ())
    assert _periods(REGISTRY, date(2027, 1, 16), "", "") == (("2026-Q4",), ())
