"""The parts of report.json about goals, from a run's figures; and the lines that explain a figure."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from mappings.changes import uneven, what_moved
from mappings.completeness import may_draw_on
from mappings.figures import Figures, KeyResultFigures
from mappings.goal_changes import retargeted
from mappings.linears_progress import beside_linears
from mappings.okrs import Objective
from mappings.rounding import percent, plain
from mappings.scoring import last_checkin
from syncer.plan import Change
from syncer.report import goals
from syncer.report.measure_lines import measure_lines, supporting_lines
from syncer.report.part import as_float
from syncer.report.planning import KeyResultPoint
from syncer.report.wording import count
from syncer.run import Run


def objective_part(
    objective: Objective, figures: Figures, team_name: str, restricted: int = 0
) -> goals.ReportObjective:
    """One objective whose period is in force. `restricted`: its key results that are no part of the score shown."""
    found = figures.objectives[objective.id]
    made_of = f"{objective.roll_up} of {found.known} known of {found.of} {found.basis}"
    health = found.verdict.health.value.replace("_", " ")
    besides = (f"no part of it: {count(restricted, 'key result')} that not everybody may see",) if restricted else ()
    return goals.ReportObjective.model_validate(
        {
            "id": objective.id,
            "title": objective.title,
            "team": objective.team,
            "team_name": team_name,
            "score": as_float(found.value),
            "health": found.verdict.health.value,
            "known": found.known,
            "of": found.of,
            "basis": found.basis,
            "supported_by": found.from_below,
            "restricted": restricted,
            "because": (
                f"outcome: {percent(found.value)}: {made_of}",
                f"health: {health} by {found.verdict.rule}: {found.verdict.because}",
                *supporting_lines(found.from_below, figures),
                *besides,
            ),
        }
    )


def because(found: KeyResultFigures, change: Change, figures: Figures) -> tuple[str, ...]:
    """The lines that explain a key result's figures: outcome, then work done, whose lines add up to its delivery.

    Last, what Linear shows beside it.
    """
    delivery = found.delivery
    lines = [
        f"outcome: {percent(found.score.value)}: {found.score.because}",
        f"health: {found.verdict.health.value.replace('_', ' ')} by {found.verdict.rule}: {found.verdict.because}",
        *measure_lines(found, figures.today),
        *(retargeted(change) for change in found.kr.retargets),
        *(f"waits on {said}" for said in found.waits_on),
        *supporting_lines(found.supported_by, figures),
    ]
    beside = () if change.shown is None else (beside_linears(change.shown, delivery),)
    if delivery.share is None:
        why = may_draw_on(found.unread) if found.unread else "no linked work"
        return (*lines, f"work done: unknown: {why}", *beside)
    lines.append(f"work done: {percent(delivery.share)} of what is tagged so far, from {len(delivery.lines)} issues")
    lines += [
        f"team {team or 'none'}: {percent(share)}; the mean of the teams counts" for team, share in delivery.teams
    ]
    for line in delivery.lines:
        part = "" if line.share == 1 else f", {percent(line.share)} of it"
        size = "" if line.issue.points is not None or delivery.unit != "points" else ", unestimated"
        lines.append(
            f"{line.issue.key} {line.issue.state.value}: {plain(line.done)} of {plain(line.amount)} "
            f"{delivery.unit}{part}{size}"
        )
    split = uneven(delivery)
    return (*lines, *((split,) if split else ()), *beside)


def key_result_part(found: KeyResultFigures, change: Change, run: Run) -> goals.ReportKeyResult:
    """One key result with everything that is known of it."""
    kr, delivery, forecast = found.kr, found.delivery, found.forecast
    before = run.past.remembered.get(kr.id)
    said = last_checkin(kr, run.figures.today)
    return goals.ReportKeyResult.model_validate(
        {
            "id": kr.id,
            "title": kr.title,
            "objective": kr.objective,
            "team": kr.team,
            "period": kr.period,
            "owner": kr.owner or None,
            "commitment": kr.commitment,
            "status": kr.status.value,
            "measure": _measure(found, run.figures.today),
            "delivery": {
                "unit": delivery.unit,
                "done": as_float(delivery.done),
                "total": as_float(delivery.total),
                "share": as_float(delivery.share),
                "issues": len(delivery.lines),
                "unestimated": delivery.unestimated,
            },
            "score": as_float(found.score.value),
            "health": found.verdict.health.value,
            "health_rule": found.verdict.rule,
            "elapsed": float(run.registry.period_by_id[kr.period].elapsed(run.figures.today)),
            "mismatch": bool(found.mismatch),
            "mismatch_reason": found.mismatch or None,
            "links": sum(1 for it in run.figures.linked.values() if any(share.kr == kr.id for share in it.shares)),
            "write": {
                "to": str(change.target) if change.target else None,
                "before": as_float(change.before),
                "after": as_float(change.after),
                "status": change.status.value,
                "reason": change.reason or None,
            },
            "because": because(found, change, run.figures),
            "changes": what_moved(before, found.score.value, delivery, run.figures.linked) if before else (),
            "retargets": [
                {
                    "on": change.on,
                    "from": as_float(change.before),
                    "to": as_float(change.after),
                    "because": change.because,
                    "text": retargeted(change),
                }
                for change in kr.retargets
            ],
            "forecast": forecast
            and {
                "value": as_float(forecast.value),
                "low": as_float(forecast.low),
                "high": as_float(forecast.high),
                "score": as_float(forecast.score),
                "values": forecast.values,
            },
            "waits_on": found.waits_on,
            "supported_by": found.supported_by,
            "heard": said.on if said else None,
            "confidence": said.confidence if said else None,
            **_past_of(found, run),
        }
    )


def _past_of(found: KeyResultFigures, run: Run) -> dict[str, object]:
    """Trend, since when it is where it is, and the figures that stand while something is unread."""
    today, kr = run.figures.today, found.kr
    start = run.registry.period_by_id[kr.period].start
    kept = sorted(it for it in run.past.days if it.kr == kr.id and start <= it.day < today)
    points = [_point(it.day, it.score, it.delivery) for it in kept]
    if found.unread:
        return {"trend": _bends(points), "last_good": points[-1] if points else None}
    now = _point(today, found.score.value, found.delivery.share)
    other = [it for it in points if (it.score, it.delivery) != (now.score, now.delivery)]
    return {"trend": _bends([*points, now]), "moved": other[-1] if other else None}


def _point(day: date, score: Decimal | None, delivery: Fraction | None) -> KeyResultPoint:
    return KeyResultPoint(day=day, score=as_float(score), delivery=as_float(delivery))


def _bends(points: list[KeyResultPoint]) -> list[KeyResultPoint]:
    """The points without those whose neighbours on both sides say the same: the line through them is no other one."""
    figures = [(it.score, it.delivery) for it in points]
    last = len(points) - 1
    return [
        it for at, it in enumerate(points) if at in (0, last) or not figures[at - 1] == figures[at] == figures[at + 1]
    ]


def _measure(found: KeyResultFigures, today: date) -> dict[str, object]:
    measure, scored = found.kr.measure, found.score
    is_judged = measure.kind == "hold" and scored.value is not None
    return {
        "kind": measure.kind,
        "start": as_float(measure.start),
        "target": as_float(measure.target),
        "current": as_float(scored.current),
        "accrual": measure.accrual,
        "heading_for": as_float(scored.heading_for),
        "missed": scored.is_missed,
        "keep": measure.keep or None,
        "held": bool(scored.value) if is_judged else None,
        "milestones": [
            {
                "title": each.title,
                "weight": as_float(each.weight),
                "done_on": each.done_on,
                "done": each.is_done(today),
            }
            for each in measure.milestones
        ],
    }
