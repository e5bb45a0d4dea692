"""The small values: rounding, ids, days, targets, names that were probably meant."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from support.builders import a_kr, a_period, a_registry, a_scope, a_team

from mappings.model import Reading
from mappings.nearest import did_you_mean, nearest
from mappings.okrs import normal_id
from mappings.rounding import clamped, percent, plain, rounded
from mappings.targets import LinkWrite, Target, fingerprint, parse_target


@pytest.mark.parametrize(
    ("number", "places", "expected"),
    [
        ("0.005", 2, "0.01"),
        ("0.00499999999999999999999999999999999999", 2, "0.00"),
        ("2/3", 2, "0.67"),
        ("-0.005", 2, "-0.01"),
        ("-0.001", 2, "0.00"),
        ("0.5", 0, "1"),
        ("1.5", 0, "2"),
        ("2.5", 0, "3"),
        ("1e30", 2, "1e30"),
    ],
)
def test_numbers_are_rounded_exactly_with_halves_up(number: str, places: int, expected: str) -> None:
    assert rounded(Fraction(number), places) == Decimal(expected)


def test_a_rounded_number_keeps_its_places() -> None:
    assert [str(rounded(Fraction(n), 2)) for n in (0, 1)] == ["0.00", "1.00"]


@pytest.mark.parametrize(("number", "text"), [("3", "3"), ("2.50", "2.5"), ("1/3", "0.33"), ("100", "100"), ("0", "0")])
def test_a_plain_number_has_no_trailing_zeros(number: str, text: str) -> None:
    assert plain(Fraction(number)) == text


@pytest.mark.parametrize(
    ("number", "text"), [(Fraction(93, 200), "47 %"), (Decimal("0.004"), "0 %"), (None, "unknown")]
)
def test_a_share_is_shown_in_whole_percent(number: Fraction | None, text: str) -> None:
    assert percent(number) == text


@pytest.mark.parametrize(("number", "held"), [(-1, 0), (0, 0), (Fraction(1, 3), Fraction(1, 3)), (1, 1), (2, 1)])
def test_a_share_is_held_between_nothing_and_all(number: int | Fraction, held: int | Fraction) -> None:
    assert clamped(Fraction(number)) == held


@pytest.mark.parametrize("text", ["PAY-O1-KR1", " pay_o1.kr1 ", "Pay/O1/KR1"])
def test_ids_compare_without_case_and_separators_are_equal(text: str) -> None:
    assert normal_id(text) == "pay-o1-kr1"


@pytest.mark.parametrize(
    ("today", "share"),
    [
        ("2026-09-30", 0),
        ("2026-10-01", Fraction(1, 92)),
        ("2026-11-15", Fraction(1, 2)),
        ("2026-12-31", 1),
        ("2027-01-10", 1),
    ],
)
def test_elapsed_is_whole_days_begun_of_the_days_of_the_period(today: str, share: Fraction) -> None:
    assert a_period().elapsed(date.fromisoformat(today)) == share


def test_a_period_that_names_no_closing_day_closes_at_its_end() -> None:
    period = a_period(closes=None)

    assert (period.is_in_force(period.end), period.is_in_force(date(2027, 1, 1))) == (True, False)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("jira-main:issue/OKR-12", Target("jira-main", "issue", "OKR-12")),
        ("l:project/a/b:c", Target("l", "project", "a/b:c")),
        ("l:initiative/I", Target("l", "initiative", "I")),
        ("file", Target("", "file", "KR-1")),
    ],
)
def test_a_target_reads_and_writes_as_the_registry_spells_it(text: str, target: Target) -> None:
    assert parse_target(text, "KR-1") == target
    assert str(target) == text


@pytest.mark.parametrize("text", ["", "OKR-12", "jira:OKR-12", "jira:epic/1", "jira:issue/", ":issue/1", "file:issue"])
def test_a_target_that_cannot_be_read_says_what_is_expected(text: str) -> None:
    with pytest.raises(ValueError, match="is not CONNECTION:issue/KEY"):
        parse_target(text, "KR-1")


def test_a_fingerprint_changes_with_the_text_and_is_empty_for_none() -> None:
    assert fingerprint(()) == ""
    assert fingerprint(("a", "b")) == fingerprint(("a", "b")) != fingerprint(("a", "c"))


def test_files_are_not_reserved_and_all_other_write_targets_are() -> None:
    target = Target("memory", "issue", "OKR-1")
    registry = a_registry(a_kr("A-KR1", write=target), a_kr("A-KR2", write=Target("", "file", "A-KR2")), a_kr("A-KR3"))

    assert list(registry.reserved()) == [target]


@pytest.mark.parametrize(("name", "meant"), [("paymants", "payments"), ("Payments", "payments"), ("zebra", None)])
def test_the_nearest_name_is_offered_when_it_is_near(name: str, meant: str | None) -> None:
    assert nearest(name, ["growth", "payments"]) == nearest(name, ["payments", "growth"]) == meant
    assert did_you_mean(name, ["payments"]) == (f'; did you mean "{meant}"?' if meant else "")


def test_a_reading_with_a_problem_is_not_complete() -> None:
    assert Reading(scope=a_scope(), kind="memory").complete
    assert not Reading(scope=a_scope(), kind="memory", problem="500").complete


def test_scopes_and_teams_have_names_for_people() -> None:
    assert a_scope().name == "memory/payments"
    assert (a_team().title, a_team(name="Payments").title) == ("payments", "Payments")


def test_a_links_text_has_its_day_and_what_is_remembered_of_it_has_not() -> None:
    link = LinkWrite(tracker="jira", key="PAY-1", id="1", kr="A", title="supports A, now 7", on=date(2026, 11, 18))

    assert link.text == "supports A, now 7 (2026-11-18)"
    assert link.said == replace(link, on=date(2026, 11, 19)).said != ""
    assert (replace(link, title="").text, replace(link, title="").said) == ("", "")
