"""Rules on the work in the trackers: how its tags are written, and how it lies on the key results."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from mappings.figures import Figures
from mappings.linking import last_day_of_new
from mappings.lint_rule import TRACKERS, LintRule, Look, Remark, remark
from mappings.model import Issue, State
from mappings.okrs import KeyResult, normal_id
from mappings.tags import TagReader

ALL_BUT = Fraction(9, 10)
"""From this share of a team's linked issues on, a key result has everything."""
ENOUGH_ISSUES = 5
_SEPARATORS = ":/=-_. "
NAMED = 5
"""So many issues are named in a message; the rest is counted."""

BROKEN_TAG = LintRule(
    id="OKR131",
    name="broken tag",
    says="a tag names no key result that lives: unknown (with what was probably meant), retired, of another period",
    why="The work counts for nothing, and whoever tagged it believes that it counts.",
    needs=TRACKERS,
    bad="""\
  { key = "PAY-7", labels = ["okr:PAY-O2-KR11"] },
""",
    good="""\
  { key = "PAY-7", labels = ["okr:PAY-O2-KR1"] },
""",
)
KEY_RESULT_AND_NONE = LintRule(
    id="OKR132",
    name="key result and none",
    says="an issue is tagged with a key result and as routine work",
    why="The key result counts, which is not what the one who wrote the other tag wanted.",
    needs=TRACKERS,
    bad="""\
  { key = "PAY-8", labels = ["okr:PAY-O2-KR2", "okr:none-bug"] },
""",
    good="""\
  { key = "PAY-8", labels = ["okr:PAY-O2-KR2"] },
""",
)
NEW_FOR_TOO_LONG = LintRule(
    id="OKR133",
    name="new for too long",
    says="`okr:new` stands on open work for more than its days (`tags.new_days`), counted from the issue's first day "
    "or from the period's, where that is later",
    why="It marks work whose key result will be written soon; later than that it only hides unaligned work.",
    needs=TRACKERS,
    bad="""\
  { key = "PAY-18", created = 2026-10-12, labels = ["okr:new"] },
""",
    good="""\
  { key = "PAY-18", created = 2026-11-16, labels = ["okr:new"] },
""",
)
ODD_SPELLING = LintRule(
    id="OKR134",
    name="odd spelling",
    says="a label is read as a key result's and is spelled in another way than its id or alias",
    why="It counts, but a search or a board's filter for the one label does not find the other.",
    needs=TRACKERS,
    bad="""\
  { key = "GRO-3", labels = ["OKR:gro_o1_kr2"] },
""",
    good="""\
  { key = "GRO-3", labels = ["okr:GRO-O1-KR2"] },
""",
)
NO_WORK = LintRule(
    id="OKR135",
    name="no work",
    says="no issue is linked to a live key result once the first days of its period are over; not where other "
    'objectives support it, nor of a measure of kind = "hold"',
    why="Either its work lacks the tag or nobody works on it: both are worth a talk while there is time.",
    needs=TRACKERS,
    bad="""\
  { key = "PAY-16" },
  { key = "PAY-17" },
""",
    good="""\
  { key = "PAY-16", labels = ["okr:PAY-O4-KR2"] },
  { key = "PAY-17", labels = ["okr:PAY-O4-KR2"] },
""",
)
ONE_ISSUE = LintRule(
    id="OKR136",
    name="one issue",
    says="a single issue is linked to a live key result, after the first days of its period too",
    why="A quarter's goal that one issue reaches is a task; more often the rest of the work lacks the tag.",
    needs=TRACKERS,
    bad="""\
  { key = "PAY-15" },
""",
    good="""\
  { key = "PAY-15", labels = ["okr:PAY-O4-KR1"] },
""",
)
ALL_ON_ONE = LintRule(
    id="OKR137",
    name="all on one",
    says="of a team's live key results one has nine tenths of the linked issues, of five or more; what the others lack "
    "is not told besides",
    why="The others are wishes: give them work, or say that they wait.",
    needs=TRACKERS,
    bad="""\
  { key = "GRO-2", labels = ["okr:GRO-O1-KR1"] },
  { key = "GRO-3", labels = ["okr:GRO-O1-KR1"] },
  { key = "GRO-4", labels = ["okr:GRO-O1-KR1"] },
  { key = "GRO-5", labels = ["okr:GRO-O1-KR1"] },
  { key = "GRO-6", labels = ["okr:GRO-O1-KR1"] },
""",
    good="""\
  { key = "GRO-2", labels = ["okr:GRO-O1-KR1"] },
  { key = "GRO-3", labels = ["okr:GRO-O1-KR2"] },
  { key = "GRO-4", labels = ["okr:GRO-O1-KR2"] },
  { key = "GRO-5", labels = ["okr:GRO-O2-KR1"] },
  { key = "GRO-6", labels = ["okr:GRO-O2-KR1"] },
""",
)
NOT_READ = LintRule(
    id="OKR138",
    name="not read as a tag",
    says="a label names a key result and is not read as a tag: another character follows the prefix's word, or the "
    "prefix is missing",
    why="It looks right to whoever put it on, and counts for nothing.",
    needs=TRACKERS,
    bad="""\
  { key = "PAY-7", labels = ["okr-PAY-O2-KR1"] },
""",
    good="""\
  { key = "PAY-7", labels = ["okr:PAY-O2-KR1"] },
""",
)

RULES = (BROKEN_TAG, KEY_RESULT_AND_NONE, NEW_FOR_TOO_LONG, ODD_SPELLING, NO_WORK, ONE_ISSUE, ALL_ON_ONE, NOT_READ)


def judge_work(look: Look, figures: Figures) -> Iterator[Remark]:
    """What the rules above have to say. Of a key result that may draw on a scope that could not be read: nothing."""
    yield from _tags(look, figures)
    yield from _key_results(look, figures)


@dataclass(frozen=True, slots=True)
class _Read:
    """An issue that was read, with its team's key."""

    issue: Issue
    team: str

    def said(self, rule: LintRule, message: str) -> Remark:
        return remark(rule, f"{self.issue.key} {self.issue.url}".strip(), message, self.issue.key, self.team)


def _tags(look: Look, figures: Figures) -> Iterator[Remark]:
    found = {ref: _Read(linked.issue, linked.team.key) for ref, linked in figures.linked.items()}
    found = {issue.ref: _Read(issue, "") for issue in figures.ancestors} | found
    by_key = {(read.issue.tracker, read.issue.key): read for read in found.values()}
    for broken in figures.broken:
        hint = f'; did you mean "{broken.suggestion}"?' if broken.suggestion else ""
        message = f'{broken.place} "{broken.text}": {broken.reason}{hint}'
        yield by_key[(broken.tracker, broken.key)].said(BROKEN_TAG, message)
    reader = TagReader(look.registry, look.settings.prefix, look.today)
    oldest = look.registry.oldest_start(look.today)
    known: dict[tuple[str, tuple[tuple[str, str], ...]], _Strange | None] = {}
    strange: dict[tuple[str, str], tuple[_Strange, list[_Read]]] = {}
    for read in (found[ref] for ref in sorted(found)):
        if _is_past(read.issue, look, oldest):
            continue
        yield from _meanings(read, reader, look, oldest)
        for label in read.issue.labels:
            at = (label, tuple(each for each in read.issue.label_groups if each[1] == label))
            if at not in known:
                known[at] = _strange(*at, read.issue, reader, look)
            if (said := known[at]) is not None:
                strange.setdefault((label.strip(), said[0].id), (said, []))[1].append(read)
    for (label, _), ((rule, kr), reads) in sorted(strange.items(), key=lambda each: each[0]):
        keys = [read.issue.key for read in reads]
        more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
        what = f"counts for {kr}" if rule is ODD_SPELLING else "is not read as a tag"
        message = f'label "{label}" ({", ".join(keys[:NAMED])}{more}) {what}: write {look.settings.prefix}{kr}'
        yield replace(reads[0].said(rule, message), about=(kr, *keys))


def _is_past(issue: Issue, look: Look, oldest: date | None) -> bool:
    """Cancelled, or finished before the live periods: nobody mends its tags."""
    finished = issue.done_at.astimezone(look.settings.zone).date() if issue.done_at else None
    return issue.state is State.CANCELLED or bool(finished and oldest and finished < oldest)


def _meanings(read: _Read, reader: TagReader, look: Look, oldest: date | None) -> Iterator[Remark]:
    meant = [(tag, reader.meaning(tag)) for tag in reader.tags(read.issue)]
    of_goals = [tag.text for tag, meaning in meant if meaning.kr is not None]
    routine = [tag.text for tag, meaning in meant if meaning.routine is not None]
    if of_goals and routine:
        message = f"tagged {of_goals[0]} and {routine[0]}: the key result counts; take one of the two off"
        yield read.said(KEY_RESULT_AND_NONE, message)
    if of_goals or routine or read.issue.state is State.DONE or not any(meaning.is_new for _, meaning in meant):
        return
    last = last_day_of_new(read.issue, oldest, look.settings)
    if look.today > last:
        message = f"its key result was to be written by {last.isoformat()}: write it, and tag the issue with its id"
        yield read.said(NEW_FOR_TOO_LONG, message)


_Strange = tuple[LintRule, str]


def _strange(
    label: str, groups: tuple[tuple[str, str], ...], issue: Issue, reader: TagReader, look: Look
) -> _Strange | None:
    """What is to be said of a label that names a key result and is not written as its tag, and that key result's id."""
    names = look.registry.by_name
    alone = replace(issue, labels=(label,), label_groups=groups, title="", description="", tag_values=())
    written = label.strip().partition("=")[0].rstrip()
    tags = reader.tags(alone)
    for tag in tags:
        kr = names.get(normal_id(tag.text))
        if kr is not None and reader.meaning(tag).kr is not None:
            right = {prefix + name for name in (kr.id, *kr.aliases) for prefix in (look.settings.prefix, "")}
            return None if written in right else (ODD_SPELLING, kr.id)
    word = look.settings.prefix.rstrip(_SEPARATORS).casefold()
    bare = normal_id(written.casefold().removeprefix(word).lstrip(_SEPARATORS))
    kr = None if tags else names.get(bare)
    return (NOT_READ, kr.id) if kr is not None and normal_id(kr.id) == bare else None


def _key_results(look: Look, figures: Figures) -> Iterator[Remark]:
    lines = {
        kr.id: len(figures.key_results[kr.id].delivery.lines)
        for _, kr in look.key_results
        if kr.id in figures.key_results and _is_judged(kr, look, figures)
    }
    judged = [kr for _, kr in look.key_results if kr.id in lines]
    crowded = set()
    for team in sorted({kr.team for kr in judged}):
        own = [kr for kr in judged if kr.team == team]
        whole, most = sum(lines[kr.id] for kr in own), max(own, key=lambda kr: (lines[kr.id], kr.id))
        if len(own) > 1 and whole >= ENOUGH_ISSUES and lines[most.id] >= ALL_BUT * whole:
            crowded.add(team)
            message = (
                f"{most.id} has {lines[most.id]} of the {whole} issues linked to key results of {look.name_of(team)}"
            )
            yield remark(ALL_ON_ONE, most.where, message, most.id, most.objective, team)
    for kr in judged:
        if kr.team in crowded:
            continue
        if not lines[kr.id]:
            message = f"no issue is linked to {kr.id}: tag its work, or say that it waits"
            yield remark(NO_WORK, kr.where, message, kr.id, kr.objective, kr.team)
        elif lines[kr.id] == 1:
            message = f"{figures.key_results[kr.id].delivery.lines[0].issue.key} alone is linked to {kr.id}"
            yield remark(ONE_ISSUE, kr.where, message, kr.id, kr.objective, kr.team)


def _is_judged(kr: KeyResult, look: Look, figures: Figures) -> bool:
    if kr.measure.kind == "hold" or look.supported & {normal_id(kr.id), normal_id(kr.objective)}:
        return False
    late_enough = look.period(kr).elapsed(look.today) >= look.settings.health.pending_share
    return late_enough and not figures.key_results[kr.id].unread
