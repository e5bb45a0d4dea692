"""What `okrsync rollover` prints: a terminal's lines and JSON."""

import json

from syncer.plan import Status
from syncer.report.wording import count, plain
from syncer.rollover import Move, RolloverRun

_TITLES = {
    Status.WOULD_CHANGE: "Would be tagged anew",
    Status.CHANGED: "Tagged anew",
    Status.UNCHANGED: "Tagged anew already",
    Status.FAILED: "Failed",
    Status.LEFT_ALONE: "Left to a person",
}


def rollover_text(run: RolloverRun) -> str:
    """The plan, or what became of it, line by line; upstream text without control characters."""
    lines = [f"NOT READ  {unread.what}: {unread.why}" for unread in run.unread]
    for status, title in _TITLES.items():
        moves = [move for move in run.moves if move.status is status]
        if moves:
            lines += ["", f"{title}: {len(moves)}", *(line for move in moves for line in _lines(move))]
    if run.notes:
        lines += ["", "Notes", *(f"  {note}" for note in run.notes)]
    if not run.moves:
        lines += ["", "No open issue that was read names a key result of a period that is over."]
    elif not run.applies and (due := sum(move.write is not None for move in run.moves)):
        lines += ["", f"Nothing was written: okrsync rollover --apply changes {count(due, 'tag')}."]
    return "\n".join(map(plain, lines)).strip()


def _lines(move: Move) -> list[str]:
    issue, new = move.tags[0].issue, move.tags[0].new
    old = ", ".join(dict.fromkeys(tag.old.id for tag in move.tags))
    lines = [f"  {issue.key}  {issue.title}", f"    {old} -> {new.id if new else 'nothing'}"]
    if new is not None:
        lines[-1] += f": {move.tags[0].because}"
    if move.write is not None:
        lines.append(f"    {', '.join(move.write.replaces)} -> {move.write.label}")
    return [*lines, f"    {move.reason}"] if move.reason else lines


def rollover_json(run: RolloverRun) -> str:
    """The same as data. Keys are stable; `version` changes when they do."""
    document = {
        "version": 1,
        "mode": "apply" if run.applies else "plan",
        "complete": not run.unread,
        "moves": [_document(move) for move in run.moves],
        "unread": [{"what": each.what, "why": each.why} for each in run.unread],
        "notes": list(run.notes),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _document(move: Move) -> dict[str, object]:
    issue, new = move.tags[0].issue, move.tags[0].new
    return {
        "tracker": issue.tracker,
        "key": issue.key,
        "title": issue.title,
        "url": issue.url,
        "place": move.tags[0].tag.place,
        "old": [tag.old.id for tag in move.tags],
        "new": new.id if new else None,
        "because": move.tags[0].because,
        "labels": list(move.write.replaces) if move.write else [],
        "label": move.write.label if move.write else None,
        "status": move.status.value,
        "reason": move.reason or None,
    }
