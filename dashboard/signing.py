"""Signing in: an address is asked for, a link is mailed, and the link becomes a session. There is no password to lose (T23)."""

from datetime import timedelta

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.forms import posted
from dashboard.page import Page, page, shown
from dashboard.powers import Powers
from dashboard.sessions import DAYS, Sessions
from store import sessions
from store.errors import Used

GOOD_FOR = timedelta(minutes=15)
LIMITS = ((timedelta(minutes=15), 3), (timedelta(days=1), 10))  # links to one address (reliability.md E)
HOME = "/tickets"
_GONE = Page("en", "This link is not good any more", lines=("It works once, and for 15 minutes. Ask for a new one.",))


class Signing:
    """The pages before all others."""

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
        return shown("sign-in.html", team=self._powers.team, back=_within(request.query_params.get("back", "")))

    async def _asked(self, request: Request) -> Response:
        form = await posted(request)
        # What follows is done when the answer has gone: neither its words nor its time tell whether the address is known.
        task = BackgroundTask(self._mail, form.get("address", ""), _within(form.get("back", "")))
        lines = (
            "If that address is one of the team's, a link is on its way to it.",
            "It is good for 15 minutes, and once.",
        )
        answer = page(Page("en", "Look into your mail", lines=lines), self._powers.team)
        answer.background = task
        return answer

    def _mail(self, address: str, back: str) -> None:
        member = self._powers.desk.member(address.strip())
        if member is None:
            return
        now, secret = self._powers.now(), self._powers.desk.secret()
        with self._powers.database.write() as tx:
            if any(sessions.asked(tx, member.address.lower(), now - long) >= most for long, most in LIMITS):
                return
            sessions.forget(tx, now - max(long for long, _ in LIMITS))
            sessions.ask(tx, secret, member.address.lower(), back, now, now + GOOD_FOR)
        self._powers.desk.mail_link(member.address, secret)

    def _shows(self, request: Request) -> Response:
        """Signs nobody in: mail scanners follow every link."""
        with self._powers.database.read() as tx:
            found = sessions.look(tx, request.path_params["secret"])
        if found is None or found.used_at or found.expires <= self._powers.now():
            return page(_GONE, self._powers.team, 410)
        return page(
            Page("en", "Sign in", lines=(f"As {found.address}, for a week.",), button="Sign in"), self._powers.team
        )

    async def _begins(self, request: Request) -> Response:
        return await run_in_threadpool(self._begin, request)

    def _begin(self, request: Request) -> Response:
        now, new = self._powers.now(), self._powers.desk.secret()
        try:
            with self._powers.database.write() as tx:
                back = sessions.begin(tx, request.path_params["secret"], new, now, now + DAYS)
        except Used:
            return page(_GONE, self._powers.team, 410)
        answer = RedirectResponse(_within(back), 303)
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


def _within(path: str) -> str:
    """The path, if it is one of this site's; else the first page. Two slashes, or a backslash for one, lead to another host."""
    plain = path.isascii() and path.isprintable() and len(path) <= 200
    return path if plain and path.startswith("/") and path[1:2] not in {"/", "\\"} else HOME
