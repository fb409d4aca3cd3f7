"""Authority: an OAuth server (RFC 6749, 7636, 8628) that keeps its word: tokens end, are rotated and revoked, and Dovecot can ask about them."""

import json
import secrets
import subprocess
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "postroom-client", "s3cret/+="
ROBOT = "postroom@project.iam.example"
JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
BY_JWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def private_key(*, kind: str = "RSA", option: str = "rsa_keygen_bits:2048") -> str:
    """A new one, as PEM."""
    made = ["openssl", "genpkey", "-quiet", "-algorithm", kind, "-pkeyopt", option]
    return subprocess.run(made, capture_output=True, check=True, text=True).stdout


def certificate(*, days: int = 60, bits: int = 2048) -> str:
    """A new key and a certificate for it, as PEM, one after the other."""
    made = ["openssl", "req", "-x509", "-newkey", f"rsa:{bits}", "-nodes", "-subj", "/CN=postroom", "-days", str(days)]
    return subprocess.run([*made, "-keyout", "-", "-out", "-"], capture_output=True, check=True, text=True).stdout


def key_file(pem: str) -> str:
    """As Google makes them for a service account."""
    told = {"type": "service_account", "client_email": ROBOT, "private_key_id": "k1", "private_key": pem}
    return json.dumps(told)


@dataclass
class Authority:
    """`user`: whose mailbox its tokens open. `life`: seconds of an access token. `late`: until set, nobody is answered."""

    user: str = "support"
    life: int = 3600
    lasts: int = 0  # seconds of a refresh token; 0: it does not say
    approved: bool = False  # the person has typed the code of the device
    down: bool = False
    wish: str = ""  # Retry-After, while it is down
    asked: list[dict[str, str]] = field(default_factory=list)  # the forms that came, oldest first
    good: dict[str, float] = field(default_factory=dict)  # access tokens, and until when
    refresh: str = ""  # the one refresh token that is good: each can be used once

    def __post_init__(self) -> None:
        self.late = Event()
        self.late.set()
        self._lock = Lock()
        self._challenge = self._code = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.late.set()
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{path}"

    def is_good(self, token: str) -> bool:
        return self.good.get(token, 0) > time.time()

    def revoke(self) -> None:
        """All access tokens, before their time."""
        self.good.clear()

    def authorize(self, query: str) -> str:
        """What a browser does with a person who agrees: where it is sent."""
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        assert asked["code_challenge_method"] == "S256"
        self._challenge, self._code = asked["code_challenge"], secrets.token_urlsafe(16)
        return f"{asked['redirect_uri']}?{urlencode({'code': self._code, 'state': asked['state']})}"

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        with self._lock:
            self.asked.append(form)
            if self.down:
                return 503, {"error": "temporarily_unavailable"}
            if form.get("grant_type") == JWT:
                return 200, self._access()
            if form.get("client_id") != CLIENT or form.get("client_secret", SECRET) != SECRET:
                return 401, {"error": "invalid_client", "error_description": "who is that?"}
            if path == "/device":
                return 200, {
                    "device_code": "dev", "user_code": "WDJB-MJHT", "interval": 1, "expires_in": 900,
                    "verification_uri": "https://login.example/device",
                }  # fmt: skip
            return getattr(self, "_" + form["grant_type"].rpartition(":")[2])(form)

    def introspect(self, token: str) -> dict[str, object]:
        """What Dovecot asks (RFC 7662)."""
        return {"active": True, "username": self.user} if self.is_good(token) else {"active": False}

    def _client_credentials(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        if "client_secret" not in form and form.get("client_assertion_type") != BY_JWT:
            return 401, {"error": "invalid_client"}
        return 200, self._access()

    def _refresh_token(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        if not self.refresh or form["refresh_token"] != self.refresh:
            return 400, {"error": "invalid_grant", "error_description": "the sign-in has ended"}
        return 200, self._person()

    def _device_code(self, _form: dict[str, str]) -> tuple[int, dict[str, object]]:
        return (200, self._person()) if self.approved else (400, {"error": "authorization_pending"})

    def _authorization_code(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        digest = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if form["code"] != self._code or digest != self._challenge:
            return 400, {"error": "invalid_grant", "error_description": "that code is not yours"}
        self._code = ""
        return 200, self._person()

    def _person(self) -> dict[str, object]:
        self.refresh = secrets.token_urlsafe(16)
        lasts = {"refresh_token_expires_in": self.lasts} if self.lasts else {}
        return {**self._access(), "refresh_token": self.refresh, **lasts}

    def _access(self) -> dict[str, object]:
        token = secrets.token_urlsafe(900)  # Microsoft's are longer than a line of a mail
        self.good[token] = time.time() + self.life
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.life}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                authority.late.wait(30)
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self._say(*authority.answer(self.path, form))

            def do_GET(self) -> None:
                token = self.headers.get("authorization", "").removeprefix("Bearer ")
                if not token:
                    token = parse_qs(urlsplit(self.path).query).get("access_token", [""])[0]
                self._say(200, authority.introspect(token))

            def _say(self, status: int, told: dict[str, object]) -> None:
                content = json.dumps(told).encode()
                self.send_response(status)
                if authority.down and authority.wish:
                    self.send_header("retry-after", authority.wish)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        return Handler
