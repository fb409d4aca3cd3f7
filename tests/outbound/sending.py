"""Short ways to send through Smtp in a test. It holds no tests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from outbound.dsn import Dsn
from outbound.outbox import Outcome
from outbound.smtp import Check, Deadlines, Server, Smtp, Tls
from tests.servers.smtp_script import SmtpServer

RAW = b"From: support@example.com\r\nSubject: Hello\r\n\r\n" + b"A line of a mail.\r\n" * 40
SHORT = Deadlines(connect=2, greeting=0.5, command=0.5, data=0.5, block=0.5, dot=0.5, aside=0.5)
PATIENT = replace(SHORT, connect=10, greeting=10, command=10, data=10, block=10, dot=10)


class Marks:
    """Counts how often the final dot was announced, and tells the server's record of it."""

    def __init__(self, server: SmtpServer) -> None:
        self.count = 0
        self.server = server

    async def __call__(self) -> None:
        self.count += 1
        self.server.note("mark")


def to(server: SmtpServer, deadlines: Deadlines = PATIENT, tls: Tls = Tls.NONE, **more: str) -> Server:
    return Server(server.host, server.port, tls, deadlines=deadlines, **more)


@asynccontextmanager
async def pool(
    how: Server, connections: int = 4, failpoint: Callable[[str], None] = lambda _: None
) -> AsyncIterator[Smtp]:
    """An Smtp that is closed at the end, whatever happens."""
    smtp = Smtp(how, connections, failpoint)
    try:
        yield smtp
    finally:
        await smtp.close()


async def send_one(
    server: SmtpServer,
    mark: Callable[[], Awaitable[None]],
    sender: str = "support@example.com",
    failpoint: Callable[[str], None] = lambda _: None,
    dsn: Dsn | None = None,
) -> Outcome:
    """One mail, with the mark and the failpoint of a test's own."""
    async with pool(to(server), failpoint=failpoint) as smtp:
        return await smtp.send(sender, "client@example.org", RAW, mark, dsn)


def send(
    server: SmtpServer, *recipients: str, deadlines: Deadlines = PATIENT, raw: bytes = RAW
) -> tuple[list[Outcome], int]:
    """One mail after the other through one pool: their outcomes, and how often a final dot was announced."""
    return send_by(to(server, deadlines), server, *recipients, raw=raw)


def send_by(how: Server, server: SmtpServer, *recipients: str, raw: bytes = RAW) -> tuple[list[Outcome], int]:
    marks = Marks(server)

    async def run() -> list[Outcome]:
        async with pool(how) as smtp:
            return [await smtp.send("support@example.com", recipient, raw, marks) for recipient in recipients]

    return asyncio.run(run()), marks.count


def check(how: Server) -> Check:
    return asyncio.run(Smtp(how).check())
