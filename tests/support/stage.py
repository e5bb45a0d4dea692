"""A made-up company on stage: sandbox trackers on loopback, a directory with its config, and runs against them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.retry import Deadline
from adapters.sandbox.jira.site import Site
from adapters.sandbox.launch import Sandbox, open_company
from adapters.sandbox.linear.nodes import Issue as LinearIssue
from adapters.sandbox.linear.nodes import WorkflowState
from adapters.sandbox.linear.workspace import Workspace
from adapters.sandbox.server import Call
from syncer.config import load
from syncer.run import Run, run


class Stage:
    """One company and its trackers. Waits between repeated requests take no time."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.folder = sandbox.config.parent

    @property
    def site(self) -> Site:
        return self.sandbox.site

    @property
    def workspace(self) -> Workspace:
        assert self.sandbox.workspace is not None
        return self.sandbox.workspace

    def run(self, mode: str = "sync", *, at: datetime | None = None, **options: Any) -> Run:
        """A whole run, as the command does it."""
        config, registry = load(self.sandbox.config)
        deadline = Deadline(config.deadline_seconds, sleep=lambda _: None)
        return run(config, registry, mode=mode, at=at or self.sandbox.now, deadline=deadline, **options)

    def finish(self, tracker: str, key: str) -> None:
        """A person finishes an issue."""
        if tracker == "jira-main":
            issue = self.site.issue(key)
            assert issue is not None
            self.site.transition(issue, self.site.status("Done"), self.site.resolution("Done"))
            return
        found = self.workspace.get(LinearIssue, key)
        assert found is not None
        done = next(
            state
            for state in self.workspace.all(WorkflowState)
            if state.type == "completed" and state.team is found.team
        )
        self.workspace.change(found, state=done, completed_at=self.workspace.now)

    def leave_jira_out(self, stays: Callable[[str], bool]) -> None:
        """Of config and registry only what is Linear's: the rest costs time. Of the objectives, by their text, those
        that stay.
        """
        tables = re.split(r"(?m)^(?=\[)", self.sandbox.config.read_text("utf-8"))
        self.sandbox.config.write_text("".join(each for each in tables if "jira" not in each), "utf-8")
        for file in self.folder.glob("okrs/*.toml"):
            period, *objectives = re.split(r"(?m)^(?=\[\[objectives\]\]$)", file.read_text("utf-8"))
            file.write_text(period + "".join(filter(stays, objectives)), "utf-8")

    def mutations(self) -> list[Call]:
        """Every mutating request so far, of both trackers."""
        return [call for server in self.sandbox.servers for call in server.mutations]

    def state(self) -> dict[str, Any]:
        """What stands in both trackers and in the progress file, without ids and times of what okrsync made."""
        files = sorted(self.folder.glob("okrs/*.json"))
        return {
            "jira": self.site.snapshot(),
            "jira-dc": self.sandbox.dc_site.snapshot() if self.sandbox.dc_site else {},
            "linear": self.workspace.snapshot(),
            "files": {file.name: file.read_text(encoding="utf-8") for file in files},
        }


@contextmanager
def on_stage(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, size: float = 1.0, data_center: bool = False
) -> Iterator[Stage]:
    """Serve a company from `folder`; size 0.1 is the small one, whose Jira then is the Data Center."""
    with open_company(folder, size=size, data_center=data_center) as sandbox:
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        yield Stage(sandbox)
