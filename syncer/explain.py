"""Why an issue is counted as it is, and how a key result's figures were made: lines for people, the same as data."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from adapters.history import History
from mappings.changes import Remembered, what_moved
from mappings.days import in_words
from mappings.figures import KeyResultFigures
from mappings.goal_changes import goal_changes
from mappings.linking import Linked
from mappings.model import Issue, Ref
from mappings.okrs import KeyResult, normal_id
from mappings.renames import with_present_keys
from mappings.rounding import percent, plain
from mappings.tags import TagReader
from mappings.trace import Tried, trace
from mappings.visibility import A_KEY_RESULT, AN_ISSUE, is_restricted
from syncer.config import Config
from syncer.report.goal_parts import because
from syncer.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What was asked for, and the lines that answer."""

    subject: str
    lines: tuple[str, ...]
    tried: tuple[Tried, ...] = ()
    """Of an issue: every rule, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """A state that history holds, to compare with."""

    when: str
    """`since the last run` or `since 1 Nov 2026`."""
    remembered: Mapping[str, Remembered]


def as_of(config: Config, day: date) -> Since:
    """What history holds of the end of a day. Where it cannot be read the log says so, and nothing is known."""
    return Since(when=f"since {in_words(day)}", remembered=History(config.history, config.history_url_env).as_of(day))


def explain(run: Run, subject: str, since: Since | None = None) -> Explanation | None:
    """Explain a key result by id or alias, or an issue by key (old keys too); None when neither is known.

    What moved a key result is told since the last run, or `since` another state. Of what is restricted nothing is told,
    and no line of another names it.
    """
    found = _explain(run, subject, since)
    if found is None or not run.hidden:
        return found
    tried = tuple(replace(it, said=run.hidden.masked(it.said)) for it in found.tried)
    return Explanation(subject=run.hidden.masked(found.subject), lines=run.hidden.kept(found.lines), tried=tried)


def _explain(run: Run, subject: str, since: Since | None) -> Explanation | None:
    kr = run.registry.by_name.get(normal_id(subject))
    if kr is not None and is_restricted(kr):
        return Explanation(subject=A_KEY_RESULT, lines=("it is counted, and not everybody may see how",))
    if kr is not None and kr.id in run.figures.key_results:
        found = run.figures.key_results[kr.id]
        change = next(change for change in run.plan.changes if change.kr == kr.id)
        written = f"written to {change.target}: {change.status.value}" if change.target else "written nowhere"
        reason = f" ({change.reason})" if change.reason else ""
        return Explanation(
            subject=f"{kr.id}: {kr.title}",
            lines=(
                *because(found, change, run.figures),
                *_moved(run, found, since or Since(when="since the last run", remembered=run.past.remembered)),
                written + reason,
            ),
        )
    if kr is not None:
        return Explanation(subject=f"{kr.id}: {kr.title}", lines=_not_live(run, kr))
    for linked in run.figures.linked.values():
        if _is_called(linked.issue, subject):
            if linked.issue.is_secured:
                return Explanation(subject=AN_ISSUE, lines=("it is counted, and not everybody may see how",))
            return _explained_issue(run, linked)
    return None


def _moved(run: Run, found: KeyResultFigures, since: Since) -> list[str]:
    before = since.remembered.get(found.kr.id)
    if before is None:
        return [f"{since.when}: history holds nothing to compare with"]
    moves = what_moved(before, found.score.value, found.delivery, run.figures.linked)
    return [f"{since.when}: {said}" for said in moves] or [f"{since.when}: nothing that counts moved"]


def _not_live(run: Run, kr: KeyResult) -> tuple[str, ...]:
    today, period = run.figures.today, run.registry.period_by_id[kr.period]
    closes = period.closes or period.end
    if closes < today:
        return (f"{kr.period} closed on {closes.isoformat()}: it is frozen, takes no links and is not written",)
    lines = [change.text for change in goal_changes(run.registry, today) if change.kr.id == kr.id]
    return (*lines, f"{kr.status.value}, period {kr.period}: it takes no links on {today.isoformat()}")


def _is_called(issue: Issue, subject: str) -> bool:
    tracker, colon, key = subject.partition(":")
    wanted = (key if colon else subject).casefold()
    if colon and tracker != issue.tracker:
        return False
    return wanted in {name.casefold() for name in (issue.key, issue.id, *issue.previous_keys)}


def _explained_issue(run: Run, linked: Linked) -> Explanation:
    issue = linked.issue
    known = {it.ref: it for it in run.figures.ancestors} | {ref: it.issue for ref, it in run.figures.linked.items()}
    settings = with_present_keys(run.config.rules, run.figures.readings)
    tried = trace(linked, known.values(), run.registry, settings, run.figures.today)
    size = "unestimated" if issue.points is None else f"{plain(issue.points)} points"
    lines = [
        f"{linked.kind.value}: {linked.because}",
        f"team {linked.team.title}, {issue.state.value}, {issue.type}, {size}",
        *_sprint_lines(run, issue),
        *(f"{number}. {each.rule}: {_answer(each)}" for number, each in enumerate(tried, 1)),
        *_tag_lines(run, linked, known),
        *(f"{percent(share.share)} of it counts for {share.kr} ({share.rule})" for share in linked.shares),
    ]
    for share in linked.shares:
        counted = run.figures.key_results[share.kr].delivery.lines
        if not any(line.issue.ref == issue.ref for line in counted):
            lines.append(f"not counted by itself for {share.kr}: its family, its state or its date speaks for it")
    return Explanation(subject=f"{issue.key}: {issue.title}", lines=(*lines, *linked.notes), tried=tried)


def _answer(tried: Tried) -> str:
    if tried.decided:
        return f"decides: {tried.said}"
    return f"not needed, would say {tried.said}" if tried.matched else tried.said


def _sprint_lines(run: Run, issue: Issue) -> list[str]:
    read = {(it.tracker, it.id): it for reading in run.figures.readings for it in reading.sprints}
    entered = dict(issue.entered)
    found = []
    for sprint in sorted({*issue.sprints}):
        named = read.get((issue.tracker, sprint))
        how = f", {entered[sprint]}" if sprint in entered else ""
        found.append(f"sprint {named.name} ({named.state}{how})" if named else f"sprint {sprint}, which was not read")
    return found or ["in no sprint that was read"]


def _tag_lines(run: Run, linked: Linked, known: Mapping[Ref, Issue]) -> list[str]:
    reader = TagReader(run.registry, run.config.rules.prefix, run.figures.today)
    lines = []
    for node in (linked.issue, *_ancestors(linked.issue, known)):
        whose = "" if node is linked.issue else f"parent {node.key}: "
        tags = reader.tags(node)
        for tag in tags:
            meaning = reader.meaning(tag)
            says = meaning.kr.id if meaning.kr else meaning.problem or ("routine" if not meaning.is_new else "new")
            via = f" ({meaning.via})" if meaning.via else ""
            hint = f"; did you mean {meaning.suggestion}?" if meaning.suggestion else ""
            lines.append(f"{whose}{tag.place} {tag.text!r}: {says}{via}{hint}")
        if not tags:
            lines.append(f"{whose or 'itself: '}no tag")
    return lines


def _ancestors(issue: Issue, known: Mapping[Ref, Issue]) -> list[Issue]:
    found: list[Issue] = []
    subject = issue
    while issue.parent and (parent := known.get((issue.tracker, issue.parent))) and parent not in (*found, subject):
        found.append(parent)
        issue = parent
    return found
