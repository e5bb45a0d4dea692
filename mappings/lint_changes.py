"""What is wrong with what changed in mid-period: targets that moved, and values that people checked in."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from mappings.checkin_rules import no_value_because, wrong_value
from mappings.findings import Finding, error, warning
from mappings.okrs import KeyResult, Period
from mappings.rounding import exact


def changes(kr: KeyResult, period: Period) -> Iterator[Finding]:
    """Every finding about one key result."""
    yield from _retargets(kr, period)
    yield from _checkins(kr)


def _retargets(kr: KeyResult, period: Period) -> Iterator[Finding]:
    for change in kr.retargets:
        if change.before == change.after:
            yield error("OKR031", kr.where, f"{kr.id}: the retarget of {change.on} changes nothing")
        if not period.start <= change.on <= period.end:
            yield warning("OKR032", kr.where, f"{kr.id}: the retarget of {change.on} lies outside {period.id}")
    for earlier, later in pairwise(kr.retargets):
        if earlier.after != later.before:
            from_to = f"from {exact(later.before)}, and the one before leads to {exact(earlier.after)}"
            yield error("OKR031", kr.where, f"{kr.id}: the retarget of {later.on} goes {from_to}")
    if kr.retargets and kr.retargets[-1].after != kr.measure.target:
        target = "none" if kr.measure.target is None else exact(kr.measure.target)
        said = f"the last retarget leads to {exact(kr.retargets[-1].after)}, and the target is {target}"
        yield error("OKR030", kr.where, f"{kr.id}: {said}")


def _checkins(kr: KeyResult) -> Iterator[Finding]:
    days = Counter(checkin.on for checkin in kr.checkins)
    for day in sorted(day for day, count in days.items() if count > 1):
        yield warning("OKR033", kr.where, f"{kr.id}: {days[day]} check-ins on {day}: the last one counts")
    why = no_value_because(kr.measure)
    for checkin in kr.checkins:
        if why and checkin.value is not None:
            yield warning("OKR034", kr.where, f"{kr.id}: the value of {checkin.on} has no effect: {why}")
        if wrong := wrong_value(kr.measure, checkin.value):
            yield error("OKR035", kr.where, f"{kr.id}: the check-in of {checkin.on}: {wrong}")
