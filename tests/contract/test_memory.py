"""What the tracker in RAM has beyond the contract: requests that fail where a test wants them to."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from support import builders

from adapters.errors import Temporary
from adapters.memory import MemoryTracker
from mappings.model import Health, SprintChoice
from mappings.targets import FlagWrite, Ledger, ProgressWrite, Target

TARGET = Target("memory", "issue", "PAY-1")
SLOT = datetime(2026, 11, 16, tzinfo=UTC)
LEDGER = Ledger(kr="K", value=Decimal("0.47"))
FLAG = FlagWrite(tracker="memory", key="PAY-1", id="id-PAY-1", label="flag", action="add", sprint="7")


def a_tracker():
    return MemoryTracker(issues=[builders.an_issue()], sprints=[builders.a_sprint()])


def a_run(tracker):
    """Reads, writes one target and sets one flag, in six requests."""
    tracker.read(builders.a_scope(), since=SLOT)
    now = tracker.read_standings([(TARGET, "K")], slot=SLOT)[TARGET]
    write = ProgressWrite(
        target=TARGET, kr="K", expected=now, value=LEDGER.value, health=Health.ON_TRACK, ledger=LEDGER, text=("Said.",)
    )
    tracker.write_progress(write)
    tracker.write_flag(FLAG)


def test_the_next_sprint_and_a_named_one_are_read_whole_like_the_active_one():
    sprints = [
        builders.a_sprint("6", state="closed"),
        builders.a_sprint("7"),
        builders.a_sprint("8", state="future", start=None),
        builders.a_sprint("9", state="future", start=None),
    ]
    issues = [builders.an_issue(f"OPS-{id}", sprints=(id,)) for id in "6789"]
    tracker = MemoryTracker(issues=issues, sprints=sprints)

    usual = tracker.read(builders.a_scope(), since=SLOT)
    named = tracker.read(builders.a_scope(sprints=SprintChoice(ids=("6",))), since=SLOT)

    assert [issue.key for issue in usual.issues] == ["OPS-7", "OPS-8"]
    assert [issue.key for issue in named.issues] == ["OPS-6", "OPS-7", "OPS-8"]
    assert [sprint.id for sprint in named.sprints] == ["6", "7", "8", "9"]


def test_stopped_at_any_request_and_run_again_the_end_is_the_same():
    undisturbed = a_tracker()
    a_run(undisturbed)
    assert (undisturbed.requests, undisturbed.mutations) == (6, 2)

    for number in range(1, 7):
        for applied in (False, True):
            tracker = a_tracker()
            tracker.fail(number, applied=applied)
            with pytest.raises(Temporary):
                a_run(tracker)
            a_run(tracker)
            assert tracker.snapshot() == undisturbed.snapshot()


@pytest.mark.parametrize("applied", [False, True])
def test_a_failed_request_was_applied_or_not_as_asked(applied):
    tracker = a_tracker()
    tracker.fail(2, applied=applied)

    with pytest.raises(Temporary):
        tracker.write_flag(FLAG)

    assert (tracker.issue("PAY-1").labels == ("flag",)) is applied


def test_a_second_run_changes_nothing():
    tracker = a_tracker()
    a_run(tracker)
    before = tracker.mutations

    a_run(tracker)

    assert tracker.mutations == before


def test_what_is_shown_besides_the_value_is_kept_for_tests_to_look_at():
    tracker = a_tracker()
    a_run(tracker)

    assert tracker.place(TARGET).text == ("Said.",)
    assert tracker.place(TARGET).health is Health.ON_TRACK


def test_a_person_who_edits_or_posts_is_seen_in_the_standing():
    tracker = a_tracker()
    tracker.human_edits_text(TARGET)
    tracker.human_posts(TARGET)

    now = tracker.read_standings([(TARGET, "K")], slot=SLOT)[TARGET]

    assert (now.edited, now.person_posted) == (True, True)


def test_components_narrow_a_project():
    inside = builders.an_issue("PAY-2", components=("Ledger",))
    tracker = MemoryTracker(issues=[builders.an_issue(), inside])

    found = tracker.read(replace(builders.a_scope(), components=("Ledger",)), since=SLOT)

    assert found.issues == (inside,)
