"""The demo's own page: write a mail, watch it arrive, and look at it as staff and as the client do.

It is served by the demo alone, on a port of its own, below a secret path: whoever has its address is whom the demo shows itself to.
"""

import asyncio
import secrets
from collections.abc import Callable
from threading import Thread
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.forms import posted
from dashboard.guard import Guard
from dashboard.page import ROUTES, desk_style, shown
from inbound.message import Address
from postroom import values
from postroom.app import App
from postroom.cli import Refused
from postroom.demo.became import became
from postroom.failure import where
from postroom.log import trouble
from postroom.serving import listening
from store import reports

TO = {"support@demo.test": "support", "escalate@demo.test": "escalate"}
FIRST = {"from": "Ada Quill <ada@client.example>", "to": "support@demo.test", "subject": "", "text": ""}
FEW = 12  # mails that are shown
LONGEST = 20_000  # characters of a mail
HOST = "127.0.0.1"
PATIENCE_SECONDS = 5.0

Send = Callable[[str, str, str, str], str]  # text, sender, recipient, subject; raises Refused
SignIn = Callable[[str, str], str]  # address, path to begin at: the address of a page that signs in


class DemoPage:
    """A context manager: serves the page at `address`."""

    def __init__(self, app: App, send: Send, sign_in: SignIn) -> None:
        self._app, self._send, self._sign_in = app, send, sign_in
        self._at = f"/{secrets.token_urlsafe(16)}"
        self._listening = listening(HOST, 0)
        routes = [
            Route(self._at, self._asks, methods=["GET"]),
            Route(self._at, self._sent, methods=["POST"]),
            Route(f"{self._at}/arrived", self._arrived, methods=["GET"]),
            Route(f"{self._at}/as", self._enter, methods=["GET"]),
            *ROUTES,
            desk_style(()),
        ]
        site = Guard(Starlette(routes=routes), lambda error: trouble("fault", verb="demo", error=where(error)))
        self._server = uvicorn.Server(uvicorn.Config(site, log_config=None, log_level="critical", access_log=False))
        self._thread = Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self._listening.getsockname()[1]}{self._at}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE_SECONDS)
        self._listening.close()

    def _serve(self) -> None:
        asyncio.run(self._server.serve([self._listening]))

    def _asks(self, _request: Request) -> Response:
        return self._page(FIRST)

    async def _sent(self, request: Request) -> Response:
        form = FIRST | await posted(request)
        return await run_in_threadpool(self._deliver, form)

    def _deliver(self, form: dict[str, str]) -> Response:
        try:
            self._send(*_mail(form))
        except (Refused, ValueError) as error:
            return self._page(form, str(error), 409)
        return RedirectResponse(f"{self._at}/arrived", 303)

    def _arrived(self, _request: Request) -> Response:
        """Comes again by itself, every two seconds: the form is on another page, so that nothing typed is lost."""
        return self._page(None)

    def _enter(self, request: Request) -> Response:
        """A link and no form: a form may lead to no other port (Content-Security-Policy, form-action)."""
        asked = request.query_params
        return RedirectResponse(self._sign_in(asked.get("address", ""), asked.get("path", "/")), 303)

    def _page(self, form: dict[str, str] | None, why: str = "", code: int = 200) -> Response:
        with self._app.database.read() as tx:
            mails = reports.mails(tx, limit=FEW)
        staff = [(one.address, one.name) for one in self._app.config.settings.staff]
        rows = [(mail, became(self._app, mail)) for mail in mails]
        return shown("demo.html", code, at=self._at, form=form, why=why, rows=rows, to=[*TO], staff=staff)


def _mail(form: dict[str, str]) -> tuple[str, str, str, str]:
    """Text, sender, recipient and subject. Raises ValueError."""
    text, subject = form["text"].strip(), " ".join(form["subject"].split())
    sender = _sender(" ".join(form["from"].split()))
    if form["to"] not in TO:
        raise ValueError(f"write to {' or '.join(TO)}")
    if not text:
        raise ValueError("Nothing is written yet.")
    shown_as = f"{sender.name} <{sender.addr}>" if sender.name else sender.addr
    return text[:LONGEST], shown_as, form["to"], subject[:200]


def _sender(typed: str) -> Address:
    """Raises ValueError."""
    try:
        return values.address(typed)
    except ValueError:
        raise ValueError(f'"{typed[:60]}" is no address: write one, such as ada@client.example') from None
