"""Work for a key result that is not written yet, and in which parts an issue is shared."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from support.builders import TODAY, a_kr, a_registry, an_issue, settings

from mappings.linking import Class, Linked, link_issues
from mappings.model import EPIC, Issue
from mappings.okrs import Registry
from mappings.targets import Target

WAITS = "label 'new': waits for its key result to be written"


def link(*issues: Issue, registry: Registry | None = None, today: date = TODAY) -> dict[str, Linked]:
    known = registry or a_registry(a_kr("PAY-O1-KR1"), a_kr("PAY-O1-KR2"))
    return {found.issue.key: found for found in link_issues(issues, (), (), known, settings(), today).values()}


def an_epic(**changes: Any) -> Issue:
    return an_issue("PAY-100", **{"level": EPIC, "type": "Epic"} | changes)


@pytest.mark.parametrize(
    ("created", "kind", "because"),
    [
        (TODAY - timedelta(days=3), Class.NEW, "label 'new': waits for its key result to be written, until 2026-11-29"),
        (
            TODAY - timedelta(days=14),
            Class.NEW,
            "label 'new': waits for its key result to be written, until 2026-11-18",
        ),
        (
            TODAY - timedelta(days=15),
            Class.UNALIGNED,
            "label 'new' ended on 2026-11-17: write the key result, and tag it with its id",
        ),
    ],
)
def test_work_for_a_key_result_not_yet_written_waits_for_a_while(created: date, kind: Class, because: str) -> None:
    issue = an_issue(labels=("okr:new", "okr:nonsense"), created=datetime.combine(created, time(9), UTC))

    found = link(issue)["PAY-1"]

    assert (found.kind, found.because) == (kind, because)


def test_old_work_may_wait_for_a_key_result_in_the_first_days_of_a_period() -> None:
    issue = an_issue(labels=("okr:new",), created=datetime(2026, 1, 5, tzinfo=UTC))

    assert link(issue, today=date(2026, 10, 15))["PAY-1"].kind is Class.NEW
    assert link(issue, today=date(2026, 10, 16))["PAY-1"].kind is Class.UNALIGNED


@pytest.mark.parametrize(
    ("line", "shares"),
    [
        ("PAY-O1-KR1=50%, PAY-O1-KR2", {"PAY-O1-KR1": "1/2", "PAY-O1-KR2": "1/2"}),
        ("PAY-O1-KR1=80%, PAY-O1-KR2", {"PAY-O1-KR1": "4/5", "PAY-O1-KR2": "1/5"}),
        ("PAY-O1-KR1=30%, PAY-O1-KR2=30%", {"PAY-O1-KR1": "1/2", "PAY-O1-KR2": "1/2"}),
        ("PAY-O1-KR1=100%, PAY-O1-KR2", {"PAY-O1-KR1": "1/2", "PAY-O1-KR2": "1/2"}),
        ("PAY-O1-KR1=3, PAY-O1-KR2", {"PAY-O1-KR1": "3/4", "PAY-O1-KR2": "1/4"}),
        ("PAY-O1-KR1=40%", {"PAY-O1-KR1": "1"}),
    ],
)
def test_percentages_leave_their_rest_to_those_without_a_weight(line: str, shares: dict[str, str]) -> None:
    found = link(an_issue(description=f"OKR: {line}"))["PAY-1"]

    assert {share.kr: share.share for share in found.shares} == {kr: Fraction(part) for kr, part in shares.items()}


def test_the_registry_may_weigh_what_several_bind() -> None:
    epic = Target("memory", "issue", "PAY-100")
    registry = a_registry(
        a_kr("PAY-O1-KR1", binds=(epic,), bind_weights=((epic, Decimal(3)),)), a_kr("PAY-O1-KR2", binds=(epic,))
    )

    found = link(an_issue(parent=an_epic().id), an_epic(), registry=registry)["PAY-1"]

    assert {share.kr: share.share for share in found.shares} == {
        "PAY-O1-KR1": Fraction(3, 4),
        "PAY-O1-KR2": Fraction(1, 4),
    }


def test_a_child_whose_tag_overrides_its_epics_says_so() -> None:
    epic = an_epic(labels=("okr:PAY-O1-KR1",))

    own = link(an_issue(parent=epic.id, labels=("okr:PAY-O1-KR2",)), epic)["PAY-1"]
    same = link(an_issue(parent=epic.id, labels=("okr:PAY-O1-KR1",)), epic)["PAY-1"]

    assert own.notes == ("its own tag counts, PAY-O1-KR2, not that of PAY-100: label 'PAY-O1-KR1'",)
    assert same.notes == ()
