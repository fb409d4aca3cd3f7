"""Room: what the pages of staff have in common: their frame, and what somebody sees who is not signed in (any more)."""

from datetime import datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.desk import Member
from dashboard.page import shown
from dashboard.powers import Powers
from dashboard.sessions import Sessions
from outbound.wording import short

HIGHEST = 2**62  # more than any number of a ticket or a mail


class Room:
    """Pages behind the sign-in."""

    def __init__(self, powers: Powers, sessions: Sessions) -> None:
        self._powers = powers
        self._sessions = sessions

    def shown(self, request: Request, member: Member, template: str, code: int = 200, **names: object) -> Response:
        """A page in the frame of the desk."""
        frame = {"team": self._powers.team, "member": member, "proof": self._sessions.proof(request)}
        return shown(template, code, **frame, **names)

    def when(self, at: datetime) -> str:
        """A moment in the team's zone."""
        return short(at.astimezone(self._powers.desk.zone))

    def sign_in(self, request: Request) -> Response:
        """To the sign-in, and back from there."""
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/sign-in?back={quote(request.url.path + query, safe='')}", 303)

    def lost(self, request: Request, text: str) -> Response:
        """Of a form whose session has ended: nothing was done, and what was typed is there to be copied."""
        back = request.url.path.rpartition("/")[0]
        return shown("lost.html", 403, team=self._powers.team, text=text, back=back)
