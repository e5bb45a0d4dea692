"""The `okr` block of a page: read from its fences, and from nothing else."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.fenced import OkrBlock, print_block, read_block

PAGE = """\
# Activation

We want ```okr``` to be *felt*.

```okr
id = "GRO-O1-KR1"
start = 31
current = 32.5
on = 2026-11-13
```

okr: 99
"""

TEXT = st.text(st.characters(codec="utf-8"))
SCALARS = (
    TEXT
    | st.integers(-(10**12), 10**12)
    | st.booleans()
    | st.dates()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
)


def test_the_block_is_read_and_the_page_around_it_is_not() -> None:
    assert read_block(PAGE) == OkrBlock(
        {"id": "GRO-O1-KR1", "start": 31, "current": Decimal("32.5"), "on": date(2026, 11, 13)}
    )


@pytest.mark.parametrize(
    "page",
    [
        "",
        "okr: 7",
        "id = 1",
        "```toml\nid = 1\n```",
        "```okrs\nid = 1\n```",
        "    ```okr\n    id = 1\n    ```",
        "````markdown\n```okr\nid = 1\n```\n````",
        "~~~\n```okr\nid = 1\n```\n~~~",
    ],
)
def test_a_page_without_a_block_of_its_own_has_none(page: str) -> None:
    assert read_block(page) is None


@pytest.mark.parametrize(
    "page",
    ["```okr\nid = 1\n```", "~~~ OKR\nid = 1\n~~~~", "  ```okr \r\nid = 1\r\n```\r\n", "x\n````okr\nid = 1\n````"],
)
def test_any_fence_of_markdown_will_do(page: str) -> None:
    assert read_block(page) == OkrBlock({"id": 1})


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ("```okr\nid = 1\n```\n```okr\nid = 2\n```", "has 2 okr blocks"),
        ("```okr\nid = 1", "is not closed"),
        ("```okr\nid = \nx = 1\n```", "is not valid TOML: invalid value (at line 1, column 6)"),
        ("```okr\nid = 1\nid = 2\n```", "is not valid TOML"),
        (f"```okr\nx = {'1' * 5000}\n```", "is not valid TOML"),
        (f"```okr\nx = {'[' * 5000}\n```", "is not valid TOML"),
        (f"```okr\n# {'x' * 20000}\n```", "is longer than"),
    ],
)
def test_what_cannot_be_read_is_said_and_gives_no_values(page: str, problem: str) -> None:
    found = read_block(page)

    assert found is not None
    assert problem in found.problem
    assert found.values == {}


@given(
    st.text() | st.lists(st.sampled_from(["```", "```okr", "~~~", "a = 1", "[[", '"', "\n", "  ", "x"])).map("\n".join)
)
def test_no_page_makes_it_fail(page: str) -> None:
    found = read_block(page)

    assert found is None or not (found.problem and found.values)


@given(
    st.dictionaries(TEXT, SCALARS | st.lists(SCALARS, max_size=3), max_size=6),
    st.sampled_from(["", "Some words.\n\n", "```toml\nx = 1\n```\n", "okr: 7\n"]),
)
def test_what_is_printed_is_read_back_whatever_stands_around_it(values: dict[str, object], around: str) -> None:
    found = read_block(f"{around}{print_block(values)}\n{around}")

    assert found == OkrBlock(values)
