"""What a request costs, what it is refused for, and what every answer says about the quota."""

import pytest
from unit.sandbox.linear_calls import a_request, a_workspace, an_issue, ask
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from adapters.sandbox.linear.app import LinearApp
from adapters.sandbox.linear.quota import Quota

PAGE_INFO = "pageInfo { hasNextPage endCursor }"
RICH = """query($first: Int!) { issues(first: $first) { pageInfo { hasNextPage endCursor } nodes { id title
  labels(first: 20) { nodes { id name } } cycle { id number } project { id initiatives { nodes { id } } } } } }"""


class Clock:
    def __init__(self):
        self.seconds = 1_795_000_000.0

    def __call__(self):
        return self.seconds


def an_app(*, requests=2_500, complexity=3_000_000):
    clock = Clock()
    app = LinearApp(a_workspace(), Quota(clock))
    app.quota.requests.remaining, app.quota.complexity.remaining = requests, complexity
    return app, clock


@pytest.mark.parametrize(
    ("query", "points"),
    [
        # The vendor's own example has this shape: an object, and a connection of three scalars without a page argument.
        ('{ team(id: "GRO") { issues { nodes { id title createdAt } } } }', 66),
        (f"{{ issues(first: 250) {{ nodes {{ id }} {PAGE_INFO} }} }}", 277),
        ("{ viewer { id } }", 2),
        ("{ issues(first: 10) { edges { cursor node { id } } } }", 22),
        (
            "{ issues(first: 10) { ...p } } fragment p on IssueConnection { nodes { ... on Issue { id title } } }",
            12,
        ),
        ("query($n: Int = 20) { issues(first: $n) { nodes { id } } }", 22),
        ('mutation { issueUpdate(id: "GRO-1", input: {}) { success issue { id } } }', 3),
    ],
)
def test_a_query_costs_what_the_documented_rule_says(query, points):
    assert ask(a_workspace(), query).headers["X-Complexity"] == str(points)


def test_a_rich_page_of_250_is_refused_as_too_complex_and_one_of_50_is_not():
    refused = ask(a_workspace(), RICH, first=250)
    points = refused.headers["X-Complexity"]

    assert refused.status == 400
    assert int(points) > 10_000
    assert refused.errors == [
        {
            "message": "Query too complex",
            "extensions": {
                "code": "INPUT_ERROR",
                "type": "invalid input",
                "userError": True,
                "userPresentableMessage": (
                    f"The query is too complex. Complexity: {points}. Maximum allowed complexity: 10000."
                ),
                "meta": {},
            },
        }
    ]
    assert ask(a_workspace(), RICH, first=50).errors == []


def test_every_answer_tells_the_quota_with_resets_in_epoch_milliseconds():
    app, clock = an_app()

    for query, key in (("{ viewer { id } }", "lin_api_sandbox"), ("{ nothing }", "lin_api_sandbox"), ("{", "x")):
        headers = ask(app, query, key=key).headers
        assert headers["X-RateLimit-Requests-Limit"] == "2500"
        assert headers["X-RateLimit-Complexity-Limit"] == "3000000"
        assert int(headers["X-RateLimit-Requests-Remaining"]) in (2498, 2499)
        assert clock.seconds * 1000 <= int(headers["X-RateLimit-Requests-Reset"]) < (clock.seconds + 10) * 1000
        assert int(headers["X-RateLimit-Complexity-Reset"]) >= clock.seconds * 1000


def test_an_exhausted_request_quota_answers_400_ratelimited_until_it_has_refilled():
    app, clock = an_app(requests=1)

    assert ask(app, "{ viewer { id } }").status == 200
    refused = ask(app, "{ viewer { id } }")
    clock.seconds += 2  # 2,500 an hour are one in 1.44 seconds

    assert (refused.status, refused.data) == (400, None)
    assert refused.errors[0]["extensions"] == {
        "type": "ratelimited",
        "code": "RATELIMITED",
        "statusCode": 429,
        "userError": True,
    }
    assert refused.headers["X-RateLimit-Requests-Remaining"] == "0"
    assert int(refused.headers["X-RateLimit-Requests-Reset"]) == round((clock.seconds - 2 + 3600) * 1000)
    assert ask(app, "{ viewer { id } }").status == 200


def test_an_exhausted_complexity_quota_refuses_a_mutation_without_applying_it():
    app, _ = an_app(complexity=1)
    issue = an_issue(app.workspace, "old")

    answer = ask(app, 'mutation { issueUpdate(id: "GRO-1", input: { title: "new" }) { success issue { id } } }')

    assert (answer.status, answer.errors[0]["extensions"]["code"]) == (400, "RATELIMITED")
    assert issue.title == "old"


def test_the_quota_can_be_asked_for():
    app, _ = an_app(requests=100)

    limits = ask(app, "{ rateLimitStatus { limits { type allowedAmount remainingAmount period reset } } }").data

    requests = limits["rateLimitStatus"]["limits"][0]
    assert (requests["type"], requests["allowedAmount"], requests["remainingAmount"]) == ("request", 2500, 99)


@pytest.mark.parametrize("key", ["", "lin_api_other", "Bearer lin_api_sandbox", "Bearer other", "oauth"])
def test_a_wrong_key_is_refused_in_the_vendors_words_and_costs_nothing(key):
    app, _ = an_app()

    answer = ask(app, "{ viewer { id } }", key=key)

    assert answer.status == 401
    assert answer.errors == [
        {
            "message": "Authentication required",
            "extensions": {"type": "authentication error", "userPresentableMessage": "Invalid API key"},
        }
    ]
    assert app.quota.requests.remaining == 2500


def test_a_personal_key_and_an_oauth_token_are_let_in():
    for key in ("lin_api_sandbox", "Bearer oauth"):
        assert ask(a_workspace(), "{ viewer { id } }", key=key).status == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ viewer { id } teams { nodes { id } } }", ("viewer+teams", False)),
        ('mutation { a: issueAddLabel(id: "a", labelId: "b") { success } }', ("issueAddLabel", True)),
        ("query Two { teams { nodes { id } } }", ("teams", False)),
        ("{ nonsense", ("invalid", False)),
    ],
)
def test_an_operation_is_named_by_its_root_fields(query, expected):
    assert LinearApp(a_workspace()).classify(a_request(query)) == expected


@pytest.mark.parametrize(
    ("path", "method", "body", "status"),
    [
        ("/graphql", "GET", "", 405),
        ("/rest/api/3/search", "POST", "{}", 404),
        ("/graphql", "POST", "not json", 400),
        ("/graphql", "POST", '[{"query": "{ viewer { id } }"}]', 400),
        ("/graphql", "POST", '{"query": "{ viewer { id } }", "variables": [1]}', 400),
        ("/graphql", "POST", '{"query": "query A { viewer { id } } query B { viewer { id } }"}', 400),
    ],
)
def test_a_request_that_is_no_single_graphql_operation_is_refused(path, method, body, status):
    headers = {"Authorization": "lin_api_sandbox"}
    request = Request(EnvironBuilder(path=path, method=method, data=body, headers=headers).get_environ())
    app = LinearApp(a_workspace())

    assert app.handle(request).status_code == status
    assert app.classify(request)[1] is False
