"""Reading a scope from the sandbox: complete or an error."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from unit.jira.jira_site import PAY, SINCE, Jira, a_site, an_issue, served

from adapters.errors import AccessDenied, Temporary, TrackerError, Unreadable
from adapters.jira.scope import scope_query
from adapters.sandbox.jira.fields import OKR, STORY_POINTS
from adapters.sandbox.jira.site import Resolution
from mappings.model import Scope, State


@pytest.fixture
def jira(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jira]:
    """An empty project, to be filled by the test."""
    with served(a_site(), monkeypatch) as running:
        yield running


def test_an_issue_is_read_with_all_that_the_rules_look_at(jira: Jira) -> None:
    jira.site.issues.append(
        an_issue(
            1,
            type="Bug",
            summary="[PAY-O1-KR1] card is declined",
            description="First line\nOKR: PAY-O1-KR1",
            labels=["okr:x", "b"],
            components=["api"],
            priority="High",
            sprints=[77],
            custom={STORY_POINTS: 3.5, OKR: "PAY-O1-KR2"},
            properties={"okrsync.flags": {"v": 1, "flags": {"okr-unaligned": "77"}}},
        )
    )

    issue = jira.connect(tag_fields=["OKR"]).read(PAY, since=SINCE).issues[0]

    assert (issue.tracker, issue.id, issue.key, issue.project) == ("jira-main", "10001", "PAY-1", "PAY")
    assert (issue.type, issue.level, issue.state, issue.priority) == ("Bug", 0, State.OPEN, "High")
    assert issue.title == "[PAY-O1-KR1] card is declined"
    assert issue.description.splitlines() == ["First line", "OKR: PAY-O1-KR1"]
    assert (issue.labels, issue.components, issue.tag_values) == (("okr:x", "b"), ("api",), ("PAY-O1-KR2",))
    assert issue.points == Decimal("3.5")
    assert issue.sprints == ("77",)
    assert issue.flagged == (("okr-unaligned", "77"),)
    assert issue.url == f"{jira.server.url}/browse/PAY-1"
    assert issue.created == datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
    assert issue.changed == datetime(2026, 11, 10, 8, 0, tzinfo=UTC)


def test_done_cancelled_started_and_open_come_from_category_and_resolution(jira: Jira) -> None:
    resolved = datetime(2026, 11, 2, tzinfo=UTC)
    jira.site.issues += [
        an_issue(1),
        an_issue(2, category="indeterminate"),
        an_issue(3, category="done", resolution=Resolution("10000", "Done"), resolved=resolved),
        an_issue(4, category="done", resolution=Resolution("10001", "Won't Do"), resolved=resolved),
        an_issue(5, category="done"),
    ]

    issues = jira.connect().read(PAY, since=SINCE).issues

    assert [issue.state for issue in issues] == [
        State.OPEN,
        State.STARTED,
        State.DONE,
        State.CANCELLED,
        State.DONE,
    ]
    assert issues[2].done_at == resolved
    assert issues[4].done_at == datetime(2026, 11, 9, 8, 0, tzinfo=UTC)
    assert issues[0].done_at is None


def test_a_resolution_can_be_called_cancelled_by_its_id(jira: Jira) -> None:
    jira.site.issues.append(an_issue(1, category="done", resolution=Resolution("10004", "Fixed")))

    issues = jira.connect(cancelled_resolutions=["10004"]).read(PAY, since=SINCE).issues

    assert issues[0].state == State.CANCELLED


def test_work_done_before_the_window_is_not_read_but_for_the_sprint(jira: Jira) -> None:
    old = {"category": "done", "updated": datetime(2026, 9, 1, tzinfo=UTC)}
    jira.site.issues += [an_issue(1, **old), an_issue(2, **old, sprints=[77]), an_issue(3, project="OPS", sprints=[77])]
    jira.site.issues.append(an_issue(4, project="OPS"))

    contents = jira.connect().read(PAY, since=SINCE)

    assert [issue.key for issue in contents.issues] == ["PAY-2", "OPS-3"]


def test_a_short_page_is_not_the_last(jira: Jira) -> None:
    jira.site.issues += [an_issue(number) for number in range(1, 8)]
    jira.site.page_cap = 2

    contents = jira.connect().read(PAY, since=SINCE)

    assert len(contents.issues) == 7
    assert jira.operations().count("search") == 4


def test_a_site_without_the_large_bulk_is_asked_by_hundreds_for_the_rest_of_the_run(jira: Jira) -> None:
    jira.site.issues += [an_issue(number) for number in range(1, 251)]
    jira.site.bulk_limit = 100
    connection = jira.connect()

    first = connection.read(PAY, since=SINCE)
    refused = [call.status for call in jira.server.calls if call.operation == "bulkfetch"].count(400)
    jira.server.reset()
    second = connection.read(PAY, since=SINCE)

    assert len(first.issues) == len(second.issues) == 250
    assert refused == 1
    assert all(call.status == 200 for call in jira.server.calls)


def test_an_issue_that_is_listed_and_never_answered_makes_the_scope_a_problem(jira: Jira) -> None:
    jira.site.issues += [an_issue(1), an_issue(2)]
    jira.site.unreadable = {"10002"}

    with pytest.raises(Unreadable, match="10002"):
        jira.connect().read(PAY, since=SINCE)


def test_an_issue_deleted_between_search_and_read_is_gone_and_no_problem(jira: Jira) -> None:
    jira.site.issues += [an_issue(1)]
    listed = b'{"issues":[{"id":"10001"},{"id":"10002"}],"isLast":true}'
    jira.server.faults.answer(status=200, body=listed, when=lambda call: call.operation == "search")

    contents = jira.connect().read(PAY, since=SINCE)

    assert [issue.key for issue in contents.issues] == ["PAY-1"]
    assert contents.gone == ("10002",)


def test_ancestors_are_read_by_id_level_by_level_and_hidden_ones_are_counted(jira: Jira) -> None:
    old = {"category": "done", "updated": datetime(2026, 1, 1, tzinfo=UTC)}
    jira.site.issues += [
        an_issue(1, parent="OPS-2"),
        an_issue(2, project="OPS", type="Epic", level=1, parent="OPS-3", **old),
        an_issue(3, project="OPS", level=2, **old),
        an_issue(4, parent="OPS-5"),
        an_issue(5, project="OPS", level=1),
        an_issue(6, parent="OPS-5"),
    ]
    jira.site.unreadable = {"10005"}

    contents = jira.connect().read(PAY, since=SINCE)

    assert [issue.key for issue in contents.issues] == ["PAY-1", "PAY-4", "PAY-6"]
    assert [(issue.key, issue.level) for issue in contents.ancestors] == [("OPS-2", 1), ("OPS-3", 2)]
    assert contents.hidden_ancestors == 1
    assert contents.issues[1].parent == "10005"


def test_parents_in_a_circle_end(jira: Jira) -> None:
    jira.site.issues += [
        an_issue(1, parent="OPS-2"),
        an_issue(2, project="OPS", parent="OPS-3"),
        an_issue(3, project="OPS", parent="OPS-2"),
    ]

    contents = jira.connect().read(PAY, since=SINCE)

    assert [issue.key for issue in contents.ancestors] == ["OPS-2", "OPS-3"]


def test_ancestors_are_read_once_a_run(jira: Jira) -> None:
    jira.site.issues += [an_issue(1, parent="OPS-2"), an_issue(2, project="OPS", level=1)]
    connection = jira.connect()
    first = connection.read(PAY, since=SINCE)
    jira.server.reset()

    second = connection.read(PAY, since=SINCE)

    assert second.ancestors == first.ancestors != ()
    assert jira.operations().count("bulkfetch") == 1


def test_components_narrow_the_projects(jira: Jira) -> None:
    jira.site.issues += [an_issue(1, components=["api"]), an_issue(2)]
    scope = Scope(tracker="jira-main", team="payments", projects=("PAY",), components=("api",))

    assert [issue.key for issue in jira.connect().read(scope, since=SINCE).issues] == ["PAY-1"]


def test_a_walk_whose_token_repeats_is_not_an_answer(jira: Jira) -> None:
    page = b'{"issues":[{"id":"10001"}],"nextPageToken":"again"}'
    jira.server.faults.answer(status=200, body=page, when=lambda call: call.operation == "search", times=9)

    with pytest.raises(Unreadable, match="does not come to an end"):
        jira.connect().read(PAY, since=SINCE)

    assert jira.operations().count("search") == 2


def test_a_walk_of_ever_new_empty_pages_is_not_an_answer(jira: Jira) -> None:
    for number in range(40):
        page = f'{{"issues":[],"nextPageToken":"{number}"}}'.encode()
        jira.server.faults.answer(status=200, body=page, when=lambda call: call.operation == "search")

    with pytest.raises(Unreadable, match="does not come to an end"):
        jira.connect().read(PAY, since=SINCE)


def test_a_page_that_stays_lost_fails_the_scope(jira: Jira) -> None:
    jira.site.issues += [an_issue(number) for number in range(1, 6)]
    jira.site.page_cap = 2
    jira.connect().read(PAY, since=SINCE)
    last_page = [call.number for call in jira.server.calls if call.operation == "search"][-1]
    jira.server.reset()
    for number in range(last_page, last_page + 5):
        jira.server.faults.drop(number, applied=False)

    with pytest.raises(Temporary):
        jira.connect().read(PAY, since=SINCE)


def test_a_page_lost_once_is_asked_again_and_counted(jira: Jira) -> None:
    jira.site.issues.append(an_issue(1))
    jira.server.faults.drop(1, applied=True)
    connection = jira.connect()

    contents = connection.read(PAY, since=SINCE)

    assert len(contents.issues) == 1
    assert connection.requests == len(jira.server.calls)
    assert len(jira.slept) == 1


def test_a_row_that_two_pages_show_is_one_issue(jira: Jira) -> None:
    jira.site.issues += [an_issue(1), an_issue(2)]
    pages = (b'{"issues":[{"id":"10001"}],"nextPageToken":"x"}', b'{"issues":[{"id":"10001"},{"id":"10002"}]}')
    for page in pages:
        jira.server.faults.answer(status=200, body=page, when=lambda call: call.operation == "search")

    assert [issue.key for issue in jira.connect().read(PAY, since=SINCE).issues] == ["PAY-1", "PAY-2"]


def test_a_wrong_token_is_access_denied_and_never_zero_issues(jira: Jira) -> None:
    jira.site.issues.append(an_issue(1))
    jira.site.accounts.clear()

    with pytest.raises(AccessDenied, match=r"did not accept.*check JIRA_EMAIL and JIRA_API_TOKEN") as caught:
        jira.connect().read(PAY, since=SINCE)

    assert "sandbox-token" not in str(caught.value)
    assert caught.value.tracker == "jira-main"


def test_a_missing_token_says_which_variable_to_set(jira: Jira) -> None:
    with pytest.raises(AccessDenied, match="OTHER_TOKEN"):
        jira.connect(token_env="OTHER_TOKEN")

    assert jira.server.calls == []


def test_an_unknown_project_is_an_error_with_the_words_of_jira(jira: Jira) -> None:
    with pytest.raises(TrackerError, match="NOPE"):
        jira.connect().read(Scope(tracker="jira-main", team="x", projects=("NOPE",), boards=(12,)), since=SINCE)


def test_a_configured_field_that_does_not_exist_is_named(jira: Jira) -> None:
    with pytest.raises(Unreadable, match='progress_field names "No such"'):
        jira.connect(progress_field="No such").read(PAY, since=SINCE)


def test_reading_changes_nothing_and_asks_for_no_person(jira: Jira) -> None:
    jira.site.issues += [an_issue(1, parent="OPS-2"), an_issue(2, project="OPS", level=1)]

    jira.connect(may_write=False).read(PAY, since=SINCE)

    assert jira.server.mutations == []
    assert jira.site.forbidden_reads == []


def test_several_threads_sign_in_once(jira: Jira) -> None:
    jira.site.issues += [an_issue(number) for number in range(1, 6)]
    connection = jira.connect()

    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda _: connection.read(PAY, since=SINCE), range(4)))

    assert [len(contents.issues) for contents in read] == [5, 5, 5, 5]
    assert jira.operations().count("myself") == 1
    assert connection.requests == len(jira.server.calls)


def test_a_name_with_quotes_is_a_value_and_not_a_query(jira: Jira) -> None:
    name = 'api") OR project = OPS OR component in ("\\'
    jira.site.issues += [an_issue(1, components=[name]), an_issue(2), an_issue(3, project="OPS")]
    scope = Scope(tracker="jira-main", team="payments", projects=("PAY",), components=(name,))

    assert [issue.key for issue in jira.connect().read(scope, since=SINCE).issues] == ["PAY-1"]


def test_the_window_begins_a_day_early_because_jira_reads_dates_in_the_accounts_zone() -> None:
    assert scope_query(PAY, [], SINCE) == (
        '((project in ("PAY")) AND (statusCategory != Done OR updated >= "2026-09-30")) ORDER BY key ASC'
    )


def test_a_scope_of_nothing_asks_nothing() -> None:
    assert scope_query(Scope(tracker="jira-main", team="payments"), [], SINCE) is None


def test_a_number_field_with_a_text_is_an_error_and_not_unestimated(jira: Jira) -> None:
    row = b'{"issues":[{"id":"10001","key":"PAY-1","fields":{"created":"x","customfield_10026":"NaN"}}]}'
    jira.site.issues.append(an_issue(1))
    jira.server.faults.answer(status=200, body=row, when=lambda call: call.operation == "bulkfetch")

    with pytest.raises(Unreadable, match="its field's type does not allow"):
        jira.connect().read(PAY, since=SINCE)


def test_closing_twice_is_fine_and_a_closed_connection_can_be_used_again(jira: Jira) -> None:
    connection = jira.connect()
    connection.read(PAY, since=SINCE)

    connection.close()
    connection.close()

    assert connection.read(PAY, since=SINCE).issues == ()


def test_settings_are_imported_without_the_libraries_that_talk_to_jira() -> None:
    code = (
        "import sys, adapters.jira, adapters.jira.settings; "
        "sys.exit(any(name in sys.modules for name in ('jira', 'requests', 'urllib3')))"
    )

    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0
