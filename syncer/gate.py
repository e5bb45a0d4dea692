"""What `okrsync check` answers: each team's sprint against what it agreed on, as text, JSON or GitHub annotations."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from mappings.gate import Remark, mended_by, remarks
from mappings.linking import Class, Linked
from mappings.model import Ref
from mappings.planning import TeamPlan, team_plans
from mappings.rounding import percent
from mappings.suggesting import likely
from mappings.visibility import AN_ISSUE
from syncer.exit_codes import DONE, FAILED, GATE, TRY_LATER
from syncer.report.schema import clean_text
from syncer.report.wording import href, plain
from syncer.run import Run
from syncer.shown import is_hidden, shown

MOST = 20
"""Issues that are listed under one remark; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The plans that were looked at, and what does not hold."""

    plans: tuple[TeamPlan, ...]
    remarks: tuple[Remark, ...]
    likely: Mapping[Ref, str]
    prefix: str
    unread: tuple[str, ...]
    """Scopes that could not be read: their teams are not judged."""
    exit_code: int


def check(run: Run, *, next_sprint: bool, team: str = "") -> Checked:
    """The gate over the next sprint, or the active one, of one team or of all. What was not read is not judged."""
    figures, settings = run.figures, run.config.rules
    unread = tuple(reading.scope.name for reading in figures.readings if not reading.complete)
    silent = {reading.scope.team for reading in figures.readings if not reading.complete}
    sprints = figures.planned if next_sprint else figures.sprints
    plans = tuple(
        plan
        for plan in team_plans(sprints, figures, settings.teams)
        if plan.team.key not in silent and team in ("", plan.team.key)
    )
    looks_like = likely(run.suggestions)
    found = tuple(remark for plan in plans for remark in remarks(plan, plan.team.gate, looks_like))
    fails = {plan.team.key for plan in plans if plan.team.gate.fails}
    code = GATE if any(remark.team in fails for remark in found) else DONE
    if unread and run.exit_code in (FAILED, TRY_LATER):
        code = run.exit_code
    return Checked(plans=plans, remarks=found, likely=looks_like, prefix=settings.prefix, unread=unread, exit_code=code)


def check_text(checked: Checked) -> str:
    """For a terminal: each team's plan in a line, then what does not hold, with the tag to type."""
    lines = [f"{scope} could not be read: not judged" for scope in checked.unread]
    for plan in checked.plans:
        lines.append(_headline(plan))
        for remark in (it for it in checked.remarks if it.team == plan.team.key):
            lines.append(f"  {'stop' if plan.team.gate.fails else 'warning'}: {remark.text}")
            lines += [f"    {line}" for line in _issue_lines(remark, checked)]
    if not checked.plans and not checked.unread:
        lines.append("No sprint to check: none is planned.")
    elif not checked.remarks and checked.plans:
        lines.append("All that was agreed on holds.")
    return "\n".join(plain(_clean(line)) for line in lines)


def check_github(checked: Checked) -> str:
    """GitHub's workflow commands, which it shows beside the run."""
    stops = {plan.team.key for plan in checked.plans if plan.team.gate.fails}
    lines = [f"::warning::{_escaped(f'{scope} could not be read: not judged')}" for scope in checked.unread]
    for remark in checked.remarks:
        level = "error" if remark.team in stops else "warning"
        text = "\n".join((remark.text, *_issue_lines(remark, checked)))
        lines.append(f"::{level} title=okrsync check::{_escaped(text)}")
    return "\n".join(lines)


def check_json(checked: Checked) -> str:
    """The same as data; shares 0 to 1."""
    return json.dumps(
        {
            "unread": checked.unread,
            "teams": [
                {
                    "team": plan.team.key,
                    "sprints": [_clean(it.sprint.name) for it in plan.sprints],
                    "issues": len(plan.rows),
                    "classes": {kind.value: len(plan.of(kind)) for kind in Class},
                    "planned": {kr: round(float(share), 4) for kr, share in plan.shares if not is_hidden(kr)},
                    "missing": [kr for kr in plan.missing if not is_hidden(kr)],
                }
                for plan in checked.plans
            ],
            "remarks": [
                {
                    "team": remark.team,
                    "rule": remark.rule,
                    "text": _clean(remark.text),
                    "issues": [_issue(row, checked) for row in remark.issues if not row.issue.is_secured],
                }
                for remark in checked.remarks
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def _headline(plan: TeamPlan) -> str:
    names = ", ".join(alignment.sprint.name for alignment in plan.sprints)
    if not plan.rows:
        return f"{plan.team.title}, {names}: no issue"
    goals = ", ".join(f"{kr} {percent(share)}" for kr, share in plan.shares) or "no key result"
    routine = percent(plan.share(Class.ROUTINE))
    return f"{plan.team.title}, {names}: {len(plan.rows)} issues; {goals}; routine {routine}"


def _issue_lines(remark: Remark, checked: Checked) -> list[str]:
    lines = []
    for row in remark.issues[:MOST]:
        if row.issue.is_secured:
            lines.append(AN_ISSUE)
            continue
        tag = mended_by(row, checked.likely, row.broken)
        type_this = f"  -> {checked.prefix}{tag}" if tag and not is_hidden(tag) else ""
        lines.append(f"{row.issue.key} {row.issue.title}{type_this}")
    if len(remark.issues) > MOST:
        lines.append(f"and {len(remark.issues) - MOST} more")
    return lines


def _issue(row: Linked, checked: Checked) -> dict[str, object]:
    tag = mended_by(row, checked.likely, row.broken)
    return {
        "tracker": row.issue.tracker,
        "key": row.issue.key,
        "title": _clean(row.issue.title),
        "url": href(row.issue.url),
        "because": _clean(row.because),
        "tag": f"{checked.prefix}{tag}" if tag and not is_hidden(tag) else None,
    }


def _clean(text: str) -> str:
    return shown(clean_text(text))


def _escaped(text: str) -> str:
    lines = (plain(_clean(line)) for line in text.split("\n"))
    return "%0A".join(line.replace("%", "%25").replace("\r", "%0D") for line in lines)
