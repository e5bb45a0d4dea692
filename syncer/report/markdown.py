"""The report as GitHub and GitLab Markdown, for a CI job's summary."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from syncer.report import sections, wording
from syncer.report.company_lines import company_lines
from syncer.report.goals import ReportKeyResult
from syncer.report.planning import NextIssue
from syncer.report.schema import Report, ScopeReading
from syncer.report.wording import count, number, percent, plain

LIMIT = 900_000
"""Bytes: GitHub refuses a step summary above 1 MiB."""
_FOR_THE_NOTE = 2_000

_ACTIVE = re.compile(r"([\\`*_\[\]<>#|~&$])")
_AUTOLINK = re.compile(r"(:)(?=//)|(?<=www)(\.)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    intro: tuple[str, ...]
    """Lines under the title: sentences, or a table's head."""
    rows: tuple[str, ...]

    @property
    def head(self) -> tuple[str, ...]:
        return (f"## {self.title}", "", *self.intro)


def to_markdown(report: Report, *, limit: int = LIMIT) -> str:
    """The report as Markdown of at most `limit` bytes in UTF-8; rows that did not fit are counted at the end."""
    every = _sections(report)
    shown = _rows_that_fit(every, limit - _FOR_THE_NOTE)
    lines: list[str] = []
    left_out: list[str] = []
    for section in every:
        rows = section.rows[: shown[section.title]]
        lines += [*section.head, *rows, ""]
        if len(rows) < len(section.rows):
            left_out.append(f"{section.title}: {count(len(section.rows) - len(rows), 'line')}")
    if left_out:
        lines += [f"**Left out to fit the size of a summary.** {'; '.join(left_out)}. The page has them all.", ""]
    return "\n".join(lines)


def _rows_that_fit(every: tuple[_Section, ...], room: int) -> dict[str, int]:
    """How many rows of each section fit; small sections first, so that one long list cannot push the others out."""
    room -= sum(_size(section.head) + 1 for section in every)
    shown = {}
    for section in sorted(every, key=lambda section: _size(section.rows)):
        fitting = 0
        for row in section.rows:
            if _size([row]) > room:
                break
            room -= _size([row])
            fitting += 1
        shown[section.title] = fitting
    return shown


def cell(text: str) -> str:
    """Upstream text as one harmless run of Markdown: no markup, no link, no table bar, no line break."""
    escaped = _ACTIVE.sub(r"\\\1", plain(text).strip())
    return _AUTOLINK.sub(lambda found: f"\\{found.group()}", escaped)


def link(key: str, url: str) -> str:
    """`[KEY](url)` where the URL is plain http or https, else the key alone."""
    target = wording.href(url)
    return f"[{cell(key)}]({quote(target, safe=':/?#@!$&+,;=%~.-_')})" if target else cell(key)


def _sections(report: Report) -> tuple[_Section, ...]:
    return (
        _top(report),
        _sprints(report),
        _key_results(report),
        *_company(report),
        *_goal_changes(report),
        *_followed(report),
        *_next_sprints(report),
        _unaligned(report),
        _broken_tags(report),
        _written(report),
        _left_alone(report),
        _Section("Notes", (), tuple(f"- {cell(note)}" for note in report.notes) or ("None.",)),
        _sources(report),
    )


def _top(report: Report) -> _Section:
    lines = [
        f"**{cell(period.id)}**, {wording.week(period, report.run.at.date())}: {percent(period.elapsed)} of the time "
        f"is gone ({wording.day(period.start)} to {wording.day(period.end)})"
        for period in report.periods
    ] or ["No OKR period is in force on this day."]
    problems = [
        f"- :warning: **{cell(reading.scope)}** was not read: {cell(reading.problem or 'no reason was given')}"
        + (f" Last good figures: {wording.day(reading.last_good)}." if reading.last_good else "")
        for reading in sections.problems(report)
    ]
    topics = [f"{at}. {cell(topic.text)}" for at, topic in enumerate(sections.talk(report), 1)]
    topics = topics or ["Nothing needs a talk this week."]
    title = f"Goals and sprints, {wording.day(report.run.at)}"
    between = ("",) if problems else ()
    return _Section(title, ("  \n".join(lines), ""), (*problems, *between, *topics))


def _sprints(report: Report) -> _Section:
    names = sections.team_names(report)
    rows = []
    for sprint in sections.sprints_by_team(report):
        counts = sprint.issues
        numbers = (counts.total, counts.aligned, counts.routine, counts.new, counts.unaligned, counts.broken)
        rows.append(_row(cell(names.get(sprint.team, sprint.team)), cell(sprint.name), *(f"{n:,}" for n in numbers)))
        if sprint.issues_by_entry is not None:
            rows.append(_row("", f"of it {wording.entries(sprint.issues_by_entry)}", "", "", "", "", "", ""))
    for team in sections.teams_by_name(report):
        for routine in sections.routine_of(team):
            said = wording.routine(routine).replace("over budget", "**over budget**")
            what = f"of it {cell(routine.class_)}: {said}"
            rows.append(_row(cell(team.name), what, "", "", str(routine.issues), "", "", ""))
        if sections.routine_of(team):
            rows.append(_row(cell(team.name), wording.unexplained(team), "", "", "", "", "", ""))
    head = _head("Team", "Sprint", ">Issues", ">Aligned", ">Routine", ">New", ">Unaligned", ">Broken tag")
    return _Section("Sprints", head if rows else ("No sprint was read.",), tuple(rows))


def _key_results(report: Report) -> _Section:
    rows = []
    for group in sections.key_results_by_objective(report):
        objective = group.objective
        name = f"**{cell(objective.id)}** {cell(objective.title)} ({wording.known(objective)})"
        rows.append(_row(name, f"**{percent(objective.score)}**", "", wording.HEALTH[objective.health], ""))
        rows += [_key_result(kr) for kr in group.key_results]
    rows += [_key_result(kr) for kr in sections.key_results_without_objective(report)]
    head = _head("Key result", ">Outcome", ">Work done", "Health", "Value")
    return _Section("Key results", head if rows else ("None is declared for this day.",), tuple(rows))


def _key_result(kr: ReportKeyResult) -> str:
    health = wording.HEALTH[kr.health]
    moved = "".join(f"<br>{cell(change.text)}" for change in kr.retargets)
    health += "".join(f", **waits on** {cell(said)}" for said in kr.waits_on)
    if kr.mismatch:
        health += f", **mismatch**: {cell(kr.mismatch_reason or 'work done and outcome disagree')}"
    work = f"{percent(kr.delivery.share)}, {cell(wording.delivered(kr))}"
    return _row(f"{cell(kr.id)} {cell(kr.title)}{moved}", percent(kr.score), work, health, wording.written(kr.write))


def _company(report: Report) -> tuple[_Section, ...]:
    rows = tuple(f"- {cell(line)}" for line in company_lines(report, sections.team_names(report)))
    return (_Section("The company's goals", (), rows),) if rows else ()


def _goal_changes(report: Report) -> tuple[_Section, ...]:
    rows = tuple(f"- {cell(change.text)} ({cell(change.title)})" for change in report.goal_changes)
    return (_Section("Changed this period", (), rows),) if rows else ()


def _followed(report: Report) -> tuple[_Section, ...]:
    rows = []
    for team, sprint, became in sections.followed_by_name(report):
        numbers = (len(sprint.issues), became.tied, became.routine, became.dropped, became.left)
        when = f"{cell(sprint.name)}, {wording.day(sprint.day)}"
        rows.append(_row(cell(team.name), when, *(f"{number:,}" for number in numbers)))
    head = _head("Team", "Sprint, first read", ">Found", ">Tied", ">Routine", ">Dropped", ">Left")
    return (_Section("What became of what planning found", head, tuple(rows)),) if rows else ()


def _next_sprints(report: Report) -> tuple[_Section, ...]:
    names = sections.team_names(report)
    rows = []
    for plan in sections.next_sprints_by_name(report):
        planned = ", ".join(f"{cell(each.kr)} {percent(each.share)}" for each in plan.planned) or "no key result"
        missing = [f"{cell(kr)} is behind and nothing is planned for it" for kr in sections.missing_unsaid(plan)]
        said = "<br>".join([*(cell(remark) for remark in plan.remarks), *missing])
        to_tag = ", ".join(_to_tag(work) for work in plan.work)
        name = f"{cell(names.get(plan.team, plan.team))}<br>{cell(', '.join(plan.sprints))}"
        rows.append(_row(name, f"{plan.issues.total:,}", planned, said, to_tag))
    head = _head("Team", ">Issues", "Planned for", "What does not hold", "To tag")
    return (_Section("The next sprint", head, tuple(rows)),) if rows else ()


def _to_tag(work: NextIssue) -> str:
    return link(work.key, work.url) + (f" <code>{cell(work.tag)}</code>" if work.tag else "")


def _unaligned(report: Report) -> _Section:
    rows = [
        _row(
            cell(group.team),
            link(work.key, work.url),
            cell(work.title),
            f"<code>{cell(work.suggestions[0].tag)}</code>" if work.suggestions else "",
            "" if work.points is None else number(work.points),
        )
        for group in sections.unaligned_by_team(report)
        for work in group.work
    ]
    head = _head("Team", "Issue", "Title", "Looks like", ">Points")
    return _Section("Work without a goal", head if rows else ("None.",), tuple(rows))


def _broken_tags(report: Report) -> _Section:
    urls = sections.urls(report)
    rows = [
        _row(
            link(tag.key, urls.get((tag.tracker, tag.key), "")),
            f"<code>{cell(tag.text)}</code>",
            f"{cell(tag.place)}: {cell(tag.reason)}",
            f"<code>{cell(tag.suggestion)}</code>" if tag.suggestion else "no suggestion",
        )
        for tag in sections.broken_tags(report)
    ]
    return _Section("Broken tags", _head("Issue", "Tag", "Why", "Type instead") if rows else ("None.",), tuple(rows))


def _written(report: Report) -> _Section:
    rows = []
    for kr in sections.writes_with(report, "changed", "would-change"):
        change = wording.moved(kr.write.before, kr.write.after)
        rows.append(_row(cell(kr.id), cell(kr.write.to or ""), change, "; ".join(cell(line) for line in kr.changes)))
    for flag in sections.flags_with(report, "changed", "would-change"):
        rows.append(_row(cell(flag.key), cell(flag.label), cell(flag.action), ""))
    title = "What was written" if report.run.mode == "sync" else "What a sync would write"
    return _Section(title, _head("What", "Where", "Change", "Why") if rows else ("Nothing.",), tuple(rows))


def _left_alone(report: Report) -> _Section:
    rows = [
        _row(cell(kr.id), wording.WRITES[kr.write.status], cell(kr.write.reason or "no reason was given"))
        for kr in sections.writes_not_made(report)
    ]
    rows += [
        _row(cell(wording.flag_line(flag)), wording.WRITES[flag.status], cell(flag.reason or ""))
        for flag in sections.flags_not_made(report)
    ]
    return _Section("Left alone or refused", _head("What", "Outcome", "Why") if rows else ("Nothing.",), tuple(rows))


def _sources(report: Report) -> _Section:
    rows = [
        _row(cell(r.scope), cell(r.kind), f"{r.issues:,}", _requests(r), "yes" if r.complete else "**no**")
        for r in sections.readings_with_problems_first(report)
    ]
    return _Section("Sources", _head("Scope", "Kind", ">Issues", ">Requests", "Complete"), tuple(rows))


def _requests(reading: ScopeReading) -> str:
    apart = f" ({cell(wording.requests(reading.requests_by))})" if reading.requests_by else ""
    return f"{reading.requests:,}{apart}"


def _head(*columns: str) -> tuple[str, str]:
    """A table's first two lines; a column whose name begins with > is of numbers."""
    return _row(*(name.lstrip(">") for name in columns)), _row(
        *("--:" if n.startswith(">") else "---" for n in columns)
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _size(lines: Sequence[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)
