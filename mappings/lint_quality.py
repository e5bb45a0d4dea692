"""Every rule of lint, and what those of quality have to say of a registry and, where it was read, of the work."""

from collections.abc import Iterable, Iterator

from mappings.checkin_rules import doubts
from mappings.figures import Figures
from mappings.findings import Finding
from mappings.lint_ignores import RULES as OF_IGNORES
from mappings.lint_past import RULES as OF_THE_PAST
from mappings.lint_past import judge_past
from mappings.lint_rule import GOAL, REGISTRY, TRACKERS, LintRule, Look, Remark, remark
from mappings.lint_shape import RULES as OF_SHAPE
from mappings.lint_shape import judge_shape
from mappings.lint_structure import RULES as OF_STRUCTURE
from mappings.lint_wording import RULES as OF_WORDING
from mappings.lint_wording import judge_wording
from mappings.lint_work import RULES as OF_WORK
from mappings.lint_work import judge_work
from mappings.okrs import Registry

DOUBTED = LintRule(
    id="OKR036",
    name="doubted",
    says="the newest answers to `still_right` deny that an objective in force is still the right one, and nothing was "
    "changed since",
    why="What nobody believes in any more is retired, replaced or re-targeted, or work goes on for nothing.",
    bad="value = 7, confidence = 6, still_right = false }",
    good="value = 7, confidence = 6 }",
)
_ALL = (*OF_STRUCTURE, DOUBTED, *OF_SHAPE, *OF_WORDING, *OF_THE_PAST, *OF_WORK, *OF_IGNORES)
RULES = tuple(sorted(_ALL, key=lambda rule: rule.id))
"""Every rule, by id."""


def judge(look: Look, *, whole: bool, figures: Figures | None = None) -> tuple[Remark, ...]:
    """Every remark on quality, in no order. Without the `whole` registry (a part could not be read, or lives in a
    tracker that was not asked) what a rule needs all of it for is not judged, and without `figures` no work is.
    """
    remarks = [*judge_shape(look), *judge_wording(look), *judge_past(look), *_doubts(look)]
    if figures is not None:
        remarks += judge_work(look, figures)
    judged = judged_rules(whole=whole, trackers=figures is not None)
    return tuple(remark for remark in remarks if remark.finding.rule in judged)


def _doubts(look: Look) -> Iterator[Remark]:
    for doubt in doubts(look.registry, look.today):
        yield remark(DOUBTED, doubt.kr.where, str(doubt), doubt.kr.id, doubt.objective.id, doubt.objective.team)


def judged_rules(*, whole: bool, trackers: bool) -> frozenset[str]:
    """The ids of the rules that can be judged by what is known."""
    known = {GOAL} | ({REGISTRY} if whole else set()) | ({TRACKERS} if trackers else set())
    return frozenset(rule.id for rule in RULES if rule.needs in known)


def as_remarks(findings: Iterable[Finding], registry: Registry) -> tuple[Remark, ...]:
    """The findings of `mappings.lint`, with the names of the goals where they stand."""
    at: dict[str, list[str]] = {}
    for objective in registry.objectives:
        at.setdefault(objective.where, []).extend((objective.id, objective.team))
        for kr in objective.key_results:
            at.setdefault(kr.where, []).extend((kr.id, kr.objective, kr.team))
    return tuple(Remark(finding=each, about=tuple(filter(None, at.get(each.where, ())))) for each in findings)
