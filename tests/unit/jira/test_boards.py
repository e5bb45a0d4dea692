"""Boards, their sprints, and the field that holds the estimate."""

from collections.abc import Iterator

import pytest
from unit.jira.jira_site import PAY, SINCE, Jira, a_site, an_issue, served

from adapters.errors import NotFound, Unreadable
from adapters.sandbox.jira.fields import STORY_POINT_ESTIMATE, STORY_POINTS
from adapters.sandbox.jira.site import Board, Sprint
from mappings.model import Scope


@pytest.fixture
def jira(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jira]:
    """An empty project, to be filled by the test."""
    with served(a_site(), monkeypatch) as running:
        yield running


def test_a_sprint_on_two_boards_is_one_sprint_and_a_kanban_board_has_none(jira: Jira) -> None:
    jira.site.boards += [Board(13, "Second", "scrum", ["PAY"], STORY_POINTS), Board(14, "Flow", "kanban", ["PAY"])]
    jira.site.boards.append(Board(15, "Ops", "scrum", ["OPS", "PAY"], STORY_POINTS))
    jira.site.sprints[0].also_on = (13,)
    jira.site.sprints += [Sprint(78, "Sprint 13", "future", 12), Sprint(76, "Sprint 11", "closed", 12)]
    jira.site.sprints.append(Sprint(90, "Ops 1", "active", 15))

    sprints = jira.connect().read(PAY, since=SINCE).sprints

    assert [(sprint.id, sprint.state, sprint.team) for sprint in sprints] == [
        ("77", "active", "payments"),
        ("78", "future", "payments"),
    ]
    assert sprints[1].start is None


def test_a_named_kanban_board_has_no_sprints_and_is_no_error(jira: Jira) -> None:
    jira.site.boards.append(Board(14, "Flow", "kanban", ["PAY"]))
    jira.site.issues.append(an_issue(1))
    scope = Scope(tracker="jira-main", team="payments", projects=("PAY",), boards=(14,))

    contents = jira.connect().read(scope, since=SINCE)

    assert (len(contents.issues), contents.sprints) == (1, ())


@pytest.mark.parametrize("data_center", [False, True], ids=["cloud", "data-center"])
def test_a_scrum_board_that_refuses_its_sprint_list_is_a_problem(
    data_center: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(a_site(an_issue(1)), monkeypatch, data_center=data_center) as jira:
        jira.server.faults.answer(
            status=400, body=b'{"errorMessages":["Something odd"]}', when=lambda call: call.operation == "board_sprints"
        )

        with pytest.raises(Unreadable, match="Something odd"):
            jira.connect().read(PAY, since=SINCE)


@pytest.mark.parametrize(
    ("kind", "words"), [("simple", "Dieses Board kennt keine"), ("scrum", "The board does not support sprints")]
)
def test_a_board_that_has_no_sprints_may_say_so(jira: Jira, kind: str, words: str) -> None:
    jira.site.boards[0].type = kind
    jira.server.faults.answer(
        status=400,
        body=f'{{"errorMessages":["{words}"]}}'.encode(),
        when=lambda call: call.operation == "board_sprints",
    )

    assert jira.connect().read(PAY, since=SINCE).sprints == ()


def test_a_sprint_list_that_is_refused_midway_is_a_problem_on_any_board(jira: Jira) -> None:
    jira.site.boards[0].type = "simple"
    jira.site.sprints += [Sprint(100 + number, f"Later {number}", "future", 12) for number in range(60)]
    jira.server.faults.answer(status=400, when=lambda call: "startAt=50" in call.path)

    with pytest.raises(Unreadable):
        jira.connect().read(PAY, since=SINCE)


def test_boards_alone_stand_for_their_projects(jira: Jira) -> None:
    jira.site.issues += [an_issue(1), an_issue(2, project="OPS")]
    scope = Scope(tracker="jira-main", team="payments", boards=(12,))

    assert [issue.key for issue in jira.connect().read(scope, since=SINCE).issues] == ["PAY-1"]


def test_a_board_that_does_not_exist_is_named(jira: Jira) -> None:
    scope = Scope(tracker="jira-main", team="payments", boards=(99,))

    with pytest.raises(NotFound, match="board 99"):
        jira.connect().read(scope, since=SINCE)


def test_the_board_says_which_field_holds_the_estimate(jira: Jira) -> None:
    jira.site.issues.append(an_issue(1, custom={STORY_POINTS: 3, STORY_POINT_ESTIMATE: 8}))

    assert jira.connect().read(PAY, since=SINCE).issues[0].points == 3


def test_the_config_overrules_the_board(jira: Jira) -> None:
    jira.site.issues.append(an_issue(1, custom={STORY_POINTS: 3, STORY_POINT_ESTIMATE: 8}))

    issues = jira.connect(estimate_field="Story point estimate").read(PAY, since=SINCE).issues

    assert issues[0].points == 8


def test_without_a_board_two_filled_estimate_fields_are_an_error_that_says_what_to_configure(jira: Jira) -> None:
    jira.site.boards[0].estimation_field = None
    jira.site.issues += [an_issue(1, custom={STORY_POINTS: 3}), an_issue(2, custom={STORY_POINT_ESTIMATE: 8})]

    with pytest.raises(Unreadable) as caught:
        jira.connect().read(PAY, since=SINCE)

    assert '"Story Points" (customfield_10026)' in str(caught.value)
    assert 'estimate_field = "customfield_100' in str(caught.value)


def test_without_a_board_one_filled_estimate_field_is_the_estimate(jira: Jira) -> None:
    jira.site.boards[0].estimation_field = None
    jira.site.issues += [an_issue(1, custom={STORY_POINT_ESTIMATE: 8}), an_issue(2)]

    issues = jira.connect().read(PAY, since=SINCE).issues

    assert [issue.points for issue in issues] == [8, None]


def test_boards_of_one_project_that_estimate_differently_are_an_error(jira: Jira) -> None:
    jira.site.boards.append(Board(13, "Second", "scrum", ["PAY"], STORY_POINT_ESTIMATE))

    with pytest.raises(Unreadable, match='estimate_field = "'):
        jira.connect().read(PAY, since=SINCE)
