"""Jira's four kinds of 429: who waits for whom, and what goes on."""

import math
from datetime import UTC, datetime

import pytest
from unit.jira.jira_site import PAY, SINCE, Jira, a_site, a_write, an_issue, served, standing

from adapters.errors import Temporary, TryLater
from adapters.jira.failures import Limited, Reach, from_answer
from adapters.jira.pace import FIRST_STEP, Pace
from adapters.sandbox.jira.errors import bucket_empty, cost_limited, gateway_limited, issue_write_limited, quota_spent
from adapters.sandbox.jira.limits import TokenBucket

ISSUE, OTHER_ISSUE = "/rest/api/3/issue/10001", "/rest/api/3/issue/10002"


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def limited(reason: str | None, wait: str | None = "1") -> Limited:
    headers = {} if reason is None else {"RateLimit-Reason": reason}
    headers |= {} if wait is None else {"Retry-After": wait}
    error = from_answer(429, headers, b"", writes=False, tracker="jira-main")
    assert isinstance(error, Limited)
    return error


@pytest.mark.parametrize(
    ("reason", "same", "same_endpoint", "elsewhere"),
    [
        ("jira-burst-based", 1.0, 1.0, 0.0),
        ("jira-per-issue-on-write", 1.0, 0.0, 0.0),
        ("jira-cost-based", FIRST_STEP, FIRST_STEP, FIRST_STEP),
        ("jira-max-concurrent-requests", FIRST_STEP, FIRST_STEP, FIRST_STEP),
        (None, FIRST_STEP, FIRST_STEP, FIRST_STEP),
    ],
)
def test_a_limit_holds_back_what_it_is_about(
    reason: str | None, same: float, same_endpoint: float, elsewhere: float
) -> None:
    pace = Pace(clock=Clock())

    pace.limited("PUT", ISSUE, limited(reason))

    assert pace.wait("PUT", ISSUE) == same
    assert pace.wait("PUT", OTHER_ISSUE) == same_endpoint
    assert pace.wait("POST", "/rest/api/3/search/jql") == elsewhere


def test_without_a_word_on_how_long_everything_waits_longer_each_time_and_an_answer_ends_that() -> None:
    pace, waits = Pace(clock=Clock()), []
    for _ in range(6):
        pace.limited("GET", ISSUE, limited(None, None))
        waits.append(pace.wait("GET", ISSUE))
        pace.waited("GET", ISSUE)
    pace.passed({})
    pace.limited("GET", ISSUE, limited(None, None))

    assert waits == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert pace.wait("GET", ISSUE) == FIRST_STEP


def test_a_wait_is_over_when_its_time_is() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    pace.limited("PUT", ISSUE, limited("jira-burst-based", "3"))

    clock.now += 2.0
    assert pace.wait("PUT", ISSUE) == 1.0
    clock.now += 1.0
    assert pace.wait("PUT", ISSUE) == 0.0


def test_data_centers_empty_bucket_is_waited_for_before_it_refuses() -> None:
    pace = Pace(clock=Clock())
    headers = {"X-RateLimit-FillRate": "5", "X-RateLimit-Interval-Seconds": "3"}

    pace.passed(headers | {"X-RateLimit-Remaining": "1"})
    assert pace.wait("GET", ISSUE) == 0.0
    pace.passed(headers | {"X-RateLimit-Remaining": "0"})
    assert pace.wait("GET", ISSUE) == 3.0
    assert pace.wait("POST", "/rest/api/2/search") == 3.0


def test_clouds_spent_endpoint_holds_nothing_back() -> None:
    pace = Pace(clock=Clock())

    pace.passed({"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "350"})

    assert pace.wait("GET", ISSUE) == 0.0


def test_a_quota_beyond_the_deadline_ends_the_run_and_no_further_request_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with served(a_site(an_issue(1)), monkeypatch) as jira:
        jira.server.faults.answer(when=lambda call: call.operation == "search", **quota_spent(datetime.now(UTC)))
        connection = jira.connect()
        with pytest.raises(TryLater):
            connection.read(PAY, since=SINCE)
        sent = len(jira.server.calls)

        with pytest.raises(TryLater):
            connection.read(PAY, since=SINCE)

        assert len(jira.server.calls) == sent
        assert jira.slept == []


def test_one_issue_that_is_written_too_often_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_site(an_issue(1)), monkeypatch) as jira:
        connection = jira.connect()
        now = standing(connection)
        jira.server.faults.answer(when=lambda call: call.operation == "edit_issue", times=5, **issue_write_limited())

        with pytest.raises(Temporary) as caught:
            connection.write_progress(a_write(now))
        outcome = jira.connect().write_progress(a_write(now))

        assert caught.value.surely_not_applied
        assert outcome.status == "changed"
        assert len(jira.issue(1).comments) == 1


@pytest.mark.parametrize("answer", [gateway_limited(), cost_limited()], ids=["gateway", "cost"])
def test_a_refusal_without_a_wait_is_waited_out(answer: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_site(an_issue(1)), monkeypatch) as jira:
        jira.server.faults.answer(when=lambda call: call.operation == "search", **answer)  # type: ignore[arg-type]

        assert len(jira.connect().read(PAY, since=SINCE).issues) == 1

        assert len(jira.slept) == 1


def test_a_data_center_that_says_zero_seconds_is_not_asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(a_site(an_issue(1)), monkeypatch, data_center=True) as jira:
        jira.server.faults.answer(when=lambda call: call.operation == "search", **bucket_empty("0"))

        assert len(jira.connect().read(PAY, since=SINCE).issues) == 1

        assert len(jira.slept) == 1
        assert jira.slept[0] >= 1.0


def test_a_data_center_with_a_small_bucket_is_read_without_one_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    site = a_site(*(an_issue(number) for number in range(1, 30)), dc_page_cap=5)
    with served(site, monkeypatch, data_center=True) as jira:
        clock = Clock()
        site.rate_limit = TokenBucket(limit=2, fill_rate=2, interval=1, clock=clock)
        connection = waiting_by(clock, jira)

        assert len(connection.read(PAY, since=SINCE).issues) == 29

        assert [call.status for call in jira.server.calls if call.status != 200] == []


def waiting_by(clock: Clock, jira: Jira):  # type: ignore[no-untyped-def]
    """A connection, one request at a time, whose waits move the bucket's clock."""

    class Slept(list[float]):
        def append(self, seconds: float) -> None:
            super().append(seconds)
            clock.now += math.ceil(seconds)  # our clock went on since the answer: the wait is a little less than whole

    jira.slept = Slept()
    return jira.connect(connections=1)


def test_the_reach_of_a_limit_is_told_by_its_reason() -> None:
    reset = {"RateLimit-Reason": "jira-quota-global-based", "X-RateLimit-Reset": "2026-11-18T10:00Z"}
    quota = from_answer(429, reset, b"", writes=False, tracker="j")

    assert isinstance(quota, Limited)
    assert (quota.reach, quota.quota) == (Reach.EVERYTHING, True)
    assert quota.until == datetime(2026, 11, 18, 10, tzinfo=UTC)
