"""The same work in two trackers: counted once, and tied where either of its issues is tied."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from mappings.model import Issue, Ref


def same_work(issues: Iterable[Issue]) -> dict[Ref, Ref]:
    """Mirror -> the issue that it mirrors, as far as both were read. The original of a chain is its end.

    An issue knows what it mirrors by address (`Issue.mirrors`). Issues of one tracker are never the same work, and of
    two that mirror each other the first by (tracker, id) is the original.
    """
    known = sorted(issues, key=lambda issue: issue.ref)
    by_address = {_address(issue.url): issue for issue in reversed(known) if issue.url}
    direct: dict[Ref, Ref] = {}
    for issue in known:
        for address in sorted(issue.mirrors):
            other = by_address.get(_address(address))
            if other is not None and other.tracker != issue.tracker:
                direct.setdefault(issue.ref, other.ref)
    return {ref: original for ref in direct if (original := _end(ref, direct)) != ref}


def others_of(twins: Mapping[Ref, Ref]) -> dict[Ref, tuple[Ref, ...]]:
    """For each issue of a group the others of it, the original first."""
    groups: dict[Ref, list[Ref]] = {}
    for ref in sorted(twins):
        groups.setdefault(twins[ref], [twins[ref]]).append(ref)
    return {ref: tuple(other for other in group if other != ref) for group in groups.values() for ref in group}


def _end(ref: Ref, direct: Mapping[Ref, Ref]) -> Ref:
    walked = [ref]
    while walked[-1] in direct:
        following = direct[walked[-1]]
        if following in walked:
            return min(walked[walked.index(following) :])
        walked.append(following)
    return walked[-1]


def _address(url: str) -> str:
    """Host and path, without case and without what differs from one copy of a link to the next."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url
    return f"{parts.netloc}{parts.path.rstrip('/')}".casefold()
