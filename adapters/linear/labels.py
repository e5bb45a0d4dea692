"""Tag labels: made, renamed, retired and restored, each after its own re-read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct

from adapters.errors import NotFound, RejectedWrite
from adapters.linear import documents
from adapters.linear.client import AlreadyExists, Client
from adapters.linear.marks import client_id
from adapters.linear.tables import Tables
from adapters.linear.wire import NamedRef, Ref
from mappings.labels import Label, LabelChange, LabelStock
from mappings.okrs import normal_id
from mappings.targets import Outcome

_COLOR = "#5e6ad2"
_MOST_TRIES = 20
_CLOSED = ["completed", "canceled", "duplicate"]
_IDS_A_QUERY = 50


class WireTagLabel(Struct, frozen=True, rename="camel"):
    """A label as `okrsync labels` needs it. A deleted one is archived; a retired one stays on its issues."""

    id: str
    name: str
    description: str | None
    is_group: bool
    archived_at: datetime | None
    retired_at: datetime | None
    parent: NamedRef | None
    team: Ref | None


class TagLabelAnswer(Struct, frozen=True):
    label: WireTagLabel


class WireTeamInTree(Struct, frozen=True):
    id: str
    key: str
    parent: Ref | None


class WireCarrier(Struct, frozen=True, rename="camel"):
    identifier: str
    label_ids: list[str]


@dataclass
class TagLabels:
    """`adapters.labelling.KeepsLabels`, but for the deciding."""

    client: Client
    tables: Tables
    _teams: dict[str, WireTeamInTree] = field(default_factory=dict)
    """By id."""
    _groups: dict[tuple[str, str], str] = field(default_factory=dict)
    """Ids of the label groups, by name without case and by team, as they were read or made."""

    def read(self) -> LabelStock:
        """See adapters.labelling.KeepsLabels."""
        found = [row for page in self.client.walk(documents.TAG_LABELS, WireTagLabel) for row in page]
        labels = sorted((self._label(row) for row in found if not row.archived_at), key=lambda it: it.id)
        self._groups = {(it.name.casefold(), it.team): it.id for it in labels if it.is_group}
        return LabelStock(
            labels=tuple(labels),
            above={team.key: self._above(team) for team in self._tree().values()},
        )

    def open_issues_with(self, labels: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """See adapters.labelling.KeepsLabels. `labels` are ids."""
        found: dict[str, set[str]] = {}
        for start in range(0, len(labels), _IDS_A_QUERY):
            asked = labels[start : start + _IDS_A_QUERY]
            carrying = {"labels": {"some": {"id": {"in": asked}}}, "state": {"type": {"nin": _CLOSED}}}
            for page in self.client.walk(documents.CARRYING, WireCarrier, {"filter": carrying}):
                for row in page:
                    for label in set(row.label_ids) & set(asked):
                        found.setdefault(label, set()).add(row.identifier)
        return {label: tuple(sorted(keys, key=_by_number)) for label, keys in found.items()}

    def write(self, change: LabelChange) -> Outcome:
        """See adapters.labelling.KeepsLabels."""
        if change.action == "create":
            return self._create(change)
        now = self._look(change.id)
        if now is None:
            return Outcome(status="left-alone", reason="the label is gone")
        stands = {
            "rename": now.name == change.label and change.description in ("", now.description),
            "describe": now.description == change.description,
            "archive": now.is_retired,
            "restore": not now.is_retired,
        }
        if stands[change.action]:
            return Outcome(status="unchanged")
        if now.name not in (change.before, change.label):
            return Outcome(status="left-alone", reason="the label was renamed since it was read")
        match change.action:
            case "archive":
                if keys := self.open_issues_with([change.id]).get(change.id):
                    return Outcome(status="left-alone", reason=f"open issues carry it since: {', '.join(keys[:5])}")
                self.client.change(documents.LABEL_RETIRE, {"id": change.id})
            case "restore":
                self.client.change(documents.LABEL_RESTORE, {"id": change.id})
            case _:
                edit = {"name": change.label} | ({"description": change.description} if change.description else {})
                self.client.change(documents.LABEL_UPDATE, {"id": change.id, "input": edit})
        self.tables.forget_labels()
        return Outcome(status="changed")

    def _create(self, change: LabelChange) -> Outcome:
        """By an id of our own, so that one whose answer was lost is recognised.

        A deleted label keeps its id, and so does one that a person renamed: then the next id is ours.
        """
        parent = self._groups.get((change.group.casefold(), change.team)) if change.group else None
        if change.group and parent is None:
            return Outcome(status="left-alone", reason=f"there is no label group {change.group}")
        label: dict[str, object] = {"name": change.label, "color": _COLOR}
        optional = {
            "description": change.description,
            "teamId": next((team.id for team in self._tree().values() if team.key == change.team), ""),
            "parentId": parent or "",
            "isGroup": change.is_group,
        }
        label |= {name: value for name, value in optional.items() if value}
        if change.team and "teamId" not in label:
            return Outcome(status="left-alone", reason=f"there is no team {change.team}, or the token does not see it")
        self.tables.forget_labels()
        # the spelling is in it: a label that was renamed to another spelling still answers for the old one's id
        what = ("tag-label", change.team, change.group, "group" if change.is_group else normal_id(change.label))
        for attempt in range(_MOST_TRIES):
            ident = client_id(self.tables.sign_in.organization.id, *what, str(attempt))
            made = Outcome(status="changed")
            try:
                self.client.change(documents.LABEL_CREATE, {"input": {"id": ident, **label}})
            except AlreadyExists:
                found = self._look(ident)
                if found is None or not self._is_made(found, change):
                    continue
                made = Outcome(status="unchanged")
            except RejectedWrite as error:
                raise self._explained(error, change) from None
            if change.is_group:
                self._groups[change.label.casefold(), change.team] = ident
            return made
        raise RejectedWrite(f"{self.client.name}: every id for {change.label} is taken", tracker=self.client.name)

    def _explained(self, error: RejectedWrite, change: LabelChange) -> RejectedWrite:
        if change.team:
            return error
        return RejectedWrite(
            f"{error}. A team that the token does not see may have a label of that name, or the token may not make "
            f'workspace labels: labels = "team" in trackers.{self.client.name} makes them team by team',
            tracker=self.client.name,
        )

    def _is_made(self, label: Label, change: LabelChange) -> bool:
        same = label.name == change.label and label.is_group == change.is_group and not label.is_retired
        return same and label.team == change.team and label.group.casefold() == change.group.casefold()

    def _look(self, ident: str) -> Label | None:
        try:
            row = self.client.ask(documents.TAG_LABEL, TagLabelAnswer, {"id": ident}).label
        except NotFound:
            return None
        return None if row.archived_at else self._label(row)

    def _label(self, row: WireTagLabel) -> Label:
        teams = self._tree()
        team = row.team.id if row.team else ""
        return Label(
            id=row.id,
            name=row.name,
            team=teams[team].key if team in teams else team,
            group=row.parent.name if row.parent else "",
            is_group=row.is_group,
            description=row.description or "",
            is_retired=row.retired_at is not None,
        )

    def _tree(self) -> dict[str, WireTeamInTree]:
        if not self._teams:
            self._teams = {
                team.id: team for page in self.client.walk(documents.TEAM_TREE, WireTeamInTree) for team in page
            }
        return self._teams

    def _above(self, team: WireTeamInTree) -> tuple[str, ...]:
        found: list[str] = []
        while team.parent and (above := self._tree().get(team.parent.id)) and above.key not in found:
            found.append(above.key)
            team = above
        return tuple(found)


def _by_number(key: str) -> tuple[str, int, str]:
    team, _, number = key.rpartition("-")
    return (team, int(number) if number.isdecimal() else 0, key)
