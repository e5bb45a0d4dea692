"""A number behind an address: what is asked, what is not, and what an answer must be."""

from collections.abc import Iterator
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import responses
from support.company_network import CompanyCa, behind_tls, closed_port, silent_server
from support.json_server import Documents, documents
from werkzeug.wrappers import Response

from adapters import http_measure
from adapters.errors import AccessDenied, NotFound, RateLimited, Temporary, TrackerError, TryLater, Unreadable
from adapters.http_measure import MOST_BYTES, HttpMeasures, is_refused
from adapters.retry import Deadline
from adapters.sandbox.server import Server
from mappings.measures import Endpoint, Taken

DOCUMENT = {
    "data": [{"value": 99.95}, {"value": "12.5"}],
    "a/b": {"m~n": 3},
    "text": "many",
    "nothing": None,
    "yes": True,
    "zero": 0,
    "below": -4,
    "huge": 10**40,
}


class Served:
    """One server, and a way to ask it."""

    def __init__(self, app: Documents, server: Server) -> None:
        self.app, self.server = app, server
        self.slept: list[float] = []

    def ask(self, pointer: str = "/data/0/value", *, path: str = "/numbers", **changes: Any) -> Taken:
        seconds = changes.pop("seconds", 600)
        total = changes.pop("total_seconds", 30)
        endpoint = Endpoint(**{"url": self.server.url + path, "pointer": pointer} | changes)
        return HttpMeasures(Deadline(seconds, sleep=self.slept.append), total_seconds=total).measure(endpoint)


@pytest.fixture
def served() -> Iterator[Served]:
    with documents(numbers=DOCUMENT) as (app, server):
        yield Served(app, server)


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/data/0/value", "99.95"),
        ("/data/1/value", "12.5"),
        ("/a~1b/m~0n", "3"),
        ("/zero", "0"),
        ("/below", "-4"),
    ],
)
def test_a_number_or_a_text_that_is_one_is_taken_to_its_last_digit(served, pointer, value):
    assert served.ask(pointer).value == Decimal(value)


def test_the_answer_says_where_the_number_stood_and_not_what_follows_the_question_mark(served):
    because = served.ask(path="/numbers?key=abcdef").because

    assert because == f"/data/0/value of {served.server.url}/numbers"


def test_a_document_may_be_the_number_itself(served):
    served.app.documents["/bare"] = 7

    assert served.ask("", path="/bare").value == 7


@pytest.mark.parametrize("pointer", ["/text", "/nothing", "/yes", "/data", "/data/-", "/huge", ""])
def test_what_is_no_number_is_refused_and_not_shown(served, pointer):
    with pytest.raises(Unreadable, match="is no number") as caught:
        served.ask(pointer)

    assert "many" not in str(caught.value)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999999999", "0x10", "1_000", "٣", "", "1" * 31])
def test_texts_that_python_would_read_as_numbers_are_none(served, text):
    served.app.documents["/text"] = {"value": text}

    with pytest.raises(Unreadable, match="is no number"):
        served.ask("/value", path="/text")


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"value": NaN}', b'{"value": Infinity}', b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_refused(served, body):
    served.app.documents["/odd"] = body

    with pytest.raises(Unreadable, match="did not answer JSON"):
        served.ask("/value", path="/odd")


def test_a_pointer_to_nothing_is_said_without_the_document(served):
    with pytest.raises(Unreadable, match="has nothing at /data/7/value") as caught:
        served.ask("/data/7/value")

    assert "99.95" not in str(caught.value)


@pytest.mark.parametrize("pointer", ["data/0", "/a~2b"])
def test_a_pointer_that_is_none_is_refused_before_anything_is_sent(served, pointer):
    with pytest.raises(Unreadable, match="is no JSON pointer"):
        served.ask(pointer)

    assert served.server.calls == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://status.acme.com/x", "by https alone"),
        ("https://okr:hunter2@status.acme.com/x", "must not stand in the url"),
        ("ftp://status.acme.com/x", "no address as https"),
        ("file:///etc/passwd", "no address as https"),
        ("status.acme.com/x", "no address as https"),
        ("https://[::1/x", "is no address"),
        ("https://status.acme.com:port/x", "is no address"),
        ("http://169.254.169.254/latest/meta-data/", "is an address that is not asked"),
        ("https://169.254.169.254/x", "is an address that is not asked"),
        ("https://[fe80::1%25eth0]/x", "is an address that is not asked"),
        ("https://[::ffff:169.254.169.254]/x", "is an address that is not asked"),
        ("https://[fd00:ec2::254]/x", "is an address that is not asked"),
    ],
)
def test_some_addresses_are_never_asked(url, why):
    with pytest.raises(Unreadable, match=why) as caught:
        HttpMeasures(Deadline(10)).measure(Endpoint(url=url, pointer="/x"))

    assert "hunter2" not in str(caught.value)


def test_a_name_that_leads_to_a_refused_address_gets_no_request(served, monkeypatch):
    monkeypatch.setattr(http_measure, "REFUSED_NETWORKS", (ip_network("127.0.0.0/8"),))

    with pytest.raises(Unreadable, match=r"leads to 127\.0\.0\.1, which is not asked"):
        served.ask(url=served.server.url.replace("127.0.0.1", "localhost") + "/numbers")

    assert served.server.calls == []


def test_a_company_s_own_addresses_are_asked():
    assert not any(map(is_refused, ["10.0.0.8", "192.168.1.4", "status.acme.com", "127.0.0.1", "fd12::1"]))


def test_a_token_is_sent_as_bearer_and_none_where_none_is_named(served, monkeypatch):
    monkeypatch.setenv("STATUS_TOKEN", "token-of-the-status-page")

    served.ask(token_env="STATUS_TOKEN")
    served.ask()

    assert [headers.get("Authorization") for headers in served.app.headers] == ["Bearer token-of-the-status-page", None]


@responses.activate
def test_a_password_for_the_host_in_a_netrc_is_not_sent(monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine localhost login somebody password something\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    responses.get("https://localhost/x", json=5)

    HttpMeasures(Deadline(10)).measure(Endpoint(url="https://localhost/x", pointer=""))

    assert "Authorization" not in responses.calls[0].request.headers


@pytest.mark.parametrize("token", ["", "with a blank", "with–a–dash"])
def test_without_a_token_that_can_be_sent_nothing_is(served, monkeypatch, token):
    monkeypatch.setenv("STATUS_TOKEN", token)

    with pytest.raises(AccessDenied, match="STATUS_TOKEN"):
        served.ask(token_env="STATUS_TOKEN")

    assert served.server.calls == []


def test_a_token_in_the_path_is_not_told(served, monkeypatch):
    monkeypatch.setenv("STATUS_TOKEN", "token-of-the-status-page")
    served.app.documents["/token-of-the-status-page"] = {"value": 1}

    taken = served.ask("/value", path="/token-of-the-status-page", token_env="STATUS_TOKEN")

    assert taken.because == f"/value of {served.server.url}/[secret]"


def test_redirects_on_the_host_are_followed(served):
    served.app.documents["/old"] = Response(status=301, headers={"Location": "/numbers"})

    assert served.ask(path="/old").value == Decimal("99.95")
    assert [call.path for call in served.server.calls] == ["/old", "/numbers"]


@pytest.mark.parametrize("location", ["https://elsewhere.example/x", "http://localhost:1/x", "//127.0.0.1:1/x"])
def test_a_redirect_to_another_host_or_port_is_not_followed(served, monkeypatch, location):
    monkeypatch.setenv("STATUS_TOKEN", "token-of-the-status-page")
    served.app.documents["/old"] = Response(status=302, headers={"Location": location})

    with pytest.raises(Unreadable, match="sends us to another place"):
        served.ask(path="/old", token_env="STATUS_TOKEN")

    assert len(served.server.calls) == 1


def test_a_redirect_to_a_refused_address_is_not_followed(served):
    served.app.documents["/old"] = Response(status=302, headers={"Location": "http://169.254.169.254/latest"})

    with pytest.raises(Unreadable, match="is an address that is not asked"):
        served.ask(path="/old")


def test_a_circle_of_redirects_ends(served):
    served.app.documents["/old"] = Response(status=302, headers={"Location": "/old"})

    with pytest.raises(Unreadable, match="redirects more than 3 times"):
        served.ask(path="/old")

    assert len(served.server.calls) == 4


@responses.activate
def test_a_step_from_https_to_http_is_not_followed():
    responses.get("https://localhost/x", status=302, headers={"Location": "http://localhost/x"})

    with pytest.raises(Unreadable, match="sends us to another place, http://localhost"):
        HttpMeasures(Deadline(10)).measure(Endpoint(url="https://localhost/x", pointer=""))

    assert len(responses.calls) == 1


@responses.activate
def test_a_step_from_http_to_https_is_followed():
    responses.get("http://localhost:8080/x", status=302, headers={"Location": "https://localhost:8443/x"})
    responses.get("https://localhost:8443/x", json=5)

    assert HttpMeasures(Deadline(10)).measure(Endpoint(url="http://localhost:8080/x", pointer="")).value == 5


def test_more_than_a_megabyte_is_refused(served):
    served.app.documents["/large"] = b" " * MOST_BYTES + b"1"

    with pytest.raises(Unreadable, match="answers more than 1024 kB"):
        served.ask("", path="/large")


def test_a_packed_answer_is_refused_for_it_was_not_asked_for(served):
    served.app.documents["/packed"] = Response(b"\x1f\x8b", headers={"Content-Encoding": "gzip"})

    with pytest.raises(Unreadable, match="answers packed"):
        served.ask("", path="/packed")

    assert served.app.headers[0]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("status", [500, 502, 503, 408])
def test_a_failure_for_now_is_asked_again(served, status):
    served.server.faults.answer(status=status, times=2)

    assert served.ask().value == Decimal("99.95")
    assert (len(served.server.calls), len(served.slept)) == (3, 2)


def test_a_failure_that_stays_is_told_after_three_attempts(served):
    served.server.faults.answer(status=500, times=9)

    with pytest.raises(Temporary, match=r"failed for now \(500\)"):
        served.ask()

    assert len(served.server.calls) == 3


@pytest.mark.parametrize("applied", [True, False])
def test_a_lost_connection_is_tried_again(served, applied):
    served.server.faults.drop(1, applied=applied)

    assert served.ask().value == Decimal("99.95")


def test_an_answer_that_does_not_come_is_given_up(served):
    with silent_server() as host, pytest.raises(Temporary, match=r"did not answer whole within 0\.05 s"):
        served.ask(url=f"http://{host}/x", total_seconds=0.05)


def test_a_wait_that_is_asked_for_is_kept_and_one_beyond_the_deadline_ends_it(served):
    served.server.faults.answer(status=429, headers={"Retry-After": "17"})
    assert served.ask().value == Decimal("99.95")
    assert served.slept == [17]

    an_hour = {"Retry-After": "Wed, 18 Nov 2026 10:00:00 GMT", "Date": "Wed, 18 Nov 2026 09:00:00 GMT"}
    served.server.faults.answer(status=503, headers=an_hour)
    with pytest.raises(TryLater, match="asks to wait 3600 s"):
        served.ask(seconds=60)


def test_a_limit_that_does_not_say_how_long_is_tried_again(served):
    served.server.faults.answer(status=429, headers={"Retry-After": "soon"}, times=9)

    with pytest.raises(RateLimited):
        served.ask()


@pytest.mark.parametrize(
    ("status", "kind"), [(401, AccessDenied), (403, AccessDenied), (404, NotFound), (410, NotFound), (418, Unreadable)]
)
def test_other_refusals_are_told_at_once(served, status, kind):
    served.server.faults.answer(status=status, times=9)

    with pytest.raises(kind, match=str(status)):
        served.ask()

    assert len(served.server.calls) == 1


def test_where_nobody_answers_the_host_is_named():
    url = f"http://127.0.0.1:{closed_port()}/x"

    with pytest.raises(Temporary, match=r"127\.0\.0\.1:\d+ could not be reached"):
        HttpMeasures(Deadline(600, sleep=lambda _: None)).measure(Endpoint(url=url, pointer=""))


def test_a_certificate_of_a_company_s_own_is_accepted_by_what_requests_reads_from_the_environment(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca = CompanyCa(tmp_path)
    with behind_tls(served.server.url, ca) as front:
        with pytest.raises(Unreadable, match="set REQUESTS_CA_BUNDLE"):
            served.ask(url=f"{front.url}/numbers")

        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca.bundle))

        assert served.ask(url=f"{front.url}/numbers").value == Decimal("99.95")


def test_plain_http_on_this_machine_passes_no_proxy(served, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    assert served.ask().value == Decimal("99.95")


def test_a_proxy_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")

    with pytest.raises(TrackerError, match="the proxy of the environment"):
        HttpMeasures(Deadline(600, sleep=lambda _: None)).measure(Endpoint(url="https://status.acme.com/x", pointer=""))
