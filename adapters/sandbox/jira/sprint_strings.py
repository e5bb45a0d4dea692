"""Data Center's sprint field: a list of Java objects as text, spelt in another way every few years."""

from datetime import datetime
from zoneinfo import ZoneInfo

from adapters.sandbox.jira.records import Sprint

_LATE = ("synced", "autoStartStop", "incompleteIssuesDestinationId")
_DATES = ("startDate", "endDate", "completeDate")
_OF_2017 = ("id", "rapidViewId", "state", "name", *_DATES, "sequence")
_OF_2020 = (*_OF_2017[:-1], "activatedDate", "sequence", "goal", *_LATE)
STYLES = {
    "2013": ("name", "closed", *_DATES, "id"),
    "2014": ("rapidViewId", "state", "name", *_DATES, "id"),
    "2017": _OF_2017,
    "2018": (*_OF_2017, "goal"),
    "2020": _OF_2020,
    "2026": tuple(sorted(_OF_2020)),
}
"""The keys in their order, by the year in which a server wrote them so."""


def sprint_string(sprint: Sprint, style: str, zone: ZoneInfo) -> str:
    """One sprint as the field holds it; nothing in names or goals is escaped. Raises KeyError for an unknown style."""
    values = {
        "id": str(sprint.id),
        "rapidViewId": str(sprint.board_id),
        "state": sprint.state.upper(),
        "closed": "true" if sprint.state == "closed" else "false",
        "name": sprint.name,
        "startDate": offset_time(sprint.start, zone),
        "endDate": offset_time(sprint.end, zone),
        "completeDate": offset_time(sprint.complete, zone),
        "activatedDate": offset_time(sprint.start, zone),
        "sequence": str(sprint.id),
        "goal": sprint.goal,
        "synced": "false",
        "autoStartStop": "false",
        "incompleteIssuesDestinationId": None,
    }
    words = ",".join(f"{key}={'<null>' if values[key] is None else values[key]}" for key in STYLES[style])
    return f"com.atlassian.greenhopper.service.sprint.Sprint@{0x2BA34000 + sprint.id:x}[{words}]"


def offset_time(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """`2024-11-13T02:33:17.165+02:00`: the server's zone, the offset with a colon."""
    return None if moment is None else moment.astimezone(zone).isoformat(timespec="milliseconds")
