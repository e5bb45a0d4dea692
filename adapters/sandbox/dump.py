"""A dump of real Jira issues as a sandbox site, rewound to a day in its past.

The dump holds one JSON object a line (plain or gzip): id, key, project, type, subtask, summary, description, status,
category, labels, parent, epic, sprints, sp, created, updated, resolutiondate, resolution, priority, components. It
knows each issue's last state and a few dates; what that leaves open is guessed by fixed rules, and said.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from adapters.sandbox.jira.fields import STORY_POINT_ESTIMATE
from adapters.sandbox.jira.site import Board, Issue, Project, Resolution, Site, Sprint, Status

Record = dict[str, Any]
# The home of sprints whose board the dump does not name; no board has this id.
NO_BOARD = 0


def load_dump(path: Path | str, *, active_sprint: int, now: date | datetime) -> tuple[Site, list[str]]:
    """The site as it was at `now` (a date: its first moment, UTC), and what the dump cannot know, a sentence each.

    Issues created later are absent; those resolved later are open, in the first status of category new. Sprints that
    started later are future, without issues or dates; `active_sprint` is the one active sprint, the rest are closed.
    Raises ValueError when no issue was ever in `active_sprint`, OSError when the file cannot be read.
    """
    moment = _aware(now)
    records = [record for record in _records(Path(path)) if _time(record["created"]) <= moment]
    sprints = _sprints(records, active_sprint, moment)
    if active_sprint not in sprints:
        raise ValueError(f"no issue created by {moment:%Y-%m-%d} was ever in sprint {active_sprint}")
    statuses, resolutions = _statuses(records), _resolutions(records)
    loader = _Loader(moment, sprints, statuses, resolutions)
    issues = [loader.issue(record) for record in records]
    site = Site(
        now=moment,
        projects=_projects(records),
        boards=_boards(records, sprints.values()),
        sprints=sorted(sprints.values(), key=lambda sprint: (sprint.start or moment, sprint.id)),
        issues=issues,
        statuses=list(statuses.values()),
        resolutions=list(resolutions.values()),
        types=sorted({issue.type for issue in issues}),
    )
    return site, _unknown(loader.notes, records, {issue.key for issue in issues})


def _records(path: Path) -> Iterator[Record]:
    with path.open("rb") as raw:
        lines = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _aware(now: date | datetime) -> datetime:
    if not isinstance(now, datetime):
        return datetime(now.year, now.month, now.day, tzinfo=UTC)
    return now if now.tzinfo else now.replace(tzinfo=UTC)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe_time(text: str | None) -> datetime | None:
    return _time(text) if text else None


def _sprints(records: Iterable[Record], active: int, now: datetime) -> dict[int, Sprint]:
    found: dict[int, Sprint] = {}
    for record in records:
        for each in record["sprints"]:
            start = _maybe_time(each.get("startDate"))
            state = "closed" if start is not None and start <= now else "future"
            if each["id"] == active:
                state = "active"
            complete = _maybe_time(each.get("completeDate"))
            found[each["id"]] = Sprint(
                each["id"],
                each["name"],
                state,
                each["boardId"] or NO_BOARD,
                None if state == "future" else start,
                None if state == "future" else _maybe_time(each.get("endDate")),
                (min(complete, now) if complete else now) if state == "closed" else None,
                each.get("goal") or "",
            )
    return found


def _statuses(records: Iterable[Record]) -> dict[str, Status]:
    """By name, the most frequent first within each category, so that "the first new status" is the usual one."""
    counts = Counter((record["category"], record["status"]) for record in records)
    order = ("new", "indeterminate", "done")
    ranked = sorted(counts, key=lambda pair: (order.index(pair[0]), -counts[pair], pair[1]))
    if not any(category == "new" for category, _ in ranked):
        ranked.insert(0, ("new", "Open"))
    numbers = count(10000)
    return {name: Status(str(next(numbers)), name, category) for category, name in ranked}


def _resolutions(records: Iterable[Record]) -> dict[str, Resolution]:
    names = sorted({record["resolution"] for record in records if record["resolution"]})
    return {name: Resolution(str(10000 + place), name) for place, name in enumerate(names)}


def _projects(records: Iterable[Record]) -> list[Project]:
    keys = sorted({record["project"] for record in records})
    return [Project(str(10000 + place), key, key) for place, key in enumerate(keys)]


def _boards(records: Iterable[Record], sprints: Iterable[Sprint]) -> list[Board]:
    homes = {sprint.id: sprint.board_id for sprint in sprints if sprint.board_id != NO_BOARD}
    projects: dict[int, Counter[str]] = {board: Counter() for board in homes.values()}
    for record in records:
        for each in record["sprints"]:
            if each["id"] in homes:
                projects[homes[each["id"]]][record["project"]] += 1
    return [
        Board(board, f"Board {board}", "scrum", [key for key, _ in seen.most_common()], STORY_POINT_ESTIMATE)
        for board, seen in sorted(projects.items())
    ]


class _Loader:
    """Rewinds one issue at a time, counting what had to be guessed."""

    def __init__(
        self,
        now: datetime,
        sprints: dict[int, Sprint],
        statuses: dict[str, Status],
        resolutions: dict[str, Resolution],
    ) -> None:
        self.now = now
        self.sprints = sprints
        self.statuses = statuses
        self.resolutions = resolutions
        self.first = next(status for status in statuses.values() if status.category == "new")
        self.notes: Counter[str] = Counter()

    def issue(self, record: Record) -> Issue:
        created, updated = _time(record["created"]), _time(record["updated"])
        resolved = _maybe_time(record["resolutiondate"])
        status, changed = self._status(record, created, updated, resolved)
        done = status.category == "done"
        standing = resolved if done and resolved and resolved <= self.now else None
        if updated > self.now:
            self.notes["changed after the day, and are shown with the labels, text and estimate of their end"] += 1
            updated = max(created, changed, standing or created)
        subtask = bool(record["subtask"])
        sprints = [each["id"] for each in record["sprints"] if self.sprints[each["id"]].state != "future"]
        points = record["sp"]
        return Issue(
            id=record["id"],
            key=record["key"],
            project=record["project"],
            type=record["type"],
            level=-1 if subtask else 1 if record["type"] == "Epic" else 0,
            summary=record["summary"] or "",
            description=record["description"] or "",
            status=status,
            resolution=self.resolutions[record["resolution"]] if done and record["resolution"] else None,
            resolved=standing,
            priority=record["priority"],
            labels=list(record["labels"]),
            components=list(record["components"]),
            parent=record["parent"] or record["epic"],
            sprints=sprints,
            custom={} if points is None else {STORY_POINT_ESTIMATE: float(points)},
            created=created,
            updated=updated,
            status_changed=changed,
        )

    def _status(
        self, record: Record, created: datetime, updated: datetime, resolved: datetime | None
    ) -> tuple[Status, datetime]:
        """The status at the moment, and since when its category holds as far as can be known."""
        status = self.statuses[record["status"]]
        if status.category == "done":
            finished = resolved or updated
            if finished <= self.now:
                if resolved is None:
                    self.notes["are done without a resolution date, taken to be done at their last update"] += 1
                return status, finished
            self.notes["were finished after the day, and are shown in their first status"] += 1
            return self.first, created
        if updated <= self.now:
            return status, created if status.category == "new" else updated
        if status.category == "indeterminate":
            self.notes["are in progress in the dump and changed after the day, taken to be in progress already"] += 1
        return status, created


def _unknown(notes: Counter[str], records: Iterable[Record], keys: set[str]) -> list[str]:
    hidden = sum(1 for record in records if (above := record["parent"] or record["epic"]) and above not in keys)
    sentences = [f"{number} issues {what}." for what, number in sorted(notes.items())]
    if hidden:
        sentences.append(f"{hidden} issues have a parent that is not there: hidden in the dump, or created later.")
    homeless = {each["id"] for record in records for each in record["sprints"] if each["boardId"] is None}
    if homeless:
        sentences.append(f"{len(homeless)} sprints name no board: no board lists them.")
    sentences.append("When an issue entered or left a sprint is not in the dump: its later sprints are dropped only.")
    sentences.append("Status and sprint histories, comments and entity properties are not in the dump: there are none.")
    return sentences
