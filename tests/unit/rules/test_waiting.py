"""A key result that waits for another goal says which, and why."""

from typing import Any

import pytest
from support.builders import a_kr, a_registry, a_team, an_objective, settings

from mappings.health import Verdict
from mappings.model import Health
from mappings.okrs import KeyResult, Status
from mappings.waiting import waits_on

RULES = settings(teams=(a_team(), a_team("growth", name="Growth")))


def a_verdict(health: Health) -> Verdict:
    return Verdict(health=health, rule="pace:committed", because="10 % against 50 % expected")


def waiting(*others: Any, on: tuple[str, ...] = ("GRO-O1-KR1",), **verdicts: Health) -> tuple[str, ...]:
    """What PAY-O1-KR1 waits for where it depends on these; `verdicts` by id, underscores for hyphens."""
    kr = a_kr("PAY-O1-KR1", depends_on=on)
    judged = {name.replace("_", "-"): a_verdict(health) for name, health in verdicts.items()}
    return waits_on(kr, a_registry(kr, *others), judged, RULES)


def theirs(id: str = "GRO-O1-KR1", **changes: Any) -> KeyResult:
    return a_kr(id, team="growth", **changes)


def test_a_key_result_waits_for_another_teams_that_is_off_track() -> None:
    assert waiting(theirs(), GRO_O1_KR1=Health.OFF_TRACK) == (
        "GRO-O1-KR1 of Growth, which is off track by pace:committed: 10 % against 50 % expected",
    )


@pytest.mark.parametrize("health", [each for each in Health if each is not Health.OFF_TRACK])
def test_it_waits_for_nothing_that_is_not_off_track(health: Health) -> None:
    assert waiting(theirs(), GRO_O1_KR1=health) == ()


def test_its_own_teams_goal_is_named_without_the_team() -> None:
    (said,) = waiting(a_kr("PAY-O1-KR2"), on=("pay.o1.kr2",), PAY_O1_KR2=Health.OFF_TRACK)

    assert said.startswith("PAY-O1-KR2, which is off track")


def test_it_may_wait_for_an_objective_too_and_for_the_companys() -> None:
    found = waiting(
        an_objective("GRO-O1", team="growth"),
        an_objective("CO-1", team=""),
        on=("CO-1", "GRO-O1"),
        GRO_O1=Health.OFF_TRACK,
        CO_1=Health.OFF_TRACK,
    )

    assert [said.partition(",")[0] for said in found] == ["CO-1", "GRO-O1 of Growth"]


def test_a_team_that_the_config_lacks_is_named_by_its_key() -> None:
    (said,) = waiting(a_kr("OPS-O1-KR1", team="ops"), on=("OPS-O1-KR1",), OPS_O1_KR1=Health.OFF_TRACK)

    assert said.startswith("OPS-O1-KR1 of ops,")


@pytest.mark.parametrize(("reason", "said"), [("", ""), ("no budget", ": no budget")])
def test_what_was_retired_will_never_come(reason: str, said: str) -> None:
    retired = theirs(status=Status.RETIRED, status_reason=reason)

    assert waiting(retired) == (f"GRO-O1-KR1 of Growth, which is retired{said}",)


def test_a_replaced_key_result_stands_for_what_took_its_place() -> None:
    found = waiting(
        theirs(status=Status.REPLACED, replaced_by="GRO-O1-KR2"),
        theirs("GRO-O1-KR2", status=Status.REPLACED, replaced_by="GRO-O1-KR3"),
        theirs("GRO-O1-KR3"),
        GRO_O1_KR3=Health.OFF_TRACK,
    )

    assert [said.partition(" of ")[0] for said in found] == ["GRO-O1-KR3"]


@pytest.mark.parametrize("replaced_by", [None, "GRO-O1-KR1", "NOTHING"])
def test_a_replacement_that_leads_nowhere_is_waited_for_by_nobody(replaced_by: str | None) -> None:
    assert waiting(theirs(status=Status.REPLACED, replaced_by=replaced_by)) == ()


@pytest.mark.parametrize("name", ["NOTHING", "PAY-O1-KR1", "GRO-O1-KR1"])
def test_what_is_not_declared_or_in_force_or_is_itself_is_not_waited_for(name: str) -> None:
    assert waiting(theirs(), on=(name,), PAY_O1_KR1=Health.OFF_TRACK) == ()
