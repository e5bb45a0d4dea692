"""Small workspaces and one call to a Linear sandbox without a network; shared by the tests beside it."""

import json
from dataclasses import dataclass
from typing import Any

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from adapters.sandbox.linear.app import LinearApp
from adapters.sandbox.linear.nodes import Issue, Project, ProjectStatus, Team, WorkflowState
from adapters.sandbox.linear.workspace import Workspace, a_workspace


@dataclass(frozen=True)
class Answer:
    status: int
    data: Any
    errors: list[dict[str, Any]]
    headers: dict[str, str]

    @property
    def said(self) -> str:
        """The first error as a person is told."""
        return str(self.errors[0]["extensions"].get("userPresentableMessage", self.errors[0]["message"]))


def a_request(query: str, variables: dict[str, Any] | None = None, *, key: str = "lin_api_sandbox") -> Request:
    builder = EnvironBuilder(
        path="/graphql",
        method="POST",
        json={"query": query, "variables": variables or {}},
        headers={"Authorization": key},
    )
    return Request(builder.get_environ())


def ask(target: LinearApp | Workspace, query: str, *, key: str = "lin_api_sandbox", **variables: Any) -> Answer:
    app = target if isinstance(target, LinearApp) else LinearApp(target)
    response = app.handle(a_request(query, variables, key=key))
    body = json.loads(response.get_data())
    return Answer(response.status_code, body.get("data"), body.get("errors", []), dict(response.headers))


def the_team(workspace: Workspace, key: str = "GRO") -> Team:
    return next(team for team in workspace.all(Team) if team.key == key)


def the_state(workspace: Workspace, name: str) -> WorkflowState:
    return next(state for state in workspace.all(WorkflowState) if state.name == name)


def an_issue(workspace: Workspace, title: str = "Work", *, state: str = "Todo", **values: Any) -> Issue:
    return workspace.add(Issue(team=the_team(workspace), state=the_state(workspace, state), title=title, **values))


def a_project(workspace: Workspace, name: str = "Checkout", *, status: str = "started", **values: Any) -> Project:
    state = workspace.add(ProjectStatus(name=status.title(), type=status))
    return workspace.add(Project(name=name, status=state, **values))


__all__ = ["a_project", "a_request", "a_workspace", "an_issue", "ask", "the_state", "the_team"]
