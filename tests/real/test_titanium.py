"""The whole job on ten thousand real issues, compared with a count made by another route.

Skipped where the issues are absent: they are no part of the project. With `-s` the figures are printed.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from real.count_titanium import count

from adapters.sandbox.launch import Deployment, Sandbox, open_dump
from syncer.config import load
from syncer.report.document import report
from syncer.report.schema import to_json
from syncer.run import Run, run

_ROOT = Path(__file__).resolve().parents[2]
_SHARED = Path(os.environ.get("OKRSYNC_SHARED") or _ROOT.parent / "shared")
_DUMP = _SHARED / "data" / "titanium" / "issues_10k.jsonl.gz"
_EXAMPLE = _ROOT / "examples" / "titanium"
_SPRINT = 1058
_NOW = date(2018, 8, 8)
_SAME = ("key_results", "objectives", "sprints", "work", "broken_tags")
_NOON = datetime(2018, 8, 8, 12, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not _DUMP.is_file(), reason=f"the real issues are not at {_DUMP}")


@dataclass(frozen=True)
class Synced:
    """One sync: what it found, how it was reported, what it sent, and how long it took."""

    run: Run
    report: dict[str, Any]
    writes: list[str]
    seconds: float


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with _serve(tmp_path_factory.mktemp("titanium")) as launched:
        yield launched


@pytest.fixture(scope="module")
def first(served: Sandbox) -> Synced:
    return _sync(served)


@pytest.fixture(scope="module")
def second(served: Sandbox, first: Synced) -> Synced:
    return _sync(served)


@pytest.fixture(scope="module")
def counted() -> dict[str, Any]:
    return count(_DUMP, _EXAMPLE, _SPRINT, _NOW)


def test_the_first_run_reads_everything_and_writes_every_key_result_it_may(first: Synced) -> None:
    statuses = {kr["id"]: kr["write"]["status"] for kr in first.report["key_results"]}
    flags = {flag["status"] for flag in first.report["flags"]}

    assert first.report["run"]["complete"] is True
    assert statuses.pop("SDK-O3-KR3") == "left-alone"  # its policy is "locked"
    assert set(statuses.values()) == flags == {"changed"}
    assert first.run.exit_code == 0


def test_the_second_run_of_a_day_writes_nothing(first: Synced, second: Synced) -> None:
    statuses = {kr["id"]: kr["write"]["status"] for kr in second.report["key_results"]}

    assert first.writes != []
    assert second.writes == []
    assert statuses.pop("SDK-O3-KR3") == "left-alone"
    assert set(statuses.values()) == {"unchanged"}


def test_without_its_history_a_run_writes_nothing_either(served: Sandbox, second: Synced) -> None:
    second.run.config.history.unlink()

    third = _sync(served)

    assert third.writes == []
    assert third.run.exit_code == 0


def test_the_class_of_every_sprint_issue_is_the_counters(first: Synced, counted: dict[str, Any]) -> None:
    rows = {row["key"]: row["class"] for row in first.report["work"] if row["sprint"] == str(_SPRINT)}
    (sprint,) = (each for each in first.report["sprints"] if each["id"] == str(_SPRINT))

    assert rows == counted["classes"]
    assert sprint["issues"] == {"total": len(rows), **counted["by_class"]}


def test_the_delivery_of_every_key_result_is_the_counters(first: Synced, counted: dict[str, Any]) -> None:
    found = {kr["id"]: kr["delivery"] for kr in first.report["key_results"]}
    for expected in counted["deliveries"].values():
        expected["share"] = pytest.approx(expected["share"], abs=0.00005)  # reported with four digits

    assert found == {
        id: {name: value for name, value in expected.items() if name != "keys"}
        for id, expected in counted["deliveries"].items()
    }


def test_every_key_result_counts_the_counters_issues(first: Synced, counted: dict[str, Any]) -> None:
    found = {
        id: sorted(line.issue.key for line in figures.delivery.lines)
        for id, figures in first.run.figures.key_results.items()
    }

    assert found == {id: expected["keys"] for id, expected in counted["deliveries"].items()}


def test_nobody_is_read(served: Sandbox, first: Synced, second: Synced) -> None:
    assert served.site.forbidden_reads == []


def test_a_read_back_to_2011_changes_no_figure(first: Synced, tmp_path: Path) -> None:
    with _serve(tmp_path, since="2011-01-01") as launched:
        everything = _sync(launched)

    assert everything.report["readings"][0]["issues"] > 8000
    assert _deliveries(everything) == _deliveries(first)
    assert _classes(everything) == _classes(first)


def test_a_data_center_gives_what_cloud_gives(served: Sandbox, first: Synced, tmp_path: Path) -> None:
    with _serve(tmp_path, deployment="data-center") as launched:
        data_center = _sync(launched)
        sections = {name: _section(data_center, name, launched) for name in _SAME}

    assert sections == {name: _section(first, name, served) for name in _SAME}
    assert data_center.run.exit_code == 0


def test_a_second_run_against_a_data_center_writes_nothing(tmp_path: Path) -> None:
    with _serve(tmp_path, deployment="data-center") as launched:
        first, second = _sync(launched), _sync(launched)

    assert first.writes != []
    assert second.writes == []


@contextmanager
def _serve(directory: Path, *, since: str = "", deployment: Deployment = "cloud") -> Iterator[Sandbox]:
    """The dump as a Jira, and in `directory` the example with the server's address in it."""
    shutil.copytree(_EXAMPLE / "okrs", directory / "okrs")
    with (
        open_dump(_DUMP, directory, active_sprint=_SPRINT, now=_NOW, deployment=deployment) as launched,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in launched.environment.items():
            patch.setenv(name, value)
        text = (_EXAMPLE / "config.toml").read_text(encoding="utf-8")
        text = text.replace("http://127.0.0.1:8000", launched.urls["jira-main"])
        if deployment == "data-center":
            (variable,) = launched.environment
            sign_in = f'deployment = "data-center"\ntoken_env = "{variable}"'
            text = text.replace('email_env = "JIRA_EMAIL"\ntoken_env = "JIRA_API_TOKEN"', sign_in)
        if since:
            text += f"\n[reading]\nsince = {since}\n"
        launched.config.write_text(text, encoding="utf-8")
        yield launched


def _sync(launched: Sandbox) -> Synced:
    launched.jira.reset()
    config, registry = load(launched.config)
    begun = time.perf_counter()
    done = run(config, registry, mode="sync", at=_NOON)
    synced = Synced(
        done,
        json.loads(to_json(report(done))),
        [f"{call.method} {call.path}" for call in launched.jira.mutations],
        time.perf_counter() - begun,
    )
    _show(synced)
    return synced


def _section(synced: Synced, name: str, launched: Sandbox) -> str:
    """A part of the report as text, without the server's address."""
    return json.dumps(synced.report[name], indent=1).replace(launched.urls["jira-main"], "https://jira")


def _show(synced: Synced) -> None:
    """The figures, for whoever runs the tests with `-s`."""
    reading = synced.report["readings"][0]
    requests = sum(synced.run.requests.values())
    print(f"\n{reading['issues']} issues read, {requests} requests, {len(synced.writes)} of them writes")
    print(f"{synced.seconds:.1f} seconds, with the sandbox in the same process")
    print(f"sprint {_SPRINT}: {[each['issues'] for each in synced.report['sprints'] if each['id'] == str(_SPRINT)]}")
    for kr in synced.report["key_results"]:
        print(f"  {kr['id']} {kr['delivery']} {kr['write']['status']}")


def _deliveries(synced: Synced) -> dict[str, Any]:
    return {kr["id"]: kr["delivery"] for kr in synced.report["key_results"]}


def _classes(synced: Synced) -> dict[str, str]:
    return {row["key"]: row["class"] for row in synced.report["work"]}
