from datetime import date

import pytest
from support import builders as b

from mappings.model import State
from mappings.okrs import KeyResult, Registry, Status
from mappings.rollover import ended, final_values_note, old_tags, successor_of, takes_final_values
from mappings.tags import TagReader

JANUARY = date(2027, 1, 20)
WAITING = date(2027, 1, 10)
"""Of which 2026-Q4 has ended, and still takes final values."""
Q1 = b.a_period("2027-Q1", start=date(2027, 1, 1), end=date(2027, 3, 31), closes=None)
YEAR = b.a_period("2027", start=date(2027, 1, 1), end=date(2027, 12, 31), closes=None)
TITLE = "Cut P1 incidents from 12 to 3 a quarter"


def old(**changes) -> KeyResult:
    return b.a_kr("PAY-O1-KR1", **{"title": TITLE} | changes)


def new(id="PAY-O2-KR1", title="Half the shops pay by card", **changes) -> KeyResult:
    return b.a_kr(id, **{"title": title, "period": "2027-Q1"} | changes)


def registry(*key_results: KeyResult) -> Registry:
    objectives = [b.an_objective(f"O-{kr.id}", kr, period=kr.period) for kr in key_results]
    return b.a_registry(*objectives, periods=(b.a_period(), YEAR, Q1))


def carried_on(first: KeyResult, *others: KeyResult, today=JANUARY, to="") -> str | None:
    return _successor(first, *others, today=today, to=to)[0]


def _successor(first: KeyResult, *others: KeyResult, today=JANUARY, to="") -> tuple[str | None, str]:
    found, because = successor_of(first, registry(first, *others), today, to)
    return (found.id if found else None), because


def test_what_the_registry_says_counts_before_any_title():
    replaced = old(status=Status.REPLACED, replaced_by="pay.o1.kr9")
    chain = b.a_kr("PAY-O1-KR9", status=Status.REPLACED, replaced_by="PAY-O2-KR1")

    assert _successor(replaced, chain, new(), new("PAY-O2-KR2", TITLE)) == (
        "PAY-O2-KR1",
        "PAY-O1-KR1 was replaced by it",
    )


def test_a_chain_that_ends_in_an_ended_period_goes_on_by_the_title_of_its_end():
    replaced = old(status=Status.REPLACED, replaced_by="PAY-O1-KR9")
    last = b.a_kr("PAY-O1-KR9", title="Half the shops PAY by card")

    assert _successor(replaced, last, new()) == ("PAY-O2-KR1", "it has the same title")
    assert carried_on(replaced, last, new(), today=WAITING) == "PAY-O2-KR1"


@pytest.mark.parametrize("leads_to", ["PAY-O1-KR1", "NONE-KR1", None])
def test_a_chain_that_leads_nowhere_or_back_ends_where_it_began(leads_to):
    assert carried_on(old(status=Status.REPLACED, replaced_by=leads_to), new(title=TITLE)) == "PAY-O2-KR1"


def test_of_two_with_the_same_title_the_own_teams_is_meant():
    others = new("GRO-O2-KR1", TITLE, team="growth"), new("PAY-O2-KR1", TITLE.upper()), new("PAY-O2-KR2", TITLE)

    assert carried_on(old(), *others) == "PAY-O2-KR1"
    assert carried_on(old(), others[0]) == "GRO-O2-KR1"


def test_the_nearest_title_is_meant_within_a_team_and_only_when_it_is_near():
    nearest = new(title="Cut P1 incidents from 3 to 2 a quarter")

    assert _successor(old(), nearest, new("PAY-O2-KR2")) == (
        "PAY-O2-KR1",
        'its title is nearest: "Cut P1 incidents from 3 to 2 a quarter"',
    )
    assert carried_on(old(), new("GRO-O2-KR1", nearest.title, team="growth")) is None
    assert _successor(old(), new()) == (
        None,
        "no live key result carries PAY-O1-KR1 on: say replaced_by where it is declared",
    )


def test_what_was_retired_is_not_said_to_be_replaced():
    assert _successor(old(status=Status.RETIRED), new())[1] == (
        "PAY-O1-KR1 was retired, and nothing carries it on: take the tag off"
    )


def test_a_draft_an_earlier_period_and_one_that_is_not_asked_for_carry_nothing_on():
    assert carried_on(old(), new(title=TITLE, status=Status.DRAFT)) is None
    assert carried_on(old(), b.a_kr("PAY-O1-KR2", title=TITLE), today=WAITING) is None
    same_title = new(title=TITLE), new("PAY-O3-KR1", TITLE, period="2027")
    assert carried_on(old(), *same_title, to="2027") == "PAY-O3-KR1"
    assert carried_on(old(), same_title[0], to="2027") is None


def test_a_period_has_ended_after_its_last_day_and_takes_final_values_until_it_closes():
    found = registry(old(), new())

    assert ended(found, date(2026, 12, 31)) == ()
    assert [period.id for period in ended(found, date(2027, 1, 1))] == ["2026-Q4"]
    assert takes_final_values(b.a_period(), date(2027, 1, 15))
    assert not takes_final_values(b.a_period(), date(2027, 1, 16))
    assert not takes_final_values(b.a_period(), date(2026, 12, 31))
    assert not takes_final_values(b.a_period(closes=None), date(2027, 1, 1))
    assert final_values_note(b.a_period()).startswith("2026-Q4 takes final values until 15 Jan 2027: ")
    assert "until 31 Dec 2026" in final_values_note(b.a_period(closes=None))


def tags(*issues, today=JANUARY):
    found = registry(old(aliases=("incidents",)), new(title=TITLE), new("PAY-O2-KR2", "Another"))
    return old_tags(issues, found, TagReader(found, "okr:", today), today, ("2026-Q4",))


def test_every_tag_of_an_open_issue_that_names_an_ended_key_result_is_found_where_it_stands():
    labelled = b.an_issue("PAY-2", labels=("OKR:pay_o1_kr1", "mine"), state=State.STARTED)
    grouped = b.an_issue("PAY-3", labels=("incidents",), label_groups=(("okr", "incidents"),))
    told = b.an_issue("PAY-4", title="[PAY-O1-KR1] Fail over", description="OKR: PAY-O2-KR1, incidents")

    found = tags(told, grouped, labelled)

    assert [(each.issue.key, each.tag.place, each.labels) for each in found] == [
        ("PAY-2", "label", ("OKR:pay_o1_kr1",)),
        ("PAY-3", "label", ("incidents",)),
        ("PAY-4", "title", ()),
        ("PAY-4", "trailer", ()),
    ]
    assert {(each.old.id, each.new.id if each.new else "") for each in found} == {("PAY-O1-KR1", "PAY-O2-KR1")}
    assert [each.others for each in found] == [(), (), ("PAY-O2-KR1",), ("PAY-O2-KR1",)]


def test_finished_and_cancelled_work_keeps_the_tag_it_was_done_under():
    done = b.an_issue("PAY-2", labels=("okr:PAY-O1-KR1",), state=State.DONE)
    cancelled = b.an_issue("PAY-3", labels=("okr:PAY-O1-KR1",), state=State.CANCELLED)
    tagged_well = b.an_issue("PAY-4", labels=("okr:PAY-O2-KR1", "okr:typo", "okr:none-bug"))

    assert tags(done, cancelled, tagged_well) == ()
