"""The pages for other programs: tickets as JSON, and what a token lets them do. No cookie opens them, and no token opens any other page."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import bodies
from dashboard.desk import Refused, Stale
from dashboard.openapi import ROOT, document
from dashboard.pace import Pace
from dashboard.powers import Powers
from dashboard.problem import Problem
from dashboard.programs import Caller, Letter, Reused, Scope, Want
from dashboard.room import HIGHEST
from store.errors import DatabaseDown
from store.lines import Wanted

BEARER = re.compile(r"[Bb]earer +([\x21-\x7e]{1,200})")
KEY = re.compile(r"[\x21-\x7e]{1,100}")
LONGEST_SEARCH = 200  # characters
QUERY = ("assigned", "before", "limit", "mailbox", "open", "search", "status")
MOST = 200  # tickets in an answer
Handler = Callable[[Request, Caller, bytes], Response]


class Api:
    """All its addresses."""

    def __init__(self, powers: Powers) -> None:
        self._powers = powers
        self._programs = powers.programs
        self._pace = Pace(powers.programs.minute)
        one = f"{ROOT}/tickets/{{number:int}}"
        self.routes = [
            Route(f"{ROOT}/openapi.json", lambda _: JSONResponse(document()), methods=["GET"]),
            self._route(f"{ROOT}/tickets", self._list, "GET", Scope.READ),
            self._route(f"{ROOT}/tickets", self._open, "POST", Scope.REPLY),
            self._route(one, self._ticket, "GET", Scope.READ),
            self._route(f"{one}/status", self._set, "PUT", Scope.WRITE),
            self._route(f"{one}/assignee", self._assign, "PUT", Scope.WRITE),
            self._route(f"{one}/replies", self._reply, "POST", Scope.REPLY),
            self._route(f"{one}/notes", self._note, "POST", Scope.WRITE),
        ]

    def _route(self, path: str, handler: Handler, method: str, scope: Scope) -> Route:
        async def answer(request: Request) -> Response:
            return await run_in_threadpool(self._answer, request, await request.body(), handler, scope)

        return Route(path, answer, methods=[method])

    def _answer(self, request: Request, body: bytes, handler: Handler, scope: Scope) -> Response:
        try:
            caller = self._caller(request, scope)
            _known(request)
            return handler(request, caller, body)
        except Problem as error:
            return error.answer
        except Refused as error:
            return Problem(409, str(error)).answer
        except Stale as error:
            return Problem(412, str(error)).answer
        except Reused as error:
            return Problem(422, str(error)).answer
        except DatabaseDown:
            return Problem(503, "the database does not answer: ask again in a minute", {"retry-after": "60"}).answer

    def _caller(self, request: Request, scope: Scope) -> Caller:
        """Raises Problem."""
        brought = BEARER.fullmatch(request.headers.get("authorization", ""))
        caller = self._programs.caller(brought[1]) if brought else None
        if caller is None:
            why = (
                "this token is not known, is too old, or its owner has left the team"
                if brought
                else "a token is needed"
            )
            raise Problem(401, f"{why}: make one by postroom token new", {"www-authenticate": "Bearer"})
        if wait := self._pace.wait(caller.token, self._powers.now()):
            why = f"{self._programs.minute} requests a minute are taken from one token"
            raise Problem(429, why, {"retry-after": str(wait)})
        _allowed(caller, scope)
        return caller

    def _list(self, request: Request, _caller: Caller, _body: bytes) -> Response:
        asked = request.query_params
        limit, before = _number(asked.get("limit", "50"), MOST), _number(asked.get("before", str(HIGHEST)), HIGHEST)
        wanted = Wanted(
            statuses=tuple(asked.getlist("status")),
            open=_flag(asked.get("open", "")),
            mailbox=asked.get("mailbox", ""),
            assigned=asked.get("assigned", ""),
            before=before,
            search=asked.get("search", "")[:LONGEST_SEARCH],
        )
        found = self._programs.tickets(wanted, limit)
        more = [(name, value) for name, value in asked.multi_items() if name != "before"]
        last = str(found[-1]["number"]) if len(found) == limit else ""
        next_ = f"{ROOT}/tickets?{urlencode([*more, ('before', last)])}" if last else None
        return JSONResponse({"tickets": found, "next": next_})

    def _ticket(self, request: Request, _caller: Caller, _body: bytes) -> Response:
        return self._shown(_of(request))

    def _open(self, request: Request, caller: Caller, body: bytes) -> Response:
        new = _read(bodies.New, request, body)
        letter = Letter(new.client, new.subject, new.text.strip(), new.mailbox, _key(request))
        number = self._programs.open(caller, letter)
        return self._shown(number, 201, {"location": f"{ROOT}/tickets/{number}"})

    def _set(self, request: Request, caller: Caller, body: bytes) -> Response:
        new = _read(bodies.Status, request, body)
        if new.text.strip():
            _allowed(caller, Scope.REPLY)
        return self._done(
            request, caller, "status", status=new.status, until=new.until, text=new.text.strip(), note=new.note.strip()
        )

    def _assign(self, request: Request, caller: Caller, body: bytes) -> Response:
        return self._done(request, caller, "assign", to=_read(bodies.Assignee, request, body).address)

    def _reply(self, request: Request, caller: Caller, body: bytes) -> Response:
        return self._done(request, caller, "reply", text=_read(bodies.Words, request, body).text.strip())

    def _note(self, request: Request, caller: Caller, body: bytes) -> Response:
        return self._done(request, caller, "note", text=_read(bodies.Words, request, body).text.strip())

    def _done(self, request: Request, caller: Caller, deed: str, **what: str) -> Response:
        number = _of(request)
        if self._programs.ticket(number) is None:
            raise _none(number)
        self._programs.order(caller, Want(number, deed, _version(request), _key(request), **what))
        return self._shown(number)

    def _shown(self, number: int, code: int = 200, headers: dict[str, str] | None = None) -> Response:
        found = self._programs.ticket(number)
        if found is None:
            raise _none(number)
        return JSONResponse(found.ticket, code, {"etag": f'"{found.version}"', **(headers or {})})


def _known(request: Request) -> None:
    """Raises Problem for a name in the query that means nothing here: it is a slip."""
    takes = QUERY if request.method == "GET" and request.url.path == f"{ROOT}/tickets" else ()
    if unknown := sorted(set(request.query_params) - set(takes)):
        raise Problem(422, f"this takes no {', '.join(unknown)[:80]}: it takes {', '.join(takes) or 'nothing'}")


def _read(kind: type[bodies.Body], request: Request, body: bytes) -> bodies.Body:
    return bodies.read(kind, request.headers.get("content-type", ""), body)


def _of(request: Request) -> int:
    """Raises Problem."""
    number = int(request.path_params["number"])
    if not 0 < number < HIGHEST:
        raise _none(number)
    return number


def _none(number: int) -> Problem:
    return Problem(404, f"there is no ticket #{number}")


def _allowed(caller: Caller, scope: Scope) -> None:
    """Raises Problem."""
    if scope not in caller.scopes:
        raise Problem(
            403, f"this needs a token for {scope}, and {caller.token} is for {', '.join(sorted(caller.scopes))}"
        )


def _key(request: Request) -> str:
    """The name that the program gives to its request (draft-ietf-httpapi-idempotency-key-header). Raises Problem."""
    key = request.headers.get("idempotency-key", "")
    if key and not KEY.fullmatch(key):
        raise Problem(400, "Idempotency-Key has up to 100 visible characters of ASCII")
    return key


def _version(request: Request) -> int | None:
    """What the program has seen (RFC 9110 §13.1.1). Raises Problem."""
    tag = request.headers.get("if-match", "").strip()
    if tag in {"", "*"}:
        return None
    digits = tag.removeprefix('"').removesuffix('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 17):
        raise Problem(412, "If-Match is no ETag of this ticket: read it again")
    return int(digits)


def _number(text: str, most: int) -> int:
    """Raises Problem."""
    if text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) <= most:
        return int(text)
    raise Problem(422, f'"{text[:40]}" is no number from 1 to {most}')


def _flag(text: str) -> bool | None:
    """Raises Problem."""
    if text in {"true", "false", ""}:
        return {"true": True, "false": False}.get(text)
    raise Problem(422, f'open is true or false, and not "{text[:40]}"')
