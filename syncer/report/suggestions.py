"""What `okrsync suggest` prints: a terminal's lines and JSON."""

import json

from syncer.plan import FlagChange, Status
from syncer.report.wording import count, plain
from syncer.suggest import Placing, SuggestRun

_TAGS = {
    Status.WOULD_CHANGE: "would be tagged",
    Status.CHANGED: "tagged",
    Status.UNCHANGED: "tagged already",
    Status.LEFT_ALONE: "left alone",
    Status.FAILED: "FAILED",
}


def suggestions_text(run: SuggestRun) -> str:
    """Each issue with its suggestions, then how many there are; upstream text without control characters."""
    lines = [f"NOT READ  {unread.what}: {unread.why}" for unread in run.unread]
    sprint = None
    silent: list[str] = []
    for placing in run.placings:
        if not placing.suggestions:
            silent.append(placing.row.issue.key)
            continue
        if placing.sprint != sprint:
            sprint = placing.sprint
            lines += ["", sprint]
        lines += _lines(placing, run)
    if silent:
        lines += ["", f"Unsure, nothing suggested: {', '.join(silent)}"]
    if run.notes:
        lines += ["", "Notes", *(f"  {note}" for note in run.notes)]
    lines += ["", *_sums(run)]
    return "\n".join(map(plain, lines)).strip()


def _lines(placing: Placing, run: SuggestRun) -> list[str]:
    issue, kind = placing.row.issue, placing.row.kind.value
    found = [f"  {issue.key}  {issue.title}" + (f"  ({kind})" if kind != "unaligned" else "")]
    for each in placing.suggestions:
        found += [f"    {each.score:.2f}  {each.kr}: {run.titles.get(each.kr, '')}", f"          {each.reason}"]
    if placing.tag is not None:
        reason = f": {placing.tag.reason}" if placing.tag.reason else ""
        found.append(f"          {_TAGS[placing.tag.status]} {placing.tag.write.label}{reason}")
    return found


def _sums(run: SuggestRun) -> list[str]:
    if not run.placings:
        return ["No sprint issue is without a key result." if not run.unread else "No sprint issue to suggest for."]
    helped = sum(bool(placing.suggestions) for placing in run.placings)
    said = [
        f"{count(len(run.placings), 'sprint issue')} without a key result: a suggestion for {helped}, "
        f"none for {len(run.placings) - helped}."
    ]
    tags = [placing.tag for placing in run.placings if placing.tag is not None]
    would = sum(tag.status is Status.WOULD_CHANGE for tag in tags)
    if run.applies:
        done = sum(tag.status is Status.CHANGED for tag in tags)
        said.append(f"{count(done, 'issue')} tagged, of those with a score of {run.at_least:.2f} or more.")
    elif would:
        what = f"the {would} with" if would > 1 else "the one with"
        said.append(f"Nothing was written: okrsync suggest --apply tags {what} a score of {run.at_least:.2f} or more.")
    return said


def suggestions_json(run: SuggestRun) -> str:
    """The same as data. Keys are stable; `version` changes when they do."""
    document = {
        "version": 1,
        "mode": "apply" if run.applies else "plan",
        "complete": not run.unread,
        "at_least": run.at_least,
        "issues": [_document(placing) for placing in run.placings],
        "unread": [{"what": each.what, "why": each.why} for each in run.unread],
        "notes": list(run.notes),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _document(placing: Placing) -> dict[str, object]:
    issue = placing.row.issue
    return {
        "tracker": issue.tracker,
        "key": issue.key,
        "title": issue.title,
        "url": issue.url,
        "team": placing.row.team.key,
        "sprint": placing.sprint,
        "class": placing.row.kind.value,
        "suggestions": [{"kr": each.kr, "score": each.score, "reason": each.reason} for each in placing.suggestions],
        "tag": _tag_document(placing.tag) if placing.tag else None,
    }


def _tag_document(tag: FlagChange) -> dict[str, object]:
    return {"label": tag.write.label, "status": tag.status.value, "reason": tag.reason or None}
