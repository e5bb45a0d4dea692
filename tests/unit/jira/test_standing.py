"""What stands at Jira's targets, where one of them, or what stands there, is not as it should be."""

import pytest
from unit.jira.jira_site import KR, SLOT, a_site, an_issue, served

from mappings.targets import Target


def test_half_characters_in_a_summary_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target("jira-main", "issue", "PAY-1")
    site = a_site()
    site.issues.append(an_issue(1))
    row = b'{"id": "%s", "key": "PAY-1", "fields": {"summary": "Fix \\ud83d emoji"}}' % site.issues[-1].id.encode()
    with served(site, monkeypatch) as jira:
        jira.server.faults.answer(
            status=200, body=b'{"issues": [%s]}' % row, when=lambda call: call.operation == "bulkfetch", times=1
        )

        standing = jira.connect().read_standings([(target, KR)], slot=SLOT)[target]

    assert (standing.title, standing.problem) == ("Fix \ufffd emoji", None)


def test_a_hidden_target_is_its_own_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden, seen = Target("jira-main", "issue", "PAY-1"), Target("jira-main", "issue", "PAY-2")
    site = a_site()
    site.issues += [an_issue(1), an_issue(2)]
    site.unreadable = {site.issues[-2].id}
    with served(site, monkeypatch) as jira:
        found = jira.connect().read_standings([(hidden, KR), (seen, "K2")], slot=SLOT)

    assert found[hidden].problem == "Jira has no such issue, or hides it from the token"
    assert found[seen].problem is None


def test_a_key_and_an_id_of_one_issue_are_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_site()
    site.issues.append(an_issue(1))
    by_key, by_id = Target("jira-main", "issue", "PAY-1"), Target("jira-main", "issue", site.issues[-1].id)
    with served(site, monkeypatch) as jira:
        found = jira.connect().read_standings([(by_key, KR), (by_id, "K2")], slot=SLOT)

    assert found[by_key].place == found[by_id].place == by_id.id
