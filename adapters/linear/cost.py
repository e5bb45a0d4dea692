"""What a document will cost, by Linear's rule: 0.1 a scalar, 1 an object, a connection times its page argument.

linear.app/developers/rate-limiting. No schema is needed: what has `nodes` is a connection, and `pageInfo` counts once.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

from graphql import DocumentNode, FieldNode, IntValueNode, OperationDefinitionNode, SelectionSetNode, VariableNode

_DEFAULT_PAGE = 50


def points_of(document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """Complexity points of a document with these variables; fragments, which we do not write, are not counted."""
    operations = [part for part in document.definitions if isinstance(part, OperationDefinitionNode)]
    # rounded first: a sum of tenths may stand a hair above a whole number
    return ceil(round(sum(_selection(operation.selection_set, variables) for operation in operations), 6))


def _selection(selections: SelectionSetNode, variables: Mapping[str, Any]) -> float:
    return sum(_field(node, variables) for node in selections.selections if isinstance(node, FieldNode))


def _field(node: FieldNode, variables: Mapping[str, Any]) -> float:
    if node.selection_set is None:
        return 0.1
    inside = [part for part in node.selection_set.selections if isinstance(part, FieldNode)]
    if not any(part.name.value in ("nodes", "edges") for part in inside):
        return 1 + _selection(node.selection_set, variables)
    page = _page(node, variables)
    return sum(_field(part, variables) * (1 if part.name.value == "pageInfo" else page) for part in inside)


def _page(node: FieldNode, variables: Mapping[str, Any]) -> int:
    value = next((argument.value for argument in node.arguments or () if argument.name.value == "first"), None)
    if isinstance(value, VariableNode):
        return int(variables.get(value.name.value) or _DEFAULT_PAGE)
    return int(value.value) if isinstance(value, IntValueNode) else _DEFAULT_PAGE
