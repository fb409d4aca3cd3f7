"""Posting: one request to another program over HTTP. It follows nobody elsewhere, and reads no more than it was asked to."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Event, Timer
from urllib.parse import urlsplit

from postroom.line import one_line

SECONDS = 10.0  # for each step: to connect, to send, to be answered
WHOLE = 30.0  # for all of it: an answer may come one octet at a time
LONGEST_WISH = timedelta(days=11)  # as long as six digits of seconds
MOST_BYTES = 256 * 1024  # of an answer that is read


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of it: `status` is that of HTTP, 0 where there was no answer, and `reason` says why, on a line."""

    status: int
    reason: str = ""
    wish: timedelta | None = None  # Retry-After
    body: bytes = b""  # where it was to be read

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


def post(
    url: str,
    content: bytes,
    headers: Mapping[str, str],
    *,
    read: bool = False,
    seconds: float = SECONDS,
    whole: float = WHOLE,
) -> Posted:
    """Sends it. It raises nothing that another machine can be the reason of."""
    to = urlsplit(url)
    path = f"{to.path or '/'}{'?' + to.query if to.query else ''}"
    kind = HTTPSConnection if to.scheme == "https" else HTTPConnection
    try:
        with closing(kind(to.hostname or "", to.port, timeout=seconds)) as connection:
            connection.connect()
            with _at_most(connection.sock, whole):
                connection.request("POST", path, content, dict(headers))
                return _answered(connection.getresponse(), read=read)
    except Late:
        return Posted(0, f"no whole answer within {whole:g} s")
    except TimeoutError:
        return Posted(0, f"no answer within {seconds:g} s")
    except ssl.SSLCertVerificationError as error:
        return Posted(0, f"its certificate: {error.verify_message}")
    except socket.gaierror:
        return Posted(0, f"there is no host {to.hostname}")
    except (OSError, HTTPException, ValueError) as error:
        return Posted(0, _short(getattr(error, "strerror", "") or str(error) or type(error).__name__))


def _answered(answer: HTTPResponse, *, read: bool) -> Posted:
    wish = _wish(answer.headers.get("retry-after", ""), answer.headers.get("date", ""))
    reason = "" if 200 <= answer.status < 300 else _short(f"HTTP {answer.status} {answer.reason}")
    return Posted(answer.status, reason, wish, answer.read(MOST_BYTES) if read else b"")


def _wish(after: str, date: str) -> timedelta | None:
    """In seconds, or as a moment, by the clock of the server that names it (RFC 9110 §10.2.3)."""
    if after.isascii() and after.isdigit():
        return timedelta(seconds=int(after)) if len(after) < 7 else None
    try:
        left = parsedate_to_datetime(after) - parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return None
    return left if timedelta() < left < LONGEST_WISH else None


def _short(said: str) -> str:
    """It is shown on terminals, and kept in databases that take no NUL."""
    return one_line(said).strip()[:200]


class Late(Exception):
    """It took too long in all."""


@contextmanager
def _at_most(connected: socket.socket, seconds: float) -> Iterator[None]:
    """A timeout of a socket begins anew with each octet: this one does not. Raises Late, whatever half an answer looked like."""
    late = Event()
    end = Timer(seconds, _shut, [connected, late])
    end.daemon = True
    end.start()
    try:
        yield
    finally:
        end.cancel()
        if late.is_set():
            raise Late


def _shut(connected: socket.socket, late: Event) -> None:
    late.set()
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)
