"""What `[trackers.NAME.okrs]` may hold: which issues of a Jira are objectives and key results, and what is where."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class OkrFields(BaseModel):
    """`[trackers.NAME.okrs.fields]`: a field for each thing that an issue says, by name or customfield id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str | None = Field(default=None, description="The id that tags use; without it the issue's key is the id.")
    start: str | None = Field(default=None, description="The value when the period began.")
    target: str | None = Field(default=None, description="The value to reach.")
    current: str | None = Field(default=None, description="The value now, which a person keeps up to date.")
    period: str | None = Field(default=None, description="The period's id, as a registry file declares it.")
    team: str | None = Field(default=None, description="The team's key or name.")
    owner: str | None = Field(default=None, description="Whom to talk to.")
    unit: str | None = Field(default=None, description="points or issues, for its delivery.")
    weight: str | None = Field(default=None, description="Its weight in the objective.")

    def named(self) -> dict[str, str]:
        """The fields that are given, by what they hold."""
        return {key: name for key, name in self.model_dump().items() if name is not None}


class OkrSettings(BaseModel):
    """`[trackers.NAME.okrs]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    project: str | None = Field(default=None, description="Key of the project that holds them.")
    jql: str | None = Field(default=None, description="Or a search that lists them, without ORDER BY.")
    objective_type: str = Field(default="Objective", description="Issue type of objectives, by name or id.")
    key_result_type: str = Field(default="Key Result", description="Issue type of key results, by name or id.")
    objective_level: int | None = Field(
        default=None, description="Hierarchy level of objectives (2 is above epics), instead of the two types."
    )
    key_result_level: int | None = Field(
        default=None, description="Hierarchy level of key results (1 is an epic's), with objective_level."
    )
    measure: Literal["manual", "delivery"] | None = Field(
        default=None, description="How key results are measured; without it manual where one has a target."
    )
    period: str | None = Field(default=None, description="The period of those that name none.")
    team: str | None = Field(default=None, description="Key of the team of those that name none.")
    write: bool = Field(default=True, description="Write each key result's score to its own issue.")
    fields: OkrFields = Field(default=OkrFields(), description="Which field holds what: the table below.")

    @model_validator(mode="after")
    def _says_where_and_which(self) -> "OkrSettings":
        if (self.project is None) == (self.jql is None):
            raise ValueError("okrs needs either a project or a jql")
        if (self.objective_level is None) != (self.key_result_level is None):
            raise ValueError("objective_level and key_result_level come together")
        if self.objective_level is not None and self.key_result_level is not None:
            if self.objective_level <= self.key_result_level:
                raise ValueError("objective_level must be above key_result_level")
        elif self.objective_type.casefold() == self.key_result_type.casefold():
            raise ValueError("objective_type and key_result_type must differ")
        return self
