"""Atlassian Document Format: plain text to a document and back, and the check of a document that is sent."""

from typing import Any

from adapters.sandbox.jira.errors import Refusal

LONGEST = 32_767


def document(text: str) -> dict[str, Any] | None:
    """Plain text as a document of one paragraph a line; None for no text, as Jira answers."""
    if not text:
        return None
    lines = text.replace("\r\n", "\n").split("\n")
    return {
        "type": "doc",
        "version": 1,
        "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": line}]} if line else {"type": "paragraph"}
            for line in lines
        ],
    }


def plain(node: Any) -> str:
    """The text of a document: the text nodes, one line a block."""
    if not isinstance(node, dict):
        return ""
    if node.get("type") == "text":
        return str(node.get("text", ""))
    if node.get("type") == "hardBreak":
        return "\n"
    inner = [plain(child) for child in node.get("content", [])]
    blocks = ("doc", "bulletList", "orderedList", "listItem", "blockquote", "table", "tableRow", "panel")
    return ("\n" if node.get("type") in blocks else "").join(inner)


def checked(body: Any, where: str) -> dict[str, Any]:
    """The body if it is a version 1 document of known form. Raises Refusal (400) naming `where`."""
    valid = isinstance(body, dict) and body.get("type") == "doc" and body.get("version") == 1
    if not valid or not isinstance(body.get("content"), list) or not all(map(_is_node, body["content"])):
        raise Refusal(
            400, errors={where: "Operation value must be an Atlassian Document (see the Atlassian Document Format)"}
        )
    if len(plain(body)) > LONGEST:
        raise Refusal(
            400,
            errors={where: f"The entered text is too long. It exceeds the allowed limit of {LONGEST:,} characters."},
        )
    return dict(body)


def _is_node(node: Any) -> bool:
    if not isinstance(node, dict) or not isinstance(node.get("type"), str):
        return False
    if node["type"] == "text":
        # An empty text node is the mistake that Jira answers INVALID_INPUT to.
        return isinstance(node.get("text"), str) and bool(node["text"])
    return isinstance(node.get("content", []), list) and all(map(_is_node, node.get("content", [])))
