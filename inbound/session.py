"""Session: a logged-in connection, command by command. It turns all that can go wrong into two errors, and knows no mail."""

import imaplib
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from inbound.busy import busy, seconds_asked
from inbound.connection import MOST_BYTES, Client, No
from inbound.deadline import Deadline
from inbound.down import BadArgument, MailboxDown, MailboxRefused, printable
from inbound.login import log_in
from inbound.server import Server

LOGOUT_SECONDS = 5.0
CONNECTING = "connecting"

# All that imaplib, IMAPClient, ssl and socket raise on what a server may send.
_TROUBLE = (
    imaplib.IMAP4.error,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
    MemoryError,
    re.error,
)


class Session:
    """After any error but a plain NO the connection is dropped: it may be out of step with the server."""

    def __init__(self, server: Server, monotonic: Callable[[], float]) -> None:
        self.server, self.monotonic = server, monotonic
        self.offers: frozenset[str] = frozenset()  # capabilities as told after the login, in upper case
        self.client: Client | None = None
        self.opened = 0  # how often it has been connected
        self.selected = ""  # the folder that commands are about, as the configuration names it
        self.names: dict[str, str] = {}  # how this connection's server calls the folders of the configuration
        self.bell, self.ear = socket.socketpair()  # to wake whoever waits for the server
        self.bell.setblocking(False)
        self.ear.setblocking(False)

    def open(self) -> None:
        self.drop()
        with self._translated(CONNECTING, codes=True):
            self.client = self._logged_in()
        self.opened += 1
        with self.command("CAPABILITY") as client:
            self.offers = frozenset(word.decode("ascii", "replace") for word in client.capabilities())

    def _logged_in(self) -> Client:
        try:
            return log_in(self.server, self.monotonic)
        except MailboxRefused as refused:
            seconds = seconds_asked(str(refused), codes=True)
            raise refused if seconds is None else busy(self.server.host, str(refused), seconds) from refused

    @contextmanager
    def command(
        self, what: str, seconds: float | None = None, octets: int = MOST_BYTES, *, codes: bool = False
    ) -> Iterator[Client]:
        """Room for one command, which has to be over in `seconds` and `octets`. `what` names it in errors.

        `codes`: a refusal by code is about the mailbox, and about no mail in it.
        """
        if self.client is None:
            raise MailboxDown(f"{self.server.host}: not connected")
        with self._translated(what, codes=codes):
            self.client.connection.begin(self.deadline(seconds or self.server.command_seconds), octets)
            yield self.client

    def deadline(self, seconds: float) -> Deadline:
        return Deadline.after(seconds, self.monotonic)

    def close(self) -> None:
        """With a word to the server, where it still listens. Then it cannot be opened again."""
        with suppress(MailboxDown), self.command("LOGOUT", LOGOUT_SECONDS) as client:
            client.connection.logout()
        self.drop()
        self.bell.close()
        self.ear.close()

    def drop(self) -> None:
        client, self.client = self.client, None
        self.selected, self.names = "", {}
        if client is not None:
            client.connection.shutdown()

    @contextmanager
    def _translated(self, what: str, *, codes: bool) -> Iterator[None]:
        host = self.server.host
        where = f"{host}:{self.server.port}" if what == CONNECTING else host
        try:
            yield
        except No as error:
            said = printable(error)
            if seconds := seconds_asked(said, codes=codes):
                self.drop()
                raise busy(host, said, seconds) from error
            raise MailboxRefused(f"{host}: {what} refused: {said}") from error
        except (BadArgument, MailboxDown):
            self.drop()
            raise
        except _TROUBLE as error:
            self.drop()
            said = printable(error)
            if isinstance(error, imaplib.IMAP4.error) and (seconds := seconds_asked(said, codes=True)):
                raise busy(host, said, seconds) from error
            raise MailboxDown(f"{where}: {what}: {said}") from error
        except BaseException:
            self.drop()
            raise
