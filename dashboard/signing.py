"""Signing in: an address is asked for, a link is mailed, and the link becomes a session. There is no password to lose (T23).

A client comes in by the link of a notice as well, once.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.counter import Entrance
from dashboard.forms import posted
from dashboard.page import Page, page, shown
from dashboard.powers import Powers
from dashboard.sessions import DAYS, Sessions
from dashboard.tongue import preferred
from outbound.phrasebook import say, spoken
from store import clicks, clients, sessions
from store.errors import Used

GOOD_FOR = timedelta(minutes=15)
LIMITS = ((timedelta(minutes=15), 3), (timedelta(days=1), 10))  # links to one address (reliability.md E)
DESK, MINE = "/tickets", "/my"  # where staff and clients begin
ANYBODYS = (MINE, "/statuses")  # below these a client may be led back


class Signing:
    """The pages before all others, for staff and clients alike."""

    def __init__(self, powers: Powers, sessions_: Sessions) -> None:
        self._powers = powers
        self._sessions = sessions_
        self.routes = [
            Route("/sign-in", self._asks, methods=["GET"]),
            Route("/sign-in", self._asked, methods=["POST"]),
            Route("/sign-in/{secret}", self._shows, methods=["GET"]),
            Route("/sign-in/{secret}", self._begins, methods=["POST"]),
            Route("/sign-out", self._ends, methods=["POST"]),
        ]

    def _asks(self, request: Request) -> Response:
        language, back = self._heard(request), _within(request.query_params.get("back", ""))
        return shown("sign-in.html", team=self._powers.team, language=language, say=partial(say, language), back=back)

    async def _asked(self, request: Request) -> Response:
        form, language = await posted(request), self._heard(request)
        # What follows is done when the answer has gone: neither its words nor its time tell whether the address is known.
        task = BackgroundTask(self._mail, form.get("address", "").strip(), _within(form.get("back", "")), language)
        lines = (say(language, "link_if_known"), say(language, "link_good"))
        answer = page(Page(language, say(language, "look_into_mail"), lines=lines), self._powers.team)
        answer.background = task
        return answer

    def _mail(self, address: str, back: str, language: str) -> None:
        member = self._powers.desk.member(address)
        if member is None and not self._is_client(address):
            return
        now, secret, who = self._powers.now(), self._powers.desk.secret(), member.address if member else address
        with self._powers.database.write() as tx:
            sessions.wait_turn(tx)
            if any(sessions.asked(tx, who.lower(), now - long) >= most for long, most in LIMITS):
                return
            sessions.forget(tx, now - max(long for long, _ in LIMITS))
            sessions.ask(tx, secret, who.lower(), back, now, now + GOOD_FOR)
            theirs = "" if member else clients.language(tx, clients.keys(tx, address))
        if member:
            self._powers.desk.mail_link(who, secret)
        else:
            self._powers.counter.mail_link(who, secret, theirs or language)

    def _is_client(self, address: str) -> bool:
        with self._powers.database.read() as tx:
            return clients.is_known(tx, address)

    def _shows(self, request: Request) -> Response:
        """Signs nobody in: mail scanners follow every link."""
        language, secret = self._heard(request), request.path_params["secret"]
        if entrance := self._powers.counter.entrance(secret):
            return self._at_entrance(request, entrance)
        with self._powers.database.read() as tx:
            found = sessions.look(tx, secret)
        if found is None or found.used_at or found.expires <= self._powers.now():
            return self._gone(language)
        return self._asks_whether(language, found.address)

    def _at_entrance(self, request: Request, entrance: Entrance) -> Response:
        """Whoever is signed in already goes on to what the notice tells of, however old it is."""
        signed_in, language = self._sessions.client(request), entrance.language or self._heard(request)
        with self._powers.database.read() as tx:
            is_theirs = bool(signed_in) and entrance.address.lower() in clients.keys(tx, signed_in)
        if is_theirs:
            return RedirectResponse(f"{MINE}/{entrance.number}", 303)
        if entrance.used or entrance.expires <= self._powers.now():
            return self._gone(spoken(language), entrance)
        return self._asks_whether(spoken(language), entrance.address, entrance.number)

    def _asks_whether(self, language: str, address: str, number: int | None = None) -> Response:
        about = ((say(language, "request", number=number),),) if number else ()
        lines, title = (say(language, "sign_in_as", by=address),), say(language, "sign_in")
        return page(Page(language, title, about, lines, button=title), self._powers.team)

    def _gone(self, language: str, entrance: Entrance | None = None) -> Response:
        back = f"/sign-in?back={MINE}/{entrance.number}" if entrance else "/sign-in"
        why = say(language, "entrance_gone_why" if entrance else "link_gone_why")
        said = Page(language, say(language, "link_gone"), lines=(why,), back=(back, say(language, "sign_in")))
        return page(said, self._powers.team, 410)

    async def _begins(self, request: Request) -> Response:
        return await run_in_threadpool(self._begin, request)

    def _begin(self, request: Request) -> Response:
        now, new, secret = self._powers.now(), self._powers.desk.secret(), request.path_params["secret"]
        if entrance := self._powers.counter.entrance(secret):
            return self._enter(request, entrance, secret)
        try:
            with self._powers.database.write() as tx:
                back = sessions.begin(tx, secret, new, now, now + DAYS)
                address = sessions.owner(tx, new, now)
        except Used:
            return self._gone(self._heard(request))
        home = _within(back) if self._powers.desk.member(address) else _of_client(back)
        answer = RedirectResponse(home, 303)
        self._sessions.begin(answer, new)
        return answer

    def _enter(self, request: Request, entrance: Entrance, token: str) -> Response:
        now, new = self._powers.now(), self._powers.desk.secret()
        if entrance.used or entrance.expires <= now:
            return self._at_entrance(request, entrance)
        try:
            with self._powers.database.write() as tx:
                clicks.use(tx, token, now)
                sessions.enter(tx, entrance.address, new, now, now + DAYS, of_client=True)
        except Used:
            return self._at_entrance(request, replace(entrance, used=True))
        answer = RedirectResponse(f"{MINE}/{entrance.number}", 303)
        self._sessions.begin(answer, new)
        return answer

    async def _ends(self, request: Request) -> Response:
        form = await posted(request)
        return await run_in_threadpool(self._end, request, form)

    def _end(self, request: Request, form: dict[str, str]) -> Response:
        answer = RedirectResponse("/sign-in", 303)
        if self._sessions.is_ours(request, form):
            self._sessions.end(request, answer)
        return answer

    def _heard(self, request: Request) -> str:
        return spoken(preferred(request.headers.get("accept-language", ""), self._powers.counter.language))


def _within(path: str) -> str:
    """The path, if it is one of this site's; else the first page. Two slashes, or a backslash for one, lead to another host."""
    plain = path.isascii() and path.isprintable() and len(path) <= 200
    return path if plain and path.startswith("/") and path[1:2] not in {"/", "\\"} else DESK


def _of_client(path: str) -> str:
    """The same for a client: the desk is closed to them, and would send them here again."""
    within = _within(path)
    first = within.partition("?")[0]
    return within if any(first == one or first.startswith(f"{one}/") for one in ANYBODYS) else MINE
