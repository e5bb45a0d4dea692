"""The tables of a registry file, as they may be written. Lines, references and meaning come after (`reading`)."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from adapters.okr_values import Address, Cadence, Id, Policy, Text, Work, work_address
from adapters.validation import Number, Table

_RUN = {"start", "target"}
_ASKED = {"tracker", "jql", "filter", "aggregate", "field"}
_READ = {"url", "pointer", "token_env"}
_TAKEN_FROM = {
    "delivery": {"target"},
    "manual": _RUN | {"accrual"},
    "query": _RUN | _ASKED | {"accrual"},
    "http": _RUN | _READ | {"accrual"},
    "milestones": {"milestones"},
    "qualitative": set[str](),
    "hold": _RUN | _ASKED | _READ | {"keep"},
}


def _as_table(value: object) -> object:
    return {"is": value} if isinstance(value, str) else value


def _as_bind(value: object) -> object:
    # a wrong address is told where it stands, for there is no `to` to name
    return {"to": work_address(value)} if isinstance(value, str) else value


class GradesTable(Table):
    """`grades`: the period's own rule of what a good end is."""

    green: Number = Field(default=Decimal("0.7"), ge=0, le=1, description="Aspirational: a success from here on.")
    amber: Number = Field(default=Decimal("0.4"), ge=0, le=1, description="Aspirational: some way from here on.")
    committed: Number = Field(default=Decimal(1), ge=0, le=1, description="Committed: met from here on, else missed.")

    @model_validator(mode="after")
    def _in_order(self) -> "GradesTable":
        if self.amber >= self.green:
            raise ValueError("amber must be below green")
        return self


class PulseTable(Table):
    """One team's three figures at the end of the period, 1 to 5."""

    clarity: int = Field(ge=1, le=5, strict=True, description="Did we know what was wanted?")
    autonomy: int = Field(ge=1, le=5, strict=True, description="Could we choose the way?")
    focus: int = Field(ge=1, le=5, strict=True, description="Could we stay with it?")


class PeriodTable(Table):
    """`[period]`: which days the file's objectives are for."""

    id: Text = Field(description="The period's name, as in 2026-Q4.")
    start: date = Field(description="First day.")
    end: date = Field(description="Last day.")
    closes: date | None = Field(default=None, description="Final values may come until then; the default is the end.")
    grades: GradesTable | None = Field(default=None, description="From which score on an end is a good one.")
    pulse: dict[Text, PulseTable] = Field(default={}, description="By team: what it says of the period at its end.")


class MilestoneTable(Table):
    """One entry of `milestones`."""

    title: Text = Field(description="What will be there.")
    weight: Number = Field(default=Decimal(1), description="Its share.")
    done_on: date | None = Field(default=None, description="The day it was there; one to come does not count.")


class MeasureTable(Table):
    """`measure`: how the number is taken."""

    kind: Literal["delivery", "manual", "query", "http", "milestones", "qualitative", "hold"] = Field(
        description="How the number is taken."
    )
    start: Number | None = Field(default=None, description="The value when the period began.")
    target: Number | None = Field(default=None, description="The value to reach; delivery: a fixed amount of work.")
    accrual: Literal["period"] | None = Field(default=None, description="The number grows through the period.")
    keep: Literal["at or above", "at or below"] | None = Field(default=None, description="hold: which side to keep.")
    tracker: str | None = Field(default=None, description="query, hold: the connection to ask.")
    jql: str | None = Field(default=None, description="query: a Jira search.")
    filter: dict[str, Any] | None = Field(default=None, description="query: a Linear issue filter.")
    aggregate: Literal["count", "sum", "average"] | None = Field(default=None, description="query: of what is found.")
    field: str | None = Field(default=None, description="query: the field to add up.")
    url: str | None = Field(default=None, description="http, hold: where the number is.")
    pointer: str | None = Field(default=None, description="http: JSON pointer to it.")
    token_env: str | None = Field(default=None, description="http: environment variable with the token.")
    milestones: list[MilestoneTable] = Field(default=[], description="milestones: the weighted list.")

    @model_validator(mode="after")
    def _only_its_own_keys(self) -> "MeasureTable":
        if strange := sorted(self.model_fields_set - {"kind"} - _TAKEN_FROM[self.kind]):
            raise ValueError(f'kind = "{self.kind}" has no {" and no ".join(strange)}')
        if self.tracker is not None and self.url is not None:
            raise ValueError("a number comes from a tracker or from a url, not from both")
        return self


class CheckinTable(Table):
    """`[[objectives.key_results.checkins]]`: what a person said on a day."""

    on: date = Field(description="The day.")
    value: Number | None = Field(default=None, description="The number on that day.")
    confidence: int | None = Field(default=None, description="0 to 10.")
    note: str = Field(default="", description="In a sentence.")
    risk: str = Field(default="", description="What may go wrong.")
    still_right: bool | None = Field(default=None, description="Whether the objective still is the right one.")


class CheckpointTable(Table):
    """One of `checkpoints`: a value expected on a day."""

    on: date = Field(description="The day.")
    value: Number = Field(description="The value expected then.")


class RetargetTable(Table):
    """One of `retargets`: `{ on = 2026-11-12, from = 3, to = 6, because = "..." }`."""

    on: date = Field(description="The day.")
    from_: Number = Field(alias="from", description="The target until then.")
    to: Number = Field(description="The target from then on.")
    because: Text = Field(description="Why, in a sentence.")


class StatusTable(Table):
    """`status = "draft"`, or with its story: `status = { is = "replaced", on = 2026-11-02, replaced_by = "..." }`."""

    is_: Literal["draft", "live", "retired", "replaced"] = Field(alias="is", description="Where it is in its life.")
    on: date | None = Field(default=None, description="Since when.")
    reason: str = Field(default="", description="Why.")
    replaced_by: Id | None = Field(default=None, description="The key result that took its place.")


class OverrideTable(Table):
    """`status_override`: a person's word on health; it wins until its date."""

    health: Literal["on_track", "at_risk", "off_track"] = Field(description="The health.")
    until: date = Field(description="The last day it wins.")
    by: Text = Field(description="Who said so.")


class WriteTable(Table):
    """`write`: where the score is written."""

    to: Address = Field(description="The target.")
    policy: Policy = Field(default="auto", description='"auto", "propose", "locked" or "manual-until:DATE".')


class BindTable(Table):
    """An entry of `binds`: an address, or a table that adds its weight."""

    to: Work = Field(description="Whose work supports it.")
    weight: Number | None = Field(
        default=None, gt=0, description="Against the other key results that bind the same work; 1 by default."
    )


class KeyResultTable(Table):
    """`[[objectives.key_results]]`."""

    id: Id = Field(description="Unique for ever; compared without case, and with - . _ / equal.")
    title: Text = Field(description="What is to be reached.")
    measure: MeasureTable = Field(description="How the number is taken.")
    teams: list[Text] = Field(default=[], description="Teams that share it, besides its objective's.")
    owner: str = Field(default="", description="Whom to talk to, as a role.")
    commitment: Literal["aspirational", "committed"] = Field(default="aspirational", description="How sure it was.")
    unit: Literal["points", "issues"] | None = Field(default=None, description="What its delivery is counted in.")
    weight: Number = Field(default=Decimal(1), description="In its objective.")
    binds: list[Annotated[BindTable, BeforeValidator(_as_bind)]] = Field(
        default=[], description="Whose work supports it: addresses, or tables of `to` and `weight`."
    )
    write: WriteTable | None = Field(default=None, description="Where the score is written.")
    aliases: list[Id] = Field(default=[], description="Other names that tags may use.")
    checkins: list[CheckinTable] = Field(default=[], description="What people said, by day.")
    checkpoints: list[CheckpointTable] = Field(default=[], description="Values expected on days.")
    retargets: list[RetargetTable] = Field(default=[], description="How its target was changed on the way.")
    status: Annotated[StatusTable | None, BeforeValidator(_as_table)] = Field(default=None, description="Its life.")
    status_override: OverrideTable | None = Field(default=None, description="A person's word on health.")
    cadence: Cadence = Field(default="7d", description="How often to check in.")
    depends_on: list[Id] = Field(default=[], description="Key results or objectives that must come first.")
    visibility: Text = Field(default="company", description="Who may see it; not company: counted, never named.")
    scopes: list[Text] = Field(default=[], description="Further scopes, as TRACKER/TEAM, that hold its work.")


class ObjectiveTable(Table):
    """`[[objectives]]`; each of `key_results` is a KeyResultTable, validated on its own so that it knows its line."""

    id: Id = Field(description="Unique for ever, key results included.")
    title: Text = Field(description="What is wanted.")
    team: str = Field(default="", description="Key of the team whose it is; none for the company's.")
    period: Text | None = Field(default=None, description="Where it is not the file's own [period].")
    supports: Id | None = Field(default=None, description="A higher objective or key result.")
    roll_up: Literal["mean", "weakest"] = Field(default="mean", description="How its score is made.")
    born: Literal["team", "company"] | None = Field(default=None, description="Who thought of it, for the retro.")
    key_results: list[dict[str, Any]] = Field(default=[], description="What it is measured by.")


class RegistryFile(Table):
    """A whole file; each of `objectives` is an ObjectiveTable."""

    period: PeriodTable | None = Field(default=None, description="The period of the file's objectives.")
    objectives: list[dict[str, Any]] = Field(default=[], description="The objectives.")
