"""A Jira whose project OKR holds an objective and its key results as issues."""

from typing import Any

from unit.jira.jira_site import NOW, a_site, an_issue

from adapters.sandbox.jira.fields import TEXT, Field, default_fields, number_field
from adapters.sandbox.jira.site import Issue, Project, Site

START, TARGET_VALUE, CURRENT, PERIOD, ID = (f"customfield_107{number:02}" for number in range(5))
FIELDS = {"start": "Start value", "target": "Target value", "current": "Current value", "period": "OKR period"}
OKRS: dict[str, Any] = {"project": "OKR", "period": "2026-Q4", "team": "payments", "fields": FIELDS}


def an_okr(number: int, type: str = "Key Result", *, start: Any = None, target: Any = None, **changes: Any) -> Issue:
    """OKR-`number` with id 20000 + number; a key result of OKR-1, unless it is that."""
    issue = an_issue(
        number,
        project="OKR",
        id=str(20000 + number),
        type=type,
        level=2 if type == "Objective" else 1,
        summary=changes.pop("summary", f"{type} {number}"),
        parent=None if type == "Objective" else "OKR-1",
        **{key: value for key, value in changes.items() if key in Issue.__dataclass_fields__},
    )
    values = {START: start, TARGET_VALUE: target, CURRENT: changes.get("current"), PERIOD: changes.get("period")}
    issue.custom |= {field: value for field, value in values.items() if value is not None}
    return issue


def an_okr_site(*issues: Issue, **changes: Any) -> Site:
    """With objective OKR-1 unless it is given; KRs are what the test names."""
    given = list(issues)
    if not any(issue.type == "Objective" for issue in given):
        given.insert(0, an_okr(1, "Objective", summary="Checkout never lets a customer down"))
    defaults = {
        "projects": [Project("1", "PAY", "Payments"), Project("2", "OPS", "Operations"), Project("3", "OKR", "OKRs")],
        "fields": [
            *default_fields(),
            number_field(START, "Start value"),
            number_field(TARGET_VALUE, "Target value"),
            number_field(CURRENT, "Current value"),
            Field(PERIOD, "OKR period", "text", True, TEXT),
            Field(ID, "OKR id", "text", True, TEXT),
        ],
    }
    return a_site(*given, **defaults | changes)


__all__ = ["CURRENT", "FIELDS", "ID", "NOW", "OKRS", "PERIOD", "START", "TARGET_VALUE", "an_okr", "an_okr_site"]
