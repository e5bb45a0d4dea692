"""The schema that the sandbox serves is a part of the vendor's, and leaves out what okrsync may not read."""

import os
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, print_ast
from graphql.language import NonNullTypeNode

from adapters.sandbox.linear.mutations import MUTATIONS
from adapters.sandbox.linear.schema import read_sdl, served_schema

SHARED = Path(os.environ.get("OKRSYNC_SHARED") or Path(__file__).resolve().parents[4] / "shared")
VENDOR = SHARED / "contracts" / "linear.schema.graphql"


def definitions(sdl: str) -> dict[str, Any]:
    document = parse(sdl, no_location=True)
    return {node.name.value: node for node in document.definitions if hasattr(node, "name")}


def differences(ours: dict[str, Any], vendors: dict[str, Any]) -> list[str]:
    """Everything in our definitions that the vendor does not have just so."""
    found: list[str] = []
    for name, mine in ours.items():
        theirs = vendors.get(name)
        if type(mine) is not type(theirs):
            found.append(f"{name}: no such {type(mine).__name__}")
            continue
        for values in ("values", "interfaces"):
            known = {node.name.value for node in getattr(theirs, values, None) or []}
            found += [f"{name}.{v.name.value}" for v in getattr(mine, values, None) or [] if v.name.value not in known]
        found += member_differences(name, getattr(mine, "fields", None), getattr(theirs, "fields", None))
    return found


def member_differences(owner: str, mine: Any, theirs: Any) -> list[str]:
    """Fields or arguments: each must exist with the same type, and none that the vendor requires may be missing."""
    known = {node.name.value: node for node in theirs or []}
    asked = {node.name.value: node for node in mine or []}
    found = []
    for name, node in asked.items():
        if name not in known:
            found.append(f"{owner}.{name}: unknown")
        elif print_ast(node.type) != print_ast(known[name].type):
            found.append(f"{owner}.{name}: {print_ast(node.type)} is {print_ast(known[name].type)} there")
        else:
            arguments = getattr(node, "arguments", None), getattr(known[name], "arguments", None)
            found += member_differences(f"{owner}.{name}", *arguments)
    # An output field may be left out; an argument or an input's field that must be given may not.
    for name, node in known.items():
        is_input = type(node).__name__ == "InputValueDefinitionNode"
        if is_input and name not in asked and isinstance(node.type, NonNullTypeNode) and node.default_value is None:
            found.append(f"{owner}.{name}: required there")
    return found


def test_every_type_field_and_argument_exists_at_the_vendor_with_the_same_nullability():
    if not VENDOR.exists():
        pytest.skip(f"{VENDOR} is absent: the vendor's schema is not part of the project")
    vendors = definitions(VENDOR.read_text(encoding="utf-8"))

    assert differences(definitions(read_sdl()), vendors) == []


def test_the_comparison_finds_what_differs():
    vendors = definitions("type A { x(n: Int!): Int  y: String! } input I { must: Int! may: Int } enum E { a }")
    ours = definitions("type A { x: Int  y: String  z: Int } input I { may: Int } enum E { a b } type B { c: Int }")

    assert sorted(differences(ours, vendors)) == [
        "A.x.n: required there",
        "A.y: String is String! there",
        "A.z: unknown",
        "B: no such ObjectTypeDefinitionNode",
        "E.b",
        "I.must: required there",
    ]


def test_people_of_an_issue_are_not_in_the_schema():
    fields = served_schema().type_map["Issue"].fields

    assert not {"assignee", "creator", "subscribers", "delegate"} & fields.keys()
    assert "lead" not in served_schema().type_map["Project"].fields


def test_every_mutation_of_the_schema_is_implemented():
    assert set(served_schema().mutation_type.fields) == set(MUTATIONS)
