"""Receiver: an HTTP server that takes deliveries, and misbehaves on cue."""

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

from inbound.webhook import Delivery


@dataclass
class Receiver:
    """`answers`: the statuses of the next requests, then 204. `hold`: while it is not set, nobody is answered."""

    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    taken: list[Delivery] = field(default_factory=list)
    hold: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.hold.set()
        self._lock = Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hold.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook?from=postroom"

    @property
    def said(self) -> list[dict[str, Any]]:
        """What the deliveries say that were taken."""
        return [json.loads(one.body) for one in self.taken]

    def take(self, delivery: Delivery) -> int:
        self.hold.wait(30)
        with self._lock:
            status = self.answers.pop(0) if self.answers else 204
            if status < 300:
                self.taken.append(delivery)
            return status

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                given = (self.headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
                self.send_response(receiver.take(Delivery(*given, body)))
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        return Handler
