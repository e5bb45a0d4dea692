"""Findings that somebody decided to live with, with the reason: what they ignore, and those that ignore nothing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from mappings.findings import WARNING, Finding
from mappings.lint_rule import LintRule, Remark, remark
from mappings.okrs import normal_id

IGNORES_NOTHING = LintRule(
    id="OKR190",
    name="ignores nothing",
    says="an entry of `ignore` matches no finding (of rules that look into the trackers it is judged only with "
    "`--trackers`)",
    why="What was mended needs no exception any more, and a forgotten one hides the next finding.",
    bad='reason = "the number of trials is all there is to it" },\n'
    '  { rule = "OKR105", where = "GRO-O2-KR1", reason = "the owner is hired in January" },',
    good='reason = "the number of trials is all there is to it" },',
)
RULES = (IGNORES_NOTHING,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """One entry of `[lint] ignore`."""

    rule: str
    about: str = ""
    """Id of a key result, an objective (its key results too) or a team (its goals too), or an issue's key; empty:
    wherever the rule finds something.
    """
    reason: str
    where: str = ""
    """file:line of the entry."""

    def matches(self, remark: Remark) -> bool:
        """True for a warning of this rule about what the entry names; an error cannot be ignored."""
        if remark.finding.rule != self.rule or remark.finding.severity != WARNING:
            return False
        return not self.about or normal_id(self.about) in map(normal_id, remark.about)


def without_ignored(
    remarks: Iterable[Remark], ignores: Sequence[Ignore], judged: Collection[str]
) -> tuple[Finding, ...]:
    """What is left of the remarks, and the entries that ignore nothing of rules that were `judged`. In no order."""
    remarks = tuple(remarks)
    left = [each.finding for each in remarks if not any(ignore.matches(each) for ignore in ignores)]
    for ignore in ignores:
        if ignore.rule in judged and not any(ignore.matches(each) for each in remarks):
            about = f" about {ignore.about}" if ignore.about else ""
            message = f"there is no finding {ignore.rule}{about} to ignore: take the entry away ({ignore.reason})"
            left.append(remark(IGNORES_NOTHING, ignore.where, message).finding)
    return tuple(left)
