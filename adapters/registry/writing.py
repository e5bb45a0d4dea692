"""A check-in written into its registry file: the whole file is replaced at once, or nothing is."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from adapters.errors import ConfigProblem
from adapters.registry.editing import Entry, Unusual, spelled, with_checkin, with_milestone_done
from adapters.toml_source import KeyPath, TomlSource, load_toml
from adapters.whole_file import replace_file
from mappings.okrs import normal_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """Where a check-in stands in its file."""

    line: int
    """Of the entry, or of the milestone."""
    declared: int
    """The line of the key result."""
    is_new: bool
    """False: it stood there already, and the file was not touched."""


def write_checkin(file: Path, kr: str, entry: Entry, *, milestone: int | None, on: date) -> Stands:
    """Write `entry` for the key result, unless it is empty, and the day on which a milestone was there.

    Raises ConfigProblem, and then the file is as it was.
    """
    source = load_toml(file)
    place = _place_of(source, kr)
    try:
        content = file.read_bytes()
        if place is None:
            raise ConfigProblem([f"{file}:1: declares {kr} no more: it was changed meanwhile"])
        new = with_checkin(content, place, entry) if entry else content
        if milestone is not None:
            new = with_milestone_done(new, place, milestone, on)
        if new != content:
            replace_file(file, new)
    except Unusual:
        lines = spelled(entry) if entry else spelled({"done_on": on})
        here = f"{source.where(place or ())}: is written in a form that okrsync does not edit: put there by hand:"
        raise ConfigProblem([f"{here} {', '.join(lines)}"]) from None
    except OSError as error:
        raise ConfigProblem([f"{file}:1: cannot be written: {(error.strerror or 'no reason given').lower()}"]) from None
    written = load_toml(file)
    line = _line_of(written, place, entry, milestone, on)
    return Stands(line=line, declared=written.line(place), is_new=new != content)


def _place_of(source: TomlSource, kr: str) -> KeyPath | None:
    for index, objective in enumerate(source.data.get("objectives", [])):
        for number, row in enumerate(objective.get("key_results", [])):
            if normal_id(str(row.get("id"))) == normal_id(kr):
                return ("objectives", index, "key_results", number)
    return None


def _line_of(written: TomlSource, place: KeyPath, entry: Entry, milestone: int | None, on: date) -> int:
    if not entry:
        return written.line((*place, "measure", "milestones", milestone or 0))
    _, objective, _, number = place
    days = [row.get("on") for row in written.data["objectives"][objective]["key_results"][number]["checkins"]]
    return written.line((*place, "checkins", len(days) - 1 - days[::-1].index(on)))
