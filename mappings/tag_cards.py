"""The tag card of a team: its key results, and the tag to copy for each."""

from dataclasses import dataclass
from datetime import date

from mappings.okrs import Registry
from mappings.settings import RuleSettings
from mappings.visibility import for_everybody


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """One key result and the tag to copy."""

    id: str
    title: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagCard:
    """What a team pins beside its board."""

    team: str
    """The team's key."""
    name: str
    key_results: tuple[CardLine, ...]


def tag_cards(registry: Registry, settings: RuleSettings, today: date) -> tuple[TagCard, ...]:
    """A card for each team that has live key results, by the team's name."""
    names = {team.key: team.title for team in settings.teams}
    cards: dict[str, list[CardLine]] = {}
    for kr in for_everybody(registry).live(today):
        line = CardLine(id=kr.id, title=kr.title, tag=settings.prefix + kr.id)
        for team in sorted({kr.team, *kr.teams} - {""}):
            cards.setdefault(team, []).append(line)
    return tuple(
        sorted(
            (TagCard(team=key, name=names.get(key, key), key_results=tuple(lines)) for key, lines in cards.items()),
            key=lambda card: (card.name.casefold(), card.team),
        )
    )
