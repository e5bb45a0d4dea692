"""A label that takes the place of others: one change, its ledger with it, the same in every tracker."""

from collections.abc import Iterator

import pytest
from contract.companies import Company, opened
from contract.test_tracker import issues

from adapters.errors import TrackerError
from mappings.targets import FlagWrite, Outcome

TRACKERS = ["memory", "jira", "jira-data-center", "linear"]
OLD, OTHER, NEW = "okr:PAY-O1-KR1", "okr:PAY-O1-KR2", "okr:PAY-O2-KR1"
MOVED = "moved"


@pytest.fixture(params=TRACKERS)
def company(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with opened(request.param, monkeypatch) as made:
        yield made


def move(company: Company, *replaces: str) -> Outcome:
    issue = issues(company)["open"]
    write = FlagWrite(
        tracker=issue.tracker,
        key=issue.key,
        id=issue.id,
        label=NEW,
        action="add",
        sprint=MOVED,
        replaces=replaces or (OLD,),
    )
    return company.connect().write_flag(write)


def test_a_label_takes_the_place_of_others_in_one_change_and_the_rest_survive(company: Company) -> None:
    for label in (OLD, OTHER, "kept"):
        company.human_labels("open", label)
    before = company.mutations()

    assert move(company, OLD, OTHER).status == "changed"

    assert company.labels("open") == {NEW, "kept"}
    assert issues(company)["open"].flagged == ((NEW, MOVED),)
    assert company.mutations() - before <= 2  # in Linear one may make the label first


def test_a_label_that_a_person_put_on_already_stays_and_the_old_one_goes(company: Company) -> None:
    company.human_labels("open", OLD)
    company.human_labels("open", NEW)

    assert move(company).status == "changed"

    assert company.labels("open") == {NEW}


def test_the_same_move_again_changes_nothing(company: Company) -> None:
    company.human_labels("open", OLD)
    move(company)
    before = company.mutations()

    assert move(company).status == "unchanged"
    assert company.mutations() == before


def test_a_moved_label_that_a_person_took_off_or_took_back_is_theirs(company: Company) -> None:
    company.human_labels("open", OLD)
    move(company)

    company.human_unlabels("open", NEW)
    company.human_labels("open", OLD)

    assert move(company).status == "left-alone"
    assert company.labels("open") == {OLD}


def test_an_old_label_that_is_gone_by_now_is_not_replaced(company: Company) -> None:
    company.human_labels("open", OTHER)

    assert move(company).status == "left-alone"

    assert company.labels("open") == {OTHER}
    assert issues(company)["open"].flagged == ()


@pytest.mark.parametrize("applied", [False, True], ids=["before it is applied", "after it is applied"])
@pytest.mark.parametrize("tracker", TRACKERS)
def test_stopped_at_any_request_and_run_again_the_label_has_moved_once(
    tracker: str, applied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = 0
    for number in range(1, 30):
        with opened(tracker, monkeypatch) as company:
            company.human_labels("open", OLD)
            company.fail(number, applied=applied)
            try:
                move(company)
            except TrackerError:
                stopped += 1
                move(company)
            assert company.labels("open") == {NEW}
            total = company.requests()
        if number >= total:
            break
    assert stopped >= 1  # the change itself; reads are repeated
