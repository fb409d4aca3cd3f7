"""CuttingProxy: hands bytes through to a server on loopback, and cuts one connection amid a literal (RFC 9051 §4.3). For tests only."""

import re
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self

ANNOUNCED = re.compile(rb"BODY\[\] \{(\d+)\}\r\n")
BLOCK = 65536


class CuttingProxy:
    """Between a client and the server at `port`; its own port is `port` of this object."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cut = Event()  # half of a literal has gone through, and the connection is over
        self._at_half: Callable[[], None] | None = None
        self._least = 0
        self._open: list[socket.socket] = []
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        self._start(self._listen)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        hang_up(self._listener)
        for sock in self._open:
            hang_up(sock)
        for thread in self._threads:
            thread.join(10)

    def cut_once(self, least: int, at_half: Callable[[], None] = lambda: None) -> None:
        """Lets half of the next mail of at least `least` octets through, calls `at_half`, and hangs up on both sides."""
        self._least, self._at_half = least, at_half

    def _start(self, target: Callable[..., None], *args: socket.socket) -> None:
        thread = Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._server))
            self._open += [client, server]
            self._start(self._up, client, server)
            self._start(self._down, server, client)

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(BLOCK):
                server.sendall(data)
        hang_up(server)

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            line = b""  # what has come since the last look, so that an announcement in two parts is found
            while data := server.recv(BLOCK):
                seen = len(line)
                line += data
                half = self._half(line)
                if half is None:
                    client.sendall(data)
                    line = line[-64:]
                    continue
                while len(line) < half and (data := server.recv(BLOCK)):
                    line += data
                client.sendall(line[seen:half])
                self._end(client, server)
        hang_up(client)

    def _half(self, seen: bytes) -> int | None:
        """Where the middle of the literal is that is to be cut; None for none in sight."""
        if self._at_half is None:
            return None
        found = (match for match in ANNOUNCED.finditer(seen) if int(match[1]) >= self._least)
        return next((match.end() + int(match[1]) // 2 for match in found), None)

    def _end(self, *sockets: socket.socket) -> None:
        at_half, self._at_half = self._at_half, None
        if at_half is not None:
            at_half()
        for sock in sockets:
            hang_up(sock)
        self.cut.set()


def hang_up(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
