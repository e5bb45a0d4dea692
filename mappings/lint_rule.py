"""What a rule of `okrsync lint` is, and what the rules of quality look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from mappings.findings import WARNING, Finding
from mappings.okrs import KeyResult, Objective, Period, Registry, Status, normal_id
from mappings.settings import RuleSettings

GOAL, REGISTRY, TRACKERS = "a goal", "the whole registry", "the trackers"
"""What a rule must see to judge: one goal, every goal of the company, or the work in the trackers too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LintRule:
    """One rule, as docs/lint.md prints it. `good` stands in the company of the examples; `bad` in its place triggers
    this rule and no other (tests/unit/docs/test_lint_page.py).
    """

    id: str
    """Below 101 references and structure; from there on quality. An id keeps its meaning for ever."""
    name: str
    severity: str = WARNING
    says: str
    """What it finds, as the rest of a sentence."""
    why: str
    """The reason in one sentence."""
    bad: str
    good: str
    needs: str = GOAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A finding, and the names by which an ignore may mean it: of a key result, an objective, a team, an issue."""

    finding: Finding
    about: tuple[str, ...] = ()


def remark(rule: LintRule, where: str, message: str, *about: str) -> Remark:
    """What `rule` says about these names."""
    finding = Finding(rule=rule.id, severity=rule.severity, where=where, message=message)
    return Remark(finding=finding, about=tuple(name for name in about if name))


@dataclass(frozen=True)
class Look:
    """What the rules of quality judge: goals of periods that are not over. What is over can only be learnt from."""

    registry: Registry
    settings: RuleSettings
    today: date

    @cached_property
    def objectives(self) -> tuple[Objective, ...]:
        """Those of periods in force or to come, in the registry's order."""
        return tuple(each for each in self.registry.objectives if not self.is_over(self.period(each)))

    @cached_property
    def key_results(self) -> tuple[tuple[Objective, KeyResult], ...]:
        """Each that lives or is a draft, with its objective."""
        return tuple((each, kr) for each in self.objectives for kr in current(each))

    @cached_property
    def supported(self) -> frozenset[str]:
        """Normal ids that an objective supports."""
        return frozenset(normal_id(each.supports) for each in self.registry.objectives if each.supports)

    def period(self, goal: Objective | KeyResult) -> Period:
        """The goal's period."""
        return self.registry.period_by_id[goal.period]

    def is_over(self, period: Period) -> bool:
        """Its last value may have come by now."""
        return (period.closes or period.end) < self.today

    def name_of(self, team: str) -> str:
        """The team's name for people; the company's for no team."""
        return next((each.title for each in self.settings.teams if each.key == team), team) or "the company"

    def people(self, team: str) -> int | None:
        """How many they are, where the config says it."""
        return next((each.people for each in self.settings.teams if each.key == team), None)


def current(objective: Objective) -> tuple[KeyResult, ...]:
    """Its key results that live or are drafts: retired and replaced ones are nobody's to mend."""
    return tuple(kr for kr in objective.key_results if kr.status in (Status.LIVE, Status.DRAFT))


def by_team(look: Look) -> Iterator[tuple[str, Period, tuple[Objective, ...]]]:
    """(team, period, its own objectives there), sorted; the company's own are those of the team ""."""
    groups: dict[tuple[str, str], list[Objective]] = {}
    for objective in look.objectives:
        groups.setdefault((objective.team, objective.period), []).append(objective)
    for (team, period), objectives in sorted(groups.items()):
        yield team, look.registry.period_by_id[period], tuple(sorted(objectives, key=lambda it: normal_id(it.id)))


def word_set(text: str) -> frozenset[str]:
    """The words of a text, to look one up."""
    return frozenset(text.split())
