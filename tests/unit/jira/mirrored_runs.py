"""A Jira that was read once, and further runs that share its mirror."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from unit.jira.jira_site import PAY, SINCE, Jira, a_site, an_issue, served

from adapters.mirror import Mirror
from adapters.ports import Contents
from mappings.model import Scope


class Runs:
    """A site, and runs against it that share a mirror."""

    def __init__(self, jira: Jira, path: Path) -> None:
        self.jira = jira
        self.path = path

    @property
    def site(self) -> Any:
        return self.jira.site

    def read(self, scope: Scope = PAY, **changes: Any) -> Contents:
        """As the next run reads, a few minutes later."""
        self.site.now += timedelta(minutes=3)
        self.jira.server.reset()
        contents: Contents = self.jira.connect(mirror=Mirror(self.path), **changes).read(scope, since=SINCE)
        return contents

    def read_the_same(self) -> Contents:
        """As the next run reads, held against a full read; its requests are what the server remembers."""
        found = self.read()
        calls = self.jira.operations()
        in_full = self.jira.connect().read(PAY, since=SINCE)
        assert dataclasses.replace(found, requests_by=()) == dataclasses.replace(in_full, requests_by=())
        self.operations = calls
        return found


@contextmanager
def read_once(monkeypatch: pytest.MonkeyPatch, path: Path, deployment: str) -> Iterator[Runs]:
    """Three issues in the sprint, one under an epic of another project, read once; an hour has passed since.

    A Data Center's page holds two of them.
    """
    site = a_site(
        an_issue(1, sprints=[77]),
        an_issue(2, sprints=[77], parent="OPS-9"),
        an_issue(3, parent="PAY-1"),
        an_issue(9, project="OPS", type="Epic", level=1),
        dc_page_cap=2,
    )
    with served(site, monkeypatch, data_center=deployment == "data-center") as jira:
        found = Runs(jira, path / "mirror.db")
        found.read()
        site.now += timedelta(hours=1)
        yield found
