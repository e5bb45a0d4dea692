"""Remote links from work to the key result that it supports, and their ledger in an entity property of the issue.

Jira knows a remote link by our global id: posting it again changes it, and what is left out of it becomes null, so the
whole is sent each time (Atlassian: "Create or update remote issue link"). Link first, ledger second: stopped between
the two, the next run sends the same link again, and there is still one.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

import msgspec

from adapters.errors import NotFound
from adapters.jira.client import Client
from adapters.jira.fetching import Fetching, Wanted
from adapters.jira.standing import NOT_FOUND
from adapters.jira.unchanged import Unchanged
from adapters.jira.wire import Row
from mappings.targets import LinkWrite, Outcome

LINKS_PROPERTY = "okrsync.links"
LONGEST_TITLE = 255
WHAT = "links/1"


class _Links(msgspec.Struct, frozen=True):
    v: int
    links: dict[str, str]


_links = msgspec.json.Decoder(_Links)
_kept = msgspec.json.Decoder(dict[str, str] | None)
_encode = msgspec.json.Encoder().encode


class RemoteLinks:
    """Reads and writes the remote links of a site."""

    def __init__(self, client: Client, fetching: Fetching) -> None:
        self._client = client
        self._fetching = fetching
        self._unchanged = Unchanged(client)

    def read(self, issues: Mapping[str, datetime]) -> dict[str, dict[str, str]]:
        """See adapters.linking_work.LinksWork.read_links; an issue that stands where it stood is not asked again."""
        kept = {ident: self._unchanged.recall(WHAT, ident, updated) for ident, updated in issues.items()}
        found = {ident: _kept.decode(body) for ident, body in kept.items() if body}
        wanted = Wanted(fields=["summary"], properties=[LINKS_PROPERTY], convert=_ledger)
        unknown = [ident for ident in issues if ident not in found]
        for ident, links in (self._fetching.by_id(unknown, wanted) if unknown else {}).items():
            found[ident] = links
            self._unchanged.keep(WHAT, ident, issues[ident], _encode(links))
        return {ident: links for ident, links in found.items() if links is not None}

    def write(self, write: LinkWrite) -> Outcome:
        """See adapters.linking_work.LinksWork.write_link."""
        wanted = Wanted(fields=["summary"], properties=[LINKS_PROPERTY], convert=_ledger)
        found = self._fetching.by_id([write.id], wanted)
        if write.id not in found:
            return Outcome(status="left-alone", reason=NOT_FOUND)
        ledger = found[write.id]
        if ledger is None:
            return Outcome(status="left-alone", reason=f'"{LINKS_PROPERTY}" was not written by this okrsync')
        if ledger.get(write.kr, "") == write.said:
            return Outcome(status="unchanged")
        self._unchanged.forget(write.id)
        self._send(write)
        left = {kr: said for kr, said in ledger.items() if kr != write.kr}
        after = left | ({write.kr: write.said} if write.said else {})
        path = f"{self._client.api}/issue/{write.id}/properties/{LINKS_PROPERTY}"
        self._client.call("PUT", path, body={"v": 1, "links": dict(sorted(after.items()))})
        return Outcome(status="changed")

    def _send(self, write: LinkWrite) -> None:
        path = f"{self._client.api}/issue/{write.id}/remotelink"
        global_id = f"okrsync:{write.kr}"
        if write.title:
            shown = {"url": write.url, "title": write.text[:LONGEST_TITLE]}
            body = {"globalId": global_id, "relationship": "supports", "object": shown}
            self._client.call("POST", path, body=body)
            return
        with suppress(NotFound):  # a person took it away: so it should be
            self._client.call("DELETE", path, params={"globalId": global_id})


def _ledger(row: Row) -> dict[str, str] | None:
    """Our ledger on the issue; empty without one, None where it cannot be read."""
    raw = row.properties.get(LINKS_PROPERTY)
    if raw is None:
        return {}
    try:
        found = _links.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None
    return found.links if found.v == 1 else None
