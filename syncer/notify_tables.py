"""The config's tables about messages: `[notify]` and `[[targets]]`."""

from datetime import date, time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from adapters.validation import Table
from syncer.config_values import Percentage, Text


def _hours(text: str) -> str:
    try:
        first, last = (time.fromisoformat(part) for part in text.split("-"))
    except ValueError:
        raise ValueError('must be two times, as in "20:00-07:00"') from None
    if first == last:
        raise ValueError("must begin and end at different times")
    return text


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class NotifyTable(Table):
    """`[notify]`: what `sync` tells, and when. Nothing is sent before a team or `operator_env` names a channel."""

    digest: list[Weekday] | Literal["changes", "daily"] = Field(
        default="changes",
        description='A team\'s digest: "changes" when it says something new, "daily", or on weekdays, '
        'as in ["monday", "thursday"]. Never more than one a day.',
    )
    quiet: Annotated[str, AfterValidator(_hours)] | None = Field(
        default=None,
        description='Hours in which nothing is sent, in `timezone`, as in "20:00-07:00"; what is due waits.',
    )
    mute: list[Text] = Field(
        default=[],
        description="Subjects that are not told, with * for any part: digest:TEAM, target:NAME:reached, "
        "target:NAME:missed, source:SCOPE.",
    )
    operator_env: str = Field(
        default="",
        description="Variable with the Apprise address of whoever runs okrsync: sources that could not be read.",
    )
    report_url: str = Field(default="", description="Address of the published report, for the end of each message.")


class WatchTable(Table):
    """`[[targets]]`: a published figure of a team that is to come somewhere by a day; told once when it does or not."""

    name: Text = Field(description="What it is called in messages; unique.")
    team: Text = Field(description="Whose figure.")
    figure: Text = Field(
        description="aligned, routine, new, unaligned or broken: that share of the team's sprint issues. A key "
        "result's id: its score; ID.delivery: its work done."
    )
    at_least: Percentage | None = Field(default=None, description='A percentage, as in "60%".')
    at_most: Percentage | None = Field(default=None, description="The same, from above. One of the two.")
    by: date = Field(description="The last day for it.")
    channel_env: str = Field(default="", description="Variable with another Apprise address than the team's.")

    @model_validator(mode="after")
    def _one_bound(self) -> "WatchTable":
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("needs one of at_least and at_most")
        return self

    @property
    def bound(self) -> tuple[str, Decimal]:
        """at least or at most, and the number."""
        if self.at_least is not None:
            return "at least", self.at_least
        return "at most", self.at_most or Decimal(0)
