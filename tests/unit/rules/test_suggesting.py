"""Suggestions: what is alike, what the family supports, when nothing is said, and that order changes nothing."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies
from support.builders import NOW, TODAY, a_kr, a_registry, an_issue, an_objective
from support.builders import settings as rule_settings

from mappings.linking import Class, link_issues
from mappings.model import Issue
from mappings.ranking import likenesses, words_of
from mappings.suggesting import (
    MOST,
    NEVER_CERTAIN,
    SURE_ENOUGH,
    Suggestion,
    Wording,
    likely,
    score_of,
    stands_alone,
    suggest,
    suggest_by_team,
    suggest_for,
    wordings_of,
)

A, B, C = "PAY-O1-KR1", "PAY-O1-KR2", "PAY-O2-KR1"


def of(issue: Issue, *linked: tuple[Issue, tuple[str, ...]], **changes: Any) -> tuple[Suggestion, ...]:
    given: dict[str, Any] = {"wordings": (), "today": TODAY, "zone": UTC, "at_least": 0}
    return suggest([issue], linked, **given | changes)[issue.ref]


def linked(key: str, kr: str, title: str = "", **changes: Any) -> tuple[Issue, tuple[str, ...]]:
    return an_issue(key, title=title or f"Work on {key}", created=NOW, **changes), (kr,)


OTHERS = [linked(f"PAY-{number}", C, f"something else {number}") for number in range(50, 60)]


def test_the_key_result_of_the_most_alike_linked_issue_comes_first_with_the_words_they_share() -> None:
    asked = an_issue("PAY-1", title="Retry storms in the checkout", created=NOW)

    found = of(asked, linked("PAY-2", A, "Stop retry storms"), linked("PAY-3", B, "The checkout is slow"), *OTHERS)

    assert [each.kr for each in found][:2] == [A, B]
    assert found[0].score > found[1].score
    assert found[0].reason == "like PAY-2: retry, storms"


def test_components_and_labels_are_compared_whole_and_without_case() -> None:
    asked = an_issue("PAY-1", title="Faster", components=("Check Out",), labels=("Perf",), created=NOW)
    alike = linked("PAY-2", A, "Slim", components=("check out",), labels=("perf",))

    found = of(asked, alike, linked("PAY-3", B, "Check out Perf"), *OTHERS)

    assert found[0].reason == "like PAY-2: component check out, label perf"
    assert [each.kr for each in found] == [A]


def test_of_two_equally_alike_the_younger_comes_first_and_half_a_year_halves() -> None:
    asked = an_issue("PAY-1", title="Retry storms", created=NOW)
    old, _ = linked("PAY-2", A, "Retry storms")
    young = linked("PAY-3", B, "Retry storms")
    aged = Issue(**{name: getattr(old, name) for name in old.__slots__} | {"created": NOW - timedelta(days=180)})

    found = {each.kr: each for each in of(asked, (aged, (A,)), young)}

    assert (found[B].likeness, found[B].lead) == pytest.approx((1, 0.5))
    assert (found[A].likeness, found[A].lead) == pytest.approx((0.5, -0.5))
    assert found[B].score > found[A].score


def test_an_issue_from_the_future_counts_as_one_of_today() -> None:
    asked = an_issue("PAY-1", title="Retry storms", created=NOW)

    assert of(asked, linked("PAY-2", A, "Retry storms"), today=date(2020, 1, 1)) == of(
        asked, linked("PAY-2", A, "Retry storms")
    )


def test_two_key_results_that_are_as_alike_make_a_guess_and_not_a_suggestion() -> None:
    asked = an_issue("PAY-1", title="Retry storms", created=NOW)
    alone = of(asked, linked("PAY-2", A, "Retry storms"), *OTHERS)
    torn = of(asked, linked("PAY-2", A, "Retry storms"), linked("PAY-3", B, "Retry storms"), *OTHERS)

    assert alone[0].score == NEVER_CERTAIN
    assert [each.lead for each in torn] == [0, 0]
    assert torn[0].score == torn[1].score < SURE_ENOUGH


def test_where_the_best_is_unsure_nothing_is_said_and_a_far_second_is_not_named() -> None:
    asked = an_issue("PAY-1", title="Retry storms in the checkout of Zurich", created=NOW)
    near, far = linked("PAY-2", A, "Retry storms in the checkout"), linked("PAY-3", B, "Zurich")

    assert [each.kr for each in of(asked, near, far, *OTHERS, at_least=None)] == [A]
    assert of(asked, far, linked("PAY-4", A, "Zurich"), *OTHERS, at_least=None) == ()
    assert of(asked, near, far, *OTHERS, at_least=1) == ()


def test_one_word_in_common_is_a_coincidence_however_rare_it_is() -> None:
    asked = an_issue("PAY-1", title="Retry", created=NOW)

    assert of(asked, linked("PAY-2", A, "Retry storms"), *OTHERS, at_least=None) == ()
    assert of(asked, linked("PAY-2", A, "Retry storms"), *OTHERS)[0].lead == 0
    assert of(an_issue("PAY-1", title="Retry storms", created=NOW), linked("PAY-2", A, "Retry storms"), at_least=None)


def test_no_score_says_that_it_is_certain() -> None:
    asked = an_issue("PAY-1", title="Retry storms", created=NOW)

    [found] = of(asked, linked("PAY-2", A, "Retry storms"))

    assert found.score == NEVER_CERTAIN


def test_there_are_at_most_three() -> None:
    asked = an_issue("PAY-1", title="Retry", created=NOW)

    found = of(asked, *(linked(f"PAY-{number}", f"KR{number}", "Retry") for number in range(2, 9)))

    assert len(found) == MOST


def test_an_issue_is_no_witness_of_its_own() -> None:
    asked = an_issue("PAY-1", title="Retry storms", parent="id-EPIC", created=NOW)

    assert of(asked, (asked, (A,))) == ()


def test_nothing_is_suggested_where_nothing_is_shared_and_where_nothing_is_linked() -> None:
    asked = an_issue("PAY-1", title="Retry storms", created=NOW)

    assert of(asked, linked("PAY-2", A, "Something else")) == ()
    assert of(asked) == ()
    assert of(asked, (an_issue("PAY-2", title="Retry storms"), ())) == ()
    assert of(an_issue("PAY-1", title=""), linked("PAY-2", A, "Something else")) == ()
    assert suggest([], [linked("PAY-2", A)], (), TODAY, UTC) == {}


def test_a_key_results_own_words_count_from_its_periods_first_day() -> None:
    asked = an_issue("PAY-1", title="Fewer incidents", created=NOW)
    wording = Wording(kr=A, text="Cut incidents", since=TODAY)

    [now] = of(asked, wordings=[wording, Wording(kr=B, text="Grow abroad", since=TODAY)])
    [then] = of(asked, wordings=[Wording(kr=A, text="Cut incidents", since=TODAY - timedelta(days=90))])

    assert (now.kr, now.reason) == (A, "in the key result's words: incidents")
    assert now.likeness > then.likeness > 0


@pytest.mark.parametrize(("beside", "share", "said"), [(1, 0.5, "1 of 1"), (3, 0.75, "3 of 3")])
def test_what_the_linked_issues_of_the_same_parent_support_is_suggested(beside: int, share: float, said: str) -> None:
    asked = an_issue("PAY-1", title="Unlike all", parent="id-EPIC", created=NOW)

    [found] = of(asked, *(linked(f"PAY-{n}", A, f"Thing {n}", parent="id-EPIC") for n in range(2, 2 + beside)))

    assert (found.kr, found.score) == (A, share)
    assert found.reason == f"{said} linked issues beside it support it"


def test_a_project_is_a_family_its_initiative_is_not_and_another_trackers_is_not() -> None:
    asked = an_issue("GRO-1", title="Unlike all", containers=("project/p-1", "project/slug", "initiative/i-1"))
    same = linked("GRO-2", A, "Thing", containers=("project/p-1", "project/slug", "initiative/i-1"))
    near = linked("GRO-3", B, "Thing", containers=("project/p-2", "initiative/i-1"))
    far = linked("GRO-4", B, "Thing", containers=("project/p-1",), tracker="another")

    assert [each.kr for each in of(asked, same, near, far)] == [A]


def test_a_divided_family_says_so_and_the_larger_of_two_families_wins() -> None:
    asked = an_issue("PAY-1", title="Unlike all", parent="id-EPIC", containers=("project/p-1",), created=NOW)
    epics = [linked(f"PAY-{n}", A if n < 4 else B, f"Thing {n}", parent="id-EPIC") for n in range(2, 5)]
    projects = [linked(f"PAY-{n}", B, f"Thing {n}", containers=("project/p-1",)) for n in range(5, 10)]

    found = of(asked, *epics, *projects, linked("PAY-10", A, "Thing 10", containers=("project/p-1",)))

    assert [(each.kr, each.score) for each in found] == [(B, 0.71), (A, 0.5)]
    assert found[0].reason == "5 of 6 linked issues beside it support it"
    assert found[1].reason == "2 of 3 linked issues beside it support it"


def test_what_is_linked_below_an_epic_speaks_for_the_epic() -> None:
    epic = an_issue("PAY-1", title="Unlike all", level=1, id="id-EPIC")

    [found] = of(epic, linked("PAY-2", A, "Thing", parent="id-EPIC"))

    assert found.reason == "1 of 1 linked issues below it support it"


def test_words_and_family_together_are_surer_than_each() -> None:
    asked = an_issue("PAY-1", title="Retry queue of ours", parent="id-EPIC", created=NOW)
    kin, alike = linked("PAY-2", A, "Thing", parent="id-EPIC"), linked("PAY-3", A, "Retry when it fails")

    [both] = of(asked, kin, alike, *OTHERS)
    [by_kin] = of(asked, kin, *OTHERS)
    [by_words] = of(asked, alike, *OTHERS)

    assert both.score > max(by_kin.score, by_words.score)
    assert both.reason == f"{by_kin.reason}; {by_words.reason}"


def test_an_issue_that_supports_two_speaks_for_both() -> None:
    asked = an_issue("PAY-1", title="Retry storms", created=NOW)

    found = of(asked, (an_issue("PAY-2", title="Retry storms", created=NOW), (B, A)), at_least=None)

    assert [(each.kr, each.score) for each in found] == [(A, NEVER_CERTAIN), (B, NEVER_CERTAIN)]


def test_labels_of_this_program_say_nothing() -> None:
    asked = an_issue("PAY-1", title="Retry storms", labels=("OKR-unaligned",), created=NOW)
    alike = linked("PAY-2", A, "Retry storms")
    flagged = linked("PAY-3", B, "Other things", labels=("okr-unaligned",))

    assert of(asked, alike, flagged, own_labels=("okr-unaligned",)) == of(
        an_issue("PAY-1", title="Retry storms", created=NOW), alike, linked("PAY-3", B, "Other things")
    )
    assert [each.kr for each in of(asked, alike, flagged)] == [A, B]


def test_the_score_rises_with_the_lead_and_stays_a_chance() -> None:
    scores = [score_of(lead / 20) for lead in range(-20, 21)]

    assert scores == sorted(scores)
    assert all(0 < score < 1 for score in scores)


def test_one_that_stands_alone_is_twice_as_near_as_any_other() -> None:
    def alike(*likeness: float) -> list[Suggestion]:
        return [Suggestion(f"KR{place}", 0.1, "", value) for place, value in enumerate(likeness)]

    assert stands_alone(alike(0.05))
    assert stands_alone(alike(0.05, 0.025, 0.01))
    assert not stands_alone(alike(0.05, 0.026))
    assert not stands_alone(alike(0.0))
    assert not stands_alone([])


def test_unaligned_and_broken_rows_are_suggested_for_from_what_the_run_linked() -> None:
    registry = a_registry(
        an_objective("PAY-O1", a_kr(A, title="Fewer incidents", aliases=("p1-incidents",)), title="Never down"),
        an_objective("PAY-O2", a_kr(C, title="Abroad", status="draft")),
    )
    issues = [
        an_issue("PAY-1", title="Retry storms in checkout"),
        an_issue("PAY-2", title="Retry storms at night", labels=(f"okr:{A}",)),
        an_issue("PAY-3", title="Retry storms at noon", labels=("okr:PAY-O1-KR7",)),
        an_issue("PAY-4", title="Retry storms by day", labels=("okr:none",)),
    ]
    rows = link_issues(issues, (), (), registry, rule_settings(), TODAY)

    found = suggest_for(rows.values(), rows, (), registry, rule_settings(), TODAY)

    assert [rows["memory", f"id-PAY-{number}"].kind for number in (1, 3)] == [Class.UNALIGNED, Class.BROKEN]
    assert set(found) == {("memory", "id-PAY-1"), ("memory", "id-PAY-3")}
    assert [each.kr for each in found["memory", "id-PAY-1"]] == [A]
    assert found["memory", "id-PAY-1"][0].score >= SURE_ENOUGH
    assert likely(found | {("memory", "id-PAY-9"): ()}) == {ref: it[0].kr for ref, it in found.items()}


def test_a_hidden_parent_makes_no_family() -> None:
    registry = a_registry(an_objective("PAY-O1", a_kr(A, title="Fewer incidents"), title="Never down"))
    kin = {"parent": "id-PAY-100"}
    tagged = [an_issue(f"PAY-{n}", title="xyz", labels=(f"okr:{A}",), **kin) for n in range(2, 9)]
    rows = link_issues([an_issue("PAY-1", title="abc", **kin), *tagged], (), (), registry, rule_settings(), TODAY)
    alone = [rows["memory", "id-PAY-1"]]

    hidden = suggest_for(alone, rows, (), registry, rule_settings(), TODAY)
    seen = suggest_for(alone, rows, (an_issue("PAY-100"),), registry, rule_settings(), TODAY)

    assert [each.kr for each in seen["memory", "id-PAY-1"]] == [A]
    assert hidden["memory", "id-PAY-1"] == ()


def test_a_team_is_compared_with_its_own_key_results_shared_ones_and_those_it_supports_already() -> None:
    others = {"team": "growth", "teams": ("growth",)}
    registry = a_registry(
        a_kr("PAY-O1-KR1"),
        a_kr("GRO-O1-KR1", **others),
        a_kr("GRO-O1-KR2", team="growth", teams=("growth", "payments")),
        a_kr("GRO-O1-KR3", **others),
        a_kr("CO-O1-KR1", team="", teams=()),
    )
    alike = {
        kr.id: an_issue(f"GRO-{n}", title="Retry storms at night", labels=(f"okr:{kr.id}",))
        for n, kr in enumerate(registry.key_results)
    }
    asked = an_issue("PAY-1", title="Retry storms at night")
    own = an_issue("PAY-2", title="Abroad", labels=("okr:GRO-O1-KR3",))
    rows = link_issues([*alike.values(), asked, own], (), (), registry, rule_settings(), TODAY)

    only = {
        team: [
            kr
            for kr, issue in alike.items()
            if suggest_by_team(
                [(team, asked)],
                {ref: rows[ref] for ref in (issue.ref, own.ref)},
                registry,
                rule_settings(),
                TODAY,
                at_least=0,
            )[asked.ref]
        ]
        for team in ("payments", "growth", "nobody")
    }

    assert only == {
        "payments": ["CO-O1-KR1", "GRO-O1-KR2", "GRO-O1-KR3", "PAY-O1-KR1"],
        "growth": ["CO-O1-KR1", "GRO-O1-KR1", "GRO-O1-KR2", "GRO-O1-KR3"],
        "nobody": ["CO-O1-KR1"],
    }


def test_a_team_without_key_results_is_compared_with_all() -> None:
    registry = a_registry(a_kr("GRO-O1-KR1", team="growth", teams=("growth",)))
    asked, alike = (
        an_issue("PAY-1", title="Retry storms"),
        an_issue("GRO-1", title="Retry storms", labels=("okr:GRO-O1-KR1",)),
    )
    rows = link_issues([asked, alike], (), (), registry, rule_settings(), TODAY)

    found = suggest_by_team([("payments", asked)], rows, registry, rule_settings(), TODAY)

    assert [each.kr for each in found[asked.ref]] == ["GRO-O1-KR1"]


def test_a_live_key_result_is_told_by_title_aliases_and_objective() -> None:
    registry = a_registry(
        an_objective("PAY-O1", a_kr(A, title="Fewer incidents", aliases=("p1-incidents",)), title="Never down"),
    )

    assert wordings_of(registry, TODAY) == (
        Wording(kr=A, text="Fewer incidents p1-incidents Never down", since=date(2026, 10, 1)),
    )
    assert wordings_of(registry, date(2020, 1, 1)) == ()


WORDS = ["retry", "storm", "checkout", "the", "Größe", "10", "\x00", "[", "💥"]
TITLES = strategies.lists(strategies.sampled_from(WORDS))


@settings(max_examples=25, deadline=None)
@given(strategies.lists(TITLES, min_size=2, max_size=8), strategies.randoms(use_true_random=False))
def test_the_order_of_what_is_given_changes_nothing_and_every_score_is_a_chance(
    titles: list[list[str]], order: random.Random
) -> None:
    issues = [
        an_issue(f"PAY-{place}", title=" ".join(words), created=datetime(2026, 10, 1 + place, tzinfo=UTC))
        for place, words in enumerate(titles)
    ]
    witnesses = [(issue, (A, B, C)[place % 3 :][:1]) for place, issue in enumerate(issues[1:])]
    words = [Wording(kr=A, text="retry storms", since=TODAY), Wording(kr=B, text="checkout", since=TODAY)]
    first = suggest(issues, witnesses, words, TODAY, UTC, at_least=0)

    order.shuffle(issues)
    order.shuffle(witnesses)
    order.shuffle(words)

    assert suggest(issues, witnesses, words, TODAY, UTC, at_least=0) == first
    assert all(0 <= each.score <= NEVER_CERTAIN for found in first.values() for each in found)


def test_the_words_of_a_text_are_lower_case_without_the_commonest() -> None:
    assert words_of(["The Größe of Ti.UI-2's x", ""]) == [("größe", "ti", "ui", "2"), ()]


def test_a_text_is_wholly_alike_to_itself_and_rare_words_weigh_more() -> None:
    known = [("retry", "rare"), ("retry", "often"), ("often",), ("often",)]

    [same, by_rare] = likenesses([("often", "retry"), ("often", "rare")], known)

    assert same[1] == pytest.approx(1)
    assert by_rare[0] > by_rare[1]


def test_nothing_known_and_nothing_asked_are_no_mistake() -> None:
    assert likenesses([("retry",), ()], []) == [[], []]
    assert likenesses([], [("retry",)]) == []
    assert likenesses([()], [("retry",)]) == [[0.0]]
