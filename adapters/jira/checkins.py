"""Check-ins in the comments of key results' issues. Of a comment only its time and the lines that match are kept.

DESIGN lets nobody read other people's comments; these are asked for because a key result's own issue is the place to
check in, and what is no check-in is dropped where it is decoded.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, tzinfo

import msgspec

from adapters.errors import NotFound, Unreadable
from adapters.jira import wiki
from adapters.jira.adf import Node, plain_text
from adapters.jira.client import Client
from adapters.jira.standing import Found
from adapters.jira.unchanged import Unchanged
from adapters.jira.wire import moment
from mappings.checkins import checkins_in
from mappings.okrs import Checkin
from mappings.targets import Target

COMMENTS_A_PAGE = 100
VERSION = 1
"""Of how a comment is understood: another one, and what was kept is found out again."""
MOST_PAGES = 1_000
OURS = "okrsync "
"""How the marker begins that ends every comment of this program (`adapters.jira.adf.marker`)."""


class _Comment(msgspec.Struct, frozen=True):
    created: str = ""
    body: msgspec.Raw = msgspec.Raw(b'""')


class _Comments(msgspec.Struct, frozen=True):
    comments: list[_Comment]
    total: int | None = None


_comments = msgspec.json.Decoder(_Comments)
_body: msgspec.json.Decoder[Node | str | None] = msgspec.json.Decoder(Node | str | None)
_kept = msgspec.json.Decoder(tuple[Checkin, ...])
_encode = msgspec.json.Encoder().encode


def read_checkins(client: Client, found: Mapping[Target, Found], zone: tzinfo) -> dict[Target, tuple[Checkin, ...]]:
    """The check-ins on these issues; see adapters.declaring.DeclaresOkrs.read_checkins.

    A comment moves its issue's `updated`, written, edited or deleted: an issue that stands where it stood is not asked.
    """
    unchanged = Unchanged(client)
    return {target: _checkins_of(client, unchanged, issue, zone) for target, issue in found.items()}


def _checkins_of(client: Client, unchanged: Unchanged, issue: Found, zone: tzinfo) -> tuple[Checkin, ...]:
    if issue.updated is None:
        return _checkins_on(client, issue.id, zone)
    what = f"checkins/{VERSION}/{zone}"
    known = unchanged.recall(what, issue.id, issue.updated)
    if known is not None:
        with suppress(msgspec.DecodeError):
            return _kept.decode(known)
    checkins = _checkins_on(client, issue.id, zone)
    unchanged.keep(what, issue.id, issue.updated, _encode(checkins))
    return checkins


def _checkins_on(client: Client, issue: str, zone: tzinfo) -> tuple[Checkin, ...]:
    found: list[Checkin] = []
    seen = 0
    for _ in range(MOST_PAGES):
        params: dict[str, str | int] = {"startAt": seen, "maxResults": COMMENTS_A_PAGE, "orderBy": "created"}
        try:
            page = client.fetch(_comments, "GET", f"{client.api}/issue/{issue}/comment", params=params)
        except NotFound:
            return ()  # deleted, or hidden, since it was asked for
        for comment in page.comments:
            if text := _said(comment):
                found += checkins_in(text, _created(comment, client).astimezone(zone).date())
        seen += len(page.comments)
        if not page.comments or (page.total is not None and seen >= page.total):
            return tuple(found)
    raise Unreadable("Jira's list of comments does not end", tracker=client.name)


def _said(comment: _Comment) -> str:
    """The text of a person's comment; nothing for one of ours, and for one in a form that is not known."""
    try:
        body = _body.decode(comment.body)
    except (msgspec.DecodeError, RecursionError):
        return ""
    text = plain_text(body) if isinstance(body, Node) else body or ""
    last = text.rstrip().rpartition("\n")[2].strip("{}` ")
    if last.startswith(OURS):
        return ""
    return text if isinstance(body, Node) else wiki.plain_text(text)


def _created(comment: _Comment, client: Client) -> datetime:
    try:
        return moment(comment.created)
    except ValueError:
        raise Unreadable("a comment has no date", tracker=client.name) from None
