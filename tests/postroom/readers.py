"""What a worker may be given in the place of the parser: the first word of a mail says how it behaves. For tests only."""

import ctypes
import os
import signal
from collections.abc import Callable
from itertools import count
from typing import NoReturn

from inbound.message import Message
from inbound.parse import parse
from postroom.parsers import Parsers

MAILS = "From: ann@example.org\r\nMessage-ID: <{}@example.org>\r\nSubject: {}\r\n\r\nHello.\r\n"


def mail(number: int, subject: str = "Hello") -> bytes:
    return MAILS.format(number, subject).encode()


def hang() -> NoReturn:
    for _ in count():
        pass
    raise AssertionError


def sleep() -> NoReturn:
    while True:
        signal.pause()


def allocate() -> None:
    """Takes memory until not even a little is left."""
    kept, size = [], 1 << 24
    while True:
        try:
            kept.append(bytearray(size))
        except MemoryError:
            if size < 64:
                raise
            size >>= 1


def leave() -> NoReturn:
    os._exit(3)


def crash() -> None:
    ctypes.string_at(0)


def fail() -> NoReturn:
    raise ValueError("the text of a mail")


def unsendable() -> Callable[[], None]:
    return lambda: None


DEEDS: dict[bytes, Callable[[], object]] = {
    b"HANG": hang,
    b"SLEEP": sleep,
    b"ALLOCATE": allocate,
    b"LEAVE": leave,
    b"CRASH": crash,
    b"FAIL": fail,
    b"UNSENDABLE": unsendable,
}


def read(raw: bytes) -> Message:
    """Parses a mail; or does what its first word says, and gives what comes of it."""
    deed = DEEDS.get(raw.partition(b" ")[0])
    return deed() if deed else parse(raw)  # type: ignore[return-value]


def whose(raw: bytes) -> Message:
    """A mail whose subject is the process that read it; one that begins with WAIT is read late."""
    if raw.startswith(b"WAIT"):
        signal.sigtimedwait([], 1.0)
    return parse(mail(0, str(os.getpid())))


def forgets() -> None:
    """A process that multiprocessing has started, and that ends without closing its parsers."""
    Parsers(read, 1).parse([mail(1)])
