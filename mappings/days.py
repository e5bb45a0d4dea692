"""A day as people read it."""

from datetime import date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def in_words(day: date) -> str:
    """`22 Nov 2026`; English whatever the machine's locale is."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
