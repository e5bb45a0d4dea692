"""The ledger of remote links: an entity property that is ours, whatever else may be found under its name."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import responses
from unit.jira.jira_site import NOW, Jira, a_site, an_issue, served

from adapters.jira.client import Client
from adapters.jira.cloud import CloudFetching
from adapters.jira.remote_links import LINKS_PROPERTY, RemoteLinks
from adapters.jira.settings import JiraSettings
from adapters.jira.sign_in import Fixed
from adapters.linking_work import LinksWork
from adapters.mirror import Mirror
from adapters.retry import Deadline
from mappings.targets import LinkWrite

URL = "https://acme.atlassian.example"
CHANGED = datetime(2026, 11, 10, tzinfo=UTC)
LINK = LinkWrite(tracker="jira-main", key="PAY-1", id="10001", kr="K1", title="supports K1: Work", url="https://o/1")


def remote_links() -> RemoteLinks:
    settings = JiraSettings(kind="jira", url=URL)
    deadline = Deadline(60, sleep=lambda _: None)
    client = Client("jira-main", settings, Fixed("secret", email="me@example.com"), deadline=deadline, may_write=True)
    return RemoteLinks(client, CloudFetching(client, 1))


def answered(properties: str) -> None:
    """Jira answers every read of PAY-1 with these properties."""
    row = f'{{"id": "10001", "key": "PAY-1", "fields": {{"summary": "Work"}}, "properties": {properties}}}'
    responses.post(f"{URL}/rest/api/3/issue/bulkfetch", body=f'{{"issues": [{row}], "issueErrors": []}}')


@responses.activate
@pytest.mark.parametrize(
    "value",
    [
        "null",
        "[]",
        "7",
        '"text"',
        "{}",
        '{"v": 1}',
        '{"v": 1, "links": null}',
        '{"v": 1, "links": ["K1"]}',
        '{"v": 1, "links": {"K1": 7}}',
        '{"v": 1, "links": {"K1": {"said": "abc"}}}',
        '{"v": "1", "links": {}}',
        '{"v": 2, "links": {}}',
        '{"links": {}}',
        json.dumps("x" * 40_000),
        json.dumps({"v": 1, "links": ["x" * 40_000]}),
        "[" * 900 + "]" * 900,
    ],
)
def test_a_property_that_is_not_our_ledger_is_left_alone(value: str) -> None:
    answered(f'{{"{LINKS_PROPERTY}": {value}}}')

    links = remote_links()
    found, outcome = links.read({"10001": CHANGED}), links.write(LINK)

    assert found == {}
    assert (outcome.status, outcome.reason) == ("left-alone", f'"{LINKS_PROPERTY}" was not written by this okrsync')
    assert {call.request.method for call in responses.calls} == {"POST"}
    assert all(str(call.request.url).endswith("/bulkfetch") for call in responses.calls)


@responses.activate
@pytest.mark.parametrize(
    ("properties", "links"),
    [
        ("{}", {}),
        ('{"other": {"v": 1, "links": {"K9": "no"}}}', {}),
        (f'{{"{LINKS_PROPERTY}": {{"v": 1, "links": {{}}}}}}', {}),
        (f'{{"{LINKS_PROPERTY}": {{"v": 1, "links": {{"K1": "abc"}}, "later": [1]}}}}', {"K1": "abc"}),
        (f'{{"{LINKS_PROPERTY}": {{"v": 1, "links": {{"K\\ud83d": "abc"}}}}}}', {"K\ufffd": "abc"}),
    ],
)
def test_a_ledger_with_more_in_it_is_still_ours(properties: str, links: dict[str, str]) -> None:
    answered(properties)

    assert remote_links().read({"10001": CHANGED}) == {"10001": links}


@responses.activate
def test_an_issue_that_nobody_shows_is_left_alone() -> None:
    responses.post(f"{URL}/rest/api/3/issue/bulkfetch", json={"issues": [], "issueErrors": []})

    links = remote_links()

    assert links.read({"10001": CHANGED}) == {}
    assert links.write(LINK).status == "left-alone"


def connected(jira: Jira, path: Path) -> LinksWork:
    connection = jira.connect(mirror=Mirror(path), remote_links=True)
    assert isinstance(connection, LinksWork)
    return connection


@pytest.mark.parametrize("data_center", [False, True], ids=["cloud", "data-center"])
def test_a_ledger_is_asked_once_for_each_state_of_its_issue_and_again_after_a_write(
    data_center: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(a_site(an_issue(1), an_issue(2)), monkeypatch, data_center=data_center) as jira:
        issues = {issue.id: issue.updated for issue in jira.site.issues}

        def asked(**changes: Any) -> tuple[dict[str, Any], int]:
            jira.server.reset()
            found = connected(jira, tmp_path / "mirror.db").read_links(issues | changes)
            return {ident: dict(links) for ident, links in found.items()}, len(jira.server.calls)

        first, again = asked(), asked()
        connected(jira, tmp_path / "mirror.db").write_link(LINK)
        after, quiet = asked(), asked()
        later = asked(**{"10002": NOW - timedelta(hours=1)})

    assert first[0] == again[0] == {"10001": {}, "10002": {}}
    assert after[0] == quiet[0] == later[0] == {"10001": {"K1": LINK.said}, "10002": {}}
    assert first[1] > again[1] == quiet[1]
    assert after[1] == later[1] == quiet[1] + 1
