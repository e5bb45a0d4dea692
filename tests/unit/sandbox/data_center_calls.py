"""A caller that talks to a sandbox Data Center without a socket."""

from typing import Any

from support.sandbox_jira import ME
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Request

from adapters.sandbox.jira.data_center import JiraDataCenter
from adapters.sandbox.jira.site import Account, Site


class Caller:
    """Calls a Data Center with an account's personal access token; `account` None is anonymous."""

    def __init__(self, site: Site, account: Account | None = ME) -> None:
        self.app = JiraDataCenter(site)
        self.site = site
        self.headers = {} if account is None else {"Authorization": f"Bearer {account.token}"}

    def call(self, method: str, path: str, json: Any = None, **query: Any) -> TestResponse:
        body = {} if json is None else {"json": json}
        client = Client(lambda environ, start: self.app.handle(Request(environ))(environ, start))
        return client.open(path, method=method, query_string=query, headers=self.headers, **body)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.call("GET", path, **query)

    def post(self, path: str, json: Any, **query: Any) -> TestResponse:
        return self.call("POST", path, json, **query)

    def put(self, path: str, json: Any, **query: Any) -> TestResponse:
        return self.call("PUT", path, json, **query)

    def search(self, jql: str, **body: Any) -> TestResponse:
        return self.post("/rest/api/2/search", {"jql": jql, "fields": ["summary"], **body})

    def found(self, jql: str) -> list[str]:
        """The keys a search finds, in its order."""
        answer = self.search(jql, maxResults=1000)
        assert answer.status_code == 200, answer.text
        return [issue["key"] for issue in answer.json["issues"]]

    def fields(self, key: str, *fields: str) -> dict[str, Any]:
        """These fields of an issue."""
        found: dict[str, Any] = self.get(f"/rest/api/2/issue/{key}", fields=",".join(fields)).json["fields"]
        return found
