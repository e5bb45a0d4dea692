"""Tags: any text may come, and any spelling of an id leads back to it."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from support.builders import TODAY, a_kr, a_registry, an_issue

from mappings.okrs import normal_id
from mappings.tags import Tag, TagReader

READER = TagReader(
    a_registry(*(a_kr(f"PAY-O{o}-KR{n}", aliases=(f"goal-{o}-{n}",)) for o in range(5) for n in range(5))),
    "okr:",
    TODAY,
)
NASTY = st.text(alphabet="okrOKR:=[](){}<>*_-`.,;/\\ \t\r\n\u2028\x00\u202eİßpay1" + "٣", max_size=200)
IDS = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,5}([-._/][A-Za-z0-9]{1,5}){0,4}", fullmatch=True)


@given(NASTY | st.text(max_size=200))
@example("[" * 100 + "okr:" + "]" * 100)
@example("OKR: \x00")
def test_no_text_crashes_the_reader_and_every_tag_has_a_meaning(text: str) -> None:
    issue = an_issue(
        title=text, description=text, labels=(text, f"okr:{text}"), label_groups=(("okr", text),), tag_values=(text,)
    )

    tags = READER.tags(issue)

    for tag in tags:
        found = READER.meaning(tag)
        assert sum([found.kr is not None, found.routine is not None, found.is_new, bool(found.problem)]) == 1
    assert "label" in {tag.place for tag in tags}


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        *[
            ("", piece)
            for piece in ("[", "[a", "]", "[]", "okr", "okr ", "okr:", "okr: ", "okr: * ", "\nokr", "\nokr: ")
        ],
        *[("", piece) for piece in ("* ", "> ", "\n* ", "\n>*_ ", "PAY-", "PAY-O1-KR1 ", "a=", "=", ",", "\n")],
        *[("", piece) for piece in ("|", "\n| ", "\n1. ", "\n- [ ] ", "\n[ ] *", "1. ", "[ ] ", "](", "\n1. **okr")],
        *[("1. ", piece) for piece in ("*", "*_`", " ")],
        *[("okr", piece) for piece in (" ", "*", " *_", "\t\n")],
        *[("okr:", piece) for piece in (" ", "*", " *_", ".", "PAY-", "PAY-O1-KR1=", "PAY-O1-KR1=1 ")],
    ],
)
def test_reading_a_long_text_costs_no_more_than_its_length(head: str, piece: str) -> None:
    """Half a million characters of one piece: quadratic work would take hours and the suite would be stopped."""
    text = head + piece * (500_000 // len(piece)) + "\nokr"

    tags = READER.tags(an_issue(title=text, description=text, labels=("okr:" + text,), tag_values=(text,)))

    assert all(len(tag.text) <= 80 for tag in tags)
    assert all(READER.meaning(tag) for tag in tags[:100])


def respelled(id: str, separators: str, upper: list[bool]) -> str:
    """The id with its separators and its letters' case replaced."""
    pieces = re.split(r"[-._/]", id)
    joined = "".join(piece + separator for piece, separator in zip(pieces, separators, strict=False))[:-1]
    return "".join(letter.upper() if up else letter.lower() for letter, up in zip(joined, upper, strict=False))


@given(
    IDS,
    st.text(alphabet="-._/", min_size=6, max_size=6),
    st.lists(st.booleans(), min_size=40, max_size=40),
    st.sampled_from(["label", "group", "title", "prefixed title", "trailer", "field"]),
)
def test_an_id_in_any_spelling_and_any_place_leads_back_to_its_key_result(
    id: str, separators: str, upper: list[bool], place: str
) -> None:
    assume(normal_id(id) != "new")
    spelled = respelled(id, separators, upper)
    reader = TagReader(a_registry(a_kr(id, objective="the objective")), "okr:", TODAY)
    issue = {
        "label": an_issue(labels=(f"okr:{spelled}",)),
        "group": an_issue(label_groups=(("OKR", spelled),)),
        "title": an_issue(title=f"Do it [{spelled}]"),
        "prefixed title": an_issue(title=f"[OKR: {spelled}] do it"),
        "trailer": an_issue(description=f"Do it.\n**OKR:** {spelled}\n"),
        "field": an_issue(tag_values=(spelled,)),
    }[place]

    (tag,) = reader.tags(issue)

    found = reader.meaning(tag)
    assert found.kr is not None
    assert found.kr.id == id


WEIGHTS = st.none() | st.decimals("0.01", 9999, places=2, allow_nan=False) | st.integers(1, 100).map(lambda n: f"{n}%")
NAMES = st.sampled_from(
    ["PAY-O1-KR1", "pay_o3.kr4", "goal-2-2", "none", "none-bug", "new", "PAY-O9-KR9", "pay-o1-kr11"]
)
DECORATIONS = [
    "OKR: {}",
    "okr = {}",
    "**OKR:** {}",
    "- OKR: {}.",
    "> *OKR*: {}",
    "1. OKR: {}",
    "- [ ] OKR: {}",
    "| OKR: {} |",
]


def printed(tag: Tag) -> str:
    """The tag as a person would write it."""
    return tag.text if tag.weight is None else f"{tag.text}={tag.weight}{'%' * tag.is_percent}"


@given(
    st.dictionaries(NAMES, WEIGHTS, min_size=1),
    st.sampled_from(DECORATIONS),
    st.sampled_from([", ", "; ", " ", "\t", " | ", ",,"]),
)
def test_what_was_read_is_printed_and_read_again_as_the_same(
    tags: dict[str, object], decoration: str, between: str
) -> None:
    wanted = [name if weight is None else f"{name}={weight}" for name, weight in tags.items()]
    line = decoration.format(between.join(wanted))

    found = READER.tags(an_issue(description=f"Why.\n{line}\nMore."))

    again = READER.tags(an_issue(description=decoration.format(between.join(map(printed, found)))))
    assert list(map(printed, found)) == wanted
    assert again == found


@given(NASTY | st.text(max_size=120))
@example("=")
@example("=" + " " * 90 + "x")
@example("a" * 79 + " = b")
def test_any_text_that_was_read_as_a_tag_is_read_again_as_that_tag(text: str) -> None:
    for tag in READER.tags(an_issue(labels=(f"okr:{text}",))):
        [again] = READER.tags(an_issue(labels=(f"okr:{printed(tag)}",)))
        assert (normal_id(again.text), again.weight, again.is_percent) == (
            normal_id(tag.text),
            tag.weight,
            tag.is_percent,
        )


@given(st.lists(st.sampled_from(["PAY-O1-KR1", "pay_o1_kr1", "PAY-O2-KR2", "none", "new"]), max_size=6))
def test_a_tag_stands_once_for_each_place_however_often_it_is_written(words: list[str]) -> None:
    tags = READER.tags(an_issue(labels=tuple(f"okr:{word}" for word in words), tag_values=(" ".join(words),)))

    assert len({(tag.place, normal_id(tag.text)) for tag in tags}) == len(tags)
    assert {normal_id(tag.text) for tag in tags} == {normal_id(word) for word in words}


@given(st.text(max_size=30))
def test_the_meaning_of_a_tag_does_not_depend_on_what_was_asked_before(text: str) -> None:
    fresh = TagReader(a_registry(a_kr("PAY-O1-KR1")), "okr:", TODAY)
    used = TagReader(a_registry(a_kr("PAY-O1-KR1")), "okr:", TODAY)
    used.meaning(Tag(text.upper(), "title"))

    assert used.meaning(Tag(text, "label")) == fresh.meaning(Tag(text, "label"))
