"""A scope's cycles as sprints: which are read, and how an issue came into one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from adapters.linear.wire import WireCycle, WireIssue
from mappings.model import Sprint, SprintChoice
from mappings.sprints import is_named, last_closed, next_of


@dataclass(frozen=True, slots=True)
class Cycles:
    """The cycles of a scope's teams. A sub-team's copy of its parent's cycle is the same sprint: the parent's id."""

    rows: Mapping[str, WireCycle]

    def sprint_id(self, cycle: str) -> str:
        """The id that a cycle's sprint is known by."""
        walked = {cycle}
        while (row := self.rows.get(cycle)) and row.inherited_from and row.inherited_from.id not in walked:
            cycle = row.inherited_from.id
            walked.add(cycle)
        return cycle

    def sprints(self, tracker: str, team: str, choice: SprintChoice) -> tuple[Sprint, ...]:
        """The active and the coming sprints, and those that the choice is for besides, each once, sorted by id."""
        # the parent's own row comes first, where the scope holds both teams
        rows = sorted(self.rows.values(), key=lambda row: (row.inherited_from is not None, row.id))
        every = [
            Sprint(
                tracker=tracker,
                id=self.sprint_id(row.id),
                name=row.name or f"Cycle {row.number:g}",
                state="closed" if row.is_past else "active" if row.is_active else "future",
                team=team,
                start=row.starts_at,
                end=row.ends_at,
                board=row.team.key,
                number=f"{row.number:g}",
            )
            for row in rows
        ]
        back = last_closed({sprint.id: sprint for sprint in reversed(every)}.values(), choice.last)
        found: dict[str, Sprint] = {}
        for sprint in every:
            if sprint.state != "closed" or sprint.id in back or is_named(sprint, choice):
                found.setdefault(sprint.id, sprint)
        return tuple(found[ident] for ident in sorted(found))

    def in_full(self, sprints: tuple[Sprint, ...], choice: SprintChoice) -> frozenset[str]:
        """Ids of the cycles whose every issue is read: of the active and closed sprints, the next, and those named."""
        following = {sprint.id for sprint in next_of(sprints)}
        chosen = {
            sprint.id
            for sprint in sprints
            if sprint.state in ("active", "closed") or sprint.id in following or is_named(sprint, choice)
        }
        return frozenset(ident for ident in self.rows if self.sprint_id(ident) in chosen)

    def is_future(self, cycle: str) -> bool:
        """Not begun yet."""
        row = self.rows[cycle]
        return not (row.is_active or row.is_past)

    def before(self, cycle: str) -> str | None:
        """The cycle that ended before this one began, in the same team."""
        row = self.rows[cycle]
        earlier = [
            each
            for each in self.rows.values()
            if each.team.key == row.team.key and each.is_past and each.starts_at < row.starts_at
        ]
        return max(earlier, key=lambda each: each.starts_at).id if earlier else None

    def before_those_begun(self, cycles: Iterable[str]) -> frozenset[str]:
        """The cycles before those of `cycles` that have begun."""
        begun = (cycle for cycle in cycles if not self.is_future(cycle))
        return frozenset(before for cycle in begun if (before := self.before(cycle)))

    def entered(self, row: WireIssue, left: Mapping[str, frozenset[str]]) -> str | None:
        """planned, added or carried; None for an issue in no cycle that has begun.

        Carried over: the cycle before closed with it unfinished. Else added, if it came after the start. `left` holds
        what each closed cycle left unfinished.
        """
        cycle = self.rows.get(row.cycle.id) if row.cycle else None
        if cycle is None or self.is_future(cycle.id):
            return None
        if row.id in left.get(self.before(cycle.id) or "", frozenset()):
            return "carried"
        came = row.added_to_cycle_at or row.created_at
        return "added" if came > cycle.starts_at else "planned"
