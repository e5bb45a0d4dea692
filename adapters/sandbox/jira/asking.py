"""What a request asks for, checked: nothing unknown is ignored."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from werkzeug.wrappers import Request

from adapters.sandbox.jira.errors import Refusal, bad_payload
from adapters.sandbox.jira.fields import PERSONAL
from adapters.sandbox.jira.site import Account, Board, Comment, Issue, Site, Sprint


class Wire(Protocol):
    """How a deployment writes and reads its records: a module, `wire` for Cloud or `wire_data_center`."""

    API: str
    AGILE: str
    COMMENTS_A_PAGE: int

    def issue_json(
        self, site: Site, issue: Issue, fields: Sequence[str], properties: Sequence[str], zone: ZoneInfo
    ) -> dict[str, Any]: ...

    def comment_json(self, site: Site, issue: Issue, comment: Comment, zone: ZoneInfo) -> dict[str, Any]: ...

    def account_json(self, account: Account, *, own: bool) -> dict[str, Any]: ...

    def board_json(self, site: Site, board: Board) -> dict[str, Any]: ...

    def sprint_json(self, sprint: Sprint, zone: ZoneInfo) -> dict[str, Any]: ...

    def checked_text(self, body: Any, where: str) -> dict[str, Any] | str:
        """A text as it may be sent. Raises Refusal (400) naming `where`."""
        ...

    def plain(self, body: Any) -> str:
        """The words of a checked text."""
        ...


@dataclass(frozen=True)
class Asked:
    """One authenticated request: `account` is None for an anonymous one; `words` are the path's variable parts."""

    site: Site
    request: Request
    account: Account | None
    words: tuple[str, ...]
    wire: Wire

    @property
    def sees(self) -> bool:
        """Whether the caller sees any project: nobody without an account does."""
        return self.account is not None and self.account.sees_projects

    def may(self, permission: str) -> bool:
        """Whether the caller has this permission; the sandbox grants or withholds it everywhere."""
        return self.account is not None and self.sees and permission not in self.account.lacks

    def visible(self, reconciled: Collection[str] = ()) -> list[Issue]:
        """The issues as the caller's searches see them."""
        return self.site.searchable(reconciled) if self.sees else []

    @property
    def zone(self) -> ZoneInfo:
        """The caller's time zone."""
        return ZoneInfo(self.account.time_zone if self.account else "UTC")

    def query(self, *allowed: str) -> dict[str, list[str]]:
        """The query parameters. Raises Refusal (400) for any that is not among the allowed."""
        unknown = sorted(set(self.request.args) - set(allowed))
        if unknown:
            raise Refusal(400, f"Unrecognized query parameters: {', '.join(unknown)}.")
        return {name: self.request.args.getlist(name) for name in self.request.args}

    def json(self) -> Any:
        """The body. Raises Refusal: 415 unless it is declared as JSON, 400 unless it is JSON."""
        if self.request.mimetype != "application/json":
            raise Refusal(415, "Content-Type must be application/json.")
        try:
            return json.loads(self.request.get_data())
        except ValueError:
            raise bad_payload("The body is not JSON.") from None

    def body(self, *allowed: str) -> dict[str, Any]:
        """The body, an object of allowed keys only; keys that hold null are left out."""
        found = self.json()
        if not isinstance(found, dict):
            raise bad_payload("The body is not a JSON object.")
        unknown = sorted(set(found) - set(allowed))
        if unknown:
            raise bad_payload(f"Unrecognized field: {', '.join(unknown)}.")
        return {key: value for key, value in found.items() if value is not None}

    def fields(self, asked: Sequence[str]) -> list[str]:
        """The field ids asked for. Raises Refusal (400) for unknown ones, and, noting it, for people's fields."""
        personal = sorted(PERSONAL & {field.removeprefix("-") for field in asked})
        if personal:
            self.site.forbidden_reads.append(f"{self.request.method} {self.request.path} {', '.join(personal)}")
            raise Refusal(400, f"This sandbox does not serve people's fields: {', '.join(personal)}.")
        unknown = [field for field in asked if field not in ("id", "key") and self.site.field(field) is None]
        if unknown:
            raise Refusal(400, *(f"Field '{field}' does not exist." for field in unknown))
        return list(dict.fromkeys(asked))


def split(values: Sequence[str]) -> list[str]:
    """A list given as repeated parameters, as commas, or as both."""
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def texts(value: Any, name: str, *, most: int) -> list[str]:
    """A JSON list of at most `most` strings. Raises Refusal (400)."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise bad_payload(f"{name} must be a list of strings.")
    if len(value) > most:
        raise Refusal(400, f"{name} must contain at most {most} items, not {len(value)}.")
    return list(value)


def number(value: Any, name: str, *, least: int, most: int) -> int:
    """A whole number within limits, from JSON or from a query string. Raises Refusal (400)."""
    if isinstance(value, str) and value.removeprefix("-").isascii() and value.removeprefix("-").isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Refusal(400, f"The value of '{name}' must be a number from {least} to {most}.")
    return value


def one(query: dict[str, list[str]], name: str, default: str, allowed: Collection[str] = ()) -> str:
    """A single query parameter, one of `allowed` if any are named. Raises Refusal (400)."""
    value = query.get(name, [default])[-1]
    if allowed and value not in allowed:
        raise Refusal(400, f"The value '{value}' of '{name}' is not supported; use {', '.join(sorted(allowed))}.")
    return value


def page(query: dict[str, list[str]], *, usual: int, most: int) -> tuple[int, int]:
    """startAt and maxResults."""
    start = number(one(query, "startAt", "0"), "startAt", least=0, most=2**31)
    return start, min(most, number(one(query, "maxResults", str(usual)), "maxResults", least=1, most=2**31))
