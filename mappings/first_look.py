"""What the sprints that are over were for, before anything is tagged, and which epics to bind so that more of it fits.

A replay: the present links and registry laid over the issues as they stand in closed sprints now. In Jira an issue is
in every sprint that it ever was in; in Linear in its last cycle.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mappings.alignment import SprintAlignment, align
from mappings.figures import Figures
from mappings.linking import Class, Linked, link_issues
from mappings.model import EPIC, Issue, Ref, Sprint
from mappings.okrs import KeyResult, Registry
from mappings.settings import RuleSettings
from mappings.suggesting import SURE_ENOUGH, Suggestion, stands_alone, suggest_by_team
from mappings.targets import Target

MOST = 10
"""Epics that are proposed, and as many that are named as unsure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An epic or a project with work of those sprints that supports no key result, and what it probably supports."""

    target: Target
    title: str
    issues: int
    guess: Suggestion | None = None
    alone: bool = False
    """By words no other key result is half as near."""

    @property
    def is_sure(self) -> bool:
        """As sure as a suggestion has to be."""
        return self.guess is not None and self.guess.score >= SURE_ENOUGH


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLook:
    """The share of work that fits, and how to come to more. All counts are of issues, each once."""

    sprints: tuple[Sprint, ...]
    by_class: Mapping[Class, int]
    through: int
    """Epics and projects through which it fits already."""
    binds: tuple[Holder, ...] = ()
    """Worth binding, those with the most work first."""
    unsure: tuple[Holder, ...] = ()
    """Those for which a person must say it, likewise."""
    reached: int = 0
    """Issues that fit once `binds` are bound."""
    alone: int = 0
    """Issues that fit nothing and are below no epic and in no project."""

    @property
    def issues(self) -> int:
        """All of them."""
        return sum(self.by_class.values())


def closed_rows(figures: Figures, team: str = "") -> tuple[tuple[Sprint, ...], dict[Ref, Linked]]:
    """The closed sprints that were read, and their rows, each issue once; of one team, or of all."""
    sprints = (sprint for reading in figures.readings for sprint in reading.sprints if sprint.state == "closed")
    found = align(sprints, figures.linked)
    rows = {row.issue.ref: row for it in found for row in it.rows if team in ("", row.team.key)}
    return tuple(it.sprint for it in found if _is_shown(it, rows)), rows


def holders_of(figures: Figures, rows: Iterable[Linked]) -> dict[Target, tuple[Ref, ...]]:
    """The nearest epic, else the Linear project, else the parent of each row; rows without any are left out."""
    known = {issue.ref: issue for issue in figures.ancestors} | {ref: it.issue for ref, it in figures.linked.items()}
    found: dict[Target, list[Ref]] = {}
    for row in rows:
        holder = _holder(row.issue, known)
        if holder is not None:
            found.setdefault(holder, []).append(row.issue.ref)
    return {target: tuple(found[target]) for target in sorted(found)}


def look(
    figures: Figures,
    registry: Registry,
    settings: RuleSettings,
    names: Mapping[Target, str],
    team: str = "",
) -> FirstLook:
    """Replay the closed sprints of these figures. `names` tell what projects are called; one without is not guessed."""
    sprints, rows = closed_rows(figures, team)
    fitting = [row for row in rows.values() if row.kind is Class.ALIGNED]
    inherited = [row for row in fitting if {share.rule for share in row.shares} & {"bind", "ancestor"}]
    # what a rule calls routine inside an epic would be its key result's once the epic is bound
    others = [row for row in rows.values() if row.kind is not Class.ALIGNED]
    holders = _guessed(figures, registry, settings, names, holders_of(figures, others))
    binds = [each for each in holders if each.is_sure or each.alone][:MOST]
    held = {ref for refs in holders_of(figures, others).values() for ref in refs}
    return FirstLook(
        sprints=sprints,
        by_class=Counter(row.kind for row in rows.values()),
        through=len(holders_of(figures, inherited)),
        binds=tuple(binds),
        unsure=tuple([each for each in holders if not (each.is_sure or each.alone)][:MOST]),
        reached=_reached(figures, with_binds(registry, binds), settings, rows) if binds else len(fitting),
        alone=sum(row.kind in (Class.UNALIGNED, Class.BROKEN) and row.issue.ref not in held for row in others),
    )


def with_binds(registry: Registry, holders: Iterable[Holder]) -> Registry:
    """The registry as it would be with these epics bound to the key results that are guessed."""
    more: dict[str, list[Target]] = {}
    for holder in holders:
        if holder.guess is not None:
            more.setdefault(holder.guess.kr, []).append(holder.target)

    def bound(kr: KeyResult) -> KeyResult:
        return replace(kr, binds=tuple(dict.fromkeys((*kr.binds, *more.get(kr.id, ())))))

    return Registry(
        periods=registry.periods,
        objectives=tuple(
            replace(objective, key_results=tuple(bound(kr) for kr in objective.key_results))
            for objective in registry.objectives
        ),
    )


def _is_shown(found: SprintAlignment, rows: Mapping[Ref, Linked]) -> bool:
    return any(row.issue.ref in rows for row in found.rows)


def _holder(issue: Issue, known: Mapping[Ref, Issue]) -> Target | None:
    above: list[Issue] = []
    while issue.parent and (parent := known.get((issue.tracker, issue.parent))) and parent not in above:
        above.append(parent)
        issue = parent
        if parent.level >= EPIC:
            return Target(parent.tracker, "issue", parent.key)
    kind, _, ident = issue.containers[0].partition("/") if issue.containers else ("", "", "")
    if kind == "project":
        return Target(issue.tracker, kind, ident)
    return Target(above[-1].tracker, "issue", above[-1].key) if above else None


def _guessed(
    figures: Figures,
    registry: Registry,
    settings: RuleSettings,
    names: Mapping[Target, str],
    holders: Mapping[Target, tuple[Ref, ...]],
) -> list[Holder]:
    """Each holder with its guess, those with the most work first."""
    known = {issue.ref: issue for issue in figures.ancestors} | {ref: it.issue for ref, it in figures.linked.items()}
    by_key = {(issue.tracker, issue.key): issue for issue in known.values()}
    asked: dict[Target, Issue] = {}
    for target, refs in holders.items():
        if target.kind == "issue":
            asked[target] = by_key[(target.tracker, target.id)]
        elif target in names:
            first = figures.linked[refs[0]].issue
            asked[target] = Issue(
                tracker=target.tracker,
                id=f"project/{target.id}",
                key=target.id,
                title=names[target],
                created=first.created,
                changed=first.changed,
            )
    teams = {target: figures.linked[refs[0]].team.key for target, refs in holders.items()}
    found = suggest_by_team(
        [(teams[target], issue) for target, issue in asked.items()],
        figures.linked,
        registry,
        settings,
        figures.today,
        at_least=0,
    )
    made = []
    for target, refs in holders.items():
        holder = Holder(target=target, title=asked[target].title if target in asked else "", issues=len(refs))
        guesses = found[asked[target].ref] if target in asked else ()
        if guesses:
            holder = replace(holder, guess=guesses[0], alone=stands_alone(guesses))
        made.append(holder)
    return sorted(made, key=lambda each: (-each.issues, each.target))


def _reached(figures: Figures, registry: Registry, settings: RuleSettings, rows: Mapping[Ref, Linked]) -> int:
    linked = link_issues(
        (found.issue for found in figures.linked.values()),
        figures.ancestors,
        (sprint for reading in figures.readings for sprint in reading.sprints),
        registry,
        settings,
        figures.today,
        claimed={ref: found.team.key for ref, found in figures.linked.items()},
    )
    return sum(ref in linked and linked[ref].kind is Class.ALIGNED for ref in rows)
