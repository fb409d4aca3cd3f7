"""Connection: one IMAP connection whose every byte comes before a deadline. It knows lines and TLS, never folders.

The standard library's IMAP4 lets its transport be replaced (open, read, readline, send, shutdown), and so it is:
a socket's own timeout starts anew with each byte, and a buffered file is dead after its first timeout. IMAPClient
speaks through this class.
"""

import imaplib
import re
import selectors
import socket
import ssl
from contextlib import suppress
from typing import Any

from imapclient import IMAPClient

from inbound.deadline import Deadline
from inbound.down import BadArgument
from inbound.server import Server, Tls

RECEIVE_BYTES = 256 * 1024
LONGEST_LINE = 8 * 1024 * 1024  # a SEARCH answer of 700,000 UIDs
MOST_BYTES = 16 * 1024 * 1024  # of one command's answer: the flags of 300,000 mails that somebody marks meanwhile

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


class No(imaplib.IMAP4.error):
    """The server answered NO. The connection is still in step."""


class Connection(imaplib.IMAP4):
    """Set `begin(deadline)` before each command. Raises what imaplib raises, and OSError; after either, drop it."""

    def __init__(self, server: Server, context: ssl.SSLContext | None, deadline: Deadline) -> None:
        self.deadline = deadline
        self.exists = 0  # mails in the selected folder, as far as the server has told
        self.news = False  # the server told of more mails than before
        self._tls, self._context = server.tls, context
        self._buffer = bytearray()
        self._mail: Any = None  # which is being appended: it alone is more than one line
        self._most = self._budget = MOST_BYTES
        super().__init__(server.host, server.port)

    def begin(self, deadline: Deadline, octets: int = MOST_BYTES) -> None:
        """`octets` is the most that its answer may have, whatever the server announced before."""
        self.deadline = deadline
        self._most = self._budget = octets
        self.untagged_responses.clear()

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:  # noqa: ARG002 - the deadline stands for it
        self.host, self.port = host, port
        self.sock = self._dial()
        if self._tls is Tls.IMPLICIT:
            self._encrypt()

    def _dial(self) -> socket.socket:
        """The first address that answers; a dead one cannot use up the time of those after it."""
        addresses = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        trouble = OSError("the host has no address")
        for left, (*kind, _, address) in zip(range(len(addresses), 0, -1), addresses, strict=True):
            sock = socket.socket(*kind)
            try:
                sock.settimeout(self.deadline.remaining() / left)
                sock.connect(address)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                sock.close()
                trouble = error
            else:
                return sock
        raise trouble

    def _encrypt(self) -> None:
        if self._context is None:
            raise BadArgument("tls: a context is needed")
        self.sock.settimeout(self.deadline.remaining())  # the handshake as a whole
        self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:
        """RFC 9051 §6.2.1. Whatever was said before it counts for nothing, and nothing may follow its OK in clear."""
        answer = self._simple_command("STARTTLS")
        if self._buffer:
            raise No("bytes followed the OK to STARTTLS")
        self.untagged_responses.clear()
        self._context = ssl_context
        self._encrypt()
        self._get_capabilities()
        return answer

    def read(self, size: int) -> bytes:
        if size > self._budget + len(self._buffer):
            raise self.abort(f"a literal of {size} bytes is too much")
        while len(self._buffer) < size:
            self._receive(self.deadline.remaining())
        return self._take(size)

    def readline(self) -> bytes:
        start = 0
        while (end := self._buffer.find(b"\n", start)) < 0:
            start = len(self._buffer)
            if start > LONGEST_LINE:
                raise self.abort("a line without an end")
            self._receive(self.deadline.remaining())
        return self._take(end + 1)

    def send(self, data: Any) -> None:
        # The last guard before the wire: one line is one command, whoever put it together (S41).
        if data is not self._mail and _CONTROL.search(data.removesuffix(b"\r\n")):
            raise BadArgument("a command with a control character in it was not sent")
        self.sock.settimeout(self.deadline.remaining())
        self.sock.sendall(data)

    def shutdown(self) -> None:
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def _receive(self, timeout: float) -> None:
        self.sock.settimeout(timeout)
        data = self.sock.recv(RECEIVE_BYTES)
        if not data:
            raise ConnectionError("the server closed the connection")
        self._budget -= len(data)
        if self._budget < 0:
            raise self.abort(f"more than {self._most} bytes in one answer")
        self._buffer += data

    def _take(self, size: int) -> bytes:
        with memoryview(self._buffer) as view:
            data = bytes(view[:size])
        del self._buffer[:size]
        return data

    def _append_untagged(self, typ: str, dat: Any) -> None:
        """Every untagged answer passes here, in order: the place to count mails."""
        if typ == "EXISTS":
            self.news = self.news or int(dat) > self.exists
            self.exists = int(dat)
        elif typ == "EXPUNGE":
            self.exists -= 1
        super()._append_untagged(typ, dat)  # type: ignore[misc]  # not in the stubs

    def _command_complete(self, name: str, tag: bytes) -> Any:
        typ, data = super()._command_complete(name, tag)  # type: ignore[misc]  # not in the stubs
        if typ == "NO":
            raise No(data[-1].decode("utf-8", "replace"))
        return typ, data

    def append(self, mailbox: Any, flags: Any, date_time: Any, message: Any) -> Any:
        """The library's own would write line ends anew, and these are final bytes."""
        self.literal = self._mail = message
        try:
            return self._simple_command("APPEND", mailbox, flags, date_time)
        finally:
            self.literal = self._mail = None

    def _log(self, line: str) -> None:
        """The library keeps the last ten lines, passwords among them: not here."""

    def search_uids(self, criterion: str) -> list[int]:
        """IMAPClient's own search raises where an answer comes in several lines; RFC 9051 §7.3.4 lets it."""
        _, lines = self.uid("SEARCH", criterion)
        return [int(word) for line in lines if line for word in line.split()]

    def idle(self, until: Deadline, waker: socket.socket) -> None:
        """One round of IDLE (RFC 2177), over when there is news, at `until`, or when `waker` can be read."""
        tag = self._command("IDLE")
        while self._get_response() is not None and not self.tagged_commands[tag]:
            self._check_bye()  # untagged answers may come before the "+"
        while not self.news and not self.tagged_commands[tag] and self.await_line(until, waker):
            self._get_response()
            self._check_bye()
        if not self.tagged_commands[tag]:
            self.send(b"DONE\r\n")
        self._command_complete("IDLE", tag)

    def await_line(self, until: Deadline, waker: socket.socket) -> bool:
        """Whether a whole line is there to be read, before `until` and before `waker` can be read. Loses no byte."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.sock, selectors.EVENT_READ)
            woken = selector.register(waker, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                held = isinstance(self.sock, ssl.SSLSocket) and self.sock.pending() > 0
                ready = [key for key, _ in selector.select(0 if held else until.left())]
                if woken in ready or not (ready or held or until.left()):
                    return False
                with suppress(BlockingIOError, ssl.SSLWantReadError):
                    self._receive(0)
        return True


class Client(IMAPClient):  # type: ignore[misc]  # it ships no types
    """IMAPClient on a Connection that is already open."""

    def __init__(self, connection: Connection, *, encrypted: bool) -> None:
        self.connection = connection
        super().__init__(connection.host, connection.port, ssl=encrypted)
        self.normalise_times = False  # else INTERNALDATE comes in the machine's own zone, without saying so
        connection.debug = 0  # IMAPClient forces 5, which costs half the speed

    def _create_IMAP4(self) -> Connection:  # noqa: N802 - IMAPClient's own name
        return self.connection
