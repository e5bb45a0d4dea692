"""The one place where a number is rounded; everything before it is exact."""

import math
from decimal import Decimal
from fractions import Fraction


def rounded(number: Fraction | Decimal, places: int) -> Decimal:
    """`number` with `places` decimals, halves away from zero; a score is written with two."""
    whole = math.floor(abs(Fraction(number)) * 10**places + Fraction(1, 2))
    return Decimal(whole if number >= 0 else -whole).scaleb(-places)


def clamped(number: Fraction) -> Fraction:
    """`number` held between 0 and 1."""
    return min(max(number, Fraction(0)), Fraction(1))


def percent(number: Fraction | Decimal | None) -> str:
    """`47 %`, or `unknown`."""
    return "unknown" if number is None else f"{rounded(Fraction(number) * 100, 0)} %"


def exact(number: Decimal) -> str:
    """Every digit that somebody typed, without exponent or trailing zeros: `0.334`, `55`."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(number: Fraction | Decimal, places: int = 2) -> str:
    """At most `places` decimals, no trailing zeros: `3`, `2.5`, `0.33`."""
    text = f"{rounded(number, places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
