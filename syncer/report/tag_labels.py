"""What `okrsync labels` prints: a terminal's lines, JSON, and the tag card as Markdown."""

import json
import re
from collections.abc import Sequence

from mappings.labels import LabelChange, Spelling
from mappings.tag_cards import TagCard
from syncer.labels import LabelRun, LabelStep
from syncer.plan import Status
from syncer.report.markdown import cell
from syncer.report.wording import count, plain

_TITLES = {
    Status.WOULD_CHANGE: "Would change",
    Status.CHANGED: "Changed",
    Status.FAILED: "Failed",
    Status.LEFT_ALONE: "Left alone",
}
_CODE = re.compile(r"[\w:./=-]+")
_MOST_KEYS = 5


def labels_text(run: LabelRun) -> str:
    """The plan, or what became of it, line by line; upstream text without control characters."""
    lines = [f"NOT READ  {unread.what}: {unread.why}" for unread in run.unread]
    for status, title in _TITLES.items():
        steps = [step for step in run.steps if step.status is status]
        if steps:
            lines += ["", f"{title}: {len(steps)}", *map(_step_line, steps)]
    if run.spellings:
        lines += ["", "Labels that name no live key result", *map(_spelling_line, run.spellings)]
    if run.notes:
        lines += ["", "Notes", *(f"  {note}" for note in run.notes)]
    if not any(step.status in (Status.WOULD_CHANGE, Status.CHANGED, Status.FAILED) for step in run.steps):
        lines += [
            "",
            "Every label that could be planned is as it should be." if run.unread else "All labels are there.",
        ]
    elif not run.applies:
        lines += ["", "Nothing was written: okrsync labels --apply makes these changes."]
    return "\n".join(map(plain, lines)).strip()


def labels_json(run: LabelRun) -> str:
    """The same as data. Keys are stable; `version` changes when they do."""
    document = {
        "version": 1,
        "mode": "apply" if run.applies else "plan",
        "complete": not run.unread,
        "changes": [_step_document(step) for step in run.steps],
        "spellings": [
            {
                "tracker": each.tracker,
                "text": each.text,
                "reason": each.reason,
                "suggestion": each.suggestion,
                "keys": list(each.keys),
            }
            for each in run.spellings
        ],
        "unread": [{"what": each.what, "why": each.why} for each in run.unread],
        "notes": list(run.notes),
        "tag_cards": [
            {
                "team": card.team,
                "key_results": [{"id": line.id, "title": line.title, "tag": line.tag} for line in card.key_results],
            }
            for card in run.cards
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def cards_markdown(cards: Sequence[TagCard]) -> str:
    """The tag cards as Markdown, one table a team: to paste into a wiki or pin beside a board."""
    parts = []
    for card in cards:
        rows = [f"| {cell(line.title)} | {_code(line.tag)} |" for line in card.key_results]
        parts.append(
            "\n".join([f"## Tags of {cell(card.name)}", "", "| Key result | Tag to copy |", "|---|---|", *rows])
        )
    return "\n\n".join(parts) or "No key result is live on this day."


def _step_line(step: LabelStep) -> str:
    reason = f": {step.reason}" if step.reason else ""
    return f"  {_said(step.change)}{reason}"


def _said(change: LabelChange) -> str:
    where = f"{change.tracker}, {f'team {change.team}' if change.team else 'workspace'}"
    where += f", group {change.group}" if change.group else ""
    match change.action:
        case "create":
            return f"create {'the label group ' if change.is_group else ''}{change.label} ({where})"
        case "rename":
            return f"rename {change.before} to {change.label} ({where})"
        case "describe":
            return f"describe {change.label} as {change.description!r} ({where})"
        case "seed":
            return f"put {change.label} on {change.issue} ({change.tracker})"
    return f"{change.action} {change.label} ({where})"


def _spelling_line(spelling: Spelling) -> str:
    hint = f"; did you mean {spelling.suggestion}?" if spelling.suggestion else ""
    keys = ", ".join(spelling.keys[:_MOST_KEYS])
    more = f" and {count(len(spelling.keys) - _MOST_KEYS, 'more', 'more')}" if len(spelling.keys) > _MOST_KEYS else ""
    on = f" on {keys}{more}" if keys else ""
    return f"  {spelling.text} ({spelling.tracker}){on}: {spelling.reason}{hint}"


def _step_document(step: LabelStep) -> dict[str, object]:
    change = step.change
    return {
        "tracker": change.tracker,
        "action": change.action,
        "kr": change.kr or None,
        "label": change.label,
        "before": change.before or None,
        "team": change.team or None,
        "group": change.group or None,
        "is_group": change.is_group,
        "issue": change.issue or None,
        "description": change.description or None,
        "status": step.status.value,
        "reason": step.reason or None,
    }


def _code(tag: str) -> str:
    return f"`{tag}`" if _CODE.fullmatch(tag) else cell(tag)
