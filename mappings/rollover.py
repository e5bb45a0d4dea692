"""Work that goes on when its period is over: the tags that still name the old key result, and the one to name now."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from mappings.days import in_words
from mappings.model import Issue, State
from mappings.nearest import nearest
from mappings.okrs import KeyResult, Period, Registry, Status, normal_id
from mappings.tags import Tag, TagReader
from mappings.visibility import for_everybody

ALIKE = 80
"""Two titles of which so many percent are the same are taken for one key result carried on, within a team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldTag:
    """One tag on an open issue that names a key result of a period that is over."""

    issue: Issue
    tag: Tag
    labels: tuple[str, ...]
    """The labels that are this tag, as they are spelled; none where it stands elsewhere."""
    old: KeyResult
    new: KeyResult | None
    because: str
    """Why that one, or why none."""
    others: tuple[str, ...]
    """Ids of the live key results that tags of the same issue name."""


def ended(registry: Registry, today: date) -> tuple[Period, ...]:
    """The periods whose last day is gone, oldest first; some may still take final values."""
    return tuple(period for period in registry.periods if period.end < today)


def takes_final_values(period: Period, today: date) -> bool:
    """What leaves it now would leave its final figures too."""
    return period.end < today <= (period.closes or period.end)


def successor_of(old: KeyResult, registry: Registry, today: date, to: str = "") -> tuple[KeyResult | None, str]:
    """The live key result that carries `old` on, and why; of the period `to`, where one is named.

    What the registry says counts first (`replaced_by`, however long the chain), then the same title, then the nearest
    title of the same team. Titles are looked for among later periods alone.
    """
    live = [kr for kr in _going_on(registry, today) if to in ("", kr.period)]
    last = _end_of_chain(old, registry)
    if last in live:
        return last, f"{old.id} was replaced by it"
    over = registry.period_by_id[old.period].end
    later = [kr for kr in live if registry.period_by_id[kr.period].start > over]
    same = [kr for kr in later if kr.title.casefold() == last.title.casefold()]
    if same:
        return max(same, key=lambda kr: kr.team == last.team), "it has the same title"
    of_team = {kr.title: kr for kr in reversed(later) if set(kr.teams) & set(last.teams)}
    title = nearest(last.title, of_team, at_least=ALIKE)
    if title is not None:
        return of_team[title], f'its title is nearest: "{title}"'
    if last.status is Status.RETIRED:
        return None, f"{last.id} was retired, and nothing carries it on: take the tag off"
    where = f" of {to}" if to else ""
    return None, f"no live key result{where} carries {old.id} on: say replaced_by where it is declared"


def _going_on(registry: Registry, today: date) -> tuple[KeyResult, ...]:
    """Live key results whose period has days left, and that a tag may name: none that waits for final values."""
    return tuple(kr for kr in for_everybody(registry).live(today) if registry.period_by_id[kr.period].end >= today)


def _end_of_chain(old: KeyResult, registry: Registry) -> KeyResult:
    last, seen = old, {old.id}
    while last.status is Status.REPLACED and last.replaced_by is not None:
        following = registry.by_name.get(normal_id(last.replaced_by))
        if following is None or following.id in seen:
            break
        last = following
        seen.add(last.id)
    return last


def old_tags(
    issues: Iterable[Issue], registry: Registry, reader: TagReader, today: date, periods: Collection[str], to: str = ""
) -> tuple[OldTag, ...]:
    """Every explicit tag of an open issue that names a key result of one of `periods`, by issue, in its own order."""
    found, going_on = [], _going_on(registry, today)
    for issue in sorted(issues, key=lambda each: each.ref):
        if issue.state not in (State.OPEN, State.STARTED):
            continue
        named = [(tag, registry.by_name.get(normal_id(tag.text))) for tag in reader.tags(issue)]
        old = [(tag, kr) for tag, kr in named if kr is not None and kr.period in periods]
        others = tuple(kr.id for _, kr in named if kr in going_on)
        for tag, kr in old:
            new, because = successor_of(kr, registry, today, to)
            labels = reader.labels_with(issue, tag) if tag.place == "label" else ()
            found.append(OldTag(issue=issue, tag=tag, labels=labels, old=kr, new=new, because=because, others=others))
    return tuple(found)


def final_values_note(period: Period) -> str:
    """Why the issues of a period that has ended are not moved yet."""
    closes = in_words(period.closes or period.end)
    return (
        f"{period.id} takes final values until {closes}: what is moved before counts there no more. "
        f"--from {period.id} moves it all the same"
    )
