"""Reading only what changed of a Jira Cloud: bulk reads, and an index apart from what they read."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from unit.jira.jira_site import KR, PAY, SINCE, SLOT, TARGET, an_issue
from unit.jira.mirrored_runs import Runs, read_once

from adapters.errors import AccessDenied
from adapters.mirror import Mirror


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Runs]:
    """Of Cloud."""
    with read_once(monkeypatch, tmp_path, "cloud") as found:
        yield found


def test_a_quiet_site_costs_six_requests_at_most_and_no_write(runs: Runs) -> None:
    runs.read()
    runs.jira.server.reset()

    jira = runs.jira.connect(mirror=Mirror(runs.path))
    jira.read(PAY, since=SINCE)
    jira.read_standings([(TARGET, KR)], slot=SLOT)

    assert sorted(runs.jira.operations()) == [
        "board_sprints",
        "bulkfetch",
        "bulkfetch",
        "myself",
        "search",
        "search",
    ]
    assert runs.jira.server.mutations == []


def test_what_changed_comes_straight_from_the_search(runs: Runs) -> None:
    runs.site.set_field(runs.jira.issue(3), "labels", ["okr:x"])

    contents = runs.read_the_same()

    assert contents.issues[2].labels == ("okr:x",)
    read_by_id = [call.request for call in runs.jira.server.calls if call.operation == "bulkfetch"]
    assert '"10003"' not in read_by_id[0]


def test_an_ancestor_that_is_hidden_now_is_counted(runs: Runs) -> None:
    runs.site.unreadable.add("10009")

    contents = runs.read_the_same()

    assert (contents.ancestors, contents.hidden_ancestors) == ((), 1)


def test_a_ledger_that_somebody_else_took_off_is_seen(runs: Runs) -> None:
    runs.jira.issue(1).properties["okrsync.flags"] = {"v": 1, "flags": {"okr-unaligned": "77"}}
    runs.site.set_field(runs.jira.issue(1), "summary", "Flagged")
    for _ in range(2):  # the second no longer asks for what changed before the first
        runs.read()
        runs.site.now += timedelta(hours=1)
    del runs.jira.issue(1).properties["okrsync.flags"]

    assert runs.read_the_same().issues[0].flagged == ()


def test_an_older_state_from_the_index_does_not_replace_a_newer_one(runs: Runs) -> None:
    runs.site.search_lag = 9
    runs.site.set_field(runs.jira.issue(1), "summary", "First")
    runs.read()
    runs.site.search_lag = 0
    runs.path.unlink()
    runs.read()
    runs.site.search_lag = 20
    runs.site.set_field(runs.jira.issue(1), "summary", "Second")
    runs.path.unlink()
    runs.read()

    assert runs.read().issues[0].title == "Second"


def test_children_of_a_hidden_ancestor_that_is_deleted_are_read_again(runs: Runs) -> None:
    runs.site.unreadable.add("10009")
    runs.read()
    runs.site.now += timedelta(hours=1)
    runs.site.delete(runs.site.issue("OPS-9"))

    assert runs.read_the_same().hidden_ancestors == 0


def test_a_few_issues_come_straight_from_one_page_of_the_search(runs: Runs) -> None:
    runs.site.now += timedelta(days=1)

    runs.read_the_same()

    bulk = [call.request for call in runs.jira.server.calls if call.operation == "bulkfetch"]
    assert runs.operations.count("search") == 1
    assert '"10001"' not in bulk[0]


def test_more_issues_than_last_time_are_read_in_bulk_after_one_page(runs: Runs) -> None:
    moment = runs.site.now
    runs.site.issues += [an_issue(number, updated=moment) for number in range(100, 300)]
    runs.site.now += timedelta(days=1)

    contents = runs.read_the_same()

    assert len(contents.issues) == 203
    assert runs.operations.count("search") == 2


def test_another_setting_that_decides_what_an_issue_is_reads_everything(runs: Runs) -> None:
    runs.read(cancelled_resolutions=["Done"])

    assert runs.jira.operations().count("search") == 1


def test_a_token_that_sees_nothing_any_more_is_no_empty_scope(runs: Runs) -> None:
    runs.jira.server.faults.answer(
        status=200, body=b'{"issues":[],"isLast":true}', when=lambda call: call.operation == "search", times=9
    )
    runs.site.now += timedelta(minutes=1)
    runs.jira.server.faults.answer(
        status=200, body=b'{"values":[]}', when=lambda call: call.operation == "projects", times=9
    )

    with pytest.raises(AccessDenied, match="no project"):
        runs.jira.connect(mirror=Mirror(runs.path)).read(PAY, since=SINCE)
