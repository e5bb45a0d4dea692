"""Projects and Linear teams that were renamed after the config was written: the settings, as they are meant today."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mappings.model import Reading
from mappings.settings import Rule, RuleSettings, Team


def with_present_keys(settings: RuleSettings, readings: Iterable[Reading]) -> RuleSettings:
    """The settings with the present key in place of every old one that the readings found, in scopes and in rules."""
    found = {(reading.scope.tracker, old.casefold()): new for reading in readings for old, new in reading.renamed}
    if not found:
        return settings
    in_rules = {old: new for (_, old), new in found.items()}

    def rule(one: Rule) -> Rule:
        return replace(one, project=in_rules.get(one.project.casefold(), one.project))

    return replace(
        settings,
        teams=tuple(
            replace(
                _team(team, found),
                routine=tuple(
                    replace(routine, rules=tuple(rule(one) for one in routine.rules)) for routine in team.routine
                ),
            )
            for team in settings.teams
        ),
        rules=tuple(rule(one) for one in settings.rules),
    )


def _team(team: Team, found: Mapping[tuple[str, str], str]) -> Team:
    return replace(
        team,
        scopes=tuple(
            replace(
                scope,
                projects=_present(scope.tracker, scope.projects, found),
                teams=_present(scope.tracker, scope.teams, found),
            )
            for scope in team.scopes
        ),
    )


def _present(tracker: str, keys: Iterable[str], found: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found.get((tracker, key.casefold()), key) for key in keys))
