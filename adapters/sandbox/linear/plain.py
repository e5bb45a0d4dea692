"""Queries without fragments, directives or errors, answered straight: a page of 250 issues is 7,000 fields.

graphql-core takes five times as long for them, which would measure the sandbox and not its client. Whatever is not
plain, and whatever fails, is None here and left to graphql-core.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    is_leaf_type,
)
from graphql.execution.values import get_argument_values, get_variable_values

from adapters.sandbox.linear.relations import Stored

Write = Callable[[Any, SimpleNamespace], Any]


class _NotPlain(Exception):
    pass


def answer(
    schema: GraphQLSchema, operation: OperationDefinitionNode, context: Any, variables: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The data of a validated query; None where graphql-core has to answer."""
    root = schema.query_type
    values = get_variable_values(schema, operation.variable_definitions or (), dict(variables))
    if root is None or isinstance(values, list):
        return None
    info = SimpleNamespace(context=context, workspace=context.workspace, field_name="", variables=values)
    try:
        data: dict[str, Any] = _writer(root, operation.selection_set)(None, info)
    except Exception:  # an error's answer, with its path, is graphql-core's to make
        return None
    return data


@lru_cache(maxsize=256)
def _writer(kind: GraphQLObjectType, selections: SelectionSetNode) -> Write:
    fields = [_field(kind, node) for node in selections.selections]

    def write(source: Any, info: SimpleNamespace) -> dict[str, Any]:
        return {name: field(source, info) for name, field in fields}

    return write


def _field(kind: GraphQLObjectType, node: object) -> tuple[str, Write]:
    if not isinstance(node, FieldNode) or node.directives:
        raise _NotPlain
    name = node.name.value
    field: GraphQLField = kind.fields[name]  # a KeyError for __typename: not plain either
    resolve = field.resolve
    assert resolve is not None  # noqa: S101 - served_schema gives every field one
    complete = _complete(field.type, node)
    called = node.alias.value if node.alias else name
    if isinstance(resolve, Stored):
        read = resolve.read
        return called, lambda source, info: complete(read(info.workspace, source), info)

    def write(source: Any, info: SimpleNamespace) -> Any:
        info.field_name = name
        given = get_argument_values(field, node, info.variables) if field.args else {}
        return complete(resolve(source, info, **given), info)

    return called, write


def _complete(kind: GraphQLOutputType, node: FieldNode) -> Write:
    if isinstance(kind, GraphQLNonNull):
        if is_leaf_type(kind.of_type):
            serialize = kind.of_type.coerce_output_value

            def leaf(value: Any, _: SimpleNamespace) -> Any:
                if value is None:
                    raise _NotPlain
                return serialize(value)

            return leaf
        inner = _complete(kind.of_type, node)

        def required(value: Any, info: SimpleNamespace) -> Any:
            if value is None:
                raise _NotPlain
            return inner(value, info)

        return required
    if isinstance(kind, GraphQLList):
        element = _complete(kind.of_type, node)
        return lambda value, info: None if value is None else [element(item, info) for item in value]
    if is_leaf_type(kind):
        maybe = kind.coerce_output_value
        return lambda value, _: None if value is None else maybe(value)
    if not isinstance(kind, GraphQLObjectType) or node.selection_set is None:
        raise _NotPlain
    write = _writer(kind, node.selection_set)
    return lambda value, info: None if value is None else write(value, info)
