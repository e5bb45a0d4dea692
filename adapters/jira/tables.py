"""Answers kept in the mirror for a day: what changes rarely (fields, projects, boards), and what is of a known state.

A caller that knows the state of a thing (`as_of`: an issue's `updated`) gets the answer that was given of that state.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from adapters.mirror import Mirror

FRESH = timedelta(days=1)
_RARE = re.compile(r"/rest/api/[23]/(field|project(/[^/]+)?)|/rest/agile/1\.0/board(/\d+(/configuration)?)?")


class Tables:
    """The kept answers of one connection, for one account: another one may see other things."""

    def __init__(self, mirror: Mirror, tracker: str, site: str) -> None:
        self._mirror = mirror
        self._tracker = tracker
        self._site = site
        self._account = ""
        self.used = False
        """An answer of an earlier run was given in this one."""

    def belong_to(self, account: str) -> None:
        """Nothing is given or kept before it is known to whom."""
        self._account = account

    def answer(
        self, method: str, path: str, params: Mapping[str, str | int] | None, now: datetime | None, as_of: str = ""
    ) -> bytes | None:
        """The answer that this request had less than a day before `now`, the server's time."""
        if now is None or not self._is_kept(method, path, as_of):
            return None
        known = self._mirror.answer(self._tracker, self._call(path, params))
        if known is None or not known[0] <= now < known[0] + FRESH:
            return None
        state, _, body = known[1].partition(b"\n")
        if state != as_of.encode():
            return None
        self.used = self.used or not as_of
        return body

    def keep(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None,
        now: datetime | None,
        body: bytes,
        as_of: str = "",
    ) -> None:
        """Remember an answer, if it is of the kind that is kept; one for each request, whatever its state."""
        if now is not None and self._is_kept(method, path, as_of):
            self._mirror.keep_answer(self._tracker, self._call(path, params), now, as_of.encode() + b"\n" + body)

    def forget(self) -> None:
        """Ask for everything anew."""
        self._mirror.forget_answers(self._tracker)
        self.used = False

    def forget_issue(self, ident: str) -> None:
        """Ask for this issue anew: we write to it in a way that may not show in its state."""
        self._mirror.forget_answers(self._tracker, f"/issue/{ident}?")

    def _is_kept(self, method: str, path: str, as_of: str) -> bool:
        return bool(self._account) and method == "GET" and bool(as_of or _RARE.fullmatch(path))

    def _call(self, path: str, params: Mapping[str, str | int] | None) -> str:
        return f"{self._account} {self._site}{path}?{urlencode(sorted((params or {}).items()))}"
