from datetime import date
from decimal import Decimal

import pytest
from support import builders as b

from mappings.lint import ERROR, WARNING, lint
from mappings.measures import Measure
from mappings.okrs import Retarget


def findings(**changes):
    kr = b.a_kr(**{"measure": b.manual(12, 6)} | changes)
    return [(it.rule, it.severity) for it in lint(b.a_registry(kr), b.settings(), {}) if it.rule >= "OKR030"]


def retarget(day: int, before: int, after: int, month: int = 11) -> Retarget:
    return Retarget(on=date(2026, month, day), before=Decimal(before), after=Decimal(after), because="two markets")


def test_targets_that_moved_and_lead_to_the_target_are_sound():
    assert findings() == []
    assert findings(retargets=(retarget(2, 3, 4), retarget(12, 4, 6))) == []


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        (("OKR030", ERROR), {"retargets": (retarget(12, 3, 5),)}),
        (("OKR030", ERROR), {"retargets": (retarget(12, 3, 5),), "measure": Measure(kind="delivery")}),
        (("OKR031", ERROR), {"retargets": (retarget(2, 3, 4), retarget(12, 5, 6))}),
        (("OKR031", ERROR), {"retargets": (retarget(12, 6, 6),)}),
        (("OKR032", WARNING), {"retargets": (retarget(12, 3, 6, month=9),)}),
        (("OKR033", WARNING), {"checkins": (b.a_checkin(), b.a_checkin(value=6))}),
        (("OKR034", WARNING), {"checkins": (b.a_checkin(),), "measure": Measure(kind="delivery")}),
        (("OKR035", ERROR), {"checkins": (b.a_checkin(value=2),), "measure": Measure(kind="qualitative")}),
    ],
)
def test_what_does_not_fit_has_its_rule(expected, changes):
    assert findings(**changes) == [expected]


def test_a_checkin_without_a_value_fits_every_measure():
    assert findings(measure=Measure(kind="delivery"), checkins=(b.a_checkin(value=None, confidence=4),)) == []
