"""docs/measures.md: each example is read as a registry, worked out, and compared with the tables under it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from support.builders import a_scope, a_team, an_issue, settings

from adapters.registry.reading import read_registry
from adapters.validation import Problems
from mappings.figures import KeyResultFigures, work_out
from mappings.lint import lint
from mappings.measures import Taken
from mappings.model import Issue, Reading, State
from mappings.okrs import Registry
from syncer.report.wording import HEALTH

PAGE = Path(__file__).parents[3] / "docs" / "measures.md"
KINDS = {"delivery", "manual", "query", "http", "milestones", "qualitative", "hold"}
REGISTRY = """
[period]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[objectives]]
id = "PAY-O1"
title = "Checkout never lets a customer down"
team = "payments"

[[objectives.key_results]]
id = "PAY-O1-KR1"
title = "An example"
owner = "payments lead"
"""


@dataclass
class Example:
    """The lines of one example, and the rows of the tables under it."""

    heading: str
    lines: str
    scores: list[list[str]] = field(default_factory=list)
    forecasts: list[list[str]] = field(default_factory=list)


def examples() -> Iterator[Example]:
    heading, found, rows = "", None, [[]]
    for part in re.split(r"^```toml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL):
        if part.startswith("measure = "):
            found = Example(heading, part)
            continue
        if found is not None:
            for line in part.splitlines():
                cells = [cell.strip() for cell in line.strip("| ").split("|")]
                if line.startswith("| day |"):
                    rows = found.forecasts if "forecast" in cells else found.scores
                elif re.match(r"\| 2026-", line):
                    rows.append(cells)
            yield found
        heading = (re.findall(r"^#+ (.+)$", part, re.MULTILINE) or [heading])[-1]


EXAMPLES = list(examples())


def registry(example: Example, folder: Path) -> Registry:
    file = folder / "okrs.toml"
    file.write_text(REGISTRY + example.lines, encoding="utf-8")
    problems = Problems()
    found = read_registry([file], problems).registry
    assert problems.found == []
    return found


def work(known: str) -> tuple[Issue, ...]:
    """The issues of `13 of 20 points done`."""
    amounts = re.fullmatch(r"(\d+) of (\d+) points done", known)
    if amounts is None:
        return ()
    done, whole = (Decimal(amount) for amount in amounts.groups())
    tag = ("okr:PAY-O1-KR1",)
    return (
        an_issue("PAY-1", labels=tag, points=done, state=State.DONE),
        an_issue("PAY-2", labels=tag, points=whole - done),
    )


def answer(known: str) -> Taken | None:
    if known == "the source fails":
        return Taken(value=None, because="why the source failed")
    said = re.fullmatch(r"the source says ([\d.]+)", known)
    return Taken(value=Decimal(said[1]), because="what the source said") if said else None


def figures(found: Registry, day: str, known: str) -> KeyResultFigures:
    reading = Reading(scope=a_scope(), kind="memory", issues=work(known))
    taken = answer(known)
    rules = settings(teams=(a_team(),))
    worked_out = work_out(
        (reading,), found, rules, date.fromisoformat(day), taken={"PAY-O1-KR1": taken} if taken else {}
    )
    return worked_out.key_results["PAY-O1-KR1"]


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{n}-{each.heading}" for n, each in enumerate(EXAMPLES)])
def test_an_example_comes_to_what_its_tables_say(example: Example, tmp_path: Path) -> None:
    declared = registry(example, tmp_path)

    assert lint(declared, settings(teams=(a_team(),)), {"jira-main": "jira", "linear-main": "linear"}) == ()
    assert example.scores
    for day, known, *said in example.scores:
        found = figures(declared, day, known)
        score = "unknown" if found.score.value is None else str(found.score.value)
        assert said == [score, f"{HEALTH[found.verdict.health]} by {found.verdict.rule}", found.score.because]
    for day, *said in example.forecasts:
        forecast = figures(declared, day, "the registry").forecast
        assert forecast is not None
        spread = f"{forecast.low} and {forecast.high}"
        assert said == [str(forecast.value), spread, str(forecast.score), f"{forecast.values} days"]


def test_every_kind_of_measure_has_an_example_and_so_have_accrual_checkpoints_and_forecast(tmp_path: Path) -> None:
    kinds = {registry(each, tmp_path).key_results[0].measure.kind for each in EXAMPLES}

    assert kinds == KINDS
    assert sum("accrual" in each.lines for each in EXAMPLES) == 2
    assert sum("checkpoints" in each.lines for each in EXAMPLES) == 1
    assert sum(len(each.forecasts) for each in EXAMPLES) == 1


def test_every_known_thing_of_a_table_is_one_that_this_test_understands() -> None:
    for known in {row[1] for each in EXAMPLES for row in each.scores}:
        assert known in ("the registry", "no linked work") or work(known) or answer(known)
