"""One HTTP server for every sandbox tracker: keep-alive on loopback, a log of the calls, faults at chosen requests."""

import logging
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any, Protocol, Self

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

LOOPBACK = "127.0.0.1"
_log = logging.getLogger(__name__)


class App(Protocol):
    """A tracker behind the server. Never called by two threads at once."""

    def handle(self, request: Request) -> Response:
        """Serve one request and change the tracker's state accordingly."""
        ...

    def classify(self, request: Request) -> tuple[str, bool]:
        """The operation's name, and whether it changes state. Must not change state, must not raise."""
        ...


@dataclass(frozen=True)
class Call:
    """One request as it arrived. `number` counts from 1 since the last reset; `status` is None when it was dropped."""

    number: int
    method: str
    path: str
    operation: str
    mutating: bool
    status: int | None
    request: str


@dataclass
class _CannedAnswer:
    status: int
    body: bytes
    headers: Mapping[str, str]
    when: Callable[[Call], bool] | None
    number: int | None
    left: int

    def fits(self, call: Call) -> bool:
        if self.left == 0 or (self.number is not None and self.number != call.number):
            return False
        return self.when is None or self.when(call)


class Faults:
    """What goes wrong, and at which request. Numbers count from 1 since the last `reset()`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Nothing goes wrong any more, and the next request is number 1."""
        with self._lock:
            self._drops: dict[int, bool] = {}
            self._answers: list[_CannedAnswer] = []
            self._delay = 0.0
            self._count = 0

    def drop(self, number: int, *, applied: bool) -> None:
        """Request `number` loses its connection unanswered: after the tracker applied it, or before."""
        with self._lock:
            self._drops[number] = applied

    def answer(
        self,
        *,
        status: int,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        when: Callable[[Call], bool] | None = None,
        number: int | None = None,
        times: int = 1,
    ) -> None:
        """Answer this to the next `times` requests that fit `when` and `number`; the tracker does not see them.

        `when` is shown the call with status None. A body without a Content-Type header is sent as JSON.
        """
        with self._lock:
            self._answers.append(_CannedAnswer(status, body, dict(headers or {}), when, number, times))

    def delay(self, seconds: float) -> None:
        """Every request waits this long before it is served; several may wait at once."""
        with self._lock:
            self._delay = seconds

    def _next(self) -> tuple[int, float]:
        with self._lock:
            self._count += 1
            return self._count, self._delay

    def _dropped(self, call: Call) -> bool | None:
        with self._lock:
            return self._drops.pop(call.number, None)

    def _answered(self, call: Call) -> Response | None:
        with self._lock:
            for canned in self._answers:
                if canned.fits(call):
                    canned.left -= 1
                    return Response(
                        canned.body, canned.status, dict(canned.headers), content_type=_content_type(canned.headers)
                    )
        return None


def _content_type(headers: Mapping[str, str]) -> str | None:
    return None if any(name.lower() == "content-type" for name in headers) else "application/json;charset=UTF-8"


@dataclass
class _Log:
    lock: threading.Lock = field(default_factory=threading.Lock)
    entries: list[tuple[int, Call]] = field(default_factory=list)
    arrived: int = 0

    def ticket(self) -> int:
        with self.lock:
            self.arrived += 1
            return self.arrived

    def add(self, ticket: int, call: Call) -> None:
        with self.lock:
            self.entries.append((ticket, call))


class Server:
    """Serves one tracker on a loopback port from a thread. A context manager; may be started again after `stop()`."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.faults = Faults()
        self._log = _Log()
        self._state = threading.Lock()
        self._stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._running: tuple[BaseWSGIServer, threading.Thread] | None = None

    def start(self, port: int = 0) -> Self:
        """Listen on `port` (0: a free one). Raises OSError when the port is taken."""
        if self._running is not None:
            raise RuntimeError("this sandbox server is already running")
        self._stopping.clear()
        # Bound here, because werkzeug ends the whole process when it finds a port taken.
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((LOOPBACK, port))
            listener.listen(128)
            http = make_server(
                LOOPBACK, port, _unused, threaded=True, request_handler=self._handler(), fd=listener.fileno()
            )
        thread = threading.Thread(target=http.serve_forever, args=(0.02,), name="okrsync-sandbox", daemon=True)
        self._running = (http, thread)
        thread.start()
        return self

    def stop(self) -> None:
        """Stop listening and cut the connections that clients keep open."""
        if self._running is None:
            return
        http, thread = self._running
        self._running = None
        self._stopping.set()
        http.shutdown()
        thread.join()
        for connection in list(self._connections):
            _cut(connection)

    def __enter__(self) -> Self:
        return self if self._running is not None else self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash at the end."""
        if self._running is None:
            raise RuntimeError("this sandbox server is not running")
        return f"http://{LOOPBACK}:{self._running[0].port}"

    @property
    def calls(self) -> list[Call]:
        """Every request so far in order of arrival, the answered and the dropped, once its fate is known."""
        with self._log.lock:
            return [call for _, call in sorted(self._log.entries, key=lambda entry: entry[0])]

    @property
    def mutations(self) -> list[Call]:
        """The calls that ask for a change, whether it was applied or not."""
        return [call for call in self.calls if call.mutating]

    def reset(self) -> None:
        """Forget calls and faults; the tracker's state stays."""
        self.faults.reset()
        with self._log.lock:
            self._log.entries.clear()

    def _serve(self, request: Request, body: bytes) -> Response | None:
        ticket = self._log.ticket()
        number, delay = self.faults._next()
        if delay:
            self._stopping.wait(delay)
        operation, mutating = self.app.classify(request)
        path = request.full_path if request.query_string else request.path
        text = body.decode("utf-8", "replace")
        call = Call(number, request.method, path, operation, mutating, None, text)
        applied = self.faults._dropped(call)
        answer: Response | None = None
        if applied is None:
            answer = self.faults._answered(call) or self._apply(request)
        elif applied:
            self._apply(request)
        self._log.add(ticket, call if answer is None else replace(call, status=answer.status_code))
        return answer

    def _apply(self, request: Request) -> Response:
        with self._state:
            try:
                return self.app.handle(request)
            except Exception:
                # A real tracker's bug is a 500 too; the cause belongs in our log, since it is ours.
                _log.exception("sandbox failed to serve %s %s", request.method, request.path)
                return Response(b"Internal Server Error", 500, content_type="text/plain")

    def _handler(self) -> type[WSGIRequestHandler]:
        owner = self

        class Handler(WSGIRequestHandler):
            # werkzeug's own handler closes the connection after each answer; a client's pool would never be tried.
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = 65536

            def setup(self) -> None:
                super().setup()
                owner._connections.add(self.connection)

            def finish(self) -> None:
                owner._connections.discard(self.connection)
                super().finish()

            def run_wsgi(self) -> None:
                environ = self.make_environ()
                chunked = environ.get("wsgi.input_terminated", False)
                size = -1 if chunked else int(environ.get("CONTENT_LENGTH") or 0)
                body = environ["wsgi.input"].read(size)
                environ["wsgi.input"] = BytesIO(body)
                request = Request(environ)
                request.get_data(cache=True)
                answer = None if owner._stopping.is_set() else owner._serve(request, body)
                if answer is None:
                    self.close_connection = True
                    _cut(self.connection)
                    return
                payload = answer.get_data()
                self.send_response_only(answer.status_code)
                if "Date" not in answer.headers:  # a tracker that tells its own clock is believed
                    self.send_header("Date", self.date_time_string())
                for name, value in answer.headers.items():
                    if name.lower() != "content-length":
                        self.send_header(name, value)
                if answer.status_code not in (204, 304):
                    self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                if self.command != "HEAD" and answer.status_code not in (204, 304):
                    self.wfile.write(payload)
                self.wfile.flush()

            def log(self, type: str, message: str, *args: Any) -> None:
                return

        return Handler


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client was faster


def _unused(environ: object, start_response: object) -> list[bytes]:
    raise NotImplementedError("requests are served by Server._serve")
