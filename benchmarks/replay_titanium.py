"""A quarter of real sprints, replayed: for each a sync on its last day, with one history, and the page of the last.

    nice .venv/bin/python benchmarks/replay_titanium.py [--output DIRECTORY] [DUMP]

The dump is served as Jira, rewound to the last hour of each of the SDK team's sprints; what the sync of the sprint
before wrote (values, ledgers, flags; no comments) is put there first. The sprints are those of board 114 from 1050 to
1073, six of them: from 1053 to 1073 there are five, and three of another team's board.
"""

import argparse
import gzip
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from adapters.sandbox.jira.fields import OKR_PROGRESS
from adapters.sandbox.jira.site import Site
from adapters.sandbox.launch import open_dump
from syncer.config import load
from syncer.logs import set_up
from syncer.report.document import plan_document, report
from syncer.report.files import write_all
from syncer.run import Run, run

SHARED = Path(os.environ.get("OKRSYNC_SHARED") or Path(__file__).resolve().parents[2] / "shared")
EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "titanium"
DUMP = SHARED / "data" / "titanium" / "issues_10k.jsonl.gz"
BOARD, FIRST, LAST = 114, 1050, 1073
FLAGS = ("okr-unaligned", "okr-broken-tag")


@dataclass(frozen=True, order=True)
class Part:
    """One sprint and the moment at which it is looked at: an hour before it ends, or before the next begins."""

    start: datetime
    id: int
    name: str
    at: datetime


@dataclass(frozen=True)
class Replayed:
    """One sync and what it took."""

    part: Part
    run: Run
    writes: int
    seconds: float


def parts_of(dump: Path) -> list[Part]:
    """The sprints in the order of time."""
    found: dict[int, dict[str, str]] = {}
    with gzip.open(dump, "rt", encoding="utf-8") as lines:
        for line in lines:
            for sprint in json.loads(line)["sprints"]:
                if sprint["boardId"] == BOARD and FIRST <= sprint["id"] <= LAST:
                    found[sprint["id"]] = sprint
    moments = sorted((datetime.fromisoformat(it["startDate"]), id) for id, it in found.items())
    starts = [start for start, _ in moments]
    parts = []
    for place, (start, id) in enumerate(moments):
        ends = [datetime.fromisoformat(found[id]["endDate"]), *starts[place + 1 : place + 2]]
        parts.append(Part(start, id, found[id]["name"], min(ends) - timedelta(hours=1)))
    return parts


def replay(dump: Path, folder: Path) -> Iterator[Replayed]:
    """A sync for each sprint; `folder` holds the example's files and the history."""
    shutil.copytree(EXAMPLE / "okrs", folder / "okrs")
    before: Site | None = None
    for part in parts_of(dump):
        with open_dump(dump, folder, active_sprint=part.id, now=part.at) as launched:
            os.environ.update(launched.environment)
            text = (EXAMPLE / "config.toml").read_text(encoding="utf-8")
            launched.config.write_text(text.replace("http://127.0.0.1:8000", launched.urls["jira-main"]), "utf-8")
            (folder / ".okrsync" / "mirror.db").unlink(missing_ok=True)  # it is another Jira, at another address
            if before is not None:
                carry_over(before, launched.site)
            config, registry = load(launched.config)
            begun = time.perf_counter()
            done = run(config, registry, mode="sync", at=part.at.astimezone(config.rules.zone))
            yield Replayed(part, done, len(launched.jira.mutations), time.perf_counter() - begun)
            before = launched.site


def carry_over(before: Site, now: Site) -> None:
    """What okrsync wrote: the progress field, its entity properties, its flags."""
    for issue in before.issues:
        here = now.issue(issue.id)
        if here is None:
            continue
        here.properties |= issue.properties
        if OKR_PROGRESS in issue.custom:
            here.custom[OKR_PROGRESS] = issue.custom[OKR_PROGRESS]
        here.labels += [label for label in FLAGS if label in issue.labels and label not in here.labels]


def main() -> None:
    """Replay, print a line a sprint and the trend of the page, and leave the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dump", nargs="?", type=Path, default=DUMP)
    parser.add_argument("--output", type=Path, default=Path("titanium-replay"))
    chosen = parser.parse_args()
    set_up(verbose=False, quiet=True)
    out = sys.stdout.write
    begun = time.perf_counter()
    syncs = 0
    with tempfile.TemporaryDirectory(prefix="okrsync-replay-") as folder:
        for it in replay(chosen.dump, Path(folder)):
            syncs += 1
            requests, exit_code = sum(it.run.requests.values()), it.run.exit_code
            out(f"{it.part.id} {it.part.name}, {it.part.at.date()}: {it.seconds:.1f} s, {requests} requests, ")
            out(f"{it.writes} writes, exit code {exit_code}\n")
            document = report(it.run)
            write_all(document, plan_document(it.run), chosen.output)
    for team in document.teams:
        out(f"{team.name}, the page's trend: issues that support a key result, of all\n")
        for sprint in team.trend:
            share = sprint.issues.aligned / sprint.issues.total if sprint.issues.total else 0
            out(f"  {sprint.name}: {sprint.issues.aligned} of {sprint.issues.total}, {share:.0%}\n")
    out(f"{syncs} syncs, {time.perf_counter() - begun:.0f} seconds with the dump's loading\n")
    out(f"{chosen.output / 'report.html'}\n")


if __name__ == "__main__":
    main()
