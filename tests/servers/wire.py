"""Wire: hands bytes through to a server on loopback; it can be cut, mended, and lose one answer. For tests only; it reads no protocol."""

import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

from tests.servers.cutting_proxy import BLOCK, hang_up


class Wire:
    """Between a client and the server at `port`; its own port is `port` of this object."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.lost = Event()  # a request has gone through, and its answer has not
        self._words: tuple[bytes, ...] = ()
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
                said += data
                ends = b"COMMIT" in data
                if ends and self._words and all(word in said for word in self._words):
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
        with suppress(OSError):
            while data := server.recv(BLOCK):
                client.sendall(data)
        hang_up(client)
