"""The documents against Linear's published schema and its rule of cost."""

import os
from functools import lru_cache
from math import ceil
from pathlib import Path

import pytest
from graphql import (
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_ast_schema,
    get_named_type,
    parse,
    validate,
)

from adapters.linear import documents, okr_documents
from adapters.linear.documents import PAGE

ALL = {
    name: text
    for module in (documents, okr_documents)
    for name, text in vars(module).items()
    if isinstance(text, str) and name.isupper() and name[0] != "_"
}


@lru_cache(maxsize=1)
def linears_schema() -> GraphQLSchema:
    shared = Path(os.environ.get("OKRSYNC_SHARED", Path(__file__).resolve().parents[4] / "shared"))
    path = shared / "contracts" / "linear.schema.graphql"
    if not path.is_file():
        pytest.skip(f"Linear's schema is not at {path}")
    return build_ast_schema(parse(path.read_text(encoding="utf-8"), no_location=True), assume_valid_sdl=True)


def cost(selections: SelectionSetNode, parent: GraphQLObjectType) -> float:
    """0.1 a scalar, 1 an object, a connection times its page; the page is PAGE where it is a variable."""
    total = 0.0
    for node in selections.selections:
        assert isinstance(node, FieldNode)
        kind = get_named_type(parent.fields[node.name.value].type)
        if node.selection_set is None or not isinstance(kind, GraphQLObjectType):
            total += 0.1
            continue
        inner = cost(node.selection_set, kind)
        if kind.name.endswith("Connection"):
            asked = next((a.value for a in node.arguments if a.name.value == "first"), None)
            total += inner * (int(asked.value) if isinstance(asked, IntValueNode) else PAGE)
        else:
            total += 1 + inner
    return total


@pytest.mark.parametrize("name", ALL)
def test_a_document_fits_linears_schema(name: str) -> None:
    assert validate(linears_schema(), parse(ALL[name])) == []


@pytest.mark.parametrize("name", ALL)
def test_a_document_costs_less_than_three_thousand_points(name: str) -> None:
    schema = linears_schema()
    (operation,) = parse(ALL[name]).definitions
    assert isinstance(operation, OperationDefinitionNode)
    root = schema.get_root_type(operation.operation)
    assert root is not None

    assert ceil(cost(operation.selection_set, root)) < 3000


def test_a_page_is_as_large_as_linear_allows() -> None:
    assert PAGE == 250
    assert len(ALL) > 20


@pytest.mark.parametrize("name", ALL)
def test_no_document_asks_for_people_or_replaces_labels(name: str) -> None:
    words = set(ALL[name].replace("(", " ").replace("{", " ").replace(":", " ").split())

    assert not words & {"assignee", "subscribers", "delegate", "displayName", "email", "createAsUser"}
    if "mutation" in ALL[name]:
        assert "labelIds" not in ALL[name]
