"""`POST /graphql` as Linear answers it: authentication, quota, validation, complexity, then execution."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from typing import Any

import msgspec
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute_sync,
    parse,
    validate,
)
from werkzeug.wrappers import Request, Response

from adapters.sandbox.linear.complexity import complexity_of
from adapters.sandbox.linear.errors import (
    MAX_COMPLEXITY,
    Refused,
    bad_request,
    forbidden,
    internal,
    invalid_document,
    rate_limited,
    too_complex,
    unauthenticated,
)
from adapters.sandbox.linear.nodes import Node
from adapters.sandbox.linear.paging import Order
from adapters.sandbox.linear.plain import answer
from adapters.sandbox.linear.quota import Quota
from adapters.sandbox.linear.schema import Context, served_schema
from adapters.sandbox.linear.workspace import Workspace

TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path


@dataclass
class LinearApp:
    """A workspace behind Linear's wire protocol. One request at a time.

    `input_error_status` is the HTTP status of an answer that holds only an INPUT_ERROR (not found, replayed id):
    Linear was seen to send both 200 and 400. `read_only` is a key that may not change anything.
    """

    workspace: Workspace
    quota: Quota = field(default_factory=Quota)
    input_error_status: int = 200
    read_only: bool = False
    _orders: dict[tuple[type[Node], str], Order] = field(default_factory=dict, init=False, repr=False)

    def classify(self, request: Request) -> tuple[str, bool]:
        """The root fields joined by `+`, and whether it is a mutation; ("invalid", False) for what does not parse."""
        if request.path == TOKEN_PATH:
            return "token", False
        try:
            operation = _operation(*_read_body(request))[0]
        except _BadRequest:
            return "invalid", False
        names = (node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode))
        return "+".join(names), operation.operation is OperationType.MUTATION

    def handle(self, request: Request) -> Response:
        if request.path == TOKEN_PATH:
            return self._grant(request)
        if request.path != "/graphql":
            return self._answer(404, {"errors": [bad_request(f"no such path: {request.path}")]})
        if request.method != "POST":
            return self._answer(405, {"errors": [bad_request("only POST is served")]})
        sent = request.headers.get("Authorization", "")
        if sent not in (self.workspace.api_key, f"Bearer {self.workspace.oauth_token}"):
            return self._answer(401, {"errors": [unauthenticated()]})
        if not self.quota.requests.take(1):
            return self._answer(400, {"errors": [rate_limited(int(self.quota.requests.limit), "requests")]})
        try:
            body, name = _read_body(request)
            variables = _variables(request)
            operation, document = _operation(body, name)
        except _BadRequest as problem:
            return self._answer(400, {"errors": [problem.error]})
        problems = _problems(body)
        if problems:
            return self._answer(400, {"errors": list(problems)})
        return self._run(operation, document, variables)

    def _grant(self, request: Request) -> Response:
        """Client credentials: a new app token, instead of the one before."""
        form = request.form
        app = (form.get("client_id"), form.get("client_secret"))
        if form.get("grant_type") != "client_credentials":
            return self._answer(400, {"error": "unsupported_grant_type"})
        if app != (self.workspace.client_id, self.workspace.client_secret):
            return self._answer(401, {"error": "invalid_client"})
        self.workspace.oauth_token = f"lin_oauth_{self.workspace.new_id('Token')}"
        granted = {"access_token": self.workspace.oauth_token, "token_type": "Bearer", "expires_in": 2_591_999}
        return self._answer(200, {**granted, "scope": form.get("scope", "read")})

    def _run(self, operation: OperationDefinitionNode, document: DocumentNode, variables: dict[str, Any]) -> Response:
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        complexity = complexity_of(served_schema(), operation, fragments, variables)
        if complexity > MAX_COMPLEXITY:
            return self._answer(400, {"errors": [too_complex(complexity)]}, complexity)
        if not self.quota.complexity.take(complexity):
            limit = int(self.quota.complexity.limit)
            return self._answer(400, {"errors": [rate_limited(limit, "complexity points")]}, complexity)
        if self.read_only and operation.operation is OperationType.MUTATION:
            refused = forbidden("This API key may only read")
            return self._answer(403, {"errors": [refused.formatted], "data": None}, complexity)
        result = self._execute(operation, tuple(fragments.values()), variables)
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body = {"errors": [_told(error) for error in result.errors], "data": result.data}
        return self._answer(self._status(result), body, complexity)

    def _execute(
        self,
        operation: OperationDefinitionNode,
        fragments: tuple[FragmentDefinitionNode, ...],
        variables: dict[str, Any],
    ) -> ExecutionResult:
        """Run it; a mutation field by field, so that one that fails leaves the data of the others standing."""
        context = Context(self.workspace, self.quota, self._orders)
        if operation.operation is OperationType.QUERY and not fragments:
            plain = answer(served_schema(), operation, context, variables)
            if plain is not None:
                return ExecutionResult(plain, None)
        parts = [operation]
        if operation.operation is OperationType.MUTATION:
            parts = [_only(operation, selection) for selection in operation.selection_set.selections]
        data: dict[str, Any] = {}
        errors: list[GraphQLError] = []
        for part in parts:
            result = execute_sync(
                served_schema(),
                DocumentNode(definitions=(part, *fragments)),
                context_value=context,
                variable_values=variables,
            )
            errors += result.errors or []
            paths = [error.path[0] for error in result.errors or [] if error.path]
            data |= result.data if result.data is not None else {str(name): None for name in paths}
        nothing = errors and all(value is None for value in data.values())
        return ExecutionResult(None if nothing else data, errors or None)

    def _status(self, result: ExecutionResult) -> int:
        for error in result.errors or ():
            if not isinstance(error.original_error or error, Refused):
                return 500 if error.path else 400
        if not result.errors or result.data is not None:
            return 200
        extensions = result.errors[0].extensions or {}
        if extensions.get("code") == "INPUT_ERROR":
            return self.input_error_status
        status = extensions.get("statusCode", 400)
        assert isinstance(status, int)  # noqa: S101 - errors.py wrote it
        return status

    def _answer(self, status: int, body: dict[str, Any], complexity: int = 0) -> Response:
        headers = {**self.quota.headers(complexity), "Date": formatdate(self.quota.clock(), usegmt=True)}
        return Response(_written(body), status, headers, content_type="application/json; charset=utf-8")


def _written(body: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:  # half of a character, which JavaScript escapes as it is
        return json.dumps(body).encode()


class _BadRequest(Exception):
    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.error = error


def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.get_data(cache=True))
    except ValueError as error:
        raise _BadRequest(bad_request("POST body is not JSON")) from error
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise _BadRequest(bad_request("POST body must be an object with a query"))
    return body


def _read_body(request: Request) -> tuple[str, str | None]:
    body = _json(request)
    return body["query"], body.get("operationName")


def _variables(request: Request) -> dict[str, Any]:
    variables = _json(request).get("variables") or {}
    if not isinstance(variables, dict):
        raise _BadRequest(bad_request("variables must be an object"))
    return variables


@lru_cache(maxsize=256)
def _parse(query: str) -> DocumentNode | GraphQLError:
    try:
        return parse(query)
    except GraphQLError as error:
        return error


@lru_cache(maxsize=256)
def _problems(query: str) -> tuple[dict[str, Any], ...]:
    document = _parse(query)
    assert isinstance(document, DocumentNode)  # noqa: S101 - asked for parsed queries only
    found = validate(served_schema(), document)
    return tuple(invalid_document(error, "GRAPHQL_VALIDATION_FAILED") for error in found)


def _operation(query: str, name: str | None) -> tuple[OperationDefinitionNode, DocumentNode]:
    document = _parse(query)
    if isinstance(document, GraphQLError):
        raise _BadRequest(invalid_document(document, "GRAPHQL_PARSE_FAILED"))
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    chosen = [node for node in operations if name is None or (node.name and node.name.value == name)]
    if len(chosen) != 1:
        raise _BadRequest(bad_request("Must provide the name of one operation of the document."))
    return chosen[0], document


def _only(operation: OperationDefinitionNode, selection: Any) -> OperationDefinitionNode:
    return OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=operation.variable_definitions,
        directives=operation.directives,
        selection_set=SelectionSetNode(selections=(selection,)),
    )


def _told(error: GraphQLError) -> dict[str, Any]:
    if isinstance(error.original_error or error, Refused):
        return dict(error.formatted)
    if error.path is None:
        return invalid_document(error, "BAD_USER_INPUT")
    return internal(error)
