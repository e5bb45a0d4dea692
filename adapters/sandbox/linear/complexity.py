"""What a query costs by the documented rule: a scalar 0.1, an object 1, a connection's elements times its page.

The sum is rounded up. `pageInfo` is counted once, not per element: so the vendor's own example comes to its 66.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from adapters.sandbox.linear.paging import DEFAULT_PAGE

_SCALAR = Fraction(1, 10)


@dataclass(frozen=True)
class _Counter:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]

    def selection(self, selections: SelectionSetNode, parent: GraphQLObjectType) -> Fraction:
        return sum((self._cost(node, parent) for node in selections.selections), Fraction(0))

    def _cost(self, node: object, parent: GraphQLObjectType) -> Fraction:
        if isinstance(node, FragmentSpreadNode):
            return self.selection(self.fragments[node.name.value].selection_set, parent)
        if isinstance(node, InlineFragmentNode):
            return self.selection(node.selection_set, parent)
        assert isinstance(node, FieldNode)  # noqa: S101 - GraphQL has no fourth kind of selection
        field = parent.fields.get(node.name.value)
        kind = get_named_type(field.type) if field else None
        if node.selection_set is None or not isinstance(kind, GraphQLObjectType):
            return _SCALAR
        if kind.name.endswith("Connection"):
            return self._connection(node.selection_set, kind, self._page(node))
        return 1 + self.selection(node.selection_set, kind)

    def _connection(self, selections: SelectionSetNode, kind: GraphQLObjectType, page: int) -> Fraction:
        total = Fraction(0)
        for node in selections.selections:
            if isinstance(node, FragmentSpreadNode):
                total += self._connection(self.fragments[node.name.value].selection_set, kind, page)
            elif isinstance(node, InlineFragmentNode):
                total += self._connection(node.selection_set, kind, page)
            else:
                once = isinstance(node, FieldNode) and node.name.value == "pageInfo"
                total += self._cost(node, kind) * (1 if once else page)
        return total

    def _page(self, node: FieldNode) -> int:
        value = next((a.value for a in node.arguments or () if a.name.value == "first"), None)
        if isinstance(value, VariableNode):
            asked = self.variables.get(value.name.value)
            return asked if isinstance(asked, int) else DEFAULT_PAGE
        return int(value.value) if isinstance(value, IntValueNode) else DEFAULT_PAGE


def complexity_of(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> int:
    """Points of a validated operation whose variables are as they were sent."""
    root = schema.get_root_type(operation.operation)
    assert root is not None  # noqa: S101 - validated
    defaults = {
        definition.variable.name.value: int(definition.default_value.value)
        for definition in operation.variable_definitions or ()
        if isinstance(definition.default_value, IntValueNode)
    }
    return ceil(_Counter(schema, fragments, {**defaults, **variables}).selection(operation.selection_set, root))
