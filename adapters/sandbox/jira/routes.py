"""Which request goes where: the routes of a sandbox Jira, in the order they are tried."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from werkzeug.http import http_date
from werkzeug.wrappers import Request, Response

from adapters.sandbox.jira.asking import Asked
from adapters.sandbox.jira.errors import JSON, no_endpoint, wrong_method
from adapters.sandbox.jira.site import Site

Serve = Callable[[Asked], Any]


@dataclass(frozen=True)
class Route:
    """One operation. `serve` gives the JSON, or a status alone; `anonymous` callers are let in, and see nothing."""

    method: str
    path: re.Pattern[str]
    operation: str
    serve: Serve
    status: int = 200
    mutating: bool = False
    anonymous: bool = True


def read(method: str, path: str, operation: str, serve: Serve, *, anonymous: bool = True) -> Route:
    """A route that changes nothing."""
    return Route(method, re.compile(path), operation, serve, anonymous=anonymous)


def write(method: str, path: str, operation: str, serve: Serve, status: int = 200) -> Route:
    """A route that changes something, for accounts only."""
    return Route(method, re.compile(path), operation, serve, status, mutating=True, anonymous=False)


def find(routes: Sequence[Route], method: str, path: str) -> tuple[Route | None, tuple[str, ...]]:
    """The route of a path as sent, and the path's variable parts, decoded."""
    for route in routes:
        if route.method == method and (match := route.path.fullmatch(path)):
            return route, tuple(unquote(word) for word in match.groups())
    return None, ()


def refuse(routes: Sequence[Route], method: str, path: str) -> Response:
    """405 where another method would do, else 404."""
    allowed = {route.method for route in routes if route.path.fullmatch(path)}
    return wrong_method(method, allowed) if allowed else no_endpoint(method, path).response()


def answer(route: Route, asked: Asked) -> Response:
    """What the route serves, as JSON; a tuple brings its own status. Raises Refusal."""
    found = route.serve(asked)
    if isinstance(found, int):
        return Response(b"", found)
    status, body = found if isinstance(found, tuple) else (route.status, found)
    return Response(json.dumps(body, ensure_ascii=False), status, content_type=JSON)


def dated(response: Response, site: Site) -> Response:
    """With the site's clock in `Date`, by which a caller sees that its own is off."""
    response.headers["Date"] = http_date(site.now)
    return response


def raw_path(request: Request) -> str:
    """The path as sent, so that an escaped slash inside a property key stays in its place."""
    raw = str(request.environ.get("RAW_URI") or request.path)
    return raw.partition("?")[0]


def classified(route: Route | None, method: str) -> tuple[str, bool]:
    """The operation's name, and whether it changes something; `unknown` ones do unless they are a GET."""
    if route is None:
        return "unknown", method not in ("GET", "HEAD", "OPTIONS")
    return route.operation, route.mutating
