"""smtp-sink: takes every mail at once and keeps none; and how fast bare aiosmtplib fills it."""

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import aiosmtplib

from tests.servers.dovecot import free_port

Letter = tuple[str, str, bytes]  # sender, recipient, bytes


class Sink:
    """Runs from `with` to its end."""

    def __init__(self) -> None:
        self.port = free_port()

    def __enter__(self) -> Self:
        program = shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"
        self._process = subprocess.Popen([program, "-u", "nobody", f"127.0.0.1:{self.port}", "200"])
        for _ in range(500):
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.01)
        raise RuntimeError("smtp-sink does not start")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()


async def bare(port: int, letters: Sequence[Letter], connections: int) -> float:
    """Mails a second of aiosmtplib alone, nothing recorded: as many connections, the bytes made before."""
    waiting = list(letters)

    async def send() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            while waiting:
                sender, recipient, raw = waiting.pop()
                await client.sendmail(sender, [recipient], raw)

    start = time.perf_counter()
    await asyncio.gather(*(send() for _ in range(connections)))
    return len(letters) / (time.perf_counter() - start)
