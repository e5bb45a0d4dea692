"""Value and ledger at Linear's three kinds of target."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from unit.linear.workspaces import (
    SLOT,
    Company,
    Initiative,
    Issue,
    Project,
    ProjectUpdate,
    Target,
    a_target,
    a_write,
    served,
)

from adapters.errors import Temporary, WriteRefused
from adapters.linear import connect
from adapters.linear.settings import LinearSettings
from adapters.retry import Deadline
from adapters.sandbox.linear.nodes import Attachment, Comment, InitiativeUpdate
from adapters.sandbox.server import Call
from mappings.model import Health
from mappings.targets import Ledger, Standing

KINDS: list[Callable[[Company], Issue | Project | Initiative]] = [
    lambda company: company.an_issue(),
    lambda company: company.a_project(),
    lambda company: company.workspace.add(Initiative(name="Never let down")),
]
IDS = ["issue", "project", "initiative"]


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with served(monkeypatch) as made:
        yield made


def written(company: Company, target: Target, value: str | None = "0.47", **values: Any) -> Standing:
    """Write once, and what stands after it."""
    outcome = company.connect().write_progress(a_write(company.standing(target), value, **values))
    assert outcome.status == "changed"
    return company.standing(target)


def ours(company: Company) -> list[ProjectUpdate]:
    return [post for post in company.posts() if post.user is company.workspace.viewer]


@pytest.mark.parametrize("build", KINDS, ids=IDS)
def test_what_is_written_is_what_stands_with_its_ledger(company: Company, build: Any) -> None:
    target = a_target(build(company))

    standing = written(company, target)

    assert standing.value == Decimal("0.47")
    assert standing.ledger is not None
    assert (standing.ledger.kr, standing.ledger.value) == ("K1", Decimal("0.47"))
    assert standing.ledger.scopes == ("lin/growth",)
    assert not standing.edited
    assert not standing.person_posted


@pytest.mark.parametrize("build", KINDS, ids=IDS)
def test_a_second_run_sends_no_change(company: Company, build: Any) -> None:
    target = a_target(build(company))
    standing = written(company, target)
    before = len(company.server.mutations)

    outcome = company.connect().write_progress(a_write(standing))

    assert outcome.status == "unchanged"
    assert len(company.server.mutations) == before


@pytest.mark.parametrize("build", KINDS, ids=IDS)
def test_what_changed_since_it_was_read_is_left_alone(company: Company, build: Any) -> None:
    target = a_target(build(company))
    old = company.standing(target)
    written(company, target)

    outcome = company.connect().write_progress(a_write(old, "0.60"))

    assert (outcome.status, outcome.reason) == ("left-alone", "changed since it was read")
    assert company.standing(target).value == Decimal("0.47")


@pytest.mark.parametrize("build", KINDS, ids=IDS)
def test_a_write_without_a_value_keeps_the_value(company: Company, build: Any) -> None:
    target = a_target(build(company))
    standing = written(company, target)

    after = written(company, target, None, text=("Nothing moved.",))

    assert after.value == standing.value
    assert after.ledger is not None
    assert standing.ledger is not None
    assert after.ledger.said != standing.ledger.said


@pytest.mark.parametrize("build", KINDS, ids=IDS)
@pytest.mark.parametrize("applied", [False, True], ids=["before it applied", "after it applied"])
def test_stopped_at_any_request_the_next_run_ends_the_same(
    company: Company, monkeypatch: pytest.MonkeyPatch, build: Any, applied: bool
) -> None:
    target = a_target(build(company))
    with served(monkeypatch) as undisturbed:
        written(undisturbed, a_target(build(undisturbed)))
        wanted = undisturbed.workspace.snapshot()
        total = len(undisturbed.server.calls)
    stopped = 0

    for number in range(1, total + 1):
        for kind in (Attachment, Comment, ProjectUpdate, InitiativeUpdate):
            for node in company.workspace.all(kind):
                company.workspace.delete(node)
        company.server.reset()
        company.server.faults.drop(number, applied=applied)
        try:
            company.connect().write_progress(a_write(company.standing(target)))
        except Temporary:
            stopped += 1
        company.connect().write_progress(a_write(company.standing(target)))

        assert company.workspace.snapshot() == wanted, f"stopped at request {number}"

    assert stopped >= 1


def test_a_project_is_found_by_the_slug_in_its_address(company: Company) -> None:
    project = company.a_project()

    standing = company.standing(Target("lin", "project", project.slug_id))

    assert (standing.problem, standing.title) == (None, "Checkout")


@pytest.mark.parametrize("kind", IDS)
def test_a_missing_target_is_a_problem_and_not_an_error(company: Company, kind: str) -> None:
    target = Target("lin", kind, "00000000-0000-4000-8000-000000000000")

    standing = company.standing(target)

    assert standing.problem == f"there is no {kind} {target.id}, or this token does not see it"
    assert company.connect().write_progress(a_write(standing)).status == "left-alone"
    assert company.server.mutations == []


def test_a_trashed_issue_is_a_problem(company: Company) -> None:
    issue = company.an_issue()
    company.workspace.trash(issue)

    assert company.standing(a_target(issue)).problem == "is in Linear's trash"


def test_the_living_comment_is_edited_in_place_and_a_deleted_one_stays_deleted(company: Company) -> None:
    issue = company.an_issue()
    written(company, a_target(issue))
    written(company, a_target(issue), "0.60", text=("16 of 20 *points* are done.",))
    (comment,) = company.workspace.all(Comment)
    assert comment.body == "16 of 20 \\*points\\* are done."

    company.workspace.delete(comment)
    company.server.faults.answer(
        status=200,
        body=b'{"errors":[{"message":"conflict on insert of Comment"}],"data":null}',
        when=lambda call: call.operation == "commentCreate",
    )
    after = written(company, a_target(issue), "0.70", text=("18 of 20.",))

    assert company.workspace.all(Comment) == []
    assert after.value == Decimal("0.70")


def test_no_text_makes_no_comment(company: Company) -> None:
    written(company, a_target(company.an_issue()), text=())

    assert company.workspace.all(Comment) == []


def test_another_users_attachment_is_left_alone(company: Company) -> None:
    issue = company.an_issue()
    written(company, a_target(issue))
    company.workspace.all(Attachment)[0].creator = company.workspace.human

    standing = company.standing(a_target(issue))

    assert standing.problem is not None
    assert "another user's okrsync" in standing.problem


def test_a_ledger_of_a_newer_okrsync_is_left_alone(company: Company) -> None:
    issue = company.an_issue()
    written(company, a_target(issue))
    attachment = company.workspace.all(Attachment)[0]
    attachment.metadata = attachment.metadata | {"v": 2}

    assert company.standing(a_target(issue)).problem == "was written by a newer okrsync: update this one"


def test_within_the_slot_the_update_is_edited_and_after_it_posted_anew(company: Company) -> None:
    project = company.a_project()
    target = a_target(project)
    written(company, target)
    written(company, target, "0.60")
    assert len(ours(company)) == 1

    company.workspace.now += timedelta(days=7)
    standing = company.standing(target, slot=SLOT + timedelta(days=7))
    company.connect().write_progress(a_write(standing, "0.70", slot=SLOT + timedelta(days=7)))

    assert len(ours(company)) == 2
    assert company.standing(target).value == Decimal("0.70")


def test_another_health_is_posted_anew_inside_the_slot_each_time_it_changes(company: Company) -> None:
    target = a_target(company.a_project())
    for health in (Health.AT_RISK, Health.OFF_TRACK, Health.OFF_TRACK, Health.AT_RISK):
        company.workspace.now += timedelta(minutes=5)
        written(company, target, text=(f"{health} at {company.workspace.now}",), health=health)

    assert [post.health for post in ours(company)] == ["atRisk", "offTrack", "atRisk"]


def test_an_update_posted_for_a_slot_is_edited_in_it_whatever_the_servers_clock_says(company: Company) -> None:
    target = a_target(company.a_project())
    late = SLOT + timedelta(days=28)
    written(company, target, slot=late)

    written(company, target, "0.60", slot=late)

    assert len(ours(company)) == 1


def test_an_update_that_a_person_edited_is_told(company: Company) -> None:
    target = a_target(company.a_project())
    written(company, target)
    (update,) = ours(company)
    update.body = update.body.replace("Score 0.47", "Score 0.55")

    standing = company.standing(target)

    assert standing.edited
    assert standing.ledger == Ledger(
        kr="K1", value=Decimal("0.47"), scopes=("lin/growth",), said=standing.ledger.said if standing.ledger else ""
    )


def test_an_edited_update_that_was_given_back_is_written_again(company: Company) -> None:
    target = a_target(company.a_project())
    written(company, target)
    ours(company)[0].body += "\n"
    ours(company)[0].body = ours(company)[0].body.replace("12 of 20", "13 of 20")
    edited = company.standing(target)
    assert edited.edited

    outcome = company.connect().write_progress(a_write(edited))

    assert outcome.status == "changed"
    assert not company.standing(target).edited


def test_another_spelling_of_the_same_markdown_is_no_edit(company: Company) -> None:
    target = a_target(company.a_project())
    written(company, target, text=("50% of *it*: see [a](b)",))
    (update,) = ours(company)
    visible, mark = update.body.rsplit("\n\n", 1)
    update.body = visible.replace("\\", "").replace("\n\n", "\n\n\n") + "\n\n" + mark + "\n"

    assert not company.standing(target).edited


def test_two_key_results_on_one_project_do_not_take_each_other_for_a_person(company: Company) -> None:
    target = a_target(company.a_project())
    written(company, target)
    company.workspace.now += timedelta(hours=1)
    other = company.standing(target, kr="K2")
    company.connect().write_progress(a_write(other, "0.90", kr="K2"))

    first, second = company.standing(target), company.standing(target, kr="K2")

    assert (first.value, second.value) == (Decimal("0.47"), Decimal("0.90"))
    assert not first.person_posted


@pytest.mark.parametrize(
    ("health", "before", "after"),
    [
        (Health.ON_TRACK, "offTrack", "onTrack"),
        (Health.AT_RISK, "offTrack", "atRisk"),
        (Health.OFF_TRACK, "onTrack", "offTrack"),
        (Health.STALE, "offTrack", "offTrack"),
        (None, "offTrack", "offTrack"),
    ],
)
def test_health_that_is_not_posted_stays_as_it_was(
    company: Company, health: Health | None, before: str, after: str
) -> None:
    project = company.a_project()
    company.workspace.now -= timedelta(days=30)
    company.workspace.add(ProjectUpdate(project=project, user=company.workspace.human, body="By hand", health=before))
    company.workspace.now += timedelta(days=30)

    written(company, a_target(project), health=health)

    assert company.workspace.health(project) == after
    (post,) = company.server.mutations
    assert f'"health": "{after}"' in post.request


def test_an_update_that_was_not_listed_yet_is_corrected_and_not_doubled(company: Company) -> None:
    target = a_target(company.a_project())
    unseen = company.standing(target)
    written(company, target)
    company.server.reset()

    def lists_updates(call: Call) -> bool:
        return "OkrProjectUpdates" in call.request

    nothing = b'{"data":{"rows":{"pageInfo":{"hasNextPage":false,"endCursor":null},"nodes":[]}}}'
    company.server.faults.answer(status=200, body=nothing, when=lists_updates)
    expected = replace(unseen, person_posted=True)  # the unlisted one looks like somebody else's

    outcome = company.connect().write_progress(a_write(expected, "0.60"))

    assert outcome.status == "changed"
    assert len(ours(company)) == 1
    assert company.standing(target).value == Decimal("0.60")


def test_a_run_that_may_only_read_sends_no_change(company: Company) -> None:
    target = a_target(company.an_issue())
    connection = company.connect(may_write=False)
    (standing,) = connection.read_standings([(target, "K1")], slot=SLOT).values()
    company.server.reset()

    with pytest.raises(WriteRefused):
        connection.write_progress(a_write(standing))

    assert company.server.mutations == []


def test_an_archived_project_is_a_problem(company: Company) -> None:
    project = company.a_project()
    company.workspace.archive(project)

    assert company.standing(a_target(project)).problem == "is archived"


def test_no_comment_is_made_where_it_is_not_wished(company: Company) -> None:
    settings = LinearSettings(
        kind="linear", url=f"{company.server.url}/graphql", token_env="LINEAR_TEST_TOKEN", living_comment=False
    )
    standing = company.standing(a_target(company.an_issue()))

    outcome = connect("lin", settings, deadline=Deadline(60), may_write=True).write_progress(a_write(standing))

    assert outcome.status == "changed"
    assert company.workspace.all(Comment) == []
