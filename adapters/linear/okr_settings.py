"""What `[trackers.NAME.okrs]` of a Linear may hold: which initiatives are objectives; projects are key results."""

from pydantic import BaseModel, ConfigDict, Field


class OkrSettings(BaseModel):
    """`[trackers.NAME.okrs]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    initiatives: tuple[str, ...] = Field(
        default=(),
        description="The initiatives that are objectives, by name, id, or the slug of their address. "
        "Without it each whose page has an `okr` block.",
    )
    every_project: bool = Field(
        default=False,
        description="Their projects without an `okr` block are key results too, measured by delivery, with the slug of "
        "the project's address as id.",
    )
    period: str | None = Field(default=None, description="The period of those that name none.")
    team: str | None = Field(default=None, description="Key of the team of those that name none.")
    write: bool = Field(
        default=True,
        description="Post each key result's score on its own project, where its block names no other place.",
    )
