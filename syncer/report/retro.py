"""What `okrsync retro` prints: Markdown to talk over, and the same as data."""

import json
from collections.abc import Iterable, Sequence
from fractions import Fraction

from mappings.days import in_words
from mappings.goal_changes import retargeted
from mappings.retro import Carry, Final, Grade, grades_of
from mappings.retro_process import FIRST_DAYS, Alignment
from mappings.rounding import exact, percent
from syncer.report.carry_over import carried_lines
from syncer.report.markdown import cell
from syncer.report.wording import count
from syncer.retro import Retro
from syncer.shown import shown

_UNKNOWN = "unknown"


def retro_markdown(retro: Retro) -> str:
    """The whole retro; every section stands, and says so where there is nothing."""
    goals = retro.goals
    parts = [
        _head(retro),
        _section("Key results", _finals(goals.finals)),
        _section("Objectives", _objectives(retro)),
        _section("Changed on the way", [f"- {cell(change.text)}" for change in goals.changes], "No goal was changed."),
        _section("Perhaps known to be met", [f"- {cell(it.text)}" for it in goals.sandbags], "No sign of it."),
        _section("Alignment over the period", _alignment(retro), "History kept no sprint of this period."),
        _section("Not heard from", _silences(retro), "Every check-in came within twice its cadence."),
        _section("The process", _process(retro)),
        _section("Pulse", _pulse(retro)),
        _section("To ask", [f"{n}. {cell(text)}" for n, text in enumerate(retro.questions, 1)], "Nothing stands out."),
        _section("Goes on", _carried(retro), _nothing_goes_on(retro)),
    ]
    if retro.notes:
        parts.append(_section("Notes", [f"- {cell(note)}" for note in retro.notes]))
    return shown("\n\n".join("\n".join(part) for part in parts) + "\n")


def _head(retro: Retro) -> list[str]:
    period, rule = retro.goals.period, grades_of(retro.goals.period)
    closes = period.closes or period.end
    so_far = "" if retro.is_over else " so far"
    if retro.is_frozen:
        state = f"Closed on {in_words(closes)}: these scores are final."
    elif retro.is_over:
        state = f"Ended on {in_words(period.end)}; final values may come until {in_words(closes)}."
    else:
        state = f"It ends on {in_words(period.end)}: nothing here is final."
    hidden = f" {count(retro.hidden, 'key result')} not for everybody and left out." if retro.hidden else ""
    return [
        f"# {cell(period.id)}{so_far}",
        "",
        f"{state}{hidden}",
        "",
        f"The rule of {cell(period.id)}: committed is met from {exact(rule.committed)} on, else missed. Aspirational "
        f"is green from {exact(rule.green)} on, a success; amber from {exact(rule.amber)} on; below it red.",
    ]


def _section(title: str, lines: Sequence[str], nothing: str = "") -> list[str]:
    return [f"## {title}", "", *(lines or [nothing or "There is none."])]


def _finals(finals: Sequence[Final]) -> list[str]:
    if not finals:
        return []
    rows = []
    for it in finals:
        against = "" if it.first_target is None else f", {exact(it.first_target)} against the first target"
        targets = "; ".join(retargeted(change) for change in it.kr.retargets)
        rows.append(
            _row(
                f"{it.kr.id} {it.kr.title}",
                it.kr.commitment,
                f"{_score(it)}{against}",
                it.grade.value,
                percent(it.delivery),
                targets,
                it.origin,
            )
        )
    head = ("key result", "commitment", "score", "grade", "work done", "target changed", "score from")
    committed = [it for it in finals if it.kr.commitment == "committed"]
    met = sum(it.grade is Grade.MET for it in committed)
    aspired = [it for it in finals if it.kr.commitment != "committed"]
    green = sum(it.grade is Grade.GREEN for it in aspired)
    unknown = sum(it.grade is Grade.UNKNOWN for it in finals)
    summed = f"Committed: {met} of {len(committed)} met. Aspirational: {green} of {len(aspired)} a success."
    return [f"{summed}{f' Unknown: {unknown}.' if unknown else ''}", "", *_table(head, rows)]


def _objectives(retro: Retro) -> list[str]:
    dropped = {each.id for each in retro.goals.dropped}
    rows = []
    for objective, scored, graded in retro.goals.objectives:
        ended = "dropped" if objective.id in dropped else graded.value
        value = _UNKNOWN if scored.value is None else exact(scored.value)
        rows.append(_row(f"{objective.id} {objective.title}", value, ended, f"{scored.known} of {scored.of} known"))
    return _table(("objective", "score", "grade", "made of"), rows) if rows else []


def _alignment(retro: Retro) -> list[str]:
    rows = [
        _row(
            _team(retro, it.team),
            str(it.sprints),
            _share(it.aligned, it),
            _share(it.routine, it),
            _share(it.unexplained, it),
            f"{percent(it.first)} → {percent(it.last)}",
        )
        for it in retro.alignment
    ]
    head = ("team", "sprints", "for a key result", "routine", "unexplained", "for a key result, first → last sprint")
    return _table(head, rows) if rows else []


def _share(part: int, of: Alignment) -> str:
    return percent(Fraction(part, of.total))


def _silences(retro: Retro) -> list[str]:
    return [
        f"- {cell(it.kr.id)} {cell(it.kr.title)}: {it.days} days, {in_words(it.since)} to {in_words(it.until)}; "
        f"it is due every {count(it.kr.cadence_days, 'day')}"
        for it in retro.goals.silences
    ]


def _process(retro: Retro) -> list[str]:
    found = retro.process
    live = "unknown: history kept none of those days"
    if found.live_early is not None:
        live = f"{len(found.live_early)} of {len(found.live_early) + len(found.live_late)}"
        if found.live_late:
            live += f"; later: {', '.join(_team(retro, team) for team in found.live_late)}"
    kept = f"{found.kept} of {found.slots}" if found.slots else "none was due"
    born = f"{found.born_in_team} of {found.objectives}" if found.objectives else "no team has an objective"
    return [
        f"- Teams with a live registry by day {FIRST_DAYS}: {cell(live)}",
        f"- Check-ins kept: {kept}",
        f"- Objectives born in the team: {born}",
    ]


def _pulse(retro: Retro) -> list[str]:
    period = retro.goals.period
    given = {each.team for each in period.pulse}
    rows = [_row(_team(retro, it.team), str(it.clarity), str(it.autonomy), str(it.focus)) for it in period.pulse]
    lines = _table(("team", "clarity", "autonomy", "focus"), rows) if rows else []
    teams = {objective.team for objective, _, _ in retro.goals.objectives if objective.team}
    if missing := sorted(teams - given):
        said = ", ".join(f"`[period.pulse.{cell(team)}]`" for team in missing)
        lines += ["", f"Not given: {said} with clarity, autonomy and focus, 1 to 5, in the registry file."]
    return lines[1:] if lines[:1] == [""] else lines


def _nothing_goes_on(retro: Retro) -> str:
    return "Nothing is unfinished." if retro.is_over else "What is unfinished is proposed here when the period is over."


def _carried(retro: Retro) -> list[str]:
    lines = [
        f"- {cell(it.final.kr.id)} goes on as {cell(it.successor.id)}: {cell(it.because)}"
        for it in retro.goals.carries
        if it.successor is not None
    ]
    proposed = carried_lines(retro.goals.carries, retro.registry, retro.goals.following)
    if proposed:
        where = f"of {cell(retro.goals.following.id)}" if retro.goals.following else "with the next `[period]`"
        said = f"A proposal for the registry file {where}, from where the numbers stand. What is not worth it: drop it."
        fence = _fence(proposed)
        lines += [*([""] if lines else []), said, "", f"{fence}toml", *proposed, fence]
    return lines


def _fence(lines: Iterable[str]) -> str:
    """Longer than any run of backticks inside."""
    fence = "```"
    while any(fence in line for line in lines):
        fence += "`"
    return fence


def _team(retro: Retro, team: str) -> str:
    return retro.names.get(team, team) or "the company"


def _score(final: Final) -> str:
    return _UNKNOWN if final.score is None else exact(final.score)


def _table(head: Sequence[str], rows: Sequence[str]) -> list[str]:
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *rows]


def _row(*cells: str) -> str:
    return f"| {' | '.join(map(cell, cells))} |"


def retro_json(retro: Retro) -> str:
    """The same as data. Keys are stable; `version` changes when they do. null is unknown."""
    goals, found, rule = retro.goals, retro.process, grades_of(retro.goals.period)
    dropped = {each.id for each in goals.dropped}
    document = {
        "version": 1,
        "period": goals.period.id,
        "state": "closed" if retro.is_frozen else "ended" if retro.is_over else "running",
        "on": goals.day.isoformat(),
        "rule": {"committed": float(rule.committed), "green": float(rule.green), "amber": float(rule.amber)},
        "key_results": [_final_data(it) for it in goals.finals],
        "objectives": [
            {
                "id": each.id,
                "title": each.title,
                "team": each.team or None,
                "score": _number(scored.value),
                "grade": "dropped" if each.id in dropped else graded.value,
                "known": scored.known,
                "of": scored.of,
            }
            for each, scored, graded in goals.objectives
        ],
        "changes": [
            {"kr": it.kr.id, "what": it.what, "on": it.on.isoformat() if it.on else None, "text": it.text}
            for it in goals.changes
        ],
        "sandbagging": [{"kr": it.kr.id if it.kr else None, "team": it.team, "text": it.text} for it in goals.sandbags],
        "alignment": [
            {
                "team": it.team,
                "sprints": it.sprints,
                "issues": it.total,
                "aligned": it.aligned,
                "routine": it.routine,
                "unexplained": it.unexplained,
                "first_sprint": _number(it.first),
                "last_sprint": _number(it.last),
            }
            for it in retro.alignment
        ],
        "silences": [
            {"kr": it.kr.id, "days": it.days, "since": it.since.isoformat(), "until": it.until.isoformat()}
            for it in goals.silences
        ],
        "process": {
            "live_by_day_seven": None if found.live_early is None else list(found.live_early),
            "live_later": None if found.live_early is None else list(found.live_late),
            "checkins_due": found.slots,
            "checkins_kept": found.kept,
            "objectives_of_teams": found.objectives,
            "born_in_team": found.born_in_team,
        },
        "pulse": [
            {"team": it.team, "clarity": it.clarity, "autonomy": it.autonomy, "focus": it.focus}
            for it in goals.period.pulse
        ],
        "questions": list(retro.questions),
        "carries": [_carry_data(it) for it in goals.carries],
        "proposal": "\n".join(carried_lines(goals.carries, retro.registry, goals.following)),
        "hidden": retro.hidden,
        "notes": list(retro.notes),
    }
    return shown(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _final_data(it: Final) -> dict[str, object]:
    return {
        "id": it.kr.id,
        "title": it.kr.title,
        "team": it.kr.team or None,
        "commitment": it.kr.commitment,
        "score": _number(it.score),
        "grade": it.grade.value,
        "current": _number(it.current),
        "delivery": _number(it.delivery),
        "first_target": _number(it.first_target),
        "origin": it.origin,
        "retargets": [
            {"on": each.on.isoformat(), "from": float(each.before), "to": float(each.after), "because": each.because}
            for each in it.kr.retargets
        ],
    }


def _carry_data(it: Carry) -> dict[str, object]:
    return {"kr": it.final.kr.id, "successor": it.successor.id if it.successor else None, "because": it.because or None}


def _number(value: object) -> float | None:
    return None if value is None else round(float(Fraction(str(value))), 6)
