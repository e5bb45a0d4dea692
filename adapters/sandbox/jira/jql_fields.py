"""What each JQL field is on a given site: how an issue answers it, and which values it can be compared with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from adapters.sandbox.jira.errors import Refusal
from adapters.sandbox.jira.fields import EPIC_LINK, PARENT_LINK, SPRINT
from adapters.sandbox.jira.hierarchy import epic_link, parent_link, subtask_parent
from adapters.sandbox.jira.jql import Function, Literal
from adapters.sandbox.jira.jql_dates import unknown_function
from adapters.sandbox.jira.site import CATEGORIES, Issue, Site

EQUALITY = frozenset({"=", "!=", "in", "not in", "is", "is not"})
ORDER = frozenset({"<", "<=", ">", ">="})
TEXTUAL = frozenset({"~", "!~", "is", "is not"})
PEOPLE = frozenset({"assignee", "reporter", "creator", "watcher", "voter", "comment"})


@dataclass(frozen=True)
class Searched:
    """A field as JQL sees it.

    `values` gives an issue's canonical values (none: EMPTY), `known` the canonical values that a literal or function
    names; it raises Refusal for what does not exist. `rank` orders canonical values for `<` and for ORDER BY.
    """

    name: str
    kind: str  # option | id | date | number | text
    operators: frozenset[str]
    values: Callable[[Issue], tuple[Any, ...]]
    known: Callable[[Literal | Function], frozenset[Any]] | None = None
    rank: Callable[[Any], Any] = lambda value: value


def searched(site: Site, field: str) -> Searched:
    """The field of this JQL name. Raises Refusal (400) for a field the sandbox does not know."""
    name = field.lower()
    if name in PEOPLE:
        site.forbidden_reads.append(f"JQL {field}")
        raise _no_field(field)
    maker = None if site.is_data_center and name == "statuscategorychangeddate" else _SYSTEM.get(name)
    found = maker(site) if maker else _custom(site, field)
    return replace(found, name=field)


def _no_field(field: str) -> Refusal:
    return Refusal(400, f"Field '{field}' does not exist or you do not have permission to view it.")


def _no_value(value: Literal | Function, field: str) -> Refusal:
    if isinstance(value, Function):
        return unknown_function(value)
    return Refusal(400, f"The value '{value.text}' does not exist for the field '{field}'.")


def _one(value: Any) -> tuple[Any, ...]:
    return () if value is None else (value,)


def _named(
    field: str, values: Callable[[Issue], tuple[str, ...]], names: dict[str, str], *, ranks: list[str] | None = None
) -> Searched:
    """A field whose values have names (any case) and maybe ids; `names` maps both, in lower case, to the value."""

    def known(value: Literal | Function) -> frozenset[str]:
        if isinstance(value, Function) or value.text.lower() not in names:
            raise _no_value(value, field)
        return frozenset({names[value.text.lower()]})

    if ranks is None:
        return Searched(field, "option", EQUALITY, values, known)
    return Searched(field, "option", EQUALITY | ORDER, values, known, lambda value: -ranks.index(value))


def _project(site: Site) -> Searched:
    names = {word.lower(): each.key for each in site.projects for word in (each.name, each.id, each.key)}
    names = {old.lower(): each.key for each in site.projects for old in each.previous_keys} | names
    return _named("project", lambda issue: (issue.project,), names)


def _status(site: Site) -> Searched:
    names = {word.lower(): each.name for each in site.statuses for word in (each.id, each.name)}
    order = {each.name: place for place, each in enumerate(site.statuses)}
    return replace(_named("status", lambda issue: (issue.status.name,), names), rank=lambda name: order[name])


def _category(site: Site) -> Searched:
    names = {word.lower(): key for key, (id, name) in CATEGORIES.items() for word in (str(id), key, name)}
    order = {"new": 0, "indeterminate": 1, "done": 2}
    field = _named("statusCategory", lambda issue: (issue.status.category,), names)
    return replace(field, rank=lambda key: order[key])


def _resolution(site: Site) -> Searched:
    names = {word.lower(): each.name for each in site.resolutions for word in (each.id, each.name)}
    return _named("resolution", lambda issue: _one(issue.resolution and issue.resolution.name), names)


def _priority(site: Site) -> Searched:
    ranks = list(dict.fromkeys([*site.priorities, *(each.priority for each in site.issues if each.priority)]))
    return _named("priority", lambda issue: _one(issue.priority), {each.lower(): each for each in ranks}, ranks=ranks)


def _component(site: Site) -> Searched:
    names = {name.lower(): name for issue in site.issues for name in issue.components}
    return _named("component", lambda issue: tuple(issue.components), names)


def _labels(site: Site) -> Searched:
    def known(value: Literal | Function) -> frozenset[str]:
        if isinstance(value, Function):
            raise _no_value(value, "labels")
        return frozenset({value.text.lower()})

    # Jira folds the case of labels in searches, though it stores them as typed.
    return Searched("labels", "option", EQUALITY, lambda issue: tuple(label.lower() for label in issue.labels), known)


_LEVELS = {"Epic": 1, "Sub-task": -1}


def _type(site: Site) -> Searched:
    levels = {name: _LEVELS.get(name, 0) for name in site.types} | {issue.type: issue.level for issue in site.issues}
    names = {word.lower(): name for name in levels for word in (site.type_id(name), name)}
    plain = _named("issuetype", lambda issue: (issue.type,), names).known
    assert plain is not None  # noqa: S101 - _named gives one

    def known(value: Literal | Function) -> frozenset[str]:
        if isinstance(value, Function) and value.name.lower() == "subtaskissuetypes":
            return frozenset(name for name, level in levels.items() if level < 0)
        if isinstance(value, Function) and value.name.lower() == "standardissuetypes":
            return frozenset(name for name, level in levels.items() if level >= 0)
        return plain(value)

    return Searched("issuetype", "option", EQUALITY, lambda issue: (issue.type,), known)


def _key_rank(key: str) -> tuple[str, int]:
    project, _, number = key.rpartition("-")
    return project, int(number)


def _key(site: Site) -> Searched:
    def known(value: Literal | Function) -> frozenset[str]:
        found = site.issue(value.text) if isinstance(value, Literal) else None
        if found is None:
            raise _missing_issue(value, "key")
        return frozenset({found.key})

    return Searched("key", "option", EQUALITY | ORDER, lambda issue: (issue.key,), known, _key_rank)


def _id(site: Site) -> Searched:
    def known(value: Literal | Function) -> frozenset[int]:
        found = site.issue(value.text) if isinstance(value, Literal) else None
        if found is None:
            if isinstance(value, Literal) and value.text.isascii() and value.text.isdigit():
                raise Refusal(400, f"A value with ID '{value.text}' does not exist for the field 'id'.")
            raise _missing_issue(value, "id")
        return frozenset({int(found.id)})

    return Searched("id", "id", EQUALITY | ORDER, lambda issue: (int(issue.id),), known)


def _parent(site: Site) -> Searched:
    if site.is_data_center:
        return _above(site, "parent", subtask_parent)
    return _above(site, "parent", lambda site, issue: issue.parent)


def _above(site: Site, name: str, of: Callable[[Site, Issue], str | None]) -> Searched:
    def known(value: Literal | Function) -> frozenset[str]:
        found = site.issue(value.text) if isinstance(value, Literal) else None
        if found is None:
            raise _missing_issue(value, name)
        return frozenset({found.key, *found.previous_keys})

    return Searched(name, "option", EQUALITY, lambda issue: _one(of(site, issue)), known)


def _missing_issue(value: Literal | Function, field: str) -> Refusal:
    if isinstance(value, Function):
        return unknown_function(value)
    return Refusal(400, f"An issue with key '{value.text}' does not exist for field '{field}'.")


def _sprint(site: Site) -> Searched:
    states = {"opensprints": "active", "futuresprints": "future", "closedsprints": "closed"}

    def known(value: Literal | Function) -> frozenset[int]:
        if isinstance(value, Function):
            state = states.get(value.name.lower())
            if state is None or value.arguments:
                raise unknown_function(value)
            return frozenset(sprint.id for sprint in site.sprints if sprint.state == state)
        number = int(value.text) if value.text.isascii() and value.text.isdigit() else None
        if number is not None and site.sprint(number):
            return frozenset({number})
        named = frozenset(sprint.id for sprint in site.sprints if sprint.name.lower() == value.text.lower())
        if not named:
            by = "name" if number is None else "id"
            raise Refusal(
                400, f"Sprint with {by} '{value.text}' does not exist or you do not have permission to view it."
            )
        return named

    return Searched("sprint", "option", EQUALITY, lambda issue: tuple(issue.sprints), known)


def _date(attribute: str) -> Callable[[Site], Searched]:
    def values(issue: Issue) -> tuple[datetime, ...]:
        return _one(getattr(issue, attribute))

    return lambda site: Searched(attribute, "date", EQUALITY | ORDER, values)


def _text(*attributes: str) -> Callable[[Site], Searched]:
    def values(issue: Issue) -> tuple[str, ...]:
        return tuple(text for text in (getattr(issue, attribute) for attribute in attributes) if text)

    return lambda site: Searched(attributes[0], "text", TEXTUAL, values)


def _custom(site: Site, field: str) -> Searched:
    known = next((each for each in site.fields if each.custom and _answers_to(each.id, each.name, field)), None)
    if known is None:
        raise _no_field(field)
    if known.id == SPRINT:
        return _sprint(site)
    if known.id == EPIC_LINK:
        return _above(site, known.name, epic_link) if site.is_data_center else _parent(site)
    if known.id == PARENT_LINK:
        return _above(site, known.name, parent_link)
    id, kind = known.id, known.kind
    operators = EQUALITY | ORDER if kind == "number" else TEXTUAL
    return Searched(field, kind, operators, lambda issue: _one(issue.custom.get(id)))


def _answers_to(id: str, name: str, field: str) -> bool:
    return field.lower() in (name.lower(), f"cf[{id.removeprefix('customfield_')}]")


_SYSTEM: dict[str, Callable[[Site], Searched]] = {
    "project": _project,
    "key": _key,
    "issuekey": _key,
    "id": _id,
    "parent": _parent,
    "type": _type,
    "issuetype": _type,
    "status": _status,
    "statuscategory": _category,
    "resolution": _resolution,
    "labels": _labels,
    "component": _component,
    "sprint": _sprint,
    "priority": _priority,
    "created": _date("created"),
    "createddate": _date("created"),
    "updated": _date("updated"),
    "updateddate": _date("updated"),
    "resolved": _date("resolved"),
    "resolutiondate": _date("resolved"),
    "statuscategorychangeddate": _date("status_changed"),
    "summary": _text("summary"),
    "description": _text("description"),
    "text": _text("summary", "description"),
}
