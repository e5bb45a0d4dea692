"""A project that has another key by now."""

from typing import Any

from support.builders import TODAY, a_kr, a_registry, a_scope, a_team, an_issue, settings

from mappings.figures import work_out
from mappings.model import Reading
from mappings.renames import with_present_keys
from mappings.settings import RoutineClass, Rule


def a_reading(**changes: Any) -> Reading:
    given: dict[str, Any] = {"scope": a_scope(), "kind": "memory", "renamed": (("PAY", "PMT"),)}
    return Reading(**given | changes)


def test_work_of_a_renamed_project_stays_its_team_s() -> None:
    figures = work_out([a_reading(issues=(an_issue("PMT-1"),))], a_registry(a_kr()), settings(), TODAY)

    (linked,) = figures.linked.values()
    assert linked.team.key == "payments"


def test_rules_that_name_the_old_key_mean_the_new_one() -> None:
    routine = RoutineClass(name="bug", rules=(Rule(project="pay", type="Bug"),))
    given = settings(
        teams=(a_team(routine=(routine,)),), rules=(Rule(project="PAY", kr="PAY-O1-KR1"), Rule(type="Epic"))
    )

    found = with_present_keys(given, [a_reading()])

    assert [rule.project for rule in found.rules] == ["PMT", ""]
    assert found.teams[0].routine[0].rules[0].project == "PMT"
    assert found.teams[0].scopes[0].projects == ("PMT",)


def test_a_project_of_that_key_in_another_tracker_keeps_it() -> None:
    elsewhere = a_team("growth", scopes=(a_scope(tracker="other", team="growth"),))

    found = with_present_keys(settings(teams=(a_team(), elsewhere)), [a_reading()])

    assert [team.scopes[0].projects for team in found.teams] == [("PMT",), ("PAY",)]


def test_where_nothing_was_renamed_the_settings_are_what_they_were() -> None:
    given = settings()

    assert with_present_keys(given, [a_reading(renamed=())]) is given
