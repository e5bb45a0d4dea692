"""Rules on the shape of a registry: how many, whose, how measured, and what they support."""

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from mappings.lint_rule import REGISTRY, LintRule, Look, Remark, by_team, current, remark, word_set
from mappings.okrs import KeyResult, Objective, normal_id

SMALL_TEAM = 10
"""A team of fewer people has fewer objectives."""
OBJECTIVES, OF_A_SMALL_TEAM = (3, 5), (2, 3)
KEY_RESULTS = (2, 4)
ALIKE = 90
"""Two titles of which so many percent are the same say the same."""
OUTPUT = ("delivery", "milestones")
"""The measures that count work done."""

_ROLES = word_set(
    """
    lead leads head manager owner director officer vp svp evp cto ceo cpo cfo coo ciso pm po engineer designer analyst
    architect liaison president chief master team squad scientist
    """
)
_BETWEEN_OWNERS = re.compile(r"\s*[,;+]\s*|\s+(?:and|&|/)\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")

TOO_MANY_OBJECTIVES = LintRule(
    id="OKR101",
    name="too many objectives",
    says="a team has more than five objectives in a period; more than three, where `people` in the config says that "
    "they are fewer than ten. The company's own are counted too",
    why="Objectives say what matters most: with six of them nothing does, and each gets a talk of five minutes.",
    needs=REGISTRY,
    bad="people = 9",
    good="people = 12",
)
TOO_FEW_OBJECTIVES = LintRule(
    id="OKR102",
    name="too few objectives",
    says="a team that has objectives of its own has fewer than three in a period; fewer than two, where `people` says "
    "that they are fewer than ten",
    why="Most of a large team's work then serves none of them, and the report can only call it unaligned.",
    needs=REGISTRY,
    bad="people = 17",
    good="people = 7",
)
TOO_MANY_KEY_RESULTS = LintRule(
    id="OKR103",
    name="too many key results",
    says="an objective has more than four key results that live or are drafts",
    why="A list of five and more is a list of tasks: nobody knows any longer which number is the one to move.",
    bad="""\
[[objectives.key_results]]
id = "PAY-O1-KR6"
title = "Cut P2 incidents from 40 to 20 a quarter"
owner = "payments lead"
measure = { kind = "manual", start = 40, target = 20 }

[[objectives.key_results]]
id = "PAY-O1-KR4"
title = "Cut pages at night from 16 to 4 a month"
owner = "payments lead"
measure = { kind = "manual", start = 16, target = 4 }

[[objectives.key_results]]
id = "PAY-O1-KR5"
title = "Bring the minutes until a page is answered from 12 to 5"
owner = "payments lead"
measure = { kind = "manual", start = 12, target = 5 }

[[objectives]]
id = "PAY-O2"
""",
    good="""\
[[objectives]]
id = "PAY-O2"
""",
)
ONE_KEY_RESULT = LintRule(
    id="OKR104",
    name="one key result",
    says="an objective has a single key result, and no other objective supports it",
    why="One number can be reached at the cost of everything beside it: a second one keeps the first honest.",
    bad="# PAY-O2 has no second key result",
    good="""\
[[objectives.key_results]]
id = "PAY-O2-KR2"
title = "Cut questions about payouts from 90 to 30 a week"
owner = "support liaison"
scopes = ["linear-main/growth"]
measure = { kind = "manual", start = 90, target = 30 }
depends_on = ["PAY-O2-KR1"]
""",
)
NO_OWNER = LintRule(
    id="OKR105",
    name="no owner",
    says="a key result has no owner",
    why="What belongs to everybody is checked in by nobody: one person answers for the number, as a role.",
    bad='owner = ""\nscopes = ["linear-main/growth"]',
    good='owner = "support liaison"\nscopes = ["linear-main/growth"]',
)
SEVERAL_OWNERS = LintRule(
    id="OKR106",
    name="several owners",
    says="a key result's owner reads as more than one",
    why="Two owners each wait for the other; teams may share a key result, one person answers for it.",
    bad='owner = "payouts lead and finance lead"',
    good='owner = "payouts lead"',
)
PERIOD_OUTSIDE = LintRule(
    id="OKR108",
    name="period outside",
    says="an objective's period is not inside the period of what it supports, or a key result's not inside its "
    "objective's",
    why="What ends later cannot help to reach it, and its score would be rolled up after the talk about it.",
    needs=REGISTRY,
    bad="start = 2026-01-01\nend = 2026-11-30",
    good="start = 2026-01-01\nend = 2026-12-31",
)
SUPPORTS_NOTHING = LintRule(
    id="OKR109",
    name="supports nothing",
    says="the company has objectives, and none of a team's objectives supports another's (a team with a key result in "
    "an objective of the company does)",
    why="At least one objective of a team shows how it helps the company; the others may be its own.",
    needs=REGISTRY,
    bad="# supports nothing",
    good='supports = "CO-1"',
)
COPIES_ITS_PARENT = LintRule(
    id="OKR110",
    name="copies its parent",
    says="an objective or a key result says nearly the same, with the same numbers, as what its objective supports",
    why="A copy is counted twice in talks and belongs to nobody: say what this team's part of it is.",
    needs=REGISTRY,
    bad='title = "Bring shops that stay for a second year from 71 to 85 of a hundred"\n'
    'owner = "growth lead"\nmeasure = { kind = "manual", start = 71, target = 85 }',
    good='title = "Lift first-week activation from 31 to 45 of a hundred"\n'
    'owner = "growth lead"\nmeasure = { kind = "manual", start = 31, target = 45 }',
)
ONLY_DELIVERY = LintRule(
    id="OKR111",
    name="only delivery",
    says="every key result of an objective is measured by the work that is done (`delivery` or `milestones`)",
    why="Work done is output: it may all be done and nothing be better for anybody; one number must say whether it is.",
    bad="""\
title = "Every incident has its cause removed"
owner = "payments lead"
measure = { kind = "delivery" }
write = { to = "jira-main:issue/OKR-12" }
""",
    good="""\
title = "Cut P1 incidents from 12 to 3 a quarter"
owner = "payments lead"
measure = { kind = "manual", start = 12, target = 3 }
write = { to = "jira-main:issue/OKR-12" }
checkins = [{ on = 2026-10-12, value = 11, confidence = 5 }, { on = 2026-11-16, value = 7, confidence = 6 }]
""",
)

RULES = (
    TOO_MANY_OBJECTIVES,
    TOO_FEW_OBJECTIVES,
    TOO_MANY_KEY_RESULTS,
    ONE_KEY_RESULT,
    NO_OWNER,
    SEVERAL_OWNERS,
    PERIOD_OUTSIDE,
    SUPPORTS_NOTHING,
    COPIES_ITS_PARENT,
    ONLY_DELIVERY,
)


def judge_shape(look: Look) -> Iterator[Remark]:
    """What the rules above have to say."""
    yield from _teams(look)
    for objective in look.objectives:
        yield from _objective(objective, look)
    for objective, kr in look.key_results:
        yield from _owner(kr)
        if not _inside(look, kr, objective):
            message = f"{kr.id} is of {kr.period}, which is not inside {objective.period}, the period of {objective.id}"
            yield _of(PERIOD_OUTSIDE, kr, message)


def _of(rule: LintRule, kr: KeyResult, message: str) -> Remark:
    return remark(rule, kr.where, message, kr.id, kr.objective, kr.team)


def _on(rule: LintRule, objective: Objective, message: str) -> Remark:
    return remark(rule, objective.where, message, objective.id, objective.team)


def _teams(look: Look) -> Iterator[Remark]:
    company = [each for each in look.objectives if not each.team]
    for team, period, objectives in by_team(look):
        people = look.people(team)
        least, most = OF_A_SMALL_TEAM if people is not None and people < SMALL_TEAM else OBJECTIVES
        size = f", {people} people," if people is not None else ""
        hint = "" if people is not None or not team else f"; {OF_A_SMALL_TEAM[0]} or {OF_A_SMALL_TEAM[1]}"
        if hint:
            hint += f" where they are fewer than {SMALL_TEAM}: teams.{team}.people in the config says so"
        count = f"{len(objectives)} objective{'s' if len(objectives) != 1 else ''} in {period.id}"
        usual = f"{least} to {most} are usual{hint}"
        if len(objectives) > most:
            message = f"{look.name_of(team)}{size} has {count}: {usual}"
            yield remark(TOO_MANY_OBJECTIVES, objectives[most].where, message, team)
        if team and len(objectives) < least:
            message = f"{look.name_of(team)}{size} has {count}: {usual}"
            yield remark(TOO_FEW_OBJECTIVES, objectives[0].where, message, team)
        higher = sorted((each for each in company if _overlap(look, each, objectives[0])), key=lambda each: each.id)
        carried = any(team in kr.teams for each in higher for kr in current(each))
        if team and higher and not carried and not any(each.supports for each in objectives):
            message = f"no objective of {look.name_of(team)} in {period.id} supports another, such as {higher[0].id}"
            yield remark(SUPPORTS_NOTHING, objectives[0].where, message, team)


def _overlap(look: Look, one: Objective, other: Objective) -> bool:
    a, b = look.period(one), look.period(other)
    return a.start <= b.end and b.start <= a.end


def _inside(look: Look, inner: Objective | KeyResult, outer: Objective) -> bool:
    a, b = look.period(inner), look.period(outer)
    return b.start <= a.start and a.end <= b.end


def _objective(objective: Objective, look: Look) -> Iterator[Remark]:
    key_results = current(objective)
    if len(key_results) > KEY_RESULTS[1]:
        message = f"{objective.id} has {len(key_results)} key results: {KEY_RESULTS[0]} to {KEY_RESULTS[1]} are usual"
        yield _on(TOO_MANY_KEY_RESULTS, objective, message)
    if len(key_results) == 1 and normal_id(objective.id) not in look.supported:
        yield _on(ONE_KEY_RESULT, objective, f"{objective.id} has one key result: a second one keeps it honest")
    if key_results and all(kr.measure.kind in OUTPUT for kr in key_results):
        message = f"every key result of {objective.id} counts work done: none says what is better for it"
        yield _on(ONLY_DELIVERY, objective, message)
    above = look.registry.above(objective)
    if above is None or above is objective:
        return
    if not _inside(look, objective, above):
        message = (
            f"{objective.id} is of {objective.period} and supports {objective.supports}, which is of {above.period}"
        )
        yield _on(PERIOD_OUTSIDE, objective, message)
    above_kr = look.registry.by_name.get(normal_id(objective.supports or ""))
    parents: tuple[Objective | KeyResult, ...] = (above_kr,) if above_kr is not None else (above, *current(above))
    if parent := next((each for each in parents if _say_the_same(objective, each)), None):
        yield _on(COPIES_ITS_PARENT, objective, _copy(objective, parent))
    for kr in key_results:
        if parent := next((each for each in parents if _say_the_same(kr, each)), None):
            yield _of(COPIES_ITS_PARENT, kr, _copy(kr, parent))


def _copy(goal: Objective | KeyResult, parent: Objective | KeyResult) -> str:
    return f"{goal.id} says what {parent.id} says: what is this team's part of it?"


def _say_the_same(goal: Objective | KeyResult, parent: Objective | KeyResult) -> bool:
    one, other = (_WORD.findall(each.title.casefold()) for each in (goal, parent))
    numbers = [[word for word in words if word.isdigit()] for words in (one, other)]
    return numbers[0] == numbers[1] and fuzz.ratio(" ".join(one), " ".join(other)) >= ALIKE


def _owner(kr: KeyResult) -> Iterator[Remark]:
    if not kr.owner.strip():
        yield _of(NO_OWNER, kr, f"{kr.id} has no owner")
        return
    owners = [owner for owner in _BETWEEN_OWNERS.split(kr.owner) if owner]
    with_role = [owner for owner in owners if _ROLES & set(_WORD.findall(owner.casefold()))]
    # "search and ads lead" is one, "search lead and ads lead" are two, and so are "Ann, Bo".
    if len(owners) > 1 and len(with_role) in (0, len(owners)):
        yield _of(SEVERAL_OWNERS, kr, f'the owner of {kr.id} reads as {len(owners)}: "{kr.owner}"')
