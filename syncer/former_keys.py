"""Issues that the registry names by a key they had before they were moved: found, and given that key besides."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

import structlog

from adapters.errors import RateLimited, TrackerError, TryLater
from adapters.former_keys import KnowsFormerKeys
from adapters.ports import Reader
from mappings.model import Issue, Reading
from mappings.okrs import Registry

log = structlog.get_logger()


def with_former_keys(
    readings: Sequence[Reading], registry: Registry, trackers: Mapping[str, Reader], today: date
) -> tuple[Reading, ...]:
    """The readings, their issues knowing the old keys by which `binds` and write targets name them.

    Only names that no reading knows are asked for, once a run. Where they cannot be, every reading of that connection
    is a problem: a bind that silently matches nothing would publish a part.
    """
    result = list(readings)
    for name, tracker in sorted(trackers.items()):
        own = [index for index, reading in enumerate(result) if reading.scope.tracker == name and reading.complete]
        unseen = sorted(_named(registry, name, today) - _seen([result[index] for index in own]))
        if not own or not unseen or not isinstance(tracker, KnowsFormerKeys):
            continue
        try:
            ids = tracker.ids_of(unseen)
        except TrackerError as error:
            log.warning("registry_issues_not_read", tracker=name, why=str(error))
            for index in own:
                result[index] = _unread(result[index], error)
            continue
        former: dict[str, tuple[str, ...]] = {}
        for asked, ident in sorted(ids.items()):
            former[ident] = (*former.get(ident, ()), asked)
        for index in own:
            result[index] = replace(
                result[index],
                issues=tuple(_also_called(issue, former) for issue in result[index].issues),
                ancestors=tuple(_also_called(issue, former) for issue in result[index].ancestors),
            )
    return tuple(result)


def _named(registry: Registry, tracker: str, today: date) -> set[str]:
    """The issues of this connection that the registry names: written to, at home there, or bound."""
    bound = (target for kr in registry.live(today) for target in kr.binds)
    targets = (*registry.reserved(), *bound)
    return {target.id.casefold() for target in targets if target.kind == "issue" and target.tracker == tracker}


def _seen(readings: Collection[Reading]) -> set[str]:
    issues = (issue for reading in readings for issue in (*reading.issues, *reading.ancestors))
    return {name.casefold() for issue in issues for name in (issue.key, issue.id, *issue.previous_keys)}


def _also_called(issue: Issue, former: Mapping[str, tuple[str, ...]]) -> Issue:
    names = former.get(issue.id)
    return replace(issue, previous_keys=(*issue.previous_keys, *names)) if names else issue


def _unread(reading: Reading, error: TrackerError) -> Reading:
    return Reading(
        scope=reading.scope,
        kind=reading.kind,
        requests=reading.requests,
        requests_by=reading.requests_by,
        problem=f"the issues that the registry names could not be read: {error}",
        try_later=isinstance(error, TryLater | RateLimited),
    )
