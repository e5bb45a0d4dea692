"""One address for a whole list of issues, where the tracker has such addresses."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from syncer.report.wording import href

LONGEST = 2_000
"""Characters of an address that every browser, proxy and chat program lets through."""

_ISSUE = re.compile(r"(?P<site>https?://.+)/browse/(?P<key>[A-Za-z][A-Za-z0-9_]*-[0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenThese:
    """A filter link to some issues of one Jira."""

    tracker: str
    url: str
    issues: int
    """So many are in the filter..."""
    left_out: int
    """...and so many did not fit into the address."""


def open_these(listed: Iterable[tuple[str, str, str]]) -> tuple[OpenThese, ...]:
    """One link for each Jira that these (tracker, key, address) are from; first come, first in the filter.

    Only what has a Jira's address, `SITE/browse/KEY`, is in it: Linear publishes no address of a list of issues.
    """
    sites: dict[tuple[str, str], list[str]] = {}
    for tracker, key, address in listed:
        found = _ISSUE.fullmatch(address)
        if found and found["key"] == key and href(address):
            keys = sites.setdefault((tracker, found["site"]), [])
            if key not in keys:
                keys.append(key)
    return tuple(_link(tracker, site, keys) for (tracker, site), keys in sorted(sites.items()))


def _link(tracker: str, site: str, keys: list[str]) -> OpenThese:
    shown: list[str] = []
    length = len(_address(site, shown))
    for key in keys:
        length += len(key) + len("%2C")
        if length > LONGEST and shown:
            break
        shown.append(key)
    return OpenThese(tracker=tracker, url=_address(site, shown), issues=len(shown), left_out=len(keys) - len(shown))


def _address(site: str, keys: list[str]) -> str:
    return f"{site}/issues/?jql={quote('key in (' + ','.join(keys) + ')', safe='')}"
