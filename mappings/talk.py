"""What a manager should talk about on Monday: at most five lines, in words, worst first. Never about a person."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import zip_longest

from mappings.figures import Figures, KeyResultFigures
from mappings.linking import Class
from mappings.model import Health, Ref, State
from mappings.rounding import percent
from mappings.routine import rows_of, spent
from mappings.settings import RuleSettings

AT_MOST = 5


class Subject(StrEnum):
    """What a line is about, worst first."""

    NO_WORK = "no_work"
    """A key result with no open or planned work."""
    FLAT = "flat"
    """Work and number do not tell the same story."""
    WAITING = "waiting"
    """Behind because of another team's."""
    UNEXPLAINED = "unexplained"
    """Work that is tied to nothing, and the key result it looks like."""
    OVER_BUDGET = "over_budget"
    """Routine work over its budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One line."""

    subject: Subject
    text: str
    team: str
    """Its key: of the key result's team, or of the team whose sprint it is."""
    kr: str = ""


_WORST = (Health.OFF_TRACK, Health.AT_RISK, Health.STALE, Health.UNKNOWN, Health.PENDING, Health.ON_TRACK)


def talk_lines(figures: Figures, settings: RuleSettings, likely: Mapping[Ref, str]) -> tuple[Talk, ...]:
    """Every line there is, worst first: the worst of each subject, then the second worst of each, and so on. Faces
    show the first AT_MOST of them. Empty when nothing needs a talk. `likely`: the key result that an issue looks like.

    A key result whose work could not be read is not talked about: its source is.
    """
    known = [found for found in figures.key_results.values() if not found.unread]
    no_work = tuple(_no_work(known, figures))
    said = {line.kr for line in no_work}  # done work and a number that stands still is in its words already
    subjects = (
        no_work,
        _flat(it for it in known if it.kr.id not in said),
        _waiting(known),
        _unexplained(figures, settings, likely),
        _over_budget(figures, settings),
    )
    rounds = zip_longest(*subjects)
    return tuple(line for one_of_each in rounds for line in one_of_each if line is not None)


def _no_work(known: Iterable[KeyResultFigures], figures: Figures) -> Iterator[Talk]:
    busy = {
        share.kr
        for found in figures.linked.values()
        if found.issue.state in (State.OPEN, State.STARTED)
        for share in found.shares
    }
    idle = [it for it in known if it.kr.id not in busy and (it.score.value is None or it.score.value < 1)]
    for it in sorted(idle, key=_urgency):
        done = f"all of its work is done ({len(it.delivery.lines)} issues)" if it.delivery.lines else "no work at all"
        come = "no number yet" if it.score.value is None else f"the number has come {percent(it.score.value)}"
        said = f"{it.kr.id} has no open or planned work: {done}, {come}"
        yield Talk(subject=Subject.NO_WORK, text=said, team=it.kr.team, kr=it.kr.id)


def _flat(known: Iterable[KeyResultFigures]) -> Iterator[Talk]:
    def gap(it: KeyResultFigures) -> Fraction:
        return abs((it.delivery.share or Fraction(0)) - Fraction(it.score.value or 0))

    for it in sorted((it for it in known if it.mismatch), key=lambda it: (-gap(it), it.kr.id)):
        yield Talk(subject=Subject.FLAT, text=f"{it.kr.id}: {it.mismatch}", team=it.kr.team, kr=it.kr.id)


def _waiting(known: Iterable[KeyResultFigures]) -> Iterator[Talk]:
    for it in sorted((it for it in known if it.waits_on), key=_urgency):
        said = f"{it.kr.id} waits on {'; '.join(it.waits_on)}"
        yield Talk(subject=Subject.WAITING, text=said, team=it.kr.team, kr=it.kr.id)


def _unexplained(figures: Figures, settings: RuleSettings, likely: Mapping[Ref, str]) -> Iterator[Talk]:
    found = []
    for team in settings.teams:
        rows = rows_of(team, figures.sprints)
        loose = [ref for ref, row in rows.items() if row.kind is Class.UNALIGNED]
        if loose and team.mode == "product":
            found.append((team, loose, len(rows)))
    for team, loose, all_of_them in sorted(found, key=lambda it: (-len(it[1]), it[0].key)):
        looks_like = Counter(likely[ref] for ref in loose if ref in likely)
        kr, times = min(looks_like.items(), key=lambda it: (-it[1], it[0]), default=("", 0))
        alike = f"; {times} of them look like {kr}" if times > 1 else f"; one of them looks like {kr}" if times else ""
        issues = "issue is" if len(loose) == 1 else "issues are"
        said = f"{team.title}: {len(loose)} of {all_of_them} sprint {issues} tied to no key result{alike}"
        yield Talk(subject=Subject.UNEXPLAINED, text=said, team=team.key, kr=kr)


def _over_budget(figures: Figures, settings: RuleSettings) -> Iterator[Talk]:
    over: list[tuple[Fraction, Talk]] = []
    for team in settings.teams:
        for it in spent(team, rows_of(team, figures.sprints).values()):
            if it.is_over:
                share, budget = it.share or Fraction(0), it.budget or Decimal(0)
                said = f"{team.title}: {it.name} took {percent(share)} of the sprint, budget {percent(budget)}"
                over.append((share - Fraction(budget), Talk(subject=Subject.OVER_BUDGET, text=said, team=team.key)))
    yield from (line for _, line in sorted(over, key=lambda it: (-it[0], it[1].text)))


def _urgency(it: KeyResultFigures) -> tuple[int, bool, str]:
    return (_WORST.index(it.verdict.health), it.kr.commitment != "committed", it.kr.id)
