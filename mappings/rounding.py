"""The one place where a number is rounded; everything before it is exact."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def exact(number: Decimal | int) -> Fraction:
    """A decimal as an exact fraction."""
    return Fraction(number)


def rounded(number: Fraction | Decimal, places: int) -> Decimal:
    """`number` with `places` decimals, halves up; a score is written with two."""
    fraction = Fraction(number)
    scaled = fraction * 10**places
    whole = (Decimal(scaled.numerator) / Decimal(scaled.denominator)).to_integral_value(ROUND_HALF_UP)
    return whole.scaleb(-places).quantize(Decimal(1).scaleb(-places))


def clamped(number: Fraction) -> Fraction:
    """`number` held between 0 and 1."""
    return min(max(number, Fraction(0)), Fraction(1))


def percent(number: Fraction | Decimal | None) -> str:
    """`47 %`, or `unknown`."""
    return "unknown" if number is None else f"{rounded(Fraction(number) * 100, 0)} %"


def plain(number: Fraction | Decimal) -> str:
    """At most two decimals, no trailing zeros: `3`, `2.5`, `0.33`."""
    text = f"{rounded(number, 2)}"
    return text.rstrip("0").rstrip(".") if "." in text else text
