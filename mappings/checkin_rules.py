"""What may be checked in for a key result, and when; and whether its objective is in doubt."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mappings.measures import Measure
from mappings.nearest import did_you_mean
from mappings.okrs import Checkin, KeyResult, Objective, Period, Registry, Status

HIGHEST_CONFIDENCE = 10

_TAKEN_FROM = {
    "delivery": "its number is worked out from the linked work",
    "query": "its number is asked of {tracker}",
    "http": "its number is read from an address",
    "hold": "its number is asked of {tracker}",
    "milestones": "its number is made of its milestones, which are ticked off with --done",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A person said of an objective that it no longer is the right one, and nothing has been changed since."""

    objective: Objective
    kr: KeyResult
    on: date

    def __str__(self) -> str:
        """What to do, in a sentence."""
        return (
            f"{self.objective.id}: on {self.on.isoformat()} a check-in of {self.kr.id} said that it is not the right "
            "objective any more: retire, replace or re-target, or check in with --still-right yes"
        )


def no_value_because(measure: Measure) -> str:
    """Why people check in no value for this measure; empty where they do."""
    if measure.is_checked_in:
        return ""
    return _TAKEN_FROM[measure.kind].format(tracker=getattr(measure.source, "tracker", "its source"))


def refusals(kr: KeyResult, period: Period, checkin: Checkin, today: date, *, done: str = "") -> tuple[str, ...]:
    """Every reason why this is not taken, a sentence each; none where it is. `done`: a milestone's title."""
    return tuple(_refusals(kr, period, checkin, today, done))


def _refusals(kr: KeyResult, period: Period, checkin: Checkin, today: date, done: str) -> Iterator[str]:
    closes = period.closes or period.end
    if kr.status in (Status.RETIRED, Status.REPLACED):
        instead = f": check in for {kr.replaced_by}" if kr.replaced_by else ""
        yield f"{kr.id} was {kr.status.value}{instead}"
    if today > closes:
        yield f"{period.id} closed on {closes.isoformat()}: its values are final"
    elif checkin.on > today:
        yield f"{checkin.on.isoformat()} is still to come"
    elif not period.start <= checkin.on <= closes:
        last = f"{period.start.isoformat()} to {closes.isoformat()}"
        yield f"{checkin.on.isoformat()} lies outside {period.id}, {last}"
    if checkin.value is not None and (why := no_value_because(kr.measure)):
        yield f"{kr.id} takes no value: {why}"
    elif wrong := wrong_value(kr.measure, checkin.value):
        yield wrong
    if checkin.confidence is not None and not 0 <= checkin.confidence <= HIGHEST_CONFIDENCE:
        yield f"a confidence is 0 to {HIGHEST_CONFIDENCE}"
    if done:
        titles = [each.title for each in kr.measure.milestones]
        if kr.measure.kind != "milestones":
            yield f"{kr.id} has no milestones: its measure is {kr.measure.kind}"
        elif milestone_of(kr, done) is None:
            yield f'{kr.id} has no milestone "{done}"{did_you_mean(done, titles)}'


def wrong_value(measure: Measure, value: Decimal | None) -> str:
    """Why this is no value of the measure, whoever wrote it; empty where it is one."""
    if measure.kind == "qualitative" and value is not None and not 0 <= value <= 1:
        return "a qualitative value is 0 to 1"
    return ""


def milestone_of(kr: KeyResult, title: str) -> int | None:
    """Which of its milestones bears this title, however it is cased; None for none."""
    titles = [each.title.casefold() for each in kr.measure.milestones]
    return titles.index(title.strip().casefold()) if title.strip().casefold() in titles else None


def doubts(registry: Registry, today: date) -> tuple[Doubt, ...]:
    """The objectives in force that the newest answers to "still the right objective?" deny, by id.

    A key result that is retired or replaced has no say any more, and one that was re-targeted on the day of the answer
    or after it is changed. What else was changed, a title say, no file tells: a later check-in does.
    """
    found = (_doubt(objective, registry, today) for objective in registry.objectives)
    return tuple(doubt for doubt in found if doubt is not None)


def _doubt(objective: Objective, registry: Registry, today: date) -> Doubt | None:
    newest = {
        kr: checkin
        for kr in objective.key_results
        if registry.is_live(kr, today)
        for checkin in kr.checkins
        if checkin.still_right is not None and checkin.on <= today
    }
    on = max((checkin.on for checkin in newest.values()), default=None)
    denied = [kr for kr, checkin in newest.items() if checkin.on == on and not checkin.still_right]
    if on is None or not denied:
        return None
    if any(change.on >= on for kr in objective.key_results for change in kr.retargets):
        return None
    return Doubt(objective=objective, kr=denied[0], on=on)
