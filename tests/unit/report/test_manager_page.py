"""The page as a manager and a team use it on Monday: what is shown, where it leads, what is said where nothing is."""

import pytest
from support.report_documents import (
    a_followed_sprint,
    a_key_result,
    a_next_sprint,
    a_reading,
    a_report,
    a_rich_report,
    a_team,
    a_trend,
    some_counts,
    some_suggestion,
    some_work,
)

from syncer.report import sparks, wording
from syncer.report.html import to_html
from syncer.report.lists import LONGEST, open_these
from syncer.report.planning import KeyResultPoint
from syncer.report.schema import ReportPeriod


def rows(*keys: str, site: str = "https://acme.example") -> list[tuple[str, str, str]]:
    return [("jira-main", key, f"{site}/browse/{key}") for key in keys]


def test_one_link_opens_a_whole_list_in_jira() -> None:
    [link] = open_these(rows("PAY-1", "PAY-2", "PAY-1"))

    assert link.url == "https://acme.example/issues/?jql=key%20in%20%28PAY-1%2CPAY-2%29"
    assert (link.issues, link.left_out) == (2, 0)


def test_a_list_that_does_not_fit_into_an_address_says_how_much_is_missing() -> None:
    [link] = open_these(rows(*(f"PAY-{number}" for number in range(10_000, 10_400))))

    assert len(link.url) <= LONGEST
    assert link.issues > 100
    assert link.issues + link.left_out == 400


def test_every_jira_has_a_link_of_its_own_and_a_server_under_a_path_keeps_it() -> None:
    links = open_these([*rows("PAY-1"), ("jira-dc", "OPS-2", "https://intra.example/jira/browse/OPS-2")])

    assert [link.url.partition("?")[0] for link in links] == [
        "https://intra.example/jira/issues/",
        "https://acme.example/issues/",
    ]


@pytest.mark.parametrize(
    "row",
    [
        ("linear-main", "ENG-1", "https://linear.app/acme/issue/ENG-1/x"),
        ("jira-main", "PAY-1", "javascript:alert(1)/browse/PAY-1"),
        ("jira-main", "PAY-1) or project = X", "https://acme.example/browse/PAY-1) or project = X"),
        ("jira-main", "PAY-1", "https://acme.example/browse/PAY-2"),
        ("jira-main", "PAY-1", ""),
    ],
)
def test_what_has_no_jiras_address_is_in_no_filter(row: tuple[str, str, str]) -> None:
    assert open_these([row]) == ()


def test_a_spark_line_ends_at_the_last_sprint_and_says_every_figure() -> None:
    line = sparks.of_team(a_team(trend=a_trend(0, 10, 20)))

    assert line is not None
    assert line.points == "4.0,28.0 60.0,16.0 116.0,4.0"
    assert line.label == "supports a key result, the last 3 sprints: Sprint 37 0 %, Sprint 38 50 %, Sprint 39 100 %"


def test_a_service_teams_line_is_what_was_explained() -> None:
    line = sparks.of_team(a_team(mode="service", trend=a_trend(5, 10)))

    assert line is not None
    assert line.label.startswith("explained, the last 2 sprints")


def test_one_sprint_makes_no_line_and_an_empty_one_is_none() -> None:
    assert sparks.of_team(a_team(trend=(*a_trend(5), *a_trend(0, of=0)))) is None


def test_a_key_results_line_leaves_the_days_to_come_empty() -> None:
    period = a_report().periods[0]
    points = (
        KeyResultPoint(day=period.start, score=0.0, delivery=None),
        KeyResultPoint(day=period.end, score=None, delivery=None),
        KeyResultPoint(day=a_report().run.at.date(), score=0.5, delivery=None),
    )

    line = sparks.of_key_result(a_key_result(trend=points), (period,))

    assert line is not None
    assert line.points == "4.0,28.0 69.2,16.0"
    assert line.label == "outcome 0 % on 1 Oct 2026, 50 % on 23 Nov 2026"


def test_weeks_are_counted_from_the_periods_first_day() -> None:
    period = a_report().periods[0]

    weeks = [wording.week(period, day) for day in (period.start, a_report().run.at.date(), period.end)]

    assert weeks == ["week 1 of 14", "week 8 of 14", "week 14 of 14"]
    assert wording.week(ReportPeriod(id="w", start=period.start, end=period.start, elapsed=1), period.end) == (
        "week 1 of 1"
    )


def test_what_nobody_was_heard_on_is_said_of_what_people_say_and_of_nothing_else() -> None:
    assert wording.heard(a_key_result()) == "no check-in yet"
    asked = a_key_result().measure.model_copy(update={"kind": "query"})
    assert wording.heard(a_key_result(measure=asked)) == ""
    said = a_key_result(heard=a_report().run.at.date(), confidence=6)
    assert wording.heard(said) == "heard on 23 Nov 2026, confidence 6 of 10"


def test_what_moved_is_named_and_what_stayed_is_not() -> None:
    before = KeyResultPoint(day=a_report().run.at.date(), score=0.42, delivery=0.325)

    assert wording.stepped(a_key_result(moved=before)) == "outcome 42 % → 44 % since 23 Nov 2026"
    assert wording.stepped(a_key_result()) == ""


def test_the_first_screen_has_week_age_talk_and_failed_sources_before_any_team() -> None:
    page = to_html(a_rich_report())
    main = page.partition("<header>")[2]
    first = ('id="age"', "week 8 of 14", "Last good figures: 20 Nov 2026", "Worth a talk", 'class="card team"')
    places = [main.index(text) for text in first]

    assert places == sorted(places)
    assert 'data-stale="48' in page


def test_teams_that_hold_what_they_agreed_on_are_folded_by_name() -> None:
    calm = [a_team(key, issues=some_counts(aligned=3)) for key in ("zeta", "alpha")]
    odd = a_team("mid", issues=some_counts(aligned=3), remarks=("too much",))

    page = to_html(a_report(teams=(*calm, odd)))

    folded = page.partition('<details class="calm">')[2].partition("</details>")[0]
    assert "<b>2 teams</b> hold what they agreed on: <bdi>Alpha</bdi>, <bdi>Zeta</bdi>" in folded
    assert 'id="team=mid"' not in folded
    assert 'id="team=mid"' in page


def test_what_became_of_what_planning_found_is_a_row_a_team() -> None:
    team = a_team(followed=a_followed_sprint("tied", "routine", "routine", "left"))
    page = to_html(a_report(teams=(team,)))

    row = page.partition('<section id="followed"')[2].partition("<tbody>")[2].partition("</tr>")[0]
    assert [cell.partition("</td>")[0] for cell in row.split('<td class="num">')[1:]] == [
        "4",
        "1",
        "2",
        "0",
        "<b>1</b>",
    ]
    assert 'id="followed"' not in to_html(a_report())


def test_the_next_sprint_says_what_is_planned_what_is_missing_and_what_to_type() -> None:
    page = to_html(a_report(next_sprints=(a_next_sprint(),)))
    section = page.partition('<section id="next"')[2].partition("</section>")[0]

    assert '<span class="key">PAY-O1-KR1</span> 45 %' in section
    assert "PAY-O1-KR2 is behind and nothing is planned for it" in section
    assert "Behind, and nothing is planned for it" not in section
    assert '<code class="copied">okr:PAY-O1-KR1</code>' in section
    assert "jql=key%20in%20%28PAY-501%29" in section


def test_a_team_that_agreed_not_to_be_told_of_what_is_missing_still_sees_it() -> None:
    page = to_html(a_report(next_sprints=(a_next_sprint(remarks=()),)))

    assert 'Behind, and nothing is planned for it:</b> <span class="key">PAY-O1-KR2</span>' in page


def test_a_team_says_what_does_not_hold() -> None:
    page = to_html(a_report(teams=(a_team(issues=some_counts(aligned=3), remarks=("too much is tied to nothing",)),)))

    assert '<p class="reason">too much is tied to nothing</p>' in page


def test_work_without_a_goal_shows_what_it_looks_like() -> None:
    page = to_html(a_report(work=(some_work(suggestions=(some_suggestion(),)), some_work("PAY-202"))))
    section = page.partition('<section id="unaligned"')[2].partition("</section>")[0]

    assert '<code class="copied">okr:PAY-O1-KR1</code> <span class="muted">62 %: as PAY-112: refund' in section
    assert section.count("nothing likely") == 1
    assert "Open these 2 in Jira" in section


def test_a_failed_source_without_history_has_no_date() -> None:
    page = to_html(a_report(readings=(a_reading(complete=False, problem="no answer"),)))

    assert "no answer" in page
    assert "Last good figures" not in page
