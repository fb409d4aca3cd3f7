"""Browser: asks pages over real HTTP, and `served` serves them with uvicorn, as the program does."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from threading import Event, Thread
from urllib.parse import urlencode

import uvicorn
from starlette.types import ASGIApp

from postroom.serving import Impatient, listening

PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Browser:
    """Keeps no cookie and follows no redirect."""

    port: int

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, b"", headers)

    def post(self, path: str, form: Mapping[str, str] | bytes = b"", **headers: str) -> Answer:
        if isinstance(form, bytes):
            return self.ask("POST", path, form, headers)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(form).encode(), kind | headers)

    def ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            got = connection.getresponse()
            text = got.read().decode()
            return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, text)
        finally:
            connection.close()


@contextmanager
def served(app: ASGIApp, protocol: type[Impatient] = Impatient) -> Iterator[Browser]:
    """The application on a free port."""
    with listening("127.0.0.1", 0) as listens:
        config = uvicorn.Config(app, http=protocol, log_config=None, log_level="critical", lifespan="on")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, args=([listens],), daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            Event().wait(0.01)
        yield Browser(listens.getsockname()[1])
        server.should_exit = True
        thread.join(PATIENCE)
