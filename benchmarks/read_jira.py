"""How fast a Jira is read: okrsync's adapter against a bare `requests` loop that makes the same calls.

    .venv/bin/python benchmarks/read_jira.py [--issues 10000] [--delay 0 --delay 50]

The sandbox runs in a process of its own and waits `--delay` milliseconds before each answer; each case is read in a
fresh process, so that its peak memory is its own. The bare loop sends what the adapter sent, one after the other over
one connection, and parses each answer with `json`. "again" is the next run, which has the mirror and finds nothing new.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from adapters.sandbox.jira.fields import STORY_POINTS
from adapters.sandbox.jira.site import Board, Issue, Project, Site, Sprint

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
SINCE = date(2026, 10, 1)
BY_KIND = {
    "search": "issue reads",
    "bulkfetch": "issue reads",
    "boards": "per board",
    "board": "per board",
    "board_sprints": "per board",
    "board_configuration": "per board",
    "changelog": "sprint history",
    "issue": "flag ledgers",
}
DESCRIPTION = "What a customer sees, what should happen instead, and how we know that it is done. " * 12


@dataclass(frozen=True)
class Case:
    """One Jira to read."""

    name: str
    deployment: str
    bulk: int


CASES = (
    Case("Cloud, 1,000 a bulk", "cloud", 1000),
    Case("Cloud, 100 a bulk", "cloud", 100),
    Case("Data Center", "data-center", 1000),
)


def a_site(issues: int, bulk: int) -> Site:
    """One project with an epic for every hundred stories, a board, and a hundred issues in its sprint."""
    statuses = Site(now=NOW).statuses
    site = Site(
        now=NOW,
        projects=[Project("1", "PAY", "Payments")],
        boards=[Board(12, "Payments", "scrum", ["PAY"], STORY_POINTS)],
        sprints=[Sprint(77, "Sprint 12", "active", 12, NOW - timedelta(days=9), NOW + timedelta(days=5))],
        bulk_limit=bulk,
    )
    for number in range(1, issues + 1):
        epic = number % 101 == 1
        site.issues.append(
            Issue(
                id=str(10000 + number),
                key=f"PAY-{number}",
                project="PAY",
                type="Epic" if epic else "Story",
                level=int(epic),
                summary=f"Work {number}",
                description=DESCRIPTION,
                status=statuses[number % 4],
                created=NOW - timedelta(days=40),
                updated=NOW - timedelta(hours=1, minutes=number % 50_000),
                status_changed=NOW - timedelta(days=2),
                labels=["okr:PAY-O1-KR1"] if epic else [],
                parent=None if epic else f"PAY-{number - (number - 1) % 101}",
                sprints=[77] if number % max(issues // 100, 1) == 0 and not epic else [],
                custom={STORY_POINTS: float(number % 8)},
            )
        )
    return site


def serve(pipe: Connection, case: Case, issues: int) -> None:
    """The sandbox: tells its address, then does as the pipe says."""
    from adapters.sandbox.jira.app import JiraCloud
    from adapters.sandbox.jira.data_center import JiraDataCenter
    from adapters.sandbox.server import Server

    site = a_site(issues, case.bulk)
    with Server(JiraDataCenter(site) if case.deployment == "data-center" else JiraCloud(site)) as server:
        pipe.send(server.url)
        while (told := pipe.recv()) is not None:
            if isinstance(told, float):
                server.reset()
                server.faults.delay(told)
                pipe.send(None)
            else:
                pipe.send([(call.method, call.path, call.operation, call.request) for call in server.calls])


@contextmanager
def served(case: Case, issues: int) -> Iterator[tuple[str, Connection]]:
    """The sandbox in another process: its address, and the pipe to it."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=serve, args=(theirs, case, issues), daemon=True)
    process.start()
    try:
        yield ours.recv(), ours
    finally:
        ours.send(None)
        process.join(10)


@dataclass(frozen=True)
class Timed:
    """One case, measured."""

    issues: int
    requests: Counter[str]
    seconds: float
    bare_seconds: float
    answered_mb: float
    again: Counter[str]
    again_seconds: float
    again_answered_mb: float
    peak_mb: float
    imports_mb: float


def measure(case: Case, issues: int, delay: float) -> Timed:
    """Read the case with the adapter, then again with the mirror, then send the first reading's calls bare."""
    with served(case, issues) as (url, pipe), tempfile.TemporaryDirectory() as folder:

        def calls() -> list[tuple[str, str, str, str]]:
            pipe.send("calls")
            return list(pipe.recv())

        def start() -> float:
            pipe.send(delay / 1000)
            pipe.recv()
            return time.perf_counter()

        read = _reader(case, url, Path(folder))
        imports = _peak_mb()
        began = start()
        found = read()
        seconds, sent, peak = time.perf_counter() - began, calls(), _peak_mb()
        began = start()
        read()
        again_seconds, again = time.perf_counter() - began, calls()
        began = start()
        answered = _bare(url, case, sent)
        bare_seconds = time.perf_counter() - began
        again_answered = _bare(url, case, again)
    return Timed(
        issues=found,
        requests=_kinds(sent),
        seconds=seconds,
        bare_seconds=bare_seconds,
        answered_mb=answered / 1e6,
        again=_kinds(again),
        again_seconds=again_seconds,
        again_answered_mb=again_answered / 1e6,
        peak_mb=peak,
        imports_mb=imports,
    )


def _reader(case: Case, url: str, folder: Path):  # type: ignore[no-untyped-def]
    import adapters.jira.tracker  # noqa: F401 the imports are not what is measured
    from adapters.jira import connect
    from adapters.jira.settings import JiraSettings
    from adapters.mirror import Mirror
    from adapters.retry import Deadline
    from mappings.model import Scope

    os.environ |= {"JIRA_EMAIL": "okrsync@example.com", "JIRA_API_TOKEN": "sandbox-token"}
    settings = JiraSettings.model_validate({"kind": "jira", "url": url, "deployment": case.deployment})
    scope = Scope(tracker="jira", team="payments", projects=("PAY",))

    def read() -> int:
        mirror = Mirror(folder / "mirror.db")
        jira = connect("jira", settings, deadline=Deadline(600), may_write=False, mirror=mirror)
        try:
            return len(jira.read(scope, since=SINCE).issues)
        finally:
            jira.close()

    return read


def _bare(url: str, case: Case, calls: Sequence[tuple[str, str, str, str]]) -> int:
    """How many bytes the calls are answered in all."""
    import requests

    answered = 0
    with requests.Session() as session:
        if case.deployment == "data-center":
            session.headers["Authorization"] = "Bearer sandbox-token"
        else:
            session.auth = ("okrsync@example.com", "sandbox-token")
        session.headers["Content-Type"] = "application/json"
        for method, path, _, body in calls:
            answer = session.request(method, url + path, data=body or None, timeout=60)
            answer.json()
            answered += len(answer.content)
    return answered


def _kinds(calls: Sequence[tuple[str, str, str, str]]) -> Counter[str]:
    return Counter(BY_KIND.get(operation, "fixed") for _, _, operation, _ in calls)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure every case and print a table of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--issues", type=int, default=10_000)
    parser.add_argument("--delay", type=float, action="append", help="milliseconds a request; default 0 and 50")
    asked = parser.parse_args()
    out = sys.stdout.write
    out(f"{asked.issues} issues. Requests by kind, seconds, MB\n")
    for case in CASES:
        for delay in asked.delay or [0.0, 50.0]:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                timed = pool.submit(measure, case, asked.issues, delay).result()
            out(
                f"{case.name}, {delay:g} ms: {timed.issues} issues read\n"
                f"  requests {dict(timed.requests)}, {timed.answered_mb:.2f} MB\n"
                f"  seconds {timed.seconds:.2f}, bare {timed.bare_seconds:.2f}, "
                f"ratio {timed.seconds / timed.bare_seconds:.2f}\n"
                f"  peak {timed.peak_mb:.0f} MB, of them {timed.imports_mb:.0f} before the first request\n"
                f"  again {dict(timed.again)}, {timed.again_answered_mb:.2f} MB, seconds {timed.again_seconds:.2f}\n"
            )


if __name__ == "__main__":
    main()
