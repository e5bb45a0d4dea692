"""The routes of a sandbox Jira Cloud site, who may take them, and which of them change something."""

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from adapters.sandbox.jira import agile, reads, search, writes
from adapters.sandbox.jira.asking import Asked
from adapters.sandbox.jira.errors import JSON, Refusal, no_endpoint, removed_search, unauthenticated, wrong_method
from adapters.sandbox.jira.site import Account, Site


@dataclass(frozen=True)
class _Route:
    method: str
    path: re.Pattern[str]
    operation: str
    serve: Callable[[Asked], Any]
    status: int = 200
    mutating: bool = False
    anonymous: bool = True


class JiraCloud:
    """Serves one `Site`; fits `adapters.sandbox.server.Server`. The site may be changed between requests."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._cursors: search.Cursors = {}
        self._routes = self._all_routes()

    def classify(self, request: Request) -> tuple[str, bool]:
        """The operation's name; `unknown` ones count as mutating unless they are a GET."""
        route, _ = self._route(request)
        if route is None:
            return "unknown", request.method not in ("GET", "HEAD", "OPTIONS")
        return route.operation, route.mutating

    def handle(self, request: Request) -> Response:
        """Serve one request; every refusal is in Jira's error shape."""
        self.site.count_request()
        account, known = self._caller(request)
        if not known:
            return unauthenticated()
        try:
            route, words = self._route(request)
            if route is None:
                return self._refuse_path(request)
            if account is None and not route.anonymous:
                return unauthenticated()
            answer = route.serve(Asked(self.site, request, account, words))
        except Refusal as refusal:
            return refusal.response()
        if isinstance(answer, int):
            return Response(b"", answer)
        return Response(json.dumps(answer, ensure_ascii=False), route.status, content_type=JSON)

    def _caller(self, request: Request) -> tuple[Account | None, bool]:
        """The account, None for an anonymous caller; and False when credentials were given that are not right."""
        header = request.headers.get("Authorization")
        if header is None:
            return None, True
        scheme, _, value = header.partition(" ")
        try:
            given = base64.b64decode(value, validate=True).decode() if scheme.lower() == "basic" else ""
        except (binascii.Error, UnicodeDecodeError):
            given = ""
        for account in self.site.accounts:
            if given == f"{account.email}:{account.token}":
                return account, True
        return None, False

    def _route(self, request: Request) -> tuple[_Route | None, tuple[str, ...]]:
        path = _raw_path(request)
        for route in self._routes:
            if route.method == request.method and (match := route.path.fullmatch(path)):
                return route, tuple(unquote(word) for word in match.groups())
        return None, ()

    def _refuse_path(self, request: Request) -> Response:
        path = _raw_path(request)
        if re.fullmatch(r"/rest/api/[23]/search", path):
            raise removed_search()
        allowed = {route.method for route in self._routes if route.path.fullmatch(path)}
        if allowed:
            return wrong_method(request.method, allowed)
        raise no_endpoint(request.method, path)

    def _all_routes(self) -> list[_Route]:
        issue = r"/rest/api/3/issue/([^/]+)"
        board = r"/rest/agile/1\.0/board"

        def read(method: str, path: str, operation: str, serve: Callable[[Asked], Any]) -> _Route:
            return _Route(method, re.compile(path), operation, serve)

        def write(method: str, path: str, operation: str, serve: Callable[[Asked], Any], status: int = 200) -> _Route:
            return _Route(method, re.compile(path), operation, serve, status, mutating=True, anonymous=False)

        def searched(asked: Asked) -> dict[str, Any]:
            return search.search(asked, self._cursors)

        return [
            read("GET", r"/rest/api/[23]/serverInfo", "server_info", reads.server_info),
            _Route("GET", re.compile("/rest/api/3/myself"), "myself", reads.myself, anonymous=False),
            read("GET", "/rest/api/3/field", "fields", reads.all_fields),
            read("GET", "/rest/api/3/resolution", "resolutions", reads.resolutions),
            read("GET", "/rest/api/3/search/jql", "search", searched),
            read("POST", "/rest/api/3/search/jql", "search", searched),
            read("POST", "/rest/api/3/search/approximate-count", "count", search.approximate_count),
            read("POST", "/rest/api/3/issue/bulkfetch", "bulkfetch", search.bulk_fetch),
            read("POST", "/rest/api/3/changelog/bulkfetch", "changelog", reads.changelogs),
            read("GET", issue, "issue", reads.one_issue),
            write("PUT", issue, "edit_issue", writes.edit_issue),
            read("GET", f"{issue}/properties", "property_keys", reads.property_keys),
            read("GET", f"{issue}/properties/([^/]+)", "property", reads.one_property),
            write("PUT", f"{issue}/properties/([^/]+)", "set_property", writes.put_property),
            write("DELETE", f"{issue}/properties/([^/]+)", "delete_property", writes.delete_property),
            read("GET", f"{issue}/comment", "comments", reads.comments),
            write("POST", f"{issue}/comment", "add_comment", writes.add_comment, 201),
            read("GET", f"{issue}/comment/([^/]+)", "comment", reads.one_comment),
            write("PUT", f"{issue}/comment/([^/]+)", "edit_comment", writes.edit_comment),
            read("GET", board, "boards", agile.boards),
            read("GET", rf"{board}/(\d+)", "board", agile.board),
            read("GET", rf"{board}/(\d+)/sprint", "board_sprints", agile.board_sprints),
            read("GET", rf"{board}/(\d+)/configuration", "board_configuration", agile.board_configuration),
            read("GET", r"/rest/agile/1\.0/sprint/(\d+)", "sprint", agile.sprint),
        ]


def _raw_path(request: Request) -> str:
    """The path as sent, so that an escaped slash inside a property key stays in its place."""
    raw = str(request.environ.get("RAW_URI") or request.path)
    return raw.partition("?")[0]
