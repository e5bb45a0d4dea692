"""What lint says of the work in the trackers: tags as they are written, and how the work lies on the key results."""

from datetime import UTC, date, datetime

import pytest
from support import builders as b

from mappings.figures import work_out
from mappings.lint_rule import Look
from mappings.lint_work import judge_work
from mappings.measures import Measure
from mappings.model import EPIC, Reading, State
from mappings.okrs import Registry, Status
from mappings.targets import Target

BROKEN, BOTH, NEW, ODD, NONE, ONE, ALL, UNREAD = (f"OKR13{n}" for n in range(1, 9))
TAGS = (BROKEN, BOTH, NEW, ODD, UNREAD)
REGISTRY = b.a_registry(
    b.a_kr("PAY-O1-KR1", aliases=("failover",)),
    b.a_kr("PAY-O1-KR2"),
    b.a_kr("PAY-O1-KR3", status=Status.RETIRED),
)


def remarks(*issues, registry: Registry = REGISTRY, today=b.TODAY, problem=None, ancestors=()):
    teams = (b.a_team(name="Payments"), b.a_team("growth", scopes=(b.a_scope(team="growth", projects=("GRO",)),)))
    settings = b.settings(teams=teams)
    readings = [Reading(scope=teams[0].scopes[0], kind="memory", issues=issues, ancestors=ancestors)]
    if problem is not None:
        readings.append(Reading(scope=teams[1].scopes[0], kind="memory", problem=problem))
    figures = work_out(readings, registry, settings, today)
    return list(judge_work(Look(registry, settings, today), figures))


def told(*issues, rules=TAGS, **more):
    return [each.finding.rule for each in remarks(*issues, **more) if each.finding.rule in rules]


def tagged(*labels, key="PAY-7", **changes):
    return b.an_issue(key, labels=labels, url=f"https://acme.example/{key}", **changes)


def test_a_broken_tag_is_told_with_its_issue_its_address_and_what_was_meant():
    [found] = [each for each in remarks(tagged("okr:PAY-O1-KR11")) if each.finding.rule == BROKEN]

    assert found.finding.where == "PAY-7 https://acme.example/PAY-7"
    assert found.finding.message == 'label "PAY-O1-KR11": names no key result; did you mean "PAY-O1-KR1"?'
    assert found.about == ("PAY-7", "payments")


def test_a_broken_tag_without_a_likely_meaning_and_one_on_an_epic_that_is_no_work_are_told():
    epic = tagged("okr:PAY-O1-KR3", key="PAY-1", level=EPIC, type="Epic")

    [told_of_it] = [each for each in remarks(ancestors=(epic,)) if each.finding.rule == BROKEN]

    assert "was retired" in told_of_it.finding.message and "mean" not in told_of_it.finding.message
    assert told_of_it.about == ("PAY-1",)


def test_an_issue_without_an_address_is_told_by_its_key():
    [found] = [each for each in remarks(b.an_issue("PAY-7", labels=("okr:X-O1-KR1",))) if each.finding.rule == BROKEN]

    assert found.finding.where == "PAY-7"


@pytest.mark.parametrize(
    ("labels", "rules"),
    [
        (("okr:PAY-O1-KR1", "okr:none-bug"), [BOTH]),
        (("okr:PAY-O1-KR1", "okr:none"), [BOTH]),
        (("okr:PAY-O1-KR1", "okr:new"), []),
        (("okr:none", "okr:new"), []),
        (("okr:none-bug",), []),
        ((), []),
    ],
)
def test_a_key_result_and_routine_on_one_issue_are_told(labels, rules):
    assert told(tagged(*labels)) == rules


@pytest.mark.parametrize(
    ("created", "rules"),
    [
        (datetime(2026, 11, 18, tzinfo=UTC), []),
        (datetime(2026, 11, 4, tzinfo=UTC), []),
        (datetime(2026, 11, 3, tzinfo=UTC), [NEW]),
        (datetime(2025, 1, 1, tzinfo=UTC), [NEW]),
    ],
)
def test_new_stands_for_its_days_and_is_told_then(created, rules):
    assert told(tagged("okr:new", created=created)) == rules


def test_the_days_of_new_run_from_the_periods_first_day_where_that_is_later():
    old = tagged("okr:new", created=datetime(2026, 1, 1, tzinfo=UTC))

    assert told(old, today=date(2026, 10, 15)) == []
    assert told(old, today=date(2026, 10, 16)) == [NEW]


@pytest.mark.parametrize("state", [State.DONE, State.CANCELLED])
def test_finished_work_waits_for_no_key_result(state):
    old = tagged("okr:new", created=datetime(2026, 10, 2, tzinfo=UTC), state=state)

    assert told(old) == []


@pytest.mark.parametrize(
    ("label", "rules"),
    [
        ("okr:PAY-O1-KR1", []), (" okr:PAY-O1-KR1 ", []), ("okr:failover", []), ("okr:PAY-O1-KR1=2", []),
        ("backend", []), ("okr-unaligned", []), ("failover", []), ("PAY", []), ("", []), ("okr", []),
        ("OKR:PAY-O1-KR1", [ODD]), ("okr:pay-o1-kr1", [ODD]), ("okr:PAY_O1_KR1", [ODD]), ("okr: PAY-O1-KR1", [ODD]),
        ("okr:Failover", [ODD]),
        ("okr-PAY-O1-KR1", [UNREAD]), ("okr/pay.o1.kr1", [UNREAD]), ("OKR PAY-O1-KR1", [UNREAD]),
        ("PAY-O1-KR1", [UNREAD]), ("okrPAY-O1-KR2", [UNREAD]), ("okr-failover", []),
        ("okr:PAY-O1-KR9", [BROKEN]), ("okr:PAY-O1-KR3", [BROKEN]), ("okr:pay-o1-kr3", [BROKEN]),
    ],
)  # fmt: skip
def test_a_label_is_written_as_the_key_results_id_or_alias(label, rules):
    assert told(tagged(label)) == rules


def test_one_spelling_is_told_once_with_the_issues_that_carry_it():
    issues = [tagged("okr:pay-o1-kr1", key=f"PAY-{n}") for n in range(1, 8)]

    [found] = [each for each in remarks(*issues) if each.finding.rule == ODD]

    said = 'label "okr:pay-o1-kr1" (PAY-1, PAY-2, PAY-3, PAY-4, PAY-5 and 2 more) counts for PAY-O1-KR1'
    assert found.finding.message == f"{said}: write okr:PAY-O1-KR1"
    [of_five] = [each for each in remarks(*issues[:5]) if each.finding.rule == ODD]
    assert "PAY-5) counts" in of_five.finding.message
    assert found.finding.where == "PAY-1 https://acme.example/PAY-1"
    assert found.about == ("PAY-O1-KR1", *(issue.key for issue in issues))


def test_a_label_of_the_groups_name_is_read_whatever_stands_beside_it():
    grouped = (("okr", "PAY-O1-KR1"), ("okr", "pay-o1-kr2"), ("area", "backend"))
    issue = b.an_issue("PAY-7", labels=("PAY-O1-KR1", "pay-o1-kr2", "backend"), label_groups=grouped)

    [found] = [each for each in remarks(issue) if each.finding.rule in TAGS]

    assert found.finding.rule == ODD and '"pay-o1-kr2"' in found.finding.message


def test_the_tags_of_work_that_is_past_are_nobodys_to_mend():
    past = {"state": State.DONE, "done_at": datetime(2026, 9, 20, tzinfo=UTC)}
    labels = ("okr:pay-o1-kr1", "okr:none", "okr:X")

    assert told(tagged(*labels, **past)) == []
    assert told(tagged(*labels, state=State.CANCELLED)) == []
    assert set(told(tagged(*labels, **past | {"done_at": datetime(2026, 10, 20, tzinfo=UTC)}))) == {BROKEN, BOTH, ODD}


def counts(first, second, **more):
    """So many issues on the one key result of the team and on the other."""
    issues = [tagged("okr:PAY-O1-KR1", key=f"PAY-{n}") for n in range(first)]
    issues += [tagged("okr:PAY-O1-KR2", key=f"PAY-{100 + n}") for n in range(second)]
    return told(*issues, rules=(NONE, ONE, ALL), **more)


@pytest.mark.parametrize(
    ("first", "second", "rules"),
    [
        (2, 2, []), (0, 2, [NONE]), (1, 2, [ONE]), (0, 1, [NONE, ONE]), (0, 4, [NONE]),
        (0, 5, [ALL]), (9, 1, [ALL]), (8, 1, [ONE]), (10, 2, []), (0, 0, [NONE, NONE]),
    ],
)  # fmt: skip
def test_a_key_result_has_some_work_and_not_all_of_it(first, second, rules):
    assert counts(first, second) == rules


def test_in_a_periods_first_days_nothing_is_said_of_missing_work():
    assert counts(0, 0, today=date(2026, 10, 13)) == []
    assert counts(0, 0, today=date(2026, 10, 14)) == [NONE, NONE]


def test_where_a_scope_could_not_be_read_nothing_is_said_of_missing_work():
    assert counts(0, 0, problem="Jira answered 500") == []


@pytest.mark.parametrize(
    "more",
    [
        b.a_kr("PAY-O2-KR1", measure=Measure(kind="hold", target=b.manual(0, 9).target, keep="at or above")),
        b.a_kr("PAY-O2-KR1", status=Status.DRAFT),
        b.an_objective("PAY-O2", b.a_kr("PAY-O2-KR1"), b.a_kr("PAY-O2-KR2")),
    ],
)
def test_what_needs_no_work_of_its_own_is_not_missing_any(more):
    above = b.an_objective("PAY-O3", b.a_kr("PAY-O3-KR1"), supports="PAY-O2")
    registry = b.a_registry(b.a_kr("PAY-O1-KR1"), more, above)
    issues = [tagged(f"okr:{kr}", key=f"PAY-{n}") for n, kr in enumerate(["PAY-O1-KR1", "PAY-O3-KR1"] * 2)]

    assert told(*issues, rules=(NONE, ONE, ALL), registry=registry) == []


def test_the_only_key_result_of_a_team_has_all_its_work_of_course():
    issues = [tagged("okr:PAY-O1-KR1", key=f"PAY-{n}") for n in range(6)]

    assert told(*issues, rules=(NONE, ONE, ALL), registry=b.a_registry(b.a_kr("PAY-O1-KR1"))) == []


def test_a_key_result_that_another_objective_supports_needs_no_work_of_its_own():
    above = b.an_objective("CO-1", b.a_kr("CO-1-KR1"), b.a_kr("CO-1-KR2"))
    below = b.an_objective("PAY-O3", b.a_kr("PAY-O3-KR1"), supports="co_1.kr2")

    found = told(rules=(NONE,), registry=b.a_registry(above, below))

    assert len(found) == 2


def test_the_one_that_has_it_all_is_told_and_another_teams_are_not_counted_with_it():
    other = b.a_kr("GRO-O1-KR1", team="growth")
    registry = b.a_registry(b.a_kr("PAY-O1-KR1"), b.a_kr("PAY-O1-KR2"), other)
    issues = [tagged("okr:PAY-O1-KR1", key=f"PAY-{n}") for n in range(6)]

    found = [each for each in remarks(*issues, registry=registry) if each.finding.rule in (NONE, ONE, ALL)]

    assert [(each.finding.rule, each.finding.where) for each in found] == [
        (ALL, "okrs/pay.toml:PAY-O1-KR1"),
        (NONE, "okrs/pay.toml:GRO-O1-KR1"),
    ]
    assert found[0].finding.message == "PAY-O1-KR1 has 6 of the 6 issues linked to key results of Payments"


def test_a_write_target_is_no_work_and_its_own_labels_are_looked_at_all_the_same():
    registry = b.a_registry(b.a_kr("PAY-O1-KR1", write=Target("memory", "issue", "PAY-7")), b.a_kr("PAY-O1-KR2"))

    assert told(tagged("okr:pay-o1-kr2"), registry=registry) == [ODD]
