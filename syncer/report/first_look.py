"""What `okrsync suggest --bind` prints: a terminal's lines with the registry lines to paste, and JSON."""

import json
from collections.abc import Sequence
from fractions import Fraction

from mappings.first_look import FirstLook, Holder
from mappings.linking import Class
from mappings.okrs import KeyResult, Registry
from mappings.rounding import percent
from mappings.suggesting import Suggestion
from mappings.targets import Target
from syncer.first_look import FirstLookRun
from syncer.report.wording import count, plain


def first_look_text(run: FirstLookRun) -> str:
    """What fits, what to bind, and what a person has to say; upstream text without control characters."""
    found = run.look
    lines = [f"NOT READ  {unread.what}: {unread.why}" for unread in run.unread]
    lines += ["", *_headline(run)]
    if found.binds:
        lines += ["", "To paste into the registry:"]
        for kr in _bound(found, run.registry):
            lines += ["", *_paste(kr, found.binds)]
    if found.unsure:
        lines += ["", "Unsure: what these are for a person has to say, a bind or a tag on each does it."]
        lines += [_unsure(holder, run.registry) for holder in found.unsure]
    if run.notes:
        lines += ["", "Notes", *(f"  {note}" for note in run.notes)]
    return "\n".join(map(plain, lines)).strip()


def _headline(run: FirstLookRun) -> list[str]:
    found = run.look
    if not found.issues:
        return ["No closed sprint with work in it was found: there is nothing to look back on."]
    fitting = found.by_class.get(Class.ALIGNED, 0)
    through = f" through {count(found.through, 'epic')}" if found.through else ""
    said = [
        f"{_share(fitting, found)} of the work in {count(len(found.sprints), 'closed sprint')} fits your key results"
        f"{through}: {fitting} of {count(found.issues, 'issue')}."
    ]
    if found.binds:
        many = f"these {len(found.binds)} epics" if len(found.binds) > 1 else "this epic"
        said.append(f"Bind {many} to reach {_share(found.reached, found)}.")
        guessed = sum(not holder.is_sure for holder in found.binds)
        if guessed:
            said.append(f"{count(guessed, 'guess', 'guesses')} by the words of a title alone: look before you paste.")
    routine = found.by_class.get(Class.ROUTINE, 0)
    if routine:
        said.append(f"{_share(routine, found)} is routine work.")
    if found.alone:
        said.append(
            f"{_share(found.alone, found)} is below no epic and in no project: only a tag or a rule can link it."
        )
    return said


def _share(part: int, found: FirstLook) -> str:
    return percent(Fraction(part, found.issues))


def _bound(found: FirstLook, registry: Registry) -> list[KeyResult]:
    """The key results that get a bind, in the registry's order."""
    wanted = {holder.guess.kr for holder in found.binds if holder.guess}
    return [kr for kr in registry.key_results if kr.id in wanted]


def _paste(kr: KeyResult, holders: Sequence[Holder]) -> list[str]:
    """TOML: a whole `binds` where the key result has none, else the entries to add."""
    entries = [
        f"  {_quoted(holder.target)},  # {_named(holder)}; {_why(holder.guess, holder.is_sure)}"
        for holder in holders
        if holder.guess is not None and holder.guess.kr == kr.id
    ]
    head = f"# {kr.id}: {kr.title}" + (f" ({kr.where})" if kr.where else "")
    return [head, "# add to its binds:", *entries] if kr.binds else [head, "binds = [", *entries, "]"]


def _why(guess: Suggestion, is_sure: bool) -> str:
    return f"score {guess.score:.2f}, {guess.reason}" if is_sure else guess.reason


def _unsure(holder: Holder, registry: Registry) -> str:
    guess = holder.guess
    if guess is None:
        said = "nothing to guess from"
    else:
        title = next((kr.title for kr in registry.key_results if kr.id == guess.kr), "")
        said = f"perhaps {guess.kr} ({guess.score:.2f}), {title}"
    return f"  {holder.target}  {_named(holder)}; {said}"


def _named(holder: Holder) -> str:
    title = holder.title or "no name that the token sees"
    return f"{title}, {count(holder.issues, 'issue')}"


def _quoted(target: Target) -> str:
    """A TOML basic string: JSON's escapes are among TOML's."""
    return json.dumps(str(target), ensure_ascii=False)


def first_look_json(run: FirstLookRun) -> str:
    """The same as data. Keys are stable; `version` changes when they do."""
    found = run.look
    document = {
        "version": 1,
        "complete": not run.unread,
        "sprints": [
            {"tracker": sprint.tracker, "id": sprint.id, "name": sprint.name, "team": sprint.team}
            for sprint in found.sprints
        ],
        "issues": found.issues,
        "by_class": {kind.value: found.by_class.get(kind, 0) for kind in Class},
        "through": found.through,
        "reached": found.reached,
        "below_nothing": found.alone,
        "binds": [_document(holder) for holder in found.binds],
        "unsure": [_document(holder) for holder in found.unsure],
        "unread": [{"what": each.what, "why": each.why} for each in run.unread],
        "notes": list(run.notes),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _document(holder: Holder) -> dict[str, object]:
    guess = holder.guess
    return {
        "bind": str(holder.target),
        "title": holder.title,
        "issues": holder.issues,
        "kr": guess.kr if guess else None,
        "score": guess.score if guess else None,
        "reason": guess.reason if guess else None,
        "sure": holder.is_sure,
    }
