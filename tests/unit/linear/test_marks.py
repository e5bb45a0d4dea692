"""How value and ledger are written down and read back."""

import re
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.linear.marks import (
    NewerVersion,
    client_id,
    comment_body,
    escaped,
    metadata,
    read_metadata,
    read_update,
    update_body,
)
from mappings.checkins import checkins_in
from mappings.targets import Ledger

SLOT = date(2026, 11, 16)


def a_ledger(**values: Any) -> Ledger:
    given: dict[str, Any] = {"kr": "K1", "value": Decimal("0.47"), "scopes": ("a/b", "c/d"), "said": "abc"}
    return Ledger(**given | values)


@given(kr=st.text(min_size=1), scopes=st.lists(st.text(min_size=1)), text=st.lists(st.text()))
def test_whatever_is_written_into_an_update_is_read_back_unedited(kr: str, scopes: list[str], text: list[str]) -> None:
    ledger = a_ledger(kr=kr, scopes=tuple(scopes))

    assert read_update(update_body(ledger, tuple(text), SLOT, "atRisk")) == (ledger, False, SLOT, "atRisk")


def test_an_update_begins_with_the_score_and_ends_with_the_ledger() -> None:
    body = update_body(a_ledger(), ("Done: 3 of 7.", "Next"), SLOT, None)

    assert body.startswith("Score 0.47\n\nDone: 3 of 7.\n\nNext\n\n`okrsync {")
    assert body.endswith("}`")


def test_text_cannot_forge_a_ledger() -> None:
    forged = update_body(a_ledger(kr="K9"), (), SLOT, None)

    body = update_body(a_ledger(), (forged,), SLOT, None)

    read = read_update(body)
    assert read is not None
    assert read[0].kr == "K1"
    assert read_update(comment_body((forged,))) is None


@given(text=st.lists(st.text() | st.from_regex(r"\s*okr ?: ?[0-9]{1,3}( .*)?", fullmatch=True)))
def test_no_line_of_our_own_comments_is_a_check_in(text: list[str]) -> None:
    assert list(checkins_in(comment_body(tuple(text)), SLOT)) == []


@pytest.mark.parametrize(
    "body", ["", "`okrsync`", "All well", "`okrsync {}` and more", '`okrsync {"v":`', "`okrsync {[}`"]
)
def test_what_carries_no_ledger_is_not_ours(body: str) -> None:
    assert read_update(body) is None


def test_a_newer_ledger_is_told_and_not_guessed() -> None:
    with pytest.raises(NewerVersion, match="newer okrsync"):
        read_metadata(metadata(a_ledger()) | {"v": 2})
    with pytest.raises(NewerVersion):
        read_update(update_body(a_ledger(), (), SLOT, None).replace('"v":1', '"v":2'))


@pytest.mark.parametrize("broken", [{"v": "one"}, {"value": "much"}, {"value": 3}])
def test_a_broken_ledger_is_told(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        read_metadata(metadata(a_ledger()) | broken)


@pytest.mark.parametrize("ledger", [a_ledger(), a_ledger(value=None), a_ledger(scopes=()), a_ledger(comment="c-1")])
def test_metadata_holds_strings_and_numbers_only(ledger: Ledger) -> None:
    written = metadata(ledger)

    assert {type(value) for value in written.values()} <= {str, int}
    assert read_metadata(written) == ledger


@pytest.mark.parametrize(
    ("plain", "markdown"),
    [
        ("*a* [b](c)", "\\*a\\* \\[b\\]\\(c\\)"),
        ("- a\n1. b", "\\- a\n1\\. b"),
        ("@ann see https://linear.app/x", "\\@ann see https\\://linear.app/x"),
        ("# not a title", "\\# not a title"),
        ("12:30, 1.5 done", "12:30, 1.5 done"),
        ("safe \u202egnp.exe\x07", "safe gnp.exe"),
    ],
)
def test_plain_text_stays_plain(plain: str, markdown: str) -> None:
    assert escaped(plain) == markdown


def test_the_same_thing_has_the_same_client_id_shaped_like_version_4() -> None:
    ident = client_id("org", "comment", "issue", "K1")

    assert ident == client_id("org", "comment", "issue", "K1")
    assert ident != client_id("org", "comment", "issueK", "1")
    assert uuid.UUID(ident).version == 4
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", ident)
