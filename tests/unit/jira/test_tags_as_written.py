"""Tags as teams write them, through what reads them: Atlassian's documents, wiki text, Markdown, and custom fields."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import convert
from support import builders
from support.builders import TODAY, a_kr, a_registry
from unit.jira.jira_site import PAY, SINCE, Jira, a_site, an_issue, served

from adapters.jira import adf, wiki
from adapters.sandbox.jira.fields import OKR
from mappings.model import Issue
from mappings.tags import TagReader

READER = TagReader(a_registry(a_kr("PAY-O1-KR1", aliases=("p1-incidents",)), a_kr("PAY-O1-KR2")), "okr:", TODAY)


def said(issue: Issue) -> list[str]:
    """What each tag means, with its weight."""
    found = []
    for tag in READER.tags(issue):
        meaning = READER.meaning(tag)
        weight = f"={tag.weight}{'%' * tag.is_percent}" if tag.weight else ""
        routine = None if meaning.routine is None else f"none {meaning.routine}".strip()
        word = meaning.kr.id if meaning.kr else routine or ("new" if meaning.is_new else meaning.problem)
        found.append(f"{word}{weight}")
    return found


def text(words: str, *marks: str) -> dict[str, Any]:
    return {"type": "text", "text": words, "marks": [{"type": mark} for mark in marks]}


def block(kind: str, *content: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "content": list(content)}


def paragraph(*content: dict[str, Any]) -> dict[str, Any]:
    return block("paragraph", *content)


BREAK = {"type": "hardBreak"}
PLAIN = paragraph(text("OKR: PAY-O1-KR1"))


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([paragraph(text("Retry the card.")), PLAIN], ["PAY-O1-KR1"]),
        ([paragraph(text("OKR:", "strong"), text(" "), text("pay_o1_kr1", "code"))], ["PAY-O1-KR1"]),
        ([paragraph(text("Retry."), BREAK, text("OKR: "), text("p1-incidents", "link"))], ["PAY-O1-KR1"]),
        ([block("heading", text("OKR: PAY-O1-KR1"))], ["PAY-O1-KR1"]),
        ([block("bulletList", block("listItem", paragraph(text("Retry"))), block("listItem", PLAIN))], ["PAY-O1-KR1"]),
        ([block("taskList", block("taskItem", text("okr = PAY-O1-KR1")))], ["PAY-O1-KR1"]),
        (
            [block("panel", PLAIN), block("blockquote", paragraph(text("OKR: PAY-O1-KR2")))],
            ["PAY-O1-KR1", "PAY-O1-KR2"],
        ),
        ([block("table", block("tableRow", block("tableCell", PLAIN), block("tableCell", PLAIN)))], ["PAY-O1-KR1"]),
        ([block("codeBlock", text("OKR: PAY-O1-KR1=70%, PAY-O1-KR2"))], ["PAY-O1-KR1=70%", "PAY-O1-KR2"]),
        ([block("expand", paragraph(text("okr: none-bug")))], ["none bug"]),
        ([paragraph(text("OKR: "), {"type": "mention", "attrs": {"text": "@PAY-O1-KR1"}})], []),
        ([paragraph(text("It is for OKR: PAY-O1-KR1"))], []),
    ],
)
def test_a_trailer_in_a_document_is_read_wherever_an_editor_puts_it(
    blocks: list[dict[str, Any]], expected: list[str]
) -> None:
    document = convert({"type": "doc", "version": 1, "content": blocks}, adf.Node)

    assert said(builders.an_issue(description=adf.plain_text(document))) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Retry.\r\n\r\n*OKR:* PAY-O1-KR1\r\n", ["PAY-O1-KR1"]),
        ("h3. OKR: PAY-O1-KR1", ["PAY-O1-KR1"]),
        ("bq. OKR: PAY-O1-KR1", ["PAY-O1-KR1"]),
        ("# Retry\n# OKR: {{pay-o1-kr1}}", ["PAY-O1-KR1"]),
        ("{panel:title=Why}\n_OKR:_ PAY-O1-KR1, PAY-O1-KR2\n{panel}", ["PAY-O1-KR1", "PAY-O1-KR2"]),
        ("{quote}OKR: PAY-O1-KR1=2{quote}", ["PAY-O1-KR1=2"]),
        ("{noformat}\nOKR: PAY-O1-KR1\n{noformat}", ["PAY-O1-KR1"]),
        ("OKR: [PAY-O1-KR1|https://wiki.example/okr]", ["PAY-O1-KR1"]),
        ("|OKR: PAY-O1-KR1|", ["PAY-O1-KR1"]),
        ("OKR: PAY\\-O1\\-KR1", ["PAY-O1-KR1"]),
        ("okr: new", ["new"]),
        ("OKR: none", ["none"]),
        ("OKR: PAY-O9-KR1", ["names no key result"]),
    ],
)
def test_a_trailer_in_wiki_text_is_read_in_its_formatting(written: str, expected: list[str]) -> None:
    assert said(builders.an_issue(description=wiki.plain_text(written))) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Retry.\n\n**OKR**: PAY-O1-KR1", ["PAY-O1-KR1"]),
        ("- [ ] OKR: PAY-O1-KR1", ["PAY-O1-KR1"]),
        ("1. OKR: PAY-O1-KR1", ["PAY-O1-KR1"]),
        ("### okr: `PAY-O1-KR1` & `PAY-O1-KR2`", ["PAY-O1-KR1", "PAY-O1-KR2"]),
        ("> OKR: [PAY-O1-KR1](https://wiki.example/okr)", ["PAY-O1-KR1"]),
        ("| OKR: PAY-O1-KR1 |", ["PAY-O1-KR1"]),
        ("+++ Why\n\nOKR: PAY-O1-KR1\n+++", ["PAY-O1-KR1"]),
        ("OKR: PAY-O1-KR1=80%, p1-incidents", ["PAY-O1-KR1=80%", "PAY-O1-KR1"]),
    ],
)
def test_a_trailer_in_markdown_is_read_in_its_formatting(written: str, expected: list[str]) -> None:
    assert said(builders.an_issue(description=written)) == expected


@pytest.fixture
def jira(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jira]:
    with served(a_site(), monkeypatch) as running:
        yield running


def test_a_tag_field_may_be_a_text_a_choice_or_several(jira: Jira) -> None:
    values: list[tuple[Any, list[str]]] = [
        ("PAY-O1-KR1", ["PAY-O1-KR1"]),
        ("okr:pay.o1.kr1=2; PAY-O1-KR2", ["PAY-O1-KR1=2", "PAY-O1-KR2"]),
        ("https://wiki.example/okr", ["names no key result"]),
        ({"id": "10100", "value": "PAY-O1-KR1 - Cut P1 incidents"}, ["PAY-O1-KR1"]),
        ([{"id": "1", "value": "P1-Incidents"}, {"id": "2", "value": "PAY-O1-KR2"}], ["PAY-O1-KR1", "PAY-O1-KR2"]),
        (
            {"id": "1", "value": "Payments", "child": {"id": "2", "value": "PAY-O1-KR1"}},
            ["names no key result", "PAY-O1-KR1"],
        ),
        (["PAY-O1-KR1", "none-bug"], ["PAY-O1-KR1", "none bug"]),
        ([{"id": "3", "name": "PAY-O1-KR2"}], ["PAY-O1-KR2"]),
        ({"type": "doc", "version": 1, "content": [paragraph(text("PAY-O1-KR1"))]}, ["PAY-O1-KR1"]),
        ([], []),
        (None, []),
        ("  ", []),
    ]
    jira.site.issues.extend(an_issue(number, custom={OKR: value}) for number, (value, _) in enumerate(values))

    issues = jira.connect(tag_fields=["OKR"]).read(PAY, since=SINCE).issues

    found = {issue.key: said(issue) for issue in issues}
    assert found == {f"PAY-{number}": expected for number, (_, expected) in enumerate(values)}


def test_several_tags_on_one_issue_come_from_every_place_in_any_spelling(jira: Jira) -> None:
    labels = ["OKR:pay-o1-kr1", "okr:PAY_O1_KR1", "okr:Pay.O1/Kr2=3", "okr:none-bug", "backend"]
    jira.site.issues.append(
        an_issue(1, labels=labels, description="Why.\nOKR: p1-incidents", summary="[okr:new] Retry")
    )

    [issue] = jira.connect().read(PAY, since=SINCE).issues

    assert said(issue) == ["PAY-O1-KR1", "PAY-O1-KR2=3", "none bug", "new", "PAY-O1-KR1"]
