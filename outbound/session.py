"""Session: one connection to the SMTP server, driven step by step. It never decides what a failure means for a mail."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import cast

from aiosmtplib import SMTP, SMTPConnectError, SMTPResponse
from aiosmtplib.protocol import SMTPProtocol

from outbound.letter import Letter
from outbound.outcome import Phase, Reply, reply_of
from outbound.server import Server, Tls
from outbound.step import StaleError, StepError, nothing_came, step, surplus, tcp, write, write_now

BLOCK = 64 * 1024  # octets that the deadline of a block is for
MOST_DIGITS = 18  # of a size: a database takes no more


class Session:
    """One connection, for one mail at a time. Every failed step raises StepError."""

    def __init__(self, server: Server, context: ssl.SSLContext | None) -> None:
        self.steps: list[tuple[Phase, str]] = []  # what was done to open it, and what the server said
        self.used_at: float | None = None  # the event loop's time when a mail was last sent on it
        self._server = server
        self._context = context
        self._within = server.deadlines
        self._in_transaction = False
        # Our own hold on it: the library lets go of one that it closes, and over TLS that takes until the server agrees.
        self._transport: asyncio.WriteTransport | None = None
        self._client = SMTP(
            hostname=server.host,
            local_hostname=server.helo,
            timeout=None,  # `step` has the deadlines
            use_tls=server.tls == Tls.IMPLICIT,
            start_tls=False,
            tls_context=context,
        )

    @property
    def clean(self) -> bool:
        """Whether another mail may go over it: connected, and in step with the server."""
        protocol = self._client.protocol
        return self._client.is_connected and not self._in_transaction and protocol is not None and not surplus(protocol)

    @property
    def extensions(self) -> dict[str, str]:
        """What the server offers, keyword in lower case → parameters."""
        return self._client.esmtp_extensions

    @property
    def largest(self) -> int:
        """How many octets a mail may have (RFC 1870 §4); 0 where the server names no limit."""
        said = self.extensions.get("size", "").strip()
        return int(said) if said.isascii() and said.isdecimal() and len(said) <= MOST_DIGITS else 0

    def lacks(self, mail: Letter) -> str:
        """Why this server cannot be given this mail; "" when it can."""
        missing = [name for name in mail.needs if name.lower() not in self.extensions]
        if missing:
            return f"the server does not offer {' and '.join(missing)}, which this mail needs"
        too_large = 0 < self.largest < mail.size
        return f"the mail has {mail.size} octets, and the server takes {self.largest}" if too_large else ""

    def drop(self) -> None:
        """Closes at once, without a word: what is not on the wire yet stays off it."""
        if self._transport is not None:
            self._transport.abort()
        self._client.close()

    async def open(self) -> None:
        """Connects, protects, greets, logs in."""
        await self._connect()
        await self._hello()
        if self._server.tls == Tls.STARTTLS:
            await self._start_tls()
            await self._hello()
        if self._server.user:
            await self._log_in()

    async def transact(
        self, mail: Letter, final_dot: Callable[[], Awaitable[None]], failpoint: Callable[[str], None]
    ) -> SMTPResponse:
        """One mail to one recipient. Returns the answer to the final dot, a 2yz."""
        reused, self.used_at = self.used_at is not None, asyncio.get_running_loop().time()
        self._in_transaction = True
        try:
            await self._command(Phase.MAIL, 2, b"MAIL", b"FROM:<%b>" % mail.sender.encode(), *self._options(mail))
        except StepError as error:
            if reused and reply_of(error.code) in {Reply.NONE, Reply.LEAVING}:
                raise StaleError(error.phase, error.code, error.text) from error
            raise
        await self._command(Phase.RCPT, 2, b"RCPT", b"TO:<%b>" % mail.recipient.encode(), *self._notice(mail))
        failpoint("smtp.after_rcpt")
        await self._command(Phase.DATA, 3, b"DATA", seconds=self._within.data)
        answer = await self._content(mail.wire, final_dot, failpoint)
        self._in_transaction = False  # RFC 5321 §4.1.1.4: the buffers are cleared, no RSET is needed
        return answer

    async def reset(self) -> None:
        """RSET after a refusal, so that the next mail can use the connection. It never fails: it is not `clean` then."""
        if not self._client.is_connected:
            return
        try:
            await self._command(Phase.ASIDE, 2, b"RSET", seconds=self._within.aside)
        except StepError:
            return
        self._in_transaction = False

    async def noop(self) -> None:
        answer = await self._command(Phase.ASIDE, 2, b"NOOP", seconds=self._within.aside)
        self.steps.append((Phase.ASIDE, str(answer)))

    async def quit(self) -> None:
        """Says goodbye where it can, and closes in any case."""
        try:
            await self._command(Phase.ASIDE, 2, b"QUIT", seconds=self._within.aside)
        except StepError:
            return  # it is gone already: that was the aim
        finally:
            self.drop()

    async def _connect(self) -> None:
        where = self._server.host, self._server.port
        sock = await step(Phase.CONNECT, self._within.connect, tcp(*where, self._within.connect))
        self.steps.append((Phase.CONNECT, f"{where[0]}:{where[1]}"))
        try:
            greeting = await step(Phase.GREETING, self._within.greeting, self._client.connect(sock=sock))
        except StepError as error:
            cause = error.__cause__
            if isinstance(cause, SMTPConnectError) and isinstance(cause.__cause__, ssl.SSLError):
                raise StepError(Phase.TLS, 0, error.text) from cause
            raise
        self._take_hold()
        self.steps.append((Phase.GREETING, str(greeting)))

    async def _hello(self) -> None:
        self._protocol(Phase.HELLO)
        answer = await step(Phase.HELLO, self._within.command, self._client.ehlo())
        self.steps.append((Phase.HELLO, str(answer)))

    async def _start_tls(self) -> None:
        """By hand: the library throws away what was injected behind the 220, and we want to refuse (RFC 3207 §4.2)."""
        if "starttls" not in self.extensions:
            raise StepError(Phase.TLS, 0, "STARTTLS is required, and the server does not offer it")
        await self._command(Phase.TLS, 2, b"STARTTLS")
        protocol = self._protocol(Phase.TLS)
        transport = await step(Phase.TLS, self._within.command, self._handshake(protocol))
        protocol.transport = self._client.transport = transport
        self._take_hold()
        self.steps.append((Phase.TLS, str(transport.get_extra_info("cipher"))))

    async def _handshake(self, protocol: SMTPProtocol) -> asyncio.Transport:
        transport = await asyncio.get_running_loop().start_tls(
            cast("asyncio.WriteTransport", protocol.transport),
            protocol,
            cast("ssl.SSLContext", self._context),
            server_hostname=self._server.host,
            ssl_handshake_timeout=self._within.command,
        )
        if transport is None:
            raise ConnectionError("connection lost during the handshake")
        return transport

    async def _log_in(self) -> None:
        """One method, once: trying them all with a wrong password locks accounts."""
        methods = {"plain": self._client.auth_plain, "login": self._client.auth_login}
        offered = self._client.server_auth_methods
        method = next((methods[name] for name in methods if name in offered), None)
        if method is None:
            raise StepError(
                Phase.AUTH, 0, f"the server offers no AUTH PLAIN or LOGIN (but: {' '.join(offered) or 'none'})"
            )
        self._protocol(Phase.AUTH)
        answer = await step(Phase.AUTH, self._within.command, method(self._server.user, self._server.password))
        self.steps.append((Phase.AUTH, str(answer)))

    def _options(self, mail: Letter) -> list[bytes]:
        options = []
        if "size" in self.extensions:
            options.append(b"SIZE=%d" % mail.size)
        if "8BITMIME" in mail.needs:
            options.append(b"BODY=8BITMIME")
        if "SMTPUTF8" in mail.needs:
            options.append(b"SMTPUTF8")
        if mail.dsn and "dsn" in self.extensions:
            options += [b"RET=HDRS", b"ENVID=%b" % mail.dsn.envelope.encode("ascii")]
        return options

    def _notice(self, mail: Letter) -> list[bytes]:
        if mail.dsn is None or "dsn" not in self.extensions:
            return []
        return [b"NOTIFY=%b" % mail.dsn.notify.encode("ascii")]

    async def _command(self, phase: Phase, digit: int, *words: bytes, seconds: float | None = None) -> SMTPResponse:
        """One command and its answer, whose first digit must be the expected one."""
        self._protocol(phase)
        answer = await step(phase, seconds or self._within.command, self._client.execute_command(*words))
        if answer.code // 100 != digit:
            raise StepError(phase, answer.code, answer.message)
        return answer

    async def _content(
        self, wire: bytes, final_dot: Callable[[], Awaitable[None]], failpoint: Callable[[str], None]
    ) -> SMTPResponse:
        """The mail, the mark, the dot, in this order. The answer is awaited from the start: some servers refuse midway."""
        protocol = self._protocol(Phase.BODY)
        reading = asyncio.create_task(protocol.read_response())
        try:
            await self._body(protocol, wire, reading, failpoint)
            await final_dot()
            await nothing_came(reading)
            write_now(protocol, b".\r\n")
            failpoint("smtp.dot_sent_no_reply")
            answer = await step(Phase.DOT, self._within.dot, reading)
        finally:
            if not reading.done():
                reading.cancel()
            elif not reading.cancelled():
                reading.exception()  # looked at, or the loop would log it
        if answer.code // 100 != 2:
            raise StepError(Phase.DOT, answer.code, answer.message)
        return answer

    async def _body(
        self,
        protocol: SMTPProtocol,
        wire: bytes,
        reading: "asyncio.Task[SMTPResponse]",
        failpoint: Callable[[str], None],
    ) -> None:
        middle = len(wire) // 2
        try:
            await self._blocks(protocol, wire[:middle])
            failpoint("smtp.mid_data")
            await self._blocks(protocol, wire[middle:])
        except StepError:
            await nothing_came(reading)  # its answer says more than the broken pipe
            raise

    async def _blocks(self, protocol: SMTPProtocol, part: bytes) -> None:
        for start in range(0, len(part), BLOCK):
            await step(Phase.BODY, self._within.block, write(protocol, part[start : start + BLOCK]))

    def _take_hold(self) -> None:
        """Of the transport; and lets a drained write mean that the kernel has all of it (over TLS: all but 64 KiB)."""
        # asyncio's TLS counts "at least high" as too much, its TCP "more than high".
        high = 0 if self._client.get_transport_info("sslcontext") is None else 1
        self._transport = cast("asyncio.WriteTransport", self._client.transport)
        self._transport.set_write_buffer_limits(high, 0)

    def _protocol(self, phase: Phase) -> SMTPProtocol:
        """The protocol, in step: an answer that nobody asked for would be taken for the next one's."""
        protocol = self._client.protocol
        if protocol is None:
            raise StepError(phase, 0, "connection lost")
        if surplus(protocol):
            raise StepError(phase, 0, "the server said more than it was asked; nothing of it is believed")
        return protocol
