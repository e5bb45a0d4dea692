"""Atlassian's documents, both ways."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert

from adapters.jira.adf import LONGEST_COMMENT, Node, comment_body, is_marked, living_text, plain_text

words = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
paragraphs = st.lists(st.lists(words, min_size=1, max_size=3).map("\n".join), max_size=4).map(tuple)


def document(body: dict[str, object]) -> Node:
    return convert(body, Node)


def a_paragraph(*content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "paragraph", "content": list(content)}


@given(paragraphs)
def test_a_living_text_is_found_again_as_it_was_given(text: tuple[str, ...]) -> None:
    found = document(comment_body(text, "PAY-O1-KR1"))

    assert living_text(found) == text
    assert is_marked(found, "PAY-O1-KR1")


def test_only_the_exact_marker_as_code_at_the_end_is_ours() -> None:
    body = comment_body(("Text.",), "PAY-O1-KR1")
    content: Any = body["content"]
    plain = {"type": "doc", "content": [a_paragraph({"type": "text", "text": "okrsync PAY-O1-KR1"})]}
    more = {"type": "doc", "content": [*content, a_paragraph({"type": "text", "text": "P.S."})]}

    assert is_marked(document(body), "PAY-O1-KR1")
    assert not is_marked(document(body), "PAY-O1-KR10")
    assert not is_marked(document(body), "PAY-O1-KR")
    assert not is_marked(document(plain), "PAY-O1-KR1")
    assert not is_marked(document(more), "PAY-O1-KR1")
    assert not is_marked(document({"type": "doc", "content": []}), "PAY-O1-KR1")


def test_a_text_longer_than_jira_takes_is_cut_and_keeps_its_marker() -> None:
    found = document(comment_body(("x" * 20_000, "y" * 20_000, "z"), "PAY-O1-KR1"))

    assert len(plain_text(found)) < LONGEST_COMMENT + 100
    assert is_marked(found, "PAY-O1-KR1")


def test_no_text_node_is_empty_because_jira_refuses_those() -> None:
    content: Any = comment_body(("a\n\nb", ""), "PAY-O1-KR1")["content"]

    assert all(node.get("text") != "" for block in content for node in block["content"])


def test_a_mention_is_no_text_and_every_block_stands_on_its_own_line() -> None:
    text = {"type": "text", "text": "one "}
    item = {"type": "listItem", "content": [a_paragraph({"type": "text", "text": "item"})]}
    trailer = a_paragraph(text, {"type": "hardBreak"}, {"type": "text", "text": "OKR: PAY-O1-KR1"})
    mention = {"type": "mention", "attrs": {"text": "@Ann"}}
    blocks = [a_paragraph(text, mention, text), {"type": "bulletList", "content": [item, item]}, trailer]

    found = plain_text(document({"type": "doc", "content": blocks}))

    assert found == "one one \nitem\nitem\none \nOKR: PAY-O1-KR1"
