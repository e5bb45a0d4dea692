"""A company's own network on loopback: TLS with its own CA in front of a server, and an HTTP proxy that counts."""

import http.client
import select
import socket
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, TCPServer, ThreadingTCPServer
from typing import Any, TypeVar
from urllib.parse import urlsplit

import trustme

LOOPBACK = "127.0.0.1"
Running = TypeVar("Running", bound=TCPServer)


class CompanyCa:
    """A CA that nobody else knows; `bundle` is the file with its certificate."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.bundle = folder / "company-ca.pem"
        self._ca.cert_pem.write_to_path(self.bundle)

    def context(self) -> ssl.SSLContext:
        """For a server on loopback, with a certificate of this CA."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(LOOPBACK, "localhost").configure_cert(made)
        return made


class _Front(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        super().__init__((LOOPBACK, 0), _Unwrapping)
        self.origin = port
        self.context = context
        self.connections = 0
        """That were let in: those that do not trust the certificate end before."""

    @property
    def url(self) -> str:
        return f"https://{LOOPBACK}:{self.server_address[1]}"


class _Unwrapping(BaseRequestHandler):
    server: _Front

    def handle(self) -> None:
        with suppress(OSError), self.server.context.wrap_socket(self.request, server_side=True) as client:
            self.server.connections += 1
            with socket.create_connection((LOOPBACK, self.server.origin)) as origin:
                _pump_both_ways(client, origin)


class Proxy(ThreadingHTTPServer):
    """Passes on what it is asked to, by CONNECT or by absolute address; asks for `credentials` where it has any."""

    daemon_threads = True
    credentials = ""
    """NAME:PASSWORD that a client has to give."""
    refuses = 0
    """A status to answer instead of passing anything on."""

    def __init__(self) -> None:
        super().__init__((LOOPBACK, 0), _Passing)
        self.requests: list[str] = []
        """`METHOD address` of each request that was passed on; a tunnel is one, whatever goes through it."""

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.server_address[1]}"


class _Passing(BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536

    def do_CONNECT(self) -> None:
        if not self._may_pass():
            return
        host, _, port = self.path.partition(":")
        with suppress(OSError), socket.create_connection((host, int(port))) as origin:
            self.send_response_only(200)
            self.end_headers()
            self.wfile.flush()
            _pump_both_ways(self.connection, origin)
        self.close_connection = True

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self._may_pass():
            return
        address = urlsplit(self.path)
        origin = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=10)
        headers = {name: value for name, value in self.headers.items() if not name.lower().startswith("proxy-")}
        origin.request(self.command, f"{address.path}?{address.query}", body, headers)
        answer = origin.getresponse()
        content = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        origin.close()

    do_GET = do_POST = do_PUT = do_DELETE = _pass_on

    def _may_pass(self) -> bool:
        given = self.headers.get("Proxy-Authorization", "").removeprefix("Basic ")
        known = b64decode(given).decode() == self.server.credentials
        status = self.server.refuses or (0 if known else 407)
        if status:
            self.send_response_only(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return False
        self.server.requests.append(f"{self.command} {self.path}")
        return True

    def log_message(self, format: str, *args: Any) -> None:
        return


def _pump_both_ways(one: socket.socket, other: socket.socket) -> None:
    """Until either end hangs up; in one thread, for a TLS socket is not made for two."""
    for end in (one, other):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with suppress(OSError):
        while True:
            waiting = [end for end in (one, other) if isinstance(end, ssl.SSLSocket) and end.pending()]
            for source in waiting or select.select([one, other], [], [])[0]:
                chunk = source.recv(65536)
                if not chunk:
                    return
                (other if source is one else one).sendall(chunk)


@contextmanager
def behind_tls(url: str, ca: CompanyCa) -> Iterator[_Front]:
    """The server at `url`, a http address on loopback, reached by https with a certificate of `ca`."""
    with _running(_Front(urlsplit(url).port or 80, ca.context())) as front:
        yield front


@contextmanager
def forward_proxy() -> Iterator[Proxy]:
    """A proxy on loopback."""
    with _running(Proxy()) as proxy:
        yield proxy


@contextmanager
def silent_server() -> Iterator[str]:
    """The address, without a scheme, of a server that takes connections and never answers."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield f"{LOOPBACK}:{listener.getsockname()[1]}"


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def _running(server: Running) -> Iterator[Running]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
