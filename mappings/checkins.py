"""Check-ins as people write them where the key result lives: `okr: 7 confidence 6 note two of five were DNS`."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from mappings.okrs import Checkin

_LONGEST = 1_000
_NUMBER = re.compile(
    r"""(?P<sign>[-+\u2212]?)(?:
        (?P<commas>[0-9]{1,3}(?:,[0-9]{3})+)(?P<after_commas>\.[0-9]{1,10})?
      | (?P<dots>[0-9]{1,3}(?:\.[0-9]{3})+)(?P<after_dots>,[0-9]{1,10})
      | (?P<many_dots>[0-9]{1,3}(?:\.[0-9]{3}){2,})
      | (?P<spaces>[0-9]{1,3}(?:['\u2019\u00a0\u202f ][0-9]{3})+)(?P<after_spaces>[.,][0-9]{1,10})?
      | (?P<simple>[0-9]{1,15}(?:[.,][0-9]{1,10})?)
    )(?![0-9])""",
    re.VERBOSE,
)
_LINE = re.compile(r"\s*okr\s*:\s*(?P<rest>.*)", re.IGNORECASE)
_CONFIDENCE = re.compile(r"confidence\s*:?\s*(?P<confidence>10|[0-9])(?:\s*/\s*10)?(?![\w/]|[.,][0-9])", re.IGNORECASE)
_NOTE = re.compile(r"note\b\s*:?\s*", re.IGNORECASE)


def checkins_in(text: str, on: date) -> Iterator[Checkin]:
    """The check-ins of a text's lines, in their order; what is no check-in is passed over, whatever it is."""
    return (found for line in text.splitlines() if (found := parse_line(line, on)) is not None)


def parse_line(line: str, on: date) -> Checkin | None:
    """The check-in that `line` is, made on this day; None where it is none (`okr: PAY-O1-KR1` is a tag).

    `7,5` and `7.5` are the same; `1,000`, `1 000` and `1'000` are a thousand; a percent sign is left out. What follows
    the value and is no confidence of 0 to 10 is the note.
    """
    start = _LINE.fullmatch(line[:_LONGEST])
    if start is None:
        return None
    found = _number_at_the_beginning(start["rest"])
    if found is None:
        return None
    value, rest = found
    rest = rest.lstrip(" \t,;.")
    confidence = _CONFIDENCE.match(rest)
    if confidence is not None:
        rest = rest[confidence.end() :].lstrip(" \t,;.")
    note = _NOTE.match(rest)
    return Checkin(
        on=on,
        value=value,
        confidence=int(confidence["confidence"]) if confidence else None,
        note=" ".join(rest[note.end() if note else 0 :].split()),
    )


def print_line(checkin: Checkin) -> str:
    """The line that `parse_line` reads as this check-in; it has a value, and no risk."""
    said = [f"okr: {checkin.value or Decimal(0):f}"]
    if checkin.confidence is not None:
        said.append(f"confidence {checkin.confidence}")
    if checkin.note:
        said.append(f"note: {checkin.note}")  # the colon, so that a note may begin with one
    return " ".join(said)


def parse_number(text: str) -> Decimal | None:
    """A number as people write it, alone in its text; None for anything else."""
    found = _number_at_the_beginning(text.strip())
    return found[0] if found is not None and not found[1].strip() else None


def _number_at_the_beginning(text: str) -> tuple[Decimal, str] | None:
    """The number and what comes after it and its percent sign; None where a word goes on, as in `7d` or `7-KR1`."""
    found = _NUMBER.match(text)
    if found is None:
        return None
    rest = re.sub(r"\A\s*%", " ", text[found.end() :])
    if rest and not re.match(r"[\s,;.](?![0-9])", rest):
        return None
    groups = found.groupdict(default="")
    whole = groups["commas"] or groups["dots"] or groups["many_dots"] or groups["spaces"]
    part = groups["after_commas"] or groups["after_dots"] or groups["after_spaces"]
    digits = re.sub(r"[^0-9]", "", whole) + part.replace(",", ".") if whole else groups["simple"].replace(",", ".")
    value = Decimal(digits)
    return (-value if groups["sign"] in ("-", "\u2212") and value else value), rest
