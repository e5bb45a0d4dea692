"""Who may come in where: the gateway, OAuth 2, tokens that see nothing, Data Center's anonymous trap."""

from datetime import timedelta

import pytest
import requests
from support.sandbox_jira import ME, NOW, Caller, a_site, an_issue, basic
from unit.sandbox.data_center_calls import Caller as DataCenterCaller

from adapters.sandbox.jira.app import JiraCloud
from adapters.sandbox.jira.errors import captcha_required
from adapters.sandbox.jira.limits import TokenBucket
from adapters.sandbox.jira.site import Account, Site
from adapters.sandbox.server import Server

ROBOT = Account("712020:robot", "Robot", "robot@example.com", "scoped-token", scoped=True, client_secret="hush")
BLIND = Account("712020:blind", "Blind", "blind@example.com", "blind-token", sees_projects=False)


def a_cloud(**changes: object) -> Caller:
    return Caller(a_site(an_issue(1), accounts=[ME, ROBOT, BLIND], **changes), account=None)


def at_gateway(site: Site, path: str) -> str:
    return f"/ex/jira/{site.cloud_id}{path}"


@pytest.mark.parametrize("header", [f"Bearer {ROBOT.token}", basic(ROBOT.email, ROBOT.token)])
def test_a_scoped_token_comes_in_by_the_gateway_alone(header: str) -> None:
    caller = a_cloud()
    caller.headers = {"Authorization": header}

    through = caller.get(at_gateway(caller.site, "/rest/api/3/myself"))
    direct = caller.get("/rest/api/3/myself")

    assert (through.status_code, through.json["accountId"]) == (200, ROBOT.account_id)
    assert direct.status_code == 401


def test_a_classic_token_does_not_come_in_by_the_gateway() -> None:
    caller = a_cloud()
    caller.headers = {"Authorization": basic(ME.email, ME.token)}

    answer = caller.get(at_gateway(caller.site, "/rest/api/3/myself"))

    assert (answer.status_code, answer.json["code"]) == (401, 401)


def test_the_gateway_lets_nobody_in_without_credentials() -> None:
    caller = a_cloud()

    assert caller.get(at_gateway(caller.site, "/rest/api/3/field")).status_code == 401


def test_another_cloud_id_is_another_site() -> None:
    caller = a_cloud()
    caller.headers = {"Authorization": f"Bearer {ROBOT.token}"}

    assert caller.get("/ex/jira/not-this-one/rest/api/3/myself").status_code == 404


def test_a_write_through_the_gateway_counts_as_one() -> None:
    site = a_site(an_issue(1), accounts=[ROBOT])
    with Server(JiraCloud(site)) as server:
        requests.put(
            server.url + at_gateway(site, "/rest/api/3/issue/ENG-1"),
            json={"fields": {"summary": "New"}},
            headers={"Authorization": f"Bearer {ROBOT.token}"},
            timeout=5,
        )

        assert [call.operation for call in server.mutations] == ["edit_issue"]
    assert site.issues[0].summary == "New"


def test_anybody_is_told_the_cloud_id() -> None:
    caller = a_cloud()

    assert caller.get("/_edge/tenant_info").json == {"cloudId": caller.site.cloud_id}


def a_grant(**changes: str) -> dict[str, str]:
    return {"grant_type": "client_credentials", "client_id": ROBOT.account_id, "client_secret": "hush"} | changes


def test_client_credentials_buy_a_token_for_an_hour() -> None:
    caller = a_cloud()

    bought = caller.post("/oauth/token", a_grant()).json
    caller.headers = {"Authorization": f"Bearer {bought['access_token']}"}
    path = at_gateway(caller.site, "/rest/api/3/myself")
    during = caller.get(path)
    direct = caller.get("/rest/api/3/myself")
    caller.site.now += timedelta(seconds=bought["expires_in"])
    after = caller.get(path)

    assert (bought["expires_in"], bought["token_type"]) == (3600, "Bearer")
    assert (during.status_code, direct.status_code, after.status_code) == (200, 401, 401)
    assert during.json["accountId"] == ROBOT.account_id


@pytest.mark.parametrize(
    ("grant", "status", "error"),
    [
        (a_grant(client_secret="wrong"), 401, "access_denied"),
        (a_grant(client_id=ME.account_id), 401, "access_denied"),
        (a_grant(grant_type="password"), 403, "unsupported_grant_type"),
    ],
)
def test_a_wrong_grant_is_refused_in_oauths_shape(grant: dict[str, str], status: int, error: str) -> None:
    answer = a_cloud().post("/oauth/token", grant)

    assert (answer.status_code, answer.json["error"]) == (status, error)


def test_a_half_blind_token_is_somebody_and_sees_nothing() -> None:
    caller = a_cloud()
    caller.headers = {"Authorization": basic(BLIND.email, BLIND.token)}

    assert caller.get("/rest/api/3/myself").json["accountId"] == BLIND.account_id
    assert caller.get("/rest/api/3/project/search").json["total"] == 0
    assert caller.search("project = ENG").json["issues"] == []
    assert caller.post("/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": ["ENG-1"], "fields": ["key"]}).json == {
        "issues": [],
        "issueErrors": [],
    }
    assert caller.get("/rest/api/3/issue/ENG-1", fields="key").status_code == 404
    assert caller.get("/rest/agile/1.0/board").json["values"] == []


def test_every_answer_bears_the_sites_clock_and_one_date() -> None:
    with Server(JiraCloud(a_site())) as server:
        found, refused = (requests.get(server.url + path, timeout=5) for path in ("/rest/api/3/serverInfo", "/nowhere"))

    assert found.headers["Date"] == refused.headers["Date"] == "Mon, 16 Nov 2026 09:00:00 GMT"
    assert NOW.hour == 9


def test_a_token_that_is_wrong_is_anonymous_and_finds_nothing() -> None:
    caller = DataCenterCaller(a_site(an_issue(1)))
    caller.headers = {"Authorization": "Bearer expired"}

    found = caller.search("project = ENG")

    assert (found.status_code, found.json["total"]) == (200, 0)
    assert found.headers["X-AUSERNAME"] == "anonymous"
    assert caller.get("/rest/api/2/project").json == []
    assert caller.get("/rest/agile/1.0/board").json["values"] == []
    assert caller.get("/rest/api/2/myself").status_code == 401
    assert caller.put("/rest/api/2/issue/ENG-1", {"fields": {"summary": "x"}}).status_code == 401
    assert caller.site.issues[0].summary == "Story 1"


def test_a_right_token_or_password_is_named_on_every_answer() -> None:
    caller = DataCenterCaller(a_site(an_issue(1)))

    by_token = [caller.get("/rest/api/2/myself"), caller.get("/nowhere"), caller.search("nonsense = 1")]
    caller.headers = {"Authorization": basic(ME.name, ME.token)}
    by_password = caller.get("/rest/api/2/myself")

    assert [answer.headers["X-AUSERNAME"] for answer in [*by_token, by_password]] == ["okrsync"] * 4


def test_a_wrong_password_is_refused_as_seraph_does() -> None:
    caller = DataCenterCaller(a_site())
    caller.headers = {"Authorization": basic(ME.name, "wrong")}

    answer = caller.get("/rest/api/2/serverInfo")

    assert (answer.status_code, answer.headers["X-Seraph-LoginReason"]) == (401, "AUTHENTICATED_FAILED")


def test_a_captcha_shuts_the_door() -> None:
    site = a_site()
    with Server(DataCenterCaller(site).app) as server:
        server.faults.answer(**captcha_required(), times=2)
        answers = [requests.get(f"{server.url}/rest/api/2/serverInfo", timeout=5) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [403, 403, 200]
    assert answers[0].headers["X-Authentication-Denied-Reason"].startswith("CAPTCHA_CHALLENGE")


def test_the_bucket_empties_and_fills_by_the_second() -> None:
    seconds = [0.0]
    caller = DataCenterCaller(a_site(rate_limit=TokenBucket(2, 1, 10, clock=lambda: seconds[0])))

    answers = [caller.get("/rest/api/2/serverInfo") for _ in range(3)]
    seconds[0] = 10.5
    later = caller.get("/rest/api/2/serverInfo")

    assert [answer.status_code for answer in [*answers, later]] == [200, 200, 429, 200]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert [answer.headers["Retry-After"] for answer in answers] == ["0", "10", "10"]
    assert answers[2].mimetype == "text/html"
    limits = {name: later.headers[f"X-RateLimit-{name}"] for name in ("Limit", "FillRate", "Interval-Seconds")}
    assert limits == {"Limit": "2", "FillRate": "1", "Interval-Seconds": "10"}


def test_the_bucket_is_each_users_own() -> None:
    site = a_site(rate_limit=TokenBucket(1, 1, 10, clock=lambda: 0.0))
    mine, anonymous = DataCenterCaller(site), DataCenterCaller(site, account=None)

    statuses = [caller.get("/rest/api/2/serverInfo").status_code for caller in (mine, mine, anonymous)]

    assert statuses == [200, 429, 200]
