"""The living comment: one on an issue for each key result, found by its marker, edited only when its text moved.

A new comment always notifies (Atlassian: "Add comment"), so it is created once and edited for ever. Jira has no key
against creating it twice: what is ours is listed first, and again after creating, and of several the oldest lives.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from adapters.errors import AccessDenied, NotFound, RejectedWrite, Unreadable
from adapters.jira.client import Client
from adapters.jira.comment_form import CommentForm, Document, WikiText
from adapters.jira.settings import JiraSettings
from mappings.targets import fingerprint

QUIETLY: dict[str, str | int] = {"notifyUsers": "false"}
A_PAGE = 100
MOST_PAGES = 1_000


class _Author(msgspec.Struct, frozen=True, rename="camel"):
    account_id: str = ""
    key: str = ""


class _Comment(msgspec.Struct, frozen=True):
    id: str
    author: _Author = _Author()
    body: msgspec.Raw = msgspec.Raw(b"{}")


class _Comments(msgspec.Struct, frozen=True):
    comments: list[_Comment]
    total: int | None = None


class _Created(msgspec.Struct, frozen=True):
    id: str


_comments = msgspec.json.Decoder(_Comments)
_created = msgspec.json.Decoder(_Created)


@dataclass(frozen=True, slots=True)
class _Living:
    id: str
    text: tuple[str, ...]
    is_mine: bool
    """False: of the account that the token had before."""


class LivingComments:
    """Keeps living comments on the issues of one site."""

    def __init__(self, client: Client, settings: JiraSettings) -> None:
        self._client = client
        self._form: CommentForm = WikiText() if settings.is_data_center else Document()
        # Data Center has no quiet edit of a comment.
        self._quietly = {} if settings.is_data_center else QUIETLY

    def ensure(self, issue: str, kr: str, text: tuple[str, ...], *, known: str, account: str) -> tuple[str, str]:
        """The id of the one comment that now says `text`, and what a person has to do about another, or nothing.

        `known` is the id that our ledger names; it may be another account's, from before the token was changed.
        """
        found = self._living(issue, kr, known, account)
        mine = [comment for comment in found if comment.is_mine]
        for theirs in (comment for comment in found if not comment.is_mine):
            if self._try_edit(issue, kr, theirs, text):
                return theirs.id, self._delete(issue, mine)
            return (
                self._edit_or_create(issue, kr, text, mine, account)[0],
                f"comment {theirs.id} is another account's, from before the token was changed: delete it there",
            )
        return self._edit_or_create(issue, kr, text, mine, account)

    def _edit_or_create(
        self, issue: str, kr: str, text: tuple[str, ...], mine: Sequence[_Living], account: str
    ) -> tuple[str, str]:
        if not mine:
            path = f"{self._client.api}/issue/{issue}/comment"
            self._client.fetch(_created, "POST", path, body={"body": self._form.body(text, kr)})
            # Another run may have made one since we looked: the later of the two sees both here.
            mine = [comment for comment in self._living(issue, kr, "", account) if comment.is_mine]
        if not mine:
            raise Unreadable(
                "Jira took the living comment and does not list it: run again later", tracker=self._client.name
            )
        oldest, *others = mine
        self._edit(issue, kr, oldest, text)
        return oldest.id, self._delete(issue, others)

    def _living(self, issue: str, kr: str, known: str, account: str) -> list[_Living]:
        """Our comments with this key result's marker, oldest first. Other people's are not looked into."""
        path = f"{self._client.api}/issue/{issue}/comment"
        found: list[_Living] = []
        seen = 0
        for _ in range(MOST_PAGES):
            params: dict[str, str | int] = {"startAt": seen, "maxResults": A_PAGE, "orderBy": "created"}
            page = self._client.fetch(_comments, "GET", path, params=params)
            for comment in page.comments:
                is_mine = account in (comment.author.account_id, comment.author.key)
                text = self._form.living_text(comment.body, kr) if is_mine or comment.id == known else None
                if text is not None:
                    found.append(_Living(comment.id, text, is_mine))
            seen += len(page.comments)
            if not page.comments or (page.total is not None and seen >= page.total):
                # By id: two runs at once have to agree on which is the oldest, and times can be equal.
                return sorted(found, key=lambda comment: (len(comment.id), comment.id))
        raise Unreadable("Jira's list of comments does not end", tracker=self._client.name)

    def _edit(self, issue: str, kr: str, comment: _Living, text: tuple[str, ...]) -> None:
        if fingerprint(comment.text) != fingerprint(text):
            path = f"{self._client.api}/issue/{issue}/comment/{comment.id}"
            self._client.call("PUT", path, params=self._quietly, body={"body": self._form.body(text, kr)})

    def _try_edit(self, issue: str, kr: str, comment: _Living, text: tuple[str, ...]) -> bool:
        try:
            self._edit(issue, kr, comment, text)
        except (AccessDenied, NotFound, RejectedWrite):
            return False
        return True

    def _delete(self, issue: str, comments: Sequence[_Living]) -> str:
        """Take these of ours away; the answer names those that we may not."""
        left = []
        for comment in comments:
            try:
                self._client.call("DELETE", f"{self._client.api}/issue/{issue}/comment/{comment.id}")
            except NotFound:
                continue  # the other run was faster
            except (AccessDenied, RejectedWrite):
                left.append(comment.id)
        return f"comment {', '.join(left)} of okrsync is there besides and may not be deleted by it" if left else ""
