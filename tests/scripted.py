"""A server that answers as a test tells it to, and remembers what it was asked."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

RESULTS = "application/sparql-results+json"


@dataclass(frozen=True)
class Request:
    """What was asked: method, path with its query, headers and body."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, list[str]]:
        """The fields of its body."""
        return parse_qs(self.body.decode(), keep_blank_values=True)


@dataclass(frozen=True)
class Reply:
    """What is answered; `cut` says that the connection ends that many bytes before the body does."""

    status: int = 200
    body: bytes = b'{"head":{"vars":["a"]},"results":{"bindings":[]}}'
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": RESULTS})
    cut: int = 0
    pause: float = 0.0


Answering = Callable[[Request], Reply]


@dataclass
class Scripted:
    """A server that runs: where, and what it was asked."""

    address: str
    asked: list[Request]


@contextmanager
def scripted(answer: Answering) -> Iterator[Scripted]:
    """A server on a loopback port that answers each request as the function says."""
    asked: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        """Hands requests to the function."""

        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, self.rfile.read(length))
            asked.append(request)
            reply = answer(request)
            time.sleep(reply.pause)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body[: len(reply.body) - reply.cut])
            self.close_connection = self.close_connection or bool(reply.cut)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 - its own names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # nobody wants to read it
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Scripted(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()
