"""How often `okrsync suggest` is right, on real issues whose epic is hidden from it.

    .venv/bin/python benchmarks/suggest_titanium.py [DUMP]

Each issue that has an epic is asked on the day of its creation, its own epic hidden: which of the epics known that
morning is it? Epics stand for key results. Known is an epic that was there, and what was linked to it, before that
day; the day of a link is that of the issue or of its epic, whichever came later, for the dump does not tell it. The
words of the epics themselves are not used: the dump has them as they stand now, perhaps edited since. The earlier half
of the issues, by time, is what the rule's constants are fitted on; every figure in the table is of the later half.
"""

import argparse
import gzip
import json
import math
import os
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mappings.model import Issue
from mappings.suggesting import SURE, SURE_ENOUGH, Suggestion, Wording, stands_alone, suggest

SHARED = Path(os.environ.get("OKRSYNC_SHARED") or Path(__file__).resolve().parents[2] / "shared")
EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "titanium"
DUMP = SHARED / "data" / "titanium" / "issues_10k.jsonl.gz"


@dataclass(frozen=True)
class Case:
    """An issue, its epic, and the day from which on that link counts as known."""

    issue: Issue
    epic: str
    known_on: date

    @property
    def asked_on(self) -> date:
        return self.issue.created.date()


@dataclass(frozen=True)
class Dump:
    """What is measured on: the linked issues in the order of time, the epics that are visible, and all other work."""

    cases: tuple[Case, ...]
    epics: tuple[Issue, ...]
    others: tuple[Issue, ...]

    @property
    def earlier(self) -> tuple[Case, ...]:
        return self.cases[: len(self.cases) // 2]

    @property
    def later(self) -> tuple[Case, ...]:
        return self.cases[len(self.cases) // 2 :]

    def known(self, day: date) -> list[Case]:
        return [case for case in self.cases if case.known_on < day]


Rule = Callable[[Sequence[Case], Sequence[Issue], date], list[Sequence[str]]]
"""From what is known, the issues of a day and the day: the epics for each issue, best first."""


def load(path: Path) -> Dump:
    """The dump as it is, but for people."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    issues = {row["key"]: _issue(row) for row in rows}
    cases = []
    for row in rows:
        if row["epic"]:
            days = [issues[key].created.date() for key in (row["key"], row["epic"]) if key in issues]
            cases.append(Case(issues[row["key"]], row["epic"], max(days)))
    return Dump(
        tuple(sorted(cases, key=lambda case: (case.issue.created, case.issue.id))),
        tuple(issues[row["key"]] for row in rows if row["type"] == "Epic"),
        tuple(issues[row["key"]] for row in rows if not (row["epic"] or row["subtask"] or row["type"] == "Epic")),
    )


def _issue(row: dict[str, object]) -> Issue:
    created = datetime.fromisoformat(str(row["created"]))
    return Issue(
        tracker="jira-main",
        id=str(row["id"]),
        key=str(row["key"]),
        title=str(row["summary"] or ""),
        components=tuple(row["components"]),  # type: ignore[arg-type]
        labels=tuple(row["labels"]),  # type: ignore[arg-type]
        created=created,
        changed=created,
    )


def most_frequent(known: Sequence[Case], issues: Sequence[Issue], day: date) -> list[Sequence[str]]:
    """The baseline: the epics with the most issues so far."""
    best = _most(Counter(case.epic for case in known))
    return [best for _ in issues]


def components_most_frequent(known: Sequence[Case], issues: Sequence[Issue], day: date) -> list[Sequence[str]]:
    """The baseline: the epics with the most issues so far that share a component."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for case in known:
        for component in case.issue.components:
            counts[component][case.epic] += 1
    return [_most(sum((counts[each] for each in issue.components), Counter())) for issue in issues]


def latest(known: Sequence[Case], issues: Sequence[Issue], day: date) -> list[Sequence[str]]:
    """A baseline more: the epics that an issue was linked to last."""
    newest = sorted(known, key=lambda case: (case.known_on, case.issue.id), reverse=True)
    best = list(dict.fromkeys(case.epic for case in newest))[:3]
    return [best for _ in issues]


def suggested(known: Sequence[Case], issues: Sequence[Issue], day: date) -> list[Sequence[str]]:
    """What okrsync suggests, none where it is unsure."""
    return [[each.kr for each in found] for found in suggestions(known, issues, day, at_least=SURE_ENOUGH)]


def suggested_always(known: Sequence[Case], issues: Sequence[Issue], day: date) -> list[Sequence[str]]:
    """The same without the threshold."""
    return [[each.kr for each in found] for found in suggestions(known, issues, day, at_least=0)]


def suggested_when_sure(known: Sequence[Case], issues: Sequence[Issue], day: date) -> list[Sequence[str]]:
    """What `suggest --apply` would write."""
    return [[each.kr for each in found] for found in suggestions(known, issues, day, at_least=SURE)]


def suggestions(
    known: Sequence[Case], issues: Sequence[Issue], day: date, *, at_least: float, epics: Iterable[Issue] = ()
) -> list[tuple[Suggestion, ...]]:
    """The rule of the program itself. `epics` lend their titles, as key results do."""
    wordings = [Wording(kr=it.key, text=it.title, since=it.created.date()) for it in epics if it.created.date() < day]
    found = suggest(issues, [(case.issue, (case.epic,)) for case in known], wordings, day, UTC, at_least=at_least)
    return [found[issue.ref] for issue in issues]


@dataclass(frozen=True)
class Figures:
    """What a rule did for some cases."""

    cases: int
    answered: int
    first: int
    """Its first answer was right."""
    three: int
    """One of its first three was."""

    def row(self, name: str) -> str:
        of_answered = f"{self.first / self.answered:.1%}" if self.answered else "-"
        shares = (self.answered / self.cases, self.first / self.cases, self.three / self.cases)
        return f"| {name} | {shares[0]:.1%} | {of_answered} | {shares[1]:.1%} | {shares[2]:.1%} |"


def measure(dump: Dump, cases: Sequence[Case], rule: Rule) -> Figures:
    """Ask the rule for every case, day by day, of what was known that morning."""
    answered = first = three = 0
    for day, asked in _by_day(cases):
        answers = rule(dump.known(day), [case.issue for case in asked], day)
        for case, answer in zip(asked, answers, strict=True):
            answered += bool(answer)
            first += list(answer[:1]) == [case.epic]
            three += case.epic in answer[:3]
    return Figures(len(cases), answered, first, three)


def _by_day(cases: Iterable[Case]) -> list[tuple[date, list[Case]]]:
    found: dict[date, list[Case]] = defaultdict(list)
    for case in cases:
        found[case.asked_on].append(case)
    return sorted(found.items())


def _most(counts: Counter[str]) -> list[str]:
    return [epic for epic, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:3]]


@dataclass(frozen=True)
class Fitted:
    """The constants as the earlier half has them."""

    offset: float
    slope: float
    sure_enough: float
    sure: float


def fit(dump: Dump) -> Fitted:
    """From the lead to the chance to be right by logistic regression over the three best epics of each issue; the
    thresholds are the lowest scores, in twentieths, from which on three of four, and nine of ten, first answers are
    right.
    """
    seen: list[tuple[float, bool]] = []
    firsts: list[tuple[float, bool]] = []
    for day, asked in _by_day(dump.earlier):
        found = suggestions(dump.known(day), [case.issue for case in asked], day, at_least=0)
        for case, answer in zip(asked, found, strict=True):
            seen += [(each.lead, each.kr == case.epic) for each in answer]
            firsts += [(each.lead, each.kr == case.epic) for each in answer[:1]]
    offset, slope = _logistic(seen)
    offset, slope = round(offset, 1), round(slope)

    def lowest(share: float) -> float:
        scored = [(round(1 / (1 + math.exp(-(offset + slope * lead))), 2), right) for lead, right in firsts]
        for step in range(20):
            given = [right for score, right in scored if score >= step / 20]
            if given and sum(given) >= share * len(given):
                return step / 20
        return 1.0

    return Fitted(offset, slope, lowest(0.75), lowest(0.9))


def _logistic(seen: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Newton's method, two parameters."""
    offset = slope = 0.0
    for _ in range(50):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for x, right in seen:
            chance = 1 / (1 + math.exp(-(offset + slope * x)))
            weight = chance * (1 - chance)
            g0, g1 = g0 + right - chance, g1 + (right - chance) * x
            h00, h01, h11 = h00 + weight, h01 + weight * x, h11 + weight * x * x
        determinant = h00 * h11 - h01 * h01
        offset += (h11 * g0 - h01 * g1) / determinant
        slope += (h00 * g1 - h01 * g0) / determinant
    return offset, slope


def reliability(dump: Dump) -> list[str]:
    """For the first answers of the later half, by score: how many there are and how many are right."""
    bins: dict[int, list[bool]] = defaultdict(list)
    for day, asked in _by_day(dump.later):
        found = suggestions(dump.known(day), [case.issue for case in asked], day, at_least=SURE_ENOUGH)
        for case, answer in zip(asked, found, strict=True):
            for each in answer[:1]:
                bins[min(int(each.score * 10 + 1e-9), 9)].append(each.kr == case.epic)
    return [
        f"| {lower / 10:.1f} to {(lower + 1) / 10:.1f} | {len(right)} | {sum(right) / len(right):.0%} |"
        for lower, right in sorted(bins.items())
    ]


HEAD = (
    "| rule | suggests for | right, of those | right, of all | among the first three, of all |",
    "|---|---|---|---|---|",
)


def table(dump: Dump, cases: Sequence[Case]) -> list[str]:
    """Every rule on these cases, and what no rule could exceed."""
    reachable = sum(any(other.epic == case.epic for other in dump.known(case.asked_on)) for case in cases)

    def with_titles(known: Sequence[Case], issues: Sequence[Issue], day: date) -> list[Sequence[str]]:
        found = suggestions(known, issues, day, at_least=SURE_ENOUGH, epics=dump.epics)
        return [[each.kr for each in answer] for answer in found]

    rules: list[tuple[str, Rule]] = [
        ("the most frequent epic so far", most_frequent),
        ("the same component's most frequent", components_most_frequent),
        ("the epic of the latest link", latest),
        ("`okrsync suggest`", suggested),
        ("the same, never unsure", suggested_always),
        ("what `--apply` would write", suggested_when_sure),
        ("`suggest` with the epics' titles of today", with_titles),
    ]
    rows = [measure(dump, cases, rule).row(name) for name, rule in rules]
    rows.append(f"| no rule could, by what was linked the day before | | | {reachable / len(cases):.1%} | |")
    return [*HEAD, *rows]


def without_an_epic(dump: Dump) -> tuple[int, int]:
    """Of the later time's issues that have no epic: how many there are, and for how many something is suggested."""
    begin = dump.later[0].asked_on
    issues = [issue for issue in dump.others if issue.created.date() >= begin]
    by_day: dict[date, list[Issue]] = defaultdict(list)
    for issue in issues:
        by_day[issue.created.date()].append(issue)
    given = sum(
        bool(found)
        for day, asked in by_day.items()
        for found in suggestions(dump.known(day), asked, day, at_least=SURE_ENOUGH)
    )
    return len(issues), given


def binds_by_words(dump: Dump, example: Path) -> tuple[int, int, int]:
    """Of the epics that the example's registry binds, those seen: all, those that stand alone by their words, as
    `suggest --bind` proposes them in a registry without binds, and those of them that are right.
    """
    with (example / "okrs" / "2018-Q3.toml").open("rb") as file:
        registry = tomllib.load(file)
    words, bound = [], {}
    for objective in registry["objectives"]:
        for kr in objective["key_results"]:
            text = " ".join((kr["title"], *kr.get("aliases", ()), objective["title"]))
            words.append(Wording(kr=kr["id"], text=text, since=registry["period"]["start"]))
            for bind in kr.get("binds", ()):
                bound.setdefault(bind.partition("/")[2], set()).add(kr["id"])
    epics = [epic for epic in dump.epics if epic.key in bound]
    found = suggest(epics, (), words, registry["period"]["start"], UTC, at_least=0)
    alone = [(epic, found[epic.ref]) for epic in epics if stands_alone(found[epic.ref])]
    return len(epics), len(alone), sum(answer[0].kr in bound[epic.key] for epic, answer in alone)


def main() -> None:
    """Print the constants of the earlier half and the tables of the later."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("dump", type=Path, nargs="?", default=DUMP)
    dump = load(parser.parse_args().dump)
    out = sys.stdout.write
    out(f"{len(dump.cases)} issues with an epic; the later half begins on {dump.later[0].asked_on}\n")
    out(f"fitted on the earlier half: {fit(dump)}\n\n")
    largest, count = Counter(case.epic for case in dump.later).most_common(1)[0]
    rest = [case for case in dump.later if case.epic != largest]
    for name, cases in (("all", dump.later), (f"without the {count} of {largest}", rest)):
        out(f"The later half, {name}: {len(cases)} issues\n\n" + "\n".join(table(dump, cases)) + "\n\n")
    out("| score | suggestions | right |\n|---|---|---|\n" + "\n".join(reliability(dump)) + "\n\n")
    issues, given = without_an_epic(dump)
    out(f"of {issues} issues without an epic, {given} get a suggestion ({given / issues:.1%})\n")
    epics, alone, right = binds_by_words(dump, EXAMPLE)
    out(f"of {epics} epics that the example binds, {alone} are proposed by words alone, {right} of them rightly\n")


if __name__ == "__main__":
    main()
