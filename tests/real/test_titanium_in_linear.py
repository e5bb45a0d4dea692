"""The same ten thousand issues once in Jira and once in Linear: the same delivery and classes, but for what the two
models force to differ: an epic is no issue in Linear, and a sub-task is one like any other.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adapters.sandbox.dump import load_dump
from adapters.sandbox.dump_linear import as_workspace, component_label, type_label
from adapters.sandbox.jira.app import JiraCloud
from adapters.sandbox.jira.site import Site
from adapters.sandbox.linear.app import LinearApp
from adapters.sandbox.server import Server
from mappings.model import SUB_TASK
from syncer.config import load
from syncer.run import Run, run

_ROOT = Path(__file__).resolve().parents[2]
_SHARED = Path(os.environ.get("OKRSYNC_SHARED") or _ROOT.parent / "shared")
_DUMP = _SHARED / "data" / "titanium" / "issues_10k.jsonl.gz"
_EXAMPLE = _ROOT / "examples" / "titanium"
_SPRINT = 1058
_NOON = datetime(2018, 8, 8, 12, tzinfo=UTC)
_CANCELLED = (
    *("Won't Fix", "Won't Do", "Invalid", "Duplicate", "Cannot Reproduce"),
    *("Not Our Bug", "Needs more info", "Hold"),
)

pytestmark = pytest.mark.skipif(not _DUMP.is_file(), reason=f"the real issues are not at {_DUMP}")


@pytest.fixture(scope="module")
def site() -> Site:
    return load_dump(_DUMP, active_sprint=_SPRINT, now=date(2018, 8, 8))[0]


@pytest.fixture(scope="module")
def in_jira(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with Server(JiraCloud(site)) as server, _variables(site):
        config = _copied(tmp_path_factory.mktemp("jira"))
        config.write_text(config.read_text().replace("http://127.0.0.1:8000", server.url))
        yield _planned(config)


@pytest.fixture(scope="module")
def in_linear(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    workspace = as_workspace(site, active_sprint=_SPRINT, cancelled=_CANCELLED)
    with Server(LinearApp(workspace)) as server, _variables(site):
        config = _copied(tmp_path_factory.mktemp("linear"))
        config.write_text(_told_again(config.read_text(), server.url))
        epics = {issue.key for issue in site.issues if issue.level > 0}
        for file in (config.parent / "okrs").glob("*.toml"):
            file.write_text(_bound_again(file.read_text(), epics))
        yield _planned(config)


def test_both_read_everything(in_jira: Run, in_linear: Run) -> None:
    assert [reading.problem for run in (in_jira, in_linear) for reading in run.figures.readings] == [None, None]


def test_every_key_result_counts_the_same_issues_in_the_same_way(in_jira: Run, in_linear: Run, site: Site) -> None:
    epics = {issue.key for issue in site.issues if issue.level > 0}

    assert sum(len(found.delivery.lines) for found in in_linear.figures.key_results.values()) > 50
    for id, theirs in in_jira.figures.key_results.items():
        jira = {line.issue.key: (line.amount, line.done) for line in theirs.delivery.lines}
        linear = {line.issue.key: (line.amount, line.done) for line in in_linear.figures.key_results[id].delivery.lines}
        assert linear == {key: line for key, line in jira.items() if key not in epics}, id
        if not epics & jira.keys():
            assert in_linear.figures.key_results[id].delivery.share == theirs.delivery.share


def test_every_sprint_issue_has_the_same_class(in_jira: Run, in_linear: Run, site: Site) -> None:
    sub_tasks = {issue.key for issue in site.issues if issue.level == SUB_TASK}
    jira, linear = _classes(in_jira), _classes(in_linear)

    assert len(jira) == 74
    assert {key: kind for key, kind in linear.items() if key not in sub_tasks} == jira
    assert linear.keys() - jira.keys() <= sub_tasks


def _classes(done: Run) -> dict[str, str]:
    return {
        row.issue.key: row.kind.value
        for alignment in done.figures.sprints
        for row in alignment.rows
        if alignment.sprint.state == "active"
        and not alignment.sprint.is_window
        and alignment.sprint.name == "2018 Sprint 16 SDK"
    }


def _told_again(text: str, url: str) -> str:
    """The example's config for Linear: another connection, other scopes, labels for types and components."""
    text = re.sub(
        r"\[trackers\.jira-main\].*?(?=\[teams\.sdk\])",
        f'[trackers.jira-main]\nkind = "linear"\nurl = "{url}/graphql"\ntoken_env = "LINEAR_API_KEY"\n\n',
        text,
        flags=re.DOTALL,
    )
    text = re.sub(r"jira-main = \{ projects = (\[.*?\]), boards = \[114\] \}", r"jira-main = { teams = \1 }", text)
    text = re.sub(r'component = "(\w+)"\ntype = "([\w ]+)"', lambda m: f'label = "{component_label(m[1], m[2])}"', text)
    text = re.sub(r'component = "(\w+)"', lambda m: f'label = "{component_label(m[1])}"', text)
    return re.sub(r'\btype = "(\w+)"', lambda m: f'label = "{type_label(m[1])}"', text)


def _bound_again(text: str, epics: set[str]) -> str:
    """Epics are projects; what is no epic stays an issue. Nothing is written: the plan alone is compared."""

    def place(found: re.Match[str]) -> str:
        return f"jira-main:project/{found[1].lower()}" if found[1] in epics else found[0]

    return re.sub(r"jira-main:issue/([A-Z]+-\d+)", place, text)


def _copied(directory: Path) -> Path:
    shutil.copytree(_EXAMPLE / "okrs", directory / "okrs")
    shutil.copy(_EXAMPLE / "config.toml", directory / "config.toml")
    return directory / "config.toml"


@contextmanager
def _variables(site: Site) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JIRA_EMAIL", site.accounts[0].email)
        patch.setenv("JIRA_API_TOKEN", site.accounts[0].token)
        patch.setenv("LINEAR_API_KEY", "lin_api_sandbox")
        yield


def _planned(path: Path) -> Run:
    config, registry = load(path)
    return run(config, registry, mode="plan", at=_NOON)
