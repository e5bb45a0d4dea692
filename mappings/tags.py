"""Explicit tags: where they may stand, how they are read, and which key result they name."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rapidfuzz.distance import Levenshtein

from mappings.model import Issue
from mappings.nearest import nearest
from mappings.okrs import KeyResult, Registry, Status, normal_id

ISSUE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-\d+")
"""An issue's key in a title's brackets is a mention, however it resembles a tag."""

SHORTEST_TYPO = 5
"""One edit makes any two short words equal: only longer texts are taken for a typo."""

CUT = 80
"""No tag is longer: what a person pasted by mistake stays readable in a report."""


@dataclass(frozen=True, slots=True, order=True)
class Tag:
    """One explicit tag as a person wrote it."""

    text: str
    """Without the prefix: `PAY-O1-KR1`, `none-bug`, `new`."""
    place: str
    """label, title, trailer or field."""
    weight: Decimal | None = None
    is_percent: bool = False
    """The weight is a share of the issue, in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a tag says: a live key result, routine work, work for a KR not yet written, or a problem."""

    kr: KeyResult | None = None
    routine: str | None = None
    is_new: bool = False
    problem: str = ""
    suggestion: str | None = None
    via: str = ""
    """How a replaced key result led to this one."""


class TagReader:
    """Reads tags against one registry on one day; it holds nothing but lookups made from them."""

    def __init__(self, registry: Registry, prefix: str, today: date) -> None:
        self._registry = registry
        self._today = today
        self._prefix = prefix.casefold()
        self._word = self._prefix.rstrip(":/=-_. ")
        self._names = registry.by_name
        self._first_segments = {name.split("-")[0] for name in self._names if "-" in name}
        self._objectives = {normal_id(objective.id) for objective in registry.objectives}
        self._live_names = [name for kr in registry.live(today) for name in (kr.id, *kr.aliases)]
        # a quote, a heading, a bullet, a cell of a table; a number or a check box of a list
        begins = r"^[ \t>*_`+#{|\-]*(?:(?:\d{1,3}[.)]|\[[ xX]\])[ \t]+[*_`]*)?"
        self._trailer = re.compile(rf"{begins}{re.escape(self._word)}[ \t*_]*[:=][ \t*_]*(\S.*)$", re.I | re.M)
        self._bracketed = re.compile(r"\[([^\[\]]{1,80})\]")
        self._meanings: dict[str, Meaning] = {}

    def tags(self, issue: Issue) -> tuple[Tag, ...]:
        """Every explicit tag of the issue, from all places, each once, in the order label, title, trailer, field."""
        found: dict[tuple[str, str], Tag] = {}
        for tag in (
            *(tag for _, tag in self._labels(issue)),
            *self._title(issue),
            *self._trailers(issue),
            *self._fields(issue),
        ):
            found.setdefault((tag.place, normal_id(tag.text)), tag)
        return tuple(found.values())

    def meaning(self, tag: Tag) -> Meaning:
        """Which live key result the tag names, or what is wrong with it and what was probably meant."""
        name = normal_id(tag.text)
        if name not in self._meanings:
            self._meanings[name] = self._look_up(name)
        return self._meanings[name]

    def labels_with(self, issue: Issue, tag: Tag) -> tuple[str, ...]:
        """The issue's labels that are this tag, as they are spelled there."""
        return tuple(label for label, found in self._labels(issue) if normal_id(found.text) == normal_id(tag.text))

    def _labels(self, issue: Issue) -> list[tuple[str, Tag]]:
        found = [
            (label, _tag(label.strip()[len(self._prefix) :] or label.strip(), "label"))
            for label in issue.labels
            if label.strip().casefold().startswith(self._prefix)
        ]
        grouped = (label for group, label in issue.label_groups if group.strip().casefold() == self._word)
        return [*found, *((label, _tag(label, "label")) for label in grouped)]

    def _title(self, issue: Issue) -> list[Tag]:
        texts = [match.strip() for match in self._bracketed.findall(issue.title)] if "[" in issue.title else []
        found = []
        for text in texts:
            if text.casefold().startswith(self._prefix):
                found.append(_tag(text[len(self._prefix) :], "title"))
            elif self._is_meant_as_a_tag(text.partition("=")[0]):
                found.append(_tag(text, "title"))
        return found

    def _is_meant_as_a_tag(self, text: str) -> bool:
        name = normal_id(text)
        if name in self._names:
            return True
        return self._is_a_typo(name) if ISSUE_KEY.fullmatch(text) else self._is_id_like(name)

    def _is_a_typo(self, name: str) -> bool:
        return len(name) >= SHORTEST_TYPO and any(
            Levenshtein.distance(name, known, score_cutoff=1) <= 1 for known in self._names
        )

    def _trailers(self, issue: Issue) -> list[Tag]:
        if self._word not in issue.description.casefold():
            return []
        return [tag for line in self._trailer.findall(issue.description) for tag in self._listed(line, "trailer")]

    def _fields(self, issue: Issue) -> list[Tag]:
        return [tag for value in issue.tag_values if value.strip() for tag in self._listed(value, "field")]

    def _listed(self, text: str, place: str) -> list[Tag]:
        """`A, B=2`, `[A](https://...)`: the words that can be tags; where none can, one tag that names nothing."""
        found = []
        for word in re.split(r"[,;|\s]+|\]\(", "=".join(part.strip() for part in text.split("="))):
            bare = word.strip("`*_.()[]{}<>\"'")
            if bare.casefold().startswith(self._prefix):
                bare = bare[len(self._prefix) :]
            name = normal_id(bare.partition("=")[0])
            if name in self._names or name == "new" or _routine_class(name) is not None or self._is_id_like(name):
                found.append(_tag(bare, place))
        return found or [Tag(" ".join(text.split())[:CUT], place)]

    def _is_id_like(self, name: str) -> bool:
        first, separator, _ = name.partition("-")
        return (bool(separator) and first in self._first_segments) or self._is_a_typo(name)

    def _look_up(self, name: str) -> Meaning:
        if name == "new":
            return Meaning(is_new=True)
        kr = self._names.get(name)
        if kr is None:
            routine = _routine_class(name)
            if routine is not None:
                return Meaning(routine=routine)
            reason = "is empty" if name in ("", normal_id(self._prefix)) else "names no key result"
            if name in self._objectives:
                reason = "is an objective, not a key result"
            return Meaning(problem=reason, suggestion=self._suggestion(name))
        return self._follow(kr)

    def _follow(self, kr: KeyResult) -> Meaning:
        """Replaced key results link on to their replacement, however long the chain."""
        first, via, seen = kr, "", {kr.id}
        while kr.status is Status.REPLACED and kr.replaced_by is not None:
            following = self._names.get(normal_id(kr.replaced_by))
            if following is None or following.id in seen:
                break
            via = f"{first.id} was replaced by {following.id}"
            kr = following
            seen.add(kr.id)
        if self._registry.is_live(kr, self._today):
            return Meaning(kr=kr, via=via)
        if kr.status is Status.DRAFT:
            return Meaning(problem=f"{kr.id} is a draft")
        if kr.status is not Status.LIVE:
            when = f" on {kr.status_on.isoformat()}" if kr.status_on else ""
            why = f": {kr.status_reason}" if kr.status_reason else ""
            return Meaning(problem=f"{kr.id} was {kr.status.value}{when}{why}")
        return Meaning(problem=f"{kr.id} belongs to period {kr.period}", suggestion=self._successor(kr))

    def _successor(self, kr: KeyResult) -> str | None:
        """A live key result of the same title: last period's, carried on."""
        title = kr.title.casefold()
        return next((live.id for live in self._registry.live(self._today) if live.title.casefold() == title), None)

    def _suggestion(self, name: str) -> str | None:
        """The live name that was meant; another team's only where hardly anything differs."""
        first = name.partition("-")[0]
        own = [live for live in self._live_names if normal_id(live).partition("-")[0] == first]
        return nearest(name, own) or nearest(name, self._live_names, at_least=85)


def _routine_class(name: str) -> str | None:
    """`none-bug` declares routine work of the class bug; `none` alone of no class."""
    if name == "none":
        return ""
    return name.removeprefix("none-") if name.startswith("none-") else None


def _tag(text: str, place: str) -> Tag:
    """`NAME` or `NAME=WEIGHT`. A weight that cannot be read stays in the name: a broken tag is seen, a guess is not."""
    text = text.strip()[:CUT]
    name, _, weight = text.partition("=")
    if not weight:
        return Tag(name.strip() or text, place)
    if re.fullmatch(r"\d{1,6}(?:\.\d{1,4})?%?", weight, re.ASCII) and (taken := Decimal(weight.rstrip("%"))) > 0:
        return Tag(name.strip(), place, taken, weight.endswith("%"))
    return Tag(text, place)
