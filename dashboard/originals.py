"""Originals: for staff, mails as they came: shown as their writers saw them, or saved; and the files that they brought."""

from collections.abc import Callable

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.desk import Refused
from dashboard.files import AT_ONCE, KIND, disposition
from dashboard.guard import A_MAIL
from dashboard.page import Page, page
from dashboard.powers import Powers
from dashboard.room import HIGHEST, Room
from dashboard.sessions import Sessions
from store import attachments
from store.errors import Gone


class Originals(Room):
    """Nothing of it runs in a browser: what is saved has no type, and what is shown has no rights (T09, T13)."""

    def __init__(self, powers: Powers, sessions: Sessions) -> None:
        super().__init__(powers, sessions)
        self._limiter = CapacityLimiter(AT_ONCE)  # a mail may be large
        self.routes = [
            Route("/mails/m{number:int}/look", self._in_turn(self._look), methods=["GET"]),
            Route("/mails/m{number:int}/raw", self._in_turn(self._raw), methods=["GET"]),
            Route("/tickets/{number:int}/files/{file:int}", self._in_turn(self._file), methods=["GET"]),
        ]

    def _in_turn(self, give: Callable[[Request], Response]) -> Callable[[Request], object]:
        async def given(request: Request) -> Response:
            return await run_sync(self._given, give, request, limiter=self._limiter)

        return given

    def _given(self, give: Callable[[Request], Response], request: Request) -> Response:
        if self._sessions.member(request) is None:
            return self.sign_in(request)
        fits = 0 < int(request.path_params["number"]) < HIGHEST
        try:
            return give(request) if fits else self._none()
        except LookupError:
            return self._none()
        except Gone as error:
            return page(Page("en", "It is not here any more", lines=(f"{error}.",)), self._powers.team, 410)
        except Refused as error:
            return page(Page("en", "It is not shown", lines=(str(error),)), self._powers.team, 409)

    def _look(self, request: Request) -> Response:
        shown = self._powers.desk.look(int(request.path_params["number"]))
        return Response(shown, media_type="text/html", headers=A_MAIL)

    def _raw(self, request: Request) -> Response:
        number = int(request.path_params["number"])
        return _saved(self._powers.desk.raw(number), f"m{number}.eml")

    def _file(self, request: Request) -> Response:
        wanted = int(request.path_params["file"])
        with self._powers.database.read() as tx:
            files = attachments.of_tickets(tx, [int(request.path_params["number"])])
            file = next((one for one in files if one.id == wanted), None)
            data = attachments.content(tx, file.id) if file else b""
        return _saved(data, file.name or "unnamed") if file else self._none()

    def _none(self) -> Response:
        return page(Page("en", "There is no such mail or file"), self._powers.team, 404)


def _saved(data: bytes, name: str) -> Response:
    return Response(data, headers={"content-disposition": disposition(name)}, media_type=KIND)
