"""One connection to Linear's endpoint, kept open; it remembers the status and headers of its last answer."""

from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
import requests
from gql import Client as GqlClient
from gql import GraphQLRequest
from gql.client import SyncClientSession
from gql.transport.requests import RequestsHTTPTransport
from graphql import DocumentNode
from requests.auth import AuthBase

from adapters.network import Network
from adapters.whole_text import with_whole_characters


class Question(GraphQLRequest):
    """A document with its variables, sent as it was written: gql would print it anew each time."""

    def __init__(self, text: str, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        super().__init__(document, variable_values=dict(variables))
        self._text = text

    @property
    def payload(self) -> dict[str, Any]:
        """What is sent."""
        return {"query": self._text, "variables": self.variable_values}


class Lane:
    """For one thread at a time: gql keeps an answer's headers on the transport, not with the answer."""

    def __init__(self, url: str, timeout: float, network: Network, authorization: Callable[[], str]) -> None:
        self.status = 0
        """Of the last answer; 0 where there was none."""
        self.headers: Mapping[str, str] = {}
        self._session: SyncClientSession | None = None
        self._transport = RequestsHTTPTransport(
            url=url,
            auth=_Token(authorization),
            headers={"User-Agent": user_agent()},
            timeout=timeout,  # type: ignore[arg-type] # whole seconds say its types; it hands them to requests
            verify=network.verify,
            proxies=network.proxies,
            retries=0,
            allow_redirects=False,
            json_deserialize=_opened,
        )

    def execute(self, request: GraphQLRequest) -> Any:
        """Send it once. The answer's data, not yet decoded. Raises gql's errors."""
        session = self._connected()
        self.status, self.headers = 0, {}
        return session.execute(request)

    def close(self) -> None:
        """Let go of the connection; it opens again when it is needed."""
        if self._session is not None:
            self._session.close()  # type: ignore[no-untyped-call]
            self._session = None

    def _connected(self) -> SyncClientSession:
        if self._session is None:
            session = GqlClient(transport=self._transport).connect_sync()  # type: ignore[no-untyped-call]
            assert self._transport.session is not None  # noqa: S101 - connect_sync made it
            # gql drops the status when a body has errors, and keeps the last answer's headers after a failure
            self._transport.session.hooks["response"].append(self._note)
            self._session = session
        return self._session

    def _note(self, response: requests.Response, *_: object, **__: object) -> None:
        self.status, self.headers = response.status_code, response.headers


def _opened(text: str) -> dict[str, Any]:
    """An answer's parts: `data` as bytes for who knows its type, unless there are errors, which tell what there is."""
    parts: dict[str, Any] = _parts.decode(with_whole_characters(text))
    errors = msgspec.json.decode(parts.pop("errors", b"null"))
    if errors:
        return {"errors": errors, "data": msgspec.json.decode(parts.get("data", b"null"))}
    return parts


_parts = msgspec.json.Decoder(dict[str, msgspec.Raw])


class _Token(AuthBase):
    """Sets the header itself: requests would prefer a .netrc entry for the host over a plain header."""

    def __init__(self, authorization: Callable[[], str]) -> None:
        self._authorization = authorization

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._authorization()
        return request


def user_agent() -> str:
    """Who asks, as a vendor's log shows it."""
    try:
        return f"okrsync/{version('okrsync')}"
    except PackageNotFoundError:
        return "okrsync/dev"
