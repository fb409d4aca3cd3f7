"""The mail room: every mail that came, every mail that leaves, why each is where it is, and once more those that failed."""

from collections.abc import Iterable
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.asked import whole
from dashboard.desk import Refused
from dashboard.forms import posted
from dashboard.lately import Lately
from dashboard.page import Page, page
from dashboard.powers import Powers
from dashboard.room import HIGHEST, Room
from dashboard.sessions import Sessions
from outbound.outbox import TAKEN_BACK, State
from store import reports
from store.incoming import MailState
from store.lines import WantedMails

FEW = 100
KINDS = {  # what staff may say of a mail, in their words
    "person": "a person wrote it",
    "spam": "spam",
    "out_of_office": "an absence note",
    "auto_reply": "a robot's answer",
    "bulk": "a newsletter or a list",
    "notification": "a machine's message",
}


class MailRoom(Room):
    """The ledger and the outbox."""

    def __init__(self, powers: Powers, sessions: Sessions) -> None:
        super().__init__(powers, sessions)
        self._balance = Lately(powers, lambda tx, _: reports.balance(tx))  # every mail is looked at
        self.routes = [
            Route("/mails", self._mails, methods=["GET"]),
            Route("/mails/m{number:int}", self._mails, methods=["GET"]),
            Route("/outbox", self._outbox, methods=["GET"]),
            Route("/outbox/o{number:int}", self._outbox, methods=["GET"]),
            Route("/mails/m{number:int}", self._correct, methods=["POST"]),
            Route("/again/{which}", self._again, methods=["POST"]),
        ]

    def _mails(self, request: Request) -> Response:
        member = self._sessions.member(request)
        if member is None:
            return self.sign_in(request)
        one, states, before = request.path_params.get("number"), _chosen(request, MailState), _before(request)
        with self._powers.database.read() as tx:
            rows = reports.mails(tx, WantedMails(states, id=one, before=before), FEW) if _fits(one) else []
            balance, behind = self._balance.look(tx)
        if one is not None and not rows:
            return self._none(f"m{one}")
        answer = self.shown(
            request, member, "mails.html", rows=rows, states=list(MailState), state="".join(states[:1]), one=one, kinds=KINDS,
            balance=balance, when=self.when, few=FEW, before=before,
        )  # fmt: skip
        answer.background = behind
        return answer

    def _outbox(self, request: Request) -> Response:
        member = self._sessions.member(request)
        if member is None:
            return self.sign_in(request)
        one, chosen = request.path_params.get("number"), _chosen(request, (*State, TAKEN_BACK))
        # What its author took back is dead, too, and no trouble.
        taken_back = TAKEN_BACK in chosen if chosen in {(TAKEN_BACK,), (State.DEAD,)} else None
        states, before = (State.DEAD,) if taken_back else chosen, _before(request)
        with self._powers.database.read() as tx:
            found = partial(reports.outgoing, tx, states, limit=FEW, id_=one, taken_back=taken_back, before=before)
            rows = found() if _fits(one) else []
        if one is not None and not rows:
            return self._none(f"o{one}")
        return self.shown(
            request, member, "outbox.html", rows=rows, states=(*State, TAKEN_BACK), state="".join(chosen), one=one,
            when=self.when, few=FEW, before=before,
        )  # fmt: skip

    def _none(self, which: str) -> Response:
        return page(Page("en", f"There is no mail {which}", back=("/mails", "Mail in")), self._powers.team, 404)

    async def _correct(self, request: Request) -> Response:
        form = await posted(request)
        return await run_in_threadpool(self._corrected, request, form)

    def _corrected(self, request: Request, form: dict[str, str]) -> Response:
        member, number = self._sessions.member(request), int(request.path_params["number"])
        if member is None or not self._sessions.is_ours(request, form):
            return self.lost(request, "")
        if not _fits(number):
            return self._none(f"m{number}")
        try:
            self._powers.desk.correct(member, number, form.get("said", ""), form.get("remember") == "on")
        except Refused as error:
            back = (f"/mails/m{number}", f"m{number}")
            return page(Page("en", "It stays as it is", lines=(str(error),), back=back), self._powers.team, 409)
        return RedirectResponse(f"/mails/m{number}", 303)

    async def _again(self, request: Request) -> Response:
        form = await posted(request)
        return await run_in_threadpool(self._once_more, request, form)

    def _once_more(self, request: Request, form: dict[str, str]) -> Response:
        member, which = self._sessions.member(request), request.path_params["which"]
        if member is None or not self._sessions.is_ours(request, form):
            return self.lost(request, "")
        try:
            self._powers.desk.again(which)
        except Refused as error:
            return page(Page("en", "Not again", lines=(str(error),)), self._powers.team, 409)
        return RedirectResponse(f"/{'mails' if which[0] == 'm' else 'outbox'}/{which}", 303)


def _chosen(request: Request, words: Iterable[str]) -> tuple[str, ...]:
    """The state that is asked for; () for all, and for one that there is not."""
    asked = request.query_params.get("state", "")
    return (asked,) if asked in set(words) else ()


def _before(request: Request) -> int | None:
    """From which id on the older ones are asked for."""
    asked = whole(request.query_params.get("before", ""))
    return asked if 0 < asked < HIGHEST else None


def _fits(number: int | None) -> bool:
    return number is None or 0 < number < HIGHEST
