"""Line: one connection to an SMTP server: a command, and its answer. It knows no mail."""

import asyncio
import ssl
from typing import cast

from aiosmtplib import SMTP, SMTPResponse
from aiosmtplib.protocol import SMTPProtocol

from outbound.outcome import Phase
from outbound.server import Server, Tls
from outbound.step import StepError, step, surplus


class Line:
    """One connection, from `outbound.opening` to its end. Every failed step raises StepError."""

    def __init__(self, server: Server, context: ssl.SSLContext | None) -> None:
        self.server = server
        self.context = context
        self.steps: list[tuple[Phase, str]] = []  # what was done to open it, and what the server said
        self.client = SMTP(
            hostname=server.host,
            local_hostname=server.helo,
            timeout=None,  # `step` has the deadlines
            use_tls=server.tls == Tls.IMPLICIT,
            start_tls=False,
            tls_context=context,
        )
        # Our own hold on it: the library lets go of one that it closes, and over TLS that takes until the server agrees.
        self._transport: asyncio.WriteTransport | None = None

    @property
    def connected(self) -> bool:
        return self.client.is_connected

    @property
    def in_step(self) -> bool:
        """Whether the next command's answer would be its own."""
        protocol = self.client.protocol
        return self.connected and protocol is not None and not surplus(protocol)

    @property
    def extensions(self) -> dict[str, str]:
        """What the server offers, keyword in lower case → parameters."""
        return self.client.esmtp_extensions

    async def command(self, phase: Phase, digit: int, *words: bytes, seconds: float | None = None) -> SMTPResponse:
        """One command and its answer, whose first digit must be the expected one."""
        self.protocol(phase)
        within = seconds or self.server.deadlines.command
        answer = await step(phase, within, self.client.execute_command(*words))
        if answer.code // 100 != digit:
            raise StepError(phase, answer.code, answer.message)
        return answer

    def protocol(self, phase: Phase) -> SMTPProtocol:
        """The protocol, in step: an answer that nobody asked for would be taken for the next one's."""
        protocol = self.client.protocol
        if protocol is None:
            raise StepError(phase, 0, "connection lost")
        if surplus(protocol):
            raise StepError(phase, 0, "the server said more than it was asked; nothing of it is believed")
        return protocol

    def take_hold(self) -> None:
        """Of a new transport; and lets a drained write mean that the kernel has all of it (over TLS: all but 64 KiB)."""
        # asyncio's TLS counts "at least high" as too much, its TCP "more than high".
        high = 0 if self.client.get_transport_info("sslcontext") is None else 1
        self._transport = cast("asyncio.WriteTransport", self.client.transport)
        self._transport.set_write_buffer_limits(high, 0)

    def drop(self) -> None:
        """Closes at once, without a word: what is not on the wire yet stays off it."""
        if self._transport is not None:
            self._transport.abort()
        self.client.close()
