"""Which key results work without one probably supports, from what is linked already: each with its score and reason.

Two rules. *Words*: the title's words, the components and the labels of the linked issue that is most alike, and of the
key result itself. *Family*: what the linked issues of the same parent or project support. Nothing else is looked at,
nobody's name least of all.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo

from mappings.linking import Class, Linked
from mappings.model import Issue, Ref
from mappings.okrs import Registry
from mappings.ranking import Words, likenesses, words_of
from mappings.settings import RuleSettings
from mappings.visibility import for_everybody

MOST = 3
"""Suggestions for one issue."""

HALF_LIFE = 180
"""Days after which a linked issue's likeness counts half: what was worked on lately is worked on now."""

OFFSET, SLOPE = -2.0, 18.0
"""From the lead to the score, the chance to be right: 1 / (1 + exp(-(OFFSET + SLOPE * lead))). Fitted by
benchmarks/suggest_titanium.py on the earlier half of its issues.
"""

SURE_ENOUGH = 0.45
"""The score from which on anything is suggested at all. Chosen there too."""

SURE = 0.95
"""The score from which on `suggest --apply` writes, where nothing else is said. Chosen there too."""

MENTIONED = 0.25
"""Share of the score needed from which on a second or third is worth naming."""

NEVER_CERTAIN = 0.99
"""No score is higher."""

MOST_WORDS = 4
"""Words that a reason names."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A key result that an issue probably supports."""

    kr: str
    score: float
    """0 to 1, two digits: how often one with such a lead was right, among issues that do support a key result."""
    reason: str
    """In words, for people; upstream text is in it."""
    likeness: float = 0.0
    """By words, 0 to 1; what is older is less alike."""
    lead: float = 0.0
    """How much more alike it is than any other: what the score is made of. Below zero where another is more so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A key result in its own words."""

    kr: str
    text: str
    since: date
    """When it was written: its period's first day."""


def suggest(
    issues: Iterable[Issue],
    linked: Iterable[tuple[Issue, Collection[str]]],
    wordings: Iterable[Wording],
    today: date,
    zone: tzinfo,
    *,
    at_least: float | None = None,
    own_labels: tuple[str, ...] = (),
) -> dict[Ref, tuple[Suggestion, ...]]:
    """For each issue the key results that it probably supports, best first, at most MOST; none where the best one's
    score is below `at_least` (SURE_ENOUGH, where nothing is said), and no other below a quarter of it.

    `linked` are issues with the ids of the key results that they support: an issue is never its own witness. Labels
    that begin with one of `own_labels`, without case, are this program's and say nothing. The answer does not depend on
    the order of what is given.
    """
    enough = SURE_ENOUGH if at_least is None else at_least
    asked = sorted(issues, key=lambda issue: issue.ref)
    own_labels = tuple(label.casefold() for label in own_labels)
    witnesses = _witnesses(linked, wordings, today, zone, own_labels)
    features = _features(asked, own_labels)
    alike = likenesses(features, [witness.features for witness in witnesses])
    kinship = _Kinship(witnesses)
    common = Counter(word for witness in witnesses for word in set(witness.features))
    found = {}
    for issue, own, row in zip(asked, features, alike, strict=True):
        by_words = _by_words(issue, own, row, witnesses, common)
        by_family = kinship.of(issue)
        suggestions = [
            _joined(kr, [each[kr] for each in (by_family, by_words) if kr in each])
            for kr in sorted(by_words.keys() | by_family.keys())
        ]
        suggestions.sort(key=lambda suggestion: (-suggestion.score, suggestion.kr))
        # rounded last: two that differ in the third digit are still in their order
        best = [replace(each, score=round(min(each.score, NEVER_CERTAIN), 2)) for each in suggestions[:MOST]]
        sure = bool(best) and best[0].score >= enough
        found[issue.ref] = tuple(each for each in best if sure and each.score >= enough * MENTIONED)
    return found


def likely(suggestions: Mapping[Ref, Sequence[Suggestion]]) -> dict[Ref, str]:
    """The key result that each issue looks like most, where it looks like one."""
    return {ref: found[0].kr for ref, found in suggestions.items() if found}


def suggest_for(
    rows: Iterable[Linked],
    linked: Mapping[Ref, Linked],
    above: Iterable[Issue],
    registry: Registry,
    settings: RuleSettings,
    today: date,
) -> dict[Ref, tuple[Suggestion, ...]]:
    """`suggest_by_team` for those of the rows that are unaligned or broken.

    `above`: the parents that are no work. One that is not visible makes no family: one deployment of a tracker tells
    its id and another does not.
    """
    known = {*linked, *(issue.ref for issue in above)}

    def seen(issue: Issue) -> Issue:
        is_hidden = issue.parent is not None and (issue.tracker, issue.parent) not in known
        return replace(issue, parent=None) if is_hidden else issue

    asked = [(row.team.key, seen(row.issue)) for row in rows if row.kind in (Class.UNALIGNED, Class.BROKEN)]
    witnesses = {ref: replace(found, issue=seen(found.issue)) for ref, found in linked.items() if found.shares}
    return suggest_by_team(asked, witnesses, registry, settings, today)


def suggest_by_team(
    asked: Iterable[tuple[str, Issue]],
    linked: Mapping[Ref, Linked],
    registry: Registry,
    settings: RuleSettings,
    today: date,
    *,
    at_least: float | None = None,
) -> dict[Ref, tuple[Suggestion, ...]]:
    """`suggest` for issues with the key of their team, from all that is linked to a live key result.

    A team's issues are compared with its own key results, those it shares, those of no team, and those that its work
    supports already; where there is none, with all. A restricted key result is never suggested, a secured issue never a
    witness. `linked` is everything of the run (`mappings.figures.Figures`).
    """
    registry = for_everybody(registry)
    named = {kr.id for kr in registry.key_results}
    by_team: dict[str, list[Issue]] = {}
    for team, issue in asked:
        by_team.setdefault(team, []).append(issue)
    supported = [
        (found, krs)
        for found in linked.values()
        if not found.issue.is_secured and (krs := {share.kr for share in found.shares} & named)
    ]
    wordings = wordings_of(registry, today)
    result: dict[Ref, tuple[Suggestion, ...]] = {}
    for team, issues in sorted(by_team.items()):
        own = {kr.id for kr in registry.live(today) if team in (kr.team, *kr.teams) or not kr.team}
        own |= {kr for found, krs in supported if found.team.key == team for kr in krs}
        own = own or {wording.kr for wording in wordings}
        result |= suggest(
            issues,
            ((found.issue, krs & own) for found, krs in supported),
            (wording for wording in wordings if wording.kr in own),
            today,
            settings.zone,
            at_least=at_least,
            own_labels=own_labels(settings),
        )
    return result


def own_labels(settings: RuleSettings) -> tuple[str, ...]:
    """How the labels begin by which this program and its users mark work."""
    return (settings.prefix, settings.unaligned_label, settings.broken_label)


def wordings_of(registry: Registry, today: date) -> tuple[Wording, ...]:
    """The live key results in the words of their titles, their aliases and their objectives."""
    objectives = {objective.id: objective.title for objective in registry.objectives}
    return tuple(
        Wording(
            kr=kr.id,
            text=" ".join((kr.title, *kr.aliases, objectives.get(kr.objective, ""))),
            since=registry.period_by_id[kr.period].start,
        )
        for kr in registry.live(today)
    )


def score_of(lead: float) -> float:
    """The chance to be right, 0 to 1, of a key result that is so much more alike than any other."""
    return 1 / (1 + math.exp(-(OFFSET + SLOPE * lead)))


def stands_alone(suggestions: Sequence[Suggestion]) -> bool:
    """The first of `suggest`'s answer to `at_least=0` is at least twice as alike as any other."""
    if not suggestions or not suggestions[0].likeness:
        return False
    return all(each.likeness <= suggestions[0].likeness / 2 for each in suggestions[1:])


@dataclass(frozen=True, slots=True)
class _Witness:
    """A linked issue, or a key result's own words."""

    krs: tuple[str, ...]
    features: Words
    age: float
    """What is left of its weight, 0 to 1."""
    name: str
    issue: Issue | None


def _witnesses(
    linked: Iterable[tuple[Issue, Collection[str]]],
    wordings: Iterable[Wording],
    today: date,
    zone: tzinfo,
    own_labels: tuple[str, ...],
) -> list[_Witness]:
    def age(day: date) -> float:
        return math.pow(0.5, max((today - day).days, 0) / HALF_LIFE)

    issues = sorted(((issue, tuple(sorted(krs))) for issue, krs in linked if krs), key=lambda pair: pair[0].ref)
    texts = sorted(wordings, key=lambda wording: wording.kr)
    features_of = _features([issue for issue, _ in issues], own_labels)
    found = [
        _Witness(krs, features, age(issue.created.astimezone(zone).date()), issue.key, issue)
        for (issue, krs), features in zip(issues, features_of, strict=True)
    ]
    found += [
        _Witness((wording.kr,), words, age(wording.since), "", None)
        for wording, words in zip(texts, words_of([wording.text for wording in texts]), strict=True)
    ]
    return found


def _features(issues: Sequence[Issue], own_labels: tuple[str, ...]) -> list[Words]:
    """The title's words, and the components and labels whole."""
    titles = words_of([issue.title for issue in issues])
    return [
        (
            *words,
            *(f"component {name.strip().casefold()}" for name in issue.components),
            *(
                f"label {name}"
                for label in issue.labels
                if not (name := label.strip().casefold()).startswith(own_labels)
            ),
        )
        for issue, words in zip(issues, titles, strict=True)
    ]


def _by_words(
    issue: Issue, own: Words, alike: Sequence[float], witnesses: Sequence[_Witness], common: Mapping[str, int]
) -> dict[str, Suggestion]:
    best: dict[str, tuple[float, _Witness]] = {}
    for likeness, witness in zip(alike, witnesses, strict=True):
        if not likeness or (witness.issue and witness.issue.ref == issue.ref):
            continue
        weighed = likeness * witness.age
        for kr in witness.krs:
            if kr not in best or weighed > best[kr][0]:
                best[kr] = (weighed, witness)
    found = {}
    for kr, (likeness, witness) in best.items():
        # two that the same issue supports are no rivals
        lead = likeness - max((other for other, by in best.values() if by is not witness), default=0.0)
        if len(set(own) & set(witness.features)) == 1:
            lead = min(lead, 0.0)  # one word alone is a coincidence
        found[kr] = Suggestion(kr, score_of(lead), _in_common(own, witness, common), likeness, lead)
    return found


def _in_common(own: Words, witness: _Witness, common: Mapping[str, int]) -> str:
    """The shared words, rarest first: they are what the likeness is made of."""
    shared = sorted(set(own) & set(witness.features), key=lambda word: (common[word], word))[:MOST_WORDS]
    said = ", ".join(shared)
    return f"like {witness.name}: {said}" if witness.issue else f"in the key result's words: {said}"


class _Kinship:
    """Linked issues by their parent and project, to ask what an issue's family supports."""

    def __init__(self, witnesses: Iterable[_Witness]) -> None:
        self._families: dict[tuple[str, str], dict[Ref, _Witness]] = {}
        for witness in witnesses:
            if witness.issue is not None:
                for family in _families(witness.issue):
                    self._families.setdefault(family, {})[witness.issue.ref] = witness

    def of(self, issue: Issue) -> dict[str, Suggestion]:
        """By key result: so many of the family's linked issues of all, and one more that is not known."""
        found: dict[str, Suggestion] = {}
        for family in (*_families(issue), (issue.tracker, issue.id)):
            kin = [each for ref, each in self._families.get(family, {}).items() if ref != issue.ref]
            for kr, count in sorted(Counter(kr for each in kin for kr in each.krs).items()):
                score = count / (len(kin) + 1)
                if kr not in found or score > found[kr].score:
                    where = "below it" if family == (issue.tracker, issue.id) else "beside it"
                    found[kr] = Suggestion(kr, score, f"{count} of {len(kin)} linked issues {where} support it")
        return found


def _families(issue: Issue) -> tuple[tuple[str, str], ...]:
    """Its parent, and the project that it stands in directly."""
    return tuple((issue.tracker, name) for name in (issue.parent, *issue.containers[:1]) if name)


def _joined(kr: str, parts: Sequence[Suggestion]) -> Suggestion:
    """Two reasons are better than one: both would have to be wrong."""
    wrong = math.prod(1 - part.score for part in parts)
    return Suggestion(kr, 1 - wrong, "; ".join(part.reason for part in parts), parts[-1].likeness, parts[-1].lead)
