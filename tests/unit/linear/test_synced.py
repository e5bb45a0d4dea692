"""What an issue is kept the same as: Linear's Jira integration attaches it, and nothing else says so."""

from collections.abc import Iterator

import pytest
from unit.linear.workspaces import Company, Issue, served

from adapters.sandbox.linear.nodes import Attachment

JIRA = "https://acme.example/browse/PAY-{}"


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with served(monkeypatch) as made:
        yield made


def attached(company: Company, issue: Issue, number: int, source: str = "jira") -> None:
    url = JIRA.format(number)
    company.workspace.add(Attachment(issue=issue, url=url, title=f"PAY-{number}", source_type=source))


def test_a_synced_issue_knows_the_address_of_the_other_one(company: Company) -> None:
    synced, twice, other = (company.an_issue(title) for title in ("synced", "twice", "other"))
    attached(company, synced, 1)
    attached(company, twice, 3, "jiraServer")
    attached(company, twice, 2)
    attached(company, other, 4, "github")

    mirrors = {issue.title: issue.mirrors for issue in company.read().issues}

    assert mirrors == {"synced": (JIRA.format(1),), "twice": (JIRA.format(2), JIRA.format(3)), "other": ()}


def test_a_link_that_a_person_pasted_is_not_the_same_work(company: Company) -> None:
    attached(company, company.an_issue(), 1, "unknown")

    assert [issue.mirrors for issue in company.read().issues] == [()]


def test_done_and_archived_work_is_still_the_same_work(company: Company) -> None:
    issue = company.an_issue(state="completed")
    attached(company, issue, 1)
    company.workspace.archive(issue)

    assert [found.mirrors for found in company.read().issues] == [(JIRA.format(1),)]


def test_a_page_of_them_costs_no_request_and_each_further_page_one(company: Company) -> None:
    issue = company.an_issue()
    for number in range(200):
        attached(company, issue, number)
    company.read()
    with_a_page = len(company.server.calls)
    attached(company, issue, 200)

    [read] = company.read().issues

    assert with_a_page == 6, "as many as without any"
    assert len(company.server.calls) - with_a_page == 7
    assert len(read.mirrors) == 201
