"""Numbers and words as people read them, the same on every face; and upstream text made harmless to look at."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from mappings import rounding
from mappings.days import in_words
from syncer.report.goals import ReportKeyResult, ReportMeasure, ReportObjective, Write
from syncer.report.schema import EntryCounts, Flag, PlannedChange, ReportPeriod, ReportTeam, RoutineShare

UNKNOWN = "unknown"

HEALTH = {
    "on_track": "on track",
    "at_risk": "at risk",
    "off_track": "off track",
    "pending": "too early",
    "stale": "stale",
    "unknown": "unknown",
}
CLASSES = {
    "aligned": "aligned",
    "routine": "routine",
    "new": "for a new key result",
    "unaligned": "unaligned",
    "broken": "broken tag",
}
WRITES = {
    "changed": "written",
    "would-change": "would be written",
    "unchanged": "up to date",
    "left-alone": "left alone",
    "refused": "refused",
    "failed": "failed",
    "none": "not written",
}

_JOINERS = "\u200c\u200d"
_HREF = re.compile(r"https?://[^\s/<>\"'`\\]+[^\s<>\"'`\\]*", re.IGNORECASE)


def plain(text: str) -> str:
    """One line of visible text: control, bidi and other invisible characters taken out, breaks made spaces.

    The two joiners stay: scripts and emoji need them, and they cannot reorder or hide anything.
    """
    if text.isprintable():
        return text
    seen = []
    for character in text:
        category = unicodedata.category(character)
        if character in "\t\n\r\v\f" or category in ("Zl", "Zp"):
            seen.append(" ")
        elif category == "Cs":
            seen.append("\ufffd")
        elif category not in ("Cc", "Cf") or character in _JOINERS:
            seen.append(character)
    return "".join(seen)


def href(url: str) -> str | None:
    """The URL when it is a plain http or https one, else None: nothing else becomes a link."""
    return url if _HREF.fullmatch(url) and plain(url) == url else None


def percent(share: float | None) -> str:
    """`47 %`, or unknown."""
    return rounding.percent(None if share is None else Decimal(str(share)))


def number(value: float | None) -> str:
    """`12`, `0.5`, or unknown; at most two decimals."""
    return UNKNOWN if value is None else rounding.plain(Decimal(str(value)))


def count(amount: int, one: str, many: str | None = None) -> str:
    """`1 issue`, `5 issues`."""
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"


def day(value: date | None) -> str:
    """`22 Nov 2026`, or unknown; English whatever the machine's locale is."""
    return UNKNOWN if value is None else in_words(value)


def measured(measure: ReportMeasure) -> str:
    """`delivery`, `manual: from 12 to 3, now 5`, `query: 2 of 3 used, heading for 4`, `hold: 99.95, to keep ...`."""
    now, target = _measured(measure.current), _measured(measure.target)
    if measure.kind == "delivery":
        return "delivery" if measure.target is None else f"delivery of {target}"
    if measure.kind == "milestones":
        done = sum(1 for each in measure.milestones if each.done)
        return f"milestones: {done} of {len(measure.milestones)} done"
    if measure.kind == "qualitative":
        return f"qualitative: {now if measure.current is None else now + ' of 1'}"
    if measure.kind == "hold":
        word = {True: "held: ", False: "not held: ", None: ""}[measure.held]
        return f"hold: {word}{now}, to keep {measure.keep} {target}"
    if measure.accrual:
        return _grown(measure, now, target)
    way = "" if measure.start is None else f"from {_measured(measure.start)} "
    goal = "" if measure.target is None else f"to {target}, "
    return f"{measure.kind}: {way}{goal}now {now}"


def _grown(measure: ReportMeasure, now: str, target: str) -> str:
    """A number that grows through the period: what is there, or used, of what; and what it is heading for."""
    is_budget = measure.start is not None and measure.target is not None and measure.target < measure.start
    used = " used" if is_budget else ""
    missed = ": missed" if measure.missed else ""
    heading = "" if measure.heading_for is None else f", heading for {number(measure.heading_for)}"
    return f"{measure.kind}: {now} of {target}{used}{missed}{heading}"


def _measured(value: float | None) -> str:
    """A number as it was measured: to six decimals, for beside a line to keep the third one may matter."""
    return UNKNOWN if value is None else rounding.plain(Decimal(str(value)), 6)


def known(objective: ReportObjective) -> str:
    """`2 of 3 known`, or `2 of 3 supporting objectives known`."""
    what = "" if objective.basis == "key results" else f" {objective.basis}"
    return f"{objective.known} of {objective.of}{what} known"


def delivered(kr: ReportKeyResult) -> str:
    """`13 of 40 points`, or `no linked work`."""
    delivery = kr.delivery
    if delivery.share is None and not delivery.issues:
        return "no linked work"
    if delivery.done is None or delivery.total is None:
        return count(delivery.issues, "linked issue")
    return f"{number(delivery.done)} of {number(delivery.total)} {delivery.unit}"


def written(write: Write) -> str:
    """`written: 0.42 → 0.47`, `up to date`, `left alone`."""
    word = WRITES[write.status]
    if write.status in ("changed", "would-change", "refused", "failed") and write.after is not None:
        return f"{word}: {moved(write.before, write.after)}"
    return word


def moved(before: float | str | None, after: float | str | None) -> str:
    """`0.42 → 0.47`; where the value stays, its details (ledger, living text) are what is written."""
    if before is not None and before == after:
        return f"{stood(after)}, its details"
    return f"{stood(before)} → {stood(after)}"


def stood(value: float | str | None) -> str:
    """What a target held before: `nothing` where it was empty."""
    if value is None:
        return "nothing"
    return value if isinstance(value, str) else number(value)


def week(period: ReportPeriod, today: date) -> str:
    """`week 8 of 13`, counted from the period's first day."""
    weeks = -(-((period.end - period.start).days + 1) // 7)
    return f"week {min((today - period.start).days // 7 + 1, weeks)} of {weeks}"


def heard(kr: ReportKeyResult) -> str:
    """`heard on 16 Nov 2026, confidence 6 of 10`; empty where no check-in is and none is needed."""
    if kr.heard is None:
        return "no check-in yet" if kr.measure.kind in ("manual", "qualitative") else ""
    sure = "" if kr.confidence is None else f", confidence {kr.confidence} of 10"
    return f"heard on {day(kr.heard)}{sure}"


def stepped(kr: ReportKeyResult) -> str:
    """`outcome 42 % → 44 % since 16 Nov 2026`: what moved since the last kept day that had another figure."""
    if kr.moved is None:
        return ""
    pairs = (("outcome", kr.moved.score, kr.score), ("work done", kr.moved.delivery, kr.delivery.share))
    steps = [f"{what} {percent(before)} → {percent(now)}" for what, before, now in pairs if before != now]
    return f"{', '.join(steps)} since {day(kr.moved.day)}" if steps else ""


def last_good(kr: ReportKeyResult) -> str:
    """`on 20 Nov 2026: outcome 42 %, work done 30 %`: what stood before a source failed."""
    it = kr.last_good
    return "" if it is None else f"{day(it.day)}: outcome {percent(it.score)}, work done {percent(it.delivery)}"


def entries(counts: EntryCounts) -> str:
    """`12 planned, 3 added, 4 carried over`."""
    return f"{counts.planned:,} planned, {counts.added:,} added, {counts.carried:,} carried over"


def requests(counts: Mapping[str, int]) -> str:
    """`boards 3, issues 8, sprint history 1`."""
    return ", ".join(f"{what} {sent:,}" for what, sent in counts.items())


def routine(row: RoutineShare) -> str:
    """`30 % of the sprint, budget 20 %: over budget`."""
    spent = f"{percent(row.share)} of the sprint"
    if row.budget is None or row.share is None:
        return f"{spent}, no budget set" if row.budget is None else f"{spent}, budget {percent(row.budget)}"
    verdict = "over budget" if row.share > row.budget else "within budget"
    return f"{spent}, budget {percent(row.budget)}: {verdict}"


def unexplained(team: ReportTeam) -> str:
    """`unexplained: 6 of 30 sprint issues`: neither tied to a key result nor routine."""
    return f"unexplained: {team.issues.unaligned:,} of {count(team.issues.total, 'sprint issue')}"


def change_line(change: PlannedChange) -> str:
    """`PAY-O1-KR1 → jira-main:issue/OKR-12: 0.42 → 0.47`."""
    subject = change.to if change.kr is None else f"{change.kr} → {change.to}"
    if change.status == "unchanged":
        return subject
    return f"{subject}: {moved(change.before, change.after)}"


def flag_line(flag: Flag) -> str:
    """`PAY-12: add okr-unaligned`."""
    return f"{flag.key}: {flag.action} {flag.label}".rstrip()
