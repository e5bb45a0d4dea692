"""The page: safe, self-contained, honest about what is unknown, usable by keyboard and screen reader."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from support.report_documents import (
    NO_WORK,
    a_broken_tag,
    a_key_result,
    a_reading,
    a_report,
    a_rich_report,
    a_team,
    a_write,
    an_objective,
    some_counts,
    some_work,
)

from syncer.report.html import stack, to_html
from syncer.report.schema import Report, RoutineShare, Run

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """What a browser would see: elements with attributes, text by element, and whether every element is closed."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.source = to_html(report)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.text.append(" " if tag in {"td", "th", "dt", "dd", "li", "p"} else "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "<!-- -->]]>&lt;b&gt;",
]


def everywhere(text: str) -> Report:
    """A report that says `text` wherever a tracker, a registry or a config may put words."""
    write = a_write(to=text, status="left-alone", reason=text)
    kr_words: dict[str, Any] = {"title": text, "owner": text, "health_rule": text, "because": (text,), "write": write}
    return a_report(
        readings=(a_reading(complete=False, problem=text), a_reading(f"{text}/x")),
        teams=(a_team(name=text, routine=(RoutineShare(class_=text, budget=0.1, issues=2, share=0.2),)),),
        objectives=(an_objective(title=text, team_name=text),),
        key_results=(a_key_result(text, mismatch=True, mismatch_reason=text, changes=(text,), **kr_words),),
        work=(some_work(text, title=text, because=text, url="https://acme.example/browse/PAY-201"),),
        broken_tags=(a_broken_tag(text, text=text, place=text, reason=text, suggestion=text),),
        notes=(text,),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_upstream_text_stays_text(text: str) -> None:
    page, calm = Page(everywhere(text)), Page(everywhere("calm"))

    shape = [(tag, sorted(attributes)) for tag, attributes in page.elements]
    assert shape == [(tag, sorted(attributes)) for tag, attributes in calm.elements]
    assert " ".join(text.split()) in page.words


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/x",
        "https://",
        'https://x.example/"onclick="alert(1)',
        "https://x.example/\u202egnp.exe",
        "",
    ],
)
def test_only_plain_http_addresses_become_links(url: str) -> None:
    page = Page(a_report(work=(some_work(url=url),)))

    assert [a["href"] for a in page.all("a") if not a["href"].startswith("#")] == []
    assert "PAY-201" in page.words


def test_an_issue_links_to_its_tracker() -> None:
    page = Page(a_report(work=(some_work(url="https://acme.example/browse/PAY-201?a=1&b=2"),)))

    assert {"href": "https://acme.example/browse/PAY-201?a=1&b=2", "rel": "noreferrer noopener"} in page.all("a")


def test_control_and_bidi_characters_do_not_reach_the_page() -> None:
    page = Page(a_report(work=(some_work(title="a\u202eb\u2066c\x1b[31m\x00d"),)))

    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", page.source)
    assert "abc[31md" in page.words


def hashed(page: Page, tag: str) -> str:
    text = re.search(rf"<{tag}>(.*?)</{tag}>", page.source, re.DOTALL)
    assert text is not None
    return f"'sha256-{base64.b64encode(hashlib.sha256(text[1].encode()).digest()).decode()}'"


def test_the_content_policy_allows_this_style_sheet_and_this_script_and_nothing_else() -> None:
    page = Page(a_rich_report())

    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")

    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src {hashed(page, 'style')}",
        f"script-src {hashed(page, 'script')}",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_the_page_has_one_script_no_inline_style_and_no_handler() -> None:
    page = Page(a_rich_report())

    assert page.all("script") == [{}]
    named = {name for _, attributes in page.elements for name in attributes}
    assert not {name for name in named if name == "style" or name.startswith("on")}


def test_nothing_is_loaded_from_anywhere() -> None:
    page = Page(a_rich_report())

    for tag, attributes in page.elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form"}
        assert not {"src", "srcset", "xlink:href", "background", "poster"} & set(attributes)
        if tag == "use":
            assert attributes["href"].startswith("#")
    style = page.source.partition("<style>")[2].partition("</style>")[0]
    assert "@import" not in style
    assert set(re.findall(r"url\(([^)]*)\)", style)) == {"#hatch", "#dots"}


def test_every_icon_and_every_link_inside_the_page_has_its_place() -> None:
    page = Page(a_rich_report())
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]

    assert len(ids) == len(set(ids))
    inside = {a["href"][1:] for tag in ("a", "use") for a in page.all(tag) if a["href"].startswith("#")}
    named = {a["aria-labelledby"] for _, a in page.elements if "aria-labelledby" in a}
    assert inside | named <= set(ids)


def test_unknown_is_said_and_is_not_zero() -> None:
    kr = a_key_result(score=None, health="unknown", delivery=NO_WORK, links=0, because=(), changes=())
    page = Page(a_report(key_results=(kr,), objectives=(an_objective(score=None, health="unknown", known=0),)))

    assert "outcome unknown (0 of 3 known)" in page.words
    assert "work done unknown, no linked work" in page.words
    section = page.words.partition("takes its outcome from work done.")[2].partition("Work without a goal")[0]
    assert "0 %" not in section
    assert page.source.count('class="bar delivery unknown"') == 1


def test_a_score_of_zero_is_zero_and_not_unknown() -> None:
    page = Page(a_report(key_results=(a_key_result(score=0, because=(), changes=()),)))

    assert "outcome 0 %, time gone 59 %" in page.words


def test_health_is_in_words_with_a_shape_of_its_own() -> None:
    page = Page(a_rich_report())

    shapes = {use["href"] for use in page.all("use")}
    assert {f"#i-{w}" for w in ("on_track", "at_risk", "off_track", "pending", "stale", "unknown")} <= shapes
    for word in ("on track", "at risk", "off track", "too early", "stale", "mismatch"):
        assert word in page.words


def test_the_classes_are_numbers_in_text() -> None:
    page = Page(a_report(teams=(a_team(issues=some_counts(18, 6, 5, 2)),)))

    assert "31 issues, 58 % aligned 18 aligned 6 routine 0 for a new key result 5 unaligned 2 broken tag" in page.words


def test_a_service_team_has_budgets_and_no_alignment_figure() -> None:
    bugs = RoutineShare(class_="bug", budget=0.2, issues=9, share=0.3)
    team = a_team("support", mode="service", issues=some_counts(1, 22, 7), routine=(bugs,))
    page = Page(a_report(teams=(team,), work=(some_work("SUP-9", team="support"),)))

    assert "30 issues; a service team" in page.words
    assert "30 %, budget 20 % over budget" in page.words
    assert "unexplained: 7 of 30 sprint issues" in page.words
    assert "% aligned" not in page.words
    assert "SUP-9" not in page.words


def test_a_team_without_a_sprint_has_no_bars_and_no_unknown_shares() -> None:
    bugs = RoutineShare(class_="bug", budget=0.2, issues=0, share=None)
    page = Page(a_report(teams=(a_team(issues=some_counts(), routine=(bugs,)),), sprints=()))

    assert "Payments No sprint is being read. No issues in a sprint. By issues." in page.words


def test_teams_come_by_name_whatever_their_figures() -> None:
    teams = [a_team("zeta", issues=some_counts(9)), a_team("alpha", issues=some_counts(0, 0, 9)), a_team("mid")]
    words = Page(a_report(teams=tuple(teams))).words

    assert words.index("Alpha") < words.index("Mid") < words.index("Zeta")


def test_a_source_that_failed_is_said_before_any_figure() -> None:
    reading = a_reading("jira-main/platform", complete=False, problem="Jira refused board 31")
    run = Run(id="r", at=a_report().run.at, mode="sync", complete=False)
    words = Page(a_report(readings=(a_reading(), reading), run=run)).words

    assert words.index("jira-main/platform: Jira refused board 31") < words.index("Worth a talk")


def test_what_was_refused_is_shown_with_its_reason() -> None:
    kr = a_key_result(write=a_write(status="refused", before=0.9, after=0.1, reason="falls by 0.8"))
    words = Page(a_report(key_results=(kr,))).words

    assert "PAY-O1-KR1 refused falls by 0.8" in words


def test_tables_and_landmarks_speak_to_a_screen_reader() -> None:
    page = Page(a_rich_report())

    assert page.open == []
    assert len(page.all("main")) == len(page.all("header")) == len(page.all("footer")) == len(page.all("h1")) == 1
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("caption")) == len(page.all("table")) > 0
    assert all(cell.get("scope") in {"col", "row"} for cell in page.all("th"))
    assert all(svg.get("aria-hidden") == "true" or svg.get("aria-label") for svg in page.all("svg"))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.all("a")[0] == {"class": "skip", "href": "#main"}


def test_the_same_report_is_the_same_page() -> None:
    assert to_html(a_rich_report()) == to_html(a_rich_report())


def test_an_empty_company_still_gets_a_page() -> None:
    nothing: dict[str, Any] = dict.fromkeys(
        ("periods", "readings", "teams", "objectives", "key_results", "sprints", "work"), ()
    )

    words = Page(a_report(**nothing)).words

    assert "No OKR period is in force on this day." in words
    assert "Nothing needs a talk this week." in words


def test_the_pieces_of_a_bar_fill_it() -> None:
    pieces = stack(some_counts(3, 2, 0, 2))

    assert [piece.name for piece in pieces] == ["aligned", "routine", "broken"]
    assert sum(piece.width for piece in pieces) == pytest.approx(100, abs=0.01)
    assert pieces[2].offset == pytest.approx(pieces[0].width + pieces[1].width, abs=0.01)
    assert stack(some_counts()) == ()
