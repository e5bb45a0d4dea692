"""What people do to what we wrote in Linear is theirs: our update's health, taking it down, the comment; and when."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from unit.linear.workspaces import (
    SLOT,
    Company,
    Initiative,
    Project,
    ProjectUpdate,
    Target,
    a_target,
    a_write,
    served,
)

from adapters.errors import AccessDenied, Temporary
from adapters.sandbox.linear.nodes import Comment, InitiativeUpdate
from adapters.sandbox.server import Call
from mappings.model import Health
from mappings.targets import Standing

HOLDERS: list[Callable[[Company], Project | Initiative]] = [
    lambda company: company.a_project(),
    lambda company: company.workspace.add(Initiative(name="Never let down")),
]


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with served(monkeypatch) as made:
        yield made


@pytest.fixture(params=HOLDERS, ids=["project", "initiative"])
def target(request: pytest.FixtureRequest, company: Company) -> Target:
    return a_target(request.param(company))


def written(company: Company, target: Target, value: str = "0.47", **values: Any) -> Standing:
    """Write once, and what stands after it."""
    company.workspace.now += timedelta(minutes=5)
    outcome = company.connect().write_progress(a_write(company.standing(target), value, **values))
    assert outcome.status == "changed"
    return company.standing(target)


def ours(company: Company) -> list[ProjectUpdate | InitiativeUpdate]:
    made = [*company.workspace.all(ProjectUpdate), *company.workspace.all(InitiativeUpdate)]
    return [post for post in made if post.user is company.workspace.viewer]


def forbid(company: Company, when: Callable[[Call], bool]) -> None:
    refused = b'{"errors":[{"message":"no","extensions":{"type":"forbidden","code":"FORBIDDEN"}}]}'
    company.server.faults.answer(status=200, body=refused, when=when, times=99)


def test_another_health_on_our_update_is_a_persons(company: Company, target: Target) -> None:
    before = written(company, target, health=Health.ON_TRACK)
    (update,) = ours(company)
    company.workspace.change(update, health="offTrack")

    standing = company.standing(target)
    outcome = company.connect().write_progress(a_write(before, "0.60", health=Health.ON_TRACK))

    assert not before.edited
    assert standing.edited
    assert outcome.status == "left-alone"
    assert [post.health for post in ours(company)] == ["offTrack"]


@pytest.mark.parametrize("health", [Health.STALE, None])
def test_an_update_without_a_health_of_ours_is_not_a_persons(
    company: Company, target: Target, health: Health | None
) -> None:
    assert not written(company, target, health=health).edited
    assert not written(company, target, "0.60", health=health).edited


def test_the_health_of_an_update_that_was_given_back_is_ours_again(company: Company, target: Target) -> None:
    written(company, target, health=Health.ON_TRACK)
    company.workspace.change(ours(company)[0], health="offTrack")

    standing = written(company, target, "0.60", health=Health.ON_TRACK)

    assert not standing.edited
    assert sorted(post.health for post in ours(company)) == ["offTrack", "onTrack"]


def test_an_update_that_a_person_took_down_in_its_slot_is_told(company: Company, target: Target) -> None:
    written(company, target)
    company.workspace.archive(ours(company)[0])

    assert company.standing(target).taken_down
    assert not company.standing(target, slot=SLOT + timedelta(days=7)).taken_down


def test_an_update_taken_down_while_the_run_went_on_is_left_down(company: Company, target: Target) -> None:
    before = written(company, target)
    company.workspace.archive(ours(company)[0])
    company.server.reset()

    outcome = company.connect().write_progress(a_write(before, "0.60"))

    assert (outcome.status, outcome.reason) == ("left-alone", "changed since it was read")
    assert company.server.mutations == []


def test_what_was_taken_down_and_given_back_is_posted_once_and_stands(company: Company, target: Target) -> None:
    written(company, target)
    company.workspace.archive(ours(company)[0])

    standing = written(company, target)
    company.server.reset()
    again = company.connect().write_progress(a_write(standing))

    assert (standing.value, standing.taken_down) == (Decimal("0.47"), False)
    assert [post.archived_at is None for post in ours(company)] == [False, True]
    assert again.status == "unchanged"
    assert company.server.mutations == []


def test_an_older_update_of_ours_does_not_hide_that_the_newer_was_taken_down(company: Company, target: Target) -> None:
    written(company, target, health=Health.AT_RISK)
    written(company, target, "0.60", health=Health.OFF_TRACK)
    company.workspace.archive(ours(company)[1])

    assert company.standing(target).taken_down
    assert not written(company, target, "0.60", health=Health.AT_RISK).taken_down


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Europe/Zurich", "America/Los_Angeles", "Pacific/Auckland"])
@pytest.mark.parametrize(("minutes", "stands"), [(1, True), (-1, False)], ids=["after midnight", "before midnight"])
def test_a_slot_begins_where_the_company_is(
    company: Company, target: Target, zone: str, minutes: int, stands: bool
) -> None:
    slot = datetime(2026, 11, 16, tzinfo=ZoneInfo(zone))
    company.workspace.now = (slot + timedelta(minutes=minutes)).astimezone(UTC)
    holder = company.workspace.get(Project if target.kind == "project" else Initiative, target.id)
    post: dict[str, Any] = {"user": company.workspace.human, "body": "Trouble", "health": "offTrack"}
    company.workspace.add(
        ProjectUpdate(project=holder, **post)
        if isinstance(holder, Project)
        else InitiativeUpdate(initiative=holder, **post)
    )

    assert company.standing(target, slot=slot).person_posted is stands


@pytest.mark.parametrize("applied", [False, True], ids=["before it applied", "after it applied"])
def test_a_stopped_run_leaves_no_comment_that_the_ledger_does_not_know_of(company: Company, applied: bool) -> None:
    target = a_target(company.an_issue())
    old, new = ("12 of 20 are done.",), ("14 of 20 are done.",)
    written(company, target, "0.47", text=old)
    company.server.reset()
    company.connect().write_progress(a_write(company.standing(target), "0.60", text=new))
    total = len(company.server.calls)
    stopped = 0

    for number in range(1, total + 1):
        company.connect().write_progress(a_write(company.standing(target), "0.47", text=old))
        company.server.reset()
        company.server.faults.drop(number, applied=applied)
        try:
            company.connect().write_progress(a_write(company.standing(target), "0.60", text=new))
        except Temporary:
            stopped += 1
        # the issue is open again when the next run comes: it wants what stood there before
        standing = company.standing(target)
        wanted = a_write(standing, "0.47", text=old)
        company.connect().write_progress(wanted)

        assert [comment.body for comment in company.workspace.all(Comment)] == [*old], f"stopped at {number}"

    assert stopped >= 1


def test_a_deleted_comment_stays_deleted_and_no_request_tries(company: Company) -> None:
    target = a_target(company.an_issue())
    written(company, target)
    (comment,) = company.workspace.all(Comment)
    company.workspace.delete(comment)
    company.server.reset()

    written(company, target, "0.60", text=("16 of 20 are done.",))

    assert company.workspace.all(Comment) == []
    assert [call.operation for call in company.server.mutations] == ["attachmentCreate"] * 2


def test_a_target_that_is_forbidden_is_its_own_problem(company: Company) -> None:
    project, issue = a_target(company.a_project()), a_target(company.an_issue())
    forbid(company, lambda call: "OkrProject(" in call.request)

    found = company.connect().read_standings([(project, "K1"), (issue, "K2")], slot=SLOT)

    assert found[project].problem == "lin: the token may not do this: no"
    assert found[issue].problem is None


def test_a_token_that_is_let_in_nowhere_is_no_targets_problem(company: Company) -> None:
    forbid(company, lambda call: True)

    with pytest.raises(AccessDenied):
        company.standing(a_target(company.an_issue()))


def test_a_slug_and_an_id_of_one_project_are_one_place(company: Company) -> None:
    project = company.a_project()

    by_slug, by_id = (company.standing(Target("lin", "project", name)) for name in (project.slug_id, project.id))

    assert by_slug.place == by_id.place == project.id


def test_half_characters_in_a_title_are_replaced(company: Company) -> None:
    company.an_issue("Fix \ud83d emoji", description="OKR: GRO-O1-KR\ud83d")

    (issue,) = company.read().issues

    assert (issue.title, issue.description) == ("Fix \ufffd emoji", "OKR: GRO-O1-KR\ufffd")


def test_a_persons_newer_update_stands_for_the_slot(company: Company) -> None:
    project = company.a_project()
    target = a_target(project)
    before = written(company, target)
    company.workspace.add(
        ProjectUpdate(project=project, user=company.workspace.human, body="All red", health="offTrack")
    )

    standing = company.standing(target)
    outcome = company.connect().write_progress(a_write(before, "0.60"))

    assert standing.person_posted
    assert standing.value == Decimal("0.47")
    assert outcome.status == "left-alone"
    assert not company.standing(target, slot=SLOT + timedelta(days=7)).person_posted


def test_a_persons_words_are_never_asked_for(company: Company) -> None:
    project = company.a_project()
    written(company, a_target(project))
    company.workspace.add(ProjectUpdate(project=project, user=company.workspace.human, body="between us"))
    company.server.reset()

    company.standing(a_target(project))

    asking_for_bodies = [call for call in company.server.calls if "body" in call.request]
    assert asking_for_bodies
    assert all(company.workspace.viewer.id in call.request for call in asking_for_bodies)


def test_an_older_post_of_a_person_does_not_stand_in_the_way(company: Company) -> None:
    project = company.a_project()
    company.workspace.add(ProjectUpdate(project=project, user=company.workspace.human, body="Kick-off"))
    company.workspace.now += timedelta(hours=1)
    written(company, a_target(project))

    assert not company.standing(a_target(project)).person_posted
