"""How fast a Linear workspace is read: okrsync's adapter against a bare sequential `requests` loop, in the same run.

    .venv/bin/python benchmarks/read_linear.py [--issues 10000] [--delay 0 --delay 50] [--rounds 5]

The sandbox runs in a process of its own and waits `--delay` milliseconds before each answer; each case is read in a
fresh process, so that its peak memory is its own. The bare loop walks the same flat page of 250 from the first cursor
to the last over one connection, and parses each answer with `json`; it reads none of the small tables. "first" is the
adapter that also fills a mirror for the next run, "again" that next run, which finds nothing new. The table is of the
first round; the ratio of the adapter's seconds to the bare loop's is given for each round, and the machine's load.
"""

import argparse
import logging
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from adapters.sandbox.linear.nodes import Issue, IssueLabel, Team, WorkflowState
from adapters.sandbox.linear.workspace import Workspace, a_workspace, cycles_of

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
SINCE = date(2026, 10, 1)
KEY = "lin_api_sandbox"
DESCRIPTION = "What a customer sees, what should happen instead, and how we know that it is done. " * 12


def workspace_of(issues: int) -> Workspace:
    """One team with a hundred issues in its active cycle; every issue changed at a time of its own."""
    workspace = a_workspace(NOW)
    team = workspace.all(Team)[0]
    states = [state for state in workspace.all(WorkflowState) if state.type in ("unstarted", "started", "completed")]
    label = workspace.add(IssueLabel(name="okr:GRO-O1-KR1"))
    cycle = cycles_of(workspace, team)[1]
    for number in range(1, issues + 1):
        # a step that has no common part with the number of minutes: neighbours by number are far apart in time
        changed = NOW - timedelta(hours=2, minutes=number * 7919 % 50_021)
        workspace.add(
            Issue(
                team=team,
                state=states[number % 3],
                number=number,
                title=f"Work {number}",
                description=DESCRIPTION,
                estimate=float(number % 8),
                labels=[label] if number % 10 == 0 else [],
                cycle=cycle if number % max(issues // 100, 1) == 0 else None,
                created_at=NOW - timedelta(days=60),
                updated_at=changed,
            )
        )
    return workspace


def serve(pipe: Connection, issues: int) -> None:
    """The sandbox: tells its address, then does as the pipe says."""
    from adapters.sandbox.linear.app import LinearApp
    from adapters.sandbox.server import Server

    app = LinearApp(workspace_of(issues))
    with Server(app) as server:
        pipe.send(server.url)
        while (told := pipe.recv()) is not None:
            if isinstance(told, float):
                server.reset()
                app.quota.complexity.remaining = app.quota.complexity.limit
                app.quota.requests.remaining = app.quota.requests.limit
                server.faults.delay(told)
                pipe.send(None)
            else:
                points = app.quota.complexity.limit - app.quota.complexity.remaining
                pipe.send((len(server.calls), sum("OkrIssuesPage" in call.request for call in server.calls), points))


@contextmanager
def served(issues: int) -> Iterator[tuple[str, Connection]]:
    """The sandbox in another process: its address, and the pipe to it."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=serve, args=(theirs, issues), daemon=True)
    process.start()
    try:
        yield ours.recv(), ours
    finally:
        ours.send(None)
        process.join(10)


@dataclass(frozen=True)
class Timed:
    """One way of reading, measured. `points` are a little low: the bucket refills meanwhile."""

    issues: int
    seconds: float
    requests: int
    pages: int
    points: float
    peak_mb: float


def measure(issues: int, delay: float) -> tuple[float, dict[str, Timed]]:
    """MB before the first request; the adapter without a mirror, with a new one, with a full one; the bare loop."""
    with served(issues) as (url, pipe), tempfile.TemporaryDirectory() as folder:

        def timed(read) -> Timed:  # type: ignore[no-untyped-def]
            pipe.send(delay / 1000)
            pipe.recv()
            began = time.perf_counter()
            found = read()
            seconds = time.perf_counter() - began
            pipe.send("calls")
            return Timed(found, seconds, *pipe.recv(), peak_mb=_peak_mb())

        read = _reader(url, Path(folder))
        imports = _peak_mb()
        _warm(url)
        ways = {
            "adapter": lambda: read(mirrored=False),
            "bare": lambda: _bare(url),
            "first": lambda: read(mirrored=True),
            "again": lambda: read(mirrored=True),
        }
        return imports, {name: timed(way) for name, way in ways.items()}


def _reader(url: str, folder: Path):  # type: ignore[no-untyped-def]
    import structlog

    import adapters.linear.connection  # noqa: F401 the imports are not what is measured
    from adapters.linear import connect
    from adapters.linear.settings import LinearSettings
    from adapters.mirror import Mirror
    from adapters.retry import Deadline
    from mappings.model import Scope

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    os.environ["LINEAR_API_KEY"] = KEY
    settings = LinearSettings(kind="linear", url=f"{url}/graphql")
    scope = Scope(tracker="linear", team="growth", teams=("GRO",))

    def read(*, mirrored: bool) -> int:
        mirror = Mirror(folder / "mirror.db") if mirrored else None
        linear = connect("linear", settings, deadline=Deadline(600), may_write=False, mirror=mirror)
        try:
            return len(linear.read(scope, since=SINCE).issues)
        finally:
            linear.close()

    return read


def _warm(url: str) -> None:
    """Each document once, for a page of one row: the sandbox compiles a document and sorts the issues once."""
    import requests

    from adapters.linear import documents

    variables = {"filter": {}, "first": 1, "after": None, "url": "https://nowhere.example", "id": "none"}
    for name in ("START", "SHELF", "CYCLES", "ATTACHMENTS", "LEFT", "LISTING", "ISSUES"):
        body = {"query": getattr(documents, name), "variables": variables}
        requests.post(f"{url}/graphql", json=body, headers={"Authorization": KEY}, timeout=60)


def _bare(url: str) -> int:
    import requests

    from adapters.linear.documents import ISSUES, PAGE

    found, after = 0, None
    with requests.Session() as session:
        session.headers["Authorization"] = KEY
        while True:
            variables = {"filter": {"team": {"key": {"in": ["GRO"]}}}, "first": PAGE, "after": after}
            answer = session.post(f"{url}/graphql", json={"query": ISSUES, "variables": variables}, timeout=60).json()
            rows = answer["data"]["rows"]
            found, after = found + len(rows["nodes"]), rows["pageInfo"]["endCursor"]
            if not rows["pageInfo"]["hasNextPage"]:
                return found


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--issues", type=int, default=10_000)
    parser.add_argument("--delay", type=float, action="append", help="milliseconds a request; default 0 and 50")
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    out = sys.stdout.write
    for delay in asked.delay or [0.0, 50.0]:
        rounds = []
        for _ in range(asked.rounds):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                rounds.append(pool.submit(measure, asked.issues, delay).result())
        imports, found = rounds[0]
        out(f"{asked.issues} issues, {delay:g} ms a request; {imports:.0f} MB before the first request\n")
        for name, each in found.items():
            out(
                f"  {name:8} {each.requests:3} requests ({each.pages} issue pages), {each.points:8.0f} points, "
                f"{each.seconds:6.2f} s, peak {each.peak_mb:.0f} MB\n"
            )
        ratios = sorted(each["adapter"].seconds / each["bare"].seconds for _, each in rounds)
        out(f"  ratios   {' '.join(f'{ratio:.2f}' for ratio in ratios)}; load {os.getloadavg()[0]:.1f}\n")


if __name__ == "__main__":
    main()
