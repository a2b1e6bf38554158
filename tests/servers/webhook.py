"""A service that takes short messages over HTTP, and answers or breaks as it is told to."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    path: str
    authorization: str
    fields: dict[str, Any]


class WebhookServer:
    """On a port of this machine. ``answer`` is the status; ``behave`` replaces the answer."""

    def __init__(self) -> None:
        self.received: list[Message] = []
        self.answer = 200
        self.location = ""
        self.behave: Callable[[BaseHTTPRequestHandler], None] | None = None
        self.closing = Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]

    def url(self, path: str = "hook", login: str = "", query: str = "") -> str:
        return f"json://{login}127.0.0.1:{self.port}/{path}{query}"

    def __enter__(self) -> "WebhookServer":
        Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()


def _handler(server: WebhookServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            login = self.headers.get("Authorization", "")
            server.received.append(Message(self.path, login, json.loads(content)))
            if server.behave is not None:
                server.behave(self)
                return
            self.send_response(server.answer)
            if server.location:
                self.send_header("Location", server.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
