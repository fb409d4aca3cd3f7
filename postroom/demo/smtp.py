"""The demo's SMTP server: aiosmtpd in a thread, on loopback. It delivers or keeps mail; it never sends any."""

import re
import socket
from asyncio import Server
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from itertools import count
from threading import Condition
from types import TracebackType
from typing import Self

from postroom import clock
from postroom.log import LOG

try:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, Envelope, Session
except ImportError as missing:
    raise ImportError(f"the demo needs {missing.name}: in the clone, pip install '.[demo]'") from missing

HOST = "127.0.0.1"
NAME = "mx.demo.test"
RETURN_PATH = re.compile(rb"\AReturn-Path:.*\r?\n(?:[ \t].*\r?\n)*", re.IGNORECASE)

Deliver = Callable[[str, bytes], object]


@dataclass(frozen=True, slots=True)
class Delivered:
    """A mail that went to somebody outside: envelope and bytes as they came, one a recipient."""

    at: datetime
    sender: str  # envelope sender; "" is the null sender
    recipient: str
    raw: bytes


class SmtpServer:
    """A context manager: takes mail on 127.0.0.1 and `port` (0: a free one, known once it has been entered).

    Mail for an address of `mailboxes` (address to user) is stamped and handed to `append(user, raw)`; all else is
    kept in `outside`.
    """

    host = HOST

    def __init__(self, mailboxes: Mapping[str, str], append: Deliver, port: int = 0) -> None:
        self.port = port
        self._mailboxes = {address.lower(): user for address, user in mailboxes.items()}
        self._append = append
        self._outside: list[Delivered] = []
        self._more = Condition()
        self._ids = count(1)
        self._controller: _Controller | None = None

    def __enter__(self) -> Self:
        """Raises OSError when the port is taken."""
        self._controller = _Controller(self, _listener(self.port))
        self._controller.start()
        self.port = self._controller.port
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._controller:
            self._controller.stop()

    @property
    def outside(self) -> list[Delivered]:
        """What went out so far, in its order."""
        with self._more:
            return list(self._outside)

    def wait_for(self, number: int, timeout: float) -> list[Delivered]:
        """What went out, as soon as it is at least `number`. Raises TimeoutError after `timeout` seconds."""
        with self._more:
            if not self._more.wait_for(lambda: len(self._outside) >= number, timeout):
                raise TimeoutError(f"{len(self._outside)} of {number} mails came in {timeout} seconds")
            return list(self._outside)

    def accept(self, sender: str, recipient: str, raw: bytes, helo: str = "localhost") -> None:
        """One mail for one recipient: into its mailbox, or outside. `sender` "" is the null sender."""
        now = clock.now()
        if user := self._mailboxes.get(_without_detail(recipient)):
            self._append(user, _stamped(raw, sender, recipient, helo, f"{next(self._ids):08x}", now))
            return
        with self._more:
            self._outside.append(Delivered(now, sender, recipient, raw))
            self._more.notify_all()

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        sender = (envelope.mail_from or "").strip("<>")  # aiosmtpd leaves the null sender its brackets
        for recipient in envelope.rcpt_tos:
            self.accept(sender, recipient, content, session.host_name or "unknown")
        return "250 2.0.0 Taken"

    async def handle_exception(self, error: Exception) -> str:
        """Whatever goes wrong here is no fault of the mail: the client keeps it and tries again."""
        LOG.debug("demo_smtp error=%s", type(error).__name__)
        return "451 4.3.0 Try again later"


class _Controller(Controller):
    """On a socket that is bound already: a free port is then known, and nobody else's, before the thread starts."""

    def __init__(self, handler: SmtpServer, listener: socket.socket) -> None:
        super().__init__(handler, hostname=HOST, port=listener.getsockname()[1])
        self._listener = listener

    async def _create_server(self) -> Server:
        return await self.loop.create_server(self._factory_invoker, sock=self._listener)

    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname=NAME, enable_SMTPUTF8=True, loop=self.loop)


def _listener(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    return listener


def _without_detail(address: str) -> str:
    """support+k7f3@demo.test is support@demo.test (RFC 5233), in any case."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _stamped(raw: bytes, sender: str, recipient: str, helo: str, number: str, at: datetime) -> bytes:
    """The mail as the last server leaves it: one Return-Path, its own, and a trace of how it came (RFC 5321 §4.4)."""
    trace = (
        f"Return-Path: <{sender}>\r\n"
        f"Delivered-To: {recipient}\r\n"
        f"Received: from {helo} ([{HOST}])\r\n"
        f"\tby {NAME} with ESMTP id {number}\r\n"
        f"\tfor <{recipient}>; {format_datetime(at)}\r\n"
    )
    return trace.encode("utf-8", "surrogateescape") + RETURN_PATH.sub(b"", raw)
