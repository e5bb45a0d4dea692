"""Applying a plan, one write at a time. What fails is said and the others go on; the next run repairs it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import structlog

from adapters.errors import RateLimited, TrackerError, TryLater
from adapters.linking_work import LinksWork
from adapters.ports import Writer
from mappings.targets import Outcome
from syncer.plan import Change, FlagChange, LinkChange, Plan, Status

log = structlog.get_logger()


def apply(plan: Plan, trackers: Mapping[str, Writer]) -> Plan:
    """Send every write of the plan, in its order. Never raises for what a tracker answers."""
    stopped: set[str] = set()

    def attempt(tracker: str, what: str, write: Callable[[Writer], Outcome]) -> tuple[Status, str, bool]:
        if tracker in stopped:
            return Status.FAILED, "not reached before the quota or the deadline: the next run writes it", True
        try:
            outcome = write(trackers[tracker])
        except (TryLater, RateLimited) as error:
            stopped.add(tracker)
            return Status.FAILED, f"try later: {error}", True
        except TrackerError as error:
            log.warning("write_failed", tracker=tracker, what=what, why=str(error))
            return Status.FAILED, str(error), False
        log.info("written", tracker=tracker, what=what, outcome=outcome.status, reason=outcome.reason)
        return Status(outcome.status), outcome.reason, False

    def apply_change(change: Change) -> Change:
        write = change.write
        if write is None:
            return change
        status, reason, later = attempt(
            write.target.tracker, f"{change.kr} to {write.target}", lambda tracker: tracker.write_progress(write)
        )
        if change.status is Status.LEFT_ALONE and status is not Status.FAILED:
            return change
        return replace(change, status=status, reason=reason or change.reason, later=later)

    def apply_flag(flag: FlagChange) -> FlagChange:
        if flag.status is not Status.WOULD_CHANGE:
            return flag
        write = flag.write
        status, reason, later = attempt(
            write.tracker, f"{write.action} {write.label} on {write.key}", lambda tracker: tracker.write_flag(write)
        )
        return replace(flag, status=status, reason=reason or flag.reason, later=later)

    def apply_link(link: LinkChange) -> LinkChange:
        write = link.write

        def send(tracker: Writer) -> Outcome:
            if not isinstance(tracker, LinksWork):
                return Outcome(status="left-alone", reason="this tracker has no links")
            return tracker.write_link(write)

        if link.status is not Status.WOULD_CHANGE:
            return link
        status, reason, later = attempt(write.tracker, f"link to {write.kr} on {write.key}", send)
        return replace(link, status=status, reason=reason or link.reason, later=later)

    changes = tuple(apply_change(change) for change in plan.changes)
    flags = tuple(apply_flag(flag) for flag in plan.flags)
    links = tuple(apply_link(link) for link in plan.links)
    return replace(plan, changes=changes, flags=flags, links=links)
