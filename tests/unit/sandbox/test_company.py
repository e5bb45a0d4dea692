"""The made-up company: the same every time, large enough, and with every mistake that teams make."""

import tomllib
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from adapters.sandbox.company import NOW, build, mistakes_in_jira, mistakes_in_linear
from adapters.sandbox.company.linear_workspace import FIRST_WEEK, GOVERNED, ONBOARDING
from adapters.sandbox.jira.fields import SPRINT, STORY_POINT_ESTIMATE, STORY_POINTS
from adapters.sandbox.linear.nodes import Cycle, Initiative, Issue, Project, Team

JIRA_MISTAKES = (
    *mistakes_in_jira.PAYMENTS,
    *mistakes_in_jira.PLATFORM,
    *mistakes_in_jira.MOBILE,
    *mistakes_in_jira.SUPPORT,
)
LINEAR_MISTAKES = (*mistakes_in_linear.GROWTH, *mistakes_in_linear.DATA)


@pytest.fixture(scope="module")
def company():
    return build()


def key_results(company):
    """(objective id, key result) of every registry file, by the key result's id."""
    registries = [tomllib.loads(text) for name, text in company.files.items() if name.startswith("okrs/")]
    return {
        kr["id"]: kr
        for registry in registries
        for objective in registry["objectives"]
        for kr in objective["key_results"]
    }


def status(kr):
    told = kr.get("status", "live")
    return told if isinstance(told, str) else told["is"]


def titles(company):
    return Counter(issue.summary for issue in company.site.issues) + Counter(
        issue.title for issue in company.workspace.all(Issue)
    )


def moments(company):
    for issue in company.site.issues:
        yield from (issue.created, issue.updated, issue.status_changed, issue.resolved)
        yield from (change.at for change in issue.history)
        yield from (comment.created for comment in issue.comments)
    for issue in company.workspace.all(Issue):
        yield from (issue.created_at, issue.updated_at, issue.started_at, issue.completed_at, issue.canceled_at)


class TestTheSameEveryTime:
    def test_two_builds_are_equal(self):
        one, other = build(), build()
        assert one.site.snapshot() == other.site.snapshot()
        assert one.workspace.snapshot() == other.workspace.snapshot()
        assert one.files == other.files
        assert list(moments(one)) == list(moments(other))

    def test_another_seed_is_another_company(self, company):
        assert build(seed=7).site.snapshot() != company.site.snapshot()

    @pytest.mark.parametrize("size", [1.0, 0.1])
    def test_another_day_moves_everything_by_as_much(self, size):
        days = timedelta(days=100)
        before, after = build(size=size), build(NOW + days, size)
        assert after.site.snapshot() == before.site.snapshot()
        assert after.workspace.snapshot() == before.workspace.snapshot()
        assert [m + days for m in moments(before) if m] == [m for m in moments(after) if m]

    def test_another_day_moves_the_registry_and_names_its_quarter(self):
        registry = tomllib.loads(build(date(2027, 2, 18)).files["okrs/2027-Q1.toml"])
        assert registry["period"] == {
            "id": "2027-Q1",
            "start": date(2027, 1, 1),
            "end": date(2027, 4, 2),
            "closes": date(2027, 4, 17),
        }

    def test_a_moment_of_the_day_is_taken_as_it_is(self):
        moment = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)
        assert build(moment).site.now == moment


class TestItsSize:
    def test_six_teams_with_some_500_issues(self, company):
        jira = Counter(issue.project for issue in company.site.issues)
        linear = Counter(issue.team.key for issue in company.workspace.all(Issue))
        assert {key for key in jira if key not in ("OKR", "SEC", "INC")} == {"PAY", "PLT", "MOB", "SUP"}
        assert set(linear) == {"GRO", "DAT"}
        assert 450 <= sum(jira.values()) + sum(linear.values()) <= 550

    def test_four_objectives_with_twelve_live_key_results_and_every_measure_but_a_document(self, company):
        quarter = tomllib.loads(company.files["okrs/2026-Q4.toml"])
        krs = [kr for objective in quarter["objectives"] for kr in objective["key_results"]]
        assert len(quarter["objectives"]) == 4
        assert Counter(map(status, krs)) == {"live": 12, "draft": 1, "retired": 1, "replaced": 1}
        kinds = {"delivery", "manual", "query", "hold", "milestones", "qualitative"}
        assert {kr["measure"]["kind"] for kr in krs} == kinds

    def test_incidents_are_there_to_be_counted_before_and_in_the_quarter(self, company):
        first = [i for i in company.site.issues if i.project == "INC" and i.priority == "P1"]
        begins = datetime(2026, 10, 1, tzinfo=UTC)
        assert (sum(i.created < begins for i in first), sum(i.created >= begins for i in first)) == (12, 5)

    def test_six_closed_sprints_behind_the_active_one_and_a_next_one(self, company):
        by_board = Counter((sprint.board_id, sprint.state) for sprint in company.site.sprints)
        assert by_board == {
            (board, state): count
            for board in (1, 2, 3)
            for state, count in (("closed", 6), ("active", 1), ("future", 1))
        }

    def test_linear_teams_have_as_many_cycles(self, company):
        now = company.workspace.now
        for team in company.workspace.all(Team):
            cycles = [cycle for cycle in company.workspace.all(Cycle) if cycle.team is team]
            assert sum(cycle.ends_at <= now for cycle in cycles) == 6
            assert sum(cycle.starts_at <= now < cycle.ends_at for cycle in cycles) == 1
            assert sum(cycle.starts_at > now for cycle in cycles) == 1

    def test_nothing_happened_after_now(self, company):
        assert max(moment for moment in moments(company) if moment) <= company.site.now

    def test_an_issue_ends_after_it_began(self, company):
        assert all(i.created < i.resolved for i in company.site.issues if i.resolved)
        assert all(i.created_at < i.completed_at for i in company.workspace.all(Issue) if i.completed_at)

    def test_work_is_carried_over_cancelled_and_left_without_an_estimate(self, company):
        stories = [issue for issue in company.site.issues if issue.project == "PAY" and issue.level == 0]
        assert sum(len(issue.sprints) > 1 for issue in stories) >= 5
        assert sum(bool(i.resolution) and i.resolution.name in ("Won't Do", "Duplicate") for i in stories) >= 4
        estimated = sum(bool({STORY_POINTS, STORY_POINT_ESTIMATE} & set(issue.custom)) for issue in stories)
        assert 0.8 <= estimated / len(stories) < 1

    @pytest.mark.parametrize("size", [1.0, 0.1])
    def test_each_tracker_has_work_planned_added_and_carried_over(self, size):
        company = build(size=size)
        active = {sprint.id: sprint for sprint in company.site.sprints if sprint.state == "active"}
        into = [
            (change.at > active[sprint].start, bool(change.before))
            for issue in company.site.issues
            for change in issue.history
            for sprint in active
            if change.field_id == SPRINT and str(sprint) in (change.after or "").split(", ")
        ]
        now = company.workspace.now
        cycles = [cycle for cycle in company.workspace.all(Cycle) if cycle.starts_at <= now < cycle.ends_at]
        came = [
            issue.added_to_cycle_at > issue.cycle.starts_at
            for issue in company.workspace.all(Issue)
            if issue.cycle in cycles
        ]
        left = [issue for cycle in company.workspace.all(Cycle) for issue in cycle.uncompleted_issues_upon_close]

        assert {(False, False), (True, False), (False, True)} <= set(into)
        assert set(came) == {False, True}
        assert any(issue.cycle in cycles for issue in left)

    def test_titles_are_not_repeated(self, company):
        assert [title for title, count in titles(company).items() if count > 1] == []

    def test_the_small_one_has_both_trackers_and_one_target_of_each_kind(self):
        small = build(size=0.1)
        kinds = Counter(kr["write"]["to"].partition("/")[0] for kr in key_results(small).values() if "write" in kr)
        wanted = ["file", "jira-main:issue", "linear-main:initiative", "linear-main:issue", "linear-main:project"]
        assert sorted(kinds.elements()) == wanted
        assert 20 <= len(small.site.issues) + len(small.workspace.all(Issue)) <= 40


class TestItsMistakes:
    @pytest.mark.parametrize("work", JIRA_MISTAKES, ids=lambda work: work.mistake or work.title)
    def test_each_mistake_is_in_jira(self, company, work):
        issue = next(issue for issue in company.site.issues if issue.summary == work.title)
        assert issue.labels == list(work.labels)

    @pytest.mark.parametrize("work", LINEAR_MISTAKES, ids=lambda work: work.mistake or work.title)
    def test_each_mistake_is_in_linear(self, company, work):
        issue = next(issue for issue in company.workspace.all(Issue) if issue.title == work.title)
        names = {f"{label.parent.name}/{label.name}" if label.parent else label.name for label in issue.labels}
        assert names == set(work.labels)

    def test_some_tags_stand_on_the_epic_alone(self, company):
        epics = {i.key: i for i in company.site.issues if i.type == "Epic" and "okr:PAY-O1-KR1" in i.labels}
        children = [issue for issue in company.site.issues if issue.parent in epics and issue.level == 0]
        assert len(epics) == 1
        assert len(children) >= 10
        assert all(issue.labels == [] for issue in children)

    def test_tags_stand_in_labels_titles_descriptions_and_the_field(self, company):
        issues = company.site.issues
        assert any(i.labels and "PAY-O1-KR2" in i.labels[0] for i in issues)
        assert any(i.summary.startswith("[PAY-O1-KR2]") for i in issues)
        assert any(i.description.endswith("\n\nOKR: PAY-O1-KR2") or i.description == "OKR: PAY-O1-KR2" for i in issues)
        assert any("PAY-O1-KR2" in i.custom.values() for i in issues)

    def test_a_parent_nobody_may_see_is_hidden(self, company):
        child = next(issue for issue in company.site.issues if issue.parent == "SEC-1")
        assert child.project == "PAY"
        assert company.site.issue("SEC-1") is None

    def test_titles_try_the_escaping(self, company):
        found = " ".join(titles(company))
        assert "<script>" in found
        assert any(title.startswith("=") for title in titles(company))
        assert "`amount | currency`" in found
        assert "\u202e" in found

    def test_one_key_result_s_field_was_filled_in_by_hand(self, company):
        by_hand = {issue.key for issue in company.site.issues if issue.project == "OKR" and issue.custom}
        assert by_hand == {"OKR-4"}


class TestItsFiles:
    @pytest.mark.parametrize("size", [1.0, 0.1])
    def test_every_target_and_bind_exists(self, size):
        company = build(size=size)
        nodes = {f"linear-main:project/{ONBOARDING}", f"linear-main:project/{GOVERNED}"}
        nodes |= {f"linear-main:initiative/{FIRST_WEEK}", "linear-main:issue/GRO-1"}
        for kr in key_results(company).values():
            for address in [kr.get("write", {}).get("to", "file"), *kr.get("binds", [])]:
                if address.startswith("jira-main:issue/"):
                    assert company.site.issue(address.partition("/")[2]) is not None
                else:
                    assert address == "file" or address in nodes
        assert company.workspace.get(Initiative, FIRST_WEEK) is not None
        assert company.workspace.get(Project, ONBOARDING) is not None

    def test_the_config_names_the_servers_it_is_given(self, company):
        config = tomllib.loads(company.config("http://127.0.0.1:1", "http://127.0.0.1:2/graphql"))
        assert [tracker["url"] for tracker in config["trackers"].values()] == [
            "http://127.0.0.1:1",
            "http://127.0.0.1:2/graphql",
        ]

    def test_the_environment_holds_what_the_config_names(self, company):
        trackers = tomllib.loads(company.files["config.toml"])["trackers"].values()
        named = {value for tracker in trackers for key, value in tracker.items() if key.endswith("_env")}
        assert set(company.environment()) == named

    def test_two_teams_opted_in_to_flags(self, company):
        teams = tomllib.loads(company.files["config.toml"])["teams"]
        assert {key for key, team in teams.items() if team.get("flags", {}).get("label")} == {"payments", "growth"}

    @pytest.mark.parametrize(("size", "live"), [(1.0, 12), (0.1, 5)])
    @pytest.mark.parametrize("now", [NOW, date(2028, 2, 29)])
    def test_the_program_loads_them(self, tmp_path, size, live, now):
        from syncer.config import load

        path = build(now, size).write(tmp_path, "http://127.0.0.1:1", "http://127.0.0.1:2/graphql")
        config, registry = load(path)
        assert len(registry.live(now)) == live
        assert {scope.tracker for scope in config.scopes} == {"jira-main", "linear-main"}
