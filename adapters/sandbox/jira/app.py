"""The routes of a sandbox Jira Cloud site, who may take them, and which of them change something."""

import re
from typing import Any

from werkzeug.wrappers import Request, Response

from adapters.sandbox.jira import agile, finding_out, reads, remote_links, search, wire, writes
from adapters.sandbox.jira.asking import Asked
from adapters.sandbox.jira.errors import Refusal, no_endpoint, removed_search, unauthenticated, unauthorized_at_gateway
from adapters.sandbox.jira.routes import Route, answer, classified, dated, find, raw_path, read, refuse, write
from adapters.sandbox.jira.sign_in import AccessTokens, basic_credentials, bearer_token
from adapters.sandbox.jira.site import Account, Site

_GATEWAY = re.compile(r"/ex/jira/([^/]+)(/.*)")


class JiraCloud:
    """Serves one `Site`; fits `adapters.sandbox.server.Server`. The site may be changed between requests.

    The gateway `/ex/jira/{cloudId}/...`, which is another host in reality, and the OAuth 2 token endpoint are served
    beside it. An account's e-mail address and token are taken here, or at the gateway if the token is `scoped`.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self._cursors: search.Cursors = {}
        self._tokens = AccessTokens(site)
        self._routes = self._all_routes()
        self._site_only = [
            read("GET", "/_edge/tenant_info", "tenant_info", finding_out.tenant_info),
            read("POST", "/oauth/token", "oauth_token", self._tokens.issue),
        ]

    def classify(self, request: Request) -> tuple[str, bool]:
        """The operation's name; `unknown` ones count as mutating unless they are a GET."""
        path, gateway = _place(request)
        route, _ = find(self._routes if gateway else [*self._routes, *self._site_only], request.method, path)
        return classified(route, request.method)

    def handle(self, request: Request) -> Response:
        """Serve one request; every refusal is in Jira's error shape."""
        self.site.count_request()
        try:
            return dated(self._handle(request), self.site)
        except Refusal as refusal:
            return dated(refusal.response(), self.site)

    def _handle(self, request: Request) -> Response:
        path, cloud_id = _place(request)
        if cloud_id not in (None, self.site.cloud_id):
            raise no_endpoint(request.method, raw_path(request))
        if cloud_id is None:
            route, words = find(self._site_only, request.method, path)
            if route is not None:
                return answer(route, Asked(self.site, request, None, words, wire))
        refused = unauthenticated if cloud_id is None else unauthorized_at_gateway
        account, known = self._caller(request, gateway=cloud_id is not None)
        if not known:
            return refused()
        if re.fullmatch(r"/rest/api/[23]/search", path):
            raise removed_search()
        route, words = find(self._routes, request.method, path)
        if route is None:
            return refuse(self._routes, request.method, path)
        if account is None and not route.anonymous:
            return refused()
        return answer(route, Asked(self.site, request, account, words, wire))

    def _caller(self, request: Request, *, gateway: bool) -> tuple[Account | None, bool]:
        """The account, None for an anonymous caller; and False when credentials were given that are not right."""
        header = request.headers.get("Authorization")
        if header is None:
            return None, not gateway
        basic, bearer = basic_credentials(header), bearer_token(header)
        for account in self.site.accounts:
            right = basic == f"{account.email}:{account.token}" or (gateway and bearer == account.token)
            if right and account.scoped == gateway:
                return account, True
        account_of_token = self._tokens.account(bearer) if gateway else None
        return account_of_token, account_of_token is not None

    def _all_routes(self) -> list[Route]:
        issue = r"/rest/api/3/issue/([^/]+)"
        board = r"/rest/agile/1\.0/board"

        def searched(asked: Asked) -> dict[str, Any]:
            return search.search(asked, self._cursors)

        return [
            read("GET", r"/rest/api/[23]/serverInfo", "server_info", reads.server_info),
            read("GET", "/rest/api/3/myself", "myself", reads.myself, anonymous=False),
            read("GET", "/rest/api/3/mypermissions", "my_permissions", finding_out.my_permissions),
            read("GET", "/rest/api/3/field", "fields", reads.all_fields),
            read("GET", "/rest/api/3/resolution", "resolutions", reads.resolutions),
            read("GET", "/rest/api/3/project/search", "projects", finding_out.search_projects),
            read("GET", "/rest/api/3/project/([^/]+)", "project", finding_out.project),
            read("POST", "/rest/api/3/jql/parse", "parse_jql", finding_out.parse_jql),
            read("GET", "/rest/api/3/search/jql", "search", searched),
            read("POST", "/rest/api/3/search/jql", "search", searched),
            read("POST", "/rest/api/3/search/approximate-count", "count", search.approximate_count),
            read("POST", "/rest/api/3/issue/bulkfetch", "bulkfetch", search.bulk_fetch),
            read("POST", "/rest/api/3/changelog/bulkfetch", "changelog", reads.changelogs),
            read("GET", issue, "issue", reads.one_issue),
            write("PUT", issue, "edit_issue", writes.edit_issue),
            read("GET", f"{issue}/editmeta", "edit_meta", finding_out.edit_meta),
            read("GET", f"{issue}/properties", "property_keys", reads.property_keys),
            read("GET", f"{issue}/properties/([^/]+)", "property", reads.one_property),
            write("PUT", f"{issue}/properties/([^/]+)", "set_property", writes.put_property),
            write("DELETE", f"{issue}/properties/([^/]+)", "delete_property", writes.delete_property),
            read("GET", f"{issue}/comment", "comments", reads.comments),
            write("POST", f"{issue}/comment", "add_comment", writes.add_comment, 201),
            read("GET", f"{issue}/comment/([^/]+)", "comment", reads.one_comment),
            write("PUT", f"{issue}/comment/([^/]+)", "edit_comment", writes.edit_comment),
            write("DELETE", f"{issue}/comment/([^/]+)", "delete_comment", writes.delete_comment),
            read("GET", f"{issue}/remotelink", "remote_links", remote_links.remote_links),
            write("POST", f"{issue}/remotelink", "put_remote_link", remote_links.put_remote_link),
            write("DELETE", f"{issue}/remotelink", "delete_remote_link", remote_links.delete_remote_link),
            read("GET", board, "boards", agile.boards),
            read("GET", rf"{board}/(\d+)", "board", agile.board),
            read("GET", rf"{board}/(\d+)/sprint", "board_sprints", agile.board_sprints),
            read("GET", rf"{board}/(\d+)/configuration", "board_configuration", agile.board_configuration),
            read("GET", r"/rest/agile/1\.0/sprint/(\d+)", "sprint", agile.sprint),
        ]


def _place(request: Request) -> tuple[str, str | None]:
    """The path at the site, and the cloud id when it was asked for through the gateway."""
    path = raw_path(request)
    through = _GATEWAY.fullmatch(path)
    return (through[2], through[1]) if through else (path, None)
