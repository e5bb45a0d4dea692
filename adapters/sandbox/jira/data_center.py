"""A Jira Data Center on the same kind of site: REST v2 and agile 1.0, personal access tokens, whole JQL."""

from typing import Any

from werkzeug.wrappers import Request, Response

from adapters.sandbox.jira import agile, finding_out, offset_search, reads, remote_links, wire_data_center, writes
from adapters.sandbox.jira.asking import Asked, one
from adapters.sandbox.jira.errors import Refusal, bucket_empty
from adapters.sandbox.jira.fields import STORY_POINT_ESTIMATE, STORY_POINTS, data_center_fields
from adapters.sandbox.jira.routes import Route, answer, classified, dated, find, raw_path, read, refuse, write
from adapters.sandbox.jira.sign_in import basic_credentials, bearer_token
from adapters.sandbox.jira.site import Account, Site
from adapters.sandbox.jira.wire import local_time

VERSION = (9, 12, 12)
ANONYMOUS = "anonymous"


def as_data_center(site: Site) -> Site:
    """The same site, changed into a Data Center: its fields, and estimates in Story Points. Twice is as once."""
    site.is_data_center = True
    site.fields = data_center_fields(site.fields)
    for board in site.boards:
        if board.estimation_field == STORY_POINT_ESTIMATE:
            board.estimation_field = STORY_POINTS
    for issue in site.issues:
        if STORY_POINT_ESTIMATE in issue.custom:
            issue.custom[STORY_POINTS] = issue.custom.pop(STORY_POINT_ESTIMATE)
    return site


class JiraDataCenter:
    """Serves one `Site` as a Data Center; fits `adapters.sandbox.server.Server`.

    The site becomes one by `as_data_center`. A personal access token that is wrong is not refused: its bearer is
    anonymous, as `X-AUSERNAME` says, and finds nothing wherever anonymous callers may look.
    """

    def __init__(self, site: Site) -> None:
        self.site = as_data_center(site)
        self._routes = _all_routes()

    def classify(self, request: Request) -> tuple[str, bool]:
        """The operation's name; `unknown` ones count as mutating unless they are a GET."""
        route, _ = find(self._routes, request.method, raw_path(request))
        return classified(route, request.method)

    def handle(self, request: Request) -> Response:
        """Serve one request; every refusal is in Jira's error shape, but for those of Tomcat and the sign-in."""
        self.site.count_request()
        account, reason = self._caller(request)
        name = account.name if account else ANONYMOUS
        passes, limits = self.site.rate_limit.take(name) if self.site.rate_limit else (True, {})
        if not passes:
            canned = bucket_empty()
            response = Response(canned["body"], canned["status"], content_type="text/html;charset=utf-8")
        elif reason == "AUTHENTICATED_FAILED":
            response = Response(b"Basic Authentication Failure - Reason : AUTHENTICATED_FAILED", 401)
        else:
            try:
                response = self._handle(request, account)
            except Refusal as refusal:
                response = refusal.response()
        response.headers.update({"X-AUSERNAME": name, "X-Seraph-LoginReason": reason} | limits)
        return dated(response, self.site)

    def _handle(self, request: Request, account: Account | None) -> Response:
        path = raw_path(request)
        route, words = find(self._routes, request.method, path)
        if route is None:
            return refuse(self._routes, request.method, path)
        if account is None and not route.anonymous:
            raise Refusal(401, "You are not authenticated. Authentication required to perform this operation.")
        return answer(route, Asked(self.site, request, account, words, wire_data_center))

    def _caller(self, request: Request) -> tuple[Account | None, str]:
        """The account, None for an anonymous caller; and how the sign-in went, in Seraph's words."""
        header = request.headers.get("Authorization", "")
        basic, bearer = basic_credentials(header), bearer_token(header)
        for account in self.site.accounts:
            if bearer == account.token or basic == f"{account.name}:{account.token}":
                return account, "OK"
        return None, "OUT" if basic is None else "AUTHENTICATED_FAILED"


def _server_info(asked: Asked) -> dict[str, Any]:
    """GET /rest/api/2/serverInfo, which answers anybody; a Data Center calls itself Server."""
    asked.query()
    return {
        "baseUrl": wire_data_center.HOME,
        "version": ".".join(map(str, VERSION)),
        "versionNumbers": list(VERSION),
        "deploymentType": "Server",
        "buildNumber": 9120012,
        "serverTime": local_time(asked.site.now, asked.zone),
        "serverTitle": "Jira",
    }


def _tokens(asked: Asked) -> list[dict[str, Any]]:
    """GET /rest/pat/latest/tokens: those of the account, without the tokens themselves (3P: programs that read it)."""
    asked.query()
    rows = []
    for number, end in enumerate(asked.account.tokens_end if asked.account else (), 1):
        row: dict[str, Any] = {"id": number, "name": f"token {number}"}
        row["createdAt"] = local_time(asked.site.now, asked.zone)
        if end is not None:
            row["expiringAt"] = local_time(end, asked.zone)
        rows.append(row)
    return rows


def _comments(asked: Asked) -> dict[str, Any]:
    expanded = "properties" in one(asked.query("startAt", "maxResults", "orderBy", "expand"), "expand", "")
    found = reads.comments(asked)
    if expanded:
        stored = {comment.id: comment.properties for comment in reads.readable_issue(asked).comments}
        for comment in found["comments"]:
            comment["properties"] = [{"key": key, "value": value} for key, value in stored[comment["id"]].items()]
    return found


def _all_routes() -> list[Route]:
    issue = r"/rest/api/2/issue/([^/]+)"
    board = r"/rest/agile/1\.0/board"
    sprint = r"/rest/agile/1\.0/sprint/(\d+)"
    return [
        read("GET", "/rest/api/2/serverInfo", "server_info", _server_info),
        read("GET", "/rest/api/2/myself", "myself", reads.myself, anonymous=False),
        read("GET", "/rest/api/2/mypermissions", "my_permissions", finding_out.my_permissions),
        read("GET", "/rest/pat/latest/tokens", "tokens", _tokens, anonymous=False),
        read("GET", "/rest/api/2/field", "fields", reads.all_fields),
        read("GET", "/rest/api/2/resolution", "resolutions", reads.resolutions),
        read("GET", "/rest/api/2/project", "projects", finding_out.all_projects),
        read("GET", "/rest/api/2/project/([^/]+)", "project", finding_out.project),
        read("GET", "/rest/api/2/search", "search", offset_search.search),
        read("POST", "/rest/api/2/search", "search", offset_search.search),
        read("GET", issue, "issue", offset_search.one_issue),
        write("PUT", issue, "edit_issue", writes.edit_issue),
        read("GET", f"{issue}/editmeta", "edit_meta", finding_out.edit_meta),
        read("GET", f"{issue}/properties", "property_keys", reads.property_keys),
        read("GET", f"{issue}/properties/([^/]+)", "property", reads.one_property),
        write("PUT", f"{issue}/properties/([^/]+)", "set_property", writes.put_property),
        write("DELETE", f"{issue}/properties/([^/]+)", "delete_property", writes.delete_property),
        read("GET", f"{issue}/comment", "comments", _comments),
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
        read("GET", rf"{board}/(\d+)/issue", "board_issues", offset_search.board_issues),
        read("GET", sprint, "sprint", agile.sprint),
        read("GET", f"{sprint}/issue", "sprint_issues", offset_search.sprint_issues),
    ]
