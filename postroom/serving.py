"""Serving: the pages, under uvicorn. A port that is taken is said once, and tried again."""

import asyncio
import socket
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from dashboard.page import compile_all
from dashboard.powers import Powers
from dashboard.site import site
from inbound.bearer import NoToken
from postroom import clicking, handles, hook
from postroom.app import App
from postroom.counter import counter
from postroom.desk import desk
from postroom.failure import where
from postroom.log import event, trouble
from postroom.oauth.keeping import load
from postroom.programs import programs

AGAIN = 5.0  # seconds until a port that is taken is tried again
CONNECTIONS = 200  # at once; whoever comes then is told to come again (503)
IDLE_SECONDS = 30.0  # after which a connection that has asked for nothing, or not all of it, is closed
GRACE_SECONDS = 5  # for answers that have begun when the run ends
QUIET = timedelta(minutes=5)  # a mailbox that was not read for longer is silent, unless the polls are further apart
POLLS = 3


class Server:
    """The server of one process. `serve` blocks until `stop` is set and `end` was called."""

    def __init__(self, app: App, stop: Event) -> None:
        self._app = app
        self._stop = stop
        self._said = ""
        self._server: uvicorn.Server | None = None

    def serve(self) -> None:
        """Serves until told to stop; a port that is taken is said once, and tried again."""
        compile_all()
        while not self._stop.is_set():
            listens = self._listen()
            if listens is None:
                self._stop.wait(AGAIN)
                continue
            with listens:
                self._serve(listens)
            self._stop.wait(AGAIN)

    def end(self) -> None:
        """From any thread."""
        if self._server:
            self._server.should_exit = True

    def _listen(self) -> socket.socket | None:
        web = self._app.config.settings.web
        try:
            return listening(web.host, web.port)
        except OSError as error:
            mend = "mail goes on; mend web.host or web.port, or write web.enabled = false"
            why = f"{web.host} port {web.port}: {error.strerror}; {mend}"
        if why != self._said:
            trouble("web.down", reason=why)
        self._said = why
        return None

    def _serve(self, listens: socket.socket) -> None:
        host, port = listens.getsockname()[:2]
        self._said = ""
        server = uvicorn.Server(self._config())
        self._server = server
        if self._stop.is_set():
            return  # told to stop before there was a server to tell
        event("web.serving", host=host, port=port)
        asyncio.run(server.serve([listens]))

    def _config(self) -> uvicorn.Config:
        proxies = self._app.config.settings.web.trusted_proxies
        return uvicorn.Config(
            site(replace(powers(self._app), stopping=self._stop.is_set)),
            http=Impatient,
            ws="none",
            lifespan="on",
            log_config=None,
            log_level="critical",  # it would say what clients do wrong; faults of ours come through `fault`
            access_log=False,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=proxies,
            server_header=False,
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )


def listening(host: str, port: int) -> socket.socket:
    """A socket for asyncio, port 0 for a free one. Raises OSError."""
    (family, kind, protocol, _, at), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # Where the protocol is not said to be TCP, asyncio lets the end of an answer wait for the browser's receipt: 40 ms each.
    listens = socket.socket(family, kind, protocol)
    try:
        listens.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what a run before this one left behind
        listens.bind(at)
        listens.listen()
    except OSError:
        listens.close()
        raise
    return listens


def powers(app: App) -> Powers:
    """What the pages may do, of all that this program can do."""
    secret, token = app.config.tracker_secret, app.config.metrics_token
    return Powers(
        database=app.database,
        now=app.now,
        mailboxes=tuple(box.name for box in app.config.mailboxes),
        patience=max(QUIET, POLLS * timedelta(seconds=app.config.settings.poll_interval_seconds)),
        team=app.config.team,
        look=partial(clicking.look, app),
        click=partial(clicking.click, app),
        fetch=partial(handles.fetch, app),
        deliver=partial(hook.deliver, app, secret) if secret else None,
        fault=lambda error: trouble("fault", verb="web", error=where(error)),
        desk=desk(app),
        counter=counter(app),
        programs=programs(app),
        counts=app.counts,
        metrics_token=token.reveal() if token else "",
        sign_ins=partial(_sign_ins, app),
        behind_proxy=bool(app.config.settings.public_url or app.config.settings.web.trusted_proxies),
    )


def _sign_ins(app: App) -> dict[str, datetime | None]:
    """By their files; one that cannot be read is as good as none."""
    found: dict[str, datetime | None] = {}
    for name, oauth in app.config.oauth.items():
        kept = None
        with suppress(NoToken):
            kept = load(oauth.file)
        found[name] = kept.since if kept else None
    return found


class Impatient(H11Protocol):
    """A connection that never gets to the end of a request's head is closed: uvicorn itself would wait for ever."""

    idle_seconds = IDLE_SECONDS

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._look_again()

    def _look_again(self) -> None:
        # While an answer is under way the look is put off.
        self._look = self.loop.call_later(self.idle_seconds, self._looked)

    def _looked(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._look_again()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._look.cancel()
        super().connection_lost(exc)
