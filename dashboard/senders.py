"""Senders: whose mail staff have called spam, and whose never is. It shows them, and takes a word back; it says none itself."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.forms import posted
from dashboard.powers import Powers
from dashboard.room import Room
from dashboard.sessions import Sessions
from store import senders


class Senders(Room):
    """Part of the mail room."""

    def __init__(self, powers: Powers, sessions: Sessions) -> None:
        super().__init__(powers, sessions)
        self.routes = [
            Route("/mails/senders", self._list, methods=["GET"]),
            Route("/mails/senders", self._forget, methods=["POST"]),
        ]

    def _list(self, request: Request) -> Response:
        member = self._sessions.member(request)
        if member is None:
            return self.sign_in(request)
        with self._powers.database.read() as tx:
            rows = senders.every(tx)
        return self.shown(request, member, "senders.html", rows=rows, when=self.when)

    async def _forget(self, request: Request) -> Response:
        form = await posted(request)
        return await run_in_threadpool(self._forgotten, request, form)

    def _forgotten(self, request: Request, form: dict[str, str]) -> Response:
        """Said twice it is done once."""
        if self._sessions.member(request) is None or not self._sessions.is_ours(request, form):
            return self.lost(request, "")
        with self._powers.database.write() as tx:
            senders.forget(tx, form.get("sender", ""))
        return RedirectResponse("/mails/senders", 303)
