"""Objectives and key results that live in Jira as issues: read through the seam, then made the registry's values.

A value that cannot be what its field is for is a misfit of its issue, told with all the others; nothing is guessed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

import msgspec

from adapters.declaring import Declared, Misfit
from adapters.jira.jql import quoted, quoted_all, wrapped
from adapters.jira.okr_settings import OkrSettings
from adapters.jira.settings import JiraSettings
from adapters.jira.site import Site
from adapters.jira.wire import IssueType, Row, number
from mappings.checkins import parse_number
from mappings.measures import Measure
from mappings.model import Issue, State
from mappings.nearest import did_you_mean
from mappings.okrs import Checkin, KeyResult, Objective, Period, Status, normal_id
from mappings.targets import Target
from mappings.visibility import AN_OBJECTIVE, EVERYBODY

NUMBERS = ("start", "target", "current", "weight")
_ID = re.compile(r"[^\W_][\w./-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class OkrIssue:
    """An issue that is an objective or a key result, as it was read."""

    issue: Issue
    is_objective: bool
    values: Mapping[str, str | Decimal]
    """What its fields hold, by what they are for; numbers as numbers where they are one."""
    typed_at: datetime | None = None
    """When a person last changed the current value; None: when the issue was made."""

    @property
    def id(self) -> str:
        """The id that tags use."""
        return str(self.values.get("id", "")).strip() or self.issue.key


def okr_fields(settings: JiraSettings, okrs: OkrSettings, site: Site) -> tuple[dict[str, str], list[Misfit]]:
    """The id of each field that the config names, by what it is for; and what is wrong with those names."""
    found: dict[str, str] = {}
    misfits = []
    for key, name in okrs.fields.named().items():
        same = [field for field in site.customs if field.id == name]
        same = same or [field for field in site.customs if field.name.casefold() == name.casefold()]
        setting = ("okrs", "fields", key)
        if not same:
            hint = did_you_mean(name, [field.name for field in site.customs])
            misfits.append(
                Misfit(setting=setting, message=f'this Jira has no custom field "{name}" that the token sees{hint}')
            )
        elif len(same) > 1:
            ids = ", ".join(sorted(field.id for field in same))
            least = min(field.id for field in same)
            misfits.append(
                Misfit(setting=setting, message=f'"{name}" is what {ids} are all called: name one, {key} = "{least}"')
            )
        else:
            found[key] = same[0].id
    if okrs.write and site.progress is not None and found.get("current") == site.progress:
        misfits.append(
            Misfit(
                setting=("okrs", "fields", "current"),
                message=f'progress_field = "{settings.progress_field}" is the same field: '
                "the score would be written over the value that people type",
            )
        )
    return found, misfits


def okr_query(okrs: OkrSettings) -> str:
    """The JQL that lists them. Raises ValueError, in words, for a `jql` of the config that is not one condition."""
    where = wrapped(okrs.jql) if okrs.jql is not None else f"project = {quoted(okrs.project or '')}"
    if okrs.objective_level is None:
        where += f" AND issuetype in ({quoted_all([okrs.objective_type, okrs.key_result_type])})"
    return f"{where} ORDER BY key ASC"


def kind_of(kind: IssueType | None, okrs: OkrSettings) -> bool | None:
    """True for an objective, False for a key result, None for anything else."""
    kind = kind or IssueType()
    if okrs.objective_level is not None:
        return {okrs.objective_level: True, okrs.key_result_level: False}.get(kind.hierarchy_level)
    names = {kind.id, kind.name.casefold()}
    for wanted, answer in ((okrs.objective_type, True), (okrs.key_result_type, False)):
        if wanted.casefold() in names:
            return answer
    return None


def values_of(row: Row, fields: Mapping[str, str]) -> dict[str, str | Decimal]:
    """What the row's fields hold, by what they are for; nothing for an empty one."""
    found: dict[str, str | Decimal] = {}
    for key, field in fields.items():
        raw = row.custom(field)
        try:
            value: str | Decimal | None = number(raw)
        except (msgspec.DecodeError, msgspec.ValidationError, ValueError):
            value = text_of(raw)
            if key in NUMBERS and value:
                as_number = parse_number(value)
                value = value if as_number is None else as_number
        if value is not None and value != "":
            found[key] = value
    return found


def text_of(raw: msgspec.Raw) -> str:
    """A text field's text, an option's value, a person's or a team's name, the first of several; empty without."""
    return _text(msgspec.json.decode(raw)).strip()


def _text(value: Any) -> str:
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    if isinstance(value, dict):
        names = (value.get(key) for key in ("value", "displayName", "name", "title"))
        return next((name for name in names if isinstance(name, str)), "")
    return str(value) if value is not None else ""


class _Declaring:
    """Turns what was read into objectives, and notes what does not fit."""

    def __init__(
        self, name: str, okrs: OkrSettings, found: Sequence[OkrIssue], periods: Sequence[Period], zone: tzinfo
    ) -> None:
        self.misfits: list[Misfit] = []
        self._name = name
        self._okrs = okrs
        self._zone = zone
        self._periods = {normal_id(period.id): period.id for period in periods}
        ordered = sorted(found, key=lambda each: (normal_id(each.id), each.issue.id))
        self._ordered = ordered
        # By key too: Data Center's links between levels hold keys.
        self._named = {name: each for each in ordered for name in (each.issue.id, each.issue.key)}

    def objectives(self) -> Iterator[Objective]:
        below: dict[str, list[OkrIssue]] = {}
        for each in self._ordered:
            above = self._named.get(each.issue.parent or "")
            if above is not None and above.is_objective:
                below.setdefault(above.issue.id, []).append(each)
            elif not each.is_objective:
                self._misfit(each, "is a key result without an objective above it: give it one as its parent")
        for each in self._ordered:
            if each.is_objective:
                key_results = [row for row in below.get(each.issue.id, []) if not row.is_objective]
                if (objective := self._objective(each, key_results)) is not None:
                    yield objective

    def _objective(self, each: OkrIssue, below: Sequence[OkrIssue]) -> Objective | None:
        period = self._period(each, below)
        if not self._has_an_id(each) or period is None:
            return None
        above = self._named.get(each.issue.parent or "")
        return Objective(
            id=each.id,
            title=AN_OBJECTIVE if each.issue.is_secured else " ".join(each.issue.title.split()),
            team=self._team(each),
            period=period,
            supports=above.id if above else None,
            key_results=tuple(kr for row in below if (kr := self._key_result(row, each, period)) is not None),
            home=Target(self._name, "issue", each.issue.key),
            where=each.issue.url,
        )

    def _key_result(self, each: OkrIssue, objective: OkrIssue, period: str) -> KeyResult | None:
        numbers = {key: self._number(each, key) for key in NUMBERS}
        unit = str(each.values.get("unit", "")).casefold() or None
        if unit not in (None, "points", "issues"):
            self._misfit(each, 'is counted in neither "points" nor "issues"')
        own = each.values.get("period")
        if own is not None and self._periods.get(normal_id(str(own))) not in (None, period):
            self._misfit(each, f"names another period than its objective {objective.id}, which is of {period}")
        if not self._has_an_id(each):
            return None
        kind = self._okrs.measure or ("delivery" if numbers["target"] is None else "manual")
        team = self._team(each) or self._team(objective)
        home = Target(self._name, "issue", each.issue.key)
        retired = next((it.issue for it in (each, objective) if it.issue.state is State.CANCELLED), None)
        return KeyResult(
            id=each.id,
            title=" ".join(each.issue.title.split()),
            objective=objective.id,
            period=period,
            team=team,
            teams=(team,) if team else (),
            owner=str(each.values.get("owner", "")),
            measure=Measure(kind=kind, start=numbers["start"] if kind == "manual" else None, target=numbers["target"]),
            unit=unit,
            weight=Decimal(1) if numbers["weight"] is None else numbers["weight"],
            binds=(home,),
            write=home if self._okrs.write else None,
            checkins=tuple(self._checkins(each, numbers["current"])) if kind == "manual" else (),
            status=Status.RETIRED if retired else Status.LIVE,
            status_on=retired.done_at.astimezone(self._zone).date() if retired and retired.done_at else None,
            status_reason=f"{retired.key} was cancelled" if retired else "",
            visibility="its issue's readers" if each.issue.is_secured or objective.issue.is_secured else EVERYBODY,
            home=home,
            where=each.issue.url,
        )

    def _checkins(self, each: OkrIssue, current: Decimal | None) -> Iterator[Checkin]:
        if current is not None:
            typed = each.typed_at or each.issue.created
            yield Checkin(on=typed.astimezone(self._zone).date(), value=current)

    def _period(self, each: OkrIssue, below: Sequence[OkrIssue]) -> str | None:
        """Its own, else the one that all its key results name, else the config's."""
        named = {str(kr.values["period"]) for kr in below if "period" in kr.values}
        text = str(each.values.get("period") or (named.pop() if len(named) == 1 else self._okrs.period) or "")
        if not text:
            self._misfit(each, "has no period: fill its field, or give the config a period")
            return None
        found = self._periods.get(normal_id(text))
        if found is None:
            hint = did_you_mean(text, self._periods.values())
            self._misfit(each, f'no registry file declares the period "{text}"{hint}')
        return found

    def _team(self, each: OkrIssue) -> str:
        own = str(each.values.get("team", "")).strip()
        return own or (self._okrs.team or "" if each.is_objective else "")

    def _number(self, each: OkrIssue, key: str) -> Decimal | None:
        value = each.values.get(key)
        if value is None or isinstance(value, Decimal):
            return value
        self._misfit(each, f"its {key} is no number")
        return None

    def _has_an_id(self, each: OkrIssue) -> bool:
        fits = _ID.fullmatch(each.id) is not None
        if not fits:
            self._misfit(each, "its id must be letters, digits, and - . _ / between them")
        return fits

    def _misfit(self, each: OkrIssue, message: str) -> None:
        self.misfits.append(Misfit(where=each.issue.url, message=f"{each.issue.key} {message}"))


def declare(
    name: str, okrs: OkrSettings, found: Sequence[OkrIssue], periods: Sequence[Period], zone: tzinfo
) -> Declared:
    """The registry that the issues are; pure. No key result at all is a misfit: a blind token looks the same."""
    if not any(not each.is_objective for each in found):
        nothing = "finds no key result: check it, and whether the token may see them"
        return Declared(misfits=(Misfit(setting=("okrs",), message=nothing),))
    declaring = _Declaring(name, okrs, found, periods, zone)
    objectives = tuple(declaring.objectives())
    return Declared(
        objectives=objectives, misfits=tuple(sorted(declaring.misfits, key=lambda it: (it.where, it.message)))
    )
