"""The server that every sandbox tracker stands behind."""

import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
import requests
from werkzeug.wrappers import Request, Response

from adapters.sandbox.server import Server


class Counting:
    """An app that counts what it was given; a POST changes it."""

    def __init__(self) -> None:
        self.posts = 0
        self.inside = 0
        self.most_inside = 0

    def handle(self, request: Request) -> Response:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        if request.path == "/slow":
            time.sleep(0.02)
        if request.path == "/broken":
            self.inside -= 1
            raise RuntimeError("a bug")
        self.posts += request.method == "POST"
        self.inside -= 1
        return Response(b"{}", 200, content_type="application/json")

    def classify(self, request: Request) -> tuple[str, bool]:
        return request.path.strip("/"), request.method == "POST"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Counting()) as running:
        yield running


def test_calls_tell_what_was_asked_in_order_of_arrival(server: Server) -> None:
    requests.get(server.url + "/read?a=1")
    requests.post(server.url + "/write", data="text")

    first, second = server.calls
    assert (first.number, first.method, first.path, first.operation, first.mutating, first.status) == (
        (1, "GET", "/read?a=1", "read", False, 200)
    )
    assert (second.number, second.mutating, second.request) == (2, True, "text")
    assert server.mutations == [second]


def test_a_connection_is_kept_and_small_answers_do_not_stall(server: Server) -> None:
    connection = HTTPConnection(server.url.removeprefix("http://"))
    connection.connect()
    kept = connection.sock
    started = time.perf_counter()
    for _ in range(50):
        connection.request("POST", "/", body=b"x")
        connection.getresponse().read()
    elapsed = time.perf_counter() - started

    assert connection.sock is kept
    assert elapsed < 1.6  # fifty stalls of 40 ms would be two seconds
    connection.close()


@pytest.mark.parametrize(("applied", "posts"), [(False, 0), (True, 1)])
def test_a_dropped_request_is_applied_or_not_as_asked(server: Server, applied: bool, posts: int) -> None:
    server.faults.drop(2, applied=applied)
    requests.get(server.url + "/")

    with pytest.raises(requests.ConnectionError):
        requests.post(server.url + "/")

    assert server.app.posts == posts  # type: ignore[attr-defined]
    assert [call.status for call in server.calls] == [200, None]


def test_after_a_drop_the_server_serves_on(server: Server) -> None:
    server.faults.drop(1, applied=False)
    with pytest.raises(requests.ConnectionError):
        requests.post(server.url + "/")

    assert requests.post(server.url + "/").status_code == 200


def test_a_canned_answer_keeps_the_request_from_the_app(server: Server) -> None:
    server.faults.answer(
        status=429,
        body=b'{"errorMessages":[]}',
        headers={"Retry-After": "3"},
        when=lambda call: call.mutating,
        times=2,
    )

    statuses = [requests.request(method, server.url + "/").status_code for method in ("GET", "POST", "POST", "POST")]

    assert statuses == [200, 429, 429, 200]
    assert server.app.posts == 1  # type: ignore[attr-defined]


def test_a_canned_answer_for_a_number_waits_for_it(server: Server) -> None:
    server.faults.answer(status=503, headers={"Retry-After": "1"}, number=2)

    answers = [requests.get(server.url + "/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 503, 200]
    assert answers[1].headers["Retry-After"] == "1"


def test_reset_forgets_faults_and_counts_from_one_again(server: Server) -> None:
    requests.get(server.url + "/")
    server.faults.drop(1, applied=False)
    server.faults.answer(status=500, times=5)

    server.reset()

    assert requests.get(server.url + "/").status_code == 200
    assert [call.number for call in server.calls] == [1]


def test_requests_are_delayed_together_and_served_one_by_one(server: Server) -> None:
    server.faults.delay(0.5)
    started = time.perf_counter()
    threads = [threading.Thread(target=requests.get, args=(server.url + "/slow",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 0.5 <= time.perf_counter() - started < 1.8  # one after the other would be two seconds
    assert server.app.most_inside == 1  # type: ignore[attr-defined]


def test_a_bug_in_a_sandbox_is_a_500_and_does_not_stop_it(server: Server) -> None:
    assert requests.get(server.url + "/broken").status_code == 500
    assert requests.get(server.url + "/").status_code == 200


def test_a_stopped_server_refuses_even_kept_connections() -> None:
    server = Server(Counting()).start()
    url = server.url
    with requests.Session() as session:
        session.get(url + "/")
        server.stop()
        with pytest.raises(requests.ConnectionError):
            session.get(url + "/")


def test_a_taken_port_is_an_os_error(server: Server) -> None:
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        Server(Counting()).start(port)


def test_a_204_has_no_body_and_the_connection_lives_on() -> None:
    class Empty(Counting):
        def handle(self, request: Request) -> Response:
            return Response(b"", 204)

    with Server(Empty()) as server, requests.Session() as session:
        assert [session.put(server.url + "/").status_code for _ in range(3)] == [204, 204, 204]
