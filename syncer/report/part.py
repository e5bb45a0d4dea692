"""What the parts of report.json and plan.json have in common."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _four_digits(share: float) -> float:
    return round(share, 4)


def _two_digits(score: float) -> float:
    return round(score, 2)


Share = Annotated[float, Field(ge=0, le=1), AfterValidator(_four_digits)]
Score = Annotated[float, Field(ge=0, le=1), AfterValidator(_two_digits)]
HealthWord = Literal["on_track", "at_risk", "off_track", "pending", "stale", "unknown"]
WorkClass = Literal["aligned", "routine", "new", "unaligned", "broken"]
WriteStatus = Literal["changed", "would-change", "unchanged", "left-alone", "refused", "failed", "none"]


class Part(BaseModel):
    """What every part of a document has in common: frozen, no unknown keys, no NaN."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True, use_attribute_docstrings=True
    )


class ClassCounts(Part):
    """Sprint issues by class; the classes sum to the total."""

    total: int
    aligned: int
    routine: int
    unaligned: int
    broken: int
    new: int = 0
    """Tagged `new`: for a key result that is not written yet."""


def as_float(number: Decimal | Fraction | None) -> float | None:
    """A figure as JSON has it; the rules are exact, and this is where that ends."""
    return None if number is None else float(number)
