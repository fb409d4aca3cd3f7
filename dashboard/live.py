"""Live: tells the open pages of staff that what they show has changed, and who else has the ticket open (server-sent events).

It sends no word of what has changed: a page that hears asks for itself again.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import count

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard.desk import Member
from dashboard.powers import Powers
from dashboard.readers import Readers
from dashboard.room import HIGHEST
from dashboard.sessions import Sessions
from store import readers, traces
from store.errors import DatabaseDown

LOOK_SECONDS = 0.5  # between two looks of this process, however many pages are open
LOOKS = 30  # after which a quiet stream says that it is there, and asks whether its session still is
MOST = 60  # streams of this process; a page without one is as it was when it was asked for
EACH = 12  # of one person: nobody takes those of all
LONGEST = 40  # characters of what a page has seen


class Live:
    """One address, for the list (`/live?seen=12-34`) and for a ticket (`/live?ticket=1042&seen=7`)."""

    def __init__(self, powers: Powers, sessions: Sessions, looks: int = LOOKS) -> None:
        self._powers = powers
        self._sessions = sessions
        self._looks = looks
        self._looking = asyncio.Lock()
        self._next_look = 0.0  # of the loop's own clock
        self._pulse = ""
        self.open = 0
        self._readers = Readers(powers)
        self._leaving: asyncio.Task[None] | None = None
        self.routes = [Route("/live", self._live, methods=["GET"])]

    async def _live(self, request: Request) -> Response:
        member = await run_in_threadpool(self._sessions.member, request)
        if member is None:
            return PlainTextResponse("Sign in first.\n", 403)  # a browser does not ask again
        ticket = request.query_params.get("ticket", "")
        if ticket and not (ticket.isascii() and ticket.isdigit() and len(ticket) < 20 and 0 < int(ticket) < HIGHEST):
            return PlainTextResponse("There is no such ticket.\n", 404)
        if self.open >= MOST or self._readers.pages(member) >= EACH:
            return PlainTextResponse("Too many pages are open.\n", 503)
        seen = request.headers.get("last-event-id") or request.query_params.get("seen", "")
        return StreamingResponse(
            self._changes(request, member, int(ticket or 0), seen[:LONGEST]), media_type="text/event-stream"
        )

    async def _changes(self, request: Request, member: Member, ticket: int, seen: str) -> AsyncIterator[str]:
        """An event whenever what the page shows is no more what it has seen, whose id is what is there now.

        And one (`here`, a list of names) whenever others open the ticket or leave it.
        """
        self.open += 1
        self._readers.come(ticket, member)
        pulse, known = "", list[str]()
        try:
            yield ": here\n\n"
            for look in count(1):
                if self._powers.stopping():
                    return
                if (now := await self._look()) != pulse:
                    pulse = now
                    there = await run_in_threadpool(self._version, ticket) if ticket else now
                    if there != seen:
                        seen = there
                        yield f"id: {there}\ndata: changed\n\n"
                if ticket and (others := self._readers.others(ticket, member)) != known:
                    known = others
                    yield f"event: here\ndata: {json.dumps(others)}\n\n"
                if look % self._looks == 0:
                    if await run_in_threadpool(self._sessions.member, request) is None:
                        return
                    yield ": still here\n\n"
                await asyncio.sleep(LOOK_SECONDS)
        except DatabaseDown:
            return  # the browser comes again
        finally:
            self.open -= 1
            self._readers.leave(ticket, member)
            if self._leaving is None or self._leaving.done():
                self._leaving = asyncio.get_running_loop().create_task(self._left())

    async def _left(self) -> None:
        """Others hear so, though nobody may be here to look again. Without a database they hear it a little later."""
        with suppress(DatabaseDown):
            while self._readers.untold:
                await asyncio.sleep(LOOK_SECONDS)
                await self._look()

    async def _look(self) -> str:
        """One look serves every stream."""
        async with self._looking:
            if (now := asyncio.get_running_loop().time()) >= self._next_look:
                self._pulse = await run_in_threadpool(self._seen, self._readers.here, now)
                self._next_look = now + LOOK_SECONDS
            return self._pulse

    def _seen(self, here: frozenset[readers.Open], now: float) -> str:
        self._readers.tell(here, now)
        with self._powers.database.read() as tx:
            self._readers.hear(tx)
            return traces.pulse(tx)

    def _version(self, ticket: int) -> str:
        with self._powers.database.read() as tx:
            mark = traces.mark(tx, ticket)
        return str(mark.version) if mark else ""
