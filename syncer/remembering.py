"""What a run leaves in history, made from what it found and what it wrote."""

from dataclasses import replace

from mappings.changes import Remembered, contributions
from mappings.figures import Figures, KeyResultFigures
from mappings.past import AuditedWrite, KeyResultDay, Past, RunRecord, followed, sprint_days
from mappings.scoring import last_checkin
from mappings.targets import FlagWrite, LinkWrite
from mappings.visibility import key_to_keep
from syncer.plan import Plan, Status

HORIZON_DAYS = 190
"""How far back a run looks: two quarters of trends, and more sprints than a page shows."""

_MADE = (Status.CHANGED, Status.REFUSED, Status.FAILED, Status.LEFT_ALONE)


def record_of(run_id: str, at: str, mode: str, figures: Figures, plan: Plan, before: Past) -> RunRecord:
    """The run's record. While a scope is unread no key result is remembered, for a part is not the whole; of sprints
    only those that were read are.
    """
    complete = all(reading.complete for reading in figures.readings)
    return RunRecord(
        id=run_id,
        at=at,
        day=figures.today,
        mode=mode,
        complete=complete,
        key_results=tuple(_day(found, figures) for found in figures.key_results.values()) if complete else (),
        contributions={
            kr_id: Remembered(
                score=found.score.value, delivery=found.delivery.share, lines=contributions(found.delivery)
            )
            for kr_id, found in figures.key_results.items()
        }
        if complete
        else {},
        sprints=sprint_days(figures.sprints, figures.today),
        sprint_issues=followed(before.issues, figures.sprints, figures.linked, figures.today),
        writes=tuple(_audited(plan, figures, run_id, at)),
    )


def only_writes(record: RunRecord) -> RunRecord:
    """The audit alone: `resume` writes one key result, and what the others came to is the next sync's to say."""
    return replace(record, key_results=(), contributions={}, sprints=(), sprint_issues=())


def _day(found: KeyResultFigures, figures: Figures) -> KeyResultDay:
    said = last_checkin(found.kr, figures.today)
    return KeyResultDay(
        kr=found.kr.id,
        day=figures.today,
        score=found.score.value,
        delivery=found.delivery.share,
        current=found.score.current,
        health=found.verdict.health.value,
        confidence=said.confidence if said else None,
    )


def _audited(plan: Plan, figures: Figures, run_id: str, at: str) -> list[AuditedWrite]:
    """Every write that was made, and every one that was not although it was wanted: with before, after and why."""

    def issue(write: FlagWrite | LinkWrite) -> str:
        found = figures.linked.get((write.tracker, write.id))
        return f"{write.tracker}:issue/{key_to_keep(found.issue) if found else write.key}"

    found = [
        AuditedWrite(
            run=run_id,
            at=at,
            kind="progress",
            to=str(change.target),
            kr=change.kr,
            before="" if change.before is None else str(change.before),
            after="" if change.after is None else str(change.after),
            status=change.status.value,
            reason=change.reason,
        )
        for change in plan.changes
        if change.target is not None and change.write is not None and change.status in _MADE
    ]
    found += [
        AuditedWrite(
            run=run_id,
            at=at,
            kind="flag",
            to=issue(flag.write),
            kr="",
            before=flag.write.label if flag.write.action == "remove" else ", ".join(flag.write.replaces),
            after=flag.write.label if flag.write.action == "add" else "",
            status=flag.status.value,
            reason=flag.reason or flag.write.action,
        )
        for flag in plan.flags
        if flag.status in _MADE
    ]
    found += [
        AuditedWrite(
            run=run_id,
            at=at,
            kind="link",
            to=issue(link.write),
            kr=link.write.kr,
            before="",
            after=link.write.title,
            status=link.status.value,
            reason=link.reason,
        )
        for link in plan.links
        if link.status in _MADE
    ]
    return found
