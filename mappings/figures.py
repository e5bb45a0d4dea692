"""From complete readings and a registry to every figure of a run: one pure function of its arguments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from mappings.alignment import SprintAlignment, align
from mappings.completeness import may_draw_on, unread_scopes
from mappings.counting import Delivery, deliver, undelivered
from mappings.forecast import Forecast, forecast
from mappings.health import Verdict, health
from mappings.linking import BrokenTag, Linked, broken_tags, link_issues
from mappings.measures import Taken
from mappings.model import Issue, Reading, Ref, Sprint
from mappings.okrs import KeyResult, Registry
from mappings.renames import with_present_keys
from mappings.roll_up import ObjectiveScore, objective_scores, supporters
from mappings.scoring import Score, mismatch, score
from mappings.settings import RuleSettings
from mappings.sprints import next_of, shown, with_windows
from mappings.targets import Ledger
from mappings.waiting import waits_on


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResultFigures:
    """Everything known of one live key result today. Delivery is output, score is outcome: kept apart."""

    kr: KeyResult
    delivery: Delivery
    score: Score
    verdict: Verdict
    mismatch: str
    unread: tuple[str, ...]
    """Scopes that may hold its work and could not be read: its delivery is unknown."""
    scopes: tuple[str, ...]
    """Names of the scopes where its linked work was seen, sorted."""
    forecast: Forecast | None = None
    waits_on: tuple[str, ...] = ()
    """Why it waits: goals that it depends on and that are off track or retired."""
    supported_by: tuple[str, ...] = ()
    """Ids of the objectives in force that support it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of a run."""

    today: date
    readings: tuple[Reading, ...]
    linked: dict[Ref, Linked]
    ancestors: tuple[Issue, ...]
    """What is above the work and is no work itself: parents read by id, and write targets."""
    broken: tuple[BrokenTag, ...]
    key_results: dict[str, KeyResultFigures]
    objectives: dict[str, ObjectiveScore]
    sprints: tuple[SprintAlignment, ...]
    planned: tuple[SprintAlignment, ...]
    """The sprint that is next, of each board."""


def work_out(
    readings: Sequence[Reading],
    registry: Registry,
    settings: RuleSettings,
    today: date,
    ledgers: Mapping[str, Ledger] | None = None,
    taken: Mapping[str, Taken] | None = None,
    past: Mapping[str, Sequence[tuple[date, Decimal]]] | None = None,
) -> Figures:
    """Links, numbers, health and alignment; the order of readings and issues does not matter.

    `ledgers`, by key result, tell which scopes a figure needs: one that may draw on an unread scope is unknown.
    `taken`, by key result, holds what the sources of `query`, `http` and `hold` answered. `past`, likewise, holds the
    numbers that they gave on earlier days, as history keeps them: forecasts are made of them and nothing else is.
    """
    readings = tuple(
        with_windows(reading, reading.scope.kanban_days, today, settings.zone)
        for reading in sorted(readings, key=lambda reading: reading.scope)
    )
    settings = with_present_keys(settings, readings)
    failed = [reading.scope.name for reading in readings if not reading.complete]
    issues: dict[Ref, Issue] = {}
    seen_in: dict[Ref, list[str]] = {}
    for reading in readings:
        for issue in reading.issues:
            issues.setdefault(issue.ref, issue)
            seen_in.setdefault(issue.ref, []).append(reading.scope.name)
    ancestors = {issue.ref: issue for reading in readings for issue in reading.ancestors if issue.ref not in issues}
    sprints: tuple[Sprint, ...] = tuple(sprint for reading in readings for sprint in reading.sprints)
    own_query = [reading for reading in reversed(readings) if reading.scope.jql]  # of two, the first by name claims it
    claimed = {issue.ref: reading.scope.team for reading in own_query for issue in reading.issues}
    linked = link_issues(issues.values(), ancestors.values(), sprints, registry, settings, today, claimed=claimed)
    no_work = ancestors | {ref: issue for ref, issue in issues.items() if ref not in linked}
    above = tuple(no_work[ref] for ref in sorted(no_work))
    key_results: dict[str, KeyResultFigures] = {}
    for kr in registry.live(today):
        period = registry.period_by_id[kr.period]
        delivery = deliver(kr, linked, above, period, settings)
        scored = score(kr, delivery, period, today, settings.health, (taken or {}).get(kr.id))
        unread = unread_scopes(kr, settings, (ledgers or {}).get(kr.id), failed)
        if unread:
            delivery = undelivered(delivery.unit)
            if kr.measure.kind == "delivery":
                scored = Score(value=None, because=may_draw_on(unread))
        key_results[kr.id] = KeyResultFigures(
            kr=kr,
            delivery=delivery,
            score=scored,
            verdict=health(kr, scored, period, today, settings.health),
            mismatch=mismatch(kr, delivery, scored),
            unread=unread,
            scopes=tuple(sorted({name for line in delivery.lines for name in seen_in[line.issue.ref]})),
            forecast=forecast(kr, scored, period, today, (past or {}).get(kr.id, ())),
        )
    judged = {kr_id: (found.score, found.verdict) for kr_id, found in key_results.items()}
    objectives = objective_scores(registry, judged, today, settings.health)
    verdicts = {goal: each.verdict for goal, each in objectives.items()}
    verdicts |= {goal: verdict for goal, (_, verdict) in judged.items()}
    below = supporters(registry, today)
    key_results = {
        kr_id: replace(
            found, waits_on=waits_on(found.kr, registry, verdicts, settings), supported_by=below.get(kr_id, ())
        )
        for kr_id, found in key_results.items()
    }
    return Figures(
        today=today,
        readings=readings,
        linked=linked,
        ancestors=above,
        broken=broken_tags((*issues.values(), *ancestors.values()), registry, settings, today),
        key_results=key_results,
        objectives=objectives,
        sprints=align(shown(sprints, {team.key: team.sprints for team in settings.teams}), linked),
        planned=align(next_of(sprints), linked),
    )
