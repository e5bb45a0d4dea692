"""A sprint's work by what it is for: supports a key result, routine, unaligned, or wrongly tagged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from mappings.linking import Class, Linked
from mappings.model import STANDARD, Ref, Sprint, State


@dataclass(frozen=True, slots=True, kw_only=True)
class SprintAlignment:
    """One sprint's rows and their sums by class."""

    sprint: Sprint
    rows: tuple[Linked, ...]

    def issues(self, kind: Class | None = None) -> int:
        """How many rows, of one class or of all."""
        return len(self._of(kind))

    def points(self, kind: Class | None = None) -> Fraction:
        """Sum of the estimates; unestimated rows add nothing, and `estimated` tells how many those are."""
        return sum((Fraction(row.issue.points) for row in self._of(kind) if row.issue.points is not None), Fraction(0))

    @property
    def estimated(self) -> int:
        """How many rows carry an estimate."""
        return sum(1 for row in self.rows if row.issue.points is not None)

    def entered(self, how: str) -> int:
        """How many rows came into this sprint so: planned, added or carried."""
        return sum(1 for row in self.rows if dict(row.issue.entered).get(self.sprint.id) == how)

    def _of(self, kind: Class | None) -> tuple[Linked, ...]:
        return self.rows if kind is None else tuple(row for row in self.rows if row.kind is kind)


def align(sprints: Iterable[Sprint], linked: Mapping[Ref, Linked]) -> tuple[SprintAlignment, ...]:
    """The sprints, each once (by tracker and id), with the issues in them now, of whatever project.

    Sub-tasks, epics and above, and cancelled work are no rows; nor is the mirror of an issue that is one.
    """
    wanted: dict[Ref, Sprint] = {}
    for sprint in sorted(sprints, key=lambda it: (it.tracker, it.id, it.team)):
        wanted.setdefault((sprint.tracker, sprint.id), sprint)
    rows: dict[Ref, list[Linked]] = {ref: [] for ref in wanted}
    for ref in sorted(linked):
        original = linked.get(linked[ref].same_as or ref)
        if original is not None and original is not linked[ref] and _places(original, wanted):
            continue
        for place in _places(linked[ref], wanted):
            rows[place].append(linked[ref])
    return tuple(SprintAlignment(sprint=wanted[ref], rows=tuple(rows[ref])) for ref in sorted(wanted))


def _places(found: Linked, wanted: Mapping[Ref, Sprint]) -> tuple[Ref, ...]:
    """The sprints in which the issue is a row."""
    if found.issue.level != STANDARD or found.issue.state is State.CANCELLED:
        return ()
    return tuple(place for sprint in found.issue.sprints if (place := (found.issue.tracker, sprint)) in wanted)
