"""Reading only what changed of a Data Center: ids by offset, levels that depend on others, ledgers that cost."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from unit.jira.jira_site import a_site, an_issue, served
from unit.jira.mirrored_runs import Runs, read_once

from adapters.sandbox.jira.site import Sprint

LEDGER = {"v": 1, "flags": {"okr-unaligned": "77"}}


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Runs]:
    """Of Data Center, whose page holds two of the scope's three issues."""
    with read_once(monkeypatch, tmp_path, "data-center") as found:
        yield found


def searches(runs: Runs) -> list[dict[str, object]]:
    """The bodies of the searches since the last run began."""
    return [json.loads(call.request) for call in runs.jira.server.calls if call.operation == "search"]


def test_ids_are_swept_and_only_what_changed_is_read(runs: Runs) -> None:
    runs.site.set_field(runs.jira.issue(3), "labels", ["okr:x"])

    runs.read()

    *sweep, changed, above = searches(runs)
    assert {tuple(body["fields"]) for body in sweep} == {("id",)}  # type: ignore[arg-type]
    assert 'updated >= \\"-' in json.dumps(changed["jql"])
    assert above["jql"] == 'id in ("10009") ORDER BY key ASC'


def test_a_scope_that_fits_a_page_is_read_as_a_whole_in_one_request(runs: Runs) -> None:
    runs.site.dc_page_cap = 3
    runs.read()  # learns it

    runs.site.set_field(runs.jira.issue(3), "labels", ["okr:x"])
    runs.read_the_same()

    assert runs.operations.count("search") == 3  # and two for the epic of another project: its id, and the epic
    assert searches(runs)[0]["fields"] != ["id"]


def test_a_page_that_got_shorter_is_walked_to_the_end_and_swept_from_then_on(runs: Runs) -> None:
    runs.site.dc_page_cap = 3
    runs.read()
    runs.site.dc_page_cap = 1
    runs.read_the_same()

    runs.site.set_field(runs.jira.issue(3), "labels", ["okr:x"])
    runs.read_the_same()

    assert ["id"] in [body["fields"] for body in searches(runs)]


def test_a_ledger_without_its_label_is_read_when_its_sprint_begins(runs: Runs) -> None:
    runs.site.sprints.append(Sprint(78, "Sprint 13", "future", 12))
    runs.site.put_in_sprint(runs.jira.issue(3), runs.site.sprints[1])
    runs.jira.issue(3).properties["okrsync.flags"] = LEDGER
    for _ in range(2):  # the second no longer asks for what changed before the first
        runs.read()
        runs.site.now += timedelta(hours=1)
    runs.site.sprints[1].state = "active"

    assert runs.read_the_same().issues[2].flagged == (("okr-unaligned", "77"),)


def test_labels_to_look_for_that_are_others_read_everything(runs: Runs) -> None:
    runs.jira.issue(3).properties["okrsync.flags"] = LEDGER
    runs.site.set_field(runs.jira.issue(3), "labels", ["other-label"])
    for _ in range(2):
        runs.read()
        runs.site.now += timedelta(hours=1)

    assert runs.read(flag_labels=frozenset({"other-label"})).issues[2].flagged == (("okr-unaligned", "77"),)


def test_a_ledger_is_not_asked_for_again_while_its_issue_stands(runs: Runs) -> None:
    runs.jira.issue(1).properties["okrsync.flags"] = LEDGER
    runs.site.set_field(runs.jira.issue(1), "labels", ["okr-unaligned"])
    runs.read()

    contents = runs.read()

    assert contents.issues[0].flagged == (("okr-unaligned", "77"),)
    assert "issue" not in runs.jira.operations()


def test_an_epic_that_is_hidden_now_is_counted_and_back_when_it_is_shown(runs: Runs) -> None:
    runs.site.hidden.add("OPS-9")
    assert runs.read_the_same().hidden_ancestors == 1
    runs.site.now += timedelta(hours=1)
    runs.site.hidden.clear()

    contents = runs.read_the_same()

    assert (contents.hidden_ancestors, contents.issues[1].parent) == (0, "10009")


def test_what_is_above_an_epic_keeps_its_level_though_the_epic_is_not_read_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site = a_site(
        an_issue(1, type="Initiative", level=2),
        an_issue(2, type="Epic", level=1, parent="PAY-1"),
        an_issue(3, type="Initiative", level=2),
        an_issue(4, type="Epic", level=1),
        dc_page_cap=2,
    )
    with served(site, monkeypatch, data_center=True) as jira:
        runs = Runs(jira, tmp_path / "mirror.db")
        first = runs.read()
        site.now += timedelta(hours=1)
        site.set_field(jira.issue(1), "summary", "Alone in what changed")
        second = runs.read_the_same()
        site.now += timedelta(hours=1)
        site.set_field(jira.issue(4), "summary", "Under an initiative now")
        jira.issue(4).parent = "PAY-3"
        third = runs.read_the_same()

    levels = [tuple(issue.level for issue in contents.issues) for contents in (first, second, third)]
    assert levels == [(2, 1, 0, 1), (2, 1, 0, 1), (2, 1, 2, 1)]


def test_how_an_issue_came_into_its_sprint_is_read_in_pages_as_short_as_the_site_likes(runs: Runs) -> None:
    runs.site.dc_page_cap = 1
    runs.site.now += timedelta(days=1)
    runs.site.put_in_sprint(runs.jira.issue(3), runs.site.sprints[0])

    assert [issue.entered for issue in runs.read_the_same().issues[1:]] == [(("77", "planned"),), (("77", "added"),)]


def test_what_changed_is_asked_for_in_minutes_before_now(runs: Runs) -> None:
    """An absolute time would be read in the account's own zone; the window's day begins early enough for every zone."""
    runs.read()

    times = {time for body in searches(runs) for time in re.findall(r'updated >= "([^"]+)"', str(body["jql"]))}

    assert times == {"2026-09-30", "-74m"}  # 63 minutes since the last run, ten of overlap, and one
