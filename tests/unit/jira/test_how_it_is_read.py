"""How many requests a read takes, however large the site is."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from unit.jira.jira_site import PAY, SINCE, Jira, a_site, an_issue, served

from adapters.mirror import Mirror
from adapters.sandbox.jira.site import Site

ISSUE_READS = ("search", "bulkfetch")


def a_large_site(**changes: object) -> Site:
    """Ten thousand issues in one project."""
    return a_site(*(an_issue(number) for number in range(1, 10_001)), **changes)


@pytest.fixture
def jira_with(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Jira]]:
    """Serves a site."""
    running = []

    def serve(site: Site, *, data_center: bool = False) -> Jira:
        running.append(served(site, monkeypatch, data_center=data_center))
        return running[-1].__enter__()

    yield serve
    for each in running:
        each.__exit__(None, None, None)


def issue_reads(jira: Jira, mirror: Mirror | None = None) -> tuple[int, Counter[str]]:
    """How many issues a read brings, and its issue reads by operation."""
    jira.server.reset()
    contents = jira.connect(mirror=mirror).read(PAY, since=SINCE)
    return len(contents.issues), Counter(operation for operation in jira.operations() if operation in ISSUE_READS)


def test_ten_thousand_issues_take_twelve_requests_on_cloud(jira_with: Callable[..., Jira]) -> None:
    assert issue_reads(jira_with(a_large_site())) == (10_000, {"search": 2, "bulkfetch": 10})


def test_ten_thousand_issues_take_a_hundred_and_three_requests_where_the_large_bulk_is_refused(
    jira_with: Callable[..., Jira],
) -> None:
    assert issue_reads(jira_with(a_large_site(bulk_limit=100))) == (10_000, {"search": 2, "bulkfetch": 101})


def test_ten_thousand_issues_take_eleven_requests_on_data_center_and_their_ids_as_many_and_what_changed_one(
    jira_with: Callable[..., Jira], tmp_path: Path
) -> None:
    jira = jira_with(a_large_site(), data_center=True)
    mirror = Mirror(tmp_path / "mirror.db")

    assert issue_reads(jira, mirror) == (10_000, {"search": 11})
    assert issue_reads(jira, mirror) == (10_000, {"search": 12})
    whole = [call for call in jira.server.calls if call.operation == "search" and '"summary"' in call.request]
    assert len(whole) == 1
