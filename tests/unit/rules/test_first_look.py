"""A first look at closed sprints: what fits, what to bind, what a person has to say; each issue counts once."""

from dataclasses import replace
from typing import Any

from support.builders import TODAY, a_kr, a_registry, a_scope, a_sprint, a_team, an_issue, settings

from mappings.figures import Figures, work_out
from mappings.first_look import FirstLook, closed_rows, holders_of, look, with_binds
from mappings.linking import Class
from mappings.model import Issue, Reading, State
from mappings.okrs import Registry
from mappings.settings import RoutineClass, Rule, RuleSettings
from mappings.targets import Target

CLOSED = ("5", "6")
DOWN, FAST = "PAY-O1-KR1", "PAY-O1-KR2"
RULES = settings(teams=(a_team(routine=(RoutineClass(name="bug", rules=(Rule(type="Bug"),)),)),))


def a_row(number: int, **changes: Any) -> Issue:
    return an_issue(f"PAY-{number}", **{"sprints": CLOSED[:1], "state": State.DONE} | changes)


def an_epic(number: int, title: str, **changes: Any) -> Issue:
    return an_issue(f"PAY-{number}", title=title, level=1, type="Epic", **changes)


def seen(*issues: Issue, rules: RuleSettings = RULES, registry: Registry | None = None) -> Figures:
    sprints = (*(a_sprint(id, state="closed") for id in CLOSED), a_sprint("7"))
    reading = Reading(scope=a_scope(), kind="memory", issues=issues, sprints=sprints)
    return work_out([reading], registry or REGISTRY, rules, TODAY)


def looked(*issues: Issue, registry: Registry | None = None, **options: Any) -> FirstLook:
    names = options.pop("names", {})
    return look(seen(*issues, registry=registry), registry or REGISTRY, RULES, names, **options)


REGISTRY = a_registry(
    a_kr(DOWN, title="Checkout survives outages", binds=(Target("memory", "issue", "PAY-90"),)),
    a_kr(FAST, title="Dashboards within seconds"),
)


def test_what_fits_is_told_with_the_epics_that_it_fits_through() -> None:
    epic, routine = an_epic(90, "Retries"), a_row(3, type="Bug")
    rows = [a_row(1, parent=epic.id), a_row(2, labels=(f"okr:{FAST}",)), routine, a_row(4)]

    found = looked(epic, *rows)

    assert found.by_class == {Class.ALIGNED: 2, Class.ROUTINE: 1, Class.UNALIGNED: 1}
    assert (found.issues, found.through, found.reached, found.alone) == (4, 1, 2, 1)
    assert found.binds == found.unsure == ()
    assert [sprint.id for sprint in found.sprints] == ["5"]


def test_an_issue_of_two_closed_sprints_counts_once_and_active_ones_not() -> None:
    found = looked(a_row(1, sprints=CLOSED), a_row(2, sprints=("7",)), a_row(3, state=State.CANCELLED))

    assert found.issues == 1
    assert [sprint.id for sprint in found.sprints] == ["5", "6"]


def test_an_epic_whose_words_only_one_key_result_has_is_proposed_with_what_it_brings() -> None:
    epic, other = an_epic(91, "Dashboards load late"), an_epic(92, "Colours of the season")
    rows = [*(a_row(n, parent=epic.id) for n in (1, 2, 3)), a_row(4, parent=other.id), a_row(5, parent=other.id)]

    found = looked(epic, other, *rows)

    [bind] = found.binds
    assert (str(bind.target), bind.title, bind.issues) == ("memory:issue/PAY-91", "Dashboards load late", 3)
    assert bind.guess is not None and bind.guess.kr == FAST and bind.alone and not bind.is_sure
    assert bind.guess.reason == "in the key result's words: dashboards"
    [unsure] = found.unsure
    assert (unsure.target.id, unsure.issues, unsure.guess) == ("PAY-92", 2, None)
    assert (found.reached, found.alone) == (3, 0)


def test_an_epic_whose_words_two_key_results_have_is_unsure() -> None:
    epic = an_epic(91, "Dashboards and outages")

    found = looked(epic, a_row(1, parent=epic.id))

    assert found.binds == ()
    assert found.unsure[0].guess is not None
    assert found.reached == 0


def test_what_an_epics_linked_issues_support_makes_it_sure() -> None:
    epic = an_epic(91, "Colours")
    tagged = [a_row(n, parent=epic.id, labels=(f"okr:{FAST}",)) for n in (1, 2)]

    found = looked(epic, *tagged, a_row(3, parent=epic.id))

    [bind] = found.binds
    assert bind.is_sure and not bind.alone
    assert bind.guess is not None and bind.guess.reason == "2 of 2 linked issues below it support it"
    assert found.reached == 3


def test_routine_work_inside_an_epic_is_its_key_results_once_it_is_bound() -> None:
    epic = an_epic(91, "Dashboards load late")

    found = looked(epic, a_row(1, parent=epic.id, type="Bug"), a_row(2, parent=epic.id))

    assert found.by_class == {Class.ROUTINE: 1, Class.UNALIGNED: 1}
    assert found.reached == 2


def test_the_nearest_epic_holds_then_the_project_then_the_topmost_parent() -> None:
    top = an_issue("PAY-80", level=2)
    epic, story = an_epic(91, "Epic", parent=top.id), an_issue("PAY-81")
    project = ("project/p-1", "project/slug", "initiative/i-1")
    rows = [
        a_row(1, parent=epic.id, containers=project),
        a_row(2, containers=project),
        a_row(3, parent=story.id, containers=("initiative/i-1",)),
        a_row(4),
        a_row(5, parent="id-hidden"),
    ]
    figures = seen(top, epic, story, *rows)

    _, found = closed_rows(figures)
    holders = holders_of(figures, found.values())

    assert {str(target): [ref[1] for ref in refs] for target, refs in holders.items()} == {
        "memory:issue/PAY-81": ["id-PAY-3"],
        "memory:issue/PAY-91": ["id-PAY-1"],
        "memory:project/p-1": ["id-PAY-2"],
    }


def test_parents_in_a_circle_end_the_walk() -> None:
    first, second = a_row(1, parent="id-PAY-2"), a_row(2, parent="id-PAY-1")

    assert set(holders_of(seen(first, second), closed_rows(seen(first, second))[1].values())) == {
        Target("memory", "issue", "PAY-1"),
        Target("memory", "issue", "PAY-2"),
    }


def test_a_project_is_guessed_by_its_name_and_one_without_a_name_is_not() -> None:
    rows = [a_row(n, containers=("project/p-1",)) for n in (1, 2)] + [a_row(3, containers=("project/p-2",))]

    found = looked(*rows, names={Target("memory", "project", "p-1"): "Faster dashboards"})

    assert [(str(each.target), each.title) for each in found.binds] == [("memory:project/p-1", "Faster dashboards")]
    assert [(str(each.target), each.title, each.guess) for each in found.unsure] == [("memory:project/p-2", "", None)]


def test_one_team_is_looked_at_alone() -> None:
    rules = settings(teams=(a_team(), a_team("growth", scopes=(a_scope(team="growth", projects=("GRO",)),))))
    issues = [a_row(1), an_issue("GRO-1", sprints=CLOSED[1:])]

    found = look(seen(*issues, rules=rules), REGISTRY, rules, {}, "growth")

    assert found.issues == 1
    assert [sprint.id for sprint in found.sprints] == ["6"]


def test_binds_are_added_to_those_that_are_there() -> None:
    epic = an_epic(91, "Outages of checkout")
    [bind] = looked(epic, a_row(1, parent=epic.id)).binds

    found = with_binds(REGISTRY, [bind, bind, replace(bind, guess=None)])

    assert [kr.binds for kr in found.key_results] == [
        (Target("memory", "issue", "PAY-90"), Target("memory", "issue", "PAY-91")),
        (),
    ]


def test_without_closed_sprints_there_is_nothing() -> None:
    found = looked(an_issue("PAY-1"))

    assert (found.issues, found.sprints, found.binds, found.reached) == (0, (), (), 0)
