"""One step of the talk with a server: done, or a StepError that names the phase. It knows no mail."""

import asyncio
import os
import socket
import ssl
from collections.abc import Awaitable
from typing import TypeVar

from aiosmtplib import SMTPException, SMTPResponse, SMTPResponseException
from aiosmtplib.protocol import SMTPProtocol

from outbound.outcome import Phase

T = TypeVar("T")


class StepError(Exception):
    """A step failed. `code` is the server's, or 0 where there was no answer that could be read."""

    def __init__(self, phase: Phase, code: int, text: str) -> None:
        super().__init__(phase, code, text)
        self.phase, self.code, self.text = phase, code, text


class StaleError(StepError):
    """A connection that was used before is gone, and this mail had not begun: try a new one."""


class FullError(StepError):
    """The server takes no more connections for now, and there are some: wait for one of those."""


def surplus(protocol: SMTPProtocol) -> bool:
    return bool(protocol._buffer)  # noqa: SLF001 - no public name tells it


async def write(protocol: SMTPProtocol, octets: bytes) -> None:
    """Returns when the transport has taken them all."""
    protocol.write(octets)
    await protocol._drain_helper()  # noqa: SLF001 - asyncio's own name for it; a StreamWriter would close the transport


def write_now(protocol: SMTPProtocol, octets: bytes) -> None:
    """Without waiting: once it was written to, only the answer counts. StepError when nothing of it left."""
    if protocol.is_connected:
        protocol.write(octets)
    if not protocol.is_connected:  # lost before, or by this very write
        raise StepError(Phase.BODY, 0, "connection lost before the final dot")


async def nothing_came(reading: "asyncio.Task[SMTPResponse]") -> None:
    """StepError when an answer, or the end, came before the final dot was sent."""
    if reading.done():
        answer = await step(Phase.BODY, 1, reading)
        raise StepError(Phase.BODY, answer.code, answer.message)


async def tcp(host: str, port: int, seconds: float) -> socket.socket:
    """A connected socket, to the first address that answers; each has its share of the time. OSError when none does."""
    loop = asyncio.get_running_loop()
    trouble = OSError(f"{host} has no address")
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for family, kind, number, _, address in found:
        sock = socket.socket(family, kind, number)
        try:
            sock.setblocking(False)
            async with asyncio.timeout(seconds / len(found)):
                await loop.sock_connect(sock, address)
            return sock.dup()  # in every other case the socket must not stay open
        except OSError as error:
            trouble = error
        finally:
            sock.close()
    raise trouble


async def step(phase: Phase, seconds: float, doing: Awaitable[T]) -> T:
    """Whatever goes wrong, or takes longer in all, as a StepError of this phase.

    The library's own timeouts are off: Python 3.11's `wait_for`, which they use, can swallow a cancellation.
    """
    try:
        async with asyncio.timeout(seconds):
            return await doing
    except SMTPResponseException as error:
        raise StepError(phase, error.code, error.message) from error
    except (SMTPException, OSError, ValueError) as error:
        raise StepError(phase, 0, _words(error)) from error


def _words(error: Exception) -> str:
    """The root of the trouble, in its own words."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    root = error.__cause__ or error
    match root:
        case ssl.SSLCertVerificationError():
            return f"certificate verify failed: {root.verify_message}"
        case ssl.SSLError():
            return root.reason or str(root)
        case socket.gaierror():
            return root.strerror or str(root)
        case OSError() if root.errno:  # asyncio puts an address behind the system's number
            return os.strerror(root.errno)
    return str(root) or type(root).__name__
