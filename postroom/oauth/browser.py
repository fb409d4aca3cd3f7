"""Browser: a person signs in with a browser on this machine, which is sent back to us (RFC 8252), by a code that only we can use (RFC 7636)."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode

from inbound.bearer import NoToken
from postroom.oauth.access import OAuth, ask
from postroom.oauth.device import refusal
from postroom.oauth.grant import Grant, granted

SEEN = b"<!doctype html><meta charset=utf-8><title>postroom</title><p>postroom has what it needs. You can close this page.\n"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in that has begun. `back`: the address to which the browser is sent."""

    back: str
    state: str
    verifier: str

    @classmethod
    def at(cls, port: int) -> "Attempt":
        return cls(f"http://127.0.0.1:{port}/", secrets.token_urlsafe(24), secrets.token_urlsafe(48))

    def url(self, oauth: OAuth) -> str:
        """What the person opens."""
        digest = urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": oauth.client_id,
            "redirect_uri": self.back,
            "scope": oauth.authority.scope,
            "state": self.state,
            "code_challenge": digest,
            "code_challenge_method": "S256",
            "access_type": "offline",  # Google's word for a refresh token
            "prompt": "consent",
        }
        return f"{oauth.authority.authorize_url}?{urlencode(asked)}"

    def code(self, address: str) -> str:
        """The code in the address that the browser was sent to. Raises NoToken."""
        query = address.strip().partition("?")[2].partition("#")[0]
        found = {name: values[0] for name, values in parse_qs(query).items()}
        if not secrets.compare_digest(found.get("state", "").encode(), self.state.encode()):
            raise NoToken("that address is not the answer to this sign-in")
        if "code" not in found:
            raise NoToken(f"the sign-in was refused there: {found.get('error', 'no reason given')[:100]}")
        return found["code"]


def finish(oauth: OAuth, attempt: Attempt, code: str, now: datetime) -> Grant:
    """Raises NoToken."""
    wanted = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": attempt.back,
        "code_verifier": attempt.verifier,
    }
    answer = ask(oauth, wanted)
    if not answer.good:
        raise NoToken(refusal(oauth.authority.token_url, answer))
    found = granted(answer.body, now, None)
    if not found.refresh:
        raise NoToken("it was given for an hour only: allow postroom to stay signed in")
    return found


class Listener:
    """Waits on this machine for the browser; only this machine can reach it."""

    def __init__(self) -> None:
        self.address = ""
        self._server = HTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def port(self) -> int:
        return int(self._server.server_port)

    def wait(self, seconds: float, monotonic: Callable[[], float]) -> str:
        """The address that the browser was sent to. Raises NoToken."""
        until = monotonic() + seconds
        while not self.address and (left := until - monotonic()) > 0:
            self._server.timeout = left
            self._server.handle_request()
        if not self.address:
            raise NoToken("nobody signed in in time: begin again")
        return self.address

    def close(self) -> None:
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10  # of one request

            def do_GET(self) -> None:
                answers = "state=" in self.path  # browsers ask for pictures, too
                self.send_response(200 if answers else 404)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.end_headers()
                if answers:
                    self.wfile.write(SEEN)
                    listener.address = self.path

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its base's word
                """Nothing: the address holds a code."""

        return Handler
