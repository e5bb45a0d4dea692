"""Check-ins in the comments of key results' pages, updates and issues: lines that match, and nothing else."""

from collections.abc import Iterator
from datetime import UTC, date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from unit.linear.test_okrs import the_tracker
from unit.linear.workspaces import Company, Initiative, ProjectUpdate, Target, a_target, a_write, served

from adapters.sandbox.linear.nodes import Comment, InitiativeUpdate
from mappings.okrs import Checkin

TODAY = date(2026, 11, 18)


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with served(monkeypatch) as made:
        yield made


def comment(company: Company, body: str, **on: object) -> Comment:
    return company.workspace.add(Comment(user=company.workspace.human, body=body, **on))  # type: ignore[arg-type]


def heard(company: Company, *targets: Target) -> dict[Target, tuple[Checkin, ...]]:
    return the_tracker(company).read_checkins(targets, UTC)


def test_a_line_in_a_comment_on_the_projects_update_is_a_check_in(company: Company) -> None:
    project = company.a_project()
    update = company.workspace.add(ProjectUpdate(project=project, user=company.workspace.viewer, body="ours"))
    comment(company, "Well done!\n\nokr: 7 confidence 6 note two were DNS\n", project_update=update)

    found = heard(company, a_target(project))

    assert found == {a_target(project): (Checkin(on=TODAY, value=Decimal(7), confidence=6, note="two were DNS"),)}


def test_comments_on_the_project_on_initiatives_and_on_issues_count_alike(company: Company) -> None:
    project, issue = company.a_project(), company.an_issue()
    initiative = company.workspace.add(Initiative(name="First week"))
    post = company.workspace.add(InitiativeUpdate(initiative=initiative, user=company.workspace.human, body="x"))
    comment(company, "okr: 1", project=project)
    comment(company, "okr: 2", initiative=initiative)
    company.workspace.now += timedelta(minutes=1)
    comment(company, "okr: 3", initiative_update=post)
    comment(company, "okr: 4", issue=issue)
    by_slug = Target("lin", "project", project.slug_id)

    found = heard(company, by_slug, a_target(initiative), a_target(issue))

    assert {target.kind: [each.value for each in checkins] for target, checkins in found.items()} == {
        "project": [1],
        "initiative": [2, 3],
        "issue": [4],
    }


def test_another_projects_comments_are_not_asked_for(company: Company) -> None:
    project, other = company.a_project(), company.a_project("Other")
    comment(company, "okr: 9", project=other)

    assert heard(company, a_target(project)) == {a_target(project): ()}
    [asked] = [call.request for call in company.server.calls if "OkrCheckins" in call.request]
    assert other.id not in asked
    assert "user" not in asked


def test_what_is_no_check_in_is_passed_over(company: Company) -> None:
    project = company.a_project()
    for body in ("okr: GRO-O1-KR1", "see okr: 7", "how is the okr?", "7"):
        comment(company, body, project=project)

    assert heard(company, a_target(project)) == {a_target(project): ()}


def test_our_own_comment_is_no_check_in_whatever_the_goal_is_called(company: Company) -> None:
    issue = company.an_issue()
    target = a_target(issue)
    company.connect().write_progress(a_write(company.standing(target), text=("okr: 7 shops", "okr: 8")))
    assert company.workspace.all(Comment) != []

    assert heard(company, target) == {target: ()}


def test_the_day_is_the_companys(company: Company) -> None:
    project = company.a_project()
    company.workspace.now = company.workspace.now.replace(hour=23, minute=30)
    comment(company, "okr: 7", project=project)

    zone = ZoneInfo("Europe/Zurich")
    [checkin] = the_tracker(company).read_checkins([a_target(project)], zone)[a_target(project)]

    assert checkin.on == TODAY + timedelta(days=1)


def test_a_hundred_and_more_targets_are_asked_for_in_few_requests(company: Company) -> None:
    projects = [company.a_project(f"P{number}") for number in range(130)]
    for project in projects:
        comment(company, "okr: 5", project=project)

    found = heard(company, *map(a_target, projects))

    assert {len(checkins) for checkins in found.values()} == {1}
    assert len([call for call in company.server.calls if "OkrCheckins" in call.request]) == 2
