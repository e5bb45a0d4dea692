"""Lines that say how a goal is measured: its measure, where it is heading, checkpoints, milestones, its support."""

from collections.abc import Iterator, Sequence
from datetime import date

from mappings.figures import Figures, KeyResultFigures
from mappings.measures import Measure, Milestone
from mappings.rounding import exact, percent, plain


def measure_lines(found: KeyResultFigures, today: date) -> Iterator[str]:
    """The measure, then one line for its forecast, each checkpoint and each milestone."""
    measure, forecast = found.kr.measure, found.forecast
    yield f"measure: {described(measure)}"
    if found.score.heading_for is not None:
        yield f"heading for {plain(found.score.heading_for, measure.places)} at the end of the period, if it goes on so"
    if forecast is not None:
        spread = f"between {exact(forecast.low)} and {exact(forecast.high)} four times out of five"
        made = f"by the line through the values of {forecast.values} days"
        yield f"forecast: {exact(forecast.value)} at the end of the period, {spread}, {made}: {percent(forecast.score)}"
    for point in found.kr.checkpoints:
        past = "" if point.on > today else ", which is past"
        yield f"checkpoint: {exact(point.value)} by {point.on.isoformat()}{past}"
    for milestone in measure.milestones:
        yield f"milestone: {milestone.title}, weight {exact(milestone.weight)}, {_standing(milestone, today)}"


def supporting_lines(objectives: Sequence[str], figures: Figures) -> Iterator[str]:
    """One line for each objective in force that supports a goal, with its score and health."""
    for name in objectives:
        found = figures.objectives[name]
        yield f"supported by {name}: {percent(found.value)}, {found.verdict.health.value.replace('_', ' ')}"


def described(measure: Measure) -> str:
    """`query, from 12 to 3, growing through the period`; numbers as the registry has them."""
    if measure.kind == "hold" and measure.target is not None:
        return f"hold {measure.keep} {exact(measure.target)}"
    if measure.kind == "delivery" and measure.target is not None:
        return f"delivery of {exact(measure.target)}"
    if measure.start is None or measure.target is None:
        return measure.kind
    if measure.accrual:
        before = f"{exact(measure.start)} in the period before"
        return f"{measure.kind}, growing through the period to {exact(measure.target)}, {before}"
    return f"{measure.kind}, from {exact(measure.start)} to {exact(measure.target)}"


def _standing(milestone: Milestone, today: date) -> str:
    if milestone.done_on is None:
        return "not done"
    return f"{'done' if milestone.is_done(today) else 'planned for'} {milestone.done_on.isoformat()}"
