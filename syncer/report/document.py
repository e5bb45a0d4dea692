"""report.json and plan.json from a run."""

from mappings.goal_changes import goal_changes
from mappings.model import Issue
from mappings.sprints import next_notes
from mappings.tag_cards import tag_cards
from mappings.visibility import restricted_in
from syncer.expiry import expiry_notes
from syncer.plan import Change, FlagChange, LinkChange, Status
from syncer.report import goals, schema
from syncer.report.company_parts import company_part
from syncer.report.goal_parts import key_result_part, objective_part
from syncer.report.part import as_float
from syncer.report.planning import TalkLine
from syncer.report.visible import visible_figures, visible_plan, visible_report
from syncer.report.work_parts import next_sprints, sprint_part, team_part, work_part
from syncer.run import Run


def report(run: Run) -> schema.Report:
    """The whole report, without any secret, as everybody may see it. Texts of trackers are in it as they came: each
    face escapes them.
    """
    return schema.clean(visible_report(_report(run), run.hidden))


def plan_document(run: Run) -> schema.PlanDocument:
    """The plan as data: progress first, then flags, in the order in which they are applied."""
    return schema.clean(visible_plan(_plan_document(run), run.hidden))


def _report(run: Run) -> schema.Report:
    registry = run.registry
    figures = visible_figures(run.figures, registry, run.config.rules) if run.hidden.key_results else run.figures
    restricted = restricted_in(registry, figures.key_results)
    sprints = figures.planned if run.next_sprint else figures.sprints
    changes = {change.kr: change for change in run.plan.changes}
    teams = {team.key: team for team in run.config.rules.teams}
    last_read = max((it.day for it in run.past.days), default=None)
    return schema.Report(
        run=schema.Run.model_validate(
            {
                "id": run.id,
                "at": run.at.astimezone(run.config.rules.zone),
                "mode": run.mode,
                "complete": all(reading.complete for reading in figures.readings),
            }
        ),
        periods=tuple(
            schema.ReportPeriod(id=it.id, start=it.start, end=it.end, elapsed=float(it.elapsed(figures.today)))
            for it in registry.periods
            if it.is_in_force(figures.today)
        ),
        readings=tuple(
            schema.ScopeReading(
                tracker=reading.scope.tracker,
                scope=reading.scope.name,
                kind=reading.kind,
                complete=reading.complete,
                issues=len(reading.issues),
                requests=reading.requests,
                requests_by=dict(reading.requests_by),
                problem=reading.problem,
                last_good=None if reading.complete else last_read,
            )
            for reading in figures.readings
        ),
        teams=tuple(team_part(team, sprints, run) for _, team in sorted(teams.items())),
        objectives=tuple(
            objective_part(
                objective,
                figures,
                teams[objective.team].title if objective.team in teams else objective.team,
                restricted.get(objective.id, 0),
            )
            for objective in registry.objectives
            if objective.id in figures.objectives
        ),
        key_results=tuple(
            key_result_part(found, changes[kr_id], run)
            for kr_id, found in figures.key_results.items()
            if kr_id in changes
        ),
        sprints=tuple(sprint_part(alignment, run.config.rules.zone) for alignment in sprints),
        work=tuple(work_part(row, alignment, run) for alignment in sprints for row in alignment.rows),
        broken_tags=tuple(
            schema.BrokenTag(
                tracker=tag.tracker,
                key=tag.key,
                text=tag.text,
                place=tag.place,
                reason=tag.reason,
                suggestion=tag.suggestion,
            )
            for tag in figures.broken
        ),
        flags=tuple(
            schema.Flag(
                tracker=flag.write.tracker,
                key=flag.write.key,
                label=flag.write.label,
                action=flag.write.action,
                status=flag.status.value,
                reason=flag.reason or None,
            )
            for flag in run.plan.flags
        ),
        tag_cards=tuple(
            schema.ReportTagCard(
                team=card.team,
                key_results=tuple(
                    schema.TagCardLine(id=line.id, title=line.title, tag=line.tag) for line in card.key_results
                ),
            )
            for card in tag_cards(registry, run.config.rules, figures.today)
        ),
        notes=notes(run),
        company=company_part(run, figures, sprints),
        goal_changes=tuple(
            goals.ReportGoalChange.model_validate(
                {
                    "kr": change.kr.id,
                    "title": change.kr.title,
                    "team": change.kr.team,
                    "what": change.what,
                    "on": change.on,
                    "text": change.text,
                }
            )
            for change in goal_changes(registry, figures.today)
        ),
        talk=tuple(
            TalkLine.model_validate(
                {"subject": line.subject.value, "text": line.text, "team": line.team, "key_result": line.kr or None}
            )
            for line in run.talk
        ),
        next_sprints=next_sprints(run),
        stale_after_hours=2 * run.config.report_every_seconds / 3600,
    )


def _plan_document(run: Run) -> schema.PlanDocument:
    return schema.PlanDocument(
        run=schema.PlanRun.model_validate(
            {"id": run.id, "at": run.at.astimezone(run.config.rules.zone), "mode": run.mode}
        ),
        changes=tuple(_planned_progress(change) for change in run.plan.changes if change.target is not None)
        + tuple(_planned_flag(flag) for flag in run.plan.flags)
        + tuple(_planned_link(link) for link in run.plan.links),
    )


def notes(run: Run) -> tuple[str, ...]:
    """What the run wants said beside its figures."""
    said = [*run.plan.notes, *expiry_notes(run.config.trackers, run.figures.today)]
    for reading in run.figures.readings:
        said += reading.notes
        if reading.hidden_ancestors:
            said.append(
                f"{reading.scope.name}: {reading.hidden_ancestors} parents of issues are not visible to the token"
            )
        if reading.gone:
            said.append(f"{reading.scope.name}: {', '.join(reading.gone)} gone or no longer visible since the search")
    following = {team.key for team in run.config.rules.teams if run.next_sprint or team.sprints.next}
    every_sprint = [sprint for reading in run.figures.readings for sprint in reading.sprints]
    said += next_notes(sprint for sprint in every_sprint if sprint.team in following)
    seen = {name.casefold() for it in _everything_read(run) for name in (it.key, it.id, *it.previous_keys)}
    for kr in run.registry.live(run.figures.today):
        for bound in kr.binds:
            if bound.kind == "issue" and bound != kr.home and bound.id.casefold() not in seen:
                said.append(f"{kr.id} binds {bound}, which was not seen: nothing is linked by it")
    said += [f"{found.issue.key}: {note}" for found in run.figures.linked.values() for note in found.notes]
    return tuple(said)


def _everything_read(run: Run) -> list[Issue]:
    return [*(found.issue for found in run.figures.linked.values()), *run.figures.ancestors]


def _planned_progress(change: Change) -> schema.PlannedChange:
    return schema.PlannedChange.model_validate(
        {
            "kind": "progress",
            "tracker": change.target.tracker if change.target else "",
            "to": str(change.target),
            "kr": change.kr,
            "before": as_float(change.before),
            "after": as_float(change.after),
            "status": change.status.value,
            "reason": change.reason or None,
            "text": change.write.text if change.write else (),
        }
    )


def _planned_link(link: LinkChange) -> schema.PlannedChange:
    write = link.write
    return schema.PlannedChange.model_validate(
        {
            "kind": "link",
            "tracker": write.tracker,
            "to": f"{write.tracker}:issue/{write.key}",
            "kr": write.kr or None,
            "before": None,
            "after": write.title or None,
            "status": link.status.value,
            "reason": link.reason or ("supports it no more" if not write.title else None),
            "text": (),
        }
    )


def _planned_flag(flag: FlagChange) -> schema.PlannedChange:
    write = flag.write
    there = write.action in ("remove", "remember")
    wanted = write.action in ("add", "remember")
    return schema.PlannedChange.model_validate(
        {
            "kind": "flag",
            "tracker": write.tracker,
            "to": f"{write.tracker}:issue/{write.key}",
            "kr": None,
            "before": write.label if there else None,
            "after": write.label if wanted and flag.status is not Status.LEFT_ALONE else None,
            "status": flag.status.value,
            "reason": flag.reason or None,
            "text": (),
        }
    )
