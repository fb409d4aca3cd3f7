"""Session: one connection to the SMTP server, for one mail after the other. It never decides what a failure means for a mail."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from aiosmtplib import SMTPResponse

from outbound.content import content
from outbound.letter import Letter
from outbound.line import Line
from outbound.opening import open_line
from outbound.outcome import Phase, Reply, reply_of
from outbound.server import Server
from outbound.step import StaleError, StepError

MOST_DIGITS = 18  # of a size: a database takes no more


class Session:
    """One connection, for one mail at a time. Every failed step raises StepError."""

    def __init__(self, server: Server, context: ssl.SSLContext | None) -> None:
        self.used_at: float | None = None  # the event loop's time when a mail was last sent on it
        self._line = Line(server, context)
        self._within = server.deadlines
        self._in_transaction = False

    @property
    def steps(self) -> list[tuple[Phase, str]]:
        """What was done to open it, and what the server said."""
        return self._line.steps

    @property
    def greeted(self) -> bool:
        """Whether the server took the connection, and it stands."""
        return self._line.connected and any(phase is Phase.GREETING for phase, _ in self.steps)

    @property
    def clean(self) -> bool:
        """Whether another mail may go over it: connected, and in step with the server."""
        return self._line.in_step and not self._in_transaction

    @property
    def extensions(self) -> dict[str, str]:
        """What the server offers, keyword in lower case → parameters."""
        return self._line.extensions

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
        self._line.drop()

    async def open(self) -> None:
        """Connects, protects, greets, logs in."""
        await open_line(self._line)

    async def transact(
        self, mail: Letter, final_dot: Callable[[], Awaitable[None]], failpoint: Callable[[str], None]
    ) -> SMTPResponse:
        """One mail to one recipient. Returns the answer to the final dot, a 2yz."""
        line, reused = self._line, self.used_at is not None
        self.used_at = asyncio.get_running_loop().time()
        self._in_transaction = True
        try:
            await line.command(Phase.MAIL, 2, b"MAIL", b"FROM:<%b>" % mail.sender.encode(), *self._options(mail))
        except StepError as error:
            if reused and reply_of(error.code) in {Reply.NONE, Reply.LEAVING}:
                raise StaleError(error.phase, error.code, error.text) from error
            raise
        await line.command(Phase.RCPT, 2, b"RCPT", b"TO:<%b>" % mail.recipient.encode(), *self._notice(mail))
        failpoint("smtp.after_rcpt")
        await line.command(Phase.DATA, 3, b"DATA", seconds=self._within.data)
        answer = await content(line.protocol(Phase.BODY), mail.wire, final_dot, self._within, failpoint)
        self._in_transaction = False  # RFC 5321 §4.1.1.4: the buffers are cleared, no RSET is needed
        return answer

    async def reset(self) -> None:
        """RSET after a refusal, so that the next mail can use the connection. It never fails: it is not `clean` then."""
        if not self._line.connected:
            return
        try:
            await self._aside(b"RSET")
        except StepError:
            return
        self._in_transaction = False

    async def noop(self) -> None:
        self.steps.append((Phase.ASIDE, str(await self._aside(b"NOOP"))))

    async def quit(self) -> None:
        """Says goodbye where it can, and closes in any case."""
        try:
            await self._aside(b"QUIT")
        except StepError:
            return  # it is gone already: that was the aim
        finally:
            self.drop()

    async def _aside(self, verb: bytes) -> SMTPResponse:
        return await self._line.command(Phase.ASIDE, 2, verb, seconds=self._within.aside)

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
