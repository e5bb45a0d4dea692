"""A living comment's body as each deployment wants it: a document on Cloud, wiki text on Data Center."""

from typing import Protocol

import msgspec

from adapters.jira import adf, wiki

_node = msgspec.json.Decoder(adf.Node)
_text = msgspec.json.Decoder(str)


class CommentForm(Protocol):
    """Writes a living text with our marker at its end, and reads it again."""

    def body(self, text: tuple[str, ...], kr: str) -> object:
        """What is sent as `body`, cut to Jira's limit; a paragraph an entry."""
        ...

    def living_text(self, body: msgspec.Raw, kr: str) -> tuple[str, ...] | None:
        """The paragraphs above the marker of this key result; None for any other comment, whatever its form."""
        ...


class Document:
    """Cloud's, in Atlassian Document Format."""

    def body(self, text: tuple[str, ...], kr: str) -> object:
        """See CommentForm."""
        return adf.comment_body(text, kr)

    def living_text(self, body: msgspec.Raw, kr: str) -> tuple[str, ...] | None:
        """See CommentForm."""
        try:
            document = _node.decode(body)
        except (msgspec.DecodeError, RecursionError):
            return None
        return adf.living_text(document) if adf.is_marked(document, kr) else None


class WikiText:
    """Data Center's."""

    def body(self, text: tuple[str, ...], kr: str) -> object:
        """See CommentForm."""
        return wiki.comment_body(text, kr)

    def living_text(self, body: msgspec.Raw, kr: str) -> tuple[str, ...] | None:
        """See CommentForm."""
        try:
            return wiki.living_text(_text.decode(body), kr)
        except msgspec.DecodeError:
            return None
