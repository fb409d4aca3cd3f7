"""The site: every page, with the guard around them. It listens nowhere: the shell does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from dashboard import page
from dashboard.admin import Admin
from dashboard.api import Api
from dashboard.board import Board
from dashboard.files import Files
from dashboard.filters import Filters
from dashboard.guard import DOWN, FAULT, Guard
from dashboard.guide import Guide
from dashboard.health import Health
from dashboard.hook import Hook
from dashboard.links import Links
from dashboard.live import Live
from dashboard.mailroom import MailRoom
from dashboard.metrics import Metrics
from dashboard.mine import Mine
from dashboard.originals import Originals
from dashboard.powers import Powers
from dashboard.reports import Reports
from dashboard.senders import Senders
from dashboard.sessions import Sessions
from dashboard.several import Several
from dashboard.signing import Signing
from dashboard.tickets import Tickets
from dashboard.today import Today
from dashboard.wrong import Wrong
from store.errors import DatabaseDown

WORDS = {404: "There is no such page here. Yours begin at the first.\n", 405: "That is not done here.\n"}
THREADS = 4  # that ask the database at once; it has to serve the mail, too


def site(powers: Powers) -> ASGIApp:
    """The application."""
    sessions = Sessions(powers)
    pages = (
        Health(powers),
        Metrics(powers),
        Links(powers),
        Files(powers.fetch),
        Signing(powers, sessions),
        Filters(powers, sessions),
        Board(powers, sessions),
        Tickets(powers, sessions),
        Several(powers, sessions),
        Live(powers, sessions),
        MailRoom(powers, sessions),
        Senders(powers, sessions),
        Originals(powers, sessions),
        Today(powers, sessions),
        Reports(powers, sessions),
        Admin(powers, sessions),
        Mine(powers, sessions),
        Guide(powers, sessions),
        Api(powers),
    )
    hooks = Hook(powers.deliver).routes if powers.deliver else []
    routes = [
        *(route for one in pages for route in one.routes),
        *hooks,
        *page.ROUTES,
        page.desk_style(powers.desk.colours),
    ]
    wrong = Wrong(powers.team)

    def say(request: Request, status: int, words: str) -> Response:
        heard = request.headers.get("accept-language", "")
        return wrong.say(request.url.path, status, words, heard, request.state.body)

    def down(request: Request, _error: Exception) -> Response:
        return say(request, 503, DOWN)

    def failed(request: Request, _error: Exception) -> Response:
        """Starlette raises it again behind this answer, so that the guard notes it."""
        return say(request, 500, FAULT)

    def refused(request: Request, error: Exception) -> Response:
        status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
        answer = say(request, status, WORDS.get(status, "That cannot be read.\n"))
        answer.headers.update(headers or {})
        return answer

    handlers = {HTTPException: refused, DatabaseDown: down, Exception: failed}
    return Guard(Starlette(routes=routes, exception_handlers=handlers, lifespan=_few_threads), powers.fault, wrong.say)


@asynccontextmanager
async def _few_threads(_app: Starlette) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = THREADS
    yield
