"""Which tag labels a tracker should offer, and what would have to change: pure plans."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from mappings.model import Scope
from mappings.okrs import KeyResult, Registry, Status, normal_id
from mappings.settings import RuleSettings
from mappings.tags import Tag, TagReader
from mappings.targets import Target
from mappings.visibility import for_everybody

MARK = "Key result: "
"""A description that begins so is ours and follows the key result's title; any other is a person's."""
LONGEST_DESCRIPTION = 200
MOST_NAMED = 5
"""Issues that are named where a label cannot go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTag:
    """The tag of a live key result, and who is to be offered it."""

    kr: str
    title: str
    teams: tuple[str, ...] = ()
    """Keys of the Linear teams whose issues may carry it, sorted."""
    issue: Target | None = None
    """The issue in this tracker where the key result lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label that a tracker keeps as a thing of its own (Linear)."""

    id: str
    name: str
    team: str = ""
    """Key of the team that it belongs to; empty: the whole workspace's."""
    group: str = ""
    """Name of the label group that it is in."""
    is_group: bool = False
    description: str = ""
    is_retired: bool = False
    """It can be put on no further issue; those that have it keep it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStock:
    """All labels of a tracker that are not deleted, and its teams."""

    labels: tuple[Label, ...]
    above: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Team key -> keys of the teams above it, whose labels its issues may carry too."""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class LabelChange:
    """One change of one label. It is made only while the label is as `before` says."""

    tracker: str
    kr: str
    """The key result's id; empty for the group itself."""
    action: str
    """create, restore, rename, describe, archive (Linear retires it), or seed (put on `issue`)."""
    label: str
    """The name, afterwards."""
    team: str = ""
    group: str = ""
    is_group: bool = False
    id: str = ""
    """The label's id; empty for one that is not there yet."""
    before: str = ""
    """The name it has now."""
    description: str = ""
    """The description it gets; empty: as it is."""
    issue: str = ""
    """seed: key of the issue that carries the label."""
    kept: str = ""
    """Why this is not done; empty: it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPlan:
    """The changes in the order in which they are made, and what a person should know."""

    changes: tuple[LabelChange, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStyle:
    """How a connection's labels are made."""

    prefix: str = "okr:"
    by_team: bool = False
    """Team by team instead of one for the workspace."""
    in_group: bool = False
    """In a label group named like the prefix."""

    @property
    def word(self) -> str:
        """The prefix without its mark: the name of the group."""
        return self.prefix.rstrip(":/=-_. ")

    def tag_of(self, label: Label) -> str | None:
        """The normal id that the label tags with, None where it is no tag: read as `mappings.tags` reads it."""
        name = label.name.strip()
        if label.is_group:
            return None
        if name.casefold().startswith(self.prefix.casefold()):
            return normal_id(name[len(self.prefix) :])
        return normal_id(name) if self._is_ours(label.group) else None

    def name_of(self, kr: str, label: Label) -> str:
        """What an existing label of this key result should be called."""
        bare = self._is_ours(label.group) and not label.name.strip().casefold().startswith(self.prefix.casefold())
        return kr if bare else self.prefix + kr

    def is_group_of_tags(self, label: Label) -> bool:
        """True for the group whose labels are tags."""
        return label.is_group and self._is_ours(label.name)

    def _is_ours(self, group: str) -> bool:
        return group.strip().casefold() == self.word.casefold()


def wanted_tags(
    registry: Registry, settings: RuleSettings, tracker: str, today: date, team: str = ""
) -> tuple[WantedTag, ...]:
    """The tags of live key results whose work this tracker may hold, or that live there; of one team, or of all."""
    scopes = [scope for each in settings.teams for scope in each.scopes]
    found = []
    for kr in for_everybody(registry).live(today):
        if team and team not in (kr.team, *kr.teams):
            continue
        here = [scope for scope in _scopes_of(kr, scopes) if scope.tracker == tracker]
        issue = next((it for it in (kr.write, kr.home) if it and (it.tracker, it.kind) == (tracker, "issue")), None)
        if here or issue:
            teams = tuple(sorted({key for scope in here for key in scope.teams}))
            found.append(WantedTag(kr=kr.id, title=kr.title, teams=teams, issue=issue))
    return tuple(found)


def dead_tags(registry: Registry, today: date, team: str = "") -> dict[str, tuple[str, str]]:
    """Normal name -> (key result's id, why nothing more is to be tagged with it)."""
    live = {normal_id(name) for kr in registry.live(today) for name in (kr.id, *kr.aliases)}
    found: dict[str, tuple[str, str]] = {}
    for kr in registry.key_results:
        reason = _why_dead(kr, registry, today)
        if reason and (not team or team in (kr.team, *kr.teams)):
            found |= {normal_id(name): (kr.id, reason) for name in (kr.id, *kr.aliases)}
    return {name: dead for name, dead in found.items() if name not in live}


def to_archive(stock: LabelStock, dead: Mapping[str, object], style: LabelStyle) -> tuple[Label, ...]:
    """The labels that only dead key results need: whether open issues carry them is to be asked."""
    return tuple(label for label in stock.labels if not label.is_retired and style.tag_of(label) in dead)


def plan_labels(
    tracker: str,
    wanted: Iterable[WantedTag],
    dead: Mapping[str, tuple[str, str]],
    stock: LabelStock,
    carriers: Mapping[str, Sequence[str]],
    style: LabelStyle,
) -> LabelPlan:
    """What is to be done so that each wanted tag is a label that its teams can pick, and no dead one is.

    `carriers`: label id -> keys of open issues that carry it. Planned again after it was done, there is nothing to do.
    """
    changes: list[LabelChange] = []
    notes: list[str] = []
    groups = {label.team for label in stock.labels if style.is_group_of_tags(label)}
    for tag in wanted:
        made = _Provision(tracker, tag, stock, style)
        made.plan()
        for change in made.changes:
            if change.action == "create" and change.group and change.team not in groups:
                groups.add(change.team)
                changes.append(replace(change, kr="", label=change.group, group="", is_group=True, description=""))
            changes.append(change)
        notes += made.notes
    for label in to_archive(stock, dead, style):
        kr, reason = dead[style.tag_of(label) or ""]
        keys = carriers.get(label.id, ())
        kept = f"{reason}, and open issues carry it: {_listed(keys)}" if keys else ""
        change = LabelChange(
            tracker=tracker, kr=kr, action="archive", label=label.name, team=label.team, group=label.group
        )
        changes.append(replace(change, id=label.id, before=label.name, kept=kept))
    if groups:
        notes.append(
            f"an issue takes one label of the group {style.word}: where it supports two key results, "
            "the second tag goes into the title or the description"
        )
    return LabelPlan(changes=tuple(changes), notes=tuple(notes))


def plan_seeds(
    tracker: str,
    wanted: Iterable[WantedTag],
    labels: Mapping[Target, tuple[str, ...]],
    prefix: str,
    used: Iterable[str],
) -> LabelPlan:
    """Put each tag on the issue where its key result lives, for a tracker that suggests only labels in use (Jira).

    `labels`: what stands on those issues now; an issue that is not in it is not visible. `used`: labels seen on work.
    """
    changes, unseeded = [], []
    seen = set(used)
    for tag in wanted:
        name = prefix + tag.kr
        if tag.issue is None:
            unseeded += [] if name in seen else [name]
        elif tag.issue not in labels or name not in labels[tag.issue]:
            kept = "" if tag.issue in labels else "the issue is not there, or not visible to the token"
            change = LabelChange(tracker=tracker, kr=tag.kr, action="seed", label=name, issue=tag.issue.id, kept=kept)
            changes.append(change)
    notes = (
        (f"no issue of {tracker} is written to for {_listed(unseeded)}: Jira suggests a label once it is used",)
        if unseeded
        else ()
    )
    return LabelPlan(changes=tuple(changes), notes=notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """A label in use, or on offer, that begins like a tag and names no live key result."""

    tracker: str
    text: str
    reason: str
    suggestion: str | None
    keys: tuple[str, ...] = ()
    """Issues that carry it, as far as they were read."""


def strange_labels(
    tracker: str, stock: LabelStock, dead: Mapping[str, object], reader: TagReader, style: LabelStyle
) -> tuple[Spelling, ...]:
    """Labels on offer that begin like a tag and are none; those of dead key results have their own change."""
    found = []
    for label in stock.labels:
        name = style.tag_of(label)
        if name is None or label.is_retired or name in dead:
            continue
        meaning = reader.meaning(Tag(name, "label"))
        if meaning.problem:
            found.append(
                Spelling(tracker=tracker, text=label.name, reason=meaning.problem, suggestion=meaning.suggestion)
            )
    return tuple(sorted(found, key=lambda each: each.text))


class _Provision:
    """One tag's labels: which stand for it, and what is missing."""

    def __init__(self, tracker: str, tag: WantedTag, stock: LabelStock, style: LabelStyle) -> None:
        self.changes: list[LabelChange] = []
        self.notes: list[str] = []
        self._tracker = tracker
        self._tag = tag
        self._stock = stock
        self._style = style
        wanted = normal_id(tag.kr)
        self._named = sorted(
            (label for label in stock.labels if style.tag_of(label) == wanted),
            key=lambda it: (
                *(it.is_retired, bool(it.group) != style.in_group, it.name != style.name_of(tag.kr, it)),
                *(it.team, it.name, it.id),
            ),
        )

    def plan(self) -> None:
        of_owner: dict[str, Label] = {}
        for label in self._named:
            kept = of_owner.setdefault(label.team, label)
            if kept is not label and not label.is_retired:
                self._note_twice(label, kept)
        in_use = [label for label in of_owner.values() if not label.is_retired]
        missing = self._without(self._tag.teams, in_use)
        for label in sorted((label for label in of_owner.values() if label.is_retired), key=lambda it: it.team):
            if len(still := self._without(missing, [label])) < len(missing):
                missing = still
                in_use.append(label)
                self._change("restore", label)
        for label in in_use:
            self._correct(label)
        self._create_for(missing)

    def _without(self, teams: Iterable[str], labels: Iterable[Label]) -> list[str]:
        """The teams that can pick none of these labels."""
        owners = {label.team for label in labels}
        return [team for team in teams if not owners & {"", team, *self._stock.above.get(team, ())}]

    def _correct(self, label: Label) -> None:
        name = self._style.name_of(self._tag.kr, label)
        says = _description(self._tag.title)
        is_ours = not label.description.strip() or label.description.startswith(MARK)
        description = says if is_ours and label.description != says else ""
        in_the_way = next((it for it in self._named if self._would_clash(it, label, name)), None)
        if label.name != name and in_the_way is not None:
            self._note_twice(label, in_the_way)
        elif label.name != name:
            self._change("rename", label, name, description)
            self._named[self._named.index(label)] = replace(label, name=name)
            return
        if description:
            self._change("describe", label, description=description)

    def _create_for(self, teams: Sequence[str]) -> None:
        if not teams:
            return
        group = self._style.word if self._style.in_group else ""
        made = Label(id="", name="", group=group)
        name = self._style.name_of(self._tag.kr, made)
        in_the_way = next((it for it in self._named if self._would_clash(it, made, name)), None)
        owners = [""]
        if in_the_way is not None or self._is_made_by_team(group):
            owners = [team for team in teams if not set(self._stock.above.get(team, ())) & set(teams)]
        if in_the_way is not None and not self._style.by_team:
            self.notes.append(
                f"{name} is a label of team {in_the_way.team}: no workspace label can stand beside it, "
                f"so {_listed(owners)} gets its own"
            )
        for owner in owners:
            self._change("create", replace(made, team=owner), name, _description(self._tag.title))

    def _is_made_by_team(self, group: str) -> bool:
        """As the style says, but that a label in a group is where the group already is."""
        owners = {label.team for label in self._stock.labels if group and self._style.is_group_of_tags(label)}
        return "" not in owners if owners else self._style.by_team

    def _change(self, action: str, label: Label, name: str = "", description: str = "") -> None:
        change = LabelChange(
            tracker=self._tracker,
            kr=self._tag.kr,
            action=action,
            label=name or label.name,
            team=label.team,
            group=label.group,
            id=label.id,
            before=label.name,
            description=description,
        )
        self.changes.append(change)

    def _would_clash(self, other: Label, label: Label, name: str) -> bool:
        shares = other.team == label.team or not other.team or not label.team
        same = other.group.casefold() == label.group.casefold() and other.name.casefold() == name.casefold()
        return other is not label and shares and same

    def _note_twice(self, label: Label, other: Label) -> None:
        self.notes.append(
            f"{label.name} ({_owner(label)}) and {other.name} ({_owner(other)}) are one tag: "
            "keep one of them, and put it where the other stood"
        )


def _scopes_of(kr: KeyResult, scopes: Sequence[Scope]) -> list[Scope]:
    """Where its work may be; everywhere, where none of its teams reads anything and it names no scope."""
    own = [scope for scope in scopes if scope.team in (kr.team, *kr.teams) or scope.name in kr.scopes]
    return own or list(scopes)


def _why_dead(kr: KeyResult, registry: Registry, today: date) -> str:
    period = registry.period_by_id[kr.period]
    if kr.status in (Status.RETIRED, Status.REPLACED):
        return f"{kr.id} was {kr.status.value}" + (f" on {kr.status_on.isoformat()}" if kr.status_on else "")
    over = (period.closes or period.end) < today
    return f"{kr.id} belongs to {period.id}, which is over" if over and kr.status is Status.LIVE else ""


def _description(title: str) -> str:
    says = MARK + title
    return says if len(says) <= LONGEST_DESCRIPTION else says[: LONGEST_DESCRIPTION - 3] + "..."


def _owner(label: Label) -> str:
    whose = f"team {label.team}" if label.team else "workspace"
    return f"{whose}, group {label.group}" if label.group else whose


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
