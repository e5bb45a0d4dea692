"""`okrsync retro`: a period at its end. Trackers are read, or left alone with `offline`; nothing is written to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from adapters.history import History
from mappings.nearest import did_you_mean
from mappings.okrs import Period, Registry
from mappings.past import NO_PAST, Past
from mappings.retro import Goals, Seen, goals_of, last_day
from mappings.retro_process import Alignment, Process, alignment, process, questions
from mappings.visibility import for_everybody, is_restricted
from syncer.config import Config
from syncer.exit_codes import DONE, FAILED, TRY_LATER
from syncer.run import Run, run


class NoSuchPeriod(Exception):
    """The period named is none, or has not begun; the message says which, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retro:
    """All that the end of a period has to say."""

    goals: Goals
    today: date
    alignment: tuple[Alignment, ...]
    process: Process
    questions: tuple[str, ...]
    registry: Registry
    names: Mapping[str, str]
    """Of the teams, by key."""
    notes: tuple[str, ...] = ()
    hidden: int = 0
    """Key results that are not for everybody: counted, and left out of everything else."""
    exit_code: int = DONE

    @property
    def is_over(self) -> bool:
        """The last day is gone."""
        return self.today > self.goals.period.end

    @property
    def is_frozen(self) -> bool:
        """No final value may come any more."""
        return self.today > (self.goals.period.closes or self.goals.period.end)


def look_at_the_end(
    config: Config,
    registry: Registry,
    *,
    at: datetime,
    period: str = "",
    offline: bool = False,
    on_step: Callable[[str], None] = lambda _: None,
) -> Retro:
    """The retro of one period, or of the one that ended last. Raises NoSuchPeriod before anything is read."""
    today = at.astimezone(config.rules.zone).date()
    chosen = _chosen(registry, today, period)
    day = last_day(chosen, today)
    history = History(config.history, config.history_url_env)
    past, notes = _past(history, registry, day)
    seen, exit_code = None, DONE
    if offline:
        notes.append("No tracker was asked: scores are of the registry and of history.")
    else:
        then = at if day == today else datetime.combine(day, time(12), config.rules.zone)
        found = run(config, registry, mode="report", at=then, on_step=on_step)
        registry, chosen = found.registry, found.registry.period_by_id[chosen.id]
        seen, exit_code = _seen(found), found.exit_code if found.exit_code in (FAILED, TRY_LATER) else DONE
        notes += [
            f"NOT READ  {reading.scope.name}: {reading.problem}"
            for reading in found.figures.readings
            if not reading.complete
        ]
        if day < today:
            notes.append(
                f"{chosen.id} closed on {day.isoformat()}. What history did not keep on its last days is as the "
                f"trackers have it on {today.isoformat()}."
            )
    hidden = sum(is_restricted(kr) for kr in registry.key_results if kr.period == chosen.id)
    shown = for_everybody(registry)
    goals = goals_of(chosen, shown, today, past.days, seen, config.rules.health)
    aligned = alignment(chosen, past.sprints)
    measured = process(chosen, shown, day, past.days)
    names = {team.key: team.title for team in config.rules.teams}
    return Retro(
        goals=goals,
        today=today,
        alignment=aligned,
        process=measured,
        questions=tuple(questions(goals, aligned, measured, names)),
        registry=shown,
        names=names,
        notes=tuple(notes),
        hidden=hidden,
        exit_code=exit_code,
    )


def _chosen(registry: Registry, today: date, name: str) -> Period:
    """The one that is named; else that which ended last; else, so far, the running one that ends first."""
    known = registry.period_by_id
    if name:
        if name not in known:
            raise NoSuchPeriod(f'there is no period "{name}"{did_you_mean(name, known)}')
        if known[name].start > today:
            raise NoSuchPeriod(f"{name} begins on {known[name].start.isoformat()}")
        return known[name]
    begun = [period for period in registry.periods if period.start <= today]
    over = [period for period in begun if period.end < today]
    if over:
        return max(over, key=lambda each: (each.end, each.start))
    if not begun:
        raise NoSuchPeriod("no period has begun")
    return min(begun, key=lambda each: (each.end, each.id))


def _past(history: History, registry: Registry, day: date) -> tuple[Past, list[str]]:
    """What history holds of all periods in force on that day, up to it."""
    since = registry.oldest_start(day) or day
    past = history.past(since)
    if history.problem:
        return NO_PAST, [f"{history.name} could not be read: {history.problem}"]
    if not past.days and not past.sprints:
        return NO_PAST, ["History holds nothing of this period: what is made from it is unknown."]
    days = tuple(each for each in past.days if each.day <= day)
    return replace(past, days=days, sprints=tuple(each for each in past.sprints if each.day <= day)), []


def _seen(found: Run) -> dict[str, Seen]:
    return {
        kr: Seen(score=it.score.value, delivery=it.delivery.share, current=it.score.current, mismatch=it.mismatch)
        for kr, it in found.figures.key_results.items()
    }
