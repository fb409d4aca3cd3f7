"""HttpScript: an HTTP server that plays what a test tells it to, byte by byte, however wrong. For tests only."""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self

PATIENCE_SECONDS = 20.0
Say = Callable[[bytes], None]
Play = Callable[[Say, Event], None]  # says octets; the event is set when the test is over


def saying(*answer: bytes) -> Play:
    """These octets, and then it hangs up."""
    return lambda say, _: say(b"".join(answer))


class HttpScript:
    """Reads the head of each request, plays its script, and hangs up; one connection at a time."""

    def __init__(self, play: Play, context: ssl.SSLContext | None = None) -> None:
        """`context` speaks TLS."""
        self.heads: list[bytes] = []  # of the requests that came
        self._play, self._context = play, context
        self._over = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE_SECONDS)
        self._listener.close()

    @property
    def url(self) -> str:
        scheme = "https" if self._context else "http"
        return f"{scheme}://localhost:{self._listener.getsockname()[1]}/hook?from=postroom"

    def _run(self) -> None:
        while not self._over.is_set():
            with suppress(OSError):  # the client hung up: most of these scripts end so
                sock, _ = self._listener.accept()
                sock.settimeout(PATIENCE_SECONDS)
                with sock:
                    self._meet(self._context.wrap_socket(sock, server_side=True) if self._context else sock)

    def _meet(self, sock: socket.socket) -> None:
        with sock:
            head = b""
            while b"\r\n\r\n" not in head and (more := sock.recv(65536)):
                head += more
            if head:
                self.heads.append(head)
                self._play(sock.sendall, self._over)
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(65536):  # to close over what was not read would take the answer back
                    pass
