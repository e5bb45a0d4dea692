"""The Linear sandbox as the gql library meets it."""

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from graphql import GraphQLError
from unit.sandbox.linear_calls import a_workspace, an_issue

from adapters.sandbox.linear.app import LinearApp
from adapters.sandbox.linear.nodes import Issue
from adapters.sandbox.server import Server

PAGE = """query($first: Int!, $after: String, $filter: IssueFilter) {
  issues(first: $first, after: $after, filter: $filter, orderBy: updatedAt, includeArchived: true) {
    pageInfo { hasNextPage endCursor } nodes { id identifier title } } }"""


def a_client(server, *, key="lin_api_sandbox"):
    transport = RequestsHTTPTransport(f"{server.url}/graphql", headers={"Authorization": key}, retries=0, timeout=10)
    return Client(transport=transport), transport


def query(text, **variables):
    request = gql(text)
    request.variable_values = variables
    return request


def test_gql_pages_filters_and_mutates():
    workspace = a_workspace()
    for n in range(300):
        an_issue(workspace, f"{n}")
    app = LinearApp(workspace)
    with Server(app) as server:
        client, transport = a_client(server)
        with client as session:
            first = session.execute(query(PAGE, first=250, filter={"team": {"key": {"in": ["GRO"]}}}))["issues"]
            cost = transport.response_headers["x-complexity"]
            rest = session.execute(query(PAGE, first=250, after=first["pageInfo"]["endCursor"]))["issues"]
            session.execute(query('mutation { issueUpdate(id: "GRO-7", input: { title: "new" }) { success } }'))

        assert cost == "327"
        assert len({node["id"] for node in first["nodes"] + rest["nodes"]}) == 300
        assert [call.operation for call in server.calls] == ["issues", "issues", "issueUpdate"]
        assert [call.operation for call in server.mutations] == ["issueUpdate"]
    assert "new" in {issue.title for issue in workspace.all(Issue)}


def test_gql_shows_a_refusal_with_its_extensions_and_the_headers():
    app = LinearApp(a_workspace())
    app.quota.requests.remaining = 0
    with Server(app) as server:
        client, transport = a_client(server)
        with client as session, pytest.raises(TransportQueryError) as refused:
            session.execute(query("{ viewer { id } }"))

        assert refused.value.errors[0]["extensions"]["code"] == "RATELIMITED"
        assert int(transport.response_headers["x-ratelimit-requests-reset"]) > 1_000_000_000_000
        assert server.calls[0].status == 400


def test_gql_shows_a_wrong_key_as_a_query_error():
    with Server(LinearApp(a_workspace())) as server:
        client, _ = a_client(server, key="wrong")
        with client as session, pytest.raises(TransportQueryError, match="Authentication required"):
            session.execute(query("{ viewer { id } }"))

        assert server.calls[0].status == 401


def test_the_schema_can_be_introspected():
    with Server(LinearApp(a_workspace())) as server:
        client, _ = a_client(server)
        client.fetch_schema_from_transport = True
        with client:
            assert client.schema is not None
            with pytest.raises(GraphQLError, match="assignee"):
                client.validate(query("{ issues { nodes { assignee } } }"))
