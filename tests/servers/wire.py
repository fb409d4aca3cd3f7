"""Wire: hands bytes through to a server on loopback; it can be cut and mended, and lose one answer, or half of one. For tests only."""

import re
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

ANNOUNCED = re.compile(rb"BODY\[\] \{(\d+)\}\r\n")  # a mail of so many octets follows (RFC 9051 §4.3)
BLOCK = 65536


class Wire:
    """Between a client and the server at `port`; its own port is `port` of this object."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.lost = Event()  # what was to be lost is lost, and that connection is over
        self._words: tuple[bytes, ...] = ()
        self._at_half: Callable[[], None] | None = None
        self._least = 0
        self._whole = True
        self._open: list[socket.socket] = []
        self._threads: list[Thread] = []
        self._lock = Lock()

    def __enter__(self) -> Self:
        self._start(self._listen)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        hang_up(self._listener)
        for thread in self._threads:
            thread.join(10)

    def cut(self) -> None:
        """Every connection is over, and no new one lives, until it is mended."""
        with self._lock:
            self._whole = False
            for sock in self._open:
                hang_up(sock)
            self._open.clear()

    def mend(self) -> None:
        self._whole = True

    def lose_answer(self, *words: bytes) -> None:
        """Once: to the COMMIT of the next transaction in whose statements all these words stand. Then that connection is over."""
        self._words = words

    def lose_half(self, least: int, at_half: Callable[[], None] = lambda: None) -> None:
        """Once: of the next mail of at least `least` octets that an IMAP server sends. When half is through it calls `at_half`."""
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
            with self._lock:
                if not self._whole:
                    hang_up(client)
                    continue
                server = socket.create_connection(("127.0.0.1", self._server))
                self._open += [client, server]
            self._start(self._up, client, server)
            self._start(self._down, server, client)

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        said = b""  # since the last transaction ended
        with suppress(OSError):
            while data := client.recv(BLOCK):
                if not self._words:
                    server.sendall(data)
                    continue
                said += data
                ends = b"COMMIT" in data
                if ends and all(word in said for word in self._words):
                    self._words = ()
                    self._swallow(client, server, data)
                    return
                server.sendall(data)
                said = b"" if ends else said
        hang_up(server)

    def _swallow(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        """The client is gone before the answer comes; what it asked for is done all the same."""
        hang_up(client)
        server.sendall(data)
        self.lost.set()
        server.shutdown(socket.SHUT_WR)

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        line = b""  # what has come since the last look, so that an announcement in two parts is found
        with suppress(OSError):
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
        """Where the middle of the mail is that is to be cut; None for none in sight."""
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
        self.lost.set()


def hang_up(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
