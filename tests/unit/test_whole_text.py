"""Half characters in what a tracker answers."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.whole_text import with_whole_characters


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        ('"Fix \\ud83d emoji"', "Fix \ufffd emoji"),
        ('"\\uDE00"', "\ufffd"),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ('"\\ud83d\\ud83d\\ude00"', "\ufffd\U0001f600"),
        ('"\\\\ud83d"', "\\ud83d"),
        ('"\\\\\\ud83d"', "\\\ufffd"),
        ('"plain"', "plain"),
    ],
)
def test_a_half_character_is_replaced_and_nothing_else(body: str, whole: str) -> None:
    assert json.loads(with_whole_characters(body)) == whole
    assert msgspec.json.decode(with_whole_characters(body.encode())) == whole


@given(text=st.text(st.characters(codec="utf-8") | st.sampled_from('\\"ud8')))
def test_whole_text_stays_as_it_is(text: str) -> None:
    assert json.loads(with_whole_characters(json.dumps(text))) == text
