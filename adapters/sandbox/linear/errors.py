"""Linear's refusals, in its own words where they are known.

`extensions.statusCode` is the HTTP status that an answer takes which holds nothing else. The texts of `exclusive
labels`, `first` and `forbidden` are our own: what Linear says there is not established.
"""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError

MAX_COMPLEXITY = 10_000


class Refused(GraphQLError):
    """A refusal with Linear's extensions, raised by any resolver."""


def _refused(message: str, *, code: str, kind: str, status: int, presentable: str | None = None) -> Refused:
    extensions: dict[str, Any] = {"type": kind, "code": code, "statusCode": status, "userError": True}
    if presentable is not None:
        extensions["userPresentableMessage"] = presentable
    return Refused(message, extensions=extensions)


def not_found(kind: str) -> Refused:
    return _refused(
        f"Entity not found: {kind}",
        code="INPUT_ERROR",
        kind="invalid input",
        status=400,
        presentable=f"Could not find referenced {kind}.",
    )


def already_exists(kind: str, node_id: str) -> Refused:
    """A create whose client id was used before."""
    return Refused(
        f"conflict on insert of {kind}",
        extensions={
            "code": "INPUT_ERROR",
            "userPresentableMessage": f"Entity {kind} with id {node_id} already exists.",
        },
    )


def invalid_argument(presentable: str) -> Refused:
    return _refused(
        "Argument Validation Error", code="INVALID_INPUT", kind="invalid input", status=400, presentable=presentable
    )


def invalid_input(message: str, presentable: str) -> Refused:
    return _refused(message, code="INPUT_ERROR", kind="invalid input", status=400, presentable=presentable)


def forbidden(presentable: str) -> Refused:
    return _refused("Forbidden", code="FORBIDDEN", kind="forbidden", status=403, presentable=presentable)


def too_complex(complexity: int) -> dict[str, Any]:
    return {
        "message": "Query too complex",
        "extensions": {
            "code": "INPUT_ERROR",
            "type": "invalid input",
            "userError": True,
            "userPresentableMessage": (
                f"The query is too complex. Complexity: {complexity}. Maximum allowed complexity: {MAX_COMPLEXITY}."
            ),
            "meta": {},
        },
    }


def rate_limited(limit: int, what: str) -> dict[str, Any]:
    """`what` is what ran out: requests or complexity points."""
    return {
        "message": f"Rate limit exceeded. Only {limit} {what} are allowed per 1 hour.",
        "extensions": {"type": "ratelimited", "code": "RATELIMITED", "statusCode": 429, "userError": True},
    }


def unauthenticated() -> dict[str, Any]:
    return {
        "message": "Authentication required",
        "extensions": {"type": "authentication error", "userPresentableMessage": "Invalid API key"},
    }


def bad_request(message: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"type": "graphql error", "code": "BAD_REQUEST", "userError": True}}


def invalid_document(error: GraphQLError, code: str) -> dict[str, Any]:
    """A document that does not parse (GRAPHQL_PARSE_FAILED) or does not fit the schema (GRAPHQL_VALIDATION_FAILED)."""
    return {**error.formatted, "extensions": {"type": "graphql error", "code": code, "userError": True}}


def internal(error: GraphQLError) -> dict[str, Any]:
    """A defect of the sandbox itself, told loudly."""
    cause = error.original_error
    return {
        **error.formatted,
        "message": f"sandbox defect: {type(cause).__name__}: {cause}",
        "extensions": {"type": "internal error", "code": "INTERNAL_SERVER_ERROR", "statusCode": 500},
    }
