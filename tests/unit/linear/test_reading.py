"""What a scope of Linear teams answers."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from unit.linear.workspaces import SINCE, Company, Cycle, Initiative, InitiativeToProject, served

from adapters.errors import AccessDenied, NotFound, RateLimited, Unreadable
from adapters.sandbox.linear.app import LinearApp
from adapters.sandbox.linear.paging import DEFAULT_PAGE
from adapters.sandbox.server import Call
from mappings.model import Scope, State


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with served(monkeypatch) as made:
        yield made


def test_every_page_is_walked_and_every_issue_comes_once(company: Company) -> None:
    for number in range(520):
        company.an_issue(f"Work {number}")

    issues = company.read().issues

    assert len(issues) == len({issue.id for issue in issues}) == 520
    assert [issue.id for issue in issues] == sorted(issue.id for issue in issues)
    assert DEFAULT_PAGE < 520


def test_an_issue_edited_during_the_walk_is_not_missed(company: Company) -> None:
    start = company.workspace.now
    made = []
    for number in range(300):
        company.workspace.now = start - timedelta(hours=300 - number)
        made.append(company.an_issue(f"Work {number}"))
    company.workspace.now = start
    app = company.server.app
    assert isinstance(app, LinearApp)
    serve, pages = app.handle, []

    def edit_the_last_before_the_second_page(request):  # type: ignore[no-untyped-def]
        if b"OkrIssuesPage" in request.get_data():
            pages.append(1)
            if len(pages) == 2:
                company.workspace.change(made[0], title="Renamed meanwhile")
        return serve(request)

    app.handle = edit_the_last_before_the_second_page  # type: ignore[method-assign]

    issues = company.read().issues

    assert {issue.title for issue in issues if issue.id == made[0].id} == {"Renamed meanwhile"}
    assert len(issues) == 300
    assert len(pages) == 3


def test_what_is_worth_reading_is_open_or_lately_changed_or_in_the_active_cycle(company: Company) -> None:
    now = company.workspace.now
    company.workspace.now = now - timedelta(days=200)
    kept = [company.an_issue("old and open"), company.an_issue("old, done, in the sprint", state="completed")]
    company.an_issue("old and done", state="completed")
    company.an_issue("old and cancelled", state="canceled")
    kept[1].cycle = company.cycle()
    company.workspace.now = now
    kept.append(company.an_issue("just done", state="completed"))
    elsewhere = company.a_team("OPS")
    company.an_issue("another team's", team=elsewhere)

    read = company.read(since=now.date() - timedelta(days=30))

    assert {issue.title for issue in read.issues} == {issue.title for issue in kept}


def test_archived_issues_count_and_trashed_ones_do_not(company: Company) -> None:
    archived, trashed = company.an_issue("archived", state="completed"), company.an_issue("trashed")
    company.workspace.archive(archived)
    company.workspace.trash(trashed)

    read = company.read()

    assert [issue.title for issue in read.issues] == ["archived"]


def test_a_moved_issue_keeps_its_id_and_remembers_its_key(company: Company) -> None:
    issue = company.an_issue()
    team = company.a_team("OPS")
    company.workspace.move(issue, team, company.state("unstarted", team))

    (read,) = company.read("OPS").issues

    assert (read.id, read.key, read.project, read.previous_keys) == (issue.id, "OPS-1", "OPS", ("GRO-1",))


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("triage", State.OPEN),
        ("backlog", State.OPEN),
        ("unstarted", State.OPEN),
        ("started", State.STARTED),
        ("completed", State.DONE),
        ("canceled", State.CANCELLED),
        ("duplicate", State.CANCELLED),
    ],
)
def test_the_state_comes_from_the_type(company: Company, kind: str, state: State) -> None:
    company.an_issue(state=kind)

    (read,) = company.read().issues

    assert read.state is state
    assert (read.done_at is None) is (state not in (State.DONE, State.CANCELLED))


def test_an_unestimated_issue_is_not_zero_points(company: Company) -> None:
    for title, estimate in [("none", None), ("zero", 0.0), ("ten", 10.0), ("half", 0.5)]:
        company.an_issue(title, estimate=estimate)

    points = {issue.title: issue.points for issue in company.read().issues}

    assert points == {"none": None, "zero": Decimal(0), "ten": Decimal(10), "half": Decimal("0.5")}
    assert str(points["ten"]) == "10"


def test_labels_carry_their_group_and_projects_their_initiatives(company: Company) -> None:
    group = company.a_label("okr", is_group=True)
    labels = [company.a_label("PAY-O1-KR1", parent=group), company.a_label("bug", team=company.team())]
    project = company.a_project()
    initiative = company.workspace.add(Initiative(name="Checkout never lets down"))
    company.workspace.add(InitiativeToProject(initiative=initiative, project=project))
    company.an_issue(labels=labels, project=project, description="one\n\nOKR: K1", priority=2)

    (read,) = company.read().issues

    assert read.labels == ("PAY-O1-KR1", "bug")
    assert read.label_groups == (("okr", "PAY-O1-KR1"),)
    assert read.containers == (
        f"project/{project.id}",
        f"project/{project.slug_id}",
        f"initiative/{initiative.id}",
        f"initiative/{initiative.slug_id}",
    )
    assert (read.description, read.priority) == ("one\n\nOKR: K1", "High")


def test_sprints_are_the_cycles_that_are_not_past(company: Company) -> None:
    for number in (1, 2, 3):
        company.an_issue(f"in {number}", cycle=company.cycle(number))
    company.workspace.change(company.cycle(3), name="Polish")

    read = company.read()

    assert {issue.title: issue.sprints for issue in read.issues} == {
        "in 1": (),
        "in 2": (company.cycle(2).id,),
        "in 3": (company.cycle(3).id,),
    }
    assert {(s.name, s.state, s.team, s.id) for s in read.sprints} == {
        ("Cycle 2", "active", "growth", company.cycle(2).id),
        ("Polish", "future", "growth", company.cycle(3).id),
    }


def test_a_sub_teams_copy_of_a_cycle_is_the_same_sprint(company: Company) -> None:
    above = company.cycle()
    team = company.a_team("GSUB", parent=company.team())
    copy = Cycle(team=team, number=9, starts_at=above.starts_at, ends_at=above.ends_at, inherited_from=above)
    company.an_issue(team=team, cycle=company.workspace.add(copy))

    alone, both = company.read("GSUB"), company.read("GRO", "GSUB")

    assert alone.issues[0].sprints == both.issues[0].sprints == (above.id,)
    assert [(s.id, s.name) for s in alone.sprints] == [(above.id, "Cycle 9")]
    assert [s.name for s in both.sprints if s.id == above.id] == ["Cycle 2"]


def test_ancestors_outside_the_scope_are_read_and_hidden_ones_counted(company: Company) -> None:
    team = company.a_team("OPS")
    top = company.an_issue("top", team=team)
    middle = company.an_issue("middle", team=team, parent=top)
    gone = company.an_issue("gone", team=team)
    company.an_issue("child", parent=middle)
    company.an_issue("orphan", parent=gone)
    company.workspace.trash(gone)

    read = company.read()

    assert {issue.title for issue in read.issues} == {"child", "orphan"}
    assert {issue.title for issue in read.ancestors} == {"top", "middle"}
    assert read.hidden_ancestors == 1
    assert {issue.parent for issue in read.issues} == {middle.id, gone.id}


def test_a_team_that_the_key_does_not_see_is_named(company: Company) -> None:
    with pytest.raises(NotFound, match=r"no Linear team SECRET.*limited to some teams"):
        company.read("GRO", "SECRET")


def test_a_scope_without_teams_is_an_error_and_not_an_empty_reading(company: Company) -> None:
    with pytest.raises(NotFound, match="names no Linear team"):
        company.connect().read(Scope(tracker="lin", team="growth"), since=SINCE)


def test_a_bulk_edit_of_more_than_a_page_does_not_keep_the_walk_going(company: Company) -> None:
    for number in range(600):
        company.an_issue(f"Work {number}")

    assert len(company.read().issues) == 600
    assert sum("OkrIssuesPage" in call.request for call in company.server.calls) == 6


def test_a_wrong_token_is_an_error_and_never_an_empty_reading(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINEAR_TEST_TOKEN", "lin_api_wrong")

    with pytest.raises(AccessDenied, match="does not know this token") as told:
        company.read()

    assert "lin_api_wrong" not in str(told.value)


def test_a_lost_last_page_loses_the_reading(company: Company) -> None:
    for number in range(260):
        company.an_issue(f"Work {number}")

    def is_a_later_page(call: Call) -> bool:
        return "OkrIssuesPage" in call.request and '"after": null' not in call.request

    company.server.faults.answer(
        status=200,
        body=b'{"data":{"rows":null},"errors":[{"message":"oops","extensions":{"type":"unknown"}}]}',
        when=is_a_later_page,
        times=-1,
    )

    with pytest.raises(Unreadable):
        company.read()


def test_reads_stop_before_the_people_who_share_the_quota_are_starved(company: Company) -> None:
    app = company.server.app
    assert isinstance(app, LinearApp)
    app.quota.complexity.remaining = 290_000

    with pytest.raises(RateLimited) as told:
        company.read()

    assert told.value.quota
    assert told.value.wait is not None
    assert 0 < told.value.wait <= 360


def test_every_request_is_counted(company: Company) -> None:
    connection = company.connect()
    connection.read_standings([], slot=datetime(2026, 11, 16, tzinfo=UTC))
    assert connection.requests == 0

    company.server.faults.drop(1, applied=False)
    company.read()
    again = company.connect()
    company.server.reset()

    again.read(Scope(tracker="lin", team="growth", teams=("GRO",)), since=date(2026, 10, 1))

    assert again.requests == len(company.server.calls) == 6
    assert company.slept, "a dropped read is repeated after a pause"


def test_no_person_is_asked_for(company: Company) -> None:
    company.an_issue()

    (read,) = company.read().issues

    assert datetime(2026, 11, 18, 9, tzinfo=UTC) == read.created
    for call in company.server.calls:
        assert "assignee" not in call.request
        assert "email" not in call.request
    assert "robin" not in str(dataclasses.asdict(read)).lower()


def test_a_label_made_after_the_table_was_read_is_not_lost(company: Company) -> None:
    connection = company.connect()
    scope = Scope(tracker="lin", team="growth", teams=("GRO",))
    connection.read(scope, since=SINCE)
    company.an_issue(labels=[company.a_label("okr:K1")])

    (read,) = connection.read(scope, since=SINCE).issues

    assert read.labels == ("okr:K1",)


def test_a_label_that_linear_does_not_list_is_no_reading(company: Company) -> None:
    hidden = company.a_label("okr:K1")
    company.an_issue(labels=[hidden])
    company.workspace.delete(hidden)

    with pytest.raises(Unreadable, match="1 labels stand on issues"):
        company.read()


def test_a_state_of_an_unknown_type_is_not_guessed(company: Company) -> None:
    company.an_issue()
    company.state("unstarted").type = "paused"

    with pytest.raises(Unreadable, match="GRO-1 is in a state of the unknown type 'paused'"):
        company.read()


def test_a_connection_may_be_closed_twice(company: Company) -> None:
    connection = company.connect()
    connection.read(Scope(tracker="lin", team="growth", teams=("GRO",)), since=SINCE)

    connection.close()
    connection.close()


@pytest.mark.parametrize(("scale", "counts"), [("fibonacci", Decimal(2)), ("notUsed", None)])
def test_an_unestimated_issue_brings_what_its_team_says_it_counts(
    company: Company, scale: str, counts: Decimal | None
) -> None:
    made = company.an_issue("Unestimated", estimate=None)
    company.workspace.change(made.team, default_issue_estimate=2, issue_estimation_type=scale)

    [issue] = company.read().issues

    assert (issue.points, issue.default_points) == (None, counts)


def test_a_sub_team_that_inherits_its_estimates_counts_as_the_team_above(company: Company) -> None:
    company.workspace.change(company.team(), default_issue_estimate=3)
    middle = company.a_team("MID", parent=company.team(), inherit_issue_estimation=True)
    inherits = company.a_team("LOW", parent=middle, inherit_issue_estimation=True)
    own = company.a_team("OWN", parent=middle, default_issue_estimate=5)
    for team in (inherits, own):
        company.an_issue("Unestimated", team=team)

    assert {issue.project: issue.default_points for issue in company.read("LOW", "OWN").issues} == {"LOW": 3, "OWN": 5}


def test_teams_that_inherit_from_each_other_are_no_endless_walk(company: Company) -> None:
    other = company.a_team("OPS", parent=company.team(), inherit_issue_estimation=True)
    company.workspace.change(company.team(), parent=other, inherit_issue_estimation=True)
    company.an_issue()

    assert company.read().issues[0].default_points == 1
