"""A small Jira site for tests of the sandbox, and a caller that talks to it without a socket."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug.test import Client, TestResponse

from adapters.sandbox.jira.app import JiraCloud
from adapters.sandbox.jira.fields import STORY_POINT_ESTIMATE
from adapters.sandbox.jira.site import Account, Board, Issue, Project, Site, Sprint, default_accounts

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
ME = default_accounts()[0]
SOMEBODY = Account("712020:somebody", "Somebody", "somebody@example.com", "their-token", "America/New_York")


def a_site(*issues: Issue, **changes: Any) -> Site:
    """Projects ENG and OPS, a scrum board with a closed, an active and a future sprint, and a kanban board."""
    site = Site(
        now=NOW,
        projects=[Project("10001", "ENG", "Engineering"), Project("10002", "OPS", "Operations")],
        boards=[
            Board(1, "ENG board", "scrum", ["ENG"], STORY_POINT_ESTIMATE),
            Board(2, "OPS board", "kanban", ["OPS"]),
        ],
        sprints=[
            Sprint(
                10, "ENG 10", "closed", 1, NOW - timedelta(days=21), NOW - timedelta(days=7), NOW - timedelta(days=7)
            ),
            Sprint(11, "ENG 11", "active", 1, NOW - timedelta(days=7), NOW + timedelta(days=7)),
            Sprint(12, "ENG 12", "future", 1),
        ],
        issues=list(issues),
        accounts=[ME, SOMEBODY],
    )
    for name, value in changes.items():
        setattr(site, name, value)
    return site


def an_issue(number: int = 1, *, project: str = "ENG", status: str = "To Do", **changes: Any) -> Issue:
    """Issue ENG-`number` with id 10000 + number, in To Do, created a week ago."""
    week_ago = NOW - timedelta(days=7)
    issue = Issue(
        id=str(10000 + number),
        key=f"{project}-{number}",
        project=project,
        type="Story",
        summary=f"Story {number}",
        status=Site(now=NOW).status(status),
        created=week_ago,
        updated=week_ago,
        status_changed=week_ago,
    )
    for name, value in changes.items():
        setattr(issue, name, value)
    return issue


def a_document(text: str = "hello") -> dict[str, Any]:
    """An ADF document of one paragraph."""
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


class Caller:
    """Calls a site's REST API as an account; `account` None is anonymous."""

    def __init__(self, site: Site, account: Account | None = ME) -> None:
        self.app = JiraCloud(site)
        self.site = site
        self.headers = {} if account is None else {"Authorization": basic(account.email, account.token)}

    def call(self, method: str, path: str, json: Any = None, **query: Any) -> TestResponse:
        body = {} if json is None else {"json": json}
        return _client(self.app).open(path, method=method, query_string=query, headers=self.headers, **body)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.call("GET", path, **query)

    def post(self, path: str, json: Any, **query: Any) -> TestResponse:
        return self.call("POST", path, json, **query)

    def put(self, path: str, json: Any, **query: Any) -> TestResponse:
        return self.call("PUT", path, json, **query)

    def search(self, jql: str, **body: Any) -> TestResponse:
        return self.post("/rest/api/3/search/jql", {"jql": jql, **body})

    def found(self, jql: str) -> list[str]:
        """The keys a search finds, in its order."""
        answer = self.search(jql, fields=["key"], maxResults=5000)
        assert answer.status_code == 200, answer.text
        return [issue["key"] for issue in answer.json["issues"]]


def basic(name: str, password: str) -> str:
    """An Authorization header."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def _client(app: JiraCloud) -> Client:
    from werkzeug.wrappers import Request

    return Client(lambda environ, start: app.handle(Request(environ))(environ, start))
