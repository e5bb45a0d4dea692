"""The sandbox's JQL: what it finds, and what it refuses."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sandbox_jira import NOW, SOMEBODY, Caller, a_site, an_issue

from adapters.sandbox.jira.errors import Refusal
from adapters.sandbox.jira.fields import OKR, OKR_PROGRESS, STORY_POINT_ESTIMATE
from adapters.sandbox.jira.jql import Clause, Literal, parse
from adapters.sandbox.jira.site import Resolution


def quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(letter if ord(letter) >= 32 else f"\\u{ord(letter):04x}" for letter in escaped) + '"'


@given(st.text())
def test_a_quoted_value_comes_back_as_it_was(value: str) -> None:
    assert parse(f"labels = {quoted(value)}").where == Clause("labels", "=", (Literal(value, True),))


@given(st.text())
def test_any_text_is_parsed_or_refused_never_a_crash(text: str) -> None:
    try:
        parse(text)
    except Refusal as refusal:
        assert refusal.status == 400
        assert refusal.messages[0].startswith("Error in the JQL Query: ")


def a_board_of_issues() -> Caller:
    return Caller(
        a_site(
            an_issue(1, type="Epic", level=1, summary="Checkout", labels=["okr:PAY-O1"]),
            an_issue(2, parent="ENG-1", sprints=[10, 11], labels=["Infra", "b"], custom={STORY_POINT_ESTIMATE: 3.0}),
            an_issue(3, sprints=[10], status="Done", resolution=Resolution("10001", "Won't Do"), resolved=NOW),
            an_issue(4, type="Bug", priority="High", components=["Web shop"], custom={OKR: "PAY-O1-KR1"}),
            an_issue(5, type="Sub-task", level=-1, parent="ENG-2", status="In Progress", priority="Low"),
            an_issue(6, project="OPS", summary="Rotate the build key", description="before friday", sprints=[12]),
        )
    )


@pytest.mark.parametrize(
    ("jql", "numbers"),
    [
        ("project = ENG", "12345"),
        ("project = engineering AND type = Epic", "1"),
        ("project in (ENG, 'Operations') AND issuetype not in (Epic, Bug, Sub-task)", "236"),
        ("project != ENG", "6"),
        ("key = eng-2 OR id = 10006", "26"),
        ("issuekey in (ENG-1, ENG-2) ", "12"),
        ("key > ENG-3 AND project = ENG", "45"),
        ("id >= 10005", "56"),
        ("parent = ENG-1", "2"),
        ("parent is not EMPTY", "25"),
        ("issuetype in subTaskIssueTypes()", "5"),
        ("status = 'In Progress'", "5"),
        ("statusCategory = Done", "3"),
        ("statusCategory != Done AND project = ENG", "1245"),
        ("statusCategory in (new, indeterminate)", "12456"),
        ("resolution = Unresolved", "12456"),
        ("resolution is EMPTY AND project = OPS", "6"),
        ('resolution = "Won\'t Do"', "3"),
        ("labels = infra", "2"),
        ("labels != infra", "1"),
        ("NOT labels = infra", "1"),
        ("labels is EMPTY OR labels = infra", "23456"),
        ("labels in (infra, EMPTY)", "23456"),
        ('labels = "okr:PAY-O1"', "1"),
        ('component = "Web shop"', "4"),
        ("sprint = 10", "23"),
        ("sprint = 'ENG 11'", "2"),
        ("sprint in openSprints()", "2"),
        ("sprint in futureSprints()", "6"),
        ("sprint in closedSprints() AND sprint not in openSprints()", "3"),
        ("sprint in (11, 12)", "26"),
        ("sprint is EMPTY", "145"),
        ("priority > Low", "4"),
        ("priority is EMPTY AND NOT (sprint is not EMPTY)", "1"),
        ("cf[10016] >= 3", "2"),
        ('"Story point estimate" = 3.0', "2"),
        ("cf[10050] is EMPTY AND key = ENG-1", "1"),
        ('OKR ~ "KR1" OR cf[10060] ~ "O1-KR1"', "4"),
        ('summary ~ "build"', "6"),
        ('summary ~ "bui*"', "6"),
        ('summary !~ "story"', "16"),
        ('text ~ "friday"', "6"),
        ('text ~ "\\"the build\\""', "6"),
        ('text ~ "\\"build the\\""', ""),
        ("key = ENG-1 OR key = ENG-2 AND key = ENG-3", "1"),
        ("(key = ENG-1 OR key = ENG-2) && !(key = ENG-2)", "1"),
        ("resolved >= -1d", "3"),
        ("resolutiondate is EMPTY and type = bug", "4"),
    ],
)
def test_a_search_finds(jql: str, numbers: str) -> None:
    found = a_board_of_issues().found(jql + " ORDER BY id")

    assert "".join(key[-1] for key in found) == numbers


@pytest.mark.parametrize(
    ("jql", "message"),
    [
        ("foo = 1", "Field 'foo' does not exist or you do not have permission to view it."),
        ("cf[99999] = 1", "Field 'cf[99999]' does not exist or you do not have permission to view it."),
        ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'."),
        ("status = Nope", "The value 'Nope' does not exist for the field 'status'."),
        ("type = Nope", "The value 'Nope' does not exist for the field 'issuetype'."),
        ("component = Nope", "The value 'Nope' does not exist for the field 'component'."),
        ("sprint = 99", "Sprint with id '99' does not exist or you do not have permission to view it."),
        ("sprint = Nope", "Sprint with name 'Nope' does not exist or you do not have permission to view it."),
        ("key = ENG-99", "An issue with key 'ENG-99' does not exist for field 'key'."),
        ("id = 99", "A value with ID '99' does not exist for the field 'id'."),
        ("project ~ ENG", "The operator '~' is not supported by the 'project' field."),
        ("summary = x", "The operator '=' is not supported by the 'summary' field."),
        ("sprint > 1", "The operator '>' is not supported by the 'sprint' field."),
        ("sprint in linkedIssues(ENG-1)", "Unable to find JQL function 'linkedIssues(ENG-1)'."),
        ("cf[10016] = many", "The value 'many' for field 'cf[10016]' is not a valid number."),
        ("labels is infra", "The operator 'is' only supports 'EMPTY' and 'NULL' for field 'labels'."),
        ("labels in infra", "Operator 'in' does not support a single value for field 'labels'; give a list."),
        ("", "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."),
        ("ORDER BY key", "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."),
        (
            "project = go",
            "Error in the JQL Query: 'go' is a reserved JQL word. You must surround it in quotation marks to use it "
            "as a value. (line 1, character 11)",
        ),
        (
            "labels = a/b",
            "Error in the JQL Query: The character '/' is a reserved JQL character. You must enclose it in a string "
            "or use the escape '\\u002f' instead. (line 1, character 11)",
        ),
        (
            "project = ENG status = Done",
            "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'status'. (line 1, character 15)",
        ),
        (
            "status WAS Done",
            "Error in the JQL Query: Expecting operator but got 'WAS'. The valid operators are '=', '!=', '<', '>', "
            "'<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'. (line 1, character 8)",
        ),
    ],
)
def test_a_search_is_refused_in_jiras_words(jql: str, message: str) -> None:
    answer = a_board_of_issues().search(jql)

    assert (answer.status_code, answer.json) == (400, {"errorMessages": [message], "errors": {}})


def test_more_than_seven_sort_keys_are_refused() -> None:
    order = ", ".join(["key", "id", "created", "updated", "resolved", "status", "priority", "project"])

    assert a_board_of_issues().search(f"project = ENG ORDER BY {order}").status_code == 400


def test_rows_come_in_the_order_asked_with_empty_values_last() -> None:
    site = a_site(
        an_issue(1, priority="Low"),
        an_issue(2, priority="High", updated=NOW),
        an_issue(3),
        an_issue(10, priority="High"),
    )

    assert Caller(site).found("project = ENG ORDER BY priority DESC, updated DESC, key") == [
        *("ENG-3", "ENG-2", "ENG-10", "ENG-1")
    ]
    assert Caller(site).found("project = ENG ORDER BY priority, key DESC") == ["ENG-1", "ENG-10", "ENG-2", "ENG-3"]
    assert Caller(site).found("project = ENG ORDER BY key") == ["ENG-1", "ENG-2", "ENG-3", "ENG-10"]


def test_an_absolute_date_is_read_in_the_callers_time_zone() -> None:
    site = a_site(an_issue(1, updated=NOW))  # 09:00 UTC, 10:00 in Zurich, 04:00 in New York

    assert Caller(site).found('updated >= "2026-11-16 10:00"') == ["ENG-1"]
    assert Caller(site).found('updated >= "2026-11-16 10:01"') == []
    assert Caller(site, SOMEBODY).found('updated <= "2026-11-16 04:00"') == ["ENG-1"]
    assert Caller(site, SOMEBODY).found('updated >= "2026-11-16 04:01"') == []


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        ("updated >= -95m", True),
        ("updated >= -89m", False),
        ("updated > '-1h 30m'", False),
        ("updated >= startOfDay()", True),
        ("updated < startOfDay(1)", True),
        ("updated >= startOfMonth('-1M') and updated < startOfYear('+1y')", True),
        ("updated <= endOfWeek()", True),
        ("updated <= now()", True),
        (f"updated >= {int((NOW - timedelta(minutes=90)).timestamp() * 1000)}", True),
        (f"updated > {int((NOW - timedelta(minutes=90)).timestamp() * 1000)}", False),
        ("updated = '2026/11/16 08:30'", True),
        ("updated != '2026-11-16 08:30'", False),
        ("updated > 2026-11-15", True),
    ],
)
def test_a_date_means_what_jira_says(jql: str, found: bool) -> None:
    site = a_site(an_issue(1, updated=NOW - timedelta(minutes=90)))

    assert Caller(site).found(jql) == (["ENG-1"] if found else [])


def test_a_date_that_is_none_is_refused() -> None:
    answer = a_board_of_issues().search("updated >= yesterday")

    assert answer.status_code == 400
    assert answer.json["errorMessages"][0].startswith("Date value 'yesterday' for field 'updated' is invalid.")


@pytest.mark.parametrize("jql", ["assignee = currentUser()", "project = ENG ORDER BY reporter"])
def test_searching_for_people_is_refused_and_noted(jql: str) -> None:
    caller = a_board_of_issues()

    assert caller.search(jql).status_code == 400
    assert len(caller.site.forbidden_reads) == 1


def test_a_custom_field_is_searched_by_its_value() -> None:
    site = a_site(an_issue(1, custom={OKR_PROGRESS: 0.4}), an_issue(2, custom={OKR_PROGRESS: 0.6}))

    assert Caller(site).found('"OKR progress" < 0.5') == ["ENG-1"]
