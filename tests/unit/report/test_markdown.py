"""The CI summary: upstream text cannot become markup, and a long report is cut and says so."""

import re

import pytest
from markdown_it import MarkdownIt
from support.report_documents import (
    NO_WORK,
    a_broken_tag,
    a_followed_sprint,
    a_key_result,
    a_next_sprint,
    a_reading,
    a_report,
    a_rich_report,
    a_team,
    a_write,
    some_work,
)

from syncer.report.markdown import LIMIT, cell, link, to_markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "a | b | c",
    "`code` and ``more``",
    "[click](https://evil.example)",
    "![pixel](https://evil.example/p.png)",
    "<https://evil.example>",
    "**bold** _it_ ~~gone~~",
    "line one\n# heading\n- item\r\n\n```\nfence",
    "\\| already escaped \\",
    "&lt;b&gt; &amp;",
    "[x]: https://evil.example",
]


def rendered(markdown: str) -> str:
    """What a renderer that lets raw HTML through (as the CI systems do, before they clean it) makes of it."""
    return str(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))


def tags_of(html: str) -> list[str]:
    return re.findall(r"<(/?\w+)", html)


@pytest.mark.parametrize("text", HOSTILE)
def test_upstream_text_stays_text(text: str) -> None:
    def everywhere(words: str) -> str:
        return to_markdown(
            a_report(
                readings=(a_reading(complete=False, problem=words),),
                teams=(a_team(name=words),),
                key_results=(a_key_result(title=words, write=a_write(status="refused", reason=words)),),
                work=(some_work(title=words),),
                broken_tags=(a_broken_tag(text=words, reason=words, suggestion=words),),
                notes=(words,),
            )
        )

    assert tags_of(rendered(everywhere(text))) == tags_of(rendered(everywhere("calm")))


@pytest.mark.parametrize(
    "text", ["see https://evil.example/x", "HTTP://evil.example", "www.evil.example", "ftp://x.example"]
)
def test_an_address_in_a_title_is_no_link(text: str) -> None:
    # GitHub makes links of bare addresses: only "://" and "www." that stand unescaped in the source start one.
    assert not re.search(r"(?<!\\)://|www(?<!\\)\.", cell(text))
    assert re.sub(r"</?p>|\n", "", rendered(cell(text))) == text


def test_an_issue_links_to_its_tracker() -> None:
    assert link("PAY-1", "https://acme.example/browse/PAY-1?a=1&b=2") == (
        "[PAY-1](https://acme.example/browse/PAY-1?a=1&b=2)"
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "data:text/html,x", "https://x.example/a b", "//x.example"])
def test_only_plain_http_addresses_become_links(url: str) -> None:
    assert link("PAY-1", url) == "PAY-1"


def test_an_address_cannot_leave_its_link_or_its_cell() -> None:
    written = link("PAY-1", "https://x.example/a)|[b](c|d")

    assert rendered(written) == '<p><a href="https://x.example/a%29%7C%5Bb%5D%28c%7Cd">PAY-1</a></p>\n'


def test_control_and_bidi_characters_are_taken_out() -> None:
    assert cell("a\u202eb\x1b[0m\x00\u2067c") == "ab\\[0mc"


def test_unknown_is_said_and_is_not_zero() -> None:
    text = to_markdown(a_report(key_results=(a_key_result(score=None, health="unknown", delivery=NO_WORK),)))

    assert "| unknown | unknown, no linked work | unknown |" in text


def test_every_row_has_a_cell_for_every_column() -> None:
    tables = re.findall(r"(?:^\|.*\n)+", to_markdown(a_rich_report()), re.MULTILINE)

    cells = [{len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()} for table in tables]

    assert len(tables) > 3
    assert [table for table, found in zip(tables, cells, strict=True) if len(found) != 1] == []


def test_a_failed_source_is_said_at_the_top() -> None:
    text = to_markdown(a_report(readings=(a_reading(complete=False, problem="no access to board 31"),)))

    assert "**jira-main/payments** was not read: no access to board 31" in text.partition("## Sprints")[0]


def test_a_report_that_fits_leaves_nothing_out() -> None:
    assert "Left out" not in to_markdown(a_rich_report())


def test_a_long_report_is_cut_to_its_limit_and_says_what_is_missing() -> None:
    work = tuple(some_work(f"PAY-{n}", title="ünïcode " * 40) for n in range(3000))

    text = to_markdown(a_report(work=work, notes=("the last word",)))

    assert 0.95 * LIMIT < len(text.encode()) <= LIMIT
    shown = text.count("| Payments | [PAY-")
    assert f"Left out to fit the size of a summary.** Work without a goal: {3000 - shown:,} lines." in text
    assert "- the last word" in text, "one long list must not push the rest out"
    assert "| jira-main/payments | jira |" in text


def test_the_same_report_is_the_same_text() -> None:
    assert to_markdown(a_rich_report()) == to_markdown(a_rich_report())


def test_the_summary_says_what_became_of_what_planning_found_and_what_comes_next() -> None:
    team = a_team(followed=a_followed_sprint("tied", "routine", "left"))
    text = to_markdown(a_report(teams=(team,), next_sprints=(a_next_sprint(),)))

    assert "| Payments | Payments 42, 16 Nov 2026 | 3 | 1 | 1 | 0 | 1 |" in text
    row = next(line for line in text.splitlines() if line.startswith("| Payments<br>Payments 43"))
    assert "PAY-O1-KR1 45 %" in row
    assert "PAY-O1-KR2 is behind and nothing is planned for it" in row
    assert "[PAY-501](https://acme.example/browse/PAY-501) <code>okr:PAY-O1-KR1</code>" in row


def test_what_has_not_been_seen_before_has_no_section_of_its_own() -> None:
    text = to_markdown(a_report())

    assert "What became of" not in text
    assert "The next sprint" not in text


def test_the_summary_begins_with_what_to_talk_about_and_the_day_of_the_last_good_figures() -> None:
    text = to_markdown(a_rich_report())

    assert "1. PAY-O1-KR2: 93 % of the work is done and the outcome stands at 8 %" in text
    assert "Last good figures: 20 Nov 2026." in text
    assert text.index("1. PAY-O1-KR2") < text.index("## Sprints")
