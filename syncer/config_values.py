"""Values as config.toml spells them: shares, durations, names."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from adapters.validation import Number

_DURATION = re.compile(r"([1-9]\d{0,5})([smh])")
_PERCENT = re.compile(r"(\d{1,2}(?:\.\d{1,2})?|100)\s*%")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def _duration(text: str) -> str:
    if not _DURATION.fullmatch(text):
        raise ValueError('must be seconds, minutes or hours, as in "90s", "20m" or "1h"')
    return text


def seconds(duration: str) -> float:
    """Seconds of a duration that was validated here."""
    return float(duration[:-1]) * {"s": 1, "m": 60, "h": 3600}[duration[-1]]


def _share(value: object) -> object:
    percent = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if percent is None:
        raise ValueError('must be a share in percent, as in "25%"')
    return Decimal(percent[1]) / 100


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError("must be letters, digits, and - _ . between them")
    return text


Name = Annotated[str, AfterValidator(_name)]
Share = Annotated[Number, Field(ge=0, le=1)]
Text = Annotated[str, Field(min_length=1)]
Percentage = Annotated[Decimal, BeforeValidator(_share)]
Duration = Annotated[str, AfterValidator(_duration)]

_TOKEN = re.compile(r"lin_(api|oauth)_|ATATT|ATCTT", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


def is_a_variable(text: str) -> bool:
    """A name that an environment variable can have, and no token."""
    return bool(_VARIABLE.fullmatch(text)) and not _TOKEN.match(text)
