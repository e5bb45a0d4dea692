"""Data Center's wiki text, both ways: a description to plain text, a living text to a comment with our marker.

After Atlassian's "Text Formatting Notation Help"; only what stands in the way of reading a line is taken out.
"""

import re

from adapters.jira.adf import LONGEST_COMMENT, marker

_BLOCK = re.compile(r"\{(?:code|noformat|quote|panel|color|anchor)(?::[^{}\n]*)?\}")
_START = re.compile(r"^[ \t]*(?:h[1-6]\.|bq\.|[*#-]{1,8})[ \t]+", re.MULTILINE)
_FORCED_BREAK = re.compile(r"\\\\(?=\s|$)", re.MULTILINE)
_ESCAPED = re.compile(r"\\([\\{}\[\]*_?+^~!|#-])")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]*\S)\*(?![\w*])")
_SEVERAL_BREAKS = re.compile(r"\n\s*\n+")
_SPECIAL = re.compile(r"[\\{}\[\]*_?+^~!|#-]")
_STARTS_A_LINE = re.compile(r"^(\s*(?:h[1-6]|bq))\.")
_WRITTEN = re.compile(r"\\([\\{}\[\]*_?+^~!|#-])|&(amp|#46);")


def plain_text(text: str) -> str:
    """The words line by line, without empty lines: no headings' and bullets' marks, no stars around a word."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _FORCED_BREAK.sub("\n", _BLOCK.sub("", text))
    text = _EMPHASIS.sub(r"\1", _START.sub("", text))
    return _SEVERAL_BREAKS.sub("\n", _ESCAPED.sub(r"\1", text)).strip("\n")


def comment_body(text: tuple[str, ...], kr: str) -> str:
    """The living text, a paragraph an entry, with the marker at its end; cut to Jira's limit. Text stays text."""
    left = LONGEST_COMMENT
    blocks = []
    for entry in text:
        block = "\n".join(_as_text(line) for line in entry.split("\n"))
        if len(block) > left:
            break
        blocks.append(block)
        left -= len(block)
    return "\n\n".join([*blocks, _end(kr)])


def living_text(body: str, kr: str) -> tuple[str, ...] | None:
    """The paragraphs of our comment above its marker, as they were given to `comment_body`; None for another's."""
    blocks = body.replace("\r\n", "\n").rstrip().split("\n\n")
    if blocks[-1] != _end(kr):
        return None
    return tuple(_WRITTEN.sub(_meant, block) for block in blocks[:-1])


def _end(kr: str) -> str:
    return f"{{{{{marker(kr)}}}}}"


def _as_text(line: str) -> str:
    """Nothing in it is formatting, a link, a mention or a macro."""
    return _STARTS_A_LINE.sub(r"\1&#46;", _SPECIAL.sub(r"\\\g<0>", line.replace("&", "&amp;")))


def _meant(found: re.Match[str]) -> str:
    return found[1] or {"amp": "&", "#46": "."}[found[2]]
