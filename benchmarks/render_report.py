"""How long the report's faces take for a large company, from a made-up report: no tracker, no history.

    .venv/bin/python benchmarks/render_report.py [--key-results 200] [--sprints 400] [--work 2000] [--rounds 5]

The company has a team for every ten key results, with six sprints behind it and one to come; every key result has its
lines and thirty days of values, and every tenth is talked about. The first round pays for imports and templates and is
told apart.
"""

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support import report_documents as r

from syncer.report.html import to_html
from syncer.report.markdown import to_markdown
from syncer.report.planning import KeyResultPoint, TalkLine
from syncer.report.schema import Report, Work, WorkLink, to_json

FACES: dict[str, Callable[[Report], str]] = {"page": to_html, "Markdown": to_markdown, "JSON": to_json}
CLASSES = ("aligned", "routine", "unaligned", "broken")


def a_large_report(key_results: int, sprints: int, work: int) -> Report:
    """A company of that size; every number follows from its place in the row."""
    teams = [f"team-{n:02}" for n in range(max(key_results // 10, 1))]
    names = [f"T{n % len(teams):02}-O{n // len(teams) // 5}-KR{n // len(teams) % 5}" for n in range(key_results)]
    of = {name: teams[n % len(teams)] for n, name in enumerate(names)}
    objectives = sorted({(name.rpartition("-")[0], of[name]) for name in names})
    counts = [r.some_counts(12 + n % 9, n % 6, n % 5, n % 3) for n in range(max(len(teams), sprints))]
    return r.a_report(
        readings=tuple(r.a_reading(f"jira-main/{team}", issues=500) for team in teams),
        teams=tuple(
            r.a_team(
                team,
                issues=counts[n],
                trend=r.a_trend(9, 11, 10, 13, 15, 16),
                followed=r.a_followed_sprint("tied", "tied", "left"),
            )
            for n, team in enumerate(teams)
        ),
        objectives=tuple(
            r.an_objective(id, team=team, team_name=team.title(), known=5, of=5) for id, team in objectives
        ),
        key_results=tuple(
            r.a_key_result(
                name,
                objective=name.rpartition("-")[0],
                team=of[name],
                because=tuple(f"{name}: line {line} of the number, 3 points done of 5" for line in range(5)),
                trend=tuple(_point(day) for day in range(30)),
            )
            for name in names
        ),
        sprints=tuple(
            r.a_sprint(
                teams[n % len(teams)],
                id=str(n),
                issues=counts[n],
                start=date(2026, 10, 1) + timedelta(days=14 * (n // len(teams))),
                end=date(2026, 10, 14) + timedelta(days=14 * (n // len(teams))),
            )
            for n in range(sprints)
        ),
        work=tuple(_work(n, teams, names, sprints) for n in range(work)),
        broken_tags=tuple(r.a_broken_tag(f"PAY-{n}") for n in range(work // 20)),
        talk=tuple(
            TalkLine(
                subject="flat", text=f"{name}: the work is done and the number is flat", team=of[name], key_result=name
            )
            for name in names[::10]
        ),
        next_sprints=tuple(r.a_next_sprint(team) for team in teams),
    )


def _work(n: int, teams: list[str], names: list[str], sprints: int) -> Work:
    kind, sprint = CLASSES[n % len(CLASSES)], n % sprints
    links = (WorkLink(id=names[n % len(names)], share=1, rule="label"),) if kind == "aligned" else ()
    return r.some_work(
        f"PAY-{n}", team=teams[sprint % len(teams)], sprint=str(sprint), key_results=links, **{"class": kind}
    )


def _point(day: int) -> KeyResultPoint:
    on = date(2026, 10, 1) + timedelta(days=day)
    return KeyResultPoint(day=on, score=day / 60, delivery=day / 40)


def say(line: str) -> None:
    """One line on stdout."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Print a table: seconds of the first round, median and worst of the others, and how large each face is."""
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in (("key-results", 200), ("sprints", 400), ("work", 2000), ("rounds", 5)):
        wanted.add_argument(f"--{name}", type=int, default=usual)
    asked = wanted.parse_args()
    report = a_large_report(asked.key_results, asked.sprints, asked.work)
    load = os.getloadavg()[0]
    say(f"{asked.key_results} key results, {asked.sprints} sprints, {asked.work} work items")
    say(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}\n")
    say("| face | first, s | median, s | worst, s | kB |\n|---|---|---|---|---|")
    firsts, medians = 0.0, 0.0
    for name, face in FACES.items():
        taken = []
        for _ in range(asked.rounds + 1):
            start = time.perf_counter()
            text = face(report)
            taken.append(time.perf_counter() - start)
        first, *others = taken
        firsts, medians = firsts + first, medians + statistics.median(others)
        size = len(text.encode()) / 1000
        say(f"| {name} | {first:.2f} | {statistics.median(others):.2f} | {max(others):.2f} | {size:,.0f} |")
    say(f"| all | {firsts:.2f} | {medians:.2f} | | |")


if __name__ == "__main__":
    main()
