"""Guard: what holds for every request and every answer: limits of size and time, headers that browsers obey, errors that tell nothing."""

import asyncio
import re
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from store.errors import DatabaseDown

MOST_BYTES = 512 * 1024  # of a body: two texts of 20,000 characters of any language, as a form sends them, and webhooks
NOWHERE = re.compile(r"[0-9]{4000}")  # no number of ours is so long, and Python reads none
# A form on another site could sign somebody in as somebody else, before any form of ours has a proof (login CSRF). Browsers
# say where a request comes from (W3C Fetch Metadata); other programs say nothing.
FOREIGN = {b"cross-site", b"same-site"}
BY_TOKEN = ("/do/", "/hooks/", "/api/")  # what counts there is in the request itself, whoever sends it
BODY_SECONDS = 10.0  # in which all of it has to arrive
DOWN = "The database does not answer. Try again in a minute.\n"
FAULT = "Something went wrong here. It has been noted.\n"
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",  # an address may hold a signed token
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
}
OWN = ("cache-control", "content-security-policy", "x-frame-options")  # of which a page may say something else
# A page of staff: a script of ours, what it asks of us, and mails as they look.
DESKS = {
    "content-security-policy": f"{HEADERS['content-security-policy']}; script-src 'self'; connect-src 'self'; "
    "frame-src 'self'"
}
# Such a mail: styles and pictures of its own, and nothing else, in a box without rights.
A_MAIL = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; "
    "frame-ancestors 'self'",
    "x-frame-options": "SAMEORIGIN",
}


def plainly(_path: str, status: int, words: str, _heard: str) -> Response:
    """What is said to people."""
    return PlainTextResponse(words, status)


class Guard:
    """Stands around the whole application (ASGI 3). `say`: how it answers for itself, by the path and the Accept-Language."""

    def __init__(
        self,
        app: ASGIApp,
        fault: Callable[[Exception], None],
        say: Callable[[str, int, str, str], Response] = plainly,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._app = app
        self._fault = fault
        self._body_seconds = body_seconds
        self._say = say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        heard = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")

        def said(status: int, words: str) -> Response:
            return self._say(scope["path"], status, words, heard)

        answer = _Answer(send, said)
        if refused := _refused(scope):
            await said(*refused)(scope, receive, answer.send)
            return
        try:
            async with asyncio.timeout(self._body_seconds):
                body = await _whole(receive)
            if body is None:
                # Not the end of the connection: whoever still sends would not read why.
                await said(413, "The request is too large.\n")(scope, receive, answer.send)
            else:
                scope.setdefault("state", {})["body"] = body  # for whoever has to say that nothing was done
                await self._app(scope, _again(body, receive), answer.send)
        except TimeoutError:
            await answer.fail(scope, receive, "The request took too long.\n", 408)
        except DatabaseDown:
            await answer.fail(scope, receive, DOWN, 503)
        except Exception as error:  # noqa: BLE001 - a fault of ours is noted, and never shown (T24)
            self._fault(error)
            await answer.fail(scope, receive, FAULT, 500)


def _refused(scope: Scope) -> tuple[int, str] | None:
    """Status and words for what nobody needs to read the rest of."""
    if NOWHERE.search(scope["path"]):
        return 404, "There is no such page here.\n"
    changes, bearer = scope["method"] not in {"GET", "HEAD"}, scope["path"].startswith(BY_TOKEN)
    if changes and not bearer and dict(scope["headers"]).get(b"sec-fetch-site", b"") in FOREIGN:
        return 403, "Another site asked for that. Nothing was done: begin at the first page.\n"
    return None


class _Answer:
    """An answer on its way, with our headers."""

    def __init__(self, send: Send, say: Callable[[int, str], Response]) -> None:
        self._send = send
        self._say = say
        self._begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS | {name: headers[name] for name in OWN if name in headers})
        await self._send(message)

    async def fail(self, scope: Scope, receive: Receive, words: str, status: int) -> None:
        """Says so, unless another answer has begun: that one is cut off."""
        if not self._begun:
            said = self._say(status, words)
            said.headers["connection"] = "close"
            await said(scope, receive, self.send)


async def _whole(receive: Receive) -> bytes | None:
    """The body; None for one that is too large, of which the rest is not read."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > MOST_BYTES:
            return None
        if not message.get("more_body", False):
            return body


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read, then whatever follows it."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def given() -> Message:
        return messages.pop() if messages else await receive()

    return given
