"""Objectives and key results that live in Linear: initiatives, their projects, and the okr blocks of their pages."""

from collections.abc import Iterator
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from unit.linear.workspaces import Company, Initiative, InitiativeToProject, Project, Target, served

from adapters.declaring import Declared, DeclaresOkrs
from adapters.linear import connect
from adapters.linear.settings import LinearSettings
from adapters.retry import Deadline
from mappings.fenced import print_block
from mappings.okrs import Checkin, KeyResult, Objective, Period, Status

Q4 = Period(id="2026-Q4", start=date(2026, 10, 1), end=date(2026, 12, 31))


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with served(monkeypatch) as made:
        yield made


def page(**values: Any) -> str:
    return f"Words of people.\n\n{print_block(values)}\n"


def an_objective(company: Company, name: str = "First week", **values: Any) -> Initiative:
    block = values.pop("block", {"id": "GRO-O1", "team": "growth", "period": "2026-Q4"})
    content = None if block is None else page(**block)
    return company.workspace.add(Initiative(name=name, content=content, **values))


def a_key_result(company: Company, *above: Initiative, name: str = "Activation", **block: Any) -> Project:
    project = company.a_project(name, content=page(**{"id": "GRO-O1-KR1", **block}))
    for initiative in above:
        company.workspace.add(InitiativeToProject(initiative=initiative, project=project))
    return project


def declared(company: Company, **okrs: Any) -> Declared:
    tracker = the_tracker(company, **okrs)
    assert tracker.declares_okrs
    return tracker.read_okrs([Q4], UTC)


def the_tracker(company: Company, **okrs: Any) -> DeclaresOkrs:
    settings = LinearSettings.model_validate(
        {"kind": "linear", "url": f"{company.server.url}/graphql", "token_env": "LINEAR_TEST_TOKEN", "okrs": okrs}
    )
    tracker = connect("lin", settings, deadline=Deadline(60), may_write=False)
    assert isinstance(tracker, DeclaresOkrs)
    return tracker


def the_goals(company: Company, **okrs: Any) -> tuple[Objective, KeyResult]:
    found = declared(company, **okrs)
    assert found.misfits == ()
    [objective] = found.objectives
    [kr] = objective.key_results
    return objective, kr


def misfits(company: Company, **okrs: Any) -> list[str]:
    return [each.message for each in declared(company, **okrs).misfits]


def test_an_initiative_is_an_objective_and_its_project_a_key_result(company: Company) -> None:
    initiative = an_objective(company)
    project = a_key_result(
        company, initiative, start=31, target=45, current=Decimal("32.5"), on=date(2026, 11, 13), confidence=4, weight=2
    )

    objective, kr = the_goals(company)

    assert (objective.id, objective.title, objective.team, objective.period) == (
        "GRO-O1",
        "First week",
        "growth",
        "2026-Q4",
    )
    assert (kr.id, kr.title, kr.objective, kr.team, kr.weight) == ("GRO-O1-KR1", "Activation", "GRO-O1", "growth", 2)
    assert (kr.measure.kind, kr.measure.start, kr.measure.target) == ("manual", 31, 45)
    assert kr.checkins == (Checkin(on=date(2026, 11, 13), value=Decimal("32.5"), confidence=4),)
    assert kr.home == kr.write == Target("lin", "project", project.id)
    assert kr.binds == (kr.home,), "its project's work supports it"
    assert (kr.where, objective.where) == (project.url, initiative.url)


def test_without_numbers_it_is_measured_by_delivery(company: Company) -> None:
    a_key_result(company, an_objective(company), target=20, unit="issues")

    _, kr = the_goals(company)

    assert (kr.measure.kind, kr.measure.target, kr.unit, kr.checkins) == ("delivery", 20, "issues", ())


def test_a_value_without_a_day_is_of_the_day_the_page_was_changed_and_not_of_our_posts(company: Company) -> None:
    project = a_key_result(company, an_objective(company), start=0, target=10, current=3)
    changed = company.workspace.now.date()
    company.workspace.now += timedelta(days=5)
    company.workspace.touch(project)

    assert [checkin.on for checkin in the_goals(company)[1].checkins] == [changed]


def test_an_id_that_is_not_given_is_the_slug_of_the_address_and_is_said(company: Company) -> None:
    initiative = an_objective(company, block={"team": "growth", "period": "2026-Q4"})
    project = company.a_project("Activation", content=page(start=1, target=2))
    company.workspace.add(InitiativeToProject(initiative=initiative, project=project))

    found = declared(company)

    assert [kr.id for kr in found.objectives[0].key_results] == [project.slug_id]
    assert f"Activation has no id of its own: tags name it {project.slug_id} ({project.url})" in found.notes


@pytest.mark.parametrize("by", ["name", "id", "slug_id"])
def test_the_config_may_name_the_initiatives_and_take_every_project(company: Company, by: str) -> None:
    initiative = an_objective(company, block=None)
    an_objective(company, "Another", block={"id": "X"})
    project = company.a_project("No block")
    company.workspace.add(InitiativeToProject(initiative=initiative, project=project))

    named = {"initiatives": [getattr(initiative, by)], "every_project": True, "period": "2026-Q4", "team": "growth"}
    objective, kr = the_goals(company, **named)

    assert (objective.id, kr.id) == (initiative.slug_id, project.slug_id)
    assert (kr.measure.kind, kr.team) == ("delivery", "growth")


def test_projects_of_other_initiatives_are_not_read(company: Company) -> None:
    a_key_result(company, an_objective(company))
    other = an_objective(company, "Elsewhere", block=None)
    a_key_result(company, other, name="Private", id="X-1")
    company.server.reset()

    the_goals(company)

    asked = [call.request for call in company.server.calls if "OkrProjectPages" in call.request]
    assert asked and all(other.id not in request for request in asked)


def test_a_project_in_two_initiatives_counts_once_in_the_first_of_the_workspace(company: Company) -> None:
    second = an_objective(company, sort_order=2)
    first = an_objective(company, "Before it", sort_order=1, block={"id": "GRO-O2", "period": "2026-Q4"})
    a_key_result(company, second, first)

    found = declared(company)

    assert {o.id: [kr.id for kr in o.key_results] for o in found.objectives} == {"GRO-O1": [], "GRO-O2": ["GRO-O1-KR1"]}
    assert found.notes == ("Activation counts in GRO-O2 alone; GRO-O1 it supports",)


def test_a_project_in_two_initiatives_counts_in_the_one_that_its_block_names(company: Company) -> None:
    second = an_objective(company, sort_order=2)
    first = an_objective(company, "Before it", sort_order=1, block={"id": "GRO-O2", "period": "2026-Q4"})
    a_key_result(company, second, first, objective="gro_o1")

    found = declared(company)

    assert {o.id: len(o.key_results) for o in found.objectives} == {"GRO-O1": 1, "GRO-O2": 0}


def test_a_parent_initiative_is_what_an_objective_supports(company: Company) -> None:
    above = an_objective(company, "Company", block={"id": "CO-1", "period": "2026-Q4"})
    a_key_result(company, an_objective(company, parent_initiative=above))

    assert {o.id: o.supports for o in declared(company).objectives} == {"CO-1": None, "GRO-O1": "CO-1"}


def test_a_cancelled_project_is_a_retired_key_result(company: Company) -> None:
    project = a_key_result(company, an_objective(company))
    project.canceled_at = company.workspace.now

    _, kr = the_goals(company)

    assert (kr.status, kr.status_on) == (Status.RETIRED, company.workspace.now.date())


def test_an_archived_project_stays_a_key_result_and_is_not_written(company: Company) -> None:
    project = a_key_result(company, an_objective(company))
    company.workspace.archive(project)

    assert the_goals(company)[1].write is None


def test_a_trashed_project_is_no_key_result(company: Company) -> None:
    initiative = an_objective(company)
    a_key_result(company, initiative)
    company.workspace.trash(a_key_result(company, initiative, name="Gone", id="GRO-O1-KR2"))

    assert the_goals(company)[1].id == "GRO-O1-KR1"


def test_a_block_names_where_the_score_goes_and_who_shares_it(company: Company) -> None:
    a_key_result(
        company,
        an_objective(company),
        write="lin:issue/GRO-1",
        teams=["data"],
        policy="manual-until:2026-12-01",
        cadence="2w",
        aliases=["activation"],
        status="replaced",
        since=date(2026, 11, 2),
        reason="renamed",
        replaced_by="GRO-O1-KR4",
    )

    _, kr = the_goals(company)

    assert (kr.write, kr.teams, kr.cadence_days) == (Target("lin", "issue", "GRO-1"), ("growth", "data"), 14)
    assert (kr.policy, kr.policy_until, kr.aliases) == ("manual-until", date(2026, 12, 1), ("activation",))
    assert (kr.status, kr.status_on, kr.replaced_by) == (Status.REPLACED, date(2026, 11, 2), "GRO-O1-KR4")


def test_where_writing_is_off_nothing_is_written_but_where_a_block_says_so(company: Company) -> None:
    a_key_result(company, an_objective(company))

    assert the_goals(company, write=False)[1].write is None


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ({"target": "45"}, "its okr block: target must be a number"),
        ({"traget": 45}, "its okr block: traget: unknown key; did you mean"),
        ({"id": "a b"}, "its okr block: id: must be letters, digits"),
        ({"period": "2026-Q3"}, "names another period than its objective GRO-O1, which is of 2026-Q4"),
        ({"objective": "PAY-O1"}, "names an objective that it is not in: its initiatives are GRO-O1"),
        ({"write": "file"}, "is not written to a file"),
        ({"write": "somewhere"}, "its okr block: write: must be CONNECTION:issue/KEY"),
    ],
)
def test_what_does_not_fit_is_said_at_the_pages_address(company: Company, block: dict[str, Any], says: str) -> None:
    project = a_key_result(company, an_objective(company), **block)

    found = declared(company).misfits

    assert [each.where for each in found if says in each.message] == [project.url]
    assert all(each.message.startswith("Activation: ") for each in found)


def test_a_block_that_is_no_toml_is_said_and_the_rest_is_judged_too(company: Company) -> None:
    initiative = an_objective(company, block={"id": "GRO-O1", "period": "2026-Q9"})
    project = a_key_result(company, initiative)
    project.content = "```okr\nid = \n```"

    told = misfits(company)

    assert any("no registry file declares the period" in each for each in told)
    assert any("is not valid TOML" in each for each in told)


def test_no_key_result_at_all_is_said(company: Company) -> None:
    an_objective(company)

    [found] = declared(company).misfits

    assert (found.setting, "finds no key result" in found.message) == (("okrs",), True)


@pytest.mark.parametrize(("name", "says"), [("Frist week", "did you mean"), ("Twin", "are all called so")])
def test_an_initiative_that_the_config_names_wrongly_is_said(company: Company, name: str, says: str) -> None:
    an_objective(company)
    an_objective(company, "Twin")
    an_objective(company, "Twin")

    [found] = declared(company, initiatives=[name]).misfits

    assert found.setting == ("okrs", "initiatives")
    assert says in found.message
