"""Which key results an issue supports, and why: the six ranks of the design. The first rank that matches wins."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from mappings.model import Issue, Ref, Sprint
from mappings.okrs import KeyResult, Registry, normal_id
from mappings.same_work import others_of, same_work
from mappings.settings import RuleSettings, Team
from mappings.tags import Meaning, Tag, TagReader
from mappings.targets import Target

OWN_TAGS, ABOVE, BINDS, SAME_WORK, RULES, ROUTINE = (
    "own tags",
    "tags above",
    "binds",
    "same work",
    "config rules",
    "routine",
)
"""The ranks by the names that reports print."""


class Class(StrEnum):
    """What a piece of work is to the company's goals. Routine work is fine, and has a budget."""

    ALIGNED = "aligned"
    ROUTINE = "routine"
    NEW = "new"
    """For a key result that is not written yet: for a while."""
    UNALIGNED = "unaligned"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, order=True)
class Share:
    """One link: the part of the issue that counts for the key result, and the rule that made it."""

    kr: str
    share: Fraction
    rule: str
    """tag:label, tag:title, tag:trailer, tag:field, ancestor, bind or rule."""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class BrokenTag:
    """A tag that names no live key result, where it stands and what was probably meant."""

    tracker: str
    key: str
    text: str
    place: str
    reason: str
    suggestion: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """One issue with its class, its shares (they sum to one, or there are none) and the reason in words."""

    issue: Issue
    team: Team
    kind: Class
    because: str
    rule: str = ""
    """The rank that decided, by its name; empty where none did."""
    shares: tuple[Share, ...] = ()
    routine: str = ""
    """The routine class, where there is one."""
    broken: tuple[BrokenTag, ...] = ()
    """Its own broken tags; an ancestor's are listed at the ancestor."""
    notes: tuple[str, ...] = ()
    same_as: Ref | None = None
    """The issue of another tracker that is the same work, and the one that counts where both would."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one rank says of an issue."""

    kind: Class
    because: str
    shares: tuple[Share, ...] = ()
    routine: str = ""


def link_issues(
    issues: Iterable[Issue],
    ancestors: Iterable[Issue],
    sprints: Iterable[Sprint],
    registry: Registry,
    settings: RuleSettings,
    today: date,
    *,
    claimed: Mapping[Ref, str] | None = None,
) -> dict[Ref, Linked]:
    """Link every issue. Issues that are themselves a write target are no work and are left out; what is below them
    inherits their tags all the same.

    `claimed` holds the key of the team whose own query read an issue.

    The answer is sorted by (tracker, id) and does not depend on the order of what is given.
    """
    issues, reserved = tuple(issues), {target for target in registry.reserved() if target.kind == "issue"}
    work = {issue.ref: issue for issue in issues if not _names_any(reserved, issue)}
    known = {issue.ref: issue for issue in (*ancestors, *issues)}
    linker = Linker(known, tuple(sprints), registry, settings, today, claimed or {})
    return {ref: linker.link(work[ref]) for ref in sorted(work)}


def broken_tags(
    issues: Iterable[Issue], registry: Registry, settings: RuleSettings, today: date
) -> tuple[BrokenTag, ...]:
    """Broken tags that somebody should mend: on work and ancestors, not on work finished before the live periods."""
    reader = TagReader(registry, settings.prefix, today)
    oldest = registry.oldest_start(today)
    found: set[BrokenTag] = set()
    for issue in issues:
        finished = issue.done_at.astimezone(settings.zone).date() if issue.done_at else None
        if issue.state.value == "cancelled" or (finished and oldest and finished < oldest):
            continue
        found.update(_broken(issue, [(tag, reader.meaning(tag)) for tag in reader.tags(issue)]))
    return tuple(sorted(found, key=lambda tag: (tag.tracker, tag.key, tag.text, tag.place)))


def team_of(issue: Issue, teams: Iterable[Team], sprint_teams: Mapping[Ref, str], claimed: Mapping[Ref, str]) -> Team:
    """The declared team whose scope holds the issue: by component, then by the team's own query that read it
    (`claimed`), then by project, then by a board's sprint. The narrower says more, and a query is a claim.

    An undeclared project is a team by its own key.
    """
    project = issue.project.casefold()
    components = {component.casefold() for component in issue.components}
    by_query: Team | None = None
    by_project: Team | None = None
    by_sprint: Team | None = None
    for team in sorted(teams, key=lambda team: team.key):
        if team.key == claimed.get(issue.ref):
            by_query = team
        for scope in team.scopes:
            if scope.tracker != issue.tracker:
                continue
            holds = {name.casefold() for name in (*scope.projects, *scope.teams)}
            if scope.components:
                if components & {name.casefold() for name in scope.components} and (not holds or project in holds):
                    return team
            elif project in holds:
                by_project = by_project or team
            elif not holds and any(sprint_teams.get((issue.tracker, s)) == team.key for s in issue.sprints):
                by_sprint = by_sprint or team
    return by_query or by_project or by_sprint or Team(key=issue.project)


class Linker:
    """Asks the ranks about one issue after the other; it holds nothing but lookups made from what it is given."""

    def __init__(
        self,
        known: Mapping[Ref, Issue],
        sprints: tuple[Sprint, ...],
        registry: Registry,
        settings: RuleSettings,
        today: date,
        claimed: Mapping[Ref, str],
    ) -> None:
        self._known = known
        self._claimed = claimed
        self._settings = settings
        self._reader = TagReader(registry, settings.prefix, today)
        self._names = registry.by_name
        self._live = {kr.id for kr in registry.live(today)}
        self._sprint_teams = {(sprint.tracker, sprint.id): sprint.team for sprint in sprints}
        self._binds: dict[tuple[str, str], list[KeyResult]] = {}
        for kr in registry.live(today):
            for target in kr.binds:
                self._binds.setdefault((target.tracker, f"{target.kind}/{target.id}".casefold()), []).append(kr)
        self._weights = {(kr.id, target): weight for kr in registry.live(today) for target, weight in kr.bind_weights}
        self._read: dict[Ref, list[tuple[Tag, Meaning]]] = {}
        self._twins = same_work(known.values())
        self._others = others_of(self._twins)
        self._oldest = registry.oldest_start(today)
        self._today = today

    def link(self, issue: Issue) -> Linked:
        """The issue by the first rank that says something."""
        team = self.team(issue)
        tags = self._tags(issue)
        rule, decision = next(
            ((rule, decision) for rule, decision in self.asked(issue, team) if decision is not None),
            ("", Decision(Class.UNALIGNED, "no tag, bind or rule matched")),
        )
        return Linked(
            issue=issue,
            team=team,
            kind=decision.kind,
            because=decision.because,
            rule=rule,
            shares=decision.shares,
            routine=decision.routine,
            broken=_broken(issue, tags),
            notes=self._notes(issue, tags),
            same_as=self._twins.get(issue.ref),
        )

    def asked(self, issue: Issue, team: Team) -> Iterator[tuple[str, Decision | None]]:
        """Every rank by its name, in order, with what it says; each is asked when it is its turn."""
        early = team.routine_before_inheritance
        yield OWN_TAGS, self._decide(issue, "")
        if early:
            yield ROUTINE, self._by_routine(issue, team)
        yield ABOVE, self._by_ancestor(issue)
        yield BINDS, self._by_binds(issue)
        yield SAME_WORK, self._by_same_work(issue)
        yield RULES, self._by_rules(issue, team)
        if not early:
            yield ROUTINE, self._by_routine(issue, team)

    def team(self, issue: Issue) -> Team:
        """Whose it is."""
        return team_of(issue, self._settings.teams, self._sprint_teams, self._claimed)

    def others(self, issue: Issue) -> tuple[Issue, ...]:
        """The same work in other trackers."""
        return tuple(self._known[ref] for ref in self._others.get(issue.ref, ()))

    def _tags(self, issue: Issue) -> list[tuple[Tag, Meaning]]:
        if issue.ref not in self._read:
            self._read[issue.ref] = [(tag, self._reader.meaning(tag)) for tag in self._reader.tags(issue)]
        return self._read[issue.ref]

    def ancestors(self, issue: Issue) -> Iterable[Issue]:
        """Nearest first, as far as they are visible; a cycle ends the walk."""
        seen = {issue.ref}
        while issue.parent is not None:
            parent = self._known.get((issue.tracker, issue.parent))
            if parent is None or parent.ref in seen:
                return
            seen.add(parent.ref)
            yield parent
            issue = parent

    def _by_ancestor(self, issue: Issue) -> Decision | None:
        for ancestor in self.ancestors(issue):
            decision = self._decide(ancestor, ancestor.key)
            if decision is not None:
                return decision
        return None

    def _by_binds(self, issue: Issue) -> Decision | None:
        if not self._binds:
            return None
        nodes = [
            (f"issue/{name}", f"issue {node.key}")
            for node in (issue, *self.ancestors(issue))
            for name in (node.key, node.id, *node.previous_keys)
        ]
        for name, said in [*nodes, *((container, container) for container in issue.containers)]:
            bound = self._binds.get((issue.tracker, name.casefold()))
            if bound:
                kind, _, ident = name.partition("/")
                shares = _shares(
                    ((kr.id, self._bind_weight(kr, issue.tracker, kind, ident), False) for kr in bound), "bind"
                )
                return Decision(Class.ALIGNED, f"the registry binds {said} to {_listed(shares)}", shares)
        return None

    def _bind_weight(self, kr: KeyResult, tracker: str, kind: str, ident: str) -> Decimal | None:
        named = (t for t in kr.binds if (t.tracker, t.kind, t.id.casefold()) == (tracker, kind, ident.casefold()))
        return next((weight for target in named if (weight := self._weights.get((kr.id, target)))), None)

    def _by_same_work(self, issue: Issue) -> Decision | None:
        """What the same work says of itself in the other tracker."""
        for other in self.others(issue):
            for decision in (self._decide(other, ""), self._by_ancestor(other), self._by_binds(other)):
                if decision is not None and decision.kind is not Class.BROKEN:
                    return replace(decision, because=f"the same work as {other.key}: {decision.because}")
        return None

    def _by_rules(self, issue: Issue, team: Team) -> Decision | None:
        for rule in self._settings.rules:
            kr = self._names.get(normal_id(rule.kr))
            if kr is not None and kr.id in self._live and rule.matches(issue, team.key):
                return Decision(Class.ALIGNED, f"rule {rule} says {kr.id}", (Share(kr.id, Fraction(1), "rule"),))
        return None

    def _by_routine(self, issue: Issue, team: Team) -> Decision | None:
        for routine in team.routine:
            for rule in routine.rules:
                if rule.matches(issue, team.key):
                    return Decision(Class.ROUTINE, f"routine {routine.name!r}: {rule}", routine=routine.name)
        return None

    def _notes(self, issue: Issue, tags: list[tuple[Tag, Meaning]]) -> tuple[str, ...]:
        said = [meaning.via for _, meaning in tags if meaning.via]
        own = {meaning.kr.id for _, meaning in tags if meaning.kr}
        if own and any(meaning.routine is not None for _, meaning in tags):
            said.append("tagged both with a key result and as routine: the key result counts")
        above = self._by_ancestor(issue) if own else None
        if above is not None and above.kind is Class.ALIGNED and own.isdisjoint(share.kr for share in above.shares):
            said.append(f"its own tag counts, {', '.join(sorted(own))}, not that of {above.because}")
        return tuple(said)

    def _decide(self, issue: Issue, ancestor: str) -> Decision | None:
        """What one issue's explicit tags say, for itself or (named) for what is below it; None where it has none."""
        at = f"{ancestor}: " if ancestor else ""
        tags = self._tags(issue)
        live = [(tag, meaning.kr.id, meaning.via) for tag, meaning in tags if meaning.kr is not None]
        if live:
            rules = {kr: "ancestor" if ancestor else f"tag:{tag.place}" for tag, kr, _ in reversed(live)}
            shares = _shares(((kr, tag.weight, tag.is_percent) for tag, kr, _ in live), rules)
            said = "; ".join(
                dict.fromkeys(f"{tag.place} {tag.text!r}" + (f" ({via})" if via else "") for tag, _, via in live)
            )
            return Decision(Class.ALIGNED, at + said, shares)
        for tag, meaning in tags:
            if meaning.routine is not None:
                return Decision(
                    Class.ROUTINE, f"{at}{tag.place} {tag.text!r} declares it routine", routine=meaning.routine
                )
        for tag, meaning in tags:
            if meaning.is_new:
                return self._new(issue, f"{at}{tag.place} {tag.text!r}")
        for tag, meaning in tags:
            return Decision(Class.BROKEN, f"{at}{tag.place} {tag.text!r} {meaning.problem}")
        return None

    def _new(self, issue: Issue, said: str) -> Decision:
        """For a key result that is not written yet."""
        last = last_day_of_new(issue, self._oldest, self._settings)
        if self._today <= last:
            until = last.isoformat()
            return Decision(Class.NEW, f"{said}: waits for its key result to be written, until {until}")
        return Decision(
            Class.UNALIGNED, f"{said} ended on {last.isoformat()}: write the key result, and tag it with its id"
        )


def last_day_of_new(issue: Issue, oldest: date | None, settings: RuleSettings) -> date:
    """Until when `okr:new` stands on the issue. A tag's own day is known to no tracker, so its days run from the
    issue's, or from the `oldest` day of the periods in force where that is later.
    """
    since = issue.created.astimezone(settings.zone).date()
    return max(since, oldest or since) + timedelta(days=settings.new_days)


def _shares(weighted: Iterable[tuple[str, Decimal | None, bool]], rules: Mapping[str, str] | str) -> tuple[Share, ...]:
    """Equal parts, unless weights are given: (key result, weight, whether it is in percent).

    What percentages leave of a whole is shared equally by those without a weight. A key result named twice counts once,
    with its largest weight. The shares sum to one.
    """
    given = list(weighted)
    percents = {kr: Fraction(weight) / 100 for kr, weight, is_percent in given if is_percent and weight is not None}
    plain = {kr for kr, weight, _ in given if weight is None} - set(percents)
    rest = 1 - sum(percents.values(), Fraction(0))
    by_rest = rest / len(plain) if plain and percents and rest > 0 else None
    weights: dict[str, Fraction] = {}
    for kr, weight, is_percent in given:
        part = Fraction(weight) if weight is not None else by_rest or Fraction(1)
        part = part / 100 if is_percent else part
        weights[kr] = max(part, weights.get(kr, Fraction(0)))
    whole = sum(weights.values(), Fraction(0))
    return tuple(
        Share(kr, weights[kr] / whole, rules if isinstance(rules, str) else rules[kr]) for kr in sorted(weights)
    )


def _listed(shares: tuple[Share, ...]) -> str:
    return ", ".join(share.kr for share in shares)


def _broken(issue: Issue, tags: list[tuple[Tag, Meaning]]) -> tuple[BrokenTag, ...]:
    return tuple(
        BrokenTag(
            tracker=issue.tracker,
            key=issue.key,
            text=tag.text,
            place=tag.place,
            reason=meaning.problem,
            suggestion=meaning.suggestion,
        )
        for tag, meaning in tags
        if meaning.problem
    )


def _names_any(targets: set[Target], issue: Issue) -> bool:
    names = {name.casefold() for name in (issue.key, issue.id, *issue.previous_keys)}
    return any(target.tracker == issue.tracker and target.id.casefold() in names for target in targets)
