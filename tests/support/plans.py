"""Key results with a score, what stands at their target, and the plan that follows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from mappings.figures import Figures, work_out
from mappings.model import Reading
from mappings.okrs import KeyResult
from mappings.targets import Ledger, Standing, Target, fingerprint
from support.builders import TODAY, a_checkin, a_kr, a_registry, a_scope, a_team, manual, settings
from syncer.plan import Change, living_text, plan_progress

TARGET = Target("memory", "issue", "OKR-1")
SLOT = datetime(2026, 11, 16, tzinfo=UTC)
GROWTH = a_team("growth", scopes=(a_scope(team="growth", projects=("GRO",)),))
RULES = settings(teams=(a_team(), GROWTH))


def scoring(percent: int | None = 60, id: str = "PAY-O1-KR1", **changes: Any) -> KeyResult:
    """A key result that a person checked in at so many percent, written to TARGET."""
    checkins = () if percent is None else (a_checkin(value=percent),)
    return a_kr(id, **{"measure": manual(0, 100), "checkins": checkins, "write": TARGET} | changes)


def a_reading(team: str = "payments", problem: str | None = None, **changes: Any) -> Reading:
    return Reading(scope=a_scope(team=team), kind="memory", problem=problem, **changes)


def figures_of(*krs: KeyResult, readings: Sequence[Reading] = (a_reading(), a_reading("growth"))) -> Figures:
    return work_out(readings, a_registry(*krs), RULES, TODAY)


def text_of(kr: KeyResult) -> tuple[str, ...]:
    found = figures_of(kr).key_results[kr.id]
    return living_text(found, found.score.value or Decimal(0))


def a_ledger(value: str | None = "0.60", **changes: Any) -> Ledger:
    """The ledger as this program writes it for `scoring()` where nothing moved."""
    defaults: dict[str, Any] = {
        "kr": "PAY-O1-KR1",
        "value": None if value is None else Decimal(value),
        "said": fingerprint(text_of(scoring())),
    }
    return Ledger(**defaults | changes)


def standing(value: str | None, ledger: Ledger | None = None, **changes: Any) -> Standing:
    return Standing(
        **{"target": TARGET, "value": None if value is None else Decimal(value), "ledger": ledger} | changes
    )


def planned(
    kr: KeyResult | None = None,
    stands: Standing | None = None,
    readings: Sequence[Reading] = (a_reading(), a_reading("growth")),
    others: Sequence[KeyResult] = (),
    resumed: str = "",
) -> Change:
    """The change of `kr` over what stands there."""
    kr = kr or scoring()
    standings = {stands.target: stands} if stands else {}
    registry = a_registry(kr, *others)
    changes = plan_progress(work_out(readings, registry, RULES, TODAY), registry, RULES, standings, resumed=resumed)
    return next(change for change in changes if change.kr == kr.id)


def written(change: Change) -> Decimal | str | None:
    """The value that applying it writes; "nothing" where it sends no request."""
    return change.write.value if change.write else "nothing"


RESUME = "clear it, or `okrsync resume PAY-O1-KR1`"
DETAILS = "the same value, its details moved"
PERSON = f"a person set 0.55; ours is 0.6; {RESUME}"
