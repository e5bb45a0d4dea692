"""Why an issue is counted as it is, and how a key result's figures were made: lines for people, the same as data."""

from dataclasses import dataclass

from mappings.goal_changes import goal_changes
from mappings.linking import Linked
from mappings.model import Issue
from mappings.okrs import KeyResult, normal_id
from mappings.rounding import percent
from mappings.tags import TagReader
from syncer.report.goal_parts import because
from syncer.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What was asked for, and the lines that answer."""

    subject: str
    lines: tuple[str, ...]


def explain(run: Run, subject: str) -> Explanation | None:
    """Explain a key result by id or alias, or an issue by key (old keys too); None when neither is known."""
    kr = run.registry.by_name.get(normal_id(subject))
    if kr is not None and kr.id in run.figures.key_results:
        found = run.figures.key_results[kr.id]
        change = next(change for change in run.plan.changes if change.kr == kr.id)
        written = f"written to {change.target}: {change.status.value}" if change.target else "written nowhere"
        reason = f" ({change.reason})" if change.reason else ""
        return Explanation(
            subject=f"{kr.id}: {kr.title}", lines=(*because(found, change, run.figures), written + reason)
        )
    if kr is not None:
        return Explanation(subject=f"{kr.id}: {kr.title}", lines=_not_live(run, kr))
    for linked in run.figures.linked.values():
        if _is_called(linked.issue, subject):
            return Explanation(subject=f"{linked.issue.key}: {linked.issue.title}", lines=_issue_lines(run, linked))
    return None


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


def _issue_lines(run: Run, linked: Linked) -> tuple[str, ...]:
    issue = linked.issue
    reader = TagReader(run.registry, run.config.rules.prefix, run.figures.today)
    lines = [f"{linked.kind.value}: {linked.because}", f"team {linked.team.title}, {issue.state.value}, {issue.type}"]
    for node in (issue, *_ancestors(run, issue)):
        whose = "" if node is issue else f"parent {node.key}: "
        tags = reader.tags(node)
        for tag in tags:
            meaning = reader.meaning(tag)
            says = meaning.kr.id if meaning.kr else meaning.problem or ("routine" if not meaning.is_new else "new")
            via = f" ({meaning.via})" if meaning.via else ""
            hint = f"; did you mean {meaning.suggestion}?" if meaning.suggestion else ""
            lines.append(f"{whose}{tag.place} {tag.text!r}: {says}{via}{hint}")
        if not tags:
            lines.append(f"{whose or 'itself: '}no tag")
    lines += [f"{percent(share.share)} of it counts for {share.kr} ({share.rule})" for share in linked.shares]
    for share in linked.shares:
        counted = run.figures.key_results[share.kr].delivery.lines
        if not any(line.issue.ref == issue.ref for line in counted):
            lines.append(f"not counted by itself for {share.kr}: its family, its state or its date speaks for it")
    return (*lines, *linked.notes)


def _ancestors(run: Run, issue: Issue) -> list[Issue]:
    known = {it.ref: it for it in run.figures.ancestors} | {ref: it.issue for ref, it in run.figures.linked.items()}
    found: list[Issue] = []
    while issue.parent and (parent := known.get((issue.tracker, issue.parent))) and parent not in (*found, issue):
        found.append(parent)
        issue = parent
    return found
