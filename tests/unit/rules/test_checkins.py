"""Check-ins as people write them in a comment."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.checkins import checkins_in, parse_line, parse_number, print_line
from mappings.okrs import Checkin

DAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("okr: 7", "7"),
        ("okr:7", "7"),
        ("OKR: 7,5", "7.5"),
        ("  Okr :  -3.25 ", "-3.25"),
        ("okr: 45 %", "45"),
        ("okr: 45%", "45"),
        ("okr: 1,000", "1000"),
        ("okr: 12,500.75", "12500.75"),
        ("okr: 1.000.000", "1000000"),
        ("okr: 1.000,5", "1000.5"),
        ("okr: 1'000", "1000"),
        ("okr: 1\u202f000", "1000"),
        ("okr: 12 000 mails", "12000"),
    ],
)
def test_a_value_is_read_as_people_write_it(line: str, value: str) -> None:
    found = parse_line(line, DAY)

    assert found is not None
    assert (found.on, found.value) == (DAY, Decimal(value))


@pytest.mark.parametrize(
    ("line", "confidence", "note"),
    [
        ("okr: 7 confidence 6 note two of five were DNS", 6, "two of five were DNS"),
        ("okr: 7, confidence: 10/10, note: done", 10, "done"),
        ("okr: 7 note confidence 6", None, "confidence 6"),
        ("okr: 7 looks good", None, "looks good"),
        ("okr: 7. Looks good", None, "Looks good"),
        ("okr: 7 confidence 60", None, "confidence 60"),
        ("okr: 45 % confidence 0", 0, ""),
    ],
)
def test_what_follows_the_value_is_confidence_then_note(line: str, confidence: int | None, note: str) -> None:
    found = parse_line(line, DAY)

    assert found is not None
    assert (found.confidence, found.note) == (confidence, note)


@pytest.mark.parametrize(
    "line", ["okr: PAY-O1-KR1", "okr:", "okr: 7d", "okr: 7-KR1", "my okr: 7", "okrs: 7", "okr 7", "", "okr: seven"]
)
def test_what_is_no_check_in_is_passed_over(line: str) -> None:
    assert parse_line(line, DAY) is None


def test_every_line_of_a_text_is_looked_at_in_its_order() -> None:
    found = list(checkins_in("Hello all,\nokr: 7\nand then\r\nokr: 8 note better", DAY))

    assert [(each.value, each.note) for each in found] == [(Decimal(7), ""), (Decimal(8), "better")]


@pytest.mark.parametrize(("text", "value"), [(" 1,5 ", "1.5"), ("12", "12"), ("12 of 13", None), ("x", None)])
def test_a_number_alone_is_read_alone(text: str, value: str | None) -> None:
    assert parse_number(text) == (None if value is None else Decimal(value))


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    for line in (text, f"okr: {text}", f"okr: 7{text}", f"okr: 7 confidence {text}"):
        found = parse_line(line, DAY)
        assert found is None or (found.value is not None and "\n" not in found.note)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)


@given(
    st.decimals(-(10**9), 10**9, places=3, allow_nan=False),
    st.none() | st.integers(0, 10),
    st.lists(WORDS, max_size=5).map(" ".join),
)
def test_what_is_printed_is_read_as_it_was(value: Decimal, confidence: int | None, note: str) -> None:
    made = Checkin(on=DAY, value=value, confidence=confidence, note=note)

    assert parse_line(print_line(made), DAY) == made
