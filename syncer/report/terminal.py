"""The report and the plan on a terminal: 80 columns are enough, colour only where there is a terminal to show it."""

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from syncer.report import sections, wording
from syncer.report.company_lines import company_lines
from syncer.report.goals import ReportKeyResult
from syncer.report.schema import PlanDocument, Report
from syncer.report.wording import count, percent, plain

_COLOURS = {
    "on_track": "green",
    "at_risk": "yellow",
    "off_track": "red",
    "refused": "red",
    "failed": "red",
    "left-alone": "yellow",
    "changed": "green",
    "would-change": "cyan",
}


def show_report(report: Report, console: Console, *, most: int = 30) -> None:
    """Print the report. Lists longer than `most` lines are cut, and say by how much."""
    periods = "; ".join(f"{period.id}, {percent(period.elapsed)} of the time gone" for period in report.periods)
    _line(console, f"{wording.day(report.run.at)}. {periods or 'No OKR period is in force.'}", style="bold")
    for reading in sections.problems(report):
        _line(console, f"NOT READ  {reading.scope}: {reading.problem or 'no reason was given'}", style="bold red")
        if reading.last_good:
            _line(console, f"    last good figures: {wording.day(reading.last_good)}")
    _heading(console, "Worth a talk")
    talk = [f"{at}. {topic.text}" for at, topic in enumerate(sections.talk(report), 1)]
    _list(console, talk or ["Nothing needs a talk this week."], most)
    _show_readings(report, console)
    _show_sprints(report, console)
    _show_key_results(report, console)
    if lines := company_lines(report, sections.team_names(report)):
        _heading(console, "The company's goals")
        _list(console, lines, most)
    if report.goal_changes:
        _heading(console, "Changed this period")
        _list(console, (change.text for change in report.goal_changes), most)
    _show_broken_tags(report, console, most)
    _show_unaligned(report, console, most)
    _show_writes(report, console, most)
    if report.notes:
        _heading(console, "Notes")
        _list(console, (f"- {note}" for note in report.notes), most)


def show_plan(plan: PlanDocument, console: Console) -> None:
    """Print what a run would do or did, what it leaves alone, and why; a refused change is shown all the same."""
    for status, title in (
        ("would-change", "Would change"),
        ("changed", "Changed"),
        ("failed", "Failed"),
        ("refused", "Refused as unsafe"),
        ("left-alone", "Left alone"),
    ):
        changes = [change for change in plan.changes if change.status == status]
        if not changes:
            continue
        _heading(console, f"{title}: {len(changes)}")
        for change in changes:
            _line(console, wording.change_line(change), style=_COLOURS[status])
            for line in (*change.text, *([change.reason] if change.reason else [])):
                _line(console, f"    {line}")
    if plan.restricted:
        _line(console, f"{count(plan.restricted, 'change')} about what not everybody may see: not shown.")
    unchanged = sum(change.status == "unchanged" for change in plan.changes)
    if unchanged or not plan.changes:
        _line(console, f"{count(unchanged, 'target')} up to date." if unchanged else "Nothing to write.")


def _show_readings(report: Report, console: Console) -> None:
    _heading(console, "Readings")
    table = _table("scope", "kind", ">issues", ">requests", "complete")
    for reading in sections.readings_with_problems_first(report):
        numbers = (str(reading.issues), str(reading.requests))
        table.add_row(*_cells(reading.scope, reading.kind, *numbers, "yes" if reading.complete else "no"))
    console.print(table)


def _show_sprints(report: Report, console: Console) -> None:
    _heading(console, "Sprints, by issues")
    names = sections.team_names(report)
    table = _table("team", "sprint", ">total", ">aligned", ">routine", ">new", ">unaligned", ">broken")
    for sprint in sections.sprints_by_team(report):
        counts = sprint.issues
        numbers = (counts.total, counts.aligned, counts.routine, counts.new, counts.unaligned, counts.broken)
        table.add_row(*_cells(names.get(sprint.team, sprint.team), sprint.name, *(f"{number:,}" for number in numbers)))
    if report.sprints:
        console.print(table)
    else:
        _line(console, "No sprint was read.")
    for sprint in report.sprints:
        if sprint.issues_by_entry is not None:
            _line(console, f"{sprint.name}: {wording.entries(sprint.issues_by_entry)}")
    for team in sections.teams_by_name(report):
        for row in sections.routine_of(team):
            _line(console, f"{team.name}, {row.class_}: {wording.routine(row)}")
        if sections.routine_of(team):
            _line(console, f"{team.name}, {wording.unexplained(team)}")


def _show_key_results(report: Report, console: Console) -> None:
    _heading(console, "Key results")
    table = _table("key result", ">outcome", ">work done", "health", "value")
    groups = sections.key_results_by_objective(report)
    for group in groups:
        team = f"{group.objective.team_name}, " if group.objective.team_name else ""
        known = f"{team}{wording.known(group.objective)}"
        title = f"{group.objective.id}  {group.objective.title} ({known})"
        outcome, health = _cells(percent(group.objective.score), wording.HEALTH[group.objective.health])
        table.add_row(Text(plain(title), style="bold"), outcome, Text(), health, Text())
        for kr in group.key_results:
            table.add_row(*_key_result(kr))
    for kr in sections.key_results_without_objective(report):
        table.add_row(*_key_result(kr))
    if report.key_results:
        console.print(table)
    else:
        _line(console, "None is declared for this day.")
    for kr in report.key_results:
        for said in kr.waits_on:
            _line(console, f"WAITS  {kr.id} on {said}", style="red")
        if kr.mismatch:
            _line(console, f"MISMATCH  {kr.id}: {kr.mismatch_reason or 'work done and outcome disagree'}", style="red")


def _key_result(kr: ReportKeyResult) -> tuple[Text, ...]:
    name, outcome, work = _cells(f"  {kr.id}  {kr.title}", percent(kr.score), percent(kr.delivery.share))
    health = Text(wording.HEALTH[kr.health], style=_COLOURS.get(kr.health, ""))
    return name, outcome, work, health, Text(_value(kr), style=_COLOURS.get(kr.write.status, ""))


def _value(kr: ReportKeyResult) -> str:
    if kr.write.status in ("changed", "would-change"):
        return wording.moved(kr.write.before, kr.write.after)
    return wording.WRITES[kr.write.status]


def _show_broken_tags(report: Report, console: Console, most: int) -> None:
    _heading(console, f"Broken tags: {len(report.broken_tags)}")
    lines = []
    for tag in sections.broken_tags(report):
        instead = f"type {tag.suggestion}" if tag.suggestion else "no suggestion"
        lines.append(f"{tag.key}  {tag.text} ({tag.place}: {tag.reason}); {instead}")
    _list(console, lines, most)


def _show_unaligned(report: Report, console: Console, most: int) -> None:
    groups = sections.unaligned_by_team(report)
    _heading(console, f"Work without a goal: {sum(len(group.work) for group in groups)}")
    _list(console, (f"{group.team}: {work.key}  {work.title}" for group in groups for work in group.work), most)


def _show_writes(report: Report, console: Console, most: int) -> None:
    _heading(console, "Written" if report.run.mode == "sync" else "Would be written")
    written = sections.writes_with(report, "changed", "would-change")
    lines = []
    for kr in written:
        lines.append(f"{kr.id} → {kr.write.to}: {wording.moved(kr.write.before, kr.write.after)}")
        lines += [f"    {line}" for line in kr.changes]
    lines += [wording.flag_line(flag) for flag in sections.flags_with(report, "changed", "would-change")]
    _list(console, lines, most)
    left = [
        f"{kr.id}: {wording.WRITES[kr.write.status]}: {kr.write.reason or 'no reason was given'}"
        for kr in sections.writes_not_made(report)
    ]
    left += [
        f"{wording.flag_line(flag)}: {wording.WRITES[flag.status]}" + (f": {flag.reason}" if flag.reason else "")
        for flag in sections.flags_not_made(report)
    ]
    _heading(console, "Left alone or refused")
    _list(console, left, most)


def _heading(console: Console, text: str) -> None:
    console.print()
    _line(console, text, style="bold underline")


def _line(console: Console, text: str, style: str = "") -> None:
    # Text, never markup: a title such as "[red]" is data.
    console.print(Text(plain(text), style=style), highlight=False)


def _list(console: Console, lines: Iterable[str], most: int) -> None:
    every = list(lines)
    for line in every[:most]:
        _line(console, line)
    if len(every) > most:
        _line(console, f"... and {len(every) - most} more lines, in the page and in report.json")
    if not every:
        _line(console, "none")


def _table(*columns: str) -> Table:
    """A plain table; a column whose name begins with > is of numbers."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for column in columns:
        right = column.startswith(">")
        table.add_column(column.lstrip(">"), justify="right" if right else "left", overflow="fold", no_wrap=right)
    return table


def _cells(*texts: str) -> tuple[Text, ...]:
    return tuple(Text(plain(text)) for text in texts)
