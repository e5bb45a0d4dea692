"""Which sprint issues carry a flag label, and which lose it. A flag that a person removed stays off for the sprint."""

from mappings.figures import Figures
from mappings.linking import Class, Linked
from mappings.model import Ref, State
from mappings.settings import RuleSettings
from mappings.targets import FlagWrite
from syncer.plan import FlagChange, Status

AT_MOST = 50
"""Flag writes in one run; the rest is said and comes with the next."""


def plan_flags(figures: Figures, settings: RuleSettings) -> tuple[tuple[FlagChange, ...], tuple[str, ...]]:
    """The flag changes of a run, removals first, and a note where the limit cut them."""
    if not figures.key_results:
        return (), ("no key result is in force: no flag is set or taken off",)
    in_sprint: dict[Ref, str] = {}
    active: set[Ref] = set()
    for alignment in figures.sprints:
        if alignment.sprint.state == "closed":
            continue
        active.add((alignment.sprint.tracker, alignment.sprint.id))
        for row in alignment.rows:
            in_sprint.setdefault(row.issue.ref, alignment.sprint.id)
    wanted_label = {Class.UNALIGNED: settings.unaligned_label, Class.BROKEN: settings.broken_label}
    half_read = {reading.scope.tracker for reading in figures.readings if not reading.complete}
    changes: list[FlagChange] = []
    for ref, found in figures.linked.items():
        sprint = in_sprint.get(ref, "")
        if not sprint and found.issue.tracker in half_read and found.issue.state is not State.CANCELLED:
            continue  # the sprint may be one that could not be read
        wanted = wanted_label.get(found.kind) if sprint and found.team.flag_label else None
        for label in (settings.unaligned_label, settings.broken_label):
            change = _flag(found, label, wanted == label, sprint, active)
            if change is not None:
                changes.append(change)
    changes.sort(key=lambda change: (change.write.action not in ("remove", "forget"), change.write))
    due = [change for change in changes if change.status is Status.WOULD_CHANGE]
    kept = [change for change in changes if change.status is not Status.WOULD_CHANGE]
    if len(due) <= AT_MOST:
        return tuple(changes), ()
    note = f"{len(due) - AT_MOST} of {len(due)} flag changes wait for the next run: at most {AT_MOST} a run"
    return tuple(due[:AT_MOST] + kept), (note,)


def _flag(found: Linked, label: str, wanted: bool, sprint: str, active: set[Ref]) -> FlagChange | None:
    issue = found.issue
    has = label.casefold() in {name.casefold() for name in issue.labels}
    remembered = dict(issue.flagged).get(label)

    def change(action: str, status: Status = Status.WOULD_CHANGE, reason: str = "") -> FlagChange:
        write = FlagWrite(
            tracker=issue.tracker,
            key=issue.key,
            id=issue.id,
            label=label,
            action=action,
            sprint=sprint or remembered or "",
        )
        return FlagChange(write=write, status=status, reason=reason)

    if wanted and has:
        return None if remembered == sprint else change("remember")
    if wanted:
        if remembered == sprint:
            return change("add", Status.LEFT_ALONE, "a person removed it: it stays off for this sprint")
        return change("add")
    if remembered is None:
        return None
    if has:
        return change("remove")
    still_there = (issue.tracker, remembered) in active and remembered in issue.sprints
    return None if still_there else change("forget")
