"""The documents without what not everybody may see: restricted key results and secured issues are counted, never named.

A row that is about one is left out, a line that names one is counted, and in any other text its name is replaced.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mappings.figures import Figures
from mappings.okrs import Registry
from mappings.roll_up import objective_scores
from mappings.settings import RuleSettings
from mappings.visibility import A_KEY_RESULT, Hidden, for_everybody
from syncer.report.schema import PlanDocument, Report, Restricted
from syncer.report.wording import count

_OWN_WORDS = frozenset(
    (
        "became",
        "rule",
        "subject",
        "was",
        "action",
        "basis",
        "class",
        "commitment",
        "entered",
        "health",
        "kind",
        "mode",
        "state",
        "status",
        "what",
    )
)
"""Fields that hold words of this program."""
_LINES = frozenset(("because", "changes", "lines", "notes", "remarks", "text", "waits_on"))
"""Lists of sentences."""


def visible_figures(figures: Figures, registry: Registry, settings: RuleSettings) -> Figures:
    """The figures with each objective's score made of what everybody may see: from a mean with one key result that is
    hidden, and the others, anybody could work it out.
    """
    judged = {kr: (found.score, found.verdict) for kr, found in figures.key_results.items()}
    return replace(
        figures, objectives=objective_scores(for_everybody(registry), judged, figures.today, settings.health)
    )


def visible_report(report: Report, hidden: Hidden) -> Report:
    """What everybody may see of a report; the sums of sprints and teams stay whole."""
    if not hidden:
        return report
    key_results = sum(1 for kr in report.key_results if kr.id in hidden.key_results)
    document = _dict(report.model_dump(by_alias=True), hidden)
    restricted = Restricted(key_results=key_results, issues=len(hidden.issues))
    document |= {"restricted": restricted, "notes": (*document["notes"], *_said(restricted))}
    return Report.model_validate(document)


def visible_plan(plan: PlanDocument, hidden: Hidden) -> PlanDocument:
    """What everybody may see of a plan, and how many changes there are besides."""
    if not hidden:
        return plan
    document = _dict(plan.model_dump(by_alias=True), hidden)
    return PlanDocument.model_validate(document | {"restricted": len(plan.changes) - len(document["changes"])})


def _said(restricted: Restricted) -> tuple[str, ...]:
    parts = [
        count(number, what)
        for number, what in ((restricted.key_results, "key result"), (restricted.issues, "issue"))
        if number
    ]
    return (f"counted and not named, for not everybody may see them: {' and '.join(parts)}",) if parts else ()


def _dict(fields: Mapping[str, Any], hidden: Hidden) -> dict[str, Any]:
    return {name: _value(name, value, hidden) for name, value in fields.items() if name not in hidden.key_results}


def _value(name: str, value: Any, hidden: Hidden) -> Any:
    if isinstance(value, str):
        if name in ("suggestion", "tag") and hidden.is_named_in(value):
            return None
        return value if name in _OWN_WORDS else hidden.masked(value)
    if isinstance(value, Mapping):
        return _dict(value, hidden)
    if not isinstance(value, list | tuple):
        return value
    if name in _LINES and all(isinstance(each, str) for each in value):
        return hidden.kept(value)
    if name == "key_results" and any(isinstance(each, Mapping) and "share" in each for each in value):
        return [each | {"id": A_KEY_RESULT} if each["id"] in hidden.key_results else each for each in value]
    kept = [_value(name, each, hidden) for each in value if not _is_about_hidden(each, hidden)]
    return [card for card in kept if card["key_results"]] if name == "tag_cards" else kept


def _is_about_hidden(row: Any, hidden: Hidden) -> bool:
    if isinstance(row, str):
        return row in hidden.key_results
    if not isinstance(row, Mapping):
        return False
    named = {row.get("id"), row.get("kr")} & hidden.key_results
    issue = (row.get("tracker"), row.get("key") or str(row.get("to") or "").partition(":issue/")[2])
    return bool(named) or issue in hidden.issues
