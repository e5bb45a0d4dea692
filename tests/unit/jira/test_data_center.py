"""Data Center's own ways: pages by offset under a moving list, links that hold keys, sprints as text, wiki text."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import responses
from unit.jira.jira_site import KR, PAY, SINCE, SLOT, TARGET, Jira, a_site, a_write, an_issue, served, standing

from adapters.errors import Unreadable
from adapters.jira.client import Client
from adapters.jira.data_center import DataCenterFetching
from adapters.jira.fetching import Wanted
from adapters.jira.settings import JiraSettings
from adapters.jira.sign_in import Fixed
from adapters.jira.site import EPIC_LINK, EPIC_NAME, PARENT_LINK, Site, SiteField, _fields, find_field
from adapters.jira.sprint_text import read_sprint_text
from adapters.jira.wiki import comment_body, living_text, plain_text
from adapters.jira.wire import Columns, offset_page_decoder, to_issue
from adapters.mirror import Mirror
from adapters.retry import Deadline
from adapters.sandbox.jira.fields import EPIC_NAME as EPIC_NAME_FIELD
from mappings.model import Issue, State

SHARED = Path(os.environ.get("OKRSYNC_SHARED") or Path(__file__).resolve().parents[4] / "shared")
SEARCH = "https://jira.example/rest/api/2/search"


def recorded(*parts: str) -> str:
    path = SHARED.joinpath("data", "recorded", *parts)
    if not path.exists():
        pytest.skip(f"{path} is not here: set OKRSYNC_SHARED")
    return path.read_text(encoding="utf-8")


def contents(jira: Jira) -> dict[str, Issue]:
    """Issues and ancestors by key."""
    read = jira.connect().read(PAY, since=SINCE)
    return {issue.key: issue for issue in (*read.issues, *read.ancestors)}


def a_fetching(**fields: str) -> DataCenterFetching:
    settings = JiraSettings(kind="jira", url="https://jira.example", deployment="data-center")
    client = Client("jira-dc", settings, Fixed("token"), deadline=Deadline(600, sleep=lambda _: None), may_write=False)
    site = Site(account_id="me", sprint=None, progress=None, estimate=None, estimate_candidates=(), tags=(), **fields)
    return DataCenterFetching(client, 4, lambda: site)


TITLES: Wanted[str] = Wanted(fields=["summary"], convert=lambda row: row.fields.summary or "")
FULL: dict[str, Any] = {"fields": ["summary"], "validateQuery": True}
IDS: dict[str, Any] = {"fields": ["id"]}
BY_ID: dict[str, Any] = {"fields": ["summary"], "validateQuery": False}


def a_page(*numbers: int, total: int, cap: int = 3) -> str:
    rows = [{"id": str(number), "key": f"PAY-{number}", "fields": {"summary": f"Work {number}"}} for number in numbers]
    return json.dumps({"startAt": 0, "maxResults": cap, "total": total, "issues": rows})


def answer(*pages: tuple[dict[str, Any], str]) -> None:
    """What the server says to searches with these in their body; the next of the same when it is asked again."""
    for wanted, page in pages:
        responses.post(SEARCH, body=page, match=[responses.matchers.json_params_matcher(wanted, strict_match=False)])


@responses.activate
def test_the_first_page_tells_how_long_the_others_are_and_each_begins_with_the_last_row_before_it() -> None:
    answer(
        ({"startAt": 0}, a_page(1, 2, 3, total=6)),
        ({"startAt": 2}, a_page(3, 4, 5, total=6)),
        ({"startAt": 4}, a_page(5, 6, total=6)),
    )
    fetching = a_fetching()

    found = fetching.by_query("project = PAY", TITLES)

    assert list(found.rows) == ["1", "2", "3", "4", "5", "6"]
    assert len(responses.calls) == 3
    assert fetching.one_request_brings == 3


@responses.activate
def test_pages_of_one_row_cannot_overlap_and_are_walked_all_the_same() -> None:
    answer(*(({"startAt": number - 1}, a_page(number, total=3, cap=1)) for number in (1, 2, 3)))

    assert list(a_fetching().by_query("project = PAY", TITLES).rows) == ["1", "2", "3"]


@responses.activate
def test_a_row_that_slid_between_two_pages_is_asked_for_by_id() -> None:
    answer(
        ({"startAt": 0, **FULL}, a_page(1, 2, 3, total=6)),
        ({"startAt": 2, **FULL}, a_page(5, 6, total=5)),  # 1 was deleted meanwhile, and 2: 4 is on no page
        ({"startAt": 4, **FULL}, a_page(total=5)),
        ({"startAt": 0, **IDS}, a_page(3, 4, 5, total=4)),
        ({"startAt": 2, **IDS}, a_page(5, 6, total=4)),
        ({"startAt": 0, **BY_ID}, a_page(4, total=1)),
    )

    found = a_fetching().by_query("project = PAY ORDER BY key ASC", TITLES)

    assert found.rows == {"3": "Work 3", "4": "Work 4", "5": "Work 5", "6": "Work 6"}
    assert found.gone == ()


@responses.activate
def test_a_row_that_slid_is_found_though_as_many_came_as_went() -> None:
    answer(
        ({"startAt": 0, **FULL}, a_page(1, 2, 3, total=8)),
        ({"startAt": 2, **FULL}, a_page(5, 6, 7, total=8)),  # 1 and 2 went, two came at the end: 4 is on no page
        ({"startAt": 4, **FULL}, a_page(6, 7, 8, total=8)),  # one of those went, and 10 came, before all others
        ({"startAt": 6, **FULL}, a_page(8, 9, total=8)),
        ({"startAt": 0, **IDS}, a_page(10, 3, 4, total=8)),
        ({"startAt": 2, **IDS}, a_page(4, 5, 6, total=8)),
        ({"startAt": 4, **IDS}, a_page(6, 7, 8, total=8)),
        ({"startAt": 6, **IDS}, a_page(8, 9, total=8)),
        ({"startAt": 0, **BY_ID}, a_page(4, 10, total=2)),
    )

    assert list(a_fetching().by_query("project = PAY", TITLES).rows) == ["3", "4", "5", "6", "7", "8", "9", "10"]


@responses.activate
def test_a_row_that_comes_twice_is_there_once_and_the_one_it_pushed_out_is_found() -> None:
    answer(
        ({"startAt": 0, **FULL}, a_page(1, 2, 3, total=5)),
        ({"startAt": 2, **FULL}, a_page(2, 3, 4, total=5)),
        ({"startAt": 0, **IDS}, a_page(1, 2, 3, total=5)),
        ({"startAt": 2, **IDS}, a_page(3, 4, 5, total=5)),
        ({"startAt": 0, **BY_ID}, a_page(total=0)),
    )

    found = a_fetching().by_query("project = PAY", TITLES)

    assert list(found.rows) == ["1", "2", "3", "4"]
    assert found.gone == ("5",)


@responses.activate
def test_a_list_that_never_stands_still_is_an_error() -> None:
    answer(({}, a_page(1, total=5, cap=1)))

    with pytest.raises(Unreadable, match="changed while it was read"):
        a_fetching().listing("project = PAY")


def test_pages_of_the_sandbox_are_walked_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_site(*(an_issue(number) for number in range(1, 24)), dc_page_cap=5)
    with served(site, monkeypatch, data_center=True) as jira:
        assert len(contents(jira)) == 23

        assert jira.operations().count("search") == 6


def test_what_is_above_is_put_together_from_three_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_site(
        an_issue(1, parent="OPS-2"),
        an_issue(5, parent="PAY-1", type="Sub-task", level=-1),
        an_issue(2, project="OPS", type="Epic", level=1, parent="OPS-3"),
        an_issue(3, project="OPS", type="Initiative", level=2),
    )
    with served(site, monkeypatch, data_center=True) as jira:
        found = contents(jira)

    assert {key: (issue.level, issue.parent) for key, issue in found.items()} == {
        "PAY-5": (-1, "10001"),
        "PAY-1": (0, "10002"),
        "OPS-2": (1, "10003"),
        "OPS-3": (2, None),
    }


def test_an_epic_that_nobody_hangs_under_is_known_by_its_name_field(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_site(an_issue(1, type="Großes", level=1)), monkeypatch, data_center=True) as jira:
        assert contents(jira)["PAY-1"].level == 1
        assert any(EPIC_NAME_FIELD in call.request for call in jira.server.calls)


def test_a_done_issue_without_a_resolution_date_has_no_date(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_site(an_issue(1, category="done")), monkeypatch, data_center=True) as jira:
        issue = contents(jira)["PAY-1"]

    assert (issue.state, issue.done_at) == (State.DONE, None)


@pytest.mark.parametrize("style", ["2013", "2014", "2017", "2018", "2020", "2026"])
def test_the_sprints_of_an_issue_are_read_in_every_spelling(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_site(an_issue(1, sprints=[77]), sprint_style=style)
    site.sprints[0].name = "a, id=3,state=CLOSED] = b"
    site.sprints[0].goal = "less,state=CLOSED,id=4,more"
    with served(site, monkeypatch, data_center=True) as jira:
        assert contents(jira)["PAY-1"].sprints == ("77",)


def test_recorded_sprint_texts_give_what_they_hold() -> None:
    rows = [json.loads(line) for line in recorded("dc-sprint-strings.jsonl").splitlines()]

    found = [read_sprint_text(row["raw"]) for row in rows]

    assert len(rows) == 9
    assert [(sprint.id, sprint.name, sprint.state) for sprint in found] == [
        (row["id"], row["name"], row["state"]) for row in rows
    ]
    assert [sprint.is_closed for sprint in found] == [
        "CLOSED" in row["raw"] or "closed=true" in row["raw"] for row in rows
    ]


def test_a_recorded_search_of_a_data_center_is_read() -> None:
    body = json.dumps(json.loads(recorded("jira-atlascode", "search-dc.json"))["body"]).encode()

    page = offset_page_decoder(()).decode(body)
    issues = [to_issue(row, Columns(), tracker="j", url="https://x", cancelled=frozenset()) for row in page.issues]

    assert (page.max_results, page.total) == (100, 5)
    assert [issue.key for issue in issues] == ["BTS-5", "BTS-4", "BTS-1", "BTS-3", "BTS-6"]
    assert issues[0].description == "Users are experiencing database connection errors."


def test_of_recorded_fields_an_ambiguous_name_lists_the_candidates_and_the_line_that_settles_it() -> None:
    fields = _fields.decode(json.dumps(json.loads(recorded("jira-atlascode", "field.json"))["body"]))

    with pytest.raises(Unreadable) as caught:
        find_field(fields, "Story Points", setting="estimate_field", kind="custom field", tracker="jira-main")

    assert "customfield_10117, customfield_11360" in str(caught.value)
    assert 'estimate_field = "customfield_10117"' in str(caught.value)
    assert len([field for field in fields if field.is_estimate]) == 3


def test_the_fields_of_the_hierarchy_are_found_by_what_they_are() -> None:
    kinds = {EPIC_LINK, EPIC_NAME, PARENT_LINK}
    fields: list[SiteField] = _fields.decode(json.dumps(json.loads(recorded("jira-atlascode", "field.json"))["body"]))

    assert {field.schema.custom for field in fields} >= kinds - {PARENT_LINK}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("h2. Why\n\n\n* *OKR: PAY-O1-KR1*", "Why\nOKR: PAY-O1-KR1"),
        ("a\\\\\nOKR: PAY\\-O1\\-KR1", "a\n\nOKR: PAY-O1-KR1".replace("\n\n", "\n")),
        ("{color:red}OKR: PAY-O1-KR1{color}", "OKR: PAY-O1-KR1"),
        ("{code:java}\nint a;\n{code}", "int a;"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("", ""),
    ],
)
def test_wiki_text_is_read_line_by_line(text: str, plain: str) -> None:
    assert plain_text(text) == plain


def test_a_living_text_comes_back_as_it_was_and_formats_nothing() -> None:
    text = ("h1. *P1* incidents {color:red}[~admin] 12 -> 3 &amp; !x.png! \\ |a|", "- one\n# two ~three~ ^4^ a_b")

    body = comment_body(text, "PAY-O1-KR1")

    assert living_text(body, "PAY-O1-KR1") == text
    assert living_text(body.replace("\n", "\r\n"), "PAY-O1-KR1") == text
    assert living_text(body, "PAY-O1-KR2") is None
    assert not any(mark in body.replace("\\" + mark[0], "") for mark in ("{color", "[~", "!x", "h1."))


def test_the_living_comment_is_made_once_and_edited_ever_after(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_site(an_issue(1)), monkeypatch, data_center=True) as jira:
        jira.connect().write_progress(a_write(standing(jira.connect())))
        now = standing(jira.connect())
        jira.connect().write_progress(a_write(now, "0.60", text=("Score 0.60.",)))

        (comment,) = jira.issue(1).comments
        assert living_text(str(comment.body), "PAY-O1-KR1") == ("Score 0.60.",)
        assert not any("bulkfetch" in call.path or "/rest/api/3" in call.path for call in jira.server.calls)


def test_flags_that_nobody_wants_cost_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_site(an_issue(1, sprints=[77])), monkeypatch, data_center=True) as jira:
        with_flags = jira.connect(flag_labels=frozenset({"okr-unaligned"}))
        without = jira.connect(flag_labels=frozenset())
        with_flags.read(PAY, since=SINCE)
        without.read(PAY, since=SINCE)

    assert (with_flags.requests, without.requests) == (without.requests + 1, without.requests)


def test_a_quiet_data_center_costs_six_requests_at_most_and_a_changed_issue_one_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    issues = [an_issue(number, sprints=[77]) for number in range(1, 31)]
    with served(a_site(*issues), monkeypatch, data_center=True) as jira:

        def run() -> list[str]:
            jira.site.now += timedelta(minutes=3)
            jira.server.reset()
            connection = jira.connect(mirror=Mirror(tmp_path / "mirror.db"))
            connection.read(PAY, since=SINCE)
            connection.read_standings([(TARGET, KR)], slot=SLOT)
            return jira.operations()

        first, quiet = run(), run()
        jira.site.set_property(jira.issue(3), "okrsync.flags", {"v": 1, "flags": {"okr-unaligned": "77"}})
        jira.site.set_field(jira.issue(3), "labels", ["okr-unaligned"])
        after = run()
        flagged = jira.connect(mirror=Mirror(tmp_path / "mirror.db")).read(PAY, since=SINCE).issues

    assert len(first) > 30
    assert len(quiet) <= 6
    assert len(after) <= 6 + 2
    assert {issue.key: issue.flagged for issue in flagged if issue.flagged} == {"PAY-3": (("okr-unaligned", "77"),)}
