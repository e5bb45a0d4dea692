"""How often a suggestion is right on real issues, as docs/suggest.md says it. Skipped where the issues are absent.

The whole later half is asked again, day by day: that takes some seconds, and a sample would not be the page's table.
"""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_BENCHMARK: dict[str, Any] = runpy.run_path(str(_ROOT / "benchmarks" / "suggest_titanium.py"))
_PAGE = _ROOT / "docs" / "suggest.md"

pytestmark = pytest.mark.skipif(
    not _BENCHMARK["DUMP"].is_file(), reason=f"the real issues are not at {_BENCHMARK['DUMP']}"
)


@pytest.fixture(scope="module")
def dump() -> Any:
    return _BENCHMARK["load"](_BENCHMARK["DUMP"])


def test_the_page_has_the_rows_that_are_measured_and_suggest_beats_every_baseline(dump: Any) -> None:
    page = _PAGE.read_text(encoding="utf-8")
    rules = {
        "the most frequent epic so far": "most_frequent",
        "the same component's most frequent": "components_most_frequent",
        "the epic of the latest link": "latest",
        "`okrsync suggest`": "suggested",
    }

    found = {name: _BENCHMARK["measure"](dump, dump.later, _BENCHMARK[rule]) for name, rule in rules.items()}

    assert [name for name, figures in found.items() if figures.row(name) not in page] == []
    *baselines, suggested = found.values()
    assert suggested.first > max(baseline.first for baseline in baselines)
    assert suggested.first / suggested.answered > 0.7


def test_the_page_says_how_many_epics_of_the_example_are_bound_by_words(dump: Any) -> None:
    epics, alone, right = _BENCHMARK["binds_by_words"](dump, _BENCHMARK["EXAMPLE"])

    page = re.sub(r"\s+", " ", _PAGE.read_text(encoding="utf-8"))
    assert f"Of the {epics} epics that `examples/titanium` binds by hand, {alone} are proposed, {right} of them" in page


def test_nothing_of_the_future_is_known(dump: Any) -> None:
    for day in (case.asked_on for case in dump.later[::40]):
        known = dump.known(day)
        assert known
        assert all(case.issue.created.date() < day and case.known_on < day for case in known)
