"""What is restricted is counted and never named: the rule, and the way a text is freed of it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.builders import a_checkin, a_kr, a_registry, an_issue, an_objective, milestone

from mappings.measures import Measure
from mappings.okrs import Retarget
from mappings.visibility import A_KEY_RESULT, AN_ISSUE, Hidden, for_everybody, hidden_in, is_restricted, restricted_in

SECRET = a_kr("PAY-O1-KR9", title="Sell the southern branch", visibility="board", aliases=("branch-sale", "branch"))


@pytest.mark.parametrize(("visibility", "restricted"), [("company", False), (" Company ", False), ("the board", True)])
def test_a_key_result_is_restricted_unless_the_company_may_see_it(visibility: str, restricted: bool) -> None:
    assert is_restricted(a_kr(visibility=visibility)) is restricted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("waits on PAY-O1-KR9: late", f"waits on {A_KEY_RESULT}: late"),
        ("okr:pay.o1_kr9, PAY_O1_KR9", f"okr:{A_KEY_RESULT}, {A_KEY_RESULT}"),
        ("branch/sale, SELL the Southern branch!", f"{A_KEY_RESULT}, {A_KEY_RESULT}!"),
        ("the branch of git", "the branch of git"),
        ("PAY-O1-KR90 and PAY-O1-KR8", "PAY-O1-KR90 and PAY-O1-KR8"),
        ("PAY-7 done, PAY-70 not, once OLD-7", f"{AN_ISSUE} done, PAY-70 not, once {AN_ISSUE}"),
        ("[legal] talk to the buyer", f"[{AN_ISSUE}"),
        ("", ""),
    ],
)
def test_names_are_taken_out_of_a_text_as_whole_words_and_however_they_are_written(text: str, said: str) -> None:
    secured = an_issue("PAY-7", title="[legal] talk to the buyer", previous_keys=("OLD-7", ""), is_secured=True)
    hidden = hidden_in(a_registry(SECRET, a_kr("PAY-O1-KR8")), [secured, an_issue("PAY-70")])

    assert hidden.masked(text) == said
    assert hidden.is_named_in(text) is (text != said)


@given(st.text(max_size=20), st.sampled_from(["PAY-O1-KR9", "Sell the southern branch", "PAY-7"]), st.text(max_size=20))
@settings(max_examples=30)
def test_a_name_between_other_words_never_stays(before: str, name: str, after: str) -> None:
    hidden = hidden_in(a_registry(SECRET), [an_issue("PAY-7", is_secured=True)])

    assert name not in hidden.masked(f"{before} {name} {after}")


def test_what_people_wrote_about_a_restricted_key_result_is_its_too() -> None:
    kr = a_kr(
        visibility="board",
        measure=Measure(kind="milestones", milestones=(milestone("The notary signs it"),)),
        checkins=(a_checkin(note="the buyer walked away", risk="no second buyer anywhere"),),
        retargets=(Retarget(on=date(2026, 11, 2), before=Decimal(1), after=Decimal(2), because="prices fell by half"),),
        status_reason="",
    )
    hidden = hidden_in(a_registry(kr))

    for text in ("The notary signs it", "the buyer walked away", "no second buyer anywhere", "prices fell by half"):
        assert hidden.masked(text) == A_KEY_RESULT


def test_a_title_of_a_word_or_two_is_a_phrase_that_other_texts_have_too() -> None:
    hidden = hidden_in(
        a_registry(a_kr(title="Key results", visibility="board")), [an_issue(title="!", is_secured=True)]
    )

    assert hidden.masked("of 2 key results!") == "of 2 key results!"


def test_lines_that_name_something_hidden_are_counted_and_the_others_stay() -> None:
    hidden = hidden_in(a_registry(SECRET))

    assert hidden.kept(["one", "of PAY-O1-KR9", "two", "PAY-O1-KR9"]) == (
        "one",
        "two",
        "2 more about what is restricted",
    )
    assert hidden.kept(["one"]) == ("one",)


def test_where_nothing_is_restricted_nothing_is_hidden() -> None:
    registry = a_registry(a_kr())

    assert not hidden_in(registry, [an_issue()])
    assert Hidden().masked("PAY-O1-KR1") == "PAY-O1-KR1"
    assert for_everybody(registry) is registry
    assert restricted_in(registry, {"PAY-O1-KR1"}) == {}


def test_without_its_restricted_key_results_an_objective_keeps_what_supports_them() -> None:
    above, below = an_objective("PAY-O1", SECRET, a_kr("PAY-O1-KR1")), an_objective("MOB-O1", supports="pay-o1-kr9")
    registry = a_registry(above, below)

    seen = for_everybody(registry)

    assert [kr.id for kr in seen.key_results] == ["PAY-O1-KR1"]
    assert seen.objective_by_name["mob-o1"].supports == "PAY-O1"
    assert restricted_in(registry, {"PAY-O1-KR1", "PAY-O1-KR9"}) == {"PAY-O1": 1}
    assert restricted_in(registry, {"PAY-O1-KR1"}) == {}
