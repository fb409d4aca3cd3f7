"""ImapScript: an IMAP server that plays what a test tells it to, byte by byte, however wrong. For tests only."""

import socket
import ssl
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Self

PATIENCE_SECONDS = 20.0
CAPABILITIES = b"IMAP4rev1 AUTH=PLAIN IDLE MOVE UIDPLUS"


class Peer:
    """The server's end of one connection. `tag` and `command` are of the line read last."""

    def __init__(self, sock: socket.socket, script: "ImapScript") -> None:
        self.sock = sock
        self.tag = self.command = b""
        self.capabilities = CAPABILITIES
        self.selected = [b"3 EXISTS", b"OK [UIDVALIDITY 7] UIDs valid"]
        self.found = b"1 2 3"  # by any search
        self._script = script
        self._rest = b""

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def tell(self, *untagged: bytes) -> None:
        self.send(b"".join(b"* " + line + b"\r\n" for line in untagged))

    def ok(self, text: bytes = b"done") -> None:
        self.send(self.tag + b" OK " + text + b"\r\n")

    def no(self, text: bytes) -> None:
        self.send(self.tag + b" NO " + text + b"\r\n")

    def flood(self, data: bytes) -> None:
        """The same again and again, until the client hangs up or the test is over."""
        while not self._script.over.is_set():
            self.send(data)

    def drip(self, data: bytes, seconds: float) -> None:
        """One byte after each pause."""
        for byte in data:
            self.send(bytes([byte]))
            self._script.over.wait(seconds)

    def line(self) -> bytes:
        """The next line, without its end. ConnectionError when the client has gone."""
        while b"\r\n" not in self._rest:
            data = self.sock.recv(65536)
            if not data:
                raise ConnectionError("the client hung up")
            self._script.received += data
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\r\n")
        self._script.lines.append(line)
        return line

    def read(self) -> bytes:
        """The next command, in upper case up to its arguments."""
        self.tag, _, self.command = self.line().partition(b" ")
        return self.command

    def greet(self, greeting: bytes = b"OK ready") -> None:
        self.tell(greeting)

    def serve(self, until: bytes) -> bytes:
        """Plays an honest server until a command that starts so; that one is left to the test."""
        while not self.read().startswith(until):
            self.answer()
        return self.command

    def serve_for_good(self) -> None:
        while True:
            self.read()
            self.answer()

    def answer(self) -> None:
        match self.command.split(b" ")[0]:
            case b"CAPABILITY":
                self.tell(b"CAPABILITY " + self.capabilities)
            case b"AUTHENTICATE":
                self.send(b"+ \r\n")
                self.line()
            case b"SELECT" | b"EXAMINE":
                self.tell(*self.selected)
            case b"STATUS":
                self.tell(b'STATUS "Processed" (UIDVALIDITY 8)')
            case b"UID" if self.command.startswith(b"UID SEARCH"):
                self.tell(b"SEARCH " + self.found)
        self.ok()

    def start_tls(self, context: ssl.SSLContext) -> None:
        self.sock = context.wrap_socket(self.sock, server_side=True)


class ImapScript:
    """Plays the script for every connection, one after the other, in a thread. A failed assert in it fails the test."""

    def __init__(self, play: Callable[[Peer], None], context: ssl.SSLContext | None = None) -> None:
        """`context` speaks TLS from the first byte."""
        self.lines: list[bytes] = []  # all that clients sent
        self.received = bytearray()  # the same octet for octet, as far as it was read
        self.connections = 0
        self.over = Event()
        self._play, self._context = play, context
        self._failure: BaseException | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = Thread(target=self._run, daemon=True)

    @property
    def commands(self) -> list[bytes]:
        """What was sent, without tags."""
        return [line.partition(b" ")[2] for line in self.lines]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE_SECONDS)
        self._listener.close()
        if self._failure is not None and error is None:
            raise self._failure

    def _run(self) -> None:
        while not self.over.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._meet(sock)

    def _meet(self, sock: socket.socket) -> None:
        sock.settimeout(PATIENCE_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = Peer(sock, self)
        try:
            if self._context is not None:
                peer.start_tls(self._context)
            self._play(peer)
        except OSError:  # the client hung up: most of these scripts end so
            pass
        except BaseException as failure:  # noqa: BLE001 - handed to the test's own thread
            self._failure = failure
        finally:
            peer.sock.close()
            sock.close()
