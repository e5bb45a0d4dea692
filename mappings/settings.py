"""What a company decides about the rules, as frozen values. The config file is validated in `syncer.config`."""

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal

from mappings.model import ACTIVE_SPRINTS, Issue, Scope, SprintChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Conditions that must all hold; comparison is without case. An empty condition is not asked."""

    project: str = ""
    component: str = ""
    type: str = ""
    label: str = ""
    team: str = ""
    kr: str = ""
    """The key result that matching work supports; empty in routine rules."""

    def matches(self, issue: Issue, team: str) -> bool:
        """True when every given condition holds for this issue of this team."""

        def among(wanted: str, values: tuple[str, ...]) -> bool:
            return not wanted or wanted.casefold() in {value.casefold() for value in values}

        return (
            among(self.project, (issue.project,))
            and among(self.component, issue.components)
            and among(self.type, (issue.type,))
            and among(self.label, issue.labels)
            and among(self.team, (team,))
        )

    def __str__(self) -> str:
        """`type "Bug" and component "API"`: as the report names the rule."""
        given = [(name, getattr(self, name)) for name in ("project", "component", "type", "label", "team")]
        return " and ".join(f'{name} "{value}"' for name, value in given if value)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutineClass:
    """A kind of routine work that a team declares, with its budget as a share of a sprint (0 to 1) or none."""

    name: str
    rules: tuple[Rule, ...] = ()
    budget: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What a team agreed on for its sprints (`mappings.gate`)."""

    unaligned: Decimal = Decimal("0.2")
    """At most this share of the sprint's issues is tied to nothing. Not asked of a service team."""
    broken: int = 0
    """At most so many issues with a wrong tag."""
    missing: bool = True
    """A key result that is behind has something planned."""
    budgets: bool = True
    """Routine work stays within its budgets."""
    fails: bool = False
    """What does not hold stops: exit code 4 instead of a warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """One declared team; an undeclared project or Linear team is a Team with its own key and these defaults."""

    key: str
    name: str = ""
    unit: str = "points"
    mode: str = "product"
    """product, or service: budgets first, no alignment figure."""
    scopes: tuple[Scope, ...] = ()
    routine: tuple[RoutineClass, ...] = ()
    routine_before_inheritance: bool = False
    unestimated: Decimal = Decimal(1)
    """What an unestimated issue counts in points."""
    flag_label: bool = False
    people: int | None = None
    """How many they are; None: not said."""
    sprints: SprintChoice = ACTIVE_SPRINTS
    gate: Gate = field(default_factory=Gate)

    @property
    def title(self) -> str:
        """The name for people."""
        return self.name or self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthThresholds:
    """Pace at and above which a key result is on track, and at risk, by commitment; and the silence rules."""

    aspirational: tuple[Decimal, Decimal] = (Decimal("0.7"), Decimal("0.4"))
    committed: tuple[Decimal, Decimal] = (Decimal("0.9"), Decimal("0.7"))
    pending_share: Decimal = Decimal("0.15")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """Everything the rules need besides issues and registry."""

    teams: tuple[Team, ...] = ()
    zone: tzinfo = UTC
    """The company's time zone: what day it was."""
    prefix: str = "okr:"
    new_days: int = 14
    """How long `okr:new` stands for a key result that is not written yet."""
    rules: tuple[Rule, ...] = ()
    started_credit: Decimal = Decimal(0)
    """Share of an issue that counts as done while it is in progress."""
    health: HealthThresholds = field(default_factory=HealthThresholds)
    unaligned_label: str = "okr-unaligned"
    broken_label: str = "okr-broken-tag"
    merge_teams_under: int = 0
    """The company's view shows teams of fewer people together; 0: each by itself."""
