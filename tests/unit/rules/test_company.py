"""The company's goals: what supports them, what nothing supports, and where the teams' sprints go."""

from fractions import Fraction

from support.builders import (
    TODAY,
    a_kr,
    a_registry,
    a_scope,
    a_sprint,
    a_team,
    an_issue,
    an_objective,
    settings,
)

from mappings.company import CompanyView, company_view
from mappings.figures import work_out
from mappings.model import Reading
from mappings.okrs import Registry

ABOVE = an_objective(
    "CO-O1", a_kr("CO-O1-KR1", team=""), a_kr("CO-O1-KR2", team=""), a_kr("CO-O1-KR3", team=""), team=""
)
BELOW = an_objective("PAY-O1", a_kr("PAY-O1-KR1"), supports="CO-O1-KR1")
OWN = an_objective("MOB-O1", a_kr("MOB-O1-KR1", team="mobile"), team="mobile")


def seen(registry: Registry, *labels: tuple[str, str], least: int = 0, people: int | None = None) -> CompanyView:
    """Issues of the payments team (PAY) and of mobile (MOB) in one sprint each, with their tags."""
    scopes = {key: a_scope(team=key, projects=(project,)) for key, project in (("payments", "PAY"), ("mobile", "MOB"))}
    teams = tuple(
        a_team(key, scopes=(scope,), people=number)
        for (key, scope), number in zip(scopes.items(), (people, 4), strict=True)
    )
    readings = []
    for key, scope in scopes.items():
        of_team = [
            an_issue(f"{scope.projects[0]}-{number}", labels=(tag,) if tag else (), sprints=(key,))
            for number, (project, tag) in enumerate(labels, 1)
            if project == scope.projects[0]
        ]
        sprint = a_sprint(key, team=key)
        readings.append(Reading(scope=scope, kind="memory", issues=tuple(of_team), sprints=(sprint,)))
    rules = settings(teams=teams, merge_teams_under=least)
    figures = work_out(readings, registry, rules, TODAY)
    return company_view(figures, registry, rules, figures.sprints)


def test_a_company_without_a_goal_of_its_own_has_no_view() -> None:
    view = seen(a_registry(OWN), ("MOB", "okr:MOB-O1-KR1"))

    assert (view.objectives, view.teams, view.unsupported) == ((), (), ())


def test_a_goal_is_supported_by_an_objective_or_by_work_and_else_by_no_team() -> None:
    view = seen(a_registry(ABOVE, BELOW, OWN), ("MOB", "okr:CO-O1-KR2"), ("PAY", ""))

    [objective] = view.objectives
    found = {kr.goal: (kr.objectives, kr.teams) for kr in objective.key_results}
    assert found == {"CO-O1-KR1": (("PAY-O1",), ()), "CO-O1-KR2": ((), ("mobile",)), "CO-O1-KR3": ((), ())}
    assert (objective.support.objectives, objective.support.teams) == (("PAY-O1",), ("mobile",))
    assert view.unsupported == ("CO-O1-KR3",)


def test_a_teams_sprint_is_spread_over_the_goals_that_its_work_comes_up_to() -> None:
    view = seen(
        a_registry(ABOVE, BELOW, OWN),
        ("PAY", "okr:PAY-O1-KR1"),
        ("PAY", "okr:CO-O1-KR1"),
        ("PAY", "okr:MOB-O1-KR1"),
        ("PAY", ""),
        ("MOB", "okr:MOB-O1-KR1"),
    )

    assert [(it.name, it.issues, it.shares) for it in view.teams] == [
        ("mobile", 1, ()),
        ("payments", 4, (("CO-O1", Fraction(1, 2)),)),
    ]


def test_teams_under_the_size_are_shown_together_and_last() -> None:
    work = (("PAY", "okr:CO-O1-KR1"), ("MOB", ""))

    together = seen(a_registry(ABOVE), *work, least=5, people=3)
    apart = seen(a_registry(ABOVE), *work, least=4, people=None)

    assert [(it.name, it.teams, it.shares) for it in together.teams] == [
        ("small teams", 2, (("CO-O1", Fraction(1, 2)),))
    ]
    assert [it.name for it in apart.teams] == ["mobile", "payments"]


def test_small_teams_that_are_still_too_few_people_show_no_share() -> None:
    view = seen(a_registry(ABOVE), ("PAY", "okr:CO-O1-KR1"), ("MOB", "okr:CO-O1-KR1"), least=5, people=None)

    assert [(it.name, it.shares) for it in view.teams] == [
        ("payments", (("CO-O1", Fraction(1)),)),
        ("small teams", None),
    ]


def test_support_that_comes_back_to_where_it_began_belongs_to_no_goal_of_the_company() -> None:
    one = an_objective("A-O1", a_kr("A-O1-KR1"), team="", supports="B-O1")
    other = an_objective("B-O1", team="", supports="A-O1")

    view = seen(a_registry(ABOVE, one, other), ("PAY", "okr:A-O1-KR1"))

    assert [it.support.goal for it in view.objectives] == ["CO-O1"]
    assert [it.shares for it in view.teams] == [()]
