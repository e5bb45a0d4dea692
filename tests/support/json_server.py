"""Documents on loopback, as a monitoring system or a spreadsheet's export offers them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.wrappers import Request, Response

from adapters.sandbox.server import Server


class Documents:
    """Serves `documents` by their path: a value as JSON, bytes as they are, a Response as itself."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}
        self.headers: list[dict[str, str]] = []
        """What came with each request that was served."""

    def classify(self, request: Request) -> tuple[str, bool]:
        return request.path, request.method != "GET"

    def handle(self, request: Request) -> Response:
        self.headers.append(dict(request.headers))
        if request.path not in self.documents:
            return Response("<h1>Not here</h1>", 404)
        found = self.documents[request.path]
        if isinstance(found, Response):
            return found
        return Response(found if isinstance(found, bytes) else json.dumps(found), content_type="application/json")


@contextmanager
def documents(**served: Any) -> Iterator[tuple[Documents, Server]]:
    """`served` under their names as paths: `documents(uptime={...})` is at /uptime."""
    app = Documents()
    app.documents = {f"/{name}": content for name, content in served.items()}
    with Server(app) as server:
        yield app, server
