"""Explicit tags: every spelling that people use, and what is said of one that names no live key result."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from support.builders import TODAY, a_kr, a_period, a_registry, an_issue

from mappings.model import Issue
from mappings.okrs import Status
from mappings.tags import Meaning, Tag, TagReader

REGISTRY = a_registry(
    a_kr("PAY-O1-KR1", aliases=("p1-incidents", "checkout")),
    a_kr("PAY-O1-KR2"),
    a_kr("PAY-O1-KR5", status=Status.DRAFT),
    a_kr("PAY-O1-KR6", status=Status.RETIRED, status_on=date(2026, 11, 2), status_reason="no longer ours"),
    a_kr("PAY-O1-KR7", status=Status.REPLACED, replaced_by="pay_o1_kr8"),
    a_kr("PAY-O1-KR8", status=Status.REPLACED, replaced_by="PAY-O1-KR2"),
    a_kr("PAY-O1-KR9", status=Status.REPLACED, replaced_by="PAY-O1-KR10"),
    a_kr("PAY-O1-KR10", status=Status.REPLACED, replaced_by="PAY-O1-KR9"),
    a_kr("PAY-O1-KR12", status=Status.REPLACED),
    a_kr("OLD-O1-KR1", title="Key result pay-o1-kr1", period="2026-Q3"),
    a_kr("OLD-O1-KR2", title="Nobody carried this on", period="2026-Q3"),
    a_kr("PAY-O1-KR13", status=Status.REPLACED, replaced_by="OLD-O1-KR2"),
    periods=(a_period("2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30), closes=None), a_period()),
)


def a_reader(prefix: str = "okr:", today: date = TODAY) -> TagReader:
    return TagReader(REGISTRY, prefix, today)


def read(**changes: Any) -> list[tuple[str, str]]:
    """(text, place) of every tag of an issue that is made with these."""
    return [(tag.text, tag.place) for tag in a_reader().tags(an_issue(**changes))]


def names(issue: Issue) -> list[str]:
    """Ids of the live key results that the issue's tags name, and the problems of those that name none."""
    reader = a_reader()
    found = [reader.meaning(tag) for tag in reader.tags(issue)]
    return [meaning.kr.id if meaning.kr else meaning.problem for meaning in found]


def meaning(text: str) -> Meaning:
    return a_reader().meaning(Tag(text, "label"))


@pytest.mark.parametrize(
    "label",
    [
        "okr:PAY-O1-KR1",
        "OKR:pay-o1-kr1",
        "okr:pay_o1.kr1",
        "Okr:Pay/O1/Kr1",
        " okr: PAY-O1-KR1 ",
        "okr:CheckOut",
        "okr:p1_incidents",
    ],
)
def test_a_label_names_its_key_result_in_any_case_and_with_any_separator(label: str) -> None:
    assert names(an_issue(labels=(label,))) == ["PAY-O1-KR1"]


@pytest.mark.parametrize("label", ["PAY-O1-KR1", "okr", "myokr:PAY-O1-KR1", "okr-unaligned", "backend"])
def test_a_label_without_the_prefix_is_no_tag(label: str) -> None:
    assert read(labels=(label,)) == []


@pytest.mark.parametrize("group", ["okr", "OKR", " okr "])
def test_a_label_in_the_group_of_the_prefix_is_a_tag(group: str) -> None:
    issue = an_issue(labels=("PAY-O1-KR1",), label_groups=((group, "PAY-O1-KR1"),))

    assert names(issue) == ["PAY-O1-KR1"]


def test_a_label_of_another_group_is_no_tag() -> None:
    assert read(label_groups=(("goals", "PAY-O1-KR1"),)) == []


def test_the_prefix_can_be_configured() -> None:
    reader = a_reader(prefix="goal/")
    issue = an_issue(
        labels=("goal/PAY-O1-KR1", "okr:PAY-O1-KR2"),
        label_groups=(("Goal", "PAY-O1-KR5"),),
        description="Goal: PAY-O1-KR6\nOKR: PAY-O1-KR7",
    )

    assert [tag.text for tag in reader.tags(issue)] == ["PAY-O1-KR1", "PAY-O1-KR5", "PAY-O1-KR6"]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("[PAY-O1-KR1] Retry cards", "PAY-O1-KR1"),
        ("Retry cards [pay_o1_kr1]", "pay_o1_kr1"),
        ("Retry [ PAY-O1-KR1 ] cards", "PAY-O1-KR1"),
        ("[okr: PAY-O1-KR1] Retry cards", "PAY-O1-KR1"),
        ("[okr:anything at all] Retry cards", "anything at all"),
        ("[checkout] Retry cards", "checkout"),
        ("[chekout] Retry cards", "chekout"),
        ("[PAY-O1-KR11] Retry cards", "PAY-O1-KR11"),
        ("[pay-whatever] Retry cards", "pay-whatever"),
        ("[[PAY-O1-KR1]] Retry cards", "PAY-O1-KR1"),
    ],
)
def test_brackets_in_a_title_are_a_tag_where_they_resemble_one(title: str, text: str) -> None:
    assert read(title=title) == [(text, "title")]


@pytest.mark.parametrize(
    "title",
    [
        "[ios] Crash on start",
        "[PAY-123] follow-up",
        "[CHECK-1] again",
        "[WIP]",
        "[a b c]",
        "[]",
        "[PAY-O1-KR1",
        "PAY-O1-KR1",
        "[payments] Retry",
        "[x-y] Retry",
        "[" + "PAY-O1-KR1" * 9 + "]",
    ],
)
def test_other_brackets_in_a_title_are_no_tag(title: str) -> None:
    assert read(title=title) == []


def test_short_words_are_not_taken_for_a_typo() -> None:
    reader = TagReader(a_registry(a_kr("A-KR1", aliases=("apis",))), "okr:", TODAY)

    assert reader.tags(an_issue(title="[apix] Crash")) == ()
    assert [tag.text for tag in reader.tags(an_issue(title="[apis] Crash", tag_values=("apis first",)))] == [
        "apis",
        "apis",
    ]


def test_an_issue_key_that_is_a_known_id_is_a_tag() -> None:
    reader = TagReader(a_registry(a_kr("OKR-12", objective="O")), "okr:", TODAY)

    assert [tag.text for tag in reader.tags(an_issue(title="[OKR-12] and [OKR-99]"))] == ["OKR-12"]


@pytest.mark.parametrize(
    "line",
    [
        "OKR: PAY-O1-KR1",
        "okr : pay_o1_kr1",
        "OKR=PAY-O1-KR1",
        "**OKR:** PAY-O1-KR1",
        "**OKR**: `PAY-O1-KR1`",
        "*OKR:* [PAY-O1-KR1]",
        "_OKR_: _PAY-O1-KR1_",
        "- OKR: PAY-O1-KR1.",
        "  * OKR: (PAY-O1-KR1)",
        "> OKR: okr:PAY-O1-KR1",
        "`OKR: PAY-O1-KR1`",
        "{{OKR: PAY-O1-KR1}}",
        "## OKR: PAY-O1-KR1",
        "OKR: <PAY-O1-KR1>",
        "OKR:\tPAY-O1-KR1\r",
        "OKR: PAY-O1-KR1 because it lowers the incidents",
    ],
)
def test_a_trailer_is_read_in_its_decoration(line: str) -> None:
    assert names(an_issue(description=f"What to do.\n\n{line}\nMore.")) == ["PAY-O1-KR1"]


@pytest.mark.parametrize(
    "text", ["This is for OKR: PAY-O1-KR1", "OKRs: PAY-O1-KR1", "OKR PAY-O1-KR1", "OKR:\nPAY-O1-KR1", "OKR:   "]
)
def test_prose_about_a_key_result_is_no_trailer(text: str) -> None:
    assert read(description=text) == []


def test_a_trailer_that_can_be_no_tag_is_one_tag_that_names_nothing() -> None:
    assert read(description="OKR: " + "see  the wiki " * 20) == [(("see the wiki " * 20)[:80], "trailer")]


def test_each_trailer_line_and_each_word_of_it_is_read() -> None:
    description = "OKR: PAY-O1-KR1, PAY-O1-KR2; none-bug\nokr: new"

    assert [text for text, _ in read(description=description)] == ["PAY-O1-KR1", "PAY-O1-KR2", "none-bug", "new"]


@pytest.mark.parametrize("value", ["PAY-O1-KR1", "okr:pay-o1-kr1", "PAY-O1-KR1 - Cut P1 incidents", "checkout"])
def test_a_field_value_is_a_tag(value: str) -> None:
    assert names(an_issue(tag_values=(value, "  "))) == ["PAY-O1-KR1"]


@pytest.mark.parametrize(
    ("changes", "weight"),
    [
        ({"labels": ("okr:PAY-O1-KR1=2",)}, "2"),
        ({"title": "[PAY-O1-KR1=2] Retry"}, "2"),
        ({"label_groups": (("okr", "PAY-O1-KR1=03"),)}, "3"),
        ({"description": "OKR: PAY-O1-KR1=0.7"}, "0.7"),
        ({"tag_values": ("PAY-O1-KR1=70%",)}, "70"),
        ({"description": "OKR: PAY-O1-KR1="}, None),
        ({"labels": ("okr:PAY-O1-KR1",)}, None),
    ],
)
def test_a_tag_may_carry_a_weight_wherever_it_stands(changes: dict[str, Any], weight: str | None) -> None:
    (tag,) = a_reader().tags(an_issue(**changes))

    assert (tag.text, tag.weight) == ("PAY-O1-KR1", Decimal(weight) if weight else None)


@pytest.mark.parametrize("weight", ["0", "0.0", "-1", "much", "1e9", "12345678", "٣"])
def test_a_weight_that_cannot_be_read_breaks_the_tag_rather_than_being_guessed(weight: str) -> None:
    (tag,) = a_reader().tags(an_issue(labels=(f"okr:PAY-O1-KR1={weight}",)))

    assert tag == Tag(f"PAY-O1-KR1={weight}", "label")
    assert a_reader().meaning(tag).problem == "names no key result"


def test_tags_come_from_all_places_each_once() -> None:
    issue = an_issue(
        labels=("okr:PAY-O1-KR1", "OKR:pay_o1_kr1"),
        title="[PAY-O1-KR1] Retry",
        description="OKR: PAY-O1-KR1 PAY-O1-KR1",
        tag_values=("PAY-O1-KR1",),
    )

    assert [tag.place for tag in a_reader().tags(issue)] == ["label", "title", "trailer", "field"]


@pytest.mark.parametrize(("text", "routine"), [("none-bug", "bug"), ("NONE_Bug", "bug"), ("none", "")])
def test_none_declares_routine_work(text: str, routine: str) -> None:
    assert meaning(text) == Meaning(routine=routine)


def test_new_waits_for_a_key_result() -> None:
    assert meaning("New") == Meaning(is_new=True)


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("PAY-O1-KR11", "PAY-O1-KR1"),
        ("PAI-O1-KR2", "PAY-O1-KR2"),
        ("chekcout", "checkout"),
        ("zebra", None),
    ],
)
def test_an_unknown_tag_comes_with_the_live_name_that_was_probably_meant(text: str, suggestion: str | None) -> None:
    assert meaning(text) == Meaning(problem="names no key result", suggestion=suggestion)


def test_an_empty_tag_is_said_to_be_empty() -> None:
    assert meaning(" ") == Meaning(problem="is empty")


def test_a_retired_key_result_is_never_suggested() -> None:
    assert meaning("PAY-O1-KR66").suggestion != "PAY-O1-KR6"


def test_an_objective_is_no_key_result() -> None:
    found = meaning("pay-o1")

    assert (found.kr, found.problem) == (None, "is an objective, not a key result")
    assert found.suggestion == "PAY-O1-KR1"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("PAY-O1-KR5", "PAY-O1-KR5 is a draft"),
        ("PAY-O1-KR6", "PAY-O1-KR6 was retired on 2026-11-02: no longer ours"),
        ("PAY-O1-KR9", "PAY-O1-KR10 was replaced"),
        ("PAY-O1-KR12", "PAY-O1-KR12 was replaced"),
        ("PAY-O1-KR13", "OLD-O1-KR2 belongs to period 2026-Q3"),
        ("OLD-O1-KR2", "OLD-O1-KR2 belongs to period 2026-Q3"),
    ],
)
def test_a_key_result_that_is_not_live_takes_no_link_and_says_why(text: str, problem: str) -> None:
    assert meaning(text) == Meaning(problem=problem)


def test_last_periods_key_result_suggests_the_one_of_the_same_title() -> None:
    found = meaning("OLD-O1-KR1")

    assert (found.problem, found.suggestion) == ("OLD-O1-KR1 belongs to period 2026-Q3", "PAY-O1-KR1")


@pytest.mark.parametrize(
    ("text", "via"),
    [("PAY-O1-KR8", "PAY-O1-KR8 was replaced by PAY-O1-KR2"), ("PAY-O1-KR7", "PAY-O1-KR7 was replaced by PAY-O1-KR2")],
)
def test_a_replaced_key_result_links_on_to_the_end_of_its_chain(text: str, via: str) -> None:
    found = meaning(text)

    assert (found.kr and found.kr.id, found.via, found.problem) == ("PAY-O1-KR2", via, "")


@pytest.mark.parametrize(
    ("today", "is_live"), [("2026-09-30", False), ("2026-10-01", True), ("2027-01-15", True), ("2027-01-16", False)]
)
def test_a_tag_is_live_from_the_periods_first_day_until_it_closes(today: str, is_live: bool) -> None:
    found = a_reader(today=date.fromisoformat(today)).meaning(Tag("PAY-O1-KR1", "label"))

    assert (found.kr is not None) == is_live


def test_an_id_beats_an_alias_of_the_same_spelling() -> None:
    registry = a_registry(a_kr("A-KR1", aliases=("A-KR2",)), a_kr("A-KR2"))

    found = TagReader(registry, "okr:", TODAY).meaning(Tag("a.kr2", "label"))

    assert found.kr == registry.by_name["a-kr2"]
    assert found.kr is not None
    assert found.kr.id == "A-KR2"


def test_a_weight_may_stand_apart_from_its_tag() -> None:
    found = an_issue(description="OKR: PAY-O1-KR1 = 3, PAY-O1-KR2 =1")

    assert [(tag.text, tag.weight) for tag in a_reader().tags(found)] == [
        ("PAY-O1-KR1", Decimal(3)),
        ("PAY-O1-KR2", Decimal(1)),
    ]
