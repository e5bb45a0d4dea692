"""A tracker in RAM, with what people do to it and with requests that fail where a test wants them to."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any, TypeVar

from adapters.errors import Temporary, Unreadable, WriteRefused
from adapters.measuring import PLACE, added_up, counted, days_of
from adapters.ports import Contents
from mappings.measures import Query, Taken
from mappings.model import Health, Issue, Scope, Sprint, State
from mappings.okrs import Period
from mappings.sprints import is_named, last_closed, next_of
from mappings.targets import FlagWrite, Ledger, Outcome, ProgressWrite, Standing, Target

T = TypeVar("T")

_NOT_FOUND = "not found, or not visible"
_CHANGED = "changed since it was read"


@dataclass
class Place:
    """What stands at one target."""

    title: str = ""
    value: Decimal | None = None
    ledger: Ledger | None = None
    health: Health | None = None
    text: tuple[str, ...] = ()
    edited: bool = False
    person_posted: bool = False


class MemoryTracker:
    """A Writer (`adapters.ports`). A scope's `projects` or `teams` name the issues' `project`.

    Changing it as a person does (`human_*`) is no request.
    """

    kind = "memory"

    def __init__(
        self,
        name: str = "memory",
        *,
        issues: Iterable[Issue] = (),
        sprints: Iterable[Sprint] = (),
        places: Iterable[tuple[str, str]] = (),
        hidden: Iterable[str] = (),
        may_write: bool = True,
    ) -> None:
        """`places` are targets besides the issues, as (kind, id); `hidden` the ids of issues that are not visible."""
        self.name = name
        self.may_write = may_write
        self.requests = 0
        self.mutations = 0
        """Requests that changed, or would have changed, something."""
        self._issues = {issue.id: issue for issue in issues}
        self._sprints = tuple(sprints)
        self._hidden = set(hidden)
        self._places: dict[tuple[str, str], Place] = {place: Place(title=place[1]) for place in places}
        self._failing: dict[int, bool] = {}

    # What the program does

    def read(self, scope: Scope, *, since: date) -> Contents:
        """As the port says: one request for the issues, and one for each generation of ancestors."""
        return self._request(lambda: self._visible(scope, since))

    def read_standings(self, targets: Sequence[tuple[Target, str]], *, slot: datetime) -> dict[Target, Standing]:
        """As the port says, in one request."""
        return self._request(lambda: {target: self._standing(target) for target, _ in targets})

    def write_progress(self, write: ProgressWrite) -> Outcome:
        """As the port says: a request to look again, and one to write."""
        self._refuse_unless_writing()
        now = self._request(lambda: self._standing(write.target))
        place = self._place(write.target)
        if now.problem is not None or place is None:
            return Outcome(status="left-alone", reason=now.problem or "")
        if now != write.expected:
            return Outcome(status="left-alone", reason=_CHANGED)
        value = now.value if write.value is None else write.value
        if (now.value, now.ledger, now.edited) == (value, write.ledger, False):
            return Outcome(status="unchanged")

        def apply() -> None:
            place.value, place.ledger, place.text, place.edited = value, write.ledger, write.text, False
            place.health = write.health or place.health

        self._request(apply, mutating=True)
        return Outcome(status="changed")

    def write_flag(self, write: FlagWrite) -> Outcome:
        """As the port says: a request to look again, and one to write."""
        self._refuse_unless_writing()
        issue = self._request(lambda: None if write.id in self._hidden else self._issues.get(write.id))
        if issue is None:
            return Outcome(status="left-alone", reason=_NOT_FOUND)
        labelled, set_in = write.label in issue.labels, dict(issue.flagged).get(write.label)
        if write.action == "add" and set_in == write.sprint:
            taken_off = Outcome(status="left-alone", reason="a person took the label off in this sprint")
            return Outcome(status="unchanged") if labelled else taken_off
        if not set(write.replaces) <= set(issue.labels):
            return Outcome(status="left-alone", reason=_CHANGED)
        if write.action == "remember" and not labelled:
            return Outcome(status="left-alone", reason=_CHANGED)
        if write.action == "remove" and labelled and set_in is None:
            return Outcome(status="left-alone", reason="the label is not ours")
        changed = _flagged(issue, write)
        if changed == issue:
            return Outcome(status="unchanged")
        self._request(lambda: self._issues.update({issue.id: changed}), mutating=True)
        return Outcome(status="changed")

    def measure(self, query: Query, period: Period, zone: tzinfo) -> Taken:
        """As `adapters.measuring.TakesMeasures`. A filter is an object of an issue's fields and what they are, as in
        `{"project": "INC", "since": "{period.start}"}`; `since` is the first day of creation. `points` are added up.
        """
        days = days_of(period)
        wanted = json.loads(PLACE.sub(lambda place: days[place[1]].isoformat(), query.filter))
        since = wanted.pop("since", "")
        begins = datetime.combine(date.fromisoformat(since), time(), zone) if since else None
        if strange := [name for name in wanted if name not in Issue.__dataclass_fields__]:
            raise Unreadable(f"{self.name}: issues have no {', '.join(strange)}", tracker=self.name)
        found = self._request(
            lambda: [
                issue
                for issue in self._issues.values()
                if issue.id not in self._hidden
                and (begins is None or issue.created >= begins)
                and all(str(getattr(issue, name)) == value for name, value in wanted.items())
            ]
        )
        if query.aggregate == "count":
            return counted(len(found), self.name)
        return added_up(query, query.field, [issue.points for issue in found], self.name)

    def close(self) -> None:
        """Nothing is open."""

    # What people do

    def human_sets_value(self, target: Target, value: Decimal | str) -> None:
        """Type a number over what stands there."""
        self._known(target).value = Decimal(value)

    def human_clears_value(self, target: Target) -> None:
        """Empty the field; what okrsync remembers of it stays."""
        self._known(target).value = None

    def human_edits_text(self, target: Target) -> None:
        """Rewrite the text that carries the value."""
        self._known(target).edited = True

    def human_posts(self, target: Target) -> None:
        """Post a newer update in this cadence slot."""
        self._known(target).person_posted = True

    def human_changes(self, key: str, **changes: Any) -> None:
        """Change any field of an issue: its state, sprint, labels, parent."""
        issue = self.issue(key)
        self._issues[issue.id] = replace(issue, **changes)

    def human_adds_label(self, key: str, label: str) -> None:
        """Put a label on an issue."""
        self.human_changes(key, labels=tuple(sorted({*self.issue(key).labels, label})))

    def human_removes_label(self, key: str, label: str) -> None:
        """Take a label off an issue; what okrsync remembers of it stays."""
        self.human_changes(key, labels=tuple(each for each in self.issue(key).labels if each != label))

    # What a test looks at, and makes fail

    def issue(self, key: str) -> Issue:
        """One issue as it is now."""
        return next(issue for issue in self._issues.values() if issue.key == key)

    def place(self, target: Target) -> Place:
        """What stands at a target now, text and health too."""
        return self._known(target)

    def fail(self, number: int, *, applied: bool) -> None:
        """The `number`-th request from now on gets no answer: it was applied before that, or not. Then all is well."""
        self._failing = {self.requests + number: applied}

    def snapshot(self) -> dict[str, Any]:
        """Everything that a run may change, to compare two end states."""
        return {
            "issues": {issue.key: (sorted(issue.labels), issue.flagged) for issue in self._issues.values()},
            "places": {
                place: replace(found)
                for place, found in sorted(self._places.items())
                if found != Place(title=found.title)
            },
        }

    # How

    def _request(self, apply: Callable[[], T], *, mutating: bool = False) -> T:
        self.requests += 1
        self.mutations += mutating
        applied = self._failing.pop(self.requests, None)
        if applied is None:
            return apply()
        if applied:
            apply()
        raise Temporary(f"{self.name} did not answer", tracker=self.name)

    def _refuse_unless_writing(self) -> None:
        if not self.may_write:
            raise WriteRefused("this run may only read: nothing was sent", tracker=self.name)

    def _visible(self, scope: Scope, since: date) -> Contents:
        seen = {issue.id: issue for issue in self._issues.values() if issue.id not in self._hidden}
        named = {sprint.id for sprint in self._sprints if is_named(sprint, scope.sprints)}
        named |= last_closed((each for each in self._sprints if each.team == scope.team), scope.sprints.last)
        sprints = tuple(
            each for each in self._sprints if each.team == scope.team and (each.state != "closed" or each.id in named)
        )
        active = {sprint.id for sprint in sprints if sprint.state == "active"}
        whole = active | named | {sprint.id for sprint in next_of(sprints)}

        def belongs(issue: Issue) -> bool:
            if whole & set(issue.sprints):
                return True
            here = issue.project in (*scope.projects, *scope.teams)
            here = here and (not scope.components or bool(set(scope.components) & set(issue.components)))
            return here and (issue.state in (State.OPEN, State.STARTED) or issue.changed.date() >= since)

        issues = {issue.id: issue for issue in seen.values() if belongs(issue)}
        ancestors: dict[str, Issue] = {}
        hidden: set[str] = set()
        wanted = {issue.parent for issue in issues.values() if issue.parent} - set(issues)
        while wanted:
            self._request(lambda: None)
            hidden |= wanted - set(seen)
            found = {each: seen[each] for each in wanted & set(seen)}
            ancestors |= found
            above = {issue.parent for issue in found.values() if issue.parent}
            wanted = above - set(issues) - set(ancestors) - hidden
        return Contents(
            issues=tuple(sorted(issues.values(), key=lambda issue: issue.id)),
            ancestors=tuple(sorted(ancestors.values(), key=lambda issue: issue.id)),
            sprints=tuple(sorted(sprints, key=lambda sprint: sprint.id)),
            hidden_ancestors=len(hidden),
        )

    def _place(self, target: Target) -> Place | None:
        if target.kind == "issue" and (target.kind, target.id) not in self._places:
            issue = next((each for each in self._issues.values() if target.id in (each.key, each.id)), None)
            if issue is None or issue.id in self._hidden:
                return None
            return self._places.setdefault((target.kind, target.id), Place(title=issue.title))
        return self._places.get((target.kind, target.id))

    def _known(self, target: Target) -> Place:
        place = self._place(target)
        if place is None:
            raise LookupError(str(target))
        return place

    def _standing(self, target: Target) -> Standing:
        place = self._place(target)
        if place is None:
            return Standing(target=target, problem=_NOT_FOUND)
        return Standing(
            target=target,
            title=place.title,
            value=place.value,
            ledger=place.ledger,
            edited=place.edited,
            person_posted=place.person_posted,
        )


def _flagged(issue: Issue, write: FlagWrite) -> Issue:
    flags = {label: sprint for label, sprint in issue.flagged if label not in (write.label, *write.replaces)}
    labels = tuple(label for label in issue.labels if label not in write.replaces)
    if write.action in ("add", "remember"):
        flags[write.label] = write.sprint
    if write.action == "add" and write.label not in labels:
        labels = tuple(sorted((*labels, write.label)))
    if write.action == "remove":
        labels = tuple(label for label in labels if label != write.label)
    return replace(issue, labels=labels, flagged=tuple(sorted(flags.items())))
