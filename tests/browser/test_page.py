"""The page in a real browser: quiet, closed to the network, usable by keyboard, phone and screen reader."""

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from support.report_documents import (
    AT,
    a_broken_tag,
    a_key_result,
    a_next_sprint,
    a_reading,
    a_report,
    a_rich_report,
    a_team,
    an_objective,
    some_counts,
    some_suggestion,
    some_work,
)

from syncer.report.html import to_html
from syncer.report.planning import TalkLine
from syncer.report.schema import Report

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser: {CHROMIUM} is not installed")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as tool:
        opened = tool.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


class Opened:
    """One page in a browser, with everything it complained about and asked for."""

    def __init__(self, browser: Any, report: Report, folder: Path, anchor: str = "", hours: float = 1, **context: Any):
        file = folder / "report.html"
        file.write_text(to_html(report), encoding="utf-8")
        self.context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | context))
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append("dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.clock.set_fixed_time(AT + timedelta(hours=hours))
        self.page.goto(f"{file.as_uri()}{anchor}")

    def visible(self, selector: str) -> list[Any]:
        return [it for it in self.page.query_selector_all(selector) if it.is_visible()]


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    pages: list[Opened] = []

    def opened(report: Report, **options: Any) -> Opened:
        pages.append(Opened(browser, report, tmp_path, **options))
        return pages[-1]

    yield opened
    for page in pages:
        page.context.close()


def test_the_page_asks_nothing_of_the_network_and_complains_of_nothing(open_page: Any) -> None:
    opened = open_page(a_rich_report())

    assert opened.said == []
    assert [url for url in opened.asked if not url.startswith("file://")] == []
    assert len(opened.asked) == 1


def test_its_policy_stops_a_script_and_a_style_that_are_not_its_own(open_page: Any) -> None:
    opened = open_page(a_rich_report())

    opened.page.evaluate(
        "() => { const it = document.createElement('script'); it.textContent = 'window.hacked = 1';"
        " document.body.append(it); document.body.setAttribute('style', 'display: none'); }"
    )

    assert opened.page.evaluate("window.hacked") is None
    assert opened.page.is_visible("h1")


def test_every_chart_says_in_words_what_it_shows(open_page: Any) -> None:
    opened = open_page(a_rich_report())

    lines = opened.page.get_by_role("img").all()
    assert len(lines) >= 5
    assert all(line.get_attribute("aria-label") for line in lines)
    assert opened.page.locator("svg:not([aria-hidden]):not([role=img])").count() == 0


def test_the_filter_shows_one_team_and_one_sprint(open_page: Any) -> None:
    opened = open_page(a_rich_report())

    opened.page.select_option("#filter-team", "growth")
    assert {it.get_attribute("data-team") for it in opened.visible("li.team")} == {"growth"}
    assert opened.visible("li.kr") == []
    opened.page.select_option("#filter-team", "payments")
    assert {it.get_attribute("data-team") for it in opened.visible("li.kr")} == {"payments"}

    opened.page.select_option("#filter-when", "next")
    assert opened.visible("#sprints, #unaligned, #broken") == []
    assert opened.page.is_visible("#next")


def test_a_message_leads_to_its_team_and_opens_what_is_folded(open_page: Any) -> None:
    opened = open_page(a_rich_report(), anchor="#team=payments")

    assert opened.page.input_value("#filter-team") == "payments"
    assert [it.get_attribute("id") for it in opened.visible("li.team")] == ["team=payments"]


def test_a_link_to_what_the_filter_hides_takes_the_filter_off(open_page: Any) -> None:
    opened = open_page(a_rich_report())
    opened.page.select_option("#filter-team", "growth")

    opened.page.click('.talk a[href="#kr=PAY-O1-KR2"]')

    opened.page.wait_for_selector("[id='kr=PAY-O1-KR2']", state="visible")
    assert opened.page.input_value("#filter-team") == ""


def test_without_scripts_everything_is_there(open_page: Any) -> None:
    opened = open_page(a_rich_report(), java_script_enabled=False)

    assert not opened.page.is_visible("#filter")
    assert all(opened.page.is_visible(f"#{place}") for place in ("sprints", "key-results", "next", "unaligned"))


@pytest.mark.parametrize(
    ("hours", "words", "is_old"),
    [(0.5, "Less than an hour old", False), (30, "30 hours old", False), (72, "3 days old: out of date", True)],
)
def test_the_age_is_the_browsers_and_red_past_twice_the_cadence(
    open_page: Any, hours: float, words: str, is_old: bool
) -> None:
    opened = open_page(a_report(), hours=hours)

    assert opened.page.inner_text("#age").startswith(words)
    assert (opened.page.get_attribute("#age", "class") == "old") is is_old


def test_a_keyboard_reaches_and_unfolds(open_page: Any) -> None:
    opened = open_page(a_rich_report())
    page = opened.page

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    folded = page.evaluate("document.activeElement.parentElement.open")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.evaluate("document.activeElement.parentElement.open") is not folded


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(open_page: Any, scheme: str) -> None:
    pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    opened = open_page(a_rich_report(), color_scheme=scheme, bypass_csp=True)
    opened.page.evaluate("for (const it of document.querySelectorAll('details')) it.open = true")

    opened.page.evaluate(axe)
    found = opened.page.evaluate("axe.run(document, {resultTypes: ['violations']})")

    grave = [it for it in found["violations"] if it["impact"] in ("serious", "critical")]
    assert [(it["id"], it["nodes"][0]["html"]) for it in grave] == []


ODD = ["<script>alert(1)</script>", '=HYPERLINK("http://evil.example")', "a\u202eb\u2067c שלום", "word" * 125]


@pytest.mark.parametrize("text", ODD)
def test_odd_titles_do_no_harm_on_a_phone(open_page: Any, text: str) -> None:
    suggestion = some_suggestion(text, reason=text, tag=text)
    report = a_report(
        readings=(a_reading(complete=False, problem=text), a_reading(f"{text}/x", requests_by={text: 3})),
        teams=(a_team(name=text, issues=some_counts(3, 1, 1), remarks=(text,)),),
        objectives=(an_objective(title=text, team_name=text),),
        key_results=(a_key_result(title=text, owner=text, mismatch=True, mismatch_reason=text, because=(text,)),),
        work=(some_work(text, title=text, suggestions=(suggestion,)),),
        broken_tags=(a_broken_tag(text, text=text, place=text, reason=text, suggestion=text),),
        talk=(TalkLine(subject="flat", text=text, team="payments", key_result="PAY-O1-KR1"),),
        next_sprints=(a_next_sprint(sprints=(text,), remarks=(text,), missing=(text,)),),
        notes=(text,),
    )

    opened = open_page(report, viewport={"width": 390, "height": 844})
    opened.page.evaluate("for (const it of document.querySelectorAll('details')) it.open = true")

    assert opened.said == []
    assert opened.page.locator("script").count() == 1
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert "\u202e" not in opened.page.inner_text("body")


def test_the_whole_company_fits_a_phone(open_page: Any) -> None:
    opened = open_page(a_rich_report(), viewport={"width": 390, "height": 844})
    opened.page.evaluate("for (const it of document.querySelectorAll('details')) it.open = true")

    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_paper_has_no_filter_and_everything_unfolded(open_page: Any) -> None:
    opened = open_page(a_rich_report())

    opened.page.emulate_media(media="print")

    assert not opened.page.is_visible("#filter")
    assert opened.page.is_visible("li.kr .why")
