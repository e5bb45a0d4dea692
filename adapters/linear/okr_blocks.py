"""What an `okr` block may say in the page of an initiative, and in the page of a project."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field

from adapters.okr_values import Address, Cadence, Id, Policy, Text, Work
from adapters.toml_source import KeyPath, TomlSource
from adapters.validation import Number, Problems, Table, validated


class ObjectiveBlock(Table):
    """The block of an initiative."""

    id: Id | None = Field(default=None, description="Unique for ever; without it the slug of the address.")
    team: str = Field(default="", description="Key or name of the team.")
    period: Text | None = Field(default=None, description="The period's id; else its key results', else the config's.")
    supports: Id | None = Field(default=None, description="A higher objective or key result; else its parent.")
    roll_up: Literal["mean", "weakest"] = Field(default="mean", description="How its score is made.")


class KeyResultBlock(Table):
    """The block of a project."""

    id: Id | None = Field(default=None, description="Unique for ever; without it the slug of the address.")
    objective: Text | None = Field(default=None, description="Which of the project's initiatives it belongs to, by id.")
    period: Text | None = Field(default=None, description="The objective's, when given.")
    team: str = Field(default="", description="Key or name of the team; else the objective's.")
    teams: list[Text] = Field(default=[], description="Teams that share it, besides its own.")
    owner: str = Field(default="", description="Whom to talk to, as a role.")
    commitment: Literal["aspirational", "committed"] = Field(default="aspirational", description="How sure it was.")
    measure: Literal["manual", "delivery"] | None = Field(
        default=None, description="How it is measured; without it manual where there is a start or a current value."
    )
    start: Number | None = Field(default=None, description="The value when the period began.")
    target: Number | None = Field(default=None, description="The value to reach; delivery: a fixed amount of work.")
    current: Number | None = Field(default=None, description="The value now, which a person keeps up to date.")
    on: date | None = Field(default=None, description="The day of `current`; else when the page was last changed.")
    confidence: int | None = Field(default=None, ge=0, le=10, description="0 to 10, with `current`.")
    note: str = Field(default="", description="In a sentence, with `current`.")
    unit: Literal["points", "issues"] | None = Field(default=None, description="What its delivery is counted in.")
    weight: Number = Field(default=Decimal(1), description="In its objective.")
    cadence: Cadence = Field(default="7d", description="How often to check in, and to post.")
    aliases: list[Id] = Field(default=[], description="Other names that tags may use.")
    binds: list[Work] = Field(default=[], description="Whose work supports it, besides the project's own.")
    write: Address | None = Field(default=None, description="Where the score is written instead of the project.")
    policy: Policy = Field(default="auto", description="As in a registry file's `write`.")
    status: Literal["draft", "live", "retired", "replaced"] | None = Field(
        default=None, description="Where it is in its life; a cancelled project's is retired."
    )
    since: date | None = Field(default=None, description="Since when it is retired or replaced.")
    reason: str = Field(default="", description="Why.")
    replaced_by: Id | None = Field(default=None, description="The key result that took its place.")


Block = TypeVar("Block", ObjectiveBlock, KeyResultBlock)


class _Sentences(Problems):
    """Without file and line: who tells them knows the page."""

    def add(self, source: TomlSource, path: KeyPath, sentence: str) -> None:
        self.found.append(sentence)


def parse_block(kind: type[Block], values: Mapping[str, Any]) -> tuple[Block, list[str]]:
    """The block with what is right in it, and a sentence for each thing that is wrong."""
    problems = _Sentences()
    content = dict(values)
    found = validated(kind, content, TomlSource(Path(), content), problems)
    return found or kind(), problems.found
