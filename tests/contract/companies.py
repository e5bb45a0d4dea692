"""The same small company in each tracker, and what people do to it there. Issues go by their title.

In the payments scope: "open"; "recent", done since October; "sprinted", done long before but in the active sprint;
"child", whose parent "parent" is old and elsewhere; "orphan", whose parent nobody shows; "following", done long before
but in the next sprint. Not in it: "elsewhere", and "old", which was in the sprint that closed last.

And incidents in a project of their own: three of this period, of 3 points, of 5 and unestimated, and one of before it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

import pytest
from support import builders
from unit.jira import jira_site
from unit.linear import workspaces

from adapters.memory import MemoryTracker
from adapters.ports import Writer
from adapters.sandbox.jira.fields import STORY_POINTS
from adapters.sandbox.jira.site import Project
from adapters.sandbox.jira.site import Sprint as JiraSprint
from adapters.sandbox.linear.nodes import Attachment, Initiative, InitiativeUpdate, ProjectUpdate
from mappings.measures import Query
from mappings.model import Scope, State
from mappings.targets import Target

SCORE = Decimal("0.47")
"""What the suite writes; a person then says 0.55."""
LONG_AGO = datetime(2026, 1, 15, tzinfo=UTC)
LATELY = datetime(2026, 10, 20, tzinfo=UTC)
FIRST_NIGHT = datetime(2026, 9, 30, 22, 30, tzinfo=UTC)
"""Half past midnight of the period's first day in Zurich, where the company is."""
BEFORE = FIRST_NIGHT - timedelta(hours=1)
INCIDENTS = ((3, FIRST_NIGHT), (5, LATELY), (None, LATELY), (8, BEFORE))
"""Points and creation of each."""


class Company(Protocol):
    """One tracker with the company in it."""

    scope: Scope
    active: str
    """Id of the active sprint."""
    following: str
    """Id of the next one."""
    closed: tuple[str, str]
    """Id and name of the one that closed last."""

    def connect(self, *, may_write: bool = True) -> Writer:
        """A new connection, as a new run makes it."""
        ...

    def mutations(self) -> int:
        """Requests so far that would change something."""
        ...

    def target(self, kind: str) -> Target:
        """A place of this kind to write to, empty so far; for "missing" one that is not there."""
        ...

    def labels(self, title: str) -> set[str]:
        """The labels of an issue."""
        ...

    def human_labels(self, title: str, label: str) -> None:
        """A person puts a label on an issue."""
        ...

    def human_unlabels(self, title: str, label: str) -> None:
        """A person takes a label off an issue."""
        ...

    def human_sets(self, target: Target) -> None:
        """A person says 0.55 where we said something else."""
        ...

    def human_clears(self, target: Target) -> None:
        """A person takes away what we wrote."""
        ...

    def fail(self, number: int, *, applied: bool) -> None:
        """The `number`-th request from now on is not answered: after the tracker applied it, or before."""
        ...

    def requests(self) -> int:
        """Requests that have reached the tracker."""
        ...

    def snapshot(self) -> Any:
        """What a run may change, to compare two end states."""
        ...

    def query(self, aggregate: str = "count", *, project: str = "INC") -> Query:
        """What asks for a project's issues of the period, or for the points of those that are there; INC has the
        incidents, NIL is there and empty.
        """
        ...


class InMemory:
    """The reference."""

    def __init__(self) -> None:
        self.scope = builders.a_scope()
        self.active, self.following, self.closed = "7", "8", ("6", "Sprint 6")
        self._tracker = MemoryTracker(
            issues=[
                _issue("open", 1),
                _issue("recent", 2, state=State.DONE, changed=LATELY),
                _issue("sprinted", 3, state=State.DONE, changed=LONG_AGO, sprints=("7",)),
                _issue("child", 4, parent="id-OPS-1"),
                _issue("orphan", 5, parent="id-OPS-2"),
                _issue("old", 6, state=State.DONE, changed=LONG_AGO, sprints=("6",)),
                _issue("following", 7, state=State.DONE, changed=LONG_AGO, sprints=("8",)),
                _issue("parent", 1, "OPS", state=State.DONE, changed=LONG_AGO),
                _issue("secret", 2, "OPS"),
                _issue("elsewhere", 3, "OPS"),
                _issue("goal", 9, "OKR"),
                *(
                    _issue(f"incident {place}", place, "INC", points=points and Decimal(points), created=created)
                    for place, (points, created) in enumerate(INCIDENTS)
                ),
            ],
            sprints=[
                builders.a_sprint("6", state="closed"),
                builders.a_sprint("7"),
                builders.a_sprint("8", state="future"),
                builders.a_sprint("9", team="somebody-else"),
            ],
            places=[("project", "p-1"), ("initiative", "i-1")],
            hidden=["id-OPS-2"],
        )

    def connect(self, *, may_write: bool = True) -> Writer:
        self._tracker.may_write = may_write
        return self._tracker

    def mutations(self) -> int:
        return self._tracker.mutations

    def target(self, kind: str) -> Target:
        ids = {"issue": "OKR-9", "project": "p-1", "initiative": "i-1"}
        return Target("memory", kind if kind in ids else "issue", ids.get(kind, "OKR-404"))

    def labels(self, title: str) -> set[str]:
        return set(self._tracker.issue(self._key(title)).labels)

    def human_labels(self, title: str, label: str) -> None:
        self._tracker.human_adds_label(self._key(title), label)

    def human_unlabels(self, title: str, label: str) -> None:
        self._tracker.human_removes_label(self._key(title), label)

    def human_sets(self, target: Target) -> None:
        self._tracker.human_sets_value(target, "0.55")

    def human_clears(self, target: Target) -> None:
        self._tracker.human_clears_value(target)

    def fail(self, number: int, *, applied: bool) -> None:
        self._tracker.fail(number, applied=applied)

    def requests(self) -> int:
        return self._tracker.requests

    def snapshot(self) -> Any:
        return self._tracker.snapshot()

    def query(self, aggregate: str = "count", *, project: str = "INC") -> Query:
        wanted = {"project": project, "since": "{period.start}"}
        return Query(tracker="memory", filter=json.dumps(wanted), aggregate=aggregate, field="points")

    def _key(self, title: str) -> str:
        return {"open": "PAY-1", "recent": "PAY-2", "sprinted": "PAY-3"}[title]


def _issue(title: str, number: int, project: str = "PAY", **changes: Any) -> Any:
    return builders.an_issue(f"{project}-{number}", title=title, **changes)


class InJira:
    """Jira in the sandbox, Cloud or Data Center."""

    def __init__(self, jira: jira_site.Jira) -> None:
        self.scope = jira_site.PAY
        self.active, self.following, self.closed = "77", "78", ("76", "Sprint 11")
        self._jira = jira
        old = {"category": "done", "updated": LONG_AGO}
        jira.site.sprints += [
            JiraSprint(76, "Sprint 11", "closed", 12, LONG_AGO, LONG_AGO + timedelta(days=14)),
            JiraSprint(78, "Sprint 13", "future", 12),
        ]
        jira.site.issues += [
            jira_site.an_issue(1, summary="open", sprints=[77]),
            jira_site.an_issue(2, summary="recent", category="done", updated=LATELY),
            jira_site.an_issue(3, summary="sprinted", sprints=[77], **old),
            jira_site.an_issue(4, summary="child", parent="OPS-11"),
            jira_site.an_issue(5, summary="orphan", parent="OPS-12"),
            jira_site.an_issue(6, summary="old", sprints=[76], **old),
            jira_site.an_issue(7, summary="following", sprints=[78], **old),
            jira_site.an_issue(11, project="OPS", summary="parent", type="Epic", level=1, **old),
            jira_site.an_issue(12, project="OPS", summary="secret", type="Epic", level=1),
            jira_site.an_issue(13, project="OPS", summary="elsewhere"),
            jira_site.an_issue(14, project="OPS", summary="goal"),
        ]
        jira.site.projects += [Project("3", "INC", "Incidents"), Project("4", "NIL", "Nothing")]
        for place, (points, created) in enumerate(INCIDENTS):
            custom = {STORY_POINTS: float(points)} if points else {}
            jira.site.issues.append(jira_site.an_issue(21 + place, project="INC", created=created, custom=custom))
        if jira.site.is_data_center:  # which tells the key of an epic that it hides
            jira.site.issues.remove(self._issue("secret"))
        jira.site.unreadable = {"10012"}

    def connect(self, *, may_write: bool = True) -> Writer:
        return self._jira.connect(may_write=may_write)

    def mutations(self) -> int:
        return len(self._jira.server.mutations)

    def target(self, kind: str) -> Target:
        return Target("jira-main", "issue", "OPS-404" if kind == "missing" else "OPS-14")

    def labels(self, title: str) -> set[str]:
        return set(self._issue(title).labels)

    def human_labels(self, title: str, label: str) -> None:
        self._jira.site.add_label(self._issue(title), label)

    def human_unlabels(self, title: str, label: str) -> None:
        self._jira.site.remove_label(self._issue(title), label)

    def human_sets(self, target: Target) -> None:
        self._jira.site.set_field(self._issue("goal"), jira_site.PROGRESS, 0.55)

    def human_clears(self, target: Target) -> None:
        self._jira.site.set_field(self._issue("goal"), jira_site.PROGRESS, None)

    def fail(self, number: int, *, applied: bool) -> None:
        self._jira.server.reset()
        self._jira.server.faults.drop(number, applied=applied)

    def requests(self) -> int:
        return len(self._jira.server.calls)

    def snapshot(self) -> Any:
        return self._jira.site.snapshot()

    def query(self, aggregate: str = "count", *, project: str = "INC") -> Query:
        jql = f"project = {project} AND created >= {{period.start}} ORDER BY created"
        return Query(tracker="jira-main", jql=jql, aggregate=aggregate, field="story points")

    def _issue(self, title: str) -> jira_site.Issue:
        return next(issue for issue in self._jira.site.issues if issue.summary == title)


class InLinear:
    """Linear in the sandbox."""

    def __init__(self, linear: workspaces.Company) -> None:
        self.scope = Scope(tracker="lin", team="payments", teams=("GRO",))
        self._linear = linear
        self.active, self.following = linear.cycle().id, linear.cycle(3).id
        self.closed = (linear.cycle(1).id, "Cycle 1")
        other = linear.a_team("OPS")
        old: dict[str, Any] = {"state": "completed", "completed_at": LONG_AGO, "updated_at": LONG_AGO}
        parent = linear.an_issue("parent", team=other, **old)
        secret = linear.an_issue("secret", team=other)
        linear.an_issue("open")
        linear.an_issue("recent", state="completed", completed_at=LATELY, updated_at=LATELY)
        linear.an_issue("sprinted", cycle=linear.cycle(), **old)
        linear.an_issue("child", parent=parent)
        linear.an_issue("orphan", parent=secret)
        linear.an_issue("old", cycle=linear.cycle(1), **old)
        linear.an_issue("following", cycle=linear.cycle(3), **old)
        linear.an_issue("elsewhere", team=other)
        linear.an_issue("goal", team=other)
        linear.workspace.trash(secret)
        incidents = linear.a_team("INC")
        linear.a_team("NIL")
        for points, created in INCIDENTS:
            linear.an_issue("incident", team=incidents, estimate=points, created_at=created)
        linear.workspace.trash(linear.an_issue("a mistake", team=incidents, created_at=LATELY))
        self._project = linear.a_project()
        self._initiative = linear.workspace.add(Initiative(name="Never let a customer down"))

    def connect(self, *, may_write: bool = True) -> Writer:
        return self._linear.connect(may_write=may_write)

    def mutations(self) -> int:
        return len(self._linear.server.mutations)

    def target(self, kind: str) -> Target:
        if kind == "missing":
            return Target("lin", "issue", "OPS-404")
        nodes = {"issue": self._issue("goal"), "project": self._project, "initiative": self._initiative}
        return workspaces.a_target(nodes[kind])

    def labels(self, title: str) -> set[str]:
        return {label.name for label in self._issue(title).labels}

    def human_labels(self, title: str, label: str) -> None:
        issue = self._issue(title)
        known = (each for each in self._linear.workspace.all(workspaces.IssueLabel) if each.name == label)
        found = next(known, None) or self._linear.a_label(label)
        self._linear.workspace.change(issue, labels=[*issue.labels, found])

    def human_unlabels(self, title: str, label: str) -> None:
        issue = self._issue(title)
        self._linear.workspace.change(issue, labels=[each for each in issue.labels if each.name != label])

    def human_sets(self, target: Target) -> None:
        ours = self._written(target)
        if isinstance(ours, Attachment):
            self._linear.workspace.change(ours, metadata={**ours.metadata, "value": "0.55"})
        else:
            self._linear.workspace.change(ours, body=ours.body.replace("Score 0.47", "Score 0.55"))

    def human_clears(self, target: Target) -> None:
        self._linear.workspace.delete(self._written(target))

    def fail(self, number: int, *, applied: bool) -> None:
        self._linear.server.reset()
        self._linear.server.faults.drop(number, applied=applied)

    def requests(self) -> int:
        return len(self._linear.server.calls)

    def snapshot(self) -> Any:
        return self._linear.workspace.snapshot()

    def query(self, aggregate: str = "count", *, project: str = "INC") -> Query:
        wanted = {"team": {"key": {"eq": project}}, "createdAt": {"gte": "{period.start}"}}
        return Query(tracker="lin", filter=json.dumps(wanted), aggregate=aggregate, field="estimate")

    def _issue(self, title: str) -> workspaces.Issue:
        return next(issue for issue in self._linear.workspace.all(workspaces.Issue) if issue.title == title)

    def _written(self, target: Target) -> Attachment | ProjectUpdate | InitiativeUpdate:
        kinds = {"issue": Attachment, "project": ProjectUpdate, "initiative": InitiativeUpdate}
        (found,) = self._linear.workspace.all(kinds[target.kind])
        return found


@contextmanager
def opened(tracker: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """The company in `tracker`: memory, jira, jira-data-center or linear."""
    if tracker == "memory":
        yield InMemory()
    elif tracker.startswith("jira"):
        data_center = tracker == "jira-data-center"
        with jira_site.served(jira_site.a_site(), monkeypatch, data_center=data_center) as jira:
            yield InJira(jira)
    else:
        with workspaces.served(monkeypatch) as linear:
            yield InLinear(linear)
