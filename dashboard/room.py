"""Room: what the pages of staff have in common: their frame; and what everybody sees who is not signed in (any more)."""

import re
from datetime import datetime
from functools import partial
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.desk import Member
from dashboard.guard import DESKS
from dashboard.page import shown
from dashboard.powers import Powers
from dashboard.sessions import Sessions
from outbound.phrasebook import ENGLISH, say
from outbound.wording import short

HIGHEST = 2**62  # more than any number of a ticket or a mail
_SHOWN = re.compile(r"/tickets/[0-9]+(?=/)|/mails(?=/)")  # of the address of a form, that of the page where it stands


class Room:
    """Pages behind the sign-in."""

    def __init__(self, powers: Powers, sessions: Sessions) -> None:
        self._powers = powers
        self._sessions = sessions

    def shown(self, request: Request, member: Member, template: str, code: int = 200, **names: object) -> Response:
        """A page in the frame of the desk."""
        frame = {"team": self._powers.team, "member": member, "proof": self._sessions.proof(request)}
        answer = shown(template, code, **frame, **names)
        answer.headers.update(DESKS)
        return answer

    def when(self, at: datetime) -> str:
        """A moment in the team's zone."""
        zone = self._powers.desk.zone
        return short(at.astimezone(zone), self._powers.now().astimezone(zone))

    def sign_in(self, request: Request) -> Response:
        """A client to their own pages; everybody else to the sign-in, and back from there."""
        return RedirectResponse("/my", 303) if self._sessions.client(request) else to_sign_in(request)

    def lost(self, request: Request, text: str) -> Response:
        """Of a form whose session has ended, perhaps for another one of the same browser."""
        found = _SHOWN.match(request.url.path)
        why = "signed_in_since" if self._sessions.member(request) else "signed_out"
        return lost(self._powers.team, ENGLISH, text, found[0] if found else "/tickets", why)


def to_sign_in(request: Request) -> Response:
    """And back from there."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/sign-in?back={quote(request.url.path + query, safe='')}", 303)


def lost(team: str, language: str, text: str, back: str, why: str = "signed_out", code: int = 403) -> Response:
    """Nothing was done, and what was typed is there to be copied."""
    names = {"title": say(language, why), "link": say(language, f"{why}_back")}
    return shown(
        "lost.html", code, team=team, language=language, say=partial(say, language), text=text, back=back, **names
    )
