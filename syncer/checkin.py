"""A check-in: judged, written into the file that declares the key result, and what is then left to a person."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.errors import ConfigProblem
from adapters.registry.editing import Entry
from adapters.registry.writing import write_checkin
from adapters.retry import Deadline
from mappings.checkin_rules import milestone_of, refusals
from mappings.checkins import parse_number
from mappings.nearest import did_you_mean
from mappings.okrs import Checkin, KeyResult, Registry, normal_id
from mappings.rounding import exact
from syncer.goals import gather_goals
from syncer.report.wording import plain
from syncer.run import connected

if TYPE_CHECKING:
    from syncer.config import Config

_MOST_DIGITS = 30


class NotTaken(Exception):
    """Why nothing was written, a sentence each."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says of a key result, as it was typed."""

    kr: str
    on: date
    value: str = ""
    confidence: int | None = None
    note: str = ""
    risk: str = ""
    still_right: bool | None = None
    done: str = ""
    """A milestone's title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedIn:
    """What a check-in did to its file."""

    kr: KeyResult
    on: date
    file: Path
    line: int
    status: str
    """written, replaced (that day's entry became this one) or unchanged (it stood there already)."""
    entry: Entry
    """As it stands in the file; empty where only a milestone was ticked off."""
    replaced: Entry
    """That day's earlier entry, where it said something else."""
    milestone: str = ""
    """The title of the one that was ticked off."""
    left_to_do: tuple[str, ...] = ()
    """How the objective is changed, where it was said to be no longer the right one."""


def check_in(config: "Config", registry: Registry, said: Said, today: date) -> CheckedIn:
    """Write what was said into the registry file. Raises NotTaken with every reason, ConfigProblem where the file
    cannot be written; then nothing was.
    """
    if said == Said(kr=said.kr, on=said.on):
        raise NotTaken("there is nothing to write: give a value, a confidence, a note, a risk, or --still-right yes")
    kr = registry.by_name.get(normal_id(said.kr))
    if kr is None:
        raise NotTaken(_not_in_a_file(config, registry, said.kr, today))
    days = [each for each in kr.checkins if each.on == said.on]
    before = days[-1] if days else None
    checkin, reasons = _checkin(said)
    reasons += refusals(kr, registry.period_by_id[kr.period], checkin, today, done=said.done)
    if reasons:
        raise NotTaken(*reasons)
    if checkin == Checkin(on=said.on):
        entry: Entry = {}  # a milestone alone
    else:
        checkin = _kept_of(before, checkin)
        entry = entry_of(checkin)
    milestone = milestone_of(kr, said.done) if said.done else None
    file = Path(kr.where.rpartition(":")[0])
    stands = write_checkin(file, kr.id, entry, milestone=milestone, on=said.on)
    is_other = bool(entry) and before is not None and before != checkin
    return CheckedIn(
        kr=kr,
        on=said.on,
        file=file,
        line=stands.line,
        status="unchanged" if not stands.is_new else "replaced" if is_other else "written",
        entry=entry,
        replaced=entry_of(before) if is_other and before else {},
        milestone=kr.measure.milestones[milestone].title if milestone is not None else "",
        left_to_do=_how_to_change(kr, file, stands.declared, said.on) if said.still_right is False else (),
    )


def entry_of(checkin: Checkin) -> Entry:
    """The keys of a check-in that say something, in the order in which they are written."""
    keys = {
        "on": checkin.on,
        "value": checkin.value,
        "confidence": checkin.confidence,
        "note": checkin.note or None,
        "risk": checkin.risk or None,
        "still_right": checkin.still_right,
    }
    return {key: value for key, value in keys.items() if value is not None}


def _checkin(said: Said) -> tuple[Checkin, tuple[str, ...]]:
    """What is said, and why it is none."""
    value = parse_number(said.value) if said.value else None
    wrong: tuple[str, ...] = ()
    if said.value and (value is None or abs(value.adjusted()) > _MOST_DIGITS):
        value, wrong = None, (f'"{plain(said.value)}" is not a number',)
    checkin = Checkin(
        on=said.on,
        value=value,
        confidence=said.confidence,
        note=plain(said.note).strip(),
        risk=plain(said.risk).strip(),
        still_right=said.still_right,
    )
    return checkin, wrong


def _kept_of(before: Checkin | None, checkin: Checkin) -> Checkin:
    """A later word of the same day takes no number away, nor a doubt that it does not answer."""
    if before is None:
        return checkin
    return replace(
        checkin,
        value=before.value if checkin.value is None else checkin.value,
        still_right=before.still_right if checkin.still_right is None else checkin.still_right,
    )


def _not_in_a_file(config: "Config", registry: Registry, name: str, today: date) -> str:
    """What to say of a name that no registry file declares; the trackers are asked where goals live there."""
    everything = registry
    if config.declares_okrs:
        unread = f"no registry file declares {plain(name)}, and what the trackers declare cannot be read"
        try:
            with connected(config, registry, Deadline(config.deadline_seconds), may_write=False) as trackers:
                goals = gather_goals(config, registry, trackers, today, with_checkins=False)
        except ConfigProblem:
            return unread
        everything = goals.registry
        if goals.unread and normal_id(name) not in everything.by_name:
            return unread
        if (kr := everything.by_name.get(normal_id(name))) is not None:
            return _where_to_check_in(kr, config)
    names = [name for kr in everything.key_results for name in (kr.id, *kr.aliases)]
    return f'there is no key result "{plain(name)}"{did_you_mean(name, names)}'


def _where_to_check_in(kr: KeyResult, config: "Config") -> str:
    """How a check-in is made for a key result whose page in a tracker declares it."""
    tracker = kr.home.tracker if kr.home else ""
    settings = config.trackers.get(tracker)
    fields = getattr(getattr(settings, "okrs", None), "fields", None)
    ways = []
    if current := getattr(fields, "current", None):
        ways.append(f'set its field "{current}"')
    elif settings is not None and settings.kind == "linear":
        ways.append("set current in the okr block of its page")
    if getattr(settings, "checkins", False):
        ways.append("comment there: okr: 7 confidence 6 note in a sentence")
    return f"{kr.id} lives in {tracker}, not in a file ({kr.where}): {', or '.join(ways) or 'it takes no check-ins'}"


def _how_to_change(kr: KeyResult, file: Path, line: int, on: date) -> tuple[str, ...]:
    day, target = on.isoformat(), kr.measure.target
    lines = [
        f"{kr.objective} is in doubt now: lint and the report say so until it is changed, or --still-right yes.",
        f"To change it, put one of these into {file}, where line {line} declares {kr.id}:",
        f'  retire:    status = {{ is = "retired", on = {day}, reason = "..." }}',
        f'  replace:   status = {{ is = "replaced", on = {day}, reason = "...", replaced_by = "..." }}',
    ]
    if target is not None:
        new = f"a new target in measure, and retargets = [{{ on = {day}, from = {exact(target)}, to = ..., "
        if kr.retargets:
            new = f"a new target in measure, and in retargets {{ on = {day}, from = {exact(target)}, to = ..., "
        lines.append(f'  re-target: {new}because = "..." }}{"" if kr.retargets else "]"}')
    return tuple(lines)
