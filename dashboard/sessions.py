"""Sessions: who asks for a page. A cookie names a row, and the row a person; nothing of it can be read by a script."""

from datetime import timedelta
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from dashboard.desk import Member
from dashboard.powers import Powers
from store import clients, sessions

DAYS = timedelta(days=7)
FORM = "form"  # the field by which a form proves that it is ours


class Sessions:
    """All that begin and end here."""

    def __init__(self, powers: Powers) -> None:
        self._powers = powers
        # The prefix binds it to this host, and to https (RFC 6265bis §4.1.3.2); browsers refuse it over plain http.
        self._name = "__Host-postroom" if powers.desk.secure else "postroom"

    def member(self, request: Request) -> Member | None:
        """The member of staff who is signed in. Whoever leaves the configuration is no member by that."""
        address = self._address(request, at_desk=True)
        return self._powers.desk.member(address) if address else None

    def client(self, request: Request) -> str:
        """The address, in lower case, of whoever is signed in, is not one of us, and takes part in a ticket; "" for nobody."""
        address = self._address(request)
        if not address or self._powers.desk.member(address):
            return ""
        return address if self._powers.database.glance(lambda tx: clients.is_known(tx, address)) else ""

    def _address(self, request: Request, *, at_desk: bool = False) -> str:
        secret = self._secret(request)
        if not secret:
            return ""
        return self._powers.database.glance(lambda tx: sessions.owner(tx, secret, self._powers.now(), at_desk=at_desk))

    def proof(self, request: Request) -> str:
        """What a form of this session carries (OWASP: HMAC-free token of the session's own secret)."""
        return sha256(f"{FORM}:{self._secret(request)}".encode()).hexdigest()

    def is_ours(self, request: Request, form: dict[str, str]) -> bool:
        """Whether the form was on a page of this session: no other site can know that (CSRF)."""
        return bool(self._secret(request)) and form.get(FORM) == self.proof(request)

    def begin(self, response: Response, secret: str) -> None:
        response.set_cookie(
            self._name,
            secret,
            max_age=int(DAYS.total_seconds()),
            path="/",
            secure=self._powers.desk.secure,
            httponly=True,
            samesite="lax",
        )

    def end(self, request: Request, response: Response) -> None:
        with self._powers.database.write() as tx:
            sessions.end(tx, self._secret(request))
        response.delete_cookie(self._name, path="/", secure=self._powers.desk.secure, httponly=True, samesite="lax")

    def _secret(self, request: Request) -> str:
        return request.cookies.get(self._name, "")
