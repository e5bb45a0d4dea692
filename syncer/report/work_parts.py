"""The parts of report.json about teams, their sprints and the work in them, from a run."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, tzinfo

from mappings.alignment import SprintAlignment
from mappings.gate import mended_by, remarks
from mappings.linking import Class, Linked
from mappings.model import Ref
from mappings.past import SprintDay, SprintIssue, followed, sprint_days
from mappings.planning import TeamPlan, team_plans
from mappings.routine import rows_of, spent
from mappings.settings import Team
from mappings.suggesting import likely
from syncer.report import schema
from syncer.report.part import as_float
from syncer.report.planning import FollowedSprint, NextIssue, NextSprint, SprintTrend
from syncer.run import Run

SPRINTS = 6
"""So many of a team's last sprints make its trend."""


def team_part(team: Team, sprints: tuple[SprintAlignment, ...], run: Run) -> schema.ReportTeam:
    """One team's sprint at a glance, with what earlier ones came to."""
    rows = rows_of(team, sprints)
    counts = {kind: sum(1 for row in rows.values() if row.kind is kind) for kind in Class}
    said = [
        remark.text
        for plan in _plans((it for it in sprints if it.sprint.team == team.key), run)
        for remark in remarks(plan, team.gate, likely(run.suggestions))
    ]
    return schema.ReportTeam.model_validate(
        {
            "key": team.key,
            "name": team.title,
            "mode": team.mode,
            "routine": [
                {
                    "class": it.name or "none",
                    "budget": as_float(it.budget),
                    "issues": it.issues,
                    "share": as_float(it.share),
                }
                for it in spent(team, rows.values())
            ],
            "issues": {"total": len(rows), **{kind.value: count for kind, count in counts.items()}},
            "remarks": said,
            "trend": _trend(team, run),
            "followed": _followed(team, run),
        }
    )


def _trend(team: Team, run: Run) -> list[SprintTrend]:
    """Each sprint once, by its newest figures; what is read today is newer than what is kept."""
    newest: dict[tuple[str, str], SprintDay] = {}
    kept = sorted((it for it in run.past.sprints if it.team == team.key), key=lambda it: it.day)
    today = sprint_days((it for it in run.figures.sprints if it.sprint.team == team.key), run.figures.today)
    for it in (*kept, *today):
        if not it.is_window and it.state != "future":
            newest[(it.tracker, it.sprint)] = it
    last = sorted(newest.values(), key=lambda it: (it.start or date.max, it.tracker, it.sprint))[-SPRINTS:]
    return [
        SprintTrend.model_validate(
            {
                "name": it.name,
                "day": it.day,
                "issues": {"total": it.total} | {kind.value: getattr(it, kind.value) for kind in Class},
            }
        )
        for it in last
    ]


def _followed(team: Team, run: Run) -> FollowedSprint | None:
    """The newest of the team's sprints that was read on an earlier day. What left it, or what it ended with, is taken
    at its class now, where it is still read.
    """
    figures = run.figures
    sprints = {(it.tracker, it.sprint): it for it in run.past.sprints if it.team == team.key and not it.is_window}
    by_sprint: dict[tuple[str, str], list[SprintIssue]] = {}
    before = [it for it in run.past.issues if (it.tracker, it.sprint) in sprints]
    now = [it for it in figures.sprints if (it.sprint.tracker, it.sprint.id) in sprints]
    for it in followed(before, now, figures.linked, figures.today):
        by_sprint.setdefault((it.tracker, it.sprint), []).append(it)
    known = {place for place, its in by_sprint.items() if any(it.first_day < figures.today for it in its)}
    if not known:
        return None
    last = max(known, key=lambda place: (sprints[place].start or date.min, place))
    first_day = min(it.first_day for it in by_sprint[last])
    found = [_as_it_is_now(it, run) for it in by_sprint[last]]
    return FollowedSprint.model_validate(
        {
            "name": sprints[last].name,
            "day": first_day,
            "issues": [
                {"tracker": it.tracker, "key": it.key, "was": it.first_class.value, "became": it.became}
                for it in sorted(found, key=lambda it: (it.tracker, it.key))
                if it.became
            ],
        }
    )


def _as_it_is_now(it: SprintIssue, run: Run) -> SprintIssue:
    now = run.figures.linked.get((it.tracker, it.issue))
    return replace(it, last_class=now.kind) if now else it


def sprint_part(alignment: SprintAlignment, zone: tzinfo) -> schema.ReportSprint:
    """One sprint with its counts."""
    sprint = alignment.sprint
    entries = {how: alignment.entered(how) for how in ("planned", "added", "carried")}
    return schema.ReportSprint.model_validate(
        {
            "tracker": sprint.tracker,
            "id": sprint.id,
            "name": sprint.name,
            "team": sprint.team,
            "start": sprint.start.astimezone(zone).date() if sprint.start else None,
            "end": sprint.end.astimezone(zone).date() if sprint.end else None,
            "issues": {"total": alignment.issues()} | {kind.value: alignment.issues(kind) for kind in Class},
            "points": {"total": as_float(alignment.points())}
            | {kind.value: as_float(alignment.points(kind)) for kind in Class},
            "state": sprint.state,
            "is_window": sprint.is_window,
            "issues_by_entry": entries if any(entries.values()) else None,
        }
    )


def work_part(row: Linked, alignment: SprintAlignment, run: Run) -> schema.Work:
    """One issue of a sprint."""
    return schema.Work.model_validate(
        {
            "tracker": row.issue.tracker,
            "key": row.issue.key,
            "title": row.issue.title,
            "url": row.issue.url,
            "sprint": alignment.sprint.id,
            "team": row.team.key,
            "points": as_float(row.issue.points),
            "class": row.kind.value,
            "key_results": [
                {"id": share.kr, "share": as_float(share.share), "rule": share.rule} for share in row.shares
            ],
            "because": row.because,
            "rule": row.rule or None,
            "entered": dict(row.issue.entered).get(alignment.sprint.id),
            "suggestions": _suggestions(row.issue.ref, run),
        }
    )


def next_sprints(run: Run) -> tuple[NextSprint, ...]:
    """What each team plans next. A team with a scope that was not read is not judged."""
    return tuple(_next_sprint(plan, run) for plan in _plans(run.figures.planned, run))


def _next_sprint(plan: TeamPlan, run: Run) -> NextSprint:
    prefix, looks_like = run.config.rules.prefix, likely(run.suggestions)
    to_mend = []
    for row in plan.of(Class.BROKEN, Class.UNALIGNED):
        tag = mended_by(row, looks_like, row.broken)
        issue = {"tracker": row.issue.tracker, "key": row.issue.key, "title": row.issue.title, "url": row.issue.url}
        to_mend.append(
            NextIssue.model_validate(
                issue
                | {
                    "class": row.kind.value,
                    "because": row.because,
                    "tag": f"{prefix}{tag}" if tag else None,
                    "suggestions": _suggestions(row.issue.ref, run),
                }
            )
        )
    return NextSprint.model_validate(
        {
            "team": plan.team.key,
            "sprints": [it.sprint.name for it in plan.sprints],
            "issues": {"total": len(plan.rows)} | {kind.value: len(plan.of(kind)) for kind in Class},
            "planned": [{"kr": kr, "share": as_float(share)} for kr, share in plan.shares],
            "missing": plan.missing,
            "remarks": [remark.text for remark in remarks(plan, plan.team.gate, looks_like)],
            "work": to_mend,
        }
    )


def _plans(sprints: Iterable[SprintAlignment], run: Run) -> tuple[TeamPlan, ...]:
    silent = {reading.scope.team for reading in run.figures.readings if not reading.complete}
    plans = team_plans(sprints, run.figures, run.config.rules.teams)
    return tuple(plan for plan in plans if plan.team.key not in silent)


def _suggestions(ref: Ref, run: Run) -> list[dict[str, object]]:
    prefix = run.config.rules.prefix
    return [
        {"kr": each.kr, "score": each.score, "reason": each.reason, "tag": f"{prefix}{each.kr}"}
        for each in run.suggestions.get(ref, ())
    ]
