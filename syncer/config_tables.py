"""The tables of config.toml, as they may be written. Cross checks and the result are in `syncer.config`."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from adapters.validation import Number, Table
from syncer.config_values import Duration, Name, Percentage, Share, Text
from syncer.notify_tables import NotifyTable, WatchTable


def _sprints(value: object) -> object:
    if value not in ("active", "next") and not (
        isinstance(value, list)
        and value
        and all((isinstance(each, str) and each) or (type(each) is int and each > 0) for each in value)
    ):
        raise ValueError('must be "active", "next" or a list of names and ids, as in ["Sprint 12", 345]')
    return value


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("must say why")
    return text


class ScopeTable(Table):
    """One entry of a team's `scopes`: what the team has in one tracker."""

    projects: list[Text] = Field(default=[], description="Jira: project keys.")
    boards: list[int] = Field(default=[], description="Jira: board ids, where not all boards of the projects.")
    components: list[Text] = Field(default=[], description="Jira: components, where not the whole projects.")
    jql: str = Field(
        default="",
        description="Jira: a query of your own instead of projects and components; `boards` beside it say whose "
        "sprints. {period.start} and {period.end} are filled in.",
    )
    teams: list[Text] = Field(default=[], description="Linear: team keys.")


class RuleTable(Table):
    """Conditions that must all hold, compared without case."""

    project: str = Field(default="", description="Jira project key or Linear team key.")
    component: str = Field(default="", description="Jira component.")
    type: str = Field(default="", description="Issue type.")
    label: str = Field(default="", description="Label.")
    team: str = Field(default="", description="Key of a team of this config.")

    @model_validator(mode="after")
    def _asks_something(self) -> "RuleTable":
        if not any((self.project, self.component, self.type, self.label, self.team)):
            raise ValueError("a rule needs a condition: project, component, type, label or team")
        return self


class KrRuleTable(RuleTable):
    """`[[rules]]`: work that fits supports a key result; the first that fits wins."""

    kr: Text = Field(description="The key result that the work supports.")


class RoutineTable(Table):
    """One class of a team's routine work."""

    rules: list[RuleTable] = Field(default=[], description="What is of this class; `okr:none-CLASS` always is.")
    budget: Percentage | None = Field(default=None, description='The share of a sprint meant for it, as in "25%".')


class TeamFlagsTable(Table):
    """`flags` of one team."""

    label: bool | None = Field(default=None, description="Flag this team's sprint issues; without it as [flags] says.")


class CheckTable(Table):
    """`check` of a team: what it agreed on for its sprints, and `okrsync check` asks."""

    unaligned: Percentage = Field(
        default=Decimal("0.2"), description="At most this share of a sprint's issues is tied to nothing."
    )
    broken: int = Field(default=0, ge=0, description="At most so many issues with a wrong tag.")
    missing: bool = Field(default=True, description="A key result that is behind has something planned.")
    budgets: bool = Field(default=True, description="Routine work stays within its budgets.")
    fail: bool = Field(default=False, description="What does not hold ends with exit code 4 instead of a warning.")


class TeamTable(Table):
    """`[teams.KEY]`."""

    name: str = Field(default="", description="Name for people; without it the key.")
    unit: Literal["points", "issues"] = Field(default="points", description="What delivery is counted in.")
    mode: Literal["product", "service"] = Field(
        default="product", description="service: budgets first, no alignment figure."
    )
    scopes: dict[str, ScopeTable] = Field(default={}, description="By tracker: what is the team's there.")
    sprints: Annotated[object, AfterValidator(_sprints)] = Field(
        default="active",
        description='Whose issues are the rows of the report: "active", "next", or a list of names and ids, as in '
        '["Sprint 12", 345].',
    )
    kanban_days: int = Field(
        default=14,
        ge=0,
        le=90,
        description="A kanban board is shown as what was done in so many days or is in progress; 0: not at all.",
    )
    routine: dict[Name, RoutineTable] = Field(default={}, description="Declared routine work, by class.")
    routine_before_inheritance: bool = Field(
        default=False, description="Routine rules win over tags of an epic above, not over an issue's own tags."
    )
    unestimated: Number = Field(default=Decimal(1), ge=0, description="What an unestimated issue counts, in points.")
    flags: TeamFlagsTable = Field(default=TeamFlagsTable(), description="Flags of this team alone.")
    check: CheckTable = Field(default=CheckTable(), description="What the team agreed on for its sprints.")
    channel_env: str = Field(
        default="", description="Variable with the Apprise address of the team's channel: its digest goes there."
    )
    people: int | None = Field(
        default=None, ge=1, description="How many they are: lint expects fewer objectives of fewer than ten."
    )


class TagsTable(Table):
    """`[tags]`."""

    prefix: Text = Field(default="okr:", description="What a tag label begins with.")
    new_days: int = Field(
        default=14,
        ge=0,
        description="How long the tag `new` stands for a key result that is not written yet: days from the issue's "
        "creation, or from the period's first day where that is later.",
    )


class FlagsTable(Table):
    """`[flags]`: labels on sprint issues that are tied to nothing, or wrongly."""

    label: bool = Field(default=False, description="Flag the sprint issues of every team that does not say otherwise.")
    unaligned_label: Text = Field(default="okr-unaligned", description="Label on work that is tied to no key result.")
    broken_label: Text = Field(default="okr-broken-tag", description="Label on work whose tags name no live one.")


def _falling(pair: list[Decimal]) -> list[Decimal]:
    if len(pair) != 2 or pair[0] < pair[1]:
        raise ValueError("must be two numbers, on track first, then at risk, as in [0.7, 0.4]")
    return pair


Pace = Annotated[list[Share], AfterValidator(_falling)]


class HealthTable(Table):
    """`[health]`: score / elapsed share at and above which a key result is on track, and at risk."""

    aspirational: Pace = Field(default=[Decimal("0.7"), Decimal("0.4")], description="For aspirational ones.")
    committed: Pace = Field(default=[Decimal("0.9"), Decimal("0.7")], description="For committed ones.")
    pending_share: Share = Field(default=Decimal("0.15"), description="Share of the period with no verdict yet.")


class SafetyTable(Table):
    """`[safety]`: what is not written without --force."""

    fall: Share = Field(default=Decimal("0.3"), description="A score that falls by more, and nothing explains it.")
    changed_share: Share = Field(default=Decimal("0.5"), description="More than this share of them changing at once,")
    changed_floor: int = Field(default=5, ge=0, description="where that is also more than this many.")


class ReadingTable(Table):
    """`[reading]`."""

    since: date | None = Field(
        default=None, description="Also read what changed since this day, where earlier than the oldest live period."
    )
    incremental: bool = Field(
        default=True,
        description="Ask only for what changed since the last run, which mirror.db beside the history keeps; "
        "once a day everything is read again, in Linear compared by id. false: always everything.",
    )


class IgnoreTable(Table):
    """One entry of `ignore`."""

    rule: Text = Field(description="The rule's id, as in OKR104. An error cannot be ignored.")
    where: str = Field(
        default="",
        description="Id of a key result, an objective (its key results too) or a team, or an issue's key; without it "
        "everywhere.",
    )
    reason: Annotated[str, AfterValidator(_said)] = Field(description="Why, in a sentence.")


class LintTable(Table):
    """`[lint]`. Each of `ignore` is an IgnoreTable, validated on its own so that it knows its line."""

    ignore: list[dict[str, Any]] = Field(default=[], description="Warnings to live with, each with its reason.")


class ConfigTable(Table):
    """The whole file. `trackers` and `rules` are validated one by one: by kind, and to know their line."""

    registry: list[Text] = Field(default=[], description="Registry files, relative to this file; * and ** work.")
    timezone: str = Field(default="UTC", description="Where the company's days begin, as in Europe/Zurich.")
    history: Text = Field(
        default=".okrsync/history.db", description="What earlier runs found, in SQLite; deleting it costs the trends."
    )
    history_url_env: str = Field(
        default="", description="Environment variable with the address of a PostgreSQL database to keep history in."
    )
    progress: Text = Field(
        default="okrs/progress.json",
        description="Values and ledgers of `file` targets; commit it, the next run needs it.",
    )
    report: Text = Field(default="okrsync-report", description="Directory that reports are written to.")
    report_every: Duration = Field(
        default="24h", description="How often the report is made: a page that is older than twice that says so in red."
    )
    deadline: Duration = Field(default="20m", description="A run ends by then, with exit code 75 where work is left.")
    started_credit: Share = Field(default=Decimal(0), description="What an issue in progress counts as done, 0 to 1.")
    merge_teams_under: int = Field(
        default=0, ge=0, description="The report on the company's goals shows teams of fewer `people` together."
    )
    trackers: dict[Name, dict[str, Any]] = Field(default={}, description="Connections, by name.")
    teams: dict[Name, TeamTable] = Field(default={}, description="Teams, by key.")
    rules: list[dict[str, Any]] = Field(default=[], description="Work that supports a key result without a tag.")
    tags: TagsTable = Field(default=TagsTable(), description="How tags are written.")
    flags: FlagsTable = Field(default=FlagsTable(), description="Labels put on work without a key result.")
    health: HealthTable = Field(default=HealthTable(), description="From when on a key result is in trouble.")
    safety: SafetyTable = Field(default=SafetyTable(), description="What looks like a mistake of a source.")
    reading: ReadingTable = Field(default=ReadingTable(), description="How far back to read.")
    notify: NotifyTable = Field(default=NotifyTable(), description="What `sync` tells to channels, and when.")
    targets: list[WatchTable] = Field(default=[], description="Figures to watch: told once when they are reached.")
    lint: LintTable = Field(default=LintTable(), description="What `okrsync lint` leaves out.")
