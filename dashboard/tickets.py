"""The staff's tickets: one of them with all that was said, where a person answers, moves and assigns it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from textwrap import shorten

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.alike import alike
from dashboard.asked import EPOCH, moment_of, whole, written
from dashboard.desk import DEEDS, Leaving, Member, Order, Refused, Stale
from dashboard.forms import posted
from dashboard.framed import framed
from dashboard.guard import A_MAIL
from dashboard.page import Page, page
from dashboard.powers import Powers
from dashboard.room import HIGHEST, Room
from dashboard.sessions import Sessions
from dashboard.talk import Entry, talk
from outbound.link import nobody_elses
from outbound.phrasebook import ENGLISH, say
from outbound.wording import away
from store import holds, reports, tickets, traces
from store.holds import Held
from store.lines import TicketPage

LONGEST_TEXT = 20_000  # characters
BEGINS = 60  # characters of what waits, by which it is known
TOO_LONG = (
    f"Nothing is done yet: that is longer than {LONGEST_TEXT:,} characters. Say it shorter, or send a file by mail."
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody wrote into a form that was not done, and why: nothing typed is lost. `leaving`: what it would send."""

    why: str = ""
    back: str = ""  # that it was done, and is taken back
    leaving: tuple[Leaving, ...] | None = None
    untold: str = ""  # why the client hears nothing by itself, where nothing would leave
    order: Order = field(default_factory=lambda: Order(0, "", 0, EPOCH))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was done on a ticket a moment ago, and leaves in `seconds`. `begins`: the first of its words, or what it is."""

    which: str
    place: int
    author: str
    seconds: int
    mine: bool
    begins: str


class Tickets(Room):
    """A ticket, and what is done to it."""

    def __init__(self, powers: Powers, sessions: Sessions) -> None:
        super().__init__(powers, sessions)
        self.routes = [
            Route("/tickets/{number:int}", self._ticket, methods=["GET"]),
            Route("/tickets/{number:int}/preview/{deed}", self._order, methods=["POST"]),
            Route("/tickets/{number:int}/preview/{deed}/{mail:int}.html", self._frame, methods=["POST"]),
            Route("/tickets/{number:int}/take-back", self._back, methods=["POST"]),
            Route("/tickets/{number:int}/words", self._words, methods=["POST"]),
            Route("/tickets/{number:int}/{deed}", self._order, methods=["POST"]),
        ]

    def _ticket(self, request: Request) -> Response:
        member = self._sessions.member(request)
        if member is None:
            return self.sign_in(request)
        return self._page(request, member, int(request.path_params["number"]))

    def _page(
        self, request: Request, member: Member, number: int, typed: Typed | None = None, code: int = 200
    ) -> Response:
        with self._powers.database.read() as tx:
            found = reports.ticket_page(tx, number) if 0 < number < HIGHEST else None
            mark = traces.mark(tx, number) if found else None
            held = holds.of(tx, number, self._powers.now()) if found else []
            likely = alike(tx, found) if found else ()
        if found is None or mark is None:
            return page(
                Page("en", f"There is no ticket #{number}", back=("/tickets", "Tickets")), self._powers.team, 404
            )
        line, desk = found.ticket, self._powers.desk
        workflow = desk.workflow(line.workflow)
        status = workflow.statuses.get(line.status)
        moves = status.moves if status else workflow.statuses.keys()
        return self.shown(
            request, member, "ticket.html", code, page=found, ticket=line, status=status, entries=self._talk(found),
            statuses=workflow.statuses, moves=[one for one in workflow.statuses.values() if one.key in moves],
            may_undo=_is_last_of(found, member), away=away(line.paused_until, self._powers.now(), desk.zone), when=self.when, members=desk.members,
            typed=typed or Typed(), likely=likely, held=[self._waiting(member, one) for one in held if not one.taken], seen=mark.version, upto=written(mark.at),
        )  # fmt: skip

    def _talk(self, found: TicketPage) -> tuple[Entry, ...]:
        return talk(found.conversation, {one.address.lower(): one.shown for one in self._powers.desk.members})

    async def _order(self, request: Request) -> Response:
        form = await posted(request)
        return await run_in_threadpool(self._ordered, request, form)

    def _waiting(self, member: Member, held: Held) -> Waiting:
        author, left = self._powers.desk.member(held.by), held.until - self._powers.now()
        typed = msgspec.json.decode(held.typed, type=Order)
        begins = shorten(typed.text, BEGINS, placeholder=" …") or {"link": typed.to}.get(typed.deed, typed.status)
        mine, seconds = held.by == member.address.lower(), max(1, round(left.total_seconds()))
        return Waiting(held.cause, held.place, author.shown if author else held.by, seconds, mine, begins)

    def _ordered(self, request: Request, form: dict[str, str]) -> Response:
        number, deed = int(request.path_params["number"]), request.path_params["deed"]
        if deed not in DEEDS or not 0 < number < HIGHEST:
            return page(Page("en", "That is not done here"), self._powers.team, 404)
        member = self._sessions.member(request)
        order = _asked(number, deed, form)
        if member is None or not self._sessions.is_ours(request, form):
            return self.lost(request, _typed(order))
        try:
            _check(order)
            if "/preview/" in request.url.path:
                mails = self._powers.desk.preview(member, order)
                leaving = tuple(replace(one, text=nobody_elses(one.text)) for one in mails)
                untold = "" if mails else self._untold(number)
                return self._page(request, member, number, Typed(leaving=leaving, untold=untold, order=order))
            self._powers.desk.order(member, order)
        except Refused as error:
            return self._page(request, member, number, Typed(str(error), order=order), 409)
        except Stale as error:
            return self._page(request, member, number, Typed(_while_you_wrote(error), order=order), 409)
        return RedirectResponse(f"/tickets/{number}", 303)

    def _untold(self, number: int) -> str:
        found = self._powers.database.glance(lambda tx: tickets.ticket(tx, number))
        return found.silent if found else ""

    async def _frame(self, request: Request) -> Response:
        form = await posted(request)
        return await run_in_threadpool(self._framed, request, form)

    def _framed(self, request: Request, form: dict[str, str]) -> Response:
        """One of the mails that would leave, as it will look: for a frame of the page that says so, where no link of it acts."""
        asked = request.path_params
        member, order = self._sessions.member(request), _asked(int(asked["number"]), asked["deed"], form)
        if member is None or not self._sessions.is_ours(request, form):
            return PlainTextResponse(say(ENGLISH, "signed_in_since" if member else "signed_out"), 403, headers=A_MAIL)
        try:
            _check(order)
            mails = self._powers.desk.preview(member, order)
        except Refused as error:
            return PlainTextResponse(str(error), 409, headers=A_MAIL)
        except Stale as error:
            return PlainTextResponse(_while_you_wrote(error), 409, headers=A_MAIL)
        html = mails[asked["mail"]].html if asked["mail"] < len(mails) else ""
        if not html:
            return PlainTextResponse("There is no such mail.", 404, headers=A_MAIL)
        return framed(html)

    async def _back(self, request: Request) -> Response:
        form = await posted(request)
        return await run_in_threadpool(self._taken_back, request, form)

    async def _words(self, request: Request) -> Response:
        form = await posted(request)
        return await run_in_threadpool(self._begun, request, form)

    def _begun(self, request: Request, form: dict[str, str]) -> Response:
        """The page with the words of the status in its form, before what is typed there already."""
        member, number = self._sessions.member(request), int(request.path_params["number"])
        order = _asked(number, "status" if "status" in form else "reply", form)
        if member is None or not self._sessions.is_ours(request, form):
            return self.lost(request, _typed(order))
        try:
            words = self._powers.desk.words(member, order)
        except Refused as error:
            return self._page(request, member, number, Typed(str(error), order=order), 409)
        except Stale as error:
            return self._page(request, member, number, Typed(_while_you_wrote(error), order=order), 409)
        text = order.text if words in order.text else "\n\n".join(filter(None, (words, order.text)))
        return self._page(request, member, number, Typed(order=replace(order, text=text)))

    def _taken_back(self, request: Request, form: dict[str, str]) -> Response:
        member, number = self._sessions.member(request), int(request.path_params["number"])
        if member is None or not self._sessions.is_ours(request, form):
            return self.lost(request, "")
        try:
            order, why = self._powers.desk.take_back(member, min(number, HIGHEST), form.get("which", ""))
        except Refused as error:
            return self._page(request, member, number, Typed(str(error)), 409)
        return self._page(request, member, number, Typed(back=why, order=order))


def _asked(number: int, deed: str, form: Mapping[str, str]) -> Order:
    """What the form says, whatever a browser has made of it."""

    def words(name: str) -> str:
        return form.get(name, "").replace("\r\n", "\n").strip()

    upto = moment_of(form.get("upto", ""))
    return Order(
        number, deed, whole(form.get("seen", "")), upto, words("text"), words("note"), form.get("status", ""),
        words("until"), form.get("to", ""),
    )  # fmt: skip


def _typed(order: Order) -> str:
    """All of it, to be copied."""
    named = {"Note among staff": order.note, "Status": order.status, "Until": order.until, "To": order.to}
    return "\n\n".join(filter(None, (order.text, *(f"{name}: {words}" for name, words in named.items() if words))))


def _while_you_wrote(error: Stale) -> str:
    return f"While you wrote, {error}. Nothing of yours is done yet: look at the ticket again, then send."


def _check(order: Order) -> None:
    """Raises Refused for what no browser of ours sends."""
    if order.deed not in DEEDS or not 0 < order.number < HIGHEST:
        raise Refused("That is not done here.")
    if max(len(order.text), len(order.note)) > LONGEST_TEXT:
        raise Refused(TOO_LONG)


def _is_last_of(found: TicketPage, member: Member) -> bool:
    """Whether the newest change of status is theirs, so that they may take it back."""
    moves = [one for one in found.history if one.from_ and one.from_ != one.to]
    last = moves[-1] if moves else None
    return (
        last is not None
        and (last.by.lower(), last.to) == (member.address.lower(), found.ticket.status)
        and not holds.tells(last.because)
    )
