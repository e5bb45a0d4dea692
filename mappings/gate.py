"""The gate of sprint planning: does the sprint hold what the team agreed on?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mappings.linking import BrokenTag, Class, Linked
from mappings.model import Ref
from mappings.planning import TeamPlan
from mappings.rounding import percent
from mappings.routine import spent
from mappings.settings import Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to mend before the sprint begins."""

    team: str
    rule: str
    """unaligned, broken, missing, budget or empty."""
    text: str
    issues: tuple[Linked, ...] = ()
    """The issues that it is about."""


def remarks(plan: TeamPlan, gate: Gate, likely: Mapping[Ref, str]) -> tuple[Remark, ...]:
    """Everything that does not hold, in the order of `Gate`. `likely`: the key result that an issue looks like."""
    return tuple(_remarks(plan, gate, likely))


def _remarks(plan: TeamPlan, gate: Gate, likely: Mapping[Ref, str]) -> Iterator[Remark]:
    team, key = plan.team.title, plan.team.key
    if not plan.rows:
        yield Remark(team=key, rule="empty", text=f"{team}: nothing is planned yet")
        return
    loose = plan.of(Class.UNALIGNED)
    share = Fraction(len(loose), len(plan.rows))
    if plan.team.mode == "product" and share > Fraction(gate.unaligned):
        verb = "is" if len(loose) == 1 else "are"
        said = f"{len(loose)} of {len(plan.rows)} issues ({percent(share)}) {verb} tied to no key result"
        known = sum(1 for row in loose if row.issue.ref in likely)
        hint = f"; {known} {'looks' if known == 1 else 'look'} like one" if known else ""
        agreed = f"at most {percent(gate.unaligned)} was agreed"
        yield Remark(team=key, rule="unaligned", text=f"{team}: {said}, {agreed}{hint}", issues=loose)
    wrong = plan.of(Class.BROKEN)
    if len(wrong) > gate.broken:
        have = "1 issue has" if len(wrong) == 1 else f"{len(wrong)} issues have"
        said = f"{have} a tag that names no live key result, at most {gate.broken} was agreed"
        yield Remark(team=key, rule="broken", text=f"{team}: {said}", issues=wrong)
    if gate.missing:
        for kr in plan.missing:
            yield Remark(team=key, rule="missing", text=f"{team}: {kr} is behind and nothing is planned for it")
    if gate.budgets:
        for it in spent(plan.team, plan.rows):
            if it.is_over:
                over = f"{it.name} takes {percent(it.share)} of the sprint, budget {percent(it.budget)}"
                rows = tuple(row for row in plan.of(Class.ROUTINE) if row.routine == it.name)
                yield Remark(team=key, rule="budget", text=f"{team}: {over}", issues=rows)


def mended_by(row: Linked, likely: Mapping[Ref, str], broken: Sequence[BrokenTag]) -> str:
    """The key result that a row's issue is probably to be tagged with; empty where nothing is likely."""
    return next((tag.suggestion for tag in broken if tag.suggestion), "") or likely.get(row.issue.ref, "")
