"""Rules on what a title says. They know English words alone: a title in another language triggers none of them."""

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from mappings.checkins import parse_number
from mappings.lint_rule import LintRule, Look, Remark, remark, word_set
from mappings.measures import Measure, Query
from mappings.okrs import KeyResult, Objective
from mappings.rounding import exact

_TITLE_IS_READ_TO = 300
"""Characters; no title is longer, and no text costs more."""
_LEAD_IN = word_set("to we will shall")
_MAINTAINING = word_set("keep keeping continue continuing maintain maintaining sustain sustaining remain")
_ACTIVITY = word_set(
    """
    analyse analyze assist attend begin collaborate complete conduct configure consult coordinate create
    define deliver develop discuss evaluate examine execute explore facilitate finalise finalize
    help implement initiate integrate introduce investigate launch migrate organise organize
    participate perform prepare provide publish redesign refactor rewrite ship
    """
)
_ACTIVITY_BEFORE_AN_OBJECT = word_set(
    """
    build deploy design document draft finish install plan release report research review run start
    support test train work write
    """
)
"""Nouns too (`Support tickets`, `Build time`): an activity only where an object follows."""
_OBJECT_FOLLOWS = word_set(
    """
    a all an another at each every in more new on our out some their the these this those through to two three
    up with
    """
)
_NOT_HELP = word_set("article articles center centre desk page pages request requests ticket tickets")
_LESS = word_set("cut decrease diminish halve lower minimise minimize reduce shrink")

_COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NUMBER = r"[€$£]?\s?(\d{1,15}(?:[.,'’]\d{1,9}){0,4})\s?([^\W\d_]{1,8}\b|%)?"
_BETWEEN = r"(?:\s[^\W\d_]{1,20}){0,3}?\s{1,3}to\s{1,3}"
_FROM_TO = re.compile(rf"\bfrom\s{{1,3}}{_NUMBER}{_BETWEEN}{_NUMBER}(?![-:/]|\.?\d)", re.IGNORECASE)
_UP_FROM = re.compile(r"\b(?:up|down)\s+from\s+[€$£]?\d")
_SHARE = re.compile(r"\d\s?(?:%|percent\b|per cent\b|of a hundred\b)", re.IGNORECASE)
_ALL_DONE = re.compile(
    r"\b100\s?(?:%|percent)\s+(?:complete|completed|done|finished|implemented|ready)\b", re.IGNORECASE
)
_IS_THERE = re.compile(
    r"\b(?:is|are|goes|go|gets|has been|have been|will be)\s+(?:now\s+|fully\s+|all\s+)?(?:live\b|launched|released|"
    r"shipped|rolled out|delivered|completed?\b|finished|done\b|implemented|deployed|in production|signed|published)",
    re.IGNORECASE,
)
_BY_A_DAY = re.compile(
    r"\bby\s+(?:the\s+)?(?:end\s+of\s+|mid-?\s?|early\s+|late\s+)?(?:the\s+)?(?:\d{1,2}(?:st|nd|rd|th)?\s+)?(?:january|"
    r"february|march|april|may|june|july|august|september|october|november|december|q[1-4]|h[12]|year[- ]end|"
    r"(?:quarter|month|year)(?:['’]s\s+end)?|20\d\d(?:-\d\d-\d\d)?)\b",
    re.IGNORECASE,
)
_AT_MOST = re.compile(r"\b(?:at most|(?:no|not) more than|(fewer|less) than)\s+([\w.,]+)", re.IGNORECASE)
_BY_SO_MUCH = re.compile(r"\bby\s", re.IGNORECASE)
_A_NUMBER = re.compile(rf"\d|\b(?:{'|'.join(_COUNTED)}|fifteen|twenty|thirty|fifty|dozen|hundred|thousand)\b", re.I)
_SCALES = {"k": 1_000, "K": 1_000, "M": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000}

NUMBERS_DISAGREE = LintRule(
    id="OKR107",
    name="numbers disagree",
    says="a title goes `from` one number `to` another, and the key result is measured by work done or by other "
    "numbers (in the same proportion is the same: 31 % is 0.31)",
    why="People talk about the number of the title while the score follows another: outcome told, output counted.",
    bad='title = "Bring the hours until a payout arrives from 48 to 6"',
    good='title = "Bring the hours until a payout arrives from 30 to 6"',
)
MAINTAINS = LintRule(
    id="OKR112",
    name="maintains",
    says="an objective or a key result begins with a word for staying as it is: keep, continue, maintain, sustain, "
    'remain; not where numbers move, nor of a measure of kind = "hold"',
    why="An objective changes something; what is to stay as it is needs a line that it must not cross, not a goal.",
    bad='title = "Continue to open shops in any country"',
    good='title = "A shop opens in any country"',
)
ACTIVITY = LintRule(
    id="OKR113",
    name="activity",
    says="a key result begins with a word for doing: help, launch, deliver, implement, ship, create and the "
    "like (`support`, `build`, `test`, `review` where an object follows); not where numbers move or a share is told",
    why="Doing it can succeed and change nothing: say what will be better for whom once it is done.",
    bad='title = "Help shops to be paid sooner"',
    good='title = "Bring the hours until a payout arrives from 30 to 6"',
)
MILESTONE = LintRule(
    id="OKR114",
    name="milestone",
    says="a key result is there or not: it `is live`, is wanted `by November`, or its number goes from 0 to 1; not "
    'where the measure says so itself with kind = "milestones"',
    why="Such a key result is at nothing until the last day and then at all: it never says in time that it is late.",
    bad='title = "The second card provider is live by the end of November"',
    good='title = "Every card payment survives one provider\'s outage"',
)
COUNT_FROM_ZERO = LintRule(
    id="OKR115",
    name="count from zero",
    says="less is better and the number starts again from zero with the period: start is 0 below the target of a title "
    "that wants less, a query counts since {period.start} towards a lower target without accrual, or check-ins begin "
    "inside the target and only grow",
    why="Its best day is the first one, so it scores full marks for time that has not passed: start from the last "
    'period\'s number, and let accrual = "period" judge where it is heading.',
    bad="""\
title = "At most three P1 incidents a quarter"
owner = "payments lead"
measure = { kind = "manual", start = 0, target = 3 }
""",
    good="""\
title = "Cut P1 incidents from 12 to 3 a quarter"
owner = "payments lead"
measure = { kind = "manual", start = 12, target = 3 }
""",
)

RULES = (NUMBERS_DISAGREE, MAINTAINS, ACTIVITY, MILESTONE, COUNT_FROM_ZERO)


def judge_wording(look: Look) -> Iterator[Remark]:
    """What the rules above have to say."""
    for objective in look.objectives:
        yield from _objective(objective)
    for _, kr in look.key_results:
        yield from _key_result(kr)


def _objective(objective: Objective) -> Iterator[Remark]:
    words = _words(objective.title)
    if words and words[0] in _MAINTAINING and not _moves(objective.title):
        message = f'{objective.id} begins with "{words[0]}": say what will be different at the end'
        yield remark(MAINTAINS, objective.where, message, objective.id, objective.team)


def _key_result(kr: KeyResult) -> Iterator[Remark]:
    def said(rule: LintRule, message: str) -> Remark:
        return remark(rule, kr.where, f"{kr.id} {message}", kr.id, kr.objective, kr.team)

    if problem := _disagreement(kr):
        yield said(NUMBERS_DISAGREE, problem)
    if problem := _from_zero(kr):
        yield said(COUNT_FROM_ZERO, problem)
    words = _words(kr.title)
    moves = _moves(kr.title) or bool(_SHARE.search(kr.title[:_TITLE_IS_READ_TO]))
    if words and words[0] in _MAINTAINING and not _moves(kr.title) and kr.measure.kind != "hold":
        yield said(MAINTAINS, f'begins with "{words[0]}": to keep a number where it is, use kind = "hold"')
    elif words and not moves and _is_an_activity(words):
        yield said(ACTIVITY, f'begins with "{words[0]}": say what is better once it is done')
    elif problem := _milestone(kr, moves):
        yield said(MILESTONE, problem)


def _words(title: str) -> list[str]:
    """The words in lower case, from the first that can be the verb on: `We will quickly launch it` from `launch`."""
    words = _WORD.findall(title[:_TITLE_IS_READ_TO].casefold())
    first = next((at for at, word in enumerate(words) if word not in _LEAD_IN and not word.endswith("ly")), len(words))
    return words[first:]


def _moves(title: str) -> bool:
    title = title[:_TITLE_IS_READ_TO]
    return bool(_FROM_TO.search(title) or _UP_FROM.search(title))


def _is_an_activity(words: list[str]) -> bool:
    following = words[1] if len(words) > 1 else ""
    if words[0] == "help":
        return following not in _NOT_HELP
    return words[0] in _ACTIVITY or (words[0] in _ACTIVITY_BEFORE_AN_OBJECT and following in _OBJECT_FOLLOWS)


def _disagreement(kr: KeyResult) -> str:
    found = _FROM_TO.search(kr.title[:_TITLE_IS_READ_TO])
    if found is None:
        return ""
    begin, first_unit, end, last_unit = found.groups()
    if kr.measure.kind in ("delivery", "milestones"):
        return f"promises {begin} to {end}, and is measured by work done: give it a measure that takes the number"
    start, target = kr.measure.start, kr.measure.target
    if start is None or target is None or start == target or kr.measure.kind == "hold":
        return ""
    a, b = _amount(begin, first_unit), _amount(end, last_unit)
    if a is None or b is None or not _same_unit(first_unit, last_unit):
        return ""
    targets = (target, *(change.before for change in kr.retargets))
    if any(_in_proportion(a, b, Fraction(start), Fraction(each)) for each in targets):
        return ""
    return f"promises {begin} to {end}, and its measure goes from {exact(start)} to {exact(target)}"


def _same_unit(one: str | None, other: str | None) -> bool:
    """Of `2 min to 30 s` nothing can be told; of `800 to 1.2k` it can."""
    return len({unit.casefold() for unit in (one, other) if unit and unit not in _SCALES}) < 2


def _amount(number: str, unit: str | None) -> Fraction | None:
    parsed = parse_number(number)
    return None if parsed is None else Fraction(parsed) * _SCALES.get(unit or "", 1)


def _in_proportion(a: Fraction, b: Fraction, start: Fraction, target: Fraction) -> bool:
    """31 to 45 and 0.31 to 0.45 are the same."""
    return a * target == b * start and (a != 0 or b in (target, 100 * target))


def _milestone(kr: KeyResult, moves: bool) -> str:
    measure, title = kr.measure, kr.title[:_TITLE_IS_READ_TO]
    if measure.kind == "milestones":
        return ""
    if _ALL_DONE.search(title):
        return "counts how much of it is done: say what is better once it is"
    if moves:
        return ""
    if _goes_from_0_to_1(kr):
        return "goes from 0 to 1: it is there or it is not"
    by_hand = (measure.start, measure.target) == (Decimal(0), Decimal(100))
    counts = _A_NUMBER.search(_BY_A_DAY.sub("", title))  # "live ten minutes after its merge" is no milestone
    found = _IS_THERE.search(title) or _BY_A_DAY.search(title)
    if (measure.kind == "delivery" or by_hand) and found and not counts:
        return f'is there or it is not ("{found[0]}"): say what is better once it is'
    return ""


def _goes_from_0_to_1(kr: KeyResult) -> bool:
    """Not of a share that people check in between the two."""
    whole = all(checkin.value is None or checkin.value in (0, 1) for checkin in kr.checkins)
    return (kr.measure.start, kr.measure.target) == (Decimal(0), Decimal(1)) and kr.measure.kind != "hold" and whole


def _from_zero(kr: KeyResult) -> str:
    measure = kr.measure
    start, target = measure.start, measure.target
    if start is None or target is None or measure.kind in ("hold", "delivery"):
        return ""
    if start == 0 < target and _wants_less(kr.title, target):
        return f"wants less, and 0 to {exact(target)} reads as more: start is what it was in the last period"
    if target >= start or measure.accrual:
        return ""
    if _counts_since_the_start(measure):
        return 'counts from zero since the period began: with accrual = "period" it is judged by where it is heading'
    values = [checkin.value for checkin in kr.checkins if checkin.value is not None]
    if len(values) > 2 and values[0] <= target and values == sorted(values) and values[-1] > values[0]:
        grown = ", ".join(map(exact, values[:4]))
        return f"wants less, and its check-ins only grow ({grown}): a number that starts from zero with the period"
    return ""


def _wants_less(title: str, target: Decimal) -> bool:
    """Not `Cut costs by 30 %` or `Cut 20 services`: what was cut is counted there, and more of it is better."""
    title = title[:_TITLE_IS_READ_TO]
    words = _words(title)
    if words and words[0] in _LESS:
        following = words[1] if len(words) > 1 else "over"
        by_so_much = _BY_SO_MUCH.search(title) and not _BY_A_DAY.search(title)
        return not (following == "over" or following[0].isdigit() or following in _COUNTED or by_so_much)
    return any(_as_number(word) in {target, target + bool(below)} for below, word in _AT_MOST.findall(title))


def _as_number(word: str) -> Decimal | None:
    word = word.casefold()
    return Decimal(_COUNTED.index(word) + 1) if word in _COUNTED else parse_number(word.rstrip(".,"))


def _counts_since_the_start(measure: Measure) -> bool:
    source = measure.source
    if not isinstance(source, Query) or source.aggregate == "average":
        return False
    return "{period.start}" in source.jql + source.filter
