"""What is counted and never named: a key result that not everybody may see, an issue that its tracker hides from some.

A key result is restricted where its `visibility` is anything but `company`; an issue where its tracker says so.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from mappings.model import Issue
from mappings.okrs import KeyResult, Registry, normal_id

EVERYBODY = "company"
A_KEY_RESULT, AN_ISSUE, AN_OBJECTIVE = "a restricted key result", "a restricted issue", "a restricted objective"
WORDS_OF_A_TITLE = 3
"""A shorter title is a phrase that other texts have too: it is taken out where it is a title, and not elsewhere."""

_WORD = re.compile(r"[^\W_]+")


def is_restricted(kr: KeyResult) -> bool:
    """Whether not everybody may see it."""
    return kr.visibility.strip().casefold() != EVERYBODY


def key_to_keep(issue: Issue) -> str:
    """The key as history may keep it: history is read without asking a tracker who may see what."""
    return AN_ISSUE if issue.is_secured else issue.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """What is not named, and the way to take it out of a text."""

    key_results: frozenset[str] = frozenset()
    """Ids."""
    issues: frozenset[tuple[str, str]] = frozenset()
    """(tracker, key)."""
    names: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """By its first word: (what is not to be said, what is said instead), the longest first."""

    def __bool__(self) -> bool:
        """Anything at all."""
        return bool(self.key_results or self.issues)

    def masked(self, text: str) -> str:
        """`text` with "a restricted key result" or "a restricted issue" where one was named."""
        if not self.names:
            return text
        found, upto = [], 0
        for word in _WORD.finditer(text):
            if word.start() < upto:
                continue
            for name, instead in self.names.get(word[0].lower(), ()):
                end = word.start() + len(name)
                if _plain(text[word.start() : end]) == name and not _WORD.match(text, end):
                    found += [text[upto : word.start()], instead]
                    upto = end
                    break
        return "".join((*found, text[upto:]))

    def is_named_in(self, text: str) -> bool:
        """Whether `masked` would take something out."""
        return self.masked(text) != text

    def kept(self, lines: Iterable[str]) -> tuple[str, ...]:
        """The lines that name nothing hidden; how many others there were is said at the end."""
        every = tuple(lines)
        named = tuple(line for line in every if not self.is_named_in(line))
        left = len(every) - len(named)
        return (*named, f"{left} more about what is restricted") if left else named


def hidden_in(registry: Registry, issues: Iterable[Issue] = ()) -> Hidden:
    """What of this registry and of these issues is not named anywhere."""
    restricted = [kr for kr in registry.key_results if is_restricted(kr)]
    secured = [issue for issue in issues if issue.is_secured]
    instead: dict[str, str] = {}
    for issue in secured:
        titles = [issue.title] if _says_much(issue.title) else []
        instead |= dict.fromkeys((issue.key, *issue.previous_keys, *titles), AN_ISSUE)
    for kr in restricted:
        titles = [text for text in (kr.title, *_texts(kr)) if _says_much(text)]
        aliases = [alias for alias in kr.aliases if len(_WORD.findall(alias)) > 1]
        instead |= dict.fromkeys((kr.id, *aliases, *titles), A_KEY_RESULT)
    return Hidden(
        key_results=frozenset(kr.id for kr in restricted),
        issues=frozenset((issue.tracker, issue.key) for issue in secured),
        names=_by_first_word(instead),
    )


def for_everybody(registry: Registry) -> Registry:
    """The registry without its restricted key results. What supports one supports its objective."""
    restricted = {normal_id(kr.id): kr.objective for kr in registry.key_results if is_restricted(kr)}
    if not restricted:
        return registry
    return replace(
        registry,
        objectives=tuple(
            replace(
                objective,
                supports=restricted.get(normal_id(objective.supports or ""), objective.supports),
                key_results=tuple(kr for kr in objective.key_results if not is_restricted(kr)),
            )
            for objective in registry.objectives
        ),
    )


def restricted_in(registry: Registry, live: Collection[str]) -> Mapping[str, int]:
    """How many of the `live` key results of each objective, by its id, are restricted; none: it is left out."""
    counts = {
        objective.id: sum(1 for kr in objective.key_results if kr.id in live and is_restricted(kr))
        for objective in registry.objectives
    }
    return {name: count for name, count in counts.items() if count}


def _texts(kr: KeyResult) -> Iterable[str]:
    """What people wrote about it."""
    yield from (text for checkin in kr.checkins for text in (checkin.note, checkin.risk))
    yield from (milestone.title for milestone in kr.measure.milestones)
    yield from (change.because for change in kr.retargets)
    yield kr.status_reason


def _says_much(text: str) -> bool:
    return len(_WORD.findall(text)) >= WORDS_OF_A_TITLE


def _by_first_word(instead: Mapping[str, str]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for name, said in instead.items():
        first = _WORD.search(name)
        if first is not None:
            found.setdefault(first[0].lower(), []).append((_plain(name[first.start() :]).rstrip(), said))
    return {word: tuple(sorted(names, key=lambda each: -len(each[0]))) for word, names in found.items()}


def _plain(text: str) -> str:
    """As ids compare, letter for letter: as long as it was."""
    return text.translate(_SEPARATORS).lower()


_SEPARATORS = str.maketrans("._/", "---")
