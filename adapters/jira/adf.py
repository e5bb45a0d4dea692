"""Atlassian Document Format, both ways: a description to plain text, a living text to a comment with our marker.

After Atlassian's "Atlassian Document Format" page; only the nodes that carry text are known here.
"""

import re

import msgspec

LONGEST_COMMENT = 30_000
"""Characters; Jira's own limit of a text is 32,767."""

_INLINE = {"text", "hardBreak", "mention", "emoji", "inlineCard", "date", "status", "mediaInline", "placeholder"}
_SEVERAL_BREAKS = re.compile(r"\n\s*\n+")


class Mark(msgspec.Struct, frozen=True, gc=False):
    """Formatting of a text node."""

    type: str = ""


class Node(msgspec.Struct, frozen=True, gc=False):
    """A node of a document; a mention's name is an attribute, so it is not even read."""

    type: str = ""
    text: str | None = None
    content: tuple["Node", ...] | None = None
    marks: tuple[Mark, ...] | None = None


def plain_text(document: Node) -> str:
    """The text, each block and each hard break on a line of its own, without empty lines."""
    parts: list[str] = []
    waiting: list[Node | str] = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            parts.append(node)
        elif node.type == "text":
            parts.append(node.text or "")
        elif node.type == "hardBreak":
            parts.append("\n")
        else:
            around = () if node.type in _INLINE else ("\n",)
            waiting.extend((*around, *reversed(node.content or ()), *around))
    return _SEVERAL_BREAKS.sub("\n", "".join(parts)).strip("\n")


def marker(kr: str) -> str:
    """What our comment's last paragraph says, and says exactly: the comment is found by it."""
    return f"okrsync {kr}"


def is_marked(document: Node, kr: str) -> bool:
    """True when the last paragraph is the marker of this key result, as code, and nothing else."""
    blocks = document.content or ()
    last = (blocks[-1].content or ()) if blocks and blocks[-1].type == "paragraph" else ()
    return len(last) == 1 and last[0].text == marker(kr) and any(mark.type == "code" for mark in last[0].marks or ())


def living_text(document: Node) -> tuple[str, ...]:
    """The paragraphs of our comment above its marker, as they were given to `comment_body`."""
    return tuple(plain_text(block) for block in (document.content or ())[:-1])


def comment_body(text: tuple[str, ...], kr: str) -> dict[str, object]:
    """The living text as a document, a paragraph an entry, with the marker at its end; cut to Jira's limit."""
    left = LONGEST_COMMENT
    blocks: list[dict[str, object]] = []
    for entry in text:
        blocks.append(_paragraph(entry[:left]))
        left -= len(entry)
        if left <= 0:
            break
    end = {"type": "text", "text": marker(kr), "marks": [{"type": "code"}]}
    return {"type": "doc", "version": 1, "content": [*blocks, {"type": "paragraph", "content": [end]}]}


def _paragraph(entry: str) -> dict[str, object]:
    content: list[dict[str, object]] = []
    for number, line in enumerate(entry.split("\n")):
        if number:
            content.append({"type": "hardBreak"})
        if line:  # Jira refuses an empty text node
            content.append({"type": "text", "text": line})
    return {"type": "paragraph", "content": content}
